"""Both sides of a ticket compared: what changed since they agreed, whose change counts, and that nothing comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from postmortem_actions.core.policy import ActionState, Category, Effort, Impact, Priority, Strength
from postmortem_actions.core.tracking.fields import (
    Field,
    Side,
    agree,
    agreed_now,
    change_of,
    compare,
    our_values,
    their_values,
)
from postmortem_actions.core.tracking.record import TicketRecord, TrackedAction
from postmortem_actions.core.tracking.ticket_text import ticket_title
from postmortem_actions.core.tracking.tickets import Closed, TicketDraft, TicketRef, TicketState

AT = datetime(2026, 11, 2, tzinfo=UTC)
ACTION = TrackedAction(
    "inc-1", "A1", "Alert on a full pool", Category.DETECTION, Priority.P1, Impact.HIGH, Effort.S, Strength.STRONG, AT, AT,
    ActionState.ACCEPTED, "alice", True, due=date(2026, 12, 1),
)  # fmt: skip
PEOPLE = {"alice": "al-1"}
DRAFT = TicketDraft("m", "g", ticket_title(ACTION), "…", assignee="al-1", due=ACTION.due)
TICKET = TicketRecord("inc-1", "A1", "t", "p", "1", "id-1", "", "m", agreed_now(ACTION, DRAFT))
STATE = TicketState(
    TicketRef("1", "id-1", ""), title=DRAFT.title, assignee="al-1", due=ACTION.due, updated=AT
)


def found(action: TrackedAction, state: TicketState, ticket: TicketRecord = TICKET) -> dict[Field, Side]:
    told = compare(ticket, our_values(action, PEOPLE), their_values(state), action.changed, state.updated)
    return {one.field: one.side for one in told}


def test_right_after_it_was_made_nothing_differs() -> None:
    assert found(ACTION, STATE) == {}


def test_what_the_tracker_did_not_take_is_no_change_of_anybody() -> None:
    assert found(ACTION, replace(STATE, assignee=None, due=None)) == {}


def test_a_change_on_either_side_is_that_side_s() -> None:
    assert found(ACTION, replace(STATE, closed=Closed.DONE)) == {Field.STATUS: Side.THEIRS}
    assert found(ACTION, replace(STATE, title="Another")) == {Field.TITLE: Side.THEIRS}
    assert found(replace(ACTION, due=date(2027, 1, 1)), STATE) == {Field.DUE: Side.OURS}
    assert found(replace(ACTION, state=ActionState.DECLINED), STATE) == {Field.STATUS: Side.OURS}


def test_a_title_of_ours_with_its_number_and_priority_is_the_same_title() -> None:
    assert found(ACTION, replace(STATE, title="A1: Alert on a full pool (P1)")) == {}


def test_where_both_changed_the_later_counts_and_it_is_a_conflict() -> None:
    ours = replace(ACTION, due=date(2027, 1, 1), changed=AT + timedelta(hours=1))
    for hours, side in ((2, Side.THEIRS), (0, Side.OURS)):
        theirs = replace(STATE, due=date(2027, 2, 2), updated=AT + timedelta(hours=hours))
        (one,) = compare(TICKET, our_values(ours, PEOPLE), their_values(theirs), ours.changed, theirs.updated)
        assert (one.side, one.conflict, one.ours, one.theirs) == (side, True, "2027-01-01", "2027-02-02")


def test_both_sides_changed_alike_is_no_difference() -> None:
    assert found(replace(ACTION, due=date(2027, 1, 1)), replace(STATE, due=date(2027, 1, 1))) == {}


def test_what_is_pushed() -> None:
    ours = replace(ACTION, title="Another", owner=None, due=None, state=ActionState.CLAIMED_DONE)
    change = change_of(compare(TICKET, our_values(ours, PEOPLE), their_values(STATE), AT, AT), ours)
    assert change is not None
    assert (change.title, change.clear_assignee, change.clear_due, change.closed) == (
        "A1: Another (P1)", True, True, Closed.DONE,
    )  # fmt: skip
    assert change_of((), ours) is None


_VALUES = st.fixed_dictionaries({field: st.sampled_from(["", "a", "b", "2026-12-01"]) for field in Field})


@given(_VALUES, _VALUES, _VALUES, _VALUES, st.booleans())
def test_once_agreed_the_same_values_never_differ_again(
    ours: dict[Field, str],
    theirs: dict[Field, str],
    our_next: dict[Field, str],
    their_next: dict[Field, str],
    later: bool,
) -> None:
    ticket = replace(TICKET, agreed=agree(ours, theirs))
    assert compare(ticket, ours, theirs, AT, AT) == ()
    for one in compare(ticket, our_next, their_next, AT, AT + timedelta(hours=1 if later else -1)):
        we, they = our_next[one.field] != ours[one.field], their_next[one.field] != theirs[one.field]
        assert we or they
        assert one.conflict == (we and they)
        assert one.side is (Side.OURS if we and (not they or not later) else Side.THEIRS)
