"""How an action stands: counted in working days, against a count day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.tracking.test_life import action

from postmortem_actions.core.context import Calendar
from postmortem_actions.core.policy import ActionState, Effort
from postmortem_actions.core.tracking.standing import Condition, standing, working_days

PLAIN = Calendar()
FRIDAY = date(2026, 3, 6)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(
    DAYS,
    st.integers(-10, 800),
    st.frozensets(DAYS, max_size=30),
    st.frozensets(st.integers(0, 6), max_size=6),
)
def test_working_days_are_those_one_counts_on_a_calendar(
    first: date, more: int, off: frozenset[date], weekend: frozenset[int]
) -> None:
    calendar = Calendar(off, weekend)
    last = first + timedelta(days=more)
    slow = sum(1 for n in range(max(0, more + 1)) if calendar.is_working_day(first + timedelta(days=n)))
    assert working_days(first, last, calendar) == slow


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (FRIDAY, 0),
        (FRIDAY + timedelta(days=1), 0),
        (FRIDAY + timedelta(days=2), 0),
        (FRIDAY + timedelta(days=3), 1),
    ],
)
def test_what_is_due_on_friday_is_overdue_on_monday(today: date, late: int) -> None:
    found = standing(action(due=FRIDAY), today, PLAIN, {})
    assert (found.late, Condition.OVERDUE in found) == (late, late > 0)


def test_a_holiday_is_no_day_to_be_late_on() -> None:
    monday = FRIDAY + timedelta(days=3)
    assert standing(action(due=FRIDAY), monday, Calendar(frozenset({monday})), {}).late == 0


@pytest.mark.parametrize("state", [s for s in ActionState if not s.is_open])
def test_what_is_not_open_is_never_overdue_blocked_or_orphaned(state: ActionState) -> None:
    it = action(state=state, due=FRIDAY, depends_on=("A2",))
    found = standing(it, FRIDAY + timedelta(days=30), PLAIN, {"A2": ActionState.PROPOSED}, {"alice"})
    assert not found.conditions - {Condition.AWAITING_EVIDENCE}
    assert (Condition.AWAITING_EVIDENCE in found) == (state is ActionState.CLAIMED_DONE)


def test_at_risk_is_too_little_time_for_the_effort() -> None:
    wednesday = FRIDAY - timedelta(days=2)
    assert Condition.AT_RISK not in standing(action(due=FRIDAY, effort=Effort.M), wednesday, PLAIN, {})
    assert Condition.AT_RISK in standing(action(due=FRIDAY, effort=Effort.L), wednesday, PLAIN, {})
    waiting = action(due=FRIDAY, effort=Effort.M, depends_on=("A2",))
    assert Condition.AT_RISK in standing(waiting, wednesday, PLAIN, {"A2": ActionState.IN_PROGRESS})


def test_blocked_by_what_is_open_and_by_nothing_else() -> None:
    it = action(depends_on=("A2", "A3", "A9"))
    found = standing(it, FRIDAY, PLAIN, {"A2": ActionState.FAILED, "A3": ActionState.CLAIMED_DONE})
    assert (found.waits_for, Condition.BLOCKED in found) == (("A2",), True)


def test_an_owner_who_left_leaves_an_orphan() -> None:
    assert Condition.ORPHANED in standing(action(), FRIDAY, PLAIN, {}, {"alice"})
    assert Condition.UNOWNED in standing(action(owner=None), FRIDAY, PLAIN, {})


def test_an_accepted_risk_comes_back_on_its_day() -> None:
    it = action(state=ActionState.RISK_ACCEPTED, review_on=FRIDAY)
    assert Condition.AWAITING_REVIEW not in standing(it, FRIDAY - timedelta(days=1), PLAIN, {})
    assert Condition.AWAITING_REVIEW in standing(it, FRIDAY, PLAIN, {})
