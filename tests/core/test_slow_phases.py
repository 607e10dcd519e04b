"""What the times of the timeline say by themselves: reports that waited, and relief that came late."""

from __future__ import annotations

from datetime import date

import pytest

from postmortem_actions import Plan, Request
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.pipeline import build_plan, read_rca
from postmortem_actions.core.policy import Capacity

HEAD = "# Search slow\n\nDate: 2026-10-01\n\nThe index node ran out of memory.\n\n## Timeline (UTC)\n\n"
DECLARE, HOLD = "Say when a report becomes an incident, and who declares it", "Rehearse this incident from its declaration to the first relief"


def plan_of(timeline: str, knowledge: Knowledge) -> Plan:
    rca = read_rca(HEAD + timeline, "rca.md", knowledge.reading)
    return build_plan(rca, Request("rca.md", date(2026, 11, 2), capacity=Capacity.HIGH), knowledge)


def titles(plan: Plan) -> list[str]:
    return [action.title for action in (*plan.actions, *(entry.action for entry in plan.deferred))]


def test_a_report_that_waited_for_its_incident_is_answered_with_both_lines(knowledge: Knowledge) -> None:
    plan = plan_of("- 09:10 A customer reports empty results\n- 12:52 Incident declared\n- 13:20 Search is back to normal\n", knowledge)
    (action,) = [action for action in plan.actions if action.title == DECLARE]
    assert "from 09:10 to 12:52" in action.rationale
    assert [evidence.span.start for evidence in action.evidence] == [9, 10]
    assert HOLD not in titles(plan)


def test_a_relief_that_came_hours_after_the_declaration_is_answered(knowledge: Knowledge) -> None:
    plan = plan_of("- 09:10 A customer reports empty results\n- 09:20 SEV2 declared\n- 14:05 Search is back to normal\n", knowledge)
    assert HOLD in titles(plan)
    assert DECLARE not in titles(plan)


@pytest.mark.parametrize(
    "timeline",
    [
        "- 09:10 A customer reports empty results\n- 09:20 Incident declared\n- 10:05 Search is back to normal\n",
        "- 09:10 A customer reports empty results\n- 14:05 Search is back to normal\n",
        "- 09:10 UTC A customer reports empty results\n- 14:20 CEST Incident declared\n",
        "- 2026-09-01 09:10 A customer reports empty results\n- 2026-10-01 09:20 Incident declared\n",
    ],
    ids=["in time", "nobody declared", "clocks of two zones", "another month"],
)
def test_what_was_quick_or_cannot_be_reckoned_is_not_held_against_anybody(timeline: str, knowledge: Knowledge) -> None:
    assert not {DECLARE, HOLD} & set(titles(plan_of(timeline, knowledge)))
