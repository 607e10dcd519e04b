"""Alert rules of several actions in one file."""

from __future__ import annotations

import re
from dataclasses import replace

from ..model import Artifact

_GROUPS = re.compile(r"groups:\n(?=  - )")
_ALERT = re.compile(r"(?m)^\s*-\s*alert:\s*(\S+)")


def joined_rules(own: Artifact | None, other: Artifact | None) -> Artifact | None:
    """``own`` with the alert groups of ``other`` that it does not hold yet; ``own`` as it is where one of them is something
    else than a plain file of alert rules. Signals that a merged action covers are then really watched by its file."""
    if own is None or other is None or own.language != "yaml" or other.language != "yaml":
        return own
    if not (_GROUPS.match(own.body) and _GROUPS.match(other.body)) or "\n---" in own.body + other.body:
        return own
    new = _ALERT.findall(other.body)
    if not new or set(_ALERT.findall(own.body)) & set(new) or any(name.startswith("TODO") for name in new):
        return own
    return replace(own, body=own.body.rstrip("\n") + "\n" + _GROUPS.sub("", other.body, count=1).rstrip("\n") + "\n")
