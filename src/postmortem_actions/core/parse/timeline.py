"""The timeline: what happened when, in document order, with midnight rollover and newest-first logs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from ..catalogue.match import said
from ..model import Evidence, Moment, Problem, Span, TimelineEvent
from ..text.words import Words, tokens
from .blocks import BlockKind
from .dates import When, find_day, find_time, find_zone, moment
from .sections import Unit
from .words import ReadingWords

_LEAD = re.compile(r"^[\s\W]*(?:~|approx\.?|around|about|at|on|by|ca\.?)?\s*", re.IGNORECASE)
_REACH = 14  # a time stamp begins within so many characters of an entry
_ACTOR_COLUMN = re.compile(
    r"^\W*(?:who|actors?|by|person|people|team|author|responsible|source|role|owner|name|engineer)\W*$", re.IGNORECASE
)
_TIME_COLUMN = re.compile(r"\b(?:time|date|when|timestamp|zeit|heure|hora|ora)\b", re.IGNORECASE)
_EXPLICIT = (
    (
        "started",
        re.compile(
            r"(?:OUTAGE|INCIDENT|IMPACT) (?:BEGINS|STARTS|STARTED|BEGAN)|START OF (?:OUTAGE|INCIDENT)",
            re.IGNORECASE,
        ),
    ),
    ("detected", re.compile(r"<==? ?Incident Detected|INCIDENT DETECTED", re.IGNORECASE)),
    ("mitigated", re.compile(r"(?:OUTAGE|INCIDENT) MITIGATED", re.IGNORECASE)),
    (
        "resolved",
        re.compile(
            r"(?:OUTAGE|INCIDENT) (?:ENDS|ENDED|RESOLVED)|END OF (?:OUTAGE|INCIDENT)|^\W*Resolved\b",
            re.IGNORECASE,
        ),
    ),
)
# "The reconciliation runs at 11:00" tells what is so every day.
_HABIT = re.compile(r"\b(?:runs?|starts? (?:every|each)|always|usually|every|daily|scheduled|due|normally)$", re.IGNORECASE)
_HEAD = 12  # words
_BAD_TIME = re.compile(
    r"^\W{0,3}(?:(?:2[4-9]|[3-9]\d):[0-5]\d|\d{1,2}:[6-9]\d|(?:1[3-9]|2\d):[0-5]\d ?[ap]m)\b", re.IGNORECASE
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY_LEAD = re.compile(
    r"^\W*(?:on )?(?P<name>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?: (?:morning|noon|afternoon|evening|night))?,?"
    r"(?: at| around| about)?\s+(?=\d{1,2}[:.]\d{2}|\d{1,2} ?[ap]m)",
    re.IGNORECASE,
)
_NEVER = {"action_item", "action_class", "action_phase", "related", "evidence", "five_whys"}


@dataclass(slots=True)
class _Raw:
    when: When
    stamp: str
    text: str
    span: Span
    quote: str
    depth: int = 0  # of the list it stands in
    weekday: int | None = None  # "Tuesday 08:30", Monday is 0


def timeline(
    found: Sequence[Unit], words: ReadingWords, incident: date | None
) -> tuple[list[TimelineEvent], list[Problem]]:
    """The events in document order. A day without year takes the incident's; a time without day takes the
    day before it, or the next where the clock runs backwards past midnight."""
    problems: list[Problem] = []
    raw = list(_raw(found, problems))
    zone = _zone(found)
    events = _dated(raw, incident, zone)
    return [replace(event, marker=_marker(event.text, words)) for event in events], problems


def _raw(found: Sequence[Unit], problems: list[Problem]) -> Iterator[_Raw]:
    stamped = {id(unit) for unit in found if _is_stamped(unit)}
    loose = len(stamped) >= 3
    day: When | None = None
    pending: _Raw | None = None
    for unit in found:
        inside = "timeline" in unit.roles or "milestones" in unit.roles
        if (
            set(unit.roles) & _NEVER
            or unit.block.kind in (BlockKind.CODE, BlockKind.FRONT_MATTER)
            or unit.residue
        ):
            continue
        if not inside and not (loose and id(unit) in stamped):
            if pending is not None and unit.block.kind is BlockKind.HEADING:
                yield pending
                pending = None
            continue
        if _BAD_TIME.match(unit.block.text):
            problems.append(
                Problem(
                    "time-malformed",
                    f"{unit.block.text[:20].split(' ', 1)[0]!r} is no time of day",
                    unit.block.span.start,
                )
            )
        entry = _entry(unit, day)
        if entry is None:
            if pending is not None and _goes_on(unit, pending) and len(pending.text) < 300:
                pending.text = f"{pending.text} {unit.block.text}".strip()
                pending.span = Span(pending.span.start, unit.block.span.end)
            continue
        entry.depth = unit.block.depth
        if entry.when.day or entry.when.month_day:
            day = entry.when
        if pending is not None:
            yield pending
            pending = None
        if entry.when.at is None and not entry.text:
            continue  # a day's heading
        pending = entry
    if pending is not None:
        yield pending


def _goes_on(unit: Unit, entry: _Raw) -> bool:
    """Whether a text without a time belongs to the entry before it; what follows a list is not part of its last item."""
    return unit.block.kind is not BlockKind.HEADING and unit.block.depth >= entry.depth


def _is_stamped(unit: Unit) -> bool:
    if unit.block.kind not in (BlockKind.ITEM, BlockKind.ROW, BlockKind.LINE):
        return False
    head = unit.block.text[:40]
    at = find_time(head)
    return at is not None and (at.start <= _REACH or find_day(head[: at.start]) is not None)


def _entry(unit: Unit, day: When | None) -> _Raw | None:
    block = unit.block
    if block.kind is BlockKind.ROW:
        return _row(unit)
    text = block.text
    if (named := _WEEKDAY_LEAD.match(text)) and (told := _entry(_without(unit, named.end()), day)) is not None:
        return replace(told, weekday=_WEEKDAYS.index(named["name"][:3].lower()), quote=text)
    start = _LEAD.match(text)
    begin = start.end() if start else 0
    found_day = find_day(text[: begin + 40])
    if found_day is not None and found_day.start > begin + 2 and text[begin : found_day.start].strip(" ,([").lower() not in (
        "mon", "tue", "wed", "thu", "fri", "sat", "sun"):  # fmt: skip
        found_day = None
    after = found_day.end if found_day else begin
    at = find_time(text[after : after + 24])
    if at is not None and text[after : after + at.start].strip(" ,T@–—-|at[(").lower() in ("", "at"):
        end = after + at.end
        rest = text[end:]
        # "13:30-13:45": the first time counts
        second = re.match(r"\s*[-–—]\s*\d{1,2}[:.]\d{2}(?:\s?[ap]m)?(?:\s?[A-Z]{2,4}\b)?", rest)
        if second:
            rest = rest[second.end() :]
        when = When(
            0,
            end,
            found_day.day if found_day else None,
            found_day.month_day if found_day else None,
            at.at,
            at.zone,
        )
        return _Raw(when, text[begin:end].strip(" -–—:|"), rest.strip(" -–—:|`)]"), block.span, text)
    if found_day is not None:
        rest = text[found_day.end :].strip(" -–—:|`)]")
        when = When(0, found_day.end, found_day.day, found_day.month_day)
        return _Raw(when, text[begin : found_day.end], rest, block.span, text)
    return _labelled(unit)


def _without(unit: Unit, lead: int) -> Unit:
    return replace(unit, block=replace(unit.block, text=unit.block.text[lead:]))


def _labelled(unit: Unit) -> _Raw | None:
    """ "First detected: 2023-09-18 13:42": the words first, the moment behind."""
    match = re.match(r"^(?P<what>[A-Za-z][A-Za-z ]{3,40}?)\s*(?::|\bat\b|\s)\s*(?=\d)", unit.block.text)
    if match is None:
        return None
    rest = unit.block.text[match.end() :]
    day, at = find_day(rest[:30]), find_time(rest[:40])
    if _HABIT.search(match["what"]):
        return None
    if at is None or (day is not None and day.start > 3) or (day is None and at.start > 3):
        return None
    when = When(0, at.end, day.day if day else None, day.month_day if day else None, at.at, at.zone)
    return _Raw(when, rest[: at.end].strip(), match["what"].strip(), unit.block.span, unit.block.text)


def _row(unit: Unit) -> _Raw | None:
    cells, header = unit.block.cells, unit.block.header
    columns = [n for n, name in enumerate(header) if _TIME_COLUMN.search(name)] or [0, 1]
    columns = [n for n in columns if n < len(cells)]
    day = at = None
    used: list[int] = []
    for n in columns:
        cell = cells[n]
        if len(cell) > 45:
            continue
        cell_day, cell_time = find_day(cell), find_time(cell)
        if cell_day or cell_time:
            used.append(n)
            day, at = day or cell_day, at or cell_time
    if not used:
        return None
    zone = (at.zone if at else None) or next((find_zone(header[n]) for n in used if n < len(header)), None)
    when = When(0, 0, day.day if day else None, day.month_day if day else None, at.at if at else None, zone)
    return _Raw(when, " ".join(cells[n] for n in used), _told_in(cells, header, used), unit.block.span, unit.block.text)


def _told_in(cells: Sequence[str], header: Sequence[str], used: Sequence[int]) -> str:
    """What a row tells: its first cell that holds no time; where that only says who acted, with what is told beside it."""
    rest = [n for n, cell in enumerate(cells) if n not in used and cell]
    if not rest:
        return ""
    who = rest[0] < len(header) and _ACTOR_COLUMN.search(header[rest[0]])
    return f"{cells[rest[0]]}: {cells[rest[1]]}" if who and len(rest) > 1 else cells[rest[0]]


def _zone(found: Sequence[Unit]) -> str | None:
    """The zone the document states for its times, in a timeline's heading or first lines, or anywhere."""
    for unit in found:
        if (
            "timeline" in unit.roles
            and (zone := find_zone(unit.block.text))
            and (
                unit.block.kind is BlockKind.HEADING
                or (unit.label is not None and unit.value == unit.label)
                or re.search(r"\btimes?\b", unit.block.text, re.IGNORECASE)
            )
        ):
            return zone
    for unit in found:
        if re.search(
            r"\b(?:all )?times? (?:are |given |is |below )*(?:in |as )?", unit.block.text[:80], re.IGNORECASE
        ) and (zone := find_zone(unit.block.text[:80])):
            return zone
    return None


def _dated(raw: Sequence[_Raw], incident: date | None, zone: str | None) -> list[TimelineEvent]:
    backwards = _newest_first(raw)
    current: date | None = incident
    last: time | None = None
    result = []
    for entry in reversed(raw) if backwards else raw:
        if entry.when.day:
            current, last = entry.when.day, None
        elif entry.when.month_day and incident is not None:
            current, last = _nearest_year(entry.when.month_day, incident), None
        elif entry.weekday is not None and current is not None:
            current, last = current + timedelta(days=(entry.weekday - current.weekday()) % 7), None
        at = entry.when.at
        if at is not None and last is not None and current is not None and _hours_back(last, at) > 6:
            current = current + timedelta(days=1)
        if at is not None:
            last = at
        when = Moment(
            entry.stamp, Evidence(entry.quote, entry.span), moment(current, at), entry.when.zone or zone
        )
        result.append(TimelineEvent(when, entry.text, Evidence(entry.quote, entry.span)))
    return list(reversed(result)) if backwards else result


def _hours_back(last: time, at: time) -> float:
    first, second = datetime.combine(date.min, last), datetime.combine(date.min, at)
    return (first - second).total_seconds() / 3600


def _nearest_year(month_day: tuple[int, int], incident: date) -> date:
    month, day = month_day
    choices = []
    for year in (incident.year - 1, incident.year, incident.year + 1):
        try:
            choices.append(date(year, month, day))
        except ValueError:
            continue
    return min(choices, key=lambda d: abs((d - incident).days)) if choices else incident


def _newest_first(raw: Sequence[_Raw]) -> bool:
    """Whether most steps go back in time (only where the days are told or all are of one day)."""
    back = forth = 0
    for before, after in zip(raw, raw[1:], strict=False):
        if before.when.day and after.when.day and before.when.day != after.when.day:
            back += before.when.day > after.when.day
            forth += before.when.day < after.when.day
        elif before.when.at and after.when.at:
            step = _hours_back(before.when.at, after.when.at)
            if abs(step) > 12:  # over midnight
                step = -step
            back += step > 0
            forth += step < 0
    return back > 2 and back > 3 * forth


def _marker(text: str, words: ReadingWords) -> str | None:
    for name, pattern in _EXPLICIT:
        if pattern.search(text):
            return name
    found = tokens(text[:300])
    # "… the logs around the start of the outage": only what an entry begins with says that it started then.
    head = Words(found[:_HEAD])
    return next(
        (name for name, phrases in words.markers if said(phrases, head if name == "started" else found)), None
    )
