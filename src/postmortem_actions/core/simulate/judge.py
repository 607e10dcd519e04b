"""What a rule does in the incident and in a quiet week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import exp

from ..promql.alerts import AlertRule, run
from ..promql.ast import reach
from ..promql.series import Data
from ..text.spans import minutes_in_words
from .needs import Nature
from .search import Found, age_limit, found_ways
from .stated import Kind, Stated, shape_of
from .tradeoff import TARGET, Choice, best_of, choices_of
from .world import BLIP_FACTOR, BLIP_MINUTES, DAY, MINUTE, SPREAD, Course, How, Span, data

WEEK = 7 * DAY
_PLAYED = 2 * DAY / MINUTE  # minutes of an incident: an alert that takes longer has failed anyhow
_MOST_WAYS = 12
_WORSE = 2.0  # times the least that fires: how bad the incident is taken to have been, where nothing says
_TAIL = exp(1.645 * SPREAD)  # the 95th percentile of latencies over their median


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of an incident: its minutes, the share of users that were hit, what its RCA says of metrics, and after
    how many minutes people noticed."""

    minutes: float
    share_hit: float | None
    stated: Stated
    noticed: float | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about a rule. ``delay`` in seconds from the incident's begin to the page, None where it never comes;
    ``why`` where nothing could be simulated; ``better`` is the choice proposed, None where it is good as it is."""

    rule: AlertRule
    found: Found | None = None
    courses: tuple[Course, ...] = ()
    delay: float | None = None
    false_alarms: int = 0
    choices: tuple[Choice, ...] = ()
    better: Choice | None = None
    assumed: tuple[str, ...] = ()
    why: str = ""

    @property
    def proved(self) -> bool:
        """Whether it fires in the incident and stays quiet in the week."""
        return self.delay is not None and self.false_alarms == 0


def judge(
    rule: AlertRule, minutes: float, share_hit: float | None = None, rca: Stated | None = None, noticed: float | None = None
) -> Verdict:  # fmt: skip
    """Simulate an incident of so many minutes, and a quiet week. ``share_hit`` is the share of users or requests that the
    RCA says were hit (0 to 1), ``rca`` what it says of the metrics, ``noticed`` after how many minutes people noticed.
    Raises NotSupported."""
    said = Said(minutes, share_hit, rca or Stated(), noticed)
    tried: Verdict | None = None
    for found in islice(found_ways(rule), _MOST_WAYS):
        courses, assumed = _incident(found, said)
        # What grows slowly is played until it is as bad as it got.
        most = max([_PLAYED, *(course.shape[-1][0] / MINUTE for course in courses if course.shape)])
        span = incident_span(rule, found, min(minutes, most))
        if minutes > most:
            assumed = (*assumed, f"assumed: the first {minutes_in_words(most)} of it tell what the alert does")
        incident = data(courses, span)
        firing = run(rule, incident, found.lead, span.length, span.step)
        first = next(
            (one.start for one in firing if span.begin is not None and one.start >= span.begin), None
        )
        delay = None if first is None or span.begin is None else first - span.begin
        made = Verdict(rule, found, courses, delay, assumed=assumed)
        if delay is not None:
            return _in_a_week(made, found, incident, span)
        tried = tried or made
    return tried or Verdict(rule, why="no change of one of its series was found that makes it fire")


def _in_a_week(made: Verdict, found: Found, incident: Data, span: Span) -> Verdict:
    rule, courses = made.rule, made.courses
    week = quiet_span(rule, found)
    ordinary = data([replace(course, how=How.SAME) for course in courses], week)
    false_alarms = len(run(rule, ordinary, found.lead, week.length, week.step))
    choices = choices_of(rule, found, incident, span, ordinary, week)
    made = replace(made, false_alarms=false_alarms, choices=choices)
    best = best_of(choices)
    good = made.proved and made.delay is not None and made.delay <= TARGET
    same = best is not None and best.share == 1.0 and best.hold * MINUTE == rule.hold
    return replace(made, better=None if good or same else best)


def incident_span(rule: AlertRule, found: Found, minutes: float) -> Span:
    """Ordinary time enough for the rule's windows, then the incident."""
    step = MINUTE if found.lead <= 2 * DAY else 5 * MINUTE
    begin = -(-found.lead // step) * step
    long = max(minutes * MINUTE, 30 * MINUTE + rule.hold)
    if found.least.how in (How.STANDS, How.DRAINS):
        long = max(long, min(age_limit(rule), 30 * DAY) + rule.hold + 3600)
        step = max(step, 5 * MINUTE) if long > 2 * DAY else step
    return Span(begin + long, step, begin)


def quiet_span(rule: AlertRule, found: Found) -> Span:
    """A week after as much ordinary time as the rule's windows need."""
    step = MINUTE if reach(rule.expr) <= 3600 else 5 * MINUTE
    return Span(found.lead + WEEK, step, None, lively=True)


def _incident(found: Found, rca: Said) -> tuple[tuple[Course, ...], tuple[str, ...]]:
    change, assumed = found.least, []
    level = change.need.nature is Nature.GAUGE and not change.need.truth
    used = _from_rca(found, rca) if change.how is How.IS and level else None
    if used is not None:
        change = used[0]
        assumed.append(used[1])
    elif change.how is How.TIMES and change.amount > 1:
        least, told = change, _from_rca(found, rca)
        change = replace(change, amount=change.amount * _WORSE)
        text = f"assumed: {change.need.words} grows {change.amount:g} times, twice the least that fires"
        if told is not None and told[0].amount >= least.amount:
            change, text = told
        elif told is not None:
            assumed.append(f"{told[1]}: that alone would not make it fire")
        if not change.shape and rca.stated.gradual is not None:
            slow = rca.noticed or rca.minutes / 2
            change = replace(change, shape=((0.0, 0.0), (slow * MINUTE, 1.0)))
            assumed.append(f"from the RCA: it came slowly (L{rca.stated.gradual}); assumed: over {slow:.0f} minutes")
        assumed.insert(0, text)
    elif change.how is How.TIMES:
        change = replace(change, amount=change.amount / _WORSE)
        assumed.append(f"assumed: {change.need.words} falls to {change.amount:.1%}")
    else:
        value = f" {change.amount:g}" if change.how is How.IS else ""
        assumed.append(f"assumed: {change.need.words} {change.how.value}{value}")
    assumed.append(_quiet_words(found.courses))
    return tuple(change if c.need == change.need else c for c in found.courses), tuple(assumed)


def _quiet_words(courses: Sequence[Course]) -> str:
    """What ordinary times are taken to look like, and what a week of them holds."""
    ordinary = ", ".join(f"{course.need.words} {course.level:g}" for course in courses[:4])
    blip = f"once a day {BLIP_MINUTES} minutes"
    lively = [f"a daily swing, noise, and {blip} at {BLIP_FACTOR:g} times the level"]
    truths = [f"{c.need.words} is {1 - c.level:g}" for c in courses if c.need.truth][:4]
    if len(truths) == len(courses):
        lively = []
    if truths:
        lively.append(f"{blip} in which {' and '.join(truths)}")
    return f"assumed: ordinary levels {ordinary}; {'; '.join(lively)}"


def _from_rca(found: Found, rca: Said) -> tuple[Course, str] | None:
    """The change as the RCA states it, with its words; None where it says nothing of such a series."""
    change = found.least
    need = change.need
    kind = {Nature.BUCKETS: Kind.LATENCY, Nature.GAUGE: Kind.USE}.get(need.nature, Kind.SHARE)
    readings = rca.stated.of(kind)
    rest = [c for c in found.courses if c.need.name == need.name and not c.need.special]
    most = max(readings, key=lambda one: one.value, default=None)
    if kind is Kind.SHARE:
        share = most.value if most is not None else rca.share_hit
        if not share or not need.special or not rest:
            return None
        special = next((c for c in found.courses if c.need == need), change)
        amount = rest[0].level * share / (1 - min(share, 0.99)) / special.level
        where = f" (L{most.line})" if most is not None else ""
        text = f"from the RCA: {share:.3g} of {need.name} are {need.words}{where}"
        text = text.replace(f"{share:.3g} of", f"{share * 100:.3g}% of")
    elif most is None:
        return None
    elif kind is Kind.LATENCY:
        amount = most.value / _TAIL / change.level
        text = f"from the RCA: {need.words} at {most.value:g} s (L{most.line})"
    else:
        whole = [c for c in found.courses if c.need != need and c.need.nature is Nature.GAUGE]
        if len(whole) != 1 or not whole[0].level:
            return None  # the use of a capacity is told by two gauges: what is used, and all there is
        value = most.value * whole[0].level
        if not change.level or change.how is How.IS:
            text = f"from the RCA: {need.words} is {most.value:.0%} of {whole[0].need.words} (L{most.line})"
            return replace(change, how=How.IS, amount=value), text
        amount = value / change.level
        text = f"from the RCA: {need.words} is {most.value:.0%} of {whole[0].need.words} (L{most.line})"
    shape = shape_of(readings)
    if shape:
        points = ", ".join(f"{one.text} after {one.minute:.0f} min (L{one.line})" for one in readings if one.minute is not None)
        text += f"; {points}, in straight lines between"
    return replace(change, how=How.TIMES, amount=amount, shape=shape), text
