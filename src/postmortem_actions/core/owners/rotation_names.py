"""People's names in the titles of calendar events and in the accounts of on-call services.

A name is read, never guessed: a title that holds more than role words and one name gives nobody. Only names
and handles come out: of an e-mail address the part before the ``@``, of a telephone number nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from .rotation_shifts import BASE, OVERRIDE, SECONDARY

_ADDRESS = re.compile(r"<?(?:mailto:)?([^\s<>@:,;()]+)@[^\s<>@,;()]+\.?>?", re.IGNORECASE)
_TELEPHONE = re.compile(r"(?:tel:)?\+?\d[\d\s()/.-]{5,}\d")
_ON_CALL = re.compile(
    r"\b(?:is\s+)?(?:on[\s-]?call|on[\s-]?duty|pager(?:[\s-]?duty)?)\b(?:\s+(?:for|is)\b)?", re.IGNORECASE
)
_SEPARATORS = re.compile(r"\s*(?:\s[-–—|]+\s|[–—|:()\[\]]|\s->\s|→)\s*")
_SEVERAL = re.compile(r"\s*(?:&|\+|/|\band\b|\bund\b|\bet\b|,|;)\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")

_OVERRIDES = {"override", "overrides", "swap", "swapped", "cover", "covering", "substitute"}
_SECONDARIES = {"secondary", "backup", "shadow", "shadowing", "l2", "tier2"}
_ROLES = {
    "primary", "main", "l1", "l3", "tier1", "shift", "week", "weekly", "weekend", "weekday", "day", "night", "daily",
    "nights", "days", "the", "oncall", *_OVERRIDES, *_SECONDARIES,
}  # fmt: skip
# A part of a title with one of these words names a schedule or a team, not a person.
_SCHEDULES = {
    "rotation", "rota", "schedule", "calendar", "team", "engineer", "engineering", "engineers", "support", "escalation",
    "policy", "coverage", "operations", "responder", "responders",
}  # fmt: skip
# What calendars hold beside people. A title with one of these words names no person.
_NOT_PEOPLE = {
    "freeze", "release", "meeting", "holiday", "holidays", "handover", "handoff", "maintenance", "review", "standup",
    "planning", "retro", "retrospective", "deploy", "deployment", "nobody", "none", "tbd", "tba", "unassigned", "open",
    "vacant", "sync", "drill", "training", "migration", "launch", "test", "window", "outage", "incident", "change",
}  # fmt: skip

_ABSENT = re.compile(
    r"\b(?:(?:on\s+)?(?:annual\s+|parental\s+|maternity\s+|paternity\s+|sick\s+|medical\s+|family\s+)?leave"
    r"|(?:is\s+)?out\s+of\s+(?:the\s+)?office|(?:on\s+)?(?:vacations?|holidays?|pto|sabbatical)|ooo|sick|(?:is\s+)?(?:day\s+)?off"
    r"|(?:is\s+)?(?:away|absent|out)|absence|unavailable|urlaub|krank|abwesend|vacaciones|férias|ferie|congés?|vacances)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Titled:
    """What an event's title says: the people on call (more than one where they share the shift) and the
    level of the shift (see ``rotation_shifts``). Nobody where it names none, or not for sure."""

    people: tuple[str, ...]
    level: int = BASE


def plain_name(text: str) -> str:
    """A name or account without any address: ``Alice <a@x.org>`` is Alice, ``alice@x.org`` is alice.

    Empty where nothing but a telephone number or white space stands there."""
    folded = " ".join(text.strip().strip('"').split())
    without = " ".join(_TELEPHONE.sub(" ", _ADDRESS.sub(" ", folded)).split()).strip(" -,;:()<>")
    if without:
        return without
    address = _ADDRESS.search(folded)
    return address[1] if address else ""


def on_call_title(title: str, *, calendar: str = "", known: Collection[str] = ()) -> Titled:
    """Who is on call by the title of an event: "On call: Alice", "Alice (primary)", "alice - Primary".

    ``calendar`` is the calendar's own name, which titles often repeat. ``known`` are names and handles of the
    team: a part of the title that is one of them is the person, whatever else stands there."""
    words = {word.casefold() for word in re.findall(r"\w+", title)}
    level = OVERRIDE if words & _OVERRIDES else SECONDARY if words & _SECONDARIES else BASE
    repeated = calendar.strip().casefold()
    parts = [part for part in _parts(title) if part.casefold() != repeated]
    found = _known(parts, known)
    if found:
        return Titled(found, level)
    about_duty = bool(_ON_CALL.search(title)) or bool(words & _ROLES)
    if _ABSENT.search(title) and not about_duty:
        return Titled((), level)
    label, colon, rest = title.partition(":")
    if colon and rest.strip() and (_ON_CALL.search(label) or not _without_roles(label)):
        parts = _parts(rest)  # "SRE on-call: Bob"
    named = [name for part in parts if (name := _without_roles(part))]
    if len(named) != 1:
        return Titled((), level)
    several = [name for name in (_without_roles(piece) for piece in _SEVERAL.split(named[0])) if name]
    if "," in named[0] and any(" " not in name for name in several):
        return Titled((), level)  # "Meyer, Alice" is one person, "Alice, Bob" are two: not told apart
    if not several or not all(_is_name(name) for name in several):
        return Titled((), level)
    return Titled(tuple(several), level)


def absent_title(title: str, *, known: Collection[str] = ()) -> str | None:
    """Who is away by the title of an event ("Alice – vacation", "OOO: Alice"): the name, an empty text where
    somebody is away but the title does not say who, None where it is not about an absence."""
    if not _ABSENT.search(title):
        return None
    parts = [part for piece in _parts(title) if (part := " ".join(_ABSENT.sub(" ", piece).split()))]
    found = _known(parts, known)
    if found:
        return found[0]
    named = [part for part in parts if _is_name(part)]
    return named[0] if len(named) == 1 and len(parts) == 1 else ""


def _parts(title: str) -> list[str]:
    """The pieces of a title between its separators, with the words for being on call taken out."""
    text = plain_name(title)
    pieces = (_ON_CALL.sub(" ", piece) for piece in _SEPARATORS.split(text))
    return [folded for piece in pieces if (folded := " ".join(piece.split()).strip(" -,;:"))]


def _without_roles(part: str) -> str:
    """The part without role words and numbers at its beginning and end; empty where it is nothing else, or
    the name of a schedule or team."""
    words = part.split()
    if {word.casefold() for word in words} & _SCHEDULES:
        return ""
    while words and _is_role(words[0]):
        words.pop(0)
    while words and _is_role(words[-1]):
        words.pop()
    return " ".join(words)


def _is_role(word: str) -> bool:
    bare = word.casefold().strip(".,#")
    return bare in _ROLES or bare.isdigit()


def _known(parts: list[str], known: Collection[str]) -> tuple[str, ...]:
    by_name = {name.casefold().lstrip("@"): name for name in known}
    pieces = [piece for part in parts for piece in (part, _without_roles(part), *_SEVERAL.split(part))]
    found = (by_name.get(piece.casefold().lstrip("@")) for piece in pieces)
    return tuple(dict.fromkeys(name for name in found if name))


def _is_name(text: str) -> bool:
    words = text.lstrip("@").split()
    return (
        1 <= len(words) <= 5
        and all(_WORD.fullmatch(word) for word in words)
        and not {word.casefold() for word in words} & (_NOT_PEOPLE | _ROLES | _SCHEDULES)
    )
