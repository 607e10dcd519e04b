"""A moment that stands at the beginning of a text: a weekday, a day (with or without month and year), a time of day.

Whether the day is of this month or the next is not known here; timeline_days.py works it out from its neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time

from .dates import When, find_day, find_time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<name>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_PART = r"(?: (?:morning|noon|afternoon|evening|night))?"
_CLOCK = r"(?=\d{1,2}[:.]\d{2}|\d{1,2} ?[ap]m)"
LEAD = re.compile(r"^[\s\W]*(?:~|approx\.?|around|about|at|on|by|ca\.?)?\s*", re.IGNORECASE)
# "Tuesday morning, 08:30", "Mon 14th 16:40"
_WEEKDAY_LEAD = re.compile(
    rf"^\W*(?:on )?{_WEEKDAY}{_PART},?(?:\s+\(?(?:the\s+)?(?P<nth>\d{{1,2}})(?:st|nd|rd|th)?\)?,?)?(?: at| around| about)?\s+{_CLOCK}",
    re.IGNORECASE,
)
_NTH_LEAD = re.compile(
    rf"^\W*(?:on )?(?:the )?(?P<nth>\d{{1,2}})(?:st|nd|rd|th)\)?,?(?: at| around| about)?\s+{_CLOCK}", re.IGNORECASE
)
# "WEDNESDAY", "Monday evening", "Tue 14th", "Tuesday (the 14th)": a day alone, for what follows
_WEEKDAY_ALONE = re.compile(
    rf"^\W*{_WEEKDAY}{_PART},?(?:\s+\(?(?:the\s+)?(?P<nth>\d{{1,2}})(?:st|nd|rd|th)?\)?)?\W*$", re.IGNORECASE
)
_SOON = re.compile(r"^\D{0,48}\d")  # most lines do not even have a digit there
_LONGEST_ALONE = 60  # characters
_LAST_DAY = 31
_REACH = 40  # how far into a text its day may stand
_GAP = 24  # and how far behind the day its time
# "07:52 – 08:27", "9:04 to 10:11 AM": until when it went on
_RANGE = re.compile(
    rf"^\s*(?:[-–—]|\b(?:to|until|till|bis)\b)\s*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{{0,6}}\.?,?\s+)?{_CLOCK}", re.IGNORECASE
)
# between the day and the time of a moment: "24 February, around 19:00"
_BETWEEN = frozenset(
    ("", "t", "~", "approx.", "ca.", *"at around about approx approximately ca circa roughly by from since gegen um vers".split())
)
_HALF = re.compile(r"[ap]\.?\s?m\b", re.IGNORECASE)
_AFTERNOON = re.compile(r"p\.?\s?m\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The moment a text begins with. ``begin`` and ``end`` are where it stands, with the end of a range of times.

    ``weekday`` (Monday is 0) and ``nth`` (the day's number) stand where no month is told; ``half`` where the time
    was written with am or pm, ``padded`` where its hour has a leading nought, as on a clock of 24 hours."""

    when: When
    begin: int
    end: int
    weekday: int | None = None
    nth: int | None = None
    half: bool = False
    padded: bool = False

    @property
    def dated(self) -> bool:
        """Whether any day is told."""
        return any(one is not None for one in (self.when.day, self.when.month_day, self.weekday, self.nth))


def weekday_number(name: str) -> int:
    """Monday is 0."""
    return WEEKDAYS.index(name[:3].lower())


def leading(text: str) -> Stamp | None:
    """The moment at the beginning of a text: a day, a time, or both."""
    if not _SOON.match(text):
        return None
    if (named := _WEEKDAY_LEAD.match(text)) and (told := _plain(text, named.end())) is not None and told.when.at is not None:
        return replace(told, begin=named.start("name"), weekday=weekday_number(named["name"]), nth=_number(named["nth"]))
    if (numbered := _NTH_LEAD.match(text)) and _number(numbered["nth"]) and (told := _plain(text, numbered.end())) is not None:
        return replace(told, begin=numbered.start("nth"), nth=_number(numbered["nth"]))
    return _plain(text, 0)


def day_alone(text: str) -> Stamp | None:
    """The day that a text is, where it is nothing else: "WEDNESDAY", "Tue 14th", "14 May 2024"."""
    if len(text) > _LONGEST_ALONE:
        return None
    if named := _WEEKDAY_ALONE.match(text):
        return Stamp(When(0, len(text)), 0, len(text), weekday_number(named["name"]), _number(named["nth"]))
    told = _plain(text, 0)
    return told if told is not None and told.when.at is None and not text[told.end :].strip(" \t-–—:|.,*_)]") else None


def is_moment(text: str) -> bool:
    """Whether a text tells a moment and nothing besides."""
    told = leading(text) or day_alone(text)
    return told is not None and not re.search(r"\w", text[told.end :])


def _number(written: str | None) -> int | None:
    return int(written) if written and 1 <= int(written) <= _LAST_DAY else None


def _plain(text: str, start: int) -> Stamp | None:
    """A day with its month, a time, or both, at ``start`` of the text."""
    rest = text[start:]
    lead = LEAD.match(rest)
    begin = lead.end() if lead else 0
    day = find_day(rest[: begin + _REACH])
    if day is not None and day.start > begin + 2 and rest[begin : day.start].strip(" ,([").lower() not in WEEKDAYS:
        day = None
    after = day.end if day else begin
    at = find_time(rest[after : after + _GAP])
    if at is not None and rest[after : after + at.start].strip(" ,@–—-|[(").lower() in (_BETWEEN if day else ("", "t", "at")):
        return _timed(rest, start, begin, after, at, day)
    if day is None:
        return None
    when = When(start, start + day.end, day.day, day.month_day, ambiguous=day.ambiguous)
    return Stamp(when, start + begin, start + day.end)


def _timed(rest: str, start: int, begin: int, after: int, at: When, day: When | None) -> Stamp:
    end = after + at.end
    written = rest[after + at.start : end]
    hour, half, zone = at.at or time(0), _HALF.search(written) is not None, at.zone
    until = end
    if (link := _RANGE.match(rest[end:])) and (last := find_time(rest[end + link.end() :][:_GAP])) and last.start == 0:
        until = end + link.end() + last.end
        zone = zone or last.zone
        told = rest[end + link.end() : until]
        # "1:05 – 2:10 PM": both are of the half of the day that stands behind the second
        if not half and last.at is not None and _AFTERNOON.search(told) and 1 <= hour.hour < 12 and _later(hour) <= last.at:
            hour, half = _later(hour), True
    when = When(start, start + end, day.day if day else None, day.month_day if day else None, hour, zone)
    return Stamp(when, start + begin, start + until, half=half, padded=written[:1] == "0")


def _later(at: time) -> time:
    return at.replace(hour=at.hour + 12)
