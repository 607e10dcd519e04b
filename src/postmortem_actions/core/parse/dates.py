"""Dates and times of day as people write them. Zones are kept as written; UTC is never assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time

_MONTHS = {
    name: n
    for n, names in enumerate(
        ("jan january januar janvier enero janeiro gennaio", "feb february februar février febrero fevereiro febbraio",
         "mar march märz mars marzo março", "apr april avril abril aprile", "may mai mayo maio maggio",
         "jun june juni juin junio junho giugno", "jul july juli juillet julio julho luglio",
         "aug august août agosto", "sep sept september septembre septiembre setembro settembre",
         "oct october oktober okt octobre octubre outubro ottobre", "nov november novembre noviembre novembro",
         "dec december dezember dez décembre diciembre dezembro dicembre"), 1)
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_ISO = re.compile(r"(?<![\d-])(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d])")
_EAST = re.compile(r"(?P<y>\d{4})年\s?(?P<m>\d{1,2})月\s?(?P<d>\d{1,2})日")
_MONTH_DAY = re.compile(
    rf"\b{_WEEKDAY}(?P<mon>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?:)(?:\s?[-–]\s?\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+(?P<y>\d{{4}}))?",
    re.IGNORECASE,
)
_DAY_MONTH = re.compile(
    rf"\b{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+|de\s+)?(?P<mon>{_MONTH})\b\.?,?(?:\s+(?:de\s+)?(?P<y>\d{{4}}))?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})(?![\d/])"
)
# "[03-26 17:40]": month and day, as in an ISO date without its year.
_SHORT = re.compile(r"(?<![\d/.-])(?P<m>0[1-9]|1[0-2])-(?P<d>[0-2]\d|3[01])(?=[ T]\d{1,2}:\d{2})")
_TIME = re.compile(
    r"(?<![\d:.])(?P<h>[01]?\d|2[0-3])(?:(?P<sep>[:.hu])(?P<m>[0-5]\d)(?:[:.](?P<s>[0-5]\d)(?:[.,]\d{1,6})?)?)?\s?(?P<ap>[ap]\.?\s?m\b\.?)?(?!\d)",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"^\s*(?:Uhr\s*)?\(?(?P<z>UTC(?:\s?[+-]\d{1,2}(?::?\d{2})?)?|GMT(?:\s?[+-]\d{1,2})?|Z\b|\+(?:0\d|"
    r"1[0-4]):?(?:00|30|45)|CES?T|MES?Z|WES?T|EES?T|BST|IST|JST|KST|AES?[DS]T|MSK|PST8PDT|(?:P|M|C|"
    r"E)[SD]?T|Eastern|Pacific|Central European Time|CET)\b\)?"
)
_NEGATIVE = re.compile(r"^(?P<z>-(?:0\d|1[0-2]):?(?:00|30))(?!\d)")
_ANY_ZONE = re.compile(
    r"\b((?:Europe|America|Asia|Africa|Australia|Atlantic|Pacific|Indian)/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|UTC(?:\s?[+-]\d{1,2}(?::?\d{2})?)?|GMT|CES?T|MES?Z|WES?T|EES?T|BST|IST|JST|KST|AES?[DS]T|PST8PDT|[PMCE][SD]T|[PMCE]T)\b"
)


LAST_YEAR = 2199
_DOTTED_DAY = re.compile(r"\.\s?(?:\d|um\b)")
_DIGIT = re.compile(r"\d")
_SOME_MONTH = re.compile("|".join(sorted({name[:3] for name in _MONTHS})))  # of lower-case text


# How "03/04/2026" is read in the document at hand: month first, unless its language or another of its dates says otherwise.
_DAY_FIRST: ContextVar[bool] = ContextVar("day_first", default=False)
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})(?![\d/])")


def writes_day_first(text: str) -> bool:
    """Whether a text's own dates show that it writes the day before the month: one does ("17/03/2026"), none the other way."""
    pairs = [(int(a), int(b)) for a, b in _SLASHED.findall(text)]
    return any(a > 12 >= b for a, b in pairs) and not any(b > 12 for _, b in pairs)


@contextmanager
def day_first(yes: bool) -> Iterator[None]:
    """Read slashed dates with the day first within this block."""
    token = _DAY_FIRST.set(yes)
    try:
        yield
    finally:
        _DAY_FIRST.reset(token)


@dataclass(frozen=True, slots=True)
class When:
    """A point in time found in a text: a day, a time, or both, with the zone as written.

    ``day_month`` holds day and month where the year is missing; ``ambiguous`` marks 03/04/2024."""

    start: int
    end: int
    day: date | None = None
    month_day: tuple[int, int] | None = None
    at: time | None = None
    zone: str | None = None
    ambiguous: bool = False


def plausible_year(year: int) -> bool:
    """Whether an incident or an action can be of that year: no computers before 1970, and room to reckon
    months ahead."""
    return 1970 <= year <= LAST_YEAR


def _month_day(month: int, day: int, year: str | None) -> tuple[date | None, tuple[int, int] | None] | None:
    try:
        if year:
            return (date(int(year), month, day), None) if plausible_year(int(year)) else None
        date(2024, month, day)  # a leap year: any day of any year is allowed
    except ValueError:
        return None
    return None, (month, day)


def find_day(text: str) -> When | None:
    """The first day a text names, with or without its year."""
    if not _DIGIT.search(text):
        return None
    found: list[When] = []
    for pattern in (_ISO, _EAST):
        if match := pattern.search(text):
            made = _month_day(int(match["m"]), int(match["d"]), match["y"])
            if made and made[0] and 1970 <= made[0].year <= 2100:
                found.append(When(match.start(), match.end(), made[0]))
    for pattern in (_MONTH_DAY, _DAY_MONTH) if _SOME_MONTH.search(text.lower()) else ():
        if match := pattern.search(text):
            made = _month_day(_MONTHS[match["mon"].lower()], int(match["d"]), match["y"])
            if made:
                found.append(When(match.start(), match.end(), made[0], made[1]))
    if match := _SHORT.search(text):
        made = _month_day(int(match["m"]), int(match["d"]), None)
        if made:
            found.append(When(match.start(), match.end(), made[0], made[1]))
    if match := _NUMERIC.search(text):
        first, second = int(match["a"]), int(match["b"])
        year = match["y"] if len(match["y"]) == 4 else f"20{match['y']}"
        european = match["sep"] == "." or _DAY_FIRST.get()
        day, month = (first, second) if european or first > 12 else (second, first)
        ambiguous = not european and first <= 12 and second <= 12 and first != second
        made = _month_day(month, day, year) if month <= 12 else None
        if made:
            found.append(When(match.start(), match.end(), made[0], ambiguous=ambiguous))
    return min(found, key=lambda when: (when.start, when.start - when.end), default=None)


def find_time(text: str, *, bare_hour: bool = False) -> When | None:
    """The first time of day of a text. A bare hour counts only with am/pm, unless asked for."""
    for match in _TIME.finditer(text):
        if match["sep"] is None and not match["ap"] and not bare_hour:
            continue
        if match["sep"] == "." and not match["ap"] and len(match["h"]) < 2:
            continue  # "1.14" is a version more often than a time
        if match["sep"] == "." and (match.end() < len(text) and text[match.end()] in "%0123456789"):
            continue
        if match["sep"] == "." and _DOTTED_DAY.match(text[match.end() :]):
            continue  # "14.04.2026" is a day
        hour, minute, second = int(match["h"]), int(match["m"] or 0), int(match["s"] or 0)
        half = (match["ap"] or "").replace(".", "").replace(" ", "").lower()
        if half == "pm" and hour < 12:
            hour += 12
        elif half == "am" and hour == 12:
            hour = 0
        zone = _ZONE.match(text[match.end() :])
        if zone is None and match["s"]:  # "-08:00" after a time without seconds is the end of a range
            zone = _NEGATIVE.match(text[match.end() :])
        end = match.end() + (zone.end() if zone else 0)
        return When(match.start(), end, at=time(hour, minute, second), zone=zone["z"] if zone else None)
    return None


def find_zone(text: str) -> str | None:
    """The time zone a text names ("All times in CET")."""
    match = _ANY_ZONE.search(text)
    return match[1] if match else None


def moment(day: date | None, at: time | None) -> datetime | None:
    """Day and time together, where both are known."""
    return datetime.combine(day, at) if day is not None and at is not None else None
