"""Every runbook of the catalogue leads through an incident at night: a time box, the risk of each option, and all sections."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from postmortem_actions import plan
from postmortem_actions.core.artifacts.files import artifact_files
from postmortem_actions.core.artifacts.runbooks import is_runbook, whole
from postmortem_actions.core.knowledge import Knowledge

REPOSITORY = Path(__file__).parents[1]
SECTIONS = ("Symptoms", "Diagnosis", "Mitigation", "Verification", "Escalation", "Follow-up")


@pytest.fixture(scope="module")
def books(knowledge: Knowledge) -> dict[str, str]:
    found = {
        f"{rule.id}/{action.id}": action.artifact.body
        for rule in knowledge.catalogue.rules
        for action in rule.actions
        if action.artifact is not None and is_runbook(action.artifact.path or "")
    }
    assert len(found) >= 45
    return found


def section(body: str, name: str) -> str:
    found = re.search(rf"(?ms)^## {name}[^\n]*\n(.*?)(?=^## |\Z)", body)
    return found[1] if found else ""


def test_every_diagnosis_ends_after_a_time(books: dict[str, str]) -> None:
    without = [where for where, body in books.items() if not re.search(r"(?m)^## Diagnosis.*\(time box: \d+ minutes\)$", body)]
    assert not without


def test_nearly_every_option_says_what_it_may_break(books: dict[str, str]) -> None:
    told = silent = 0
    for where, body in books.items():
        options = section(body, "Mitigation")
        assert options, where
        assert "risk" in options.lower(), where
        for option in re.findall(r"(?m)^\d+\. .*(?:\n(?: {2,}|\t)\S.*)*$", options):
            if "Risk: " in option:
                told += 1
                assert option.rstrip().endswith((".", "TODO(risk)")), f"{where}: {option}"
            else:
                silent += 1
    assert told > 130
    assert silent <= 6, "what forbids or only records has no risk"


def test_a_written_runbook_has_every_section_and_no_risk_left_unsaid(knowledge: Knowledge) -> None:
    made = plan(str(REPOSITORY / "examples/payment-api-timeout/rca.md"), today=date(2025, 1, 16))
    (book,) = [one for one in artifact_files(made, "INC-2025-002") if is_runbook(one.path)]
    assert all(f"\n## {name}" in book.body for name in SECTIONS)
    assert "TODO(risk)" not in book.body


def test_a_users_runbook_gets_a_time_box_and_a_place_for_each_risk() -> None:
    made = plan(str(REPOSITORY / "examples/payment-api-timeout/rca.md"), today=date(2025, 1, 16))
    body = "# Ours\n\n## Diagnosis\n1. Look.\n\n## Mitigation\n1. Restart it.\n2. Fail over. Risk: reads are old.\n   And wait.\n"
    text = whole(body, made.actions[0], made, [])
    assert "## Diagnosis\nTime box: 10 minutes, then mitigate by what is known.\n1. Look." in text
    assert "1. Restart it. Risk: TODO(risk)\n2. Fail over. Risk: reads are old.\n   And wait." in text
    assert all(f"\n## {name}" in text for name in SECTIONS)
    assert whole(text, made.actions[0], made, []) == text, "once is enough"
