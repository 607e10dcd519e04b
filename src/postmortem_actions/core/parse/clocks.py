"""Times of day beside each other: how far back a clock runs, and which half of the day a time without am or pm is of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from .timeline_entries import Told

OVER_MIDNIGHT = 6.0  # hours: a clock that runs back further has passed midnight
_HALF_DAY = 12
_SLACK = 1.0  # hours that two entries may stand in the wrong order


def hours_back(last: time, at: time) -> float:
    """By how many hours a time of day is before another."""
    first, second = datetime.combine(date.min, last), datetime.combine(date.min, at)
    return (first - second).total_seconds() / 3600


def full_clock(line: Sequence[Told]) -> list[time | None]:
    """The times of entries, the oldest first, on the clock of 24 hours.

    "11:50 am", then "1:05": where others have am or pm, a time without it is of the half of the day that goes on."""
    times = [one.stamp.when.at for one in line]
    if not any(one.stamp.half for one in line):
        return times
    last: time | None = None
    for n, (one, at) in enumerate(zip(line, times, strict=True)):
        if at is None:
            continue
        last = None if one.stamp.dated else last
        other = _other_half(at) if not (one.stamp.half or one.stamp.padded) else None
        if other is not None and last is not None and hours_back(last, at) > OVER_MIDNIGHT:
            times[n] = other if at.hour == _HALF_DAY or hours_back(last, other) <= _SLACK else at
        elif other is not None and last is None and at.hour < _HALF_DAY and n + 1 < len(line):
            following, then = line[n + 1].stamp, times[n + 1]
            if following.half and not following.dated and then is not None and hours_back(then, at) > OVER_MIDNIGHT and other <= then:
                times[n] = other
        last = times[n]
    return times


def _other_half(at: time) -> time | None:
    """The same time of the other half of the day, where a clock of 12 hours may mean it."""
    if at.hour == _HALF_DAY:
        return at.replace(hour=0)
    return at.replace(hour=at.hour + _HALF_DAY) if 1 <= at.hour < _HALF_DAY else None
