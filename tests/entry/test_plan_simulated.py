"""``pma plan --simulate``: the coverage map says what the incident played again proves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.entry.conftest import Ran

from postmortem_actions.core.artifacts.rules import joined_rules
from postmortem_actions.core.model import Artifact

RCA = str(Path(__file__).parents[2] / "examples/payment-api-timeout/rca.md")


def test_a_plan_says_what_the_simulation_proves(pma: Callable[..., Ran]) -> None:
    text = pma("plan", RCA, "--today", "2025-01-16", "--simulate", "--no-save", "--format", "markdown").out
    assert "proved by simulation: fires after 4 min, people noticed after 12 min" in text
    assert "are proved by simulation." in text
    told = json.loads(pma("plan", RCA, "--today", "2025-01-16", "--simulate", "--no-save", "--json").out)
    proofs = {row["signal"]: row["proof"] for row in told["coverage"]["rows"]}
    assert proofs["Error rate of calls to the dependency"] == {"by": ["A3"], "minutes_before": 12.0, "minutes_after": 4.0}
    assert proofs["Age of the oldest pending request"] is None
    assert proofs["Circuit breaker state"] is None, "no alert of the plan speaks of it"
    plain = pma("plan", RCA, "--today", "2025-01-16", "--no-save", "--format", "markdown").out
    assert "proved by simulation" not in plain


def test_a_length_of_days_is_told_in_days_and_what_is_not_told_is_not_called_never(pma: Callable[..., Ran]) -> None:
    source = str(Path(RCA).parents[1] / "pii-in-logs/request.md")
    text = pma("plan", source, "--today", "2025-01-13", "--simulate", "--no-save", "--format", "markdown").out
    assert re.search(r"\| planned: alert and check \(A\d+, A\d+\); proved by simulation: fires after 5 min \|", text)
    assert "fires after 24.0 h" in text
    told = pma("simulate", source, "--today", "2025-01-13").out
    assert "to detect: never" not in told


A = "groups:\n  - name: a\n    rules:\n      - alert: One\n        expr: up == 0"
B = "groups:\n  - name: b\n    rules:\n      - alert: Two\n        expr: up == 1"


def test_alerts_of_merged_actions_stand_in_one_file() -> None:
    one, two = Artifact("yaml", A, "a", "a.yml"), Artifact("yaml", B, "b", "b.yml")
    both = joined_rules(one, two)
    assert both is not None
    assert both.body == A + "\n" + B.removeprefix("groups:\n") + "\n"
    assert (both.title, both.path) == ("a", "a.yml")
    assert joined_rules(one, one) == one
    assert joined_rules(both, two) == both
    assert joined_rules(None, two) is None
    assert joined_rules(one, None) == one
    assert joined_rules(Artifact("python", "x"), two) == Artifact("python", "x")
    assert joined_rules(one, Artifact("yaml", "groups: []")) == one
    assert joined_rules(one, Artifact("yaml", B.replace("Two", "TODO_name"))) == one
