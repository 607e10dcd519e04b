"""Which candidates are one action: the same form for the same thing, with all evidence; and which are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from postmortem_actions import Plan, plan
from postmortem_actions.core.policy import Category, Form, OriginKind

TODAY = date(2025, 3, 4)
HEAD = "# Checkout was slow\n\nDate: 2025-03-03\nService: checkout\n\n"
Planned = Callable[[str], Plan]


@pytest.fixture
def planned() -> Planned:
    """Plan a document with room for everything."""
    return lambda text: plan(HEAD + text, today=TODAY, capacity="high")


def _all(made: Plan) -> list:  # type: ignore[type-arg]
    return [*made.actions, *(entry.action for entry in made.deferred)]


CAUSE = "## Root cause\n\nThere was no index on orders.email, so the query scanned the whole table.\n\n"


def test_a_gap_and_the_rule_that_knows_it_give_one_alert_with_both_lines(planned: Planned) -> None:
    made = planned(CAUSE + "## Detection\n\nThere was no alert on slow queries.\n")
    alerts = [action for action in _all(made) if action.form is Form.ALERT]
    assert len(alerts) == 1
    lines = {evidence.span.start for evidence in alerts[0].evidence}
    assert lines >= {8, 12}
    assert alerts[0].origin.also


def test_two_alerts_on_different_things_stay_two(planned: Planned) -> None:
    text = "## Detection\n\nThere was no alert on slow queries.\n\nThere was no alert on the age of the nightly backup.\n"
    alerts = [action for action in _all(planned(CAUSE + text)) if action.form is Form.ALERT]
    assert len(alerts) == 2


def test_a_stated_action_keeps_its_words_and_takes_in_the_rules_action(planned: Planned) -> None:
    made = planned(
        CAUSE + "## Action items\n\n- Create the missing index on orders.email (@ana, 2025-03-10)\n"
    )
    index = [action for action in _all(made) if "index on" in action.title.lower()]
    assert len(index) == 1
    assert index[0].origin.kind is OriginKind.STATED
    assert index[0].title.startswith("Create the missing index on orders.email")
    assert index[0].owner.person in ("@ana", "ana")
    assert index[0].due.on == date(2025, 3, 10)
    assert index[0].artifact is not None, "completed with the migration that the rule knows"
    assert "databases.missing-index/add-index" in index[0].origin.also


def test_what_the_document_says_is_done_is_not_proposed_again(planned: Planned) -> None:
    made = planned(CAUSE + "## Action items\n\n- [x] Create the missing index on orders.email\n")
    assert not [action for action in made.actions if "index on orders.email" in action.title.lower()]
    deferred = [entry for entry in made.deferred if "index on orders.email" in entry.action.title.lower()]
    assert [entry.code for entry in deferred] == ["stated-done"]


def test_a_general_action_yields_to_the_one_that_knows_the_failure(planned: Planned) -> None:
    made = planned(
        "## Root cause\n\nCalls from checkout to Stripe had no timeout configured.\n\n"
        "## What went poorly\n\nThere was no runbook for an outage of Stripe.\n"
    )
    runbooks = [action for action in _all(made) if action.form is Form.RUNBOOK]
    assert len(runbooks) == 1
    assert "Stripe" in runbooks[0].title


def test_security_actions_need_a_reason(planned: Planned) -> None:
    made = planned(CAUSE)
    assert not [action for action in _all(made) if action.category is Category.SECURITY]


def test_what_was_done_during_the_incident_is_to_be_verified_not_done_again(planned: Planned) -> None:
    made = planned(CAUSE + "## Resolution\n\nAt 10:20 we created the index on orders.email and latency fell.\n")
    assert not [action for action in made.actions if action.title.startswith("Add an index")]
    (entry,) = [entry for entry in made.deferred if entry.action.title.startswith("Add an index")]
    assert entry.code == "stated-done"
    assert "verify" in entry.reason
    assert entry.action.evidence[0].span.start == 12


@pytest.mark.parametrize(
    "line",
    [
        "We will create the index on orders.email tomorrow.",
        "We tried to create the index on orders.email, but it locked the table.",
        "A temporary index on orders.email was created.",
    ],
)
def test_a_plan_a_try_or_something_temporary_is_not_done(planned: Planned, line: str) -> None:
    made = planned(CAUSE + f"## Resolution\n\n{line}\n")
    everything = [action.title for action in made.actions]
    assert any("index on orders.email" in title for title in everything)
