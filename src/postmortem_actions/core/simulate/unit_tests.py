"""A rule's behaviour in the simulated incident as series and checks for Prometheus' own unit tests (promtool test rules)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..promql.alerts import Firing, run
from ..promql.series import Labels, Series
from .judge import Verdict, incident_span
from .world import Span, series_of

_MOST_MINUTES = 3 * 1440  # longer data make a file that nobody reads


@dataclass(frozen=True, slots=True)
class Check:
    """At ``minute`` these alerts fire, each with its labels."""

    minute: int
    firing: tuple[Labels, ...]


@dataclass(frozen=True, slots=True)
class UnitTest:
    """One test of a rule: series as (selector, values in promtool's notation), and what is to be seen. ``interval`` in
    minutes."""

    alert: str
    interval: int
    series: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...]


def unit_test(verdict: Verdict, minutes: float) -> UnitTest | None:
    """The test of a rule that fires in its incident, cut an hour after it does where the incident is long; None for others,
    and where the data would be too long even so."""
    if verdict.found is None or verdict.delay is None:
        return None
    span = incident_span(verdict.rule, verdict.found, minutes)
    if span.length / 60 > _MOST_MINUTES:
        span = incident_span(verdict.rule, verdict.found, verdict.delay / 60 + 60)
    if span.length / 60 > _MOST_MINUTES or span.begin is None:
        return None
    made = [series for course in verdict.courses for series in series_of(course, span)]
    from ..promql.series import Data

    firing = run(verdict.rule, Data(made), 0.0, span.length, span.step)
    first = span.begin + verdict.delay
    at = (span.begin, first - span.step, first, span.length)
    checks = tuple(
        Check(round(moment / 60), _labels(firing, moment))
        for moment in sorted(set(at))
        if moment >= verdict.found.lead
    )
    rows = tuple((shown(one), " ".join(notation(one, span))) for one in made if one.values)
    return UnitTest(verdict.rule.name, round(span.step / 60), rows, checks)


def _labels(firing: Sequence[Firing], at: float) -> tuple[Labels, ...]:
    return tuple(one.labels for one in firing if one.start <= at and (one.until is None or at < one.until))


def shown(series: Series) -> str:
    """A series as promtool names it."""
    inside = ", ".join(f"{name}={_quoted(value)}" for name, value in series.labels)
    return f"{series.name}{{{inside}}}" if inside else series.name


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def notation(series: Series, span: Span) -> Iterator[str]:
    """Values as promtool writes them: runs of equal steps in short (``0+6x29``), gaps as ``_``."""
    known = dict(zip(series.times, series.values, strict=True))
    count = round(span.length / span.step) + 1
    values = [known.get(n * span.step) for n in range(count)]
    n = 0
    while n < len(values):
        value = values[n]
        end = n + 1
        if value is None:
            while end < len(values) and values[end] is None:
                end += 1
            yield f"_x{end - n}" if end - n > 1 else "_"
        else:
            following = values[end] if end < len(values) else None
            step = following - value if following is not None else None
            # promtool adds the step up: a sum that is off by the last digit would look like a counter that begins anew.
            reached = value
            while step is not None and end < len(values) and values[end] == reached + step:
                reached += step
                end += 1
            if step is not None and end - n > 2:
                yield f"{_number(value)}{'+' if step >= 0 else ''}{_number(step)}x{end - n - 1}"
            else:
                end = n + 1
                yield _number(value)
        n = end


def _number(value: float) -> str:
    """The shortest text that is read as the same number again."""
    return repr(value).removesuffix(".0")
