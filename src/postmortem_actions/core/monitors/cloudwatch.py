"""Alert rules as CloudWatch alarms, in a CloudFormation template.

A metric is asked for by Metrics Insights, whose conditions are = and != joined by AND; counters are taken to be published as
increments, as CloudWatch's agent does with those of Prometheus. What a rule keeps series apart by is a parameter: an alarm
is made for each value. Source of the grammar: "Metrics Insights query components and syntax" and "Using metric math".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..promql.alerts import AlertRule
from ..promql.ast import Aggregate, Call, Expr, Matcher, Negative, NotSupported, Number, Selector
from .conditions import (
    Asked,
    Condition,
    alternatives,
    asked,
    folded,
    kept_apart,
    selector_of,
    status_class,
    without_ending,
)

_OPERATORS = {
    ">": "GreaterThanThreshold", ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold", "<=": "LessThanOrEqualToThreshold",
}  # fmt: skip
_FUNCTIONS = {"sum": "SUM", "avg": "AVG", "max": "MAX", "min": "MIN"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_MANY = 180  # periods beyond which hours are looked at instead of minutes


def template(
    rules: Sequence[AlertRule], apart: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The alarms as a template, None where there are none, and (name, why) of rules that cannot be told."""
    resources: dict[str, Any] = {}
    labels: dict[str, str] = {}
    left = []
    for rule in rules:
        own = dict(labels)
        try:
            made = _alarms(asked(rule), own, apart)
        except NotSupported as error:
            left.append((rule.name, str(error)))
            continue
        resources.update(made)
        labels = own
    if not resources:
        return None, left
    parameters: dict[str, Any] = {
        "Topic": {"Type": "String", "Description": "The SNS topic that pages"},
        "Namespace": {"Type": "String", "Description": "The namespace that the metrics are published in"},
    }
    for label, parameter in labels.items():
        parameters[parameter] = {"Type": "String", "Description": f"The {label} that is watched"}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Alarms; counters are published as increments",
        "Parameters": parameters,
        "Resources": resources,
    }, left


def _alarms(rule: Asked, labels: dict[str, str], apart: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    name = re.sub(r"\W|_", "", rule.rule.name)
    if len(rule.conditions) == 1:
        return {name: _alarm(rule.rule, rule.conditions[0], labels, apart, pages=True)}
    parts = {
        f"{name}{n}": _alarm(rule.rule, condition, labels, apart, pages=False)
        for n, condition in enumerate(rule.conditions, 1)
    }
    joined = (" OR " if rule.any_of else " AND ").join(f'ALARM("${{{part}}}")' for part in parts)
    whole = {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"${{AWS::StackName}}-{rule.rule.name}"}, "AlarmDescription": _described(rule.rule),
            "AlarmRule": {"Fn::Sub": joined}, "AlarmActions": [{"Ref": "Topic"}],
        },
    }  # fmt: skip
    return {**parts, name: whole}


def _alarm(
    rule: AlertRule, condition: Condition, labels: dict[str, str], apart: Mapping[str, Sequence[str]], *, pages: bool
) -> dict[str, Any]:  # fmt: skip
    period, times = _periods(condition.value, rule.hold)
    metrics = _Metrics(period, labels)
    if condition.absent:
        value = metrics.of(Aggregate("max", condition.value))
    else:
        value = metrics.of(folded(condition.value), "", kept_apart(condition.value, apart))
    if metrics.asked and value in metrics.asked:
        metrics.asked[value]["ReturnData"] = True
        shown = list(metrics.asked.values())
    else:
        shown = [*metrics.asked.values(), {"Id": "value", "Expression": value, "ReturnData": True}]
    properties = {
        "AlarmDescription": _described(rule),
        "Metrics": shown,
        "ComparisonOperator": _OPERATORS["<" if condition.absent else condition.op],
        "Threshold": -1e300 if condition.absent else condition.limit,
        "EvaluationPeriods": times,
        "DatapointsToAlarm": times,
        "TreatMissingData": "breaching" if condition.absent else "notBreaching",
    }
    if pages:
        properties["AlarmActions"] = [{"Ref": "Topic"}]
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _periods(value: Expr, hold: float) -> tuple[int, int]:
    """Seconds of a period, and how many of them in a row."""
    counted = [
        call.args[0].range or 0.0
        for call in _walk_calls(value)
        if call.name == "increase" and isinstance(call.args[0], Selector)
    ]
    period = _MINUTE
    if counted:
        period = min(_DAY, max(_MINUTE, round(max(counted) / _MINUTE) * _MINUTE))
    if hold / period > _MANY:
        period = _HOUR
    return period, max(1, round(hold / period))


def _walk_calls(expr: Expr) -> list[Call]:
    from ..promql.ast import walk

    return [one for one in walk(expr) if isinstance(one, Call)]


class _Metrics:
    """The metrics that an expression asks for, by id, each once."""

    def __init__(self, period: int, labels: dict[str, str]) -> None:
        self.asked: dict[str, dict[str, Any]] = {}
        self._period, self._labels = period, labels

    def of(self, expr: Expr, space: str = "", by: Sequence[str] = ()) -> str:
        """The expression in metric math. Raises NotSupported."""
        if isinstance(expr, Number):
            return f"{expr.value:.10g}"
        if isinstance(expr, Negative):
            return f"(-1 * {self.of(expr.expr, space, by)})"
        if isinstance(expr, Selector):
            return self._query(_FUNCTIONS[space or "avg"], expr.name, expr, by)
        if isinstance(expr, Aggregate):
            if expr.op not in _FUNCTIONS or expr.without:
                raise NotSupported(
                    f"CloudWatch has no {expr.op}{' without' if expr.without else ''} over series"
                )
            if space:
                raise NotSupported("it aggregates twice")
            return self.of(expr.expr, expr.op, expr.labels)
        if isinstance(expr, Call):
            return self._call(expr, space, by)
        if expr.op == "or" and isinstance(expr.right, Call) and expr.right.name == "vector":
            return f"FILL({self.of(expr.left, space, by)}, 0)"
        if expr.op not in "+-*/":
            raise NotSupported("it compares inside of a value")
        if expr.group:
            raise NotSupported("it joins series of many with one")
        if expr.op == "-" and (_is_clock(expr.left) or _is_clock(expr.right)):
            # The clock of a data point is its own time.
            point = self.of(expr.right if _is_clock(expr.left) else expr.left, space, by)
            return f"(EPOCH({point}) - {point})" if _is_clock(expr.left) else f"({point} - EPOCH({point}))"
        return f"({self.of(folded(expr.left), space, by)} {expr.op} {self.of(folded(expr.right), space, by)})"

    def _call(self, call: Call, space: str, by: Sequence[str]) -> str:
        inside = call.args[-1] if call.args else None
        if call.name in ("rate", "irate", "increase") and inside is not None:
            series = selector_of(inside, call.name)
            if space not in ("", "sum"):
                raise NotSupported(f"{space} over rates of single series")
            found = self._query("SUM", series.name, series, by)
            return found if call.name == "increase" else f"({found} / {self._period})"
        if call.name == "histogram_quantile":
            return self._quantile(call)
        if call.name == "abs":
            return f"ABS({self.of(call.args[0], space, by)})"
        if call.name == "time":
            raise NotSupported("the time alone is no metric")
        raise NotSupported(f"CloudWatch has nothing like {call.name}() in an alarm")

    def _quantile(self, call: Call) -> str:
        share, inner = call.args
        by = [label for label in inner.labels if label != "le"] if isinstance(inner, Aggregate) else []
        rated = inner.expr if isinstance(inner, Aggregate) else inner
        if not (
            isinstance(share, Number) and isinstance(rated, Call) and isinstance(rated.args[0], Selector)
        ):
            raise NotSupported("a quantile of something else than a histogram")
        series = rated.args[0]
        if series.offset or any(op != "=" for _, op, _ in series.matchers):
            raise NotSupported("a quantile of several series")
        dimensions: list[dict[str, Any]] = [{"Name": label, "Value": value} for label, _, value in series.matchers]
        dimensions += [{"Name": label, "Value": {"Ref": self._parameter(label)}} for label in by]
        name = f"m{len(self.asked) + 1}"
        self.asked[name] = {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": {"Ref": "Namespace"}, "MetricName": without_ending(series.name, "_bucket"),
                    **({"Dimensions": dimensions} if dimensions else {}),
                },
                "Period": self._period, "Stat": f"p{share.value * 100:g}",
            },
            "ReturnData": False,
        }  # fmt: skip
        return name

    def _query(self, function: str, metric: str, series: Selector, by: Sequence[str]) -> str:
        if series.offset:
            raise NotSupported("CloudWatch looks back by anomaly detection only")
        conditions, choices = _conditions(series.matchers)
        conditions += [f"{label} = '${{{self._parameter(label)}}}'" for label in by]
        found = []
        for choice in choices or [""]:
            where = " AND ".join([*conditions, *([choice] if choice else [])])
            text = f'SELECT {function}({metric}) FROM "${{Namespace}}"' + (f" WHERE {where}" if where else "")
            found.append(self._named(text))
        if len(found) > 1 and function != "SUM":
            raise NotSupported("one of several values, but no sum of them")
        return found[0] if len(found) == 1 else f"({' + '.join(found)})"

    def _named(self, text: str) -> str:
        expression = {"Fn::Sub": text}
        for name, one in self.asked.items():
            if one.get("Expression") == expression:
                return name
        name = f"m{len(self.asked) + 1}"
        self.asked[name] = {"Id": name, "Expression": expression, "Period": self._period, "ReturnData": False}
        return name

    def _parameter(self, label: str) -> str:
        words = "".join(word[:1].upper() + word[1:] for word in re.split(r"\W|_", label))
        return self._labels.setdefault(label, f"Watched{words}")


def _is_clock(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.name == "time"


def _conditions(matchers: Sequence[Matcher]) -> tuple[list[str], list[str]]:
    """Conditions that all hold, and those of which one does (Metrics Insights has no OR: each is asked for alone)."""
    found: list[str] = []
    choices: list[str] = []
    for label, op, value in matchers:
        if value == "":
            continue  # a metric without that dimension is another metric there
        if op in ("=", "!="):
            found.append(f"{label} {op} '{_quoted(value)}'")
        elif kind := status_class(value):
            found.append(f"{label}_class {'=' if op == '=~' else '!='} '{kind}'")
        elif op == "!~":
            found += [f"{label} != '{_quoted(word)}'" for word in alternatives(value)]
        elif choices:
            raise NotSupported("two lists of alternatives")
        else:
            choices = [f"{label} = '{_quoted(word)}'" for word in alternatives(value)]
    return found, choices


def _quoted(value: str) -> str:
    return value.replace("'", "''").replace("${", "${!")


def _described(rule: AlertRule) -> str:
    told = re.sub(r"\{\{\s*\$labels\.(\w+)\s*\}\}", r"\1", rule.summary)
    told = re.sub(r"\s*\{\{[^{}]*\}\}", "", told) or rule.name
    return f"{told}. Runbook: TODO(runbook_url)"
