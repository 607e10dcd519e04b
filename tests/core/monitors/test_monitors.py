"""Alert rules told as Datadog monitors and CloudWatch alarms: what they ask stays what it was, and what cannot be told is named."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from postmortem_actions.adapters.package_data import read_yaml
from postmortem_actions.adapters.promql_parser import parse
from postmortem_actions.core.monitors import cloudwatch, datadog
from postmortem_actions.core.promql.alerts import AlertRule

APART = read_yaml("monitors.yaml")["apart"]
# The grammar of a metric monitor's query, as in Datadog's API reference: window, query, comparison.
WINDOW = r"(?:avg|sum|max|min)\(last_(?:\d{1,4}m|\d+h|\d+d)\)"
SERIES = r"(?:avg|sum|max|min|p50|p75|p90|p95|p99):[\w.]+\{[^{}]+\}(?: by \{[\w,]+\})?(?:\.as_(?:rate|count)\(\)|\.rollup\(\w+, \d+\))*"
QUERY = re.compile(rf"{WINDOW}:(?P<value>.+) (?:>|>=|<|<=) -?[\d.e+-]+\Z")
# The arguments of Terraform's datadog_monitor that are used here, with the values that they may have.
MONITOR: dict[str, Any] = {
    "type": "object",
    "required": ["name", "type", "query", "message"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "type": {"enum": ["query alert", "composite"]},
        "query": {"type": "string", "minLength": 1},
        "message": {"type": "string"},
        "priority": {"enum": [1, 2, 3, 4, 5]},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z][a-z0-9_:./-]*$", "maxLength": 200}},
        "monitor_thresholds": {
            "type": "array", "maxItems": 1,
            "items": {
                "type": "object", "required": ["critical"], "additionalProperties": False,
                "properties": {"critical": {"type": "string", "pattern": r"^-?[0-9.e+-]+$"}},
            },
        },
        "on_missing_data": {"enum": ["default", "show_no_data", "show_and_notify_no_data", "resolve"]},
        "require_full_window": {"type": "boolean"},
    },
}  # fmt: skip


def rule(text: str, hold: float = 300.0, **more: str) -> AlertRule:
    return AlertRule("Some", parse(text), hold, text, **more)


def query(text: str, hold: float = 300.0) -> str:
    document, left = datadog.terraform([rule(text, hold)], APART)
    assert document is not None, left
    check_datadog(document)
    found: str = document["resource"]["datadog_monitor"]["some"]["query"]
    return found


def check_datadog(document: dict[str, Any]) -> None:
    """The document fits the schema, every query the grammar, and every reference leads to a monitor."""
    monitors = document["resource"]["datadog_monitor"]
    for name, one in monitors.items():
        assert re.fullmatch(r"[a-z_][a-z0-9_]*", name), name
        jsonschema.validate(one, MONITOR)
        if one["type"] == "composite":
            named = re.findall(r"\$\{datadog_monitor\.(\w+)\.id\}", one["query"])
            assert len(named) > 1
            assert set(named) <= set(monitors)
            continue
        found = QUERY.match(one["query"])
        assert found, one["query"]
        assert found["value"].count("(") == found["value"].count(")")
        rest = re.sub(SERIES, "1", found["value"].replace("TODO(service)", "x"))
        rest = re.sub(r"\b(?:abs|default_zero|hour_before|day_before|week_before)\(", "(", rest)
        assert re.fullmatch(r"[\d.e+*/() -]+", rest), rest
        assert one["query"].endswith(f" {one['monitor_thresholds'][0]['critical']}")


@pytest.mark.parametrize(
    ("promql", "hold", "wanted"),
    [
        (
            'sum by (s) (rate(calls_total{ok!="yes"}[5m])) / sum by (s) (rate(calls_total[5m])) > 0.01', 300.0,
            "min(last_5m):(sum:TODO_namespace.calls.count{NOT ok:yes} by {s}.as_rate() / "
            "sum:TODO_namespace.calls.count{*} by {s}.as_rate()) > 0.01",
        ),
        ("up == 0", 180.0, "max(last_3m):avg:TODO_namespace.up{*} by {instance} <= 0"),
        ("max by (q) (age_seconds) > 10 * 60", 300.0, "min(last_5m):max:TODO_namespace.age_seconds{*} by {q} > 600"),
        ("sum(increase(lost_total[10m])) > 0", 0.0, "sum(last_10m):sum:TODO_namespace.lost.count{*}.as_count() > 0"),
        (
            "histogram_quantile(0.95, sum by (le, d) (rate(t_seconds_bucket[5m]))) > 2", 300.0,
            "min(last_5m):p95:TODO_namespace.t_seconds{*} by {d} > 2",
        ),
        (
            'sum(rate(r_total{code=~"5.."}[5m])) > 3 * sum(rate(r_total{code=~"5.."}[5m] offset 1d))', 300.0,
            "min(last_5m):(sum:TODO_namespace.r.count{code:5*}.as_rate() - "
            "(3 * day_before(sum:TODO_namespace.r.count{code:5*}.as_rate()))) > 0",
        ),
        (
            'sum(x{phase=~"Pending|Lost",kind!~"lo|veth.*"}) > 0', 60.0,
            "min(last_1m):sum:TODO_namespace.x{(phase:pending OR phase:lost) AND NOT (kind:lo OR kind:veth*)} > 0",
        ),
        ("absent(backup_last)", 3600.0, "max(last_60m):max:TODO_namespace.backup_last{*} < 0"),
        ("(sum(increase(a_total[1h])) or vector(0)) == 0", 900.0, "max(last_15m):default_zero(sum:TODO_namespace.a.count{*}.as_count()) <= 0"),
        (
            "node_filesystem_free_bytes / node_filesystem_size_bytes < 0.1", 300.0,
            "max(last_5m):(avg:TODO_namespace.node_filesystem_free_bytes{*} by {instance,device} / "
            "avg:TODO_namespace.node_filesystem_size_bytes{*} by {instance,device}) < 0.1",
        ),
    ],
)  # fmt: skip
def test_datadog_asks_the_same(promql: str, hold: float, wanted: str) -> None:
    assert query(promql, hold) == wanted


def test_datadog_joins_conditions_in_a_composite() -> None:
    document, _ = datadog.terraform([rule("sum(a) > 1 and sum(b) > 2", severity="page")], APART)
    assert document is not None
    check_datadog(document)
    monitors = document["resource"]["datadog_monitor"]
    assert monitors["some"]["query"] == "${datadog_monitor.some_1.id} && ${datadog_monitor.some_2.id}"
    assert monitors["some"]["priority"] == 1
    assert "@TODO(notification_handle)" in monitors["some"]["message"]
    assert "@" not in monitors["some_1"]["message"], "a part notifies nobody"


def test_texts_are_told_in_their_own_words() -> None:
    one = rule("up == 0", summary="{{ $labels.job }} is at {{ $value | humanize }}")
    document, _ = datadog.terraform([one], APART)
    assert document is not None
    assert document["resource"]["datadog_monitor"]["some"]["message"].startswith("{{job.name}} is at {{value}}\n")
    template, _ = cloudwatch.template([one], APART)
    assert template is not None
    assert template["Resources"]["Some"]["Properties"]["AlarmDescription"].startswith("job is at. Runbook")


@pytest.mark.parametrize(
    ("promql", "datadog_says", "cloudwatch_says"),
    [
        ("time() - max by (j) (last_success) > 60", "no clock", None),
        ("predict_linear(x[6h], 3600) < 0", "predict_linear", "predict_linear"),
        ("count by (s) (count by (s, v) (info)) > 1", "no count", "no count"),
        ("sum(a) > on () group_left () sum(b)", "series of many with one", "series of many with one"),
        ("vector(1)", "compares nothing", "compares nothing"),
        ("x > 2 * (x offset 1d)", None, "looks back"),
        ('max(x{kind=~"a.*b"}) > 1', None, "pattern"),
        ("x == 7", "exactly 7", "exactly 7"),
    ],
)
def test_what_cannot_be_told_is_named_with_its_reason(
    promql: str, datadog_says: str | None, cloudwatch_says: str | None
) -> None:
    for said, (document, left) in (
        (datadog_says, datadog.terraform([rule(promql)], APART)),
        (cloudwatch_says, cloudwatch.template([rule(promql)], APART)),
    ):
        if said is None:
            assert document is not None
            assert not left
        else:
            assert document is None
            assert [(name, said in why) for name, why in left] == [("Some", True)], left


def alarm(promql: str, hold: float = 300.0) -> tuple[dict[str, Any], dict[str, Any]]:
    template, left = cloudwatch.template([rule(promql, hold)], APART)
    assert template is not None, left
    return template["Resources"]["Some"]["Properties"], template["Parameters"]


def asked(properties: dict[str, Any]) -> list[str]:
    return [one["Expression"]["Fn::Sub"] for one in properties["Metrics"] if isinstance(one.get("Expression"), dict)]


def test_cloudwatch_asks_the_same() -> None:
    found, parameters = alarm('sum by (s) (rate(calls_total{ok!="yes"}[5m])) / sum by (s) (rate(calls_total[5m])) > 0.01')
    assert asked(found) == [
        "SELECT SUM(calls_total) FROM \"${Namespace}\" WHERE ok != 'yes' AND s = '${WatchedS}'",
        "SELECT SUM(calls_total) FROM \"${Namespace}\" WHERE s = '${WatchedS}'",
    ]
    assert found["Metrics"][-1] == {"Id": "value", "Expression": "((m1 / 60) / (m2 / 60))", "ReturnData": True}
    assert (found["ComparisonOperator"], found["Threshold"], found["EvaluationPeriods"]) == ("GreaterThanThreshold", 0.01, 5)
    assert set(parameters) == {"Topic", "Namespace", "WatchedS"}
    assert all("Default" not in one for one in parameters.values()), "nothing is made up"


def test_cloudwatch_asks_for_alternatives_one_by_one_and_for_classes_by_name() -> None:
    found, _ = alarm('sum(rate(r_total{code=~"502|503"}[5m])) / sum(rate(r_total{code=~"5.."}[5m])) > 0.5')
    assert [text.partition(" WHERE ")[2] for text in asked(found)] == ["code = '502'", "code = '503'", "code_class = '5xx'"]
    assert found["Metrics"][-1]["Expression"] == "(((m1 + m2) / 60) / (m3 / 60))"


def test_cloudwatch_takes_the_time_from_the_data_points_and_missing_data_as_alarm_where_they_are_asked_for() -> None:
    found, _ = alarm("time() - max(backup_last) > 93600", 0.0)
    assert found["Metrics"][-1]["Expression"] == "(EPOCH(m1) - m1)"
    assert found["TreatMissingData"] == "notBreaching"
    missing, _ = alarm("absent(backup_last)", 3600.0)
    assert (missing["TreatMissingData"], missing["EvaluationPeriods"]) == ("breaching", 60)
    counted, _ = alarm("sum(increase(lost_total[10m])) > 0", 0.0)
    assert (counted["Metrics"][0]["Period"], counted["EvaluationPeriods"]) == (600, 1)
    long, _ = alarm("max(age) > 1", 86_400.0)
    assert (long["Metrics"][0]["Period"], long["EvaluationPeriods"]) == (3600, 24)


def test_cloudwatch_joins_conditions_in_a_composite_alarm() -> None:
    template, _ = cloudwatch.template([rule("sum(a) > 1 or sum(b) > 2")], APART)
    assert template is not None
    resources = template["Resources"]
    assert resources["Some"]["Properties"]["AlarmRule"] == {"Fn::Sub": 'ALARM("${Some1}") OR ALARM("${Some2}")'}
    assert "AlarmActions" not in resources["Some1"]["Properties"]
    json.dumps(template)
