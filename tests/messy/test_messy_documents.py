"""Documents as people write them: no headings, a chat, a table, questions for headings, other markups and languages.

Each says in expected.yaml what a careful reader takes from it; what a document does not say must stay empty."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from postmortem_actions.core.failure_modes import find_failure_modes
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Incident, Moment, Rca
from postmortem_actions.core.parse.rca import read_rca
from postmortem_actions.core.policy import FailureRole
from postmortem_actions.wire import ports

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "expected.yaml").read_text(encoding="utf-8"))
NAMES = sorted(EXPECTED)


@lru_cache(maxsize=32)
def text_of(name: str) -> str:
    """The text as the program takes it from the file, whatever its markup."""
    return ports().sources.read(str(HERE / "documents" / name)).text


def rca_of(name: str, knowledge: Knowledge) -> Rca:
    return read_rca(text_of(name), name, knowledge.reading)


def told(incident: Incident, fact: str) -> object:
    value = getattr(incident, fact, None)
    if fact == "users":
        return incident.blast_radius.user_count
    if fact == "zone":
        moments = (incident.started, incident.detected, incident.resolved)
        return next((m.zone for m in moments if m is not None and m.zone), None)
    if fact == "services":
        return [service.text for service in incident.services]
    if isinstance(value, Moment):
        return value.at.isoformat(timespec="minutes") if value.at else None
    if isinstance(value, date):
        return value.isoformat()
    return getattr(value, "text", value)


def test_every_document_is_expected_of() -> None:
    assert sorted(path.name for path in (HERE / "documents").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_facts(name: str, knowledge: Knowledge) -> None:
    incident = rca_of(name, knowledge).incident
    wanted = EXPECTED[name].get("facts", {})
    assert {fact: told(incident, fact) for fact in wanted} == wanted


@pytest.mark.parametrize("name", [n for n in NAMES if EXPECTED[n].get("stated")])
def test_stated_actions(name: str, knowledge: Knowledge) -> None:
    found = {action.text: action for action in rca_of(name, knowledge).stated_actions}
    for wanted in EXPECTED[name]["stated"]:
        action = found.get(wanted["text"])
        assert action is not None, f"{wanted['text']!r} is none of {sorted(found)}"
        assert action.owner == wanted.get("owner")
        assert (action.due.isoformat() if action.due else None) == wanted.get("due")
        assert action.state.value == wanted.get("state", "proposed")


@pytest.mark.parametrize("name", [n for n in NAMES if EXPECTED[n].get("kinds")])
def test_failure_modes(name: str, knowledge: Knowledge) -> None:
    expected = EXPECTED[name]
    found = find_failure_modes(rca_of(name, knowledge), knowledge.catalogue)
    kinds = {entry.mode.kind for entry in found}
    assert set(expected["kinds"]) <= kinds
    assert not kinds & set(expected.get("not_kinds", ()))
    if "primary" in expected:
        assert [entry.mode.kind for entry in found if entry.mode.role is FailureRole.PRIMARY] == [expected["primary"]]


def test_a_chain_of_whys_needs_no_heading_and_its_cause_stands_above_why_nobody_saw_it(knowledge: Knowledge) -> None:
    rca = rca_of("issue.md", knowledge)
    assert len(rca.whys) == EXPECTED["issue.md"]["whys"]
    assert rca.incident.root_causes[0].text.startswith("migrations run without lock timeout")
