"""What a report says, and which earlier incidents are like a new one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem_actions.core.model import Evidence, Fact, FailureMode, Incident, Span
from postmortem_actions.core.policy import (
    ActionState,
    Category,
    Effort,
    FailureRole,
    Impact,
    Priority,
    Strength,
)
from postmortem_actions.core.tracking.counts import Counted, Group, count
from postmortem_actions.core.tracking.record import PlanRecord, TrackedAction
from postmortem_actions.core.tracking.related import relate, repeats
from postmortem_actions.core.tracking.report import Facts, Scope, report

ON = date(2026, 11, 23)


def counted(state: ActionState, **values: str) -> Counted:
    base = Counted(state.value, "P1", "detection", "strong", "2026-11-10", "2026-11-02", "", "")
    return replace(base, **values)


def made(*actions: Counted, late: dict[Priority, int] | None = None) -> object:
    return report(Scope(), ON, Facts(count(actions), late or {}, 2, 1, (), (), ()))


def test_planned_claimed_and_verified_are_never_added_up() -> None:
    told = made(
        counted(ActionState.PROPOSED), counted(ActionState.CLAIMED_DONE, claimed="2026-11-09"),
        counted(ActionState.VERIFIED, claimed="2026-11-12", verified="2026-11-16"), counted(ActionState.DECLINED),
        counted(ActionState.WITHDRAWN), late={Priority.P0: 1, Priority.P2: 2},
    )  # fmt: skip
    groups = dict(told.by_group)  # type: ignore[attr-defined]
    assert groups == {Group.OPEN: 1, Group.CLAIMED: 1, Group.VERIFIED: 1, Group.ENDED: 1}
    assert told.total == 4  # type: ignore[attr-defined]
    assert told.on_time == (1, 1)  # type: ignore[attr-defined]
    assert told.days == (14, 14)  # type: ignore[attr-defined]
    words = " ".join(told.words)  # type: ignore[attr-defined]
    assert (
        "2 incidents, 4 actions: 1 verified, 1 claimed done but not verified, 1 open, 1 ended without"
        in words
    )
    assert "3 open actions are past the due date, 1 P0 among them." in words
    assert "1 of 2 that were claimed done were so by their due date (50%)." in words
    assert "1 incident still has unfinished actions." in words


def test_nothing_is_said_of_what_there_is_not() -> None:
    words = " ".join(made().words)  # type: ignore[attr-defined]
    assert "0 actions" in words
    assert "%" not in words
    assert "verified within" not in words


_STATES = st.sampled_from(list(ActionState))
_DAYS = st.integers(0, 400).map(lambda n: (date(2026, 1, 1) + timedelta(days=n)).isoformat())


@given(st.lists(st.builds(Counted, _STATES.map(str), st.sampled_from(["P0", "P3"]), st.sampled_from(["detection", "security"]),
                          st.sampled_from(["strong", "weak"]), _DAYS, _DAYS, _DAYS, _DAYS), max_size=30))  # fmt: skip
def test_every_table_of_a_report_adds_up_to_its_total(actions: list[Counted]) -> None:
    told = made(*actions)
    live = [a for a in actions if a.state != ActionState.WITHDRAWN.value]
    assert told.total == len(live)  # type: ignore[attr-defined]
    for table in (told.categories, told.strengths):  # type: ignore[attr-defined]
        assert sum(n for _, row in table for _, n in row) == len(live)
    assert sum(n for _, row in told.by_state for _, n in row) == len(live)  # type: ignore[attr-defined]


# Sums that are taken off again leave nothing: what the store does when an action changes.


@given(st.lists(_STATES, min_size=2, max_size=6))
def test_sums_follow_changes(states: list[ActionState]) -> None:
    sums: Counter[tuple[str, str, str]] = Counter()
    last = None
    for state in states:
        now = counted(state, claimed="2026-11-09", verified="2026-11-16")
        if last is not None:
            sums.subtract(count([last]))
        sums.update(count([now]))
        last = now
    assert +sums == count([last]) if last else not +sums


def mode(*kinds: str) -> tuple[FailureMode, ...]:
    line = Evidence("the pool was full", Span(3, 3))
    return tuple(
        FailureMode(f"F{n}", kind, "Pool full", FailureRole.PRIMARY, (line,))
        for n, kind in enumerate(kinds, 1)
    )


def incident(
    service: str = "orders", cause: str = "The connection pool was exhausted by a leak", on: date = ON
) -> Incident:
    return Incident("Orders down", date=on, services=(Fact(service, None),), root_causes=(Fact(cause, None),))


AT = datetime(2026, 3, 1, tzinfo=UTC)
BEFORE = PlanRecord(
    "inc-1", "Pool full", "a.md", "d", "{}", AT, AT, date=date(2026, 3, 1), services=("Orders",), kinds=("pool.leak", "no-alert"),
    cause="A leak exhausted the connection pool",
)  # fmt: skip
ACTION = TrackedAction(
    "inc-1",
    "A1",
    "Close connections",
    Category.PREVENTION,
    Priority.P1,
    Impact.HIGH,
    Effort.S,
    Strength.STRONG,
    AT,
    AT,
)


def test_the_same_failure_service_and_cause_are_said() -> None:
    (found,) = relate(incident(), mode("pool.leak"), [BEFORE], {}, {})
    assert found.repeats
    assert found.score > 0.8
    assert found.why[0] == "the same kind of failure: pool.leak"
    assert found.why[1] == "the same service: Orders"
    assert found.why[2].startswith("a cause in like words")
    assert repeats([found]) == dict.fromkeys(("pool.leak", "no-alert"), "inc-1 (Pool full)")


@pytest.mark.parametrize(
    ("now", "kinds", "found"),
    [
        (incident(cause="A certificate expired"), ("cert.expired",), False),  # the service alone is no repeat
        (incident("billing", "A certificate expired"), ("pool.leak",), True),
        (incident("billing", "The pool of connections was exhausted: a leak"), ("x.y",), True),
        (incident(on=date(2026, 2, 1)), ("pool.leak",), False),  # the other came later
    ],
)
def test_what_is_alike(now: Incident, kinds: tuple[str, ...], found: bool) -> None:
    told = relate(now, mode(*kinds), [BEFORE], {}, {})
    assert bool(told) is found
    assert repeats(told) == {} or kinds == ("pool.leak",)


@pytest.mark.parametrize(
    ("state", "ended", "helped", "doubtful"),
    [
        (ActionState.PROPOSED, None, True, False),
        (ActionState.IN_PROGRESS, None, True, False),
        (ActionState.VERIFIED, AT, False, True),
        (ActionState.CLAIMED_DONE, AT, False, True),
        (ActionState.VERIFIED, datetime(2026, 12, 1, tzinfo=UTC), True, False),
        (ActionState.DECLINED, None, False, False),
    ],
)
def test_an_open_action_would_have_helped_and_a_done_one_is_in_doubt(
    state: ActionState, ended: datetime | None, helped: bool, doubtful: bool
) -> None:
    action = replace(
        ACTION, state=state, claimed=ended, verified=ended if state is ActionState.VERIFIED else None
    )
    other = replace(ACTION, id="A2")
    kinds = {"inc-1/A1": ["pool.leak"], "inc-1/A2": ["no-alert"]}
    (found,) = relate(incident(), mode("pool.leak"), [BEFORE], {"inc-1": [action, other]}, kinds)
    assert (found.would_have_helped, found.doubtful) == (
        (action,) if helped else (),
        (action,) if doubtful else (),
    )
