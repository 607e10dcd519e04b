"""The evaluator against the real promtool: generated rules over generated series, and alerts over time."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from postmortem_actions.adapters.promql_parser import parse
from postmortem_actions.core.promql.alerts import AlertRule, run
from postmortem_actions.core.promql.evaluate import evaluate
from postmortem_actions.core.promql.series import Data, Labels, Series, labels

STEP = 60.0
MINUTES = 90
PAIRS = 320
AT = (0, 7, 45, 88)  # minutes at which each is evaluated

pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (Debian: prometheus)")


def series(chance: random.Random) -> list[Series]:
    """Counters with resets, gauges, histograms and gaps."""
    made = []
    for metric, kind in (("a_total", "counter"), ("b_total", "counter"), ("g", "gauge"), ("h", "gauge")):
        for service in ("x", "y"):
            for code in ("200", "500"):
                if chance.random() < 0.15:
                    continue
                one = Series(metric, labels({"service": service, "code": code}))
                value = float(chance.randrange(100))
                gap = range(start := chance.randrange(10, 70), start + chance.choice((0, 0, 3, 12)))
                for minute in range(MINUTES):
                    value += chance.randrange(20) if kind == "counter" else chance.randrange(-20, 21)
                    if kind == "counter" and chance.random() < 0.02:
                        value = float(chance.randrange(5))
                    if minute not in gap:
                        one.add(minute * STEP, value)
                made.append(one)
    for service in ("x", "y"):
        counts = [0.0] * 4
        rows = [Series("d_bucket", labels({"service": service, "le": le})) for le in ("0.1", "0.5", "1", "+Inf")]
        for minute in range(MINUTES):
            total = 0.0
            for n, row in enumerate(rows):
                total += chance.randrange(6)
                counts[n] += total
                row.add(minute * STEP, counts[n])
        made += rows
    return made


def _selector(chance: random.Random, names: tuple[str, ...]) -> str:
    matcher = chance.choice(("", "", '{code="500"}', '{service=~"x|z"}', '{code!~"5.."}', '{service!="y"}', '{code="404"}'))
    return chance.choice(names) + matcher


def _range(chance: random.Random) -> str:
    name = chance.choice(("rate", "increase", "irate", "delta", "deriv", "avg_over_time", "max_over_time", "min_over_time",
                          "sum_over_time", "count_over_time", "last_over_time", "changes", "resets", "stddev_over_time"))  # fmt: skip
    counters = name in ("rate", "increase", "irate", "resets")
    inner = _selector(chance, ("a_total", "b_total") if counters else ("g", "h"))
    offset = chance.choice(("", "", "", " offset 10m"))
    window = chance.choice(("1m", "3m", "5m", "10m", "1h"))
    if chance.random() < 0.05:
        return f"predict_linear({inner}[{window}]{offset}, 3600)"
    if chance.random() < 0.05:
        return f"quantile_over_time(0.9, {inner}[{window}]{offset})"
    return f"{name}({inner}[{window}]{offset})"


def _vector(chance: random.Random, depth: int = 2) -> str:
    pick = chance.random()
    if depth == 0 or pick < 0.2:
        return _selector(chance, ("g", "h", "a_total"))
    if pick < 0.5:
        return _range(chance)
    inner = _vector(chance, depth - 1)
    by = chance.choice(("", "by (service) ", "by (code) ", "without (code) ", "by (service, code) "))
    if pick < 0.75:
        return f"{chance.choice(('sum', 'avg', 'max', 'min', 'count'))} {by}({inner})"
    return chance.choice((f"abs({inner})", f"-({inner})", f"({inner}) * 2 + 1", f"clamp_max({inner}, 10)", f"({inner}) % 7"))


def expression(chance: random.Random) -> str:
    """One of the shapes that alert rules have."""
    a, b = _range(chance), _range(chance)
    limit = chance.choice((0, 0.5, 3, 20, 100))
    op = chance.choice((">", "<", ">=", "==", "!="))
    shapes = [
        _vector(chance),
        f"({_vector(chance)}) {op} {limit}",
        f"sum by (service) ({a}) / sum by (service) ({b}) {op} {limit}",
        f"sum by (service) ({a}) {op} bool on (service) sum by (service) ({b})",
        f"({a}) {chance.choice(('and', 'unless', 'or'))} ({b})",
        f"({a}) and on (service) ({b}) > {limit}",
        f"({_vector(chance, 1)}) {op} on (service) group_left () max by (service) ({b})",
        f"histogram_quantile({chance.choice((0.5, 0.9, 0.99))}, sum by (le) (rate(d_bucket[{chance.choice(('5m', '30m'))}])))",
        f"histogram_quantile(0.95, sum by (service, le) (rate(d_bucket[5m]))) > {chance.choice((0.3, 0.9))}",
        f"absent({_selector(chance, ('g', 'nothing'))})",
        f"(sum({a}) or vector(0)) == 0",
        f"time() - max by (service) (g) > {chance.choice((100, 4000))}",
        f"max by (service) (g) > {limit} and max by (service) (h) < {limit * 3}",
    ]
    return chance.choice(shapes)


def _round(value: float) -> float:
    return math.floor(value * 1e6 + 0.5) / 1e6 if math.isfinite(value) else value


def _shown(found: Labels) -> str:
    pairs = dict(found)
    name = pairs.pop("__name__", "")
    return name + "{" + ", ".join(f"{key}={json.dumps(value)}" for key, value in sorted(pairs.items())) + "}"


def _input(made: list[Series]) -> list[dict[str, str]]:
    rows = []
    for one in made:
        known = dict(zip(one.times, one.values, strict=True))
        values = [known.get(minute * STEP) for minute in range(MINUTES)]
        text = " ".join("_" if value is None else repr(value).removesuffix(".0") for value in values)
        rows.append({"series": _shown((("__name__", one.name), *one.labels)), "values": text})
    return rows


def promtool(folder: Path, document: dict[str, object]) -> str:
    (folder / "t.yml").write_text(yaml.safe_dump(document, width=10_000), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", "t.yml"], cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_values_agree(tmp_path: Path) -> None:
    tests, pairs = [], 0
    for seed in range(PAIRS):
        chance = random.Random(seed)
        made, text = series(chance), expression(chance)
        checks = []
        for minute in AT:
            try:
                found = evaluate(parse(text), Data(made), minute * STEP)
            except ValueError:  # several series match one: promtool refuses it too, in other words
                continue
            assert isinstance(found, dict)
            # Rounded on both sides: sums in another order differ in the last bit. Rounding drops the name.
            samples = [{"labels": _shown(tuple(p for p in key if p[0] != "__name__")), "value": _round(value)} for key, value in found.items()]
            checks.append({"expr": f"round(({text}), 0.000001)", "eval_time": f"{minute}m", "exp_samples": samples})
        pairs += bool(checks)
        tests.append({"interval": "1m", "input_series": _input(made), "promql_expr_test": checks})
    assert pairs >= 200
    complaint = promtool(tmp_path, {"evaluation_interval": "1m", "tests": tests})
    assert not complaint, complaint[:3000]


def test_alerts_fire_at_the_same_minutes(tmp_path: Path) -> None:
    rules, tests, fired = [], [], 0
    for seed in range(60):
        chance = random.Random(1000 + seed)
        made = series(chance)
        text = f"sum by (service) ({_range(chance)}) {chance.choice(('>', '<'))} {chance.choice((0, 3, 20, 100))}"
        hold = chance.choice((0, 1, 5, 10))
        rule = AlertRule(f"Alert{seed}", parse(text), hold * 60.0)
        rules.append({"alert": rule.name, "expr": text, "for": f"{hold}m"})
        firing = run(rule, Data(made), 0, (MINUTES - 1) * STEP)
        checks = []
        for minute in range(0, MINUTES, 4):
            at = minute * STEP
            now = [dict(f.labels) for f in firing if f.start <= at and (f.until is None or at < f.until)]
            fired += len(now)
            checks.append({"alertname": rule.name, "eval_time": f"{minute}m", "exp_alerts": [{"exp_labels": one} for one in now]})
        tests.append({"interval": "1m", "input_series": _input(made), "alert_rule_test": checks})
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8")
    assert fired > 100
    complaint = promtool(tmp_path, {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests})
    assert not complaint, complaint[:3000]
