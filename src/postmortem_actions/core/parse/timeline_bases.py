"""Where a timeline that counts from a beginning says when that was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .blocks import BlockKind
from .dates import When, find_day, find_time
from .sections import Unit
from .timeline_moments import Stamp

UNIT = r"d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?"
HEAD_UNIT = re.compile(r"\b(?P<unit>days?|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\b", re.IGNORECASE)
_NEAR = 12  # units between "times are minutes after …" and the first entry
_AFTER = 3  # and behind the last
_CLOCKED = re.compile(r"\b(?:mm:ss|m:ss|minutes:seconds|minutes and seconds)\b", re.IGNORECASE)
# "T0 = 14:03 UTC", "T+0 is 09:12", "T-zero (deploy finished): 14:03"
_ZERO = re.compile(
    r"(?<![A-Za-z0-9])T\s?(?:[+-]?\s?(?:0{1,2}(?::00){0,2}|zero)(?:\s?min)?\s?(?:\([^()]{1,40}\))?|(?=\s?=))\s?(?P<link>\(|=|:|is\b|was\b|at\b|≙|→|[–—-])",
    re.IGNORECASE,
)
# "14:03 UTC (T0)"
_ZERO_BEHIND = re.compile(r"\W{1,4}T\s?[+=]?\s?0{1,2}\b(?!:)", re.IGNORECASE)
_FAR_LINKS = ("(", "=", "is", "was", "at")
# "Times are minutes after the apply was started, 6:02 p.m."
_RELATIVE = re.compile(
    rf"(?:^|[.;(]\s?)\W?(?:all |the )?(?:times?|timestamps?|offsets?|T\s?\+|Δ\s?t?|elapsed|clock|{UNIT})\b[^.;]{{0,60}}?"
    r"\b(?:after|since|from|relative to|past|with respect to)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;!?]\s+[A-Z]")
_REACH = 90
_SHORT_REACH = 12
_SHORTEST = 3
_SEEN = 400  # characters of a line


@dataclass(frozen=True, slots=True)
class Base:
    """A beginning that is told, and in what is counted from it."""

    place: int
    stamp: Stamp
    unit: str | None = None
    clocked: bool = False


def bases(found: Sequence[Unit], first: int, last: int) -> list[Base]:
    """The beginnings that a document tells, in order; ``first`` and ``last`` are the places of what is counted from them.

    "T0" is named anywhere; "times are minutes after …" only near the entries, since prose speaks so of other things."""
    result = []
    for place, text in _texts(found):
        near = first - _NEAR <= place <= last + _AFTER
        base = _zero(place, text) or (_relative(place, text) if near else None)
        if base is not None:
            result.append(base)
    return result


def _texts(found: Sequence[Unit]) -> Iterator[tuple[int, str]]:
    """What is said where: lines with the one below of their paragraph, and the heads of tables."""
    header: tuple[str, ...] = ()
    for place, unit in enumerate(found):
        block = unit.block
        if block.kind in (BlockKind.CODE, BlockKind.FRONT_MATTER) or unit.residue:
            continue
        if block.kind is BlockKind.ROW and block.header != header:
            header = block.header
            yield place, header[0] if header else ""
        below = found[place + 1].block if place + 1 < len(found) else None
        runs_on = below is not None and block.kind is BlockKind.LINE and below.kind is BlockKind.LINE and below.paragraph == block.paragraph
        yield place, f"{block.text[-_SEEN:]} {below.text[:_REACH]}" if below is not None and runs_on else block.text[:_SEEN]


def _zero(place: int, text: str) -> Base | None:
    if (match := _ZERO.search(text)) is not None:
        rest = text[match.end() : match.end() + _REACH]
        reach = _REACH if match["link"].lower() in _FAR_LINKS else _SHORT_REACH
        if (stamp := _moment(rest, reach)) is not None:
            return Base(place, stamp)
    for behind in _ZERO_BEHIND.finditer(text):
        before = text[max(0, behind.start() - 30) : behind.start()]
        at = find_time(before)
        if at is not None and not before[at.end :].strip():
            return Base(place, _stamp(at, find_day(before)))
    return None


def _relative(place: int, text: str) -> Base | None:
    match = _RELATIVE.search(text)
    if match is None or (stamp := _moment(text[match.end() : match.end() + _REACH], _REACH)) is None:
        return None
    unit = HEAD_UNIT.search(match[0])
    return Base(place, stamp, unit["unit"] if unit else None, _CLOCKED.search(text) is not None)


def _moment(rest: str, reach: int) -> Stamp | None:
    """The first time of the same sentence, with its day."""
    at = find_time(rest)
    if at is None or at.start > reach or at.at is None or _SENTENCE.search(rest[: at.start]):
        return None
    return _stamp(at, find_day(rest))


def _stamp(at: When, day: When | None) -> Stamp:
    return Stamp(When(0, 0, day.day if day else None, day.month_day if day else None, at.at, at.zone), 0, 0)
