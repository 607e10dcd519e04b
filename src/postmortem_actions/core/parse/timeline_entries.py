"""One entry of a timeline: a line, an item or a row of a table that begins with its moment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ..model import Span
from .blocks import BlockKind
from .dates import When, find_day, find_time, find_zone
from .sections import Unit
from .status_words import status_of
from .timeline_moments import Stamp, day_alone, is_moment, leading

_REACH = 14  # a time stamp begins within so many characters of an entry
_WEEKDAY_FIRST = re.compile(r"^\W*(?:on )?(?:mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
_ACTOR_COLUMN = re.compile(
    r"^\W*(?:who|actors?|by|person|people|team|author|responsible|source|role|owner|name|engineer)\W*$", re.IGNORECASE
)
_TIME_COLUMN = re.compile(r"\b(?:time|date|when|timestamp|zeit|heure|hora|ora)\b|^\W*day\W*$", re.IGNORECASE)
_LONGEST_MOMENT = 45  # characters of a cell
_SENTENCE = 3  # words
# "The reconciliation runs at 11:00" tells what is so every day.
_HABIT = re.compile(r"\b(?:runs?|starts? (?:every|each)|always|usually|every|daily|scheduled|due|normally)$", re.IGNORECASE)
# "…, it's assumed that the tests are flaky. 15:40 UTC: …"
_LATER = re.compile(r"(?<=[.!?;)] )(?P<when>[~]?\d{1,2}[:.]\d{2}(?: ?[ap]m)?(?: [A-Z]{2,4})?)\s?(?::|–|—|-)\s+(?=\S)")
_SENTENCE_BEGINS = re.compile(r"^\W*(?:on|at|around|about|between|from|and|it|by|until|since|in|the|after|then)\b", re.IGNORECASE)
_LABELLED = re.compile(r"^(?P<what>[A-Za-z][A-Za-z ]{3,40}?)\s*(?::|\bat\b|\s)\s*(?=\d)")


@dataclass(slots=True)
class Told:
    """What an entry tells, before its day is known.

    ``heading`` is what stands over the text: who says it, or the word of a status page, which ``status`` makes one of
    a few. ``spoken``: it is a message; ``opens``: it opened its thread; ``whole``: nothing below belongs to it.
    ``alone``: it is a day for what follows, and no entry. ``after`` is the time since ``base`` where that is how it is
    told. ``apart``: it is named in a summary, so it tells nothing of the order of entries; ``said_in`` is the message
    that names it, and ``marker`` what it names."""

    stamp: Stamp
    written: str
    text: str
    span: Span
    quote: str
    depth: int = 0  # of the list it stands in
    kind: BlockKind = BlockKind.LINE
    paragraph: int = 0
    heading: str = ""
    status: str | None = None
    spoken: bool = False
    opens: bool = False
    whole: bool = False
    alone: bool = False
    after: timedelta | None = None
    base: Stamp | None = None
    apart: bool = False
    said_in: Told | None = None
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Heads:
    """Head lines, under which the text stands, by their places; and the places of lines that are told with a head."""

    heads: Mapping[int, Told]
    taken: frozenset[int]


def told(unit: Unit, stamp: Stamp, written: str, text: str) -> Told:
    """An entry that stands where the unit does."""
    block = unit.block
    return Told(stamp, written, text, block.span, block.text, block.depth, block.kind, block.paragraph)


def is_stamped(unit: Unit) -> bool:
    """Whether a line, item or row has a time of day near its beginning."""
    if unit.block.kind not in (BlockKind.ITEM, BlockKind.ROW, BlockKind.LINE):
        return False
    head = unit.block.text[:40]
    at = find_time(head)
    if at is None:
        return False
    if at.start <= _REACH or find_day(head[: at.start]) is not None:
        return True
    stamp = leading(unit.block.text) if _WEEKDAY_FIRST.match(head) else None
    return stamp is not None and stamp.when.at is not None


def is_prose(unit: Unit) -> bool:
    """Whether a line with a moment near its beginning is a sentence of a text: "On Friday at 19:00 seven hosts were stopped"."""
    return _SENTENCE_BEGINS.match(unit.block.text) is not None


def entry(unit: Unit) -> Told | None:
    """The entry that a unit is, where it begins with a moment."""
    if unit.block.kind is BlockKind.ROW:
        return _row(unit)
    text = unit.block.text
    if (alone := day_alone(text)) is not None:
        return replace(told(unit, alone, text, ""), alone=True)
    stamp = leading(text)
    if stamp is None:
        return _labelled(unit)
    return told(unit, stamp, text[stamp.begin : stamp.when.end].strip(" -–—:|"), text[stamp.end :].lstrip(".,; ").strip(" -–—:|`)]"))


def in_parts(one: Told) -> list[Told]:
    """An entry with what it tells of later times: "14:30 UTC: the tests fail. 15:40 UTC: somebody opens a trace."."""
    places = list(_LATER.finditer(one.text))
    if not places or one.alone or one.kind is BlockKind.ROW:
        return [one]
    ends = [*(match.start() for match in places[1:]), len(one.text)]
    parts = [replace(one, text=one.text[: places[0].start()].rstrip())]
    for match, end in zip(places, ends, strict=True):
        stamp = leading(match["when"])
        if stamp is None or stamp.when.at is None:
            return [one]
        parts.append(replace(one, stamp=stamp, written=match["when"], text=one.text[match.end() : end].strip()))
    return parts if all(part.text for part in parts) else [one]


def _labelled(unit: Unit) -> Told | None:
    """ "First detected: 2023-09-18 13:42": the words first, the moment behind."""
    match = _LABELLED.match(unit.block.text)
    if match is None or _HABIT.search(match["what"]):
        return None
    rest = unit.block.text[match.end() :]
    day, at = find_day(rest[:30]), find_time(rest[:40])
    if at is None or (day is not None and day.start > 3) or (day is None and at.start > 3):
        return None
    when = When(0, at.end, day.day if day else None, day.month_day if day else None, at.at, at.zone)
    return told(unit, Stamp(when, 0, at.end), rest[: at.end].strip(), match["what"].strip())


def _row(unit: Unit) -> Told | None:
    cells, header = unit.block.cells, unit.block.header
    named = [n for n, name in enumerate(header) if _TIME_COLUMN.search(name) and n < len(cells)]
    # Without such a head the first column may hold the times; the second does where the first holds none, or only days.
    columns = named or [n for n in (0, 1) if n < len(cells) and (n == 0 or is_moment(cells[n]) or _of_cell(cells[0]) is None)]
    stamps: list[Stamp] = []
    used: list[int] = []
    for n in columns:
        cell = cells[n]
        if len(cell) <= _LONGEST_MOMENT and (stamp := _of_cell(cell)) is not None:
            used.append(n)
            stamps.append(stamp)
    if not used:
        return None
    zone = next((s.when.zone for s in stamps if s.when.zone), None)
    zone = zone or next((find_zone(header[n]) for n in used if n < len(header)), None)
    row = told(unit, _joined(stamps, zone), " ".join(cells[n] for n in used), _told_in(cells, header, used))
    if row.text and is_moment(row.text):
        return None  # "Started | Detected | Resolved": only moments
    if (status := status_of(row.text)) is not None and len((text := _beside(cells, used, row.text)).split()) >= _SENTENCE:
        row.status, row.heading, row.text = status, row.text, text
    return row


def _of_cell(cell: str) -> Stamp | None:
    stamp = leading(cell)
    if stamp is not None and stamp.when.at is not None:
        return stamp
    day, at = find_day(cell), find_time(cell)
    if day is None and at is None:
        return day_alone(cell)
    when = When(0, 0, day.day if day else None, day.month_day if day else None, at.at if at else None, at.zone if at else None)
    return Stamp(when, 0, 0)


def _joined(stamps: Sequence[Stamp], zone: str | None) -> Stamp:
    """The day of one cell and the time of another."""
    timed = next((s for s in stamps if s.when.at is not None), stamps[0])
    dated = next((s for s in stamps if s.dated), timed)
    when = When(0, 0, dated.when.day, dated.when.month_day, timed.when.at, zone)
    return replace(timed, when=when, weekday=dated.weekday, nth=dated.nth)


def _told_in(cells: Sequence[str], header: Sequence[str], used: Sequence[int]) -> str:
    """What a row tells: its first cell that holds no time; where that only says who acted, with what is told beside it."""
    rest = [n for n, cell in enumerate(cells) if n not in used and cell]
    if not rest:
        return ""
    who = rest[0] < len(header) and _ACTOR_COLUMN.search(header[rest[0]])
    return f"{cells[rest[0]]}: {cells[rest[1]]}" if who and len(rest) > 1 else cells[rest[0]]


def _beside(cells: Sequence[str], used: Sequence[int], text: str) -> str:
    return next((cell for n, cell in enumerate(cells) if n not in used and cell and cell != text), "")
