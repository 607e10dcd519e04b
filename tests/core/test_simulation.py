"""Alerts in a simulated incident and in a quiet week: over the whole catalogue, and as a command over the scenarios."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_actions.adapters.prometheus_rules import Promtool, alert_rules
from postmortem_actions.adapters.promql_parser import parse
from postmortem_actions.core.artifacts.files import is_rules, parts_of
from postmortem_actions.core.catalogue.template import SlotValue, fill_artifact
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Artifact
from postmortem_actions.core.promql.alerts import AlertRule, run
from postmortem_actions.core.promql.ast import NotSupported
from postmortem_actions.core.promql.series import Data, Series
from postmortem_actions.core.simulate.judge import Verdict, judge, quiet_span
from postmortem_actions.core.simulate.needs import Nature, needs
from postmortem_actions.core.simulate.stated import Stated
from postmortem_actions.core.simulate.unit_tests import Check, UnitTest, notation, shown, unit_test
from postmortem_actions.core.simulate.world import How, Span, series_of

REPOSITORY = Path(__file__).parents[2]


def rule(expr: str, minutes: float = 5) -> AlertRule:
    return AlertRule("A", parse(expr), minutes * 60, expr)


@pytest.mark.parametrize(
    ("expr", "natures"),
    [
        ("rate(http_requests_total[5m]) > 5", {"http_requests_total": Nature.COUNTER}),
        ("queue_length > 5", {"queue_length": Nature.GAUGE}),
        ("histogram_quantile(0.9, sum by (le) (rate(d_bucket[5m]))) > 1", {"d_bucket": Nature.BUCKETS}),
        (
            "time() - max(backup_last_success_timestamp_seconds) > 90000",
            {"backup_last_success_timestamp_seconds": Nature.INSTANT},
        ),
    ],
)
def test_what_a_rule_looks_at_is_read_from_its_expression(expr: str, natures: dict[str, Nature]) -> None:
    assert {need.name: need.nature for need in needs(parse(expr))} == natures


def test_errors_are_a_part_of_all_requests_not_a_third_series() -> None:
    found = needs(parse('sum(rate(r_total{code=~"5.."}[5m])) / sum(rate(r_total[5m])) > 0.01'))
    assert [(need.special, dict(need.labels)) for need in found] == [
        (True, {"code": "500"}),
        (False, {"code": "200"}),
    ] or [(need.special, len(need.labels)) for need in found] == [(True, 1), (False, 1)]


@pytest.mark.parametrize(
    ("expr", "hold", "delay", "false_alarms"),
    [
        ("queue_length > 100", 5, 6, 0),  # a blip of three minutes is shorter than five
        ("queue_length > 100", 1, 2, 7),  # and longer than one: once a day
        ("up == 0", 2, 3, 7),  # what is 1 or 0 flips in the blip
        ("up == 0", 3, 4, 0),
        ("absent(heartbeat)", 5, None, 0),
    ],
)
def test_when_it_fires_and_how_often_it_cries_wolf(
    expr: str, hold: float, delay: float | None, false_alarms: int
) -> None:
    told = judge(rule(expr, hold), 45)
    if delay is not None:
        assert told.delay == delay * 60
    assert told.false_alarms == false_alarms


@pytest.mark.parametrize(
    ("expr", "level", "becomes"),
    [
        ('probe_success{job="user-journey"} == 0', 1, 0),
        ("redis_up < 1", 1, 0),
        ("max by (dependency) (dependency_breaker_open) == 1", 0, 1),
        ("sum(controller_active) != 1", 1, 0),
        ("min_over_time(clock_in_sync[5m]) == 0", 1, 0),
        ("avg by (site) (up) < 0.5", 1, 0),  # by its name
        ("count(probe_success == 0) >= 1", 1, 0),
        ("node_ready < 0.9 and on () up == 1", 1, 0),
    ],
)
def test_what_is_true_or_false_is_1_or_0_in_ordinary_times_and_flips_in_the_incident(
    expr: str, level: float, becomes: float
) -> None:
    told = judge(rule(expr, 3), 45)
    assert told.found is not None
    assert all(course.level in (0.0, 1.0) for course in told.courses)
    driver = next(course for course in told.courses if course.need == told.found.driver)
    assert (driver.level, driver.how, driver.amount) == (level, How.IS, becomes)
    week = quiet_span(told.rule, told.found)
    for course in told.found.courses:
        (series,) = series_of(replace(course, how=How.SAME), week)
        flips = [at for at, value in zip(series.times, series.values, strict=True) if value != course.level]
        assert set(series.values) <= {0.0, 1.0}
        assert len(flips) == 7 * 3, "three minutes a day"
    assert f"once a day 3 minutes in which {driver.need.words} is {becomes:g}" in told.assumed[-1]


@pytest.mark.parametrize(
    "expr",
    [
        "queue_messages_ready > 100",
        "deployment_replicas_ready < 2",
        "up_seconds > 5",
        "connections == 5",
        "x > 0",
    ],
)
def test_a_number_of_things_is_no_truth_value(expr: str) -> None:
    assert not any(need.truth for need in needs(parse(expr)))


def test_of_a_truth_value_only_the_wait_is_weighed() -> None:
    told = judge(rule("up == 0", 1), 45)
    assert [(c.share, c.hold, c.false_alarms) for c in told.choices] == [
        (1.0, 0.0, 7), (1.0, 1.0, 7), (1.0, 2.0, 7), (1.0, 3.0, 0), (1.0, 5.0, 0), (1.0, 10.0, 0), (1.0, 15.0, 0)
    ]  # fmt: skip
    assert told.better is not None
    assert (told.better.hold, told.better.delay) == (3.0, 240.0)
    shares = {choice.share for choice in judge(rule("avg(up) < 0.6", 3), 45).choices}
    assert shares == {0.5, 1.0}, "a share above 1 is none"


@pytest.mark.parametrize("hold", [0, 1, 2, 3, 5])
@pytest.mark.parametrize(
    "expr", ['probe_success{job="a"} == 0', "leader != 1", "avg(up) < 0.5", "breaker_open == 1"]
)
def test_promtool_sees_the_quiet_week_of_a_truth_value_as_it_is_seen_here(expr: str, hold: float) -> None:
    promtool = Promtool()
    if promtool.path is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    one = rule(expr, hold)
    told = judge(one, 45)
    assert told.found is not None
    day = Span(86_400.0, 60.0, lively=True)
    series = [made for course in told.found.courses for made in series_of(replace(course, how=How.SAME), day)]
    firing = run(one, Data(series), 0.0, day.length, day.step)
    noon = 720  # when the blip begins
    checks = tuple(
        Check(minute, tuple(f.labels for f in firing if f.start <= minute * 60 < (f.until or math.inf)))
        for minute in range(noon - 2, noon + 6)
    )
    assert any(check.firing for check in checks) is (hold < 3)
    rows = tuple((shown(made), " ".join(notation(made, day))) for made in series)
    body = f"groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: {expr}\n        for: {hold}m\n"
    assert not promtool.complaint(body, [UnitTest("A", 1, rows, checks)])


def test_the_share_that_the_rca_states_is_used_and_said() -> None:
    told = judge(rule('sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) > 0.01'), 45, 0.5)
    assert told.assumed[0].startswith("from the RCA: 50% of r_total are")
    assert told.proved


def test_a_better_choice_is_quiet_and_within_the_target() -> None:
    told = judge(rule("queue_length > 100", 1), 45)
    assert told.better is not None
    assert (told.better.share, told.better.hold, told.better.false_alarms) == (1.0, 3.0, 0)
    assert told.better.delay is not None
    assert told.better.delay <= 300
    by = {(c.share, c.hold): c for c in told.choices}
    for share in (0.5, 1.0, 2.0):  # a longer wait never pages sooner, nor more often
        row = [by[share, hold] for hold in (0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 15.0)]
        assert [c.delay or math.inf for c in row] == sorted(c.delay or math.inf for c in row)
        assert [c.false_alarms for c in row] == sorted((c.false_alarms for c in row), reverse=True)


def test_what_cannot_be_judged_says_why() -> None:
    assert "no change" in judge(rule("vector(1)"), 45).why
    with pytest.raises(NotSupported):
        judge(rule("rate(x_total[30d]) > 1"), 45)
    with pytest.raises(NotSupported):
        parse("rate(x)")


def test_most_alerts_of_the_catalogue_are_proved_and_promtool_agrees(knowledge: Knowledge) -> None:
    promtool = Promtool()
    told: Counter[str] = Counter()
    for one in knowledge.catalogue.rules:
        for action in one.actions:
            if (
                action.artifact is None
                or action.artifact.language != "yaml"
                or "expr:" not in action.artifact.body
            ):
                continue
            body = fill_artifact(action.artifact.body, lambda name: SlotValue(name, name))
            verdicts = [_judged(found) for found in alert_rules(body)[0]]
            told.update("proved" if v and v.proved else "not" for v in verdicts)
            tests = [t for v in verdicts if v is not None and (t := unit_test(v, 45)) is not None]
            rules = [part.body for part in parts_of(Artifact("yaml", body)) if is_rules(part.body)]
            assert not promtool.complaint(rules[0], tests), f"{one.id}/{action.id}"
    assert told["proved"] >= 0.85 * sum(told.values()), told


def _judged(found: AlertRule) -> Verdict | None:
    try:
        return judge(found, 45, 0.3)
    except NotSupported:
        return None


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(st.none(), st.integers(-5, 5).map(float), st.floats(-1e6, 1e6)), min_size=1, max_size=25
    )
)
def test_series_in_promtools_notation_are_the_same_series(values: list[float | None]) -> None:
    series = Series("x", ())
    for n, value in enumerate(values):
        if value is not None:
            series.add(n * 60.0, value)
    read: list[float | None] = []
    for part in notation(series, Span((len(values) - 1) * 60.0)):
        if part.startswith("_"):
            read += [None] * int(part[2:] or 1)
            continue
        found = re.fullmatch(r"(-?[\d.e+]+?(?:e-\d+)?)([+-][\d.]+(?:e[+-]\d+)?)x(\d+)", part)
        if found:
            read += [float(found[1]) + float(found[2]) * n for n in range(int(found[3]) + 1)]
        else:
            read.append(float(part))
    assert len(read) == len(values)
    for one, other in zip(read, values, strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other, rel=1e-6, abs=1e-6)
    assert Data([series])


SCENARIOS = {"orders-api-timeout": 45, "payment-api-timeout": 12, "pii-in-logs": None}


@pytest.mark.parametrize(("name", "noticed"), SCENARIOS.items())
def test_the_scenarios_alerts_fire_within_five_minutes_without_a_false_alarm(
    name: str,
    noticed: int | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = json.loads(_simulated(name, capsys, "--json"))
    assert told["noticed_after_minutes"] == noticed
    for action in told["actions"]:
        assert action["promtool"] is not False, action
        for alert in action["alerts"]:
            assert alert["proved"], alert
            assert alert["assumed"], "what is not stated is said to be assumed"
            assert alert["false_alarms_in_a_week"] == 0
            if noticed is not None:
                assert alert["fires_after_seconds"] <= 300
    assert any(line["after"] == "proved by simulation" for line in told["coverage"])


def test_a_leak_of_years_would_have_paged_within_five_minutes(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(_simulated("pii-in-logs", capsys, "--json"))
    assert told["minutes"] > 365 * 1440
    (line,) = [line for line in told["coverage"] if line["signal"] == "Personal data in logs"]
    assert (line["before"], line["after"]) == ("none", "proved by simulation")
    assert line["minutes_after"] <= 5
    text = _simulated("pii-in-logs", capsys)
    assert "PersonalDataInLogs: fires after 5 min; 0 false alarms in a quiet week" in text
    assert "assumed: the first 2.0 days of it tell what the alert does" in text
    assert "promtool takes the rules" not in text, "its test is run"
    assert re.search(r"proved by simulation \(A\d+\), to detect: not told → 5 min", text)


def test_a_long_incident_is_played_and_tested_as_far_as_it_tells_something() -> None:
    year = 365 * 1440
    told = judge(rule("queue_length > 100"), year)
    assert told.proved
    test = unit_test(told, year)
    assert test is not None
    assert test.checks[-1].minute < 120
    body = "groups:\n  - name: g\n    rules:\n      - {alert: A, expr: queue_length > 100, for: 5m}\n"
    assert not Promtool().complaint(body, [test])
    slowly = judge(rule("queue_length > 100"), 4 * 1440, None, Stated((), 12), 5 * 1440)
    assert slowly.delay is not None
    assert slowly.delay > 1440 * 60, "what grows for days is played for days"
    assert not any("the first" in text for text in slowly.assumed)


def test_ordinary_levels_stand_well_below_the_limit() -> None:
    told = judge(rule("rate(refused_total[5m]) > 0.05", 3), 45)
    assert [course.level for course in told.courses] == [pytest.approx(0.015)]
    assert told.proved
    both = judge(rule("rate(a_drop_total[5m]) + rate(b_drop_total[5m]) > 50", 10), 45)
    assert [course.level for course in both.courses] == [7.5, 7.5]
    assert both.proved


def _simulated(name: str, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    from postmortem_actions.entry.cli.main import run

    source = str(REPOSITORY / f"examples/{name}/rca.md")
    assert run(["simulate", source, "--today", "2025-01-16", *more]) == 0
    return capsys.readouterr().out


def test_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = _simulated("orders-api-timeout", capsys)
    assert "Orders API timeout: 48 min of incident; people noticed after 45 min." in text
    assert "QueryLatencyHigh: fires after 4 min; 0 false alarms in a quiet week" in text
    assert "Query duration (p95): none → proved by simulation (A2), to detect: 45 min → 4 min" in text
