"""Alert rules as Datadog monitors, in Terraform's JSON notation.

Metrics are named as Datadog's OpenMetrics integration names them: counters end in ``.count``, histograms are distributions.
Source of the query's grammar: Datadog's API reference, "Create a monitor".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..promql.alerts import AlertRule
from ..promql.ast import Aggregate, Binary, Call, Expr, Matcher, Negative, NotSupported, Number, Selector
from .conditions import (
    Asked,
    Condition,
    alternatives,
    asked,
    folded,
    kept_apart,
    minutes,
    selector_of,
    status_class,
    without_ending,
)

_NAMESPACE = "TODO_namespace"
_BEFORE = {3600.0: "hour_before", 86_400.0: "day_before", 604_800.0: "week_before"}
_QUANTILES = {0.5: "p50", 0.75: "p75", 0.9: "p90", 0.95: "p95", 0.99: "p99"}
_AGGREGATES = frozenset({"sum", "avg", "max", "min"})
_SHORTEST = 5  # minutes that are looked at where a rule fires at once
_LONGEST = 2880  # minutes that a monitor looks back at most


def terraform(
    rules: Sequence[AlertRule], apart: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The monitors as a Terraform document, None where there are none, and (name, why) of rules that cannot be told."""
    resources: dict[str, Any] = {}
    left = []
    for rule in rules:
        try:
            resources.update(_monitors(asked(rule), apart))
        except NotSupported as error:
            left.append((rule.name, str(error)))
    return ({"resource": {"datadog_monitor": resources}} if resources else None), left


def _monitors(rule: Asked, apart: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    name = _identifier(rule.rule.name)
    if len(rule.conditions) == 1:
        return {name: _monitor(rule, rule.conditions[0], rule.rule.name, apart, pages=True)}
    parts = {
        f"{name}_{n}": _monitor(rule, condition, f"{rule.rule.name} (part {n})", apart, pages=False)
        for n, condition in enumerate(rule.conditions, 1)
    }
    joined = (" || " if rule.any_of else " && ").join(f"${{datadog_monitor.{part}.id}}" for part in parts)
    whole = {
        "name": rule.rule.name,
        "type": "composite",
        "query": joined,
        "message": _message(rule.rule),
        **_common(rule.rule),
    }
    return {**parts, name: whole}


def _monitor(
    rule: Asked, condition: Condition, name: str, apart: Mapping[str, Sequence[str]], *, pages: bool
) -> dict[str, Any]:  # fmt: skip
    hold = minutes(rule.rule.hold) if rule.rule.hold else 0
    up = condition.op.startswith(">")
    if condition.absent:
        query = f"max(last_{max(hold, _SHORTEST)}m):{_Query('max').of(condition.value)} < 0"
        limit = 0.0
    else:
        within, window = _window(condition.value, hold, up)
        limit = condition.limit
        value = _Query("", kept_apart(condition.value, apart)).of(folded(condition.value))
        query = f"{within}(last_{window}m):{value} {condition.op} {limit:.10g}"
    return {
        "name": name,
        "type": "query alert",
        "query": query,
        "message": _message(rule.rule) if pages else "A part of a composite monitor; notifies nobody.",
        "monitor_thresholds": [{"critical": f"{limit:.10g}"}],
        "on_missing_data": "show_and_notify_no_data" if condition.absent else "default",
        "require_full_window": False,
        **_common(rule.rule),
    }


def _window(value: Expr, hold: int, up: bool) -> tuple[str, int]:
    """How a window is looked at: ``for`` means beyond the limit all the time, so its mildest point must be."""
    counted = [
        one.args[0].range or 0.0
        for one in _calls(value)
        if one.name == "increase" and isinstance(one.args[0], Selector)
    ]
    if counted and not hold:
        return "sum", min(_LONGEST, minutes(max(counted)))
    if hold:
        return ("min" if up else "max"), min(_LONGEST, hold)
    return ("max" if up else "min"), _SHORTEST


def _calls(expr: Expr) -> list[Call]:
    from ..promql.ast import walk

    return [one for one in walk(expr) if isinstance(one, Call)]


class _Query:
    """The part of a query behind the window. ``space`` is how series are put together, ``by`` what they are kept apart by."""

    def __init__(self, space: str, by: Sequence[str] = ()) -> None:
        self._space, self._by = space, tuple(by)

    def of(self, expr: Expr) -> str:
        """The query's text. Raises NotSupported."""
        if isinstance(expr, Number):
            return f"{expr.value:.10g}"
        if isinstance(expr, Negative):
            return f"-1 * ({self.of(expr.expr)})"
        if isinstance(expr, Selector):
            return self._shifted(expr, self._series(expr, expr.name, self._space or "avg"))
        if isinstance(expr, Aggregate):
            return self._aggregate(expr)
        if isinstance(expr, Call):
            return self._call(expr)
        return self._binary(expr)

    def _binary(self, expr: Binary) -> str:
        if expr.op == "or" and isinstance(expr.right, Call) and expr.right.name == "vector":
            return f"default_zero({self.of(expr.left)})"
        if expr.op not in "+-*/":
            raise NotSupported("it compares inside of a value")
        if expr.group:
            raise NotSupported("it joins series of many with one")
        return f"({self.of(folded(expr.left))} {expr.op} {self.of(folded(expr.right))})"

    def _aggregate(self, expr: Aggregate) -> str:
        if expr.op not in _AGGREGATES or expr.without:
            raise NotSupported(f"Datadog has no {expr.op}{' without' if expr.without else ''} over series")
        if self._space:
            raise NotSupported("it aggregates twice")
        return _Query(expr.op, expr.labels).of(expr.expr)

    def _call(self, call: Call) -> str:
        if call.name == "time":
            raise NotSupported("Datadog's queries know no clock: report the age itself, as a gauge")
        inside = call.args[-1]
        if call.name in ("rate", "irate", "increase"):
            series = selector_of(inside, call.name)
            name = f"{without_ending(series.name, '_total', '_count')}.count"
            text = self._series(series, name, self._space or "sum")
            return self._shifted(series, f"{text}.as_{'count' if call.name == 'increase' else 'rate'}()")
        if call.name == "histogram_quantile":
            return self._quantile(call)
        if call.name in ("avg_over_time", "max_over_time", "min_over_time", "sum_over_time"):
            series = selector_of(inside, call.name)
            roll = call.name.partition("_")[0]
            text = self._series(series, series.name, self._space or "avg")
            return self._shifted(series, f"{text}.rollup({roll}, {series.range or 60:.0f})")
        if call.name == "abs":
            return f"abs({self.of(call.args[0])})"
        raise NotSupported(f"Datadog has nothing like {call.name}()")

    def _quantile(self, call: Call) -> str:
        share = call.args[0]
        found = _QUANTILES.get(share.value) if isinstance(share, Number) else None
        inner = call.args[1]
        by = [label for label in inner.labels if label != "le"] if isinstance(inner, Aggregate) else []
        rated = inner.expr if isinstance(inner, Aggregate) else inner
        if found is None or not (isinstance(rated, Call) and isinstance(rated.args[0], Selector)):
            raise NotSupported("a quantile that Datadog does not keep")
        series = rated.args[0]
        return self._shifted(
            series, _Query("", by)._series(series, without_ending(series.name, "_bucket"), found)
        )

    def _series(self, series: Selector, name: str, space: str) -> str:
        kept = f" by {{{','.join(self._by)}}}" if self._by else ""
        return f"{space}:{_NAMESPACE}.{name}{{{_filter(series.matchers)}}}{kept}"

    def _shifted(self, series: Selector, text: str) -> str:
        if not series.offset:
            return text
        if series.offset not in _BEFORE:
            raise NotSupported("Datadog looks back by an hour, a day or a week")
        return f"{_BEFORE[series.offset]}({text})"


def _filter(matchers: Sequence[Matcher]) -> str:
    parts = []
    for label, op, value in matchers:
        words = _wild(value) if op in ("=~", "!~") else [value]
        if words == [""]:  # a label that is not there, or is: Datadog has no such tag then
            parts.append(f"{'NOT ' if op in ('=', '=~') else ''}{label}:*")
            continue
        asked_for = [f"{label}:{_tag(word)}" for word in words]
        joined = asked_for[0] if len(asked_for) == 1 else f"({' OR '.join(asked_for)})"
        parts.append(f"NOT {joined}" if op.startswith("!") else joined)
    return " AND ".join(parts) or "*"


def _wild(pattern: str) -> list[str]:
    """The words of a pattern; what stands before or after ``.*`` with a star."""
    if status_class(pattern):
        return [f"{pattern[0]}*"]
    simple = pattern.replace(".*", "*").replace(".+", "*")
    return simple.split("|") if re.fullmatch(r"[\w |*-]+", simple) else alternatives(pattern)


def _tag(value: str) -> str:
    """A value as Datadog keeps tags: in small letters, other signs as underscores. A slot stays as it is."""
    return value if "TODO" in value else re.sub(r"[^\w./*-]", "_", value.lower())


def _message(rule: AlertRule) -> str:
    # What Prometheus fills in, in Datadog's words.
    said = re.sub(r"\{\{\s*\$labels\.(\w+)\s*\}\}", r"{{\1.name}}", rule.summary)
    said = re.sub(r"\{\{[^{}]*\$value[^{}]*\}\}", "{{value}}", said)
    told = f"{said}\n" if said else ""
    return f"{told}Runbook: TODO(runbook_url)\n@TODO(notification_handle)"


def _common(rule: AlertRule) -> dict[str, Any]:
    return {"priority": 1 if rule.severity == "page" else 3, "tags": ["managed-by:postmortem-actions"]}


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower()
