"""Filling templates: ``<<slot>>`` by its value, ``[[…]]`` left out where a slot inside has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..model import Evidence
from .rule import SLOT

_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A slot filled. Exactly one of three: read from the RCA (``evidence``), assumed (``assumed``: a
    figure we chose, to be shown as such), or only words that name the thing (neither)."""

    name: str
    text: str
    evidence: Evidence | None = None
    assumed: bool = False
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether the RCA or the incident's facts gave the value."""
        return self.evidence is not None


Lookup = Callable[[str], SlotValue]


def needed_slots(text: str) -> tuple[str, ...]:
    """The slots a template cannot do without: those outside of optional parts."""
    return slots_in(_OPTIONAL.sub("", text))


def slots_in(text: str) -> tuple[str, ...]:
    """The names of the slots used in a template, in order, each once."""
    return tuple(dict.fromkeys(SLOT.findall(text)))


def fill(text: str, lookup: Lookup) -> str:
    """Fill a prose template. Optional parts need a value that is read or assumed, not mere words."""

    if "<<" not in text and "[[" not in text:
        return _SPACES.sub(" ", text).strip()

    def optional(match: re.Match[str]) -> str:
        inside = match.group(1)
        values = [lookup(name) for name in slots_in(inside)]
        return inside if all(value.known or value.assumed for value in values) else ""

    filled = SLOT.sub(lambda match: lookup(match.group(1)).text, _OPTIONAL.sub(optional, text))
    return _SPACES.sub(" ", filled).strip()


def fill_artifact(body: str, lookup: Lookup) -> str:
    """Fill an artifact. A slot nobody knows becomes a visible ``TODO(<slot>)``: never a plausible fake."""

    def value(match: re.Match[str]) -> str:
        found = lookup(match.group(1))
        return found.text if found.known or found.assumed else f"TODO({match.group(1)})"

    return SLOT.sub(value, body)
