"""What a document tells beside the failures that phrases know: it fills room that is left, and takes none."""

from __future__ import annotations

from datetime import date

from postmortem_actions import Plan, Request
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.pipeline import build_plan, read_rca
from postmortem_actions.core.policy import Capacity, FailureRole, Priority

HEAD = "# Sign-in slow\n\nDate: 2026-10-01\n\n## Root cause\n\nThe TLS certificate of the sign-in host expired on Thursday.\n\n## What happened\n\n"
# No phrase knows the second sentence; its words are those of leaked secrets.
BESIDES = "While looking we saw the live service account key in the template of our public repository, in a pull request of June.\n"


def plan_of(text: str, knowledge: Knowledge) -> Plan:
    rca = read_rca(HEAD + text, "rca.md", knowledge.reading)
    return build_plan(rca, Request("rca.md", date(2026, 11, 2), capacity=Capacity.HIGH), knowledge)


def test_a_kind_that_only_the_words_tell_of_is_asked_about_and_never_urgent(knowledge: Knowledge) -> None:
    plan = plan_of(BESIDES, knowledge)
    (mode,) = [mode for mode in plan.failure_modes if mode.by_words]
    assert (mode.kind, mode.role) == ("access.secret-leaked", FailureRole.CONTRIBUTING)
    assert mode.evidence[0].span.start == 11
    assert any("access.secret-leaked" in question for question in plan.open_questions)
    own = [a for a in (*plan.actions, *(d.action for d in plan.deferred)) if a.addresses == (mode.id,)]
    assert own
    assert {action.priority for action in own} <= {Priority.P2, Priority.P3}


def test_what_the_document_says_outright_comes_first(knowledge: Knowledge) -> None:
    plan = plan_of(BESIDES, knowledge)
    guessed = {mode.id for mode in plan.failure_modes if mode.by_words}
    order = [set(action.addresses) <= guessed for action in plan.actions]
    assert order == sorted(order)
    assert not order[0]


def test_without_such_words_nothing_is_added(knowledge: Knowledge) -> None:
    plan = plan_of("While looking we had a good lunch in the garden of the neighbours, and the weather was fine.\n", knowledge)
    assert not any(mode.by_words for mode in plan.failure_modes)


def test_a_habit_is_not_the_cause_where_the_cause_hints_at_a_failure_told_elsewhere(knowledge: Knowledge) -> None:
    text = (
        "# Planner down\n\nDate: 2026-10-01\n\n## Summary\n\nThe migration rewrote the whole table and held an exclusive lock on it for an hour.\n\n"
        "## Root cause\n\nThe author wrote the migration as the manual shows. The review looked at the models only and did not see it.\n"
    )
    plan = build_plan(read_rca(text, "rca.md", knowledge.reading), Request("rca.md", date(2026, 11, 2)), knowledge)
    assert plan.failure_modes[0].role is FailureRole.PRIMARY
    assert plan.failure_modes[0].kind == "databases.blocking-migration"
