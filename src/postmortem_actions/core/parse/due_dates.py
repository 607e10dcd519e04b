"""Due dates as people write them beside an action. The year comes from the incident, never from a clock."""

from __future__ import annotations

import re
from datetime import date, timedelta

from .dates import find_day, plausible_year

_MONTHS = {
    name: n
    for n, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?\b", re.IGNORECASE)
_DAY_MONTH = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH})\.?(?:,? (\d{{4}}))?\b", re.IGNORECASE
)
_MONTH_YEAR = re.compile(rf"\b(?:end of |by )?({_MONTH})\.? (\d{{4}})\b", re.IGNORECASE)
_QUARTER = re.compile(r"\b(?:end of |by )?Q([1-4])[ /-]?(\d{4})\b|\b(\d{4})[ -]?Q([1-4])\b", re.IGNORECASE)


def due_date(text: str, incident: date | None) -> date | None:
    """The day a text names, or None. A month or quarter means its last day; a day without a year is the
    first such day on or after the incident."""
    found = _due_date(text, incident)
    return found if found is not None and plausible_year(found.year) else None


def _due_date(text: str, incident: date | None) -> date | None:
    try:
        if match := _ISO.search(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _MONTH_DAY.search(text):
            return _with_year(int(match[2]), _MONTHS[match[1].lower()], match[3], incident)
        if match := _DAY_MONTH.search(text):
            return _with_year(int(match[1]), _MONTHS[match[2].lower()], match[3], incident)
        if match := _MONTH_YEAR.search(text):
            return _last_day(int(match[2]), _MONTHS[match[1].lower()])
        if match := _QUARTER.search(text):
            year, quarter = int(match[2] or match[3]), int(match[1] or match[4])
            return _last_day(year, quarter * 3)
    except ValueError:
        return None
    other = find_day(text)
    return other.day if other is not None else None


def _with_year(day: int, month: int, year: str | None, incident: date | None) -> date | None:
    if year:
        return date(int(year), month, day)
    if incident is None:
        return None
    found = date(incident.year, month, day)
    return found if found >= incident else date(incident.year + 1, month, day)


def _last_day(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
