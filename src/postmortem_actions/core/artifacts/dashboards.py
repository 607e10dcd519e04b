"""A Grafana dashboard of what a plan's alerts watch, with their limits drawn in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..monitors.conditions import Condition, asked
from ..promql.alerts import AlertRule
from ..promql.ast import NotSupported
from ..promql.text import text_of

_WIDTH, _HEIGHT = 12, 8  # of a panel; a row has 24 columns
_UNITS = (
    (re.compile(r"_seconds(_bucket)?\b|_duration_|_age_|_lag_"), "s"), (re.compile(r"_bytes\b"), "bytes"),
    (re.compile(r"/"), "percentunit"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watched:
    """An alert with the action that brings it and the file it stands in."""

    action: str
    rule: AlertRule
    path: str


def dashboard(title: str, slug: str, watched: Sequence[Watched]) -> str:
    """The dashboard as JSON that Grafana imports: a panel for each value that an alert looks at, its limit as a line."""
    panels: list[dict[str, Any]] = []
    seen: set[tuple[str, float | None]] = set()
    for one in watched:
        for value, limit, above in _values(one.rule):
            if (value, limit) in seen:
                continue
            seen.add((value, limit))
            panels.append(_panel(len(panels), one, value, limit, above))
    return (
        json.dumps(
            {
                "title": title, "uid": slug[:40], "description": "What the alerts of this plan watch, with their limits.",
                "tags": ["postmortem-actions"], "schemaVersion": 39, "version": 1, "editable": True, "refresh": "1m",
                "time": {"from": "now-6h", "to": "now"}, "timezone": "utc",
                "templating": {
                    "list": [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"}]
                },
                "panels": panels,
            },
            indent=2, ensure_ascii=False,
        )
        + "\n"
    )  # fmt: skip


def _values(rule: AlertRule) -> list[tuple[str, float | None, bool]]:
    """(expression, limit, whether it fires above it) of what a rule compares; the whole rule where it compares nothing."""
    try:
        return [_shown(condition) for condition in asked(rule).conditions]
    except NotSupported:
        return [(rule.text or text_of(rule.expr), None, True)]


def _shown(condition: Condition) -> tuple[str, float | None, bool]:
    if condition.absent:
        return text_of(condition.value), None, True
    return text_of(condition.value), condition.limit, condition.op.startswith(">")


def _panel(number: int, one: Watched, value: str, limit: float | None, above: bool) -> dict[str, Any]:
    unit = next((name for pattern, name in _UNITS if pattern.search(value)), "short")
    steps: list[dict[str, Any]] = [{"color": "green" if above else "red", "value": None}]
    if limit is not None:
        steps.append({"color": "red" if above else "green", "value": limit})
    return {
        "id": number + 1, "type": "timeseries", "title": one.rule.name,
        "description": f"Action {one.action}; {one.path}. {one.rule.summary}".strip(),
        "gridPos": {"x": number % 2 * _WIDTH, "y": number // 2 * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "targets": [{"refId": "A", "expr": value}],
        "fieldConfig": {
            "defaults": {
                "unit": unit, "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"thresholdsStyle": {"mode": "line" if limit is not None else "off"}, "fillOpacity": 10},
            },
            "overrides": [],
        },
    }  # fmt: skip
