"""The moments that sentences of a story name, each with its day: of a sentence, else of what the paragraph told last.

"On Saturday morning nothing moved. We saw it at 08:40" is of one day; the next paragraph is of the incident's again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..model import Moment, Sentence
from .calendar_days import by_number, forward, near_weekday, nearest_year
from .dates import find_day, find_time, find_zone, moment
from .phase_words import DAYS_BEFORE, ONE_DAY
from .spoken_times import later, on_full_clock, spoken_times
from .timeline_moments import weekday_number

_CLOCK = re.compile(r":|[ap]\.?\s?m|\d[hu]\d", re.IGNORECASE)
_UHR = re.compile(r"\s?Uhr\b")
_WEEKDAY = re.compile(
    r"\b(?P<name>mon|tues|wednes|thurs|fri|satur|sun)day\b(?:,? (?:the )?(?P<nth>\d{1,2})(?:st|nd|rd|th)\b)?",
    re.IGNORECASE,
)
_NEXT_DAY = re.compile(r"\b(?:the )?(?:next|following) (?:morning|day|afternoon)\b|\bthe day after\b", re.IGNORECASE)
_CLAUSE = 30  # characters that a comma is worth
_PARTED = re.compile(r"[,;]\s| (?:and|but|then|while) ")
_BEHIND = 28  # characters: "at 08:40 on Sunday", "19:20 local time on 2 November"
_DAY_BEHIND = re.compile(r"^\W{0,2}(?:[A-Z]{2,4}|local time|Uhr)?[\s,(]*(?:on |of |am |the |that )*$")


@dataclass(frozen=True, slots=True)
class Placed:
    """A moment and where in its sentence it stands."""

    start: int
    end: int
    moment: Moment


def told_moments(sentences: Sequence[Sentence], day: date | None) -> Iterator[tuple[Sentence, list[Placed]]]:
    """Each sentence with the moments it names; all are marked as inferred."""
    carried: date | None = None
    last: datetime | None = None
    below: Sentence | None = None
    for sentence in sentences:
        if below is None or sentence.span.start > below.span.end + 1 or sentence.roles != below.roles:
            carried, last = None, None
        placed, carried, last = _in_sentence(sentence, day, carried, last)
        below = sentence
        yield sentence, placed


def within(placed: Sequence[Placed], start: int, end: int) -> Moment | None:
    """The first moment that begins between two places of a sentence."""
    return next((one.moment for one in placed if start <= one.start < end), None)


def nearest(placed: Sequence[Placed], told: re.Match[str]) -> Moment | None:
    """The moment that stands nearest to some words, before one beyond a comma."""

    def away(one: Placed) -> int:
        begin, end = (told.end(), one.start) if one.start >= told.end() else (one.end, told.start())
        return abs(end - begin) + _CLAUSE * bool(_PARTED.search(told.string[begin:end]))

    near = min(placed, key=away, default=None)
    return near.moment if near is not None else None


def _in_sentence(
    sentence: Sentence, day: date | None, carried: date | None, last: datetime | None
) -> tuple[list[Placed], date | None, datetime | None]:
    text, placed = sentence.text, []
    days = _days(text, day, carried)
    times = sorted(_times(text), key=lambda one: one[0])
    for start, end, at, zone, certain in times:
        own = _day_of(text, days, start, end) or carried or day
        if not certain:
            # "Gwyn rang at five to eight in the evening, I got there at twenty past": the half of the day goes on
            choices = [made for half in (at, later(at)) if (made := moment(own, half)) is not None and last is not None and made >= last]
            if not choices:
                continue
            at = min(choices).time()
        made = moment(own, at)
        if made is not None and last is not None and at == time(0) and made < last and made.date() == last.date():
            made += ONE_DAY  # midnight at the end of the day
        last = made or last
        placed.append(
            Placed(
                start,
                end,
                Moment(text[start:end].strip(), sentence.evidence, made, zone or find_zone(text), inferred=True),
            )
        )
    if days and day is not None and abs(days[-1][2] - day) <= DAYS_BEFORE:
        carried = days[-1][2]
    return placed, carried, last


def _times(text: str) -> Iterator[tuple[int, int, time, str | None, bool]]:
    """The times of a sentence: where they stand, with their zone, and whether their half of the day is known."""
    taken: list[tuple[int, int]] = []
    at = 0
    while (found := find_time(text[at:])) is not None:
        start, end = at + found.start, at + found.end
        if found.at is not None and (_CLOCK.search(text[start:end]) or _UHR.match(text[end:])):  # "1.24" in prose is a version
            taken.append((start, end))
            yield start, end, on_full_clock(text, start, end, found.at), found.zone, True
        at = end
    for one in spoken_times(text):
        if not any(start < one.end and one.start < end for start, end in taken):
            yield one.start, one.end, one.at, None, one.certain


def _days(text: str, day: date | None, carried: date | None) -> list[tuple[int, int, date]]:
    """The days that a sentence names, in order."""
    found: list[tuple[int, int, date]] = []
    at = 0
    while (named := find_day(text[at:])) is not None:
        made = named.day or (nearest_year(named.month_day, day) if named.month_day and day is not None else None)
        if made is not None:
            found.append((at + named.start, at + named.end, made))
        at += named.end
    if day is None:
        return found
    for match in [*_WEEKDAY.finditer(text), *_NEXT_DAY.finditer(text)]:
        if any(start - 2 <= match.end() and match.start() <= end for start, end, _ in found):
            continue  # "Friday 4 November" is told whole
        near = max((one for one in found if one[1] <= match.start()), default=(0, 0, carried or day))[2]
        found.append((match.start(), match.end(), _told_in_part(match, near, day, fresh=carried is None)))
    return sorted(found)


def _told_in_part(match: re.Match[str], near: date, day: date, *, fresh: bool) -> date:
    parts = match.groupdict()
    if not parts:
        return near + timedelta(days=1)
    weekday = weekday_number(parts["name"])
    if parts["nth"]:
        return by_number(int(parts["nth"]), weekday, near) or near
    return near_weekday(weekday, day, ()) if fresh else forward(weekday, near)


def _day_of(text: str, days: Sequence[tuple[int, int, date]], start: int, end: int) -> date | None:
    """The day of a time: told just behind it, else the last told before it, else the first of the sentence."""
    for begin, _, named in days:
        if end <= begin <= end + _BEHIND and _DAY_BEHIND.match(text[end:begin]):
            return named
    before = [named for _, finish, named in days if finish <= start]
    return before[-1] if before else days[0][2] if days else None
