"""Reminders: who hears of what, when it goes up a level, and when nobody is to be disturbed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem_actions.core.context import Calendar
from postmortem_actions.core.policy import ActionState, Category, Effort, Impact, Priority, Strength
from postmortem_actions.core.tracking.record import Proof, TrackedAction
from postmortem_actions.core.tracking.remind import Digest, Reason, digest_text, digests, is_quiet
from postmortem_actions.core.tracking.settings import ReminderSettings
from postmortem_actions.core.tracking.standing import standing
from postmortem_actions.render.ics import due_calendar

MONDAY = date(2026, 11, 23)
AT = datetime(2026, 11, 2, tzinfo=UTC)
ALICE = TrackedAction(
    "inc-1", "A1", "Alert on a full pool", Category.DETECTION, Priority.P1, Impact.HIGH, Effort.S, Strength.STRONG, AT, AT,
    ActionState.ACCEPTED, "alice", True, due=MONDAY + timedelta(days=30),
)  # fmt: skip
SETTINGS = ReminderSettings(coordinator="carol", sponsor="sam")


def told(
    *actions: TrackedAction, gone: tuple[str, ...] = (), settings: ReminderSettings = SETTINGS
) -> dict[str, list[Reason]]:
    states = {action.id: action.state for action in actions}
    rows = [(action, standing(action, MONDAY, Calendar(), states, gone)) for action in actions]
    found = digests(rows, {"inc-1": "Pool full"}, MONDAY, settings)
    return {digest.person: [item.reason for item in digest.items] for digest in found}


@pytest.mark.parametrize(
    ("due", "reasons"),
    [
        (30, {}),
        (2, {"alice": [Reason.SOON]}),
        (3, {}),
        (0, {"alice": [Reason.TODAY]}),
        (-3, {"alice": [Reason.OVERDUE]}),  # Friday: one working day late
        (-1, {"alice": [Reason.OVERDUE]}),  # Sunday
        (-4, {"alice": [Reason.OVERDUE]}),
        (-5, {"alice": [Reason.OVERDUE], "carol": [Reason.ESCALATED]}),
        (-14, {"alice": [Reason.OVERDUE], "carol": [Reason.ESCALATED], "sam": [Reason.ESCALATED]}),
    ],
)
def test_a_due_date_comes_and_goes(due: int, reasons: dict[str, list[Reason]]) -> None:
    assert told(replace(ALICE, due=MONDAY + timedelta(days=due))) == reasons


def test_a_p0_goes_up_after_half_of_the_time() -> None:
    late = replace(ALICE, due=MONDAY - timedelta(days=4))  # two working days
    assert "carol" not in told(late)
    assert told(replace(late, priority=Priority.P0))["carol"] == [Reason.ESCALATED]


@pytest.mark.parametrize(
    ("change", "person", "reason"),
    [
        ({"state": ActionState.PROPOSED}, "alice", Reason.ACCEPT),
        ({"state": ActionState.CLAIMED_DONE}, "alice", Reason.EVIDENCE),
        ({"state": ActionState.CLAIMED_DONE, "proofs": (Proof("seen", "a", AT),)}, "alice", Reason.VERIFY),
        ({"owner": None}, "carol", Reason.OWNERLESS),
        ({"owner": "dave"}, "carol", Reason.ORPHANED),
        ({"state": ActionState.RISK_ACCEPTED, "review_on": MONDAY}, "alice", Reason.REVIEW),
        ({"effort": Effort.L, "due": MONDAY + timedelta(days=4)}, "alice", Reason.AT_RISK),
    ],
)
def test_what_else_people_hear_of(change: dict[str, object], person: str, reason: Reason) -> None:
    assert told(replace(ALICE, **change), gone=("dave",)) == {person: [reason]}  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [ActionState.VERIFIED, ActionState.DECLINED, ActionState.WITHDRAWN])
def test_what_is_over_is_not_spoken_of(state: ActionState) -> None:
    assert told(replace(ALICE, state=state, due=MONDAY - timedelta(days=40))) == {}


def test_one_digest_a_person_with_the_most_urgent_first_each_action_once() -> None:
    late = replace(ALICE, due=MONDAY - timedelta(days=20), owner="Carol")
    soon = replace(ALICE, id="A2", due=MONDAY + timedelta(days=1), owner="@carol")
    found = told(soon, late)
    assert found == {"carol": [Reason.OVERDUE, Reason.SOON], "sam": [Reason.ESCALATED]}


def test_the_text_says_where_and_how_late() -> None:
    late = replace(ALICE, due=MONDAY - timedelta(days=7))
    rows = [(late, standing(late, MONDAY, Calendar(), {}))]
    (digest,) = digests(rows, {"inc-1": "Pool full"}, MONDAY, ReminderSettings())
    text = digest_text(digest, MONDAY)
    assert "`inc-1/A1` P1 Alert on a full pool (Pool full), due 2026-11-16, 5 working days late" in text
    assert text.startswith("**1 postmortem action** on 2026-11-23")


@pytest.mark.parametrize(
    ("hour", "quiet"), [(17, False), (18, True), (23, True), (3, True), (7, True), (8, False), (12, False)]
)
def test_quiet_hours_pass_midnight_and_are_those_of_the_zone(hour: int, quiet: bool) -> None:
    settings = ReminderSettings(quiet=(time(18), time(8)), zone="Europe/Berlin")
    assert is_quiet(datetime(2026, 11, 23, hour - 1 if hour else 23, 30, tzinfo=UTC), settings) is quiet


@given(st.times(), st.times(), st.datetimes(timezones=st.just(UTC)))
def test_quiet_hours_and_the_others_make_a_day(begin: time, end: time, at: datetime) -> None:
    if begin == end:
        return
    one = is_quiet(at, ReminderSettings(quiet=(begin, end)))
    assert one is not is_quiet(at, ReminderSettings(quiet=(end, begin)))


def test_as_a_calendar() -> None:
    icalendar = pytest.importorskip("icalendar")
    late = replace(ALICE, title="Alert, on; a full\npool", due=MONDAY - timedelta(days=20))
    undated = replace(ALICE, id="A2", due=None, state=ActionState.PROPOSED)
    rows = [(a, standing(a, MONDAY, Calendar(), {})) for a in (late, undated)]
    found = digests(rows, {"inc-1": "Pool full"}, MONDAY, SETTINGS)
    events = list(icalendar.Calendar.from_ical(due_calendar(found, MONDAY)).walk("VEVENT"))
    assert [(event.decoded("dtstart"), str(event["summary"])) for event in events] == [
        (late.due, "inc-1/A1 P1: Alert, on; a full\npool"), (MONDAY, "inc-1/A2 P1: Alert on a full pool"),
    ]  # fmt: skip
    moved = due_calendar(
        [Digest("alice", tuple(replace(i, action=replace(i.action, due=MONDAY)) for i in found[0].items))],
        MONDAY,
    )
    assert events[0]["uid"] in moved.replace("\r\n ", "")
    assert list(icalendar.Calendar.from_ical(due_calendar([], MONDAY)).walk("VJOURNAL"))
