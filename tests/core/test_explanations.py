"""Every choice of a plan can be asked: why this action, this priority, this owner, this date."""

from __future__ import annotations

from datetime import date

import pytest
from tests.regenerate import REPOSITORY

from postmortem_actions import Plan, plan
from postmortem_actions.core.explain import explain


@pytest.fixture(scope="module")
def made() -> Plan:
    """The plan of an example."""
    return plan(str(REPOSITORY / "examples/orders-api-timeout/rca.md"), today=date(2025, 1, 16))


def test_each_action_answers_each_question_with_what_can_be_checked(made: Plan) -> None:
    for action in made.actions:
        explanation = explain(made, action.id)
        assert explanation is not None
        answers = dict(explanation.answers)
        assert action.priority.value in answers["Why this priority?"]
        assert "L" in answers["On which lines?"]
        assert answers["Why this owner?"].find(action.owner.person or "unresolved") >= 0
        assert str(action.due.on) in " ".join(answers.values())


def test_the_owner_is_explained_by_the_line_that_names_them(made: Plan) -> None:
    answers = dict(explain(made, "a3").answers)  # type: ignore[union-attr]
    assert "@charlie" in answers["Why this owner?"]
    assert "L65" in answers["Why this owner?"]


def test_a_deferred_action_says_why_it_waits(made: Plan) -> None:
    explanation = explain(made, made.deferred[0].action.id)
    assert explanation is not None
    assert made.deferred[0].reason in dict(explanation.answers)["Why is it deferred?"]


def test_an_unknown_id_is_no_action(made: Plan) -> None:
    assert explain(made, "A99") is None
