"""Which day and time each entry of a timeline is of, from what it tells and from the entries before it.

A day without year takes the incident's; a time without day takes the day before it, or the next where the clock runs
backwards past midnight. A log with the newest entry first is read from its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from .calendar_days import by_number, forward, last_weekday, month_alone, near_weekday, nearest_year
from .clocks import OVER_MIDNIGHT, full_clock, hours_back
from .dates import moment
from .sections import Unit
from .status_words import CLOSED, IDENTIFIED, INVESTIGATING, MITIGATED, NOTE, RESOLVED
from .timeline_entries import Told
from .timeline_moments import Stamp

Dated = tuple[Told, datetime | None]

_NEARLY_A_MONTH = 27  # days
_EARLY, _LATE = {INVESTIGATING, IDENTIFIED}, {RESOLVED, CLOSED, NOTE, MITIGATED}


def dated(told: Sequence[Told], incident: date | None, found: Sequence[Unit]) -> list[Dated]:
    """The entries with their moments, the oldest first where the document has the newest first, else as they stand."""
    year_of = incident or next((one.stamp.when.day for one in told if one.stamp.when.day), None) or month_alone(found)
    line = [one for one in told if not one.apart]
    backwards = _newest_first(line, year_of)
    placed = _walk(_reversed(line) if backwards else line, incident, year_of)
    moments = {id(one): at for one, at in placed}
    apart = [one for one in told if one.apart]
    moments |= {id(one): at for one, at in _named(apart, moments, incident, year_of)}
    order = [*(one for one, _ in placed), *apart] if backwards else told
    return [(one, moments[id(one)]) for one in order if not one.alone]


def _walk(line: Sequence[Told], incident: date | None, year_of: date | None) -> list[Dated]:
    """The entries, the oldest first, with their moments."""
    result: list[Dated] = []
    current, last, fresh = incident, None, True
    weekdays = {one.stamp.weekday for one in line if one.stamp.weekday is not None and one.stamp.nth is None}
    for one, at in zip(line, full_clock(line), strict=True):
        if one.after is not None:
            result.append((one, _counted(one, incident, year_of)))
            continue
        if (day := _told_day(one.stamp, current or year_of, year_of)) is not None:
            current, last = day, None
        elif one.stamp.weekday is not None and current is not None and one.stamp.nth is None:
            current, last = (near_weekday(one.stamp.weekday, current, weekdays) if fresh else forward(one.stamp.weekday, current)), None
        if at is not None and last is not None and current is not None and hours_back(last, at) > OVER_MIDNIGHT:
            current += timedelta(days=1)
        if at is not None:
            last = at
        fresh = fresh and at is None and not one.stamp.dated
        result.append((one, moment(current, at)))
    return result


def _told_day(stamp: Stamp, near: date | None, year_of: date | None) -> date | None:
    """The day that a moment tells by its number, with its month and year or without."""
    if stamp.when.day is not None:
        return stamp.when.day
    if stamp.when.month_day is not None:
        return nearest_year(stamp.when.month_day, year_of) if year_of is not None else None
    return by_number(stamp.nth, stamp.weekday, near) if stamp.nth is not None and near is not None else None


def _counted(one: Told, incident: date | None, year_of: date | None) -> datetime | None:
    """The moment so long after the beginning that the document tells."""
    if one.base is None or one.after is None:
        return None
    begin = moment(_told_day(one.base, incident, year_of) or incident, one.base.when.at)
    return begin + one.after if begin is not None else None


def _named(apart: Sequence[Told], moments: dict[int, datetime | None], incident: date | None, year_of: date | None) -> list[Dated]:
    """The moments that a summary names: they look back from where it is said, and each follows on the one before it."""
    result: list[Dated] = []
    line: int | None = None
    current: date | None = None
    last: time | None = None
    for one in apart:
        said = moments.get(id(one.said_in)) if one.said_in is not None else None
        if one.span.start != line:
            line, current, last = one.span.start, None, None
        if (day := _named_day(one.stamp, current, said.date() if said else None, incident, year_of)) is not None:
            last = last if day == current else None
            current = day
        at = one.stamp.when.at
        if current is not None and at is not None and last is not None and hours_back(last, at) > OVER_MIDNIGHT:
            current += timedelta(days=1)
        last = at
        result.append((one, moment(current, at)))
    return result


def _named_day(stamp: Stamp, before: date | None, said: date | None, incident: date | None, year_of: date | None) -> date | None:
    if stamp.weekday is not None and stamp.nth is None and stamp.when.day is None and stamp.when.month_day is None:
        if before is not None:
            return forward(stamp.weekday, before)
        near = said or incident
        if near is None:
            return None
        return last_weekday(stamp.weekday, near) if said else near_weekday(stamp.weekday, near, set())
    if stamp.nth is not None:
        # What is said looks back; of a line, each part is later than the one before.
        return by_number(stamp.nth, stamp.weekday, said or before or incident, 0 if said else _NEARLY_A_MONTH if before else None)
    return _told_day(stamp, before or incident, year_of) or before or incident or said


def _reversed(line: Sequence[Told]) -> list[Told]:
    """The entries the oldest first; a day alone stays before those it stands above."""
    groups: list[list[Told]] = [[]]
    for one in line:
        if one.alone:
            groups.append([])
        groups[-1].append(one)
    result: list[Told] = []
    for group in reversed(groups):
        heads = [one for one in group if one.alone]
        result += heads + [one for one in reversed(group) if not one.alone]
    return result


def _newest_first(line: Sequence[Told], year_of: date | None) -> bool:
    """Whether most steps go back in time, or the words of a status page run from its end to its beginning."""
    back = forth = 0
    carried: date | None = None
    seen: list[tuple[date | None, Told]] = []
    for one in line:
        told = _told_day(one.stamp, None, year_of or date(2024, 1, 1))
        carried = told if one.alone or told is not None else carried
        if not one.alone and one.after is None:
            seen.append((told or carried, one))
    for (day, before), (next_day, after) in zip(seen, seen[1:], strict=False):
        if day and next_day and day != next_day:
            back += day > next_day
            forth += day < next_day
        elif before.stamp.when.at and after.stamp.when.at and after.stamp.weekday is None and after.stamp.nth is None:
            step = hours_back(before.stamp.when.at, after.stamp.when.at)
            if abs(step) > 12:  # over midnight
                step = -step
            back += step > 0
            forth += step < 0
    if back > 0 and not forth and all(one.stamp.when.day and one.stamp.when.at for _, one in seen):
        return True  # each tells its own day and time, which leaves no doubt
    words = [one.status for one in line if one.status is not None]
    if words and words[0] in _LATE and words[-1] in _EARLY and back >= forth:
        return True
    return back > 2 and back > 3 * forth
