"""What an RCA says of how its metrics looked, read from its lines and used in the simulation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from postmortem_actions import plan
from postmortem_actions.adapters.promql_parser import parse
from postmortem_actions.core.promql.alerts import AlertRule
from postmortem_actions.core.simulate.judge import judge
from postmortem_actions.core.simulate.needs import Nature, Need
from postmortem_actions.core.simulate.stated import Kind, Reading, Stated, figures, shape_of, stated
from postmortem_actions.core.simulate.world import Course, How, Span, series_of

SHARE, LATENCY, USE = Kind.SHARE, Kind.LATENCY, Kind.USE


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The error rate climbed to 35 %.", [(SHARE, 0.35)]),
        ("About 12.5% of requests failed with 503.", [(SHARE, 0.125)]),
        ("p95 latency rose from 120 ms to 14.2 s within minutes.", [(LATENCY, 14.2)]),
        ("Response times of 900 ms were seen, and 8% of calls timed out.", [(LATENCY, 0.9), (SHARE, 0.08)]),
        ("CPU of the primary was at 98%.", [(USE, 0.98)]),
        ("The pool held 100/100 connections.", [(USE, 1.0)]),
        ("All 40 of 40 workers were busy.", [(USE, 1.0)]),
        ("The disk was 97 % full.", [(USE, 0.97)]),
        ("Queries took 1,200 ms.", [(LATENCY, 1.2)]),
        # Not of the incident, or of something else:
        ("The error rate is normally below 1 %.", []),
        ("We alert at 5 % errors.", []),
        ("The canary takes 10% of traffic.", []),
        ("Latency went back to 80 ms.", []),
        ("The query took longer than the 30s query timeout.", []),
        ("The release was rolled out to 50% of hosts, and errors began.", []),
        ("It took 45 minutes until somebody noticed.", []),
        ("Sales were 20 % lower than a week before.", []),
        ("Errors fell to 2 %.", []),
        ("On 3 of 7 days nothing happened.", []),
    ],
)  # fmt: skip
def test_figures_are_read_with_what_they_are_of(text: str, wanted: list[tuple[Kind, float]]) -> None:
    found = [(kind, pytest.approx(value)) for kind, value, _ in figures(text)]
    assert found == wanted


RCA = """# Checkout was slow

Date: 2025-03-04

## Timeline (UTC)

- 10:00 Deploy of checkout, the incident starts
- 10:10 p95 latency at 2 s
- 10:30 p95 latency at 8 s, support opens a ticket
- 10:40 On-call was paged: detected
- 11:00 Rolled back, resolved

## Root cause

Calls from checkout to the ledger service had no timeout configured.
"""


def test_the_timeline_gives_the_figures_their_times(tmp_path: Path) -> None:
    file = tmp_path / "rca.md"
    file.write_text(RCA, encoding="utf-8")
    found = stated(plan(str(file), today=date(2025, 3, 5))).of(LATENCY)
    assert [(one.value, one.minute, one.line) for one in found] == [(2.0, 10.0, 8), (8.0, 30.0, 9)]
    assert shape_of(found) == ((0.0, 0.0), (600.0, 0.25), (1800.0, 1.0))


def test_a_series_goes_through_the_stated_points() -> None:
    course = Course(Need("g", (), Nature.GAUGE), 1.0, How.TIMES, 9.0, ((0.0, 0.0), (600.0, 0.25), (1800.0, 1.0)))
    (made,) = series_of(course, Span(3600.0, 60.0, 0.0))
    at = dict(zip(made.times, made.values, strict=True))
    assert (at[0.0], at[600.0], at[1200.0], at[1800.0], at[3600.0]) == (1.0, 3.0, 6.0, 9.0, 9.0)


def rule(expr: str) -> AlertRule:
    return AlertRule("A", parse(expr), 300.0, expr)


LATENCY_RULE = "histogram_quantile(0.95, sum by (le) (rate(d_seconds_bucket[5m]))) > 1"


def test_a_stated_latency_is_what_the_alert_sees() -> None:
    told = judge(rule(LATENCY_RULE), 60, None, Stated((Reading(LATENCY, 8.0, 9, "8 s"),)))
    assert told.assumed[0] == "from the RCA: d_seconds_bucket at 8 s (L9)"
    assert told.proved


def test_what_comes_slowly_is_noticed_later() -> None:
    at_once = judge(rule(LATENCY_RULE), 60, None, Stated((Reading(LATENCY, 8.0, 9, "8 s"),)))
    points = (Reading(LATENCY, 0.5, 8, "500 ms", 10.0), Reading(LATENCY, 8.0, 9, "8 s", 40.0))
    slowly = judge(rule(LATENCY_RULE), 60, None, Stated(points))
    assert "500 ms after 10 min (L8), 8 s after 40 min (L9), in straight lines between" in slowly.assumed[0]
    assert slowly.delay is not None
    assert at_once.delay is not None
    assert slowly.delay > at_once.delay + 300
    gradual = judge(rule("queue_length > 100"), 60, None, Stated((), 12), 40.0)
    assert "from the RCA: it came slowly (L12); assumed: over 40 minutes" in gradual.assumed
    assert gradual.delay is not None
    assert gradual.delay > 600


def test_a_stated_figure_below_the_limit_is_told_and_not_hidden() -> None:
    expr = 'sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) > 0.05'
    told = judge(rule(expr), 60, None, Stated((Reading(SHARE, 0.02, 7, "2 %"),)))
    assert any("2% of r_total" in text and "(L7): that alone would not make it fire" in text for text in told.assumed)
    stronger = judge(rule(expr), 60, 0.5, Stated((Reading(SHARE, 0.2, 7, "20 %"),)))
    assert stronger.assumed[0].startswith("from the RCA: 20% of r_total are"), "an error rate comes before the share of users"


def test_a_stated_use_of_a_capacity_is_used() -> None:
    told = judge(rule("sum(pool_used) / sum(pool_size) > 0.8"), 60, None, Stated((Reading(USE, 1.0, 5, "100/100"),)))
    assert told.assumed[0] == "from the RCA: pool_used is 100% of pool_size (L5)"
    assert told.proved
