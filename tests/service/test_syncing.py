"""Sync: what people do in the tracker arrives here, what they do here arrives there, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.world import World, world

from postmortem_actions.core.policy import ActionState
from postmortem_actions.core.tracking.life import Step
from postmortem_actions.core.tracking.record import TrackedAction
from postmortem_actions.core.tracking.tickets import Closed, TicketDraft
from postmortem_actions.service import keeping
from postmortem_actions.service.syncing import Synced, sync


@pytest.fixture
def here(tmp_path: Path) -> World:
    made = world(tmp_path)
    made.tracker.now = made.clock.now
    made.settings = replace(made.settings, people=(("alice", "al-42"),))
    made.publish(made.plan())
    return made


NAME = "inc-2025-003"


def action(here: World, which: str) -> TrackedAction:
    return next(a for a in keeping.read_kept(here.ports, NAME)[1] if a.id == which)


def synced(here: World) -> Synced:
    here.clock.at += timedelta(hours=1)
    return sync(here.ports)


def test_right_after_publishing_nothing_differs(here: World) -> None:
    before = here.tracker.requests
    told = synced(here)
    assert (told.looked_at, told.taken, told.pushed, told.conflicts, told.reported) == (8, [], [], [], [])
    assert here.tracker.requests == before
    assert action(here, "A1").state is ActionState.PROPOSED


def test_a_closed_ticket_is_claimed_done_and_never_verified(here: World) -> None:
    here.tracker.close(here.ticket(NAME, "A1"), Closed.DONE, "bob")
    synced(here)
    it = action(here, "A1")
    assert (it.state, it.by, it.proofs) == (ActionState.CLAIMED_DONE, "bob in memory", ())
    assert synced(here).taken == []  # our own echo


def test_a_ticket_closed_as_not_planned_is_declined_with_who_and_why(here: World) -> None:
    here.tracker.close(here.ticket(NAME, "A2"), Closed.NOT_PLANNED, "bob")
    synced(here)
    it = action(here, "A2")
    assert (it.state, it.by) == (ActionState.DECLINED, "bob in memory")
    assert "not planned" in it.why
    here.tracker.reopen(here.ticket(NAME, "A2"))
    synced(here)
    assert action(here, "A2").state is ActionState.ACCEPTED


def test_what_people_change_in_the_tracker_is_taken_over(here: World) -> None:
    ticket = here.ticket(NAME, "A3")
    here.tracker.assign(ticket, "al-42")
    here.tracker.set_due(ticket, date(2025, 2, 20))
    here.tracker.set_title(ticket, "A3: Ask for EXPLAIN in every migration (P0)")
    here.tracker.work_on(ticket)
    here.tracker.say(ticket, "carol", "Looks good.\n\nEvidence: https://ci/9")
    synced(here)
    it = action(here, "A3")
    assert (it.owner, it.due, it.title) == ("@alice", date(2025, 2, 20), "Ask for EXPLAIN in every migration")
    assert it.state is ActionState.IN_PROGRESS
    assert [(p.by, p.text) for p in it.proofs] == [("carol", "https://ci/9")]
    assert synced(here).taken == []


def test_what_people_change_here_is_pushed(here: World) -> None:
    keeping.edit_action(
        here.ports, NAME, ["A4"], {"owner": "bob", "due": None, "title": "Set a timeout"}, "dana"
    )
    keeping.move(here.ports, NAME, ["A5"], Step.DECLINE, "dana", why="no")
    synced(here)
    state = here.tracker.read([here.ticket(NAME, "A4")])[0]
    assert (state.assignee, state.due, state.title) == ("bob", None, "A4: Set a timeout (P1)")
    assert here.tracker.read([here.ticket(NAME, "A5")])[0].closed is Closed.NOT_PLANNED
    keeping.move(here.ports, NAME, ["A5"], Step.REOPEN, "dana", why="after all")
    synced(here)
    assert here.tracker.read([here.ticket(NAME, "A5")])[0].closed is None
    assert synced(here).pushed == []


@pytest.mark.parametrize("tracker_last", [True, False])
def test_where_both_changed_the_later_counts_and_the_other_stands_in_the_history(
    here: World, tracker_last: bool
) -> None:
    def there() -> None:
        here.tracker.set_due(here.ticket(NAME, "A1"), date(2025, 3, 3))

    def ours() -> None:
        keeping.edit_action(here.ports, NAME, ["A1"], {"due": date(2025, 4, 4)}, "dana")

    for act in (ours, there) if tracker_last else (there, ours):
        here.clock.at += timedelta(minutes=5)
        act()
    told = synced(here)
    wins = date(2025, 3, 3) if tracker_last else date(2025, 4, 4)
    assert told.conflicts == [(f"{NAME}/A1", "due", "2025-04-04", "2025-03-03", wins.isoformat())]
    assert action(here, "A1").due == here.tracker.read([here.ticket(NAME, "A1")])[0].due == wins
    conflict = next(e for e in keeping.events(here.ports, NAME, "A1") if e.what == "conflict")
    assert "2025-04-04" in conflict.why
    assert "2025-03-03" in conflict.why
    assert synced(here).conflicts == []


def test_an_assignee_the_tracker_did_not_take_is_not_taken_from_the_owner(here: World) -> None:
    here.tracker.assign(
        here.ticket(NAME, "A2"), None
    )  # dropped when it was made: nobody is assigned on the first look
    assert synced(here).taken == []
    assert action(here, "A2").owner == "@bob"
    here.tracker.assign(here.ticket(NAME, "A2"), "carol")
    synced(here)
    assert action(here, "A2").owner == "@carol"


def test_deleted_moved_and_merged_tickets_are_reported_and_the_action_stays(here: World) -> None:
    here.tracker.delete(here.ticket(NAME, "A1"))
    new = here.tracker.move(here.ticket(NAME, "A2"), "OPS-9")
    here.tracker.close(here.ticket(NAME, "A3"), Closed.DUPLICATE)
    told = synced(here)
    assert [name for name, _ in told.reported] == [f"{NAME}/A1", f"{NAME}/A2", f"{NAME}/A3"]
    assert {action(here, which).state for which in ("A1", "A2", "A3")} == {ActionState.PROPOSED}
    assert here.ticket(NAME, "A2") == new
    again = synced(here)
    assert again.reported == []
    assert again.looked_at == 7  # what is gone is not asked for again


def test_a_ticket_opened_again_does_not_undo_what_was_verified(here: World) -> None:
    keeping.move(here.ports, NAME, ["A1"], Step.DONE, "alice", proofs=["seen"])
    keeping.move(here.ports, NAME, ["A1"], Step.VERIFY, "bob")
    synced(here)
    here.tracker.reopen(here.ticket(NAME, "A1"))
    told = synced(here)
    assert action(here, "A1").state is ActionState.VERIFIED
    assert "verified" in told.reported[0][1]


def test_a_ticket_made_twice_behind_our_back_is_closed(here: World) -> None:
    draft = here.tracker.tickets[here.ticket(NAME, "A4").id].draft
    here.tracker.create(draft)
    assert synced(here).retired == 1
    same = [
        t for t in here.tracker.tickets.values() if t.draft.marker == draft.marker and t.state.closed is None
    ]
    assert [t.state.ref for t in same] == [here.ticket(NAME, "A4")]


def test_a_dry_run_changes_neither_side(here: World) -> None:
    here.tracker.close(here.ticket(NAME, "A1"), Closed.DONE)
    keeping.edit_action(here.ports, NAME, ["A4"], {"title": "Set a timeout"}, "dana")
    before = here.tracker.requests
    told = sync(here.ports, dry_run=True)
    assert told.pushed
    assert here.tracker.requests == before
    assert action(here, "A1").state is ActionState.PROPOSED


def test_titles_with_brackets_of_their_own_survive(here: World) -> None:
    ticket = here.ticket(NAME, "A6")
    here.tracker.set_title(ticket, "Dashboards (P1) for everybody")
    synced(here)
    assert action(here, "A6").title == "Dashboards (P1) for everybody"
    assert isinstance(here.tracker.tickets[ticket.id].draft, TicketDraft)
