"""Times of day told in words: "ten past four on Saturday morning", "by half six", "around noon", "9 in the evening".

A clock of twelve hours is read only where the words about it, or the moment told before it, say which half of the day it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MINUTES = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty five": 25, "half": 30}
_HALF_DAY = 12
_HOUR = rf"(?P<hour>{'|'.join(_HOURS)}|1[0-2]|[1-9])(?![\d:.]\d|\w|-)"
_LEAD = r"(?:at|by|around|about|until|till|since|from|before|after|past|to|roughly|nearly|almost|just gone|just before|just after)"
# "ten past four", "a quarter to nine", "half past six"; "five to eight" only behind "at", since a number may rise so
_PAST = re.compile(
    r"\b(?:a )?(?:(?P<minute>twenty[- ]five|twenty|ten|five|half|quarter)(?: minutes)? past|(?P<quarter>quarter) (?:to|before|after)) "
    rf"{_HOUR}",
    re.IGNORECASE,
)
_TO = re.compile(
    rf"\b(?:at|by|around|about|until|till|just gone) (?P<minute>twenty[- ]five|twenty|ten|five)(?: minutes)? "
    rf"(?P<side>to|before|after) {_HOUR}",
    re.IGNORECASE,
)
# "by half six": half an hour after six
_HALF = re.compile(rf"\b{_LEAD} half {_HOUR}", re.IGNORECASE)
_OCLOCK = re.compile(rf"\b{_HOUR} o['’]?clock\b", re.IGNORECASE)
# "two in the morning", "at 9 in the evening"
_IN_PART = re.compile(
    rf"\b{_HOUR}(?= (?:in the (?:early )?(?:morning|afternoon|evening)|at night|on \w+day (?:morning|afternoon|evening|night)))",
    re.IGNORECASE,
)
# "by nine, and", "at seven."
_PLAIN = re.compile(
    rf"\b(?:at|by|until|till|around|about) (?P<hour>{'|'.join(_HOURS)})(?=\s?[,.;)]| and\b| when\b| but\b| on \w+day)(?! of\b)",
    re.IGNORECASE,
)
_NOON = re.compile(
    rf"\b(?:{_LEAD[3:-1]}|day|and) (?P<noon>noon|midday|midnight)\b|^(?P<first>noon|midday|midnight)\b",
    re.IGNORECASE,
)
_MORNING = re.compile(r"\bmorning\b|\bsmall hours\b", re.IGNORECASE)
_LATER = re.compile(r"\b(?:afternoon|evening|tonight|teatime|dinner)\b", re.IGNORECASE)
_NIGHT = re.compile(r"\bnight\b", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s?(?:in the|on \w+day) (?:afternoon|evening)\b|\s?(?:at night|on \w+day night)\b(?<!1 at night)",
    re.IGNORECASE,
)
_REACH = 36  # characters about the words that tell the part of the day
_EARLY = 5  # "four at night" is before this hour, "ten at night" after noon


@dataclass(frozen=True, slots=True)
class Spoken:
    """A time told in words, where it stands, and whether its half of the day is known."""

    start: int
    end: int
    at: time
    certain: bool


def spoken_times(text: str) -> list[Spoken]:
    """The times that a text tells in words, in order."""
    found: list[Spoken] = []
    for one in sorted(_all(text), key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def later(at: time) -> time:
    """The same time of the other half of the day."""
    return at.replace(hour=(at.hour + _HALF_DAY) % 24)


def on_full_clock(text: str, start: int, end: int, at: time) -> time:
    """A time in figures with the half of the day that the words behind it tell: "9:50 in the evening"."""
    told = 1 <= at.hour < _HALF_DAY and text[start] != "0" and _BEHIND.match(text[end:]) is not None
    return later(at) if told else at


def _all(text: str) -> Iterator[Spoken]:
    for match in _PAST.finditer(text):
        back = match["quarter"] is not None and " after " not in match[0].lower()
        yield _besides(text, match, match["minute"] or match["quarter"], back=back)
    for match in _TO.finditer(text):
        yield _besides(text, match, match["minute"], back=match["side"].lower() != "after")
    for match in _HALF.finditer(text):
        yield _placed(text, match.start("hour") - len("half "), match.end(), _hour(match["hour"]), 30)
    for pattern in (_OCLOCK, _IN_PART, _PLAIN):
        for match in pattern.finditer(text):
            yield _placed(text, match.start("hour"), match.end("hour"), _hour(match["hour"]), 0)
    for match in _NOON.finditer(text):
        name = "noon" if match["noon"] else "first"
        yield Spoken(
            match.start(name),
            match.end(name),
            time(0 if match[name].lower() == "midnight" else _HALF_DAY),
            certain=True,
        )


def _besides(text: str, match: re.Match[str], minutes: str, *, back: bool) -> Spoken:
    """So many minutes before an hour or after it."""
    minute, hour = _MINUTES[minutes.lower().replace("-", " ")], _hour(match["hour"])
    begin = match.start("minute") if match["minute"] else match.start()
    if back:
        minute, hour = 60 - minute, hour - 1 or _HALF_DAY
    return _placed(text, begin, match.end(), hour, minute)


def _hour(written: str) -> int:
    return int(written) if written.isdigit() else _HOURS.index(written.lower()) + 1


def _placed(text: str, start: int, end: int, hour: int, minute: int) -> Spoken:
    """The time with the half of the day that the words about it tell: what stands behind it comes first."""
    for about in (text[end : end + _REACH], text[max(0, start - _REACH) : start]):
        about = re.split(r"[.;]\s", about)[0 if about is not text[max(0, start - _REACH) : start] else -1]
        if _MORNING.search(about):
            return Spoken(start, end, time(hour % _HALF_DAY, minute), certain=True)
        if _LATER.search(about) or (_NIGHT.search(about) and hour % _HALF_DAY >= _EARLY):
            return Spoken(start, end, time(hour % _HALF_DAY + _HALF_DAY, minute), certain=True)
        if _NIGHT.search(about):
            return Spoken(start, end, time(hour % _HALF_DAY, minute), certain=True)
    return Spoken(start, end, time(hour % _HALF_DAY, minute), certain=False)
