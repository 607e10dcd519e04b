"""Which threshold and ``for`` would do better: each choice in the incident and in a quiet week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..promql.alerts import AlertRule
from ..promql.ast import Binary, Expr, Selector, walk
from ..promql.evaluate import COMPARE, evaluate
from ..promql.series import Data
from .search import Found, constant
from .world import MINUTE, Span

TARGET = 5 * MINUTE  # an alert should page within
_HOLDS = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0)  # minutes
_SHARES = (0.5, 1.0, 2.0)  # of the threshold as proposed


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold (as a share of the proposed one) with a ``for`` in minutes: seconds until it fires in the incident (None:
    never), and how often it fires in the quiet week."""

    share: float
    hold: float
    delay: float | None
    false_alarms: int


def choices_of(
    rule: AlertRule, found: Found, incident: Data, span: Span, ordinary: Data, week: Span
) -> tuple[Choice, ...]:
    """The trade-off, where the rule compares something with a figure. Where it asks whether something holds, there is no other
    threshold than that, but for shares of the time or of several things: ``for`` alone is weighed."""
    top = rule.expr
    if not isinstance(top, Binary) or top.op not in COMPARE or span.begin is None:
        return ()
    limit = constant(top.right)
    asked = _only_truths(top.left, found)
    if limit is None or (top.op in ("==", "!=") and not asked):
        return ()
    shares = [one for one in _SHARES if not asked or one == 1.0 or (0 < limit < 1 and limit * one < 1)]
    hit = _worst(top, limit, incident, found.lead, span)
    calm = _worst(top, limit, ordinary, found.lead, week)
    return tuple(
        _choice(top.op, limit * share, share, hold, hit, calm, span, week)
        for share in shares
        for hold in _HOLDS
    )


def best_of(choices: Sequence[Choice]) -> Choice | None:
    """Of those without a false alarm and within the target the longest wait, which is the calmest; else the quickest there
    is. None where none is without a false alarm."""
    fitting = [one for one in choices if one.delay is not None and not one.false_alarms]
    within = [one for one in fitting if one.delay is not None and one.delay <= TARGET]
    best = max(within, key=lambda one: (one.share == 1.0, one.hold), default=None)
    return best or min(fitting, key=lambda one: (one.delay or 0.0, one.share != 1.0), default=None)


def _only_truths(expr: Expr, found: Found) -> bool:
    """Whether an expression looks at truth values and at nothing else."""
    truths = {course.need.name for course in found.courses if course.need.truth}
    names = {one.name for one in walk(expr) if isinstance(one, Selector)}
    return bool(names) and names <= truths


def _worst(top: Binary, limit: float, among: Data, start: float, span: Span) -> list[float | None]:
    """The value that comes nearest to what the rule asks for, at each step; None where there is none."""
    found: list[float | None] = []
    at = start
    while at <= span.length:
        value = evaluate(top.left, among, at)
        values = list(value.values()) if isinstance(value, dict) else [value]
        found.append(_nearest(top.op, limit, values) if values else None)
        at += span.step
    return found


def _nearest(op: str, limit: float, values: Sequence[float]) -> float:
    if op.startswith(">"):
        return max(values)
    if op.startswith("<"):
        return min(values)
    return (min if op == "==" else max)(values, key=lambda value: abs(value - limit))


def _choice(
    op: str, limit: float, share: float, hold: float, hit: Sequence[float | None], calm: Sequence[float | None], span: Span,
    week: Span,
) -> Choice:  # fmt: skip
    assert span.begin is not None
    firing = _starts(op, limit, hold * MINUTE, hit, span.step)
    lead = span.length - (len(hit) - 1) * span.step
    first = next((lead + n * span.step for n in firing if lead + n * span.step >= span.begin), None)
    return Choice(
        share,
        hold,
        None if first is None else first - span.begin,
        len(_starts(op, limit, hold * MINUTE, calm, week.step)),
    )


def _starts(op: str, limit: float, hold: float, values: Sequence[float | None], step: float) -> list[int]:
    """The places at which it begins to fire: as many seconds as ``hold`` after it became true."""
    over = COMPARE[op]
    starts, since, fired = [], None, False
    for n, value in enumerate(values):
        if value is None or not over(value, limit):
            since, fired = None, False
            continue
        since = n if since is None else since
        if not fired and (n - since) * step >= hold:
            starts.append(n)
            fired = True
    return starts
