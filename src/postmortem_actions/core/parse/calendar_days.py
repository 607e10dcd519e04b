"""Days that are told in part: without the year, by a number alone, or by a weekday."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from .blocks import BlockKind
from .dates import find_day
from .sections import Unit

_LATER_DAYS = 7  # a day told by its number alone may be so long after the one known
_WEEK = 7
_MONTH_ALONE = re.compile(
    r"(?:^|[–—|·•,(*]\s?|\s-\s)(?P<month>[A-Z][a-z]{2,8}\.? (?:19|20)\d{2})\s?(?:$|[–—|·•,)*]|\s-\s)"
)
_LONGEST_LINE = 120


def nearest_year(month_day: tuple[int, int], near: date) -> date:
    """The day of that month that is nearest to another."""
    choices = [day for year in (near.year - 1, near.year, near.year + 1) if (day := _day(year, *month_day)) is not None]
    return min(choices, key=lambda day: abs((day - near).days)) if choices else near


def by_number(number: int, weekday: int | None, near: date | None, later: int | None = None) -> date | None:
    """The day of that number around a known day: of its month, or of the month before where it would be much later.

    A weekday told with it decides where one of the days is of it; ``later`` is how many days it may be after."""
    if near is None:
        return None
    firsts = [(near.replace(day=1) - timedelta(days=1)), near, (near.replace(day=28) + timedelta(days=4))]
    days = [day for first in firsts if (day := _day(first.year, first.month, number)) is not None]
    right = [day for day in days if day.weekday() == weekday]
    if right:
        return min(right, key=lambda day: abs((day - near).days))
    latest = near + timedelta(days=_LATER_DAYS if later is None else later)
    return max((day for day in days if day <= latest), default=days[0] if days else None)


def forward(weekday: int, day: date) -> date:
    """That day, or the next of the weekday after it."""
    return day + timedelta(days=(weekday - day.weekday()) % _WEEK)


def last_weekday(weekday: int, day: date) -> date:
    """That day, or the last of the weekday before it."""
    return day - timedelta(days=(day.weekday() - weekday) % _WEEK)


def near_weekday(weekday: int, day: date, told: Collection[int | None]) -> date:
    """The weekday a timeline begins with: before the incident's where that one is ``told`` as well, else the nearest."""
    if day.weekday() in told:
        return last_weekday(weekday, day)
    ahead = (weekday - day.weekday()) % _WEEK
    return day + timedelta(days=ahead if ahead <= _WEEK // 2 else ahead - _WEEK)


def month_alone(found: Sequence[Unit]) -> date | None:
    """A day of the month that stands alone in a line, as in "Service status – archive – June 2023"."""
    for unit in found:
        text = unit.block.text
        if len(text) > _LONGEST_LINE or unit.block.kind in (BlockKind.CODE, BlockKind.ROW):
            continue
        if (match := _MONTH_ALONE.search(text)) and (day := find_day(f"15 {match['month']}")) and day.day:
            return day.day
    return None


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
