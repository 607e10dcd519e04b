"""Levels at which a rule is quiet, and the least change of one of its series that makes it fire.

The change is what the incident is taken to have done to that series; where the RCA says how much (the share of users
that were hit, say), that is used, else twice the least that fires.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from ..promql.alerts import AlertRule
from ..promql.ast import Binary, Call, Expr, NotSupported, Number, Selector, reach, walk
from ..promql.evaluate import evaluate, fires
from ..promql.series import Data
from .needs import Nature, Need, needs
from .world import DAY, MINUTE, REQUESTS, Course, How, Span, data

_FACTORS = (1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 1000.0, 1e5)
_LONGEST = 15 * DAY
_MOST_TRUTHS = 4  # truth values that are tried each for itself; more go with the last


@dataclass(frozen=True, slots=True)
class Found:
    """The ordinary levels, with the change of ``driver`` that just fires the rule (``least``) and the one simulated."""

    courses: tuple[Course, ...]
    driver: Need
    least: Course
    lead: float  # seconds of ordinary data that the rule needs before it can be judged


def found_ways(rule: AlertRule) -> Iterator[Found]:
    """Levels and changes that make the rule fire, the likeliest first. Raises NotSupported."""
    wanted = needs(rule.expr)
    if not wanted:
        return
    lead = reach(rule.expr) + 10 * MINUTE
    if lead > _LONGEST:
        raise NotSupported("it looks back further than is simulated")
    for levels in _with_truths(_ordinary(rule, wanted), wanted):
        quiet = tuple(Course(need, level) for need, level in zip(wanted, levels, strict=True))
        if _active(rule, quiet, lead, None):
            continue
        for n, change in _changes(quiet):
            courses = tuple(change if i == n else course for i, course in enumerate(quiet))
            if _active(rule, courses, lead, lead):
                yield Found(courses, quiet[n].need, change, lead)


def age_limit(rule: AlertRule) -> float:
    """How old, in seconds, something must be for a rule on its age; an hour where that cannot be read."""
    figures = constant(rule.expr.right) if isinstance(rule.expr, Binary) else None
    return figures if figures is not None and figures > 0 else 3600.0


def constant(expr: Expr) -> float | None:
    """The value of an expression of figures alone."""
    if any(isinstance(one, Selector) or (isinstance(one, Call) and one.name == "time") for one in walk(expr)):
        return None
    try:
        found = evaluate(expr, Data([]), 0.0)
    except ValueError:
        return None
    return found if isinstance(found, float) else None


def _active(rule: AlertRule, courses: Sequence[Course], lead: float, begin: float | None) -> bool:
    """Whether the expression gives something at the end of some minutes (of an incident)."""
    long = max(15 * MINUTE, min(reach(rule.expr), 2 * 3600.0)) + (lead if begin is not None else 0.0)
    if begin is not None and any(course.how is How.STANDS for course in courses):
        long = lead + max(long - lead, 1.2 * min(age_limit(rule), 12 * DAY))
    step = MINUTE if long + lead <= 2 * DAY else 5 * MINUTE
    length = -(-max(long, lead) // step) * step
    return bool(fires(rule.expr, data(courses, Span(length, step, begin)), length))


def _with_truths(ways: Iterator[tuple[float, ...]], wanted: Sequence[Need]) -> Iterator[tuple[float, ...]]:
    """The same levels, but with 1 or 0 for what is a truth value: all of them 1, all 0, then each for itself."""
    places = [n for n, need in enumerate(wanted) if need.truth]
    values = list(product((1.0, 0.0), repeat=min(len(places), _MOST_TRUTHS)))
    values.sort(key=lambda one: len(set(one)))  # alike first; what stays in order is 1 before 0
    tried: set[tuple[float, ...]] = set()
    for levels in ways:
        for truth in values:
            made = list(levels)
            for n, place in enumerate(places):
                made[place] = truth[min(n, len(truth) - 1)]
            if tuple(made) not in tried:
                tried.add(tuple(made))
                yield tuple(made)


def _ordinary(rule: AlertRule, wanted: Sequence[Need]) -> Iterator[tuple[float, ...]]:
    """Ordinary levels to try: about a third of what the rule names as its limit, then the plain states 1 and 0, and the
    other way round for a rule that fires below a limit."""
    figures = {constant(one) for one in walk(rule.expr) if isinstance(one, Number | Binary)}
    limits = sorted({abs(value) for value in figures if value}, reverse=True) or [1.0]
    two = len(wanted) == 2 and all(need.nature is Nature.GAUGE for need in wanted)
    if two:  # what is used, and all there is
        yield from _beside_each_other(wanted)
    for limit in limits[:4]:
        yield tuple(_level(need, limit * 0.3) for need in wanted)
        if limit <= 1:  # of what is 1 when all is well
            yield tuple(1.0 if need.nature is Nature.GAUGE else _level(need, limit * 3) for need in wanted)
        yield tuple(_level(need, limit * 3) for need in wanted)
    for value in (1.0, 0.0):
        yield tuple(value if need.nature is Nature.GAUGE else _level(need, 0.3) for need in wanted)
    for ahead in (limits[0] * 3, limits[0] * 30):
        yield tuple(-ahead if need.nature is Nature.INSTANT else _level(need, 0.3) for need in wanted)
    # Counters of what should not happen: together about a third of a limit, then one of them a little, then none.
    counters = [n for n, need in enumerate(wanted) if need.nature is Nature.COUNTER]
    for limit in limits[:2] if len(counters) == len(wanted) else ():
        yield (limit * 0.3 / len(wanted),) * len(wanted)
    for few in (REQUESTS * 0.001, 0.0):
        for n in counters:
            yield tuple(few if i == n else _level(need, 0.3) for i, need in enumerate(wanted))
    yield tuple(
        0.0 if need.nature in (Nature.GAUGE, Nature.COUNTER) else _level(need, 0.3) for need in wanted
    )
    if not two:
        yield from _beside_each_other(wanted)


def _beside_each_other(wanted: Sequence[Need]) -> Iterator[tuple[float, ...]]:
    """Gauges compared with each other: the first one well below, then well above the others."""
    for first in (0.3, 3.0):
        yield tuple(first if n == 0 else 1.0 for n in range(len(wanted)))


def _level(need: Need, about: float) -> float:
    if need.nature is Nature.INSTANT:
        return 0.0
    if need.nature is Nature.COUNTER and not need.special:
        return REQUESTS if about < REQUESTS else about
    if need.nature is Nature.COUNTER:
        return REQUESTS * about if about < 1 else about
    if need.nature is Nature.BUCKETS:
        return about / 3.2  # the 99th percentile is 3.2 times the median
    return about


def _changes(quiet: Sequence[Course]) -> Iterator[tuple[int, Course]]:
    """What may have happened, the likeliest first: a series grew, became 1 or 0, shrank, stood still, was not reported. A truth
    value only flips, or is not reported."""
    for factor in _FACTORS:
        for n, course in enumerate(quiet):
            if _has_amount(course.need) and (course.need.special or len(quiet) < 4):
                yield n, replace(course, how=How.TIMES, amount=factor)
    for n, course in enumerate(quiet):
        if course.need.nature is Nature.GAUGE:
            for value in (1.0 - course.level,) if course.need.truth else (1.0, 0.0):
                yield n, replace(course, how=How.IS, amount=value)
        if course.need.nature is Nature.COUNTER and course.level == 0:
            for value in (0.1, 1.0, 10.0):
                yield n, replace(course, how=How.IS, amount=value)
        if course.need.nature is Nature.INSTANT:
            yield n, replace(course, how=How.IS, amount=60.0)
    for factor in _FACTORS:
        for n, course in enumerate(quiet):
            if _has_amount(course.need):
                yield n, replace(course, how=How.TIMES, amount=1 / factor)
    for how in (How.STANDS, How.STOPS, How.DRAINS, How.TWIN):
        for n, course in enumerate(quiet):
            if how is not How.DRAINS or not course.need.truth:
                yield n, replace(course, how=how)


def _has_amount(need: Need) -> bool:
    """Whether there can be more or less of it."""
    return need.nature is not Nature.INSTANT and not need.truth
