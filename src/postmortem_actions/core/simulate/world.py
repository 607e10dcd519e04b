"""Series as they would have looked: ordinary traffic, an incident in it, and small disturbances that are no incident.

Nothing here is measured. What an RCA states is used; all else is an assumption, and is told as one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b

from ..promql.series import Data, Series, labels
from .needs import Nature, Need

MINUTE = 60.0
DAY = 86_400.0
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
SPREAD = 0.5  # of latencies around their median, as the standard deviation of their logarithm
REQUESTS = 50.0  # a second, of ordinary traffic
DAILY = 0.4  # the swing of a day around its middle
NOISE = 0.15  # at most, around that
DRAIN = 6 * 3600.0
BLIP_EVERY, BLIP_MINUTES, BLIP_FACTOR = DAY, 3, 4.0  # a restart or a deploy, once a day


class How(StrEnum):
    """What an incident does to a series."""

    SAME = "stays as it is"
    TIMES = "is multiplied"
    IS = "becomes"
    STOPS = "stops being reported"
    STANDS = "stops moving"
    DRAINS = "falls to nothing over six hours"
    TWIN = "is joined by another of its kind"


@dataclass(frozen=True, slots=True)
class Course:
    """One series: its ordinary level, and what the incident does to it (``amount`` is a factor or a value). A counter's level
    is per second, a histogram's its median. ``shape`` is how a factor comes about: (seconds since the begin, share of it), in
    straight lines between; empty: all of it at once."""

    need: Need
    level: float
    how: How = How.SAME
    amount: float = 1.0
    shape: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """When: all in seconds from the beginning of the data. ``begin`` and ``end`` of the incident, None where there is
    none; ``lively`` adds the daily swing, noise and blips, in which a truth value flips."""

    length: float
    step: float = MINUTE
    begin: float | None = None
    end: float | None = None
    lively: bool = False

    def has_incident(self, at: float) -> bool:
        """Whether the incident is on."""
        return self.begin is not None and self.begin < at and (self.end is None or at <= self.end)


def data(courses: Sequence[Course], span: Span) -> Data:
    """The samples of all courses."""
    return Data([series for course in courses for series in series_of(course, span)])


def series_of(course: Course, span: Span) -> list[Series]:
    """The samples of one: several series of a histogram."""
    need = course.need
    if need.nature is Nature.BUCKETS:
        return _histogram(course, span)
    made = Series(need.name, need.labels)
    total = 0.0
    at = 0.0
    while at <= span.length:
        on = span.has_incident(at)
        value = _level(course, at, span, on)
        if need.nature is Nature.COUNTER:
            total += value * span.step
        if not (on and course.how is How.STOPS):
            made.add(at, _whole(total) if need.nature is Nature.COUNTER else value)
        at += span.step
    return [made, *_twin(made, course, span)]


def _whole(total: float) -> float:
    """A counter's total in steps of 2⁻²⁰, which can be added up without an error: a sum that is off by its last digit would
    look like a counter that begins anew."""
    return round(total * 1_048_576) / 1_048_576


def _twin(one: Series, course: Course, span: Span) -> list[Series]:
    """Another series like it from the incident on, with its last label changed."""
    if course.how is not How.TWIN or not one.labels:
        return []
    name, value = one.labels[-1]
    other = Series(one.name, (*one.labels[:-1], (name, f"{value}-b")))
    for at, sample in zip(one.times, one.values, strict=True):
        if span.has_incident(at):
            other.add(at, sample)
    return [other]


def _level(course: Course, at: float, span: Span, on: bool) -> float:
    if course.need.nature is Nature.INSTANT:
        return _instant(course, at, span, on)
    if on and course.how is How.IS:
        return course.amount
    if course.need.truth:
        return 1.0 - course.level if span.lively and _in_blip(at) else course.level
    if on and course.how is How.DRAINS and span.begin is not None:
        return course.level * max(0.0, 1.0 - (at - span.begin) / DRAIN)
    if on and course.how is How.STANDS:
        return 0.0 if course.need.nature is Nature.COUNTER else course.level
    factor = 1.0
    if on and course.how is How.TIMES and span.begin is not None:
        factor += (course.amount - 1.0) * _share(course.shape, at - span.begin)
    return course.level * factor * (_life(course.need, at) if span.lively else 1.0)


def _share(shape: Sequence[tuple[float, float]], since: float) -> float:
    """How much of the change there is by then."""
    if not shape:
        return 1.0
    before = (0.0, shape[0][1] if shape[0][0] <= 0 else 0.0)
    for at, share in shape:
        if since < at:
            return before[1] + (share - before[1]) * (since - before[0]) / (at - before[0])
        before = (at, share)
    return before[1]


def _instant(course: Course, at: float, span: Span, on: bool) -> float:
    """A time: one that goes along with the clock (``level`` behind it), or lies ``level`` ahead of it where negative."""
    if on and course.how is How.STANDS and span.begin is not None:
        return span.begin - course.level
    if on and course.how is How.IS:
        return at + course.amount
    return at - course.level


def _histogram(course: Course, span: Span) -> list[Series]:
    need = course.need
    bounds = [*BOUNDS, math.inf]
    made = [Series(need.name, labels({**dict(need.labels), "le": _bound(bound)})) for bound in bounds]
    totals = [0.0] * len(bounds)
    at = 0.0
    while at <= span.length:
        on = span.has_incident(at)
        median = _level(course, at, span, on)
        rate = REQUESTS * (_daily(at) if span.lively else 1.0)
        if not (on and course.how is How.STOPS):
            for n, bound in enumerate(bounds):
                totals[n] += rate * span.step * _below(bound, median)
                made[n].add(at, float(round(totals[n])))
        at += span.step
    return made


def _bound(bound: float) -> str:
    return "+Inf" if math.isinf(bound) else f"{bound:g}"


def _below(bound: float, median: float) -> float:
    """The share of latencies up to a bound, log-normal around the median."""
    if math.isinf(bound):
        return 1.0
    return 0.5 * (1.0 + math.erf(math.log(bound / max(median, 1e-9)) / (SPREAD * math.sqrt(2))))


def _daily(at: float) -> float:
    return 1.0 + DAILY * math.sin(2 * math.pi * at / DAY)


def _life(need: Need, at: float) -> float:
    """The daily swing, noise that is the same every time, and a blip a day. Truth values have the blip alone."""
    # What belongs together moves together: all traffic as one, all that goes wrong as another.
    word = blake2b(f"{need.nature} {need.special} @{at:.0f}".encode(), digest_size=4).digest()
    noise = 1.0 + NOISE * (2 * int.from_bytes(word, "big") / 0xFFFFFFFF - 1)
    # Traffic as a whole swings with the day; a blip is of what goes wrong and of what takes time.
    whole = need.nature is Nature.COUNTER and not need.special
    blip = BLIP_FACTOR if not whole and _in_blip(at) else 1.0
    return _daily(at) * noise * blip if whole or need.nature is not Nature.GAUGE else noise * blip


def _in_blip(at: float) -> bool:
    return (at - DAY / 2) % BLIP_EVERY < BLIP_MINUTES * MINUTE


def milder(course: Course, factor: float) -> Course:
    """The course with an incident so much milder (below 1) or worse."""
    return replace(course, amount=course.amount * factor) if course.how is How.TIMES else course
