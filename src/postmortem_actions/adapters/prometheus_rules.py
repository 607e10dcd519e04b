"""Prometheus rule files and unit tests: read and written as YAML, and checked by promtool where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from ..core.promql.alerts import AlertRule
from ..core.promql.ast import NotSupported
from ..core.simulate.unit_tests import UnitTest
from .promql_parser import parse

_DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?\Z")
_SECONDS = (604_800, 86_400, 3600, 60, 1)
_TIME_LIMIT = 60  # seconds


def alert_rules(body: str) -> tuple[list[AlertRule], list[tuple[str, str]]]:
    """The alerts of a rule file, and (name, why) of those that cannot be evaluated here."""
    found: list[AlertRule] = []
    left: list[tuple[str, str]] = []
    for one in _written(body):
        name, text = str(one["alert"]), str(one.get("expr", ""))
        hold = _seconds(str(one.get("for", "0s")))
        try:
            expr = parse(text)
            said = _said(one, "labels", "severity"), _said(one, "annotations", "summary")
            found.append(AlertRule(name, expr, hold, " ".join(text.split()), *said))
        except NotSupported as error:
            left.append((name, str(error)))
    return found, left


def _said(rule: dict[str, Any], key: str, name: str) -> str:
    inside = rule.get(key)
    return str(inside.get(name, "")) if isinstance(inside, dict) else ""


def _written(body: str) -> list[dict[str, Any]]:
    try:
        documents = list(yaml.safe_load_all(body))
    except yaml.YAMLError:
        return []
    return [
        rule
        for document in documents
        if isinstance(document, dict)
        for group in document.get("groups") or []
        if isinstance(group, dict)
        for rule in group.get("rules") or []
        if isinstance(rule, dict) and "alert" in rule
    ]


def _seconds(text: str) -> float:
    found = _DURATION.match(text)
    return (
        float(sum(int(n) * s for n, s in zip(found.groups(), _SECONDS, strict=True) if n)) if found else 0.0
    )


def unit_test_file(rules: str, body: str, tests: Sequence[UnitTest]) -> str:
    """A promtool test file for the rule file named ``rules``, whose text is ``body``: the labels and annotations that an
    alert carries besides its series' own come from there."""
    carried = _carried(body)
    document: dict[str, object] = {
        "rule_files": [rules],
        "evaluation_interval": f"{min((t.interval for t in tests), default=1)}m",
        "tests": [
            {
                "interval": f"{test.interval}m",
                "input_series": [{"series": series, "values": values} for series, values in test.series],
                "alert_rule_test": [
                    {
                        "eval_time": f"{check.minute}m",
                        "alertname": test.alert,
                        "exp_alerts": [
                            _expected(carried, test.alert, dict(labels)) for labels in check.firing
                        ],
                    }
                    for check in test.checks
                    if not (check.firing and _says_its_value(carried, test.alert))
                ],
            }
            for test in tests
        ],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=4000)


def _says_its_value(carried: dict[str, tuple[dict[str, str], dict[str, str]]], alert: str) -> bool:
    """Whether an alert's texts hold more than its labels: what they then say cannot be expected to the letter."""
    texts = [str(text) for table in carried.get(alert, ({}, {})) for text in table.values()]
    return any("{{" in _templated(text, {}) for text in texts)


def _plain(rules: str) -> str:
    """The rules without what they say to people, to test when they fire."""
    documents = list(yaml.safe_load_all(rules))
    for document in documents:
        for group in (document or {}).get("groups") or []:
            for rule in group.get("rules") or []:
                rule.pop("annotations", None)
    return yaml.safe_dump_all(documents, sort_keys=False)


def _carried(body: str) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for document in yaml.safe_load_all(body):
        for group in (document or {}).get("groups") or []:
            for rule in group.get("rules") or []:
                if "alert" in rule:
                    found[str(rule["alert"])] = (rule.get("labels") or {}, rule.get("annotations") or {})
    return found


def _expected(
    carried: dict[str, tuple[dict[str, str], dict[str, str]]], alert: str, own: dict[str, str]
) -> dict[str, dict[str, str]]:
    more, notes = carried.get(alert, ({}, {}))
    texts = {name: _templated(str(text), own) for name, text in notes.items()}
    expected = {"exp_labels": {**own, **{name: _templated(str(v), own) for name, v in more.items()}}}
    return expected | ({"exp_annotations": texts} if texts else {})


def _templated(text: str, labels: dict[str, str]) -> str:
    """A template of Prometheus, as far as it only names labels."""
    return re.sub(r"\{\{\s*\$labels\.(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), text)


class Promtool:
    """The program promtool, where it is installed."""

    def __init__(self) -> None:
        self.path = shutil.which("promtool")

    def complaint(self, rules: str, tests: Sequence[UnitTest]) -> str | None:
        """What promtool says against rules and tests; empty where they pass, None where it is not installed."""
        if self.path is None:
            return None
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "rules.yml").write_text(rules, encoding="utf-8")
            commands = [[self.path, "check", "rules", "rules.yml"]]
            if tests:
                plain = _plain(rules)
                (Path(folder) / "plain.yml").write_text(plain, encoding="utf-8")
                text = unit_test_file("plain.yml", plain, tests)
                (Path(folder) / "tests.yml").write_text(text, encoding="utf-8")
                commands.append([self.path, "test", "rules", "tests.yml"])
            for command in commands:
                try:
                    done = subprocess.run(
                        command, cwd=folder, capture_output=True, text=True, timeout=_TIME_LIMIT, check=False
                    )
                except (OSError, subprocess.TimeoutExpired) as error:
                    return f"promtool could not be run: {type(error).__name__}"
                if done.returncode:
                    return (done.stdout + done.stderr).strip()[:2000]
        return ""


__all__ = ["Promtool", "alert_rules", "unit_test_file"]
