"""Actions an RCA states itself: imported from wherever they stand, each once, with what the document gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from postmortem_actions import Request, build_plan
from postmortem_actions.core.model import Rca, StatedAction
from postmortem_actions.core.parse.action_text import take_apart
from postmortem_actions.core.parse.due_dates import due_date
from postmortem_actions.core.policy import ActionState, Category, Effort, Priority

Read = Callable[[str], Rca]
HEAD = "# RCA: queue stuck\n\n**Date:** 2024-05-06\n\n"


def only(rca: Rca) -> StatedAction:
    assert len(rca.stated_actions) == 1, [a.text for a in rca.stated_actions]
    return rca.stated_actions[0]


@pytest.mark.parametrize(
    ("line", "text", "owner", "due"),
    [
        ("- [ ] Add an alert on queue age - Alice by May 22", "Add an alert on queue age", "Alice", date(2024, 5, 22)),
        ("- Add an alert on queue age (owner: Alice, deadline: 2024-05-22)", "Add an alert on queue age", "Alice", date(2024, 5, 22)),
        ("- Add an alert on queue age (@alice)", "Add an alert on queue age", "alice", None),
        ("- @alice to add an alert on queue age by 2024-06-01", "add an alert on queue age", "alice", date(2024, 6, 1)),
        ("1. Add an alert on queue age by Jan 5", "Add an alert on queue age", None, date(2025, 1, 5)),
        ("- Add an alert on queue age (Estimated completion: June 2024)", "Add an alert on queue age", None, date(2024, 6, 30)),
    ],
)
def test_owner_and_date_beside_the_words(line: str, text: str, owner: str | None, due: date | None, read: Read) -> None:
    action = only(read(f"{HEAD}## Action items\n\n{line}\n"))
    assert (action.text, action.owner, action.due) == (text, owner, due)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("- [x] Add an alert on queue age", ActionState.CLAIMED_DONE),
        ("- ✅ Add an alert on queue age", ActionState.CLAIMED_DONE),
        ("- Add an alert on queue age (done)", ActionState.CLAIMED_DONE),
        ("- DONE: Add an alert on queue age", ActionState.CLAIMED_DONE),
        ("- Add an alert on queue age ⏳ In Progress", ActionState.IN_PROGRESS),
        ("- 🚫 Add an alert on queue age (won't fix)", ActionState.DECLINED),
        ("- 📋 Add an alert on queue age: Not Started", ActionState.PROPOSED),
        ("- [ ] Add an alert on queue age", ActionState.PROPOSED),
    ],
)
def test_states(line: str, state: ActionState, read: Read) -> None:
    action = only(read(f"{HEAD}## Follow-ups\n\n{line}\n"))
    assert action.state is state
    assert "alert on queue age" in action.text


def test_a_table_gives_every_column(read: Read) -> None:
    action = only(read(
        f"{HEAD}## Corrective actions\n\n| # | What | Type | Who | Priority | Size | Due date | Status | Ticket | Verification |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
        "| 1 | Limit queue length | Prevention | Bea Lund | P1 | S | 2024-05-20 | In progress | [OPS-7](https://e.org/browse/OPS-7) | Load test passes |\n"
    ))  # fmt: skip
    assert action.text == "Limit queue length"
    assert (action.owner, action.priority, action.effort) == ("Bea Lund", Priority.P1, Effort.S)
    assert (action.category, action.state) == (Category.PREVENTION, ActionState.IN_PROGRESS)
    assert (action.ticket, action.ticket_url) == ("OPS-7", "https://e.org/browse/OPS-7")
    assert (action.due, action.done_when) == (date(2024, 5, 20), "Load test passes")


def test_an_action_told_in_three_places_comes_out_once_with_all_its_lines(read: Read) -> None:
    text = (
        f"{HEAD}## Summary\n\n**Key action items:**\n\n1. Add an alert on queue age by May 22\n\n## Detection gaps\n\n"
        "### Gap 1: no alert\n\n**Action items:**\n\n- [ ] Add an alert on the queue's age - Alice by May 22\n\n"
        "## Action items\n\n| Action | Owner | Deadline |\n|---|---|---|\n| Add alert on queue age | Alice | 2024-05-22 |\n"
    )
    action = only(read(text))
    assert action.text == "Add alert on queue age"
    assert [e.span.start for e in action.evidence] == [23, 17, 9]
    assert action.owner == "Alice"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("## Summary\n\nAction point: pin the base image of the runner.\n", "pin the base image of the runner"),
        ("## Lessons learned\n\nGoing forward, we will rotate the deploy keys every month.\n", "rotate the deploy keys every month"),
        ("## Action items\n\n- Can we alert on the queue's age?\n", "alert on the queue's age"),
        ("## Summary\n\nIt broke.\n\nTODO: pin the base image of the runner\n", "pin the base image of the runner"),
    ],
)
def test_commitments_in_prose(text: str, words: str, read: Read) -> None:
    assert only(read(HEAD + text)).text == words


@pytest.mark.parametrize(
    "text",
    [
        "## Action items\n\n[Specific, owned, deadlined action items]\n",
        "## Action items\n\n| Action | Owner |\n|---|---|\n|  |  |\n| TBD | TBD |\n",
        "## What went well\n\n- Keep the rollback runbook updated\n",
        "## Timeline\n\n- 10:00 We restart the workers\n- 10:05 We will wait\n",
        "## Prevention\n\n- The parser never had a test\n",
        "## Action items\n\nAll action items were added to the epic.\n",
    ],
)
def test_what_is_no_action(text: str, read: Read) -> None:
    assert read(HEAD + text).stated_actions == ()


def test_a_date_that_names_no_day_is_kept_and_told(read: Read) -> None:
    rca = read(f"{HEAD}## Action items\n\n| Action | Due |\n|---|---|\n| Limit queue length | within 2 weeks |\n")
    action = only(rca)
    assert (action.due, action.due_text) == (None, "within 2 weeks")
    assert next(p for p in rca.problems if p.code == "due-date-unclear").line == 9


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)), ("2023-02-29", None), ("22 January 2025", date(2025, 1, 22)),
        ("Q1 2025", date(2025, 3, 31)), ("end of December 2024", date(2024, 12, 31)), ("soon", None),
    ],
)  # fmt: skip
def test_due_dates(text: str, day: date | None) -> None:
    assert due_date(text, date(2024, 5, 6)) == day


def test_words_are_never_eaten_by_what_stands_beside_them() -> None:
    for text in ("Move to Kubernetes 1.30 by design", "Document how the team pages Alice", "Use S3 (versioned)"):
        assert take_apart(text, text, date(2024, 5, 6)).text == text


def test_two_that_ask_for_the_same_are_both_kept_and_the_later_says_so(read: Read) -> None:
    text = (
        "# Checkout outage\n\n## Root cause\n\nThe index on orders.customer_id was missing.\n\n## Action items\n\n"
        "- Add an alert on p95 latency of checkout (owner: Ana, due 2026-12-01)\n- Alert on checkout p95 latency\n"
        "- Alert on the age of the oldest job\n"
    )
    made = build_plan(read(text), Request("rca.md", date(2026, 11, 23)), stated_only=True)
    told = {action.title: " ".join(action.remarks) for action in made.actions}
    twice = {title: "much the same as the action on L9" in remarks for title, remarks in told.items()}
    assert twice == {
        "Add an alert on p95 latency of checkout": False,
        "Alert on checkout p95 latency": True,
        "Alert on the age of the oldest job": False,
    }
    first = next(action for action in made.actions if action.title.startswith("Add an alert"))
    assert (first.owner.person, first.due.on) == ("Ana", date(2026, 12, 1))
