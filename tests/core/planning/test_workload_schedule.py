"""Dates that can be kept: what a schedule gives for plans small enough to reckon by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from postmortem_actions.core.context import Calendar
from postmortem_actions.core.planning.workload import workload
from postmortem_actions.core.planning.workload_choices import as_problem
from postmortem_actions.core.planning.workload_model import (
    EFFORT_DAYS,
    EffortDays,
    FewerActions,
    LaterDate,
    OtherOwner,
    PersonRoom,
    Placed,
    SoonerNeeds,
    Task,
    Workload,
)
from postmortem_actions.core.policy import Effort, Priority
from postmortem_actions.errors import RequestError

MONDAY = date(2025, 3, 3)
S, M, L = Effort.S, Effort.M, Effort.L
P0, P1, P2, P3 = Priority


def day(n: int) -> date:
    """The day so many days after the Monday of planning."""
    return MONDAY + timedelta(days=n)


def by_key(result: Workload) -> dict[str, Placed]:
    return {one.key: one for one in result.placed}


def ana(share: float = 1.0, **more: object) -> PersonRoom:
    return PersonRoom("Ana", share, **more)  # type: ignore[arg-type]


def test_work_begins_on_the_planning_day_and_takes_its_effort() -> None:
    placed = by_key(workload([Task("A1", P0, S, "Ana"), Task("A2", P1, M, "Ana")], [ana()], MONDAY))
    assert (placed["A1"].start, placed["A1"].finish) == (MONDAY, MONDAY)
    assert (placed["A2"].start, placed["A2"].finish) == (day(1), day(3))


def test_a_share_of_the_day_stretches_the_work() -> None:
    (one,) = workload([Task("A1", P0, S, "Ana")], [ana(0.4)], MONDAY).placed
    assert (one.start, one.finish) == (MONDAY, day(2))
    assert one.work == ((MONDAY, 400), (day(1), 400), (day(2), 200))


def test_the_rest_of_a_day_goes_to_the_next_action() -> None:
    placed = by_key(workload([Task("A1", P0, S, "Ana"), Task("A2", P1, S, "Ana")], [ana(0.4)], MONDAY))
    assert (placed["A2"].start, placed["A2"].finish) == (day(2), day(4))


def test_weekends_holidays_absences_and_the_queue_are_left_out() -> None:
    off = Calendar(
        frozenset({day(2)}), frozenset({4, 5})
    )  # Wednesday is a holiday, the weekend Friday and Saturday
    person = ana(calendar=off, absences=frozenset({day(1)}), queue_days=1)
    (one,) = workload([Task("A1", P0, M, "Ana")], [person], MONDAY).placed
    # Monday is the queue's; Thursday, Sunday and the next Monday are left.
    assert [on for on, _ in one.work] == [day(3), day(6), day(7)]


def test_what_waits_begins_on_the_day_after() -> None:
    placed = by_key(
        workload([Task("A1", P1, S, "Ana", depends_on=("A2",)), Task("A2", P2, M, "Ben")],
                 [ana(), PersonRoom("Ben", 1.0)], MONDAY)
    )  # fmt: skip
    assert placed["A2"].finish == day(2)
    assert placed["A1"].start == day(3)


def test_higher_priority_goes_first_and_draws_what_it_needs_along() -> None:
    tasks = [
        Task("A1", P2, S, "Ana"),
        Task("A2", P0, S, "Ana", depends_on=("A3",)),
        Task("A3", P3, S, "Ana"),
    ]
    placed = by_key(workload(tasks, [ana()], MONDAY))
    assert [placed[key].start for key in ("A3", "A2", "A1")] == [day(0), day(1), day(2)]


def test_equal_priority_goes_by_date() -> None:
    tasks = [Task("A1", P1, S, "Ana", due=day(9)), Task("A2", P1, S, "Ana", due=day(4))]
    placed = by_key(workload(tasks, [ana()], MONDAY))
    assert placed["A2"].start == MONDAY


def test_a_lower_priority_goes_first_where_otherwise_a_date_is_missed_for_nothing() -> None:
    tasks = [Task("A1", P0, M, "Ana", due=day(10)), Task("A2", P1, S, "Ana", due=MONDAY)]
    result = workload(tasks, [ana()], MONDAY)
    assert not result.infeasible
    assert by_key(result)["A2"].finish == MONDAY


def test_a_stated_date_goes_before_the_window() -> None:
    (one,) = workload([Task("A1", P0, M, "Ana", due=day(14), stated=day(1))], [ana()], MONDAY).placed
    assert one.due == day(1)
    assert not one.kept


def test_a_date_that_only_holds_if_all_goes_well_is_called_tight() -> None:
    placed = by_key(
        workload([Task("A1", P0, M, "Ana", due=day(3)), Task("A2", P0, S, "Ben", due=day(3))],
                 [ana(), PersonRoom("Ben", 1.0)], MONDAY)
    )  # fmt: skip
    assert placed["A1"].kept
    assert placed["A1"].tight  # three days planned, five at most: Friday
    assert placed["A1"].latest == day(4)
    assert not placed["A2"].tight


def test_nobodys_work_waits_for_nobodys_room() -> None:
    tasks = [Task("A1", P0, M), Task("A2", P0, M), Task("A3", P0, S, depends_on=("A1",))]
    result = workload(tasks, [], MONDAY, share=1.0)
    placed = by_key(result)
    assert placed["A1"].start == placed["A2"].start == MONDAY
    assert placed["A3"].start == day(3)
    assert result.loads == ()


def test_load_is_told_before_and_after() -> None:
    people = [ana(queue_days=2, queue_p0s=1), PersonRoom("Ben", 1.0)]
    first, second = workload([Task("A1", P0, M, "Ana"), Task("A2", P1, S, "Ana")], people, MONDAY).loads
    assert (first.name, first.days_before, first.days_after, first.p0s_before, first.p0s_after) == (
        "Ana",
        2,
        6,
        1,
        2,
    )
    assert (first.busy_until_before, first.busy_until) == (day(1), day(7))
    assert (second.name, second.days_after, second.busy_until) == ("Ben", 0, None)


def test_the_days_of_an_effort_can_be_set() -> None:
    days = {**EFFORT_DAYS, S: EffortDays(1, 2, 2)}
    (one,) = workload([Task("A1", P0, S, "Ana")], [ana()], MONDAY, effort_days=days).placed
    assert one.finish == day(1)


@pytest.mark.parametrize(
    ("least", "planned", "most"), [(0, 1, 2), (2, 1, 3), (1, 3, 2), (float("nan"), 1, 1)]
)
def test_days_that_do_not_rise_are_refused(least: float, planned: float, most: float) -> None:
    with pytest.raises(RequestError, match="must rise"):
        EffortDays(least, planned, most)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_beyond_a_day_is_refused(share: float) -> None:
    with pytest.raises(RequestError, match="share of Ana"):
        ana(share)
    with pytest.raises(RequestError, match="share of the team"):
        workload([], [], MONDAY, share=share)


def test_cycles_are_told_by_name_and_broken_so_that_the_most_pressing_starts() -> None:
    tasks = [
        Task("A1", P1, S, "Ana", depends_on=("A3",), title="Gate"),
        Task("A2", P0, S, "Ana", depends_on=("A1",), title="Alert"),
        Task("A3", P2, S, "Ana", depends_on=("A2",), title="Test"),
        Task("A4", P2, S, "Ana", depends_on=("A4", "A9")),
    ]
    result = workload(tasks, [ana()], MONDAY)
    assert [one.start for one in (by_key(result)[key] for key in ("A2", "A3", "A1"))] == [
        day(0),
        day(1),
        day(2),
    ]
    messages = {problem.code: problem.message for problem in result.problems if "circle" in problem.message}
    assert "A2 “Alert”, then A3 “Test”, then A1 “Gate”, then A2 again" in messages["dependency-cycle"]
    assert "did not wait for A1" in messages["dependency-cycle"]
    others = [problem for problem in result.problems if "circle" not in problem.message]
    assert [problem.code for problem in others] == ["dependency-cycle", "unknown-dependency"]
    assert "A4 waits for itself" in others[0].message
    assert "A9" in others[1].message
    assert not result.infeasible


def test_every_cycle_is_told() -> None:
    tasks = [Task(f"A{n}", P1, S, depends_on=(f"A{n ^ 1}",)) for n in range(6)]
    result = workload(tasks, [], MONDAY)
    assert [problem.code for problem in result.problems] == ["dependency-cycle"] * 3
    assert all(one.finish for one in result.placed)


def test_a_key_given_twice_counts_once_and_is_told() -> None:
    result = workload([Task("A1", P0, S, "Ana"), Task("A1", P0, L, "Ana")], [ana()], MONDAY)
    assert len(result.placed) == 1
    assert result.placed[0].finish == MONDAY
    assert [problem.code for problem in result.problems] == ["duplicate-task"]


def test_what_can_never_be_done_is_told_and_so_is_what_waits_for_it() -> None:
    never = PersonRoom("Ben", 1.0, Calendar(weekend=frozenset(range(7))))
    tasks = [Task("A1", P0, S, "Ben", possible_owners=("Ana",)), Task("A2", P1, S, "Ana", depends_on=("A1",))]
    result = workload(tasks, [ana(), never], MONDAY)
    assert [(one.finish, one.kept) for one in result.placed] == [(None, False)] * 2
    first, second = result.infeasible
    assert "Ben has no room" in first.why
    assert first.choices == (OtherOwner("Ana", MONDAY),)
    assert "waits for A1" in second.why
    assert as_problem(second, tasks[1]).fix == "Name another owner, or give its owner room."


def test_a_queue_that_fills_all_there_is_leaves_no_room() -> None:
    result = workload([Task("A1", P0, S, "Ana")], [ana(queue_days=10_000)], MONDAY)
    assert [one.key for one in result.infeasible] == ["A1"]
    assert result.loads[0].busy_until is None


def test_a_missed_date_gives_choices_that_hold() -> None:
    tasks = [
        Task("A1", P0, M, "Ana", due=day(2)),
        Task("A2", P1, S, "Ana", due=day(2), possible_owners=("Ana", "Ben", "Cho", "Dan")),
    ]
    people = [ana(), PersonRoom("Ben", 1.0, queue_days=9), PersonRoom("Cho", 1.0, queue_days=1)]
    (late,) = workload(tasks, people, MONDAY, share=0.2).infeasible
    # Ben has no room before the date; Dan is unknown to the config and has a fifth of a day.
    assert late.choices == (OtherOwner("Cho", day(1)), LaterDate(day(3)))
    problem = as_problem(late, tasks[1])
    assert problem.message == f"A2 cannot be done by {day(2)}: with Ana's room it is done on {day(3)}"
    assert problem.fix == f"Give it to Cho, who has room and is done on {day(1)}; or accept {day(3)}."


def _in_the_way(*more: Task) -> list[Task]:
    """One day late is the least harm: the P1 first makes the P0 late by a day, the other way round by three."""
    return [Task("A1", P0, M, "Ana", due=day(2)), Task("A2", P1, S, "Ana", due=MONDAY), *more]


def test_what_is_less_pressing_and_in_the_way_may_be_dropped() -> None:
    (late,) = workload(_in_the_way(Task("A3", P3, S, "Ana")), [ana()], MONDAY).infeasible
    assert late.key == "A1"
    assert late.choices == (
        FewerActions(("A2",), day(2)),
        LaterDate(day(3)),
    )  # A3 comes later, and is in nobody's way


def test_what_waits_for_a_dropped_action_is_dropped_with_it() -> None:
    tasks = _in_the_way(Task("A3", P3, S, "Ben", depends_on=("A2",)))
    (late,) = workload(tasks, [ana(), PersonRoom("Ben", 1.0)], MONDAY).infeasible
    assert late.choices[0] == FewerActions(("A2", "A3"), day(2))


def test_what_something_as_pressing_waits_for_is_not_dropped() -> None:
    tasks = _in_the_way(Task("A3", P0, S, "Ben", depends_on=("A2",)))
    (late,) = workload(tasks, [ana(), PersonRoom("Ben", 1.0)], MONDAY).infeasible
    assert late.choices == (LaterDate(day(3)),)


@pytest.mark.parametrize(("due", "drop"), [(10, ("A2",)), (9, ("A3", "A2"))])
def test_no_more_is_dropped_than_must_be(due: int, drop: tuple[str, ...]) -> None:
    # Eight working days after the P1's three and the P3's one. Without the P1 there are nine until the tenth day on.
    tasks = [
        Task("A1", P0, L, "Ana", due=day(due)),
        Task("A2", P1, M, "Ana", due=day(2)),
        Task("A3", P3, S, "Ana", stated=MONDAY),
    ]
    result = workload(tasks, [ana()], MONDAY)
    late = {one.key: one for one in result.infeasible}["A1"]
    assert late.choices == (FewerActions(drop, day(due)), LaterDate(day(15)))


def test_a_chain_says_by_when_what_it_waits_for_must_be_done() -> None:
    tasks = [Task("A1", P1, M, "Ben"), Task("A2", P0, M, "Ana", due=day(4), depends_on=("A1",))]
    (late,) = workload(tasks, [ana(), PersonRoom("Ben", 1.0)], MONDAY).infeasible
    assert late.choices == (SoonerNeeds(("A1",), day(1)), LaterDate(day(7)))
    assert "after A1, from 2025-03-06 on" in late.why
    (late,) = workload(
        [Task("A1", P1, M), Task("A2", P0, M, due=day(4), depends_on=("A1",))], [], MONDAY, share=1
    ).infeasible
    assert late.choices == (SoonerNeeds(("A1",), day(1)), LaterDate(day(7)))


def test_a_date_that_has_passed_cannot_be_kept_by_anybody() -> None:
    task = Task("A1", P0, S, "Ana", stated=day(-3), possible_owners=("Ben",))
    (late,) = workload([task], [ana()], MONDAY).infeasible
    assert "before the planning date" in late.why
    assert late.choices == (LaterDate(MONDAY),)


def test_a_plan_with_nothing_in_it() -> None:
    result = workload([], [ana()], MONDAY)
    assert (result.placed, result.infeasible, result.problems, result.lateness) == ((), (), (), 0)


def test_the_last_day_there_is_does_no_harm() -> None:
    result = workload([Task("A1", P0, L, "Ana")], [ana()], date.max - timedelta(days=3))
    assert [one.key for one in result.infeasible] == ["A1"]


def test_hundreds_of_actions_take_little_time_and_a_long_chain_no_depth() -> None:
    chain = [Task(f"A{n}", P2, S, "Ana", depends_on=(f"A{n - 1}",) if n else ()) for n in range(1500)]
    placed = by_key(workload(chain, [ana()], MONDAY))
    assert placed["A1499"].start is not None
    assert placed["A1499"].start > placed["A0"].start  # type: ignore[operator]
