"""Spans of days: "between 9th and 12th October 2020", "from Friday the 24th to Monday the 27th of February"."""

from __future__ import annotations

import re
from datetime import date

from .dates import When, find_day

_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
_NUMBER = r"(?P<day>[0-2]?\d|3[01])(?:st|nd|rd|th|\.)?"
_LINK = r"\s?(?:-|–|—|and|to|until|till|through)\s?"
# The first day's number alone, and the month behind the second: "9th and 12th October 2020", "12-14 May 2021"
_NUMBER_FIRST = re.compile(
    rf"\b(?:between|from|on)? ?{_WEEKDAY}(?:the )?{_NUMBER}{_LINK}{_WEEKDAY}(?:the )?(?=\d{{1,2}}(?:st|nd|rd|th|\.)? )", re.IGNORECASE
)
_BEGINS = re.compile(rf"\b(?:between|from)\s+{_WEEKDAY}", re.IGNORECASE)
_LINKED = re.compile(rf"^,?{_LINK}{_WEEKDAY}(?:the )?$", re.IGNORECASE)
_REACH = 40  # characters between the two days
_DAYS = 31


def days_between(text: str, year: int | None) -> tuple[date, date] | None:
    """The first and the last day of the span that a text tells, where its days and its year are told or known."""
    for match in _NUMBER_FIRST.finditer(text):
        last = find_day(text[match.end() : match.end() + _REACH])
        if last is not None and last.start == 0 and (end := _dated(last, year)) is not None:
            first = _same_month(int(match["day"]), end)
            if first is not None:
                return first, end
    for match in _BEGINS.finditer(text):
        rest = text[match.end() : match.end() + 2 * _REACH]
        first_, second = find_day(rest), None
        if first_ is not None and first_.start == 0:
            second = find_day(rest[first_.end :])
        if first_ is None or second is None or not _LINKED.match(rest[first_.end : first_.end + second.start]):
            continue
        end = _dated(second, year)
        if end is None:
            continue
        begin = first_.day or _dated(first_, end.year)
        if begin is not None and begin <= end:
            return begin, end
    return None


def _dated(when: When, year: int | None) -> date | None:
    if when.day is not None or when.month_day is None or year is None:
        return when.day
    try:
        return date(year, *when.month_day)
    except ValueError:
        return None


def _same_month(day: int, end: date) -> date | None:
    if not 0 < day < end.day or end.day - day > _DAYS:
        return None
    return end.replace(day=day)
