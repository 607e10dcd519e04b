"""What holds of every schedule, whatever the plan: room, dependencies, dates, choices. And how near it is to the best."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_actions.core.context import Calendar
from postmortem_actions.core.planning.workload import workload
from postmortem_actions.core.planning.workload_choices import as_problem, choice_words
from postmortem_actions.core.planning.workload_model import (
    EFFORT_DAYS,
    FewerActions,
    Infeasible,
    LaterDate,
    OtherOwner,
    PersonRoom,
    SoonerNeeds,
    Task,
    Workload,
)
from postmortem_actions.core.policy import Effort, Priority

TODAY = date(2025, 1, 16)
NAMES = ("Ana", "Ben", "Cho", "Dan")
SETTINGS = settings(max_examples=80, deadline=None)

Plan = tuple[list[Task], list[PersonRoom]]


def _day(most: int, least: int = 0) -> st.SearchStrategy[date]:
    return st.integers(least, most).map(lambda n: TODAY + timedelta(days=n))


@st.composite
def plans(draw: st.DrawFn, circles: bool = False) -> Plan:
    """Up to ten tasks for up to four people, with all that makes it hard."""
    count = draw(st.integers(0, 10))
    tasks = []
    for n in range(count):
        among = range(count) if circles else range(n)
        needs = draw(st.lists(st.sampled_from(among), max_size=2, unique=True)) if among else []
        tasks.append(
            Task(
                f"A{n}", draw(st.sampled_from(Priority)), draw(st.sampled_from(Effort)), draw(st.none() | st.sampled_from(NAMES)),
                draw(st.none() | _day(40)), draw(st.none() | st.none() | _day(40, -5)), tuple(f"A{need}" for need in needs),
                tuple(draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))),
            )
        )  # fmt: skip
    people = [
        PersonRoom(
            name, draw(st.sampled_from((0.2, 0.4, 0.5, 1.0, 0.0))),
            Calendar(frozenset(draw(st.lists(_day(20), max_size=3))), draw(st.sampled_from((frozenset({5, 6}), frozenset({4, 5}))))),
            frozenset(draw(st.lists(_day(30), max_size=5))), draw(st.sampled_from((0, 0, 0.5, 1, 4))),
        )
        for name in NAMES
    ]  # fmt: skip
    return tasks, people


def _room(person: PersonRoom, day: date) -> int:
    works = person.calendar.is_working_day(day) and day not in person.absences
    return round(person.share * 1000) if works else 0


def _left(person: PersonRoom, result: Workload, without: tuple[str, ...], until: date) -> dict[date, int]:
    """What a person has left each day after queue and plan, reckoned anew from the days that the schedule shows."""
    queue = round(person.queue_days * 1000)
    left = {}
    for n in range((until - TODAY).days + 1):
        day = TODAY + timedelta(days=n)
        free = _room(person, day)
        queued = min(queue, free)
        queue -= queued
        left[day] = free - queued
    for one in result.placed:
        if one.owner == person.name and one.key not in without:
            for day, part in one.work:
                if day in left:
                    left[day] -= part
    return left


@given(plans())
@SETTINGS
def test_nobody_does_more_than_they_have_room_for(plan: Plan) -> None:
    tasks, people = plan
    result = workload(tasks, people, TODAY)
    until = max((one.finish for one in result.placed if one.finish), default=TODAY)
    for person in people:
        assert all(part >= 0 for part in _left(person, result, (), until).values()), person.name


@given(plans())
@SETTINGS
def test_all_of_the_effort_is_placed_not_before_planning_and_after_what_it_waits_for(plan: Plan) -> None:
    tasks, people = plan
    result = workload(tasks, people, TODAY)
    placed = {one.key: one for one in result.placed}
    assert list(placed) == [task.key for task in tasks]
    for task in tasks:
        one = placed[task.key]
        if one.start is None or one.finish is None:
            assert not one.work
            continue
        assert sum(part for _, part in one.work) == EFFORT_DAYS[task.effort].planned * 1000
        assert (one.start, one.finish) == (one.work[0][0], one.work[-1][0])
        assert one.start >= TODAY
        assert one.latest is None or one.latest >= one.finish
        for need in task.depends_on:
            end = placed[need].finish
            assert end is not None
            assert one.start > end


@given(plans(circles=True))
@SETTINGS
def test_every_task_is_kept_or_reported_even_in_circles(plan: Plan) -> None:
    tasks, people = plan
    result = workload(tasks, people, TODAY)
    assert [one.key for one in result.placed if not one.kept] == [one.key for one in result.infeasible]
    placed = {one.key: one for one in result.placed}
    violated = 0
    for task in tasks:
        for need in task.depends_on:
            start, end = placed[task.key].start, placed[need].finish
            violated += start is not None and (end is None or start <= end)
    circles = sum(problem.code == "dependency-cycle" for problem in result.problems)
    assert violated <= circles
    for one in result.infeasible:
        told = as_problem(one, next(task for task in tasks if task.key == one.key))
        assert one.key in told.message
        assert told.fix


@given(plans(circles=True), st.randoms(use_true_random=False))
@SETTINGS
def test_the_same_plan_gives_the_same_schedule_whoever_is_named_first(plan: Plan, chance: object) -> None:
    tasks, people = plan
    first = workload(tasks, people, TODAY)
    assert first == workload(tasks, people, TODAY)
    chance.shuffle(people)  # type: ignore[attr-defined]
    assert first == workload(tasks, people, TODAY)


@given(plans())
@SETTINGS
def test_load_adds_up(plan: Plan) -> None:
    tasks, people = plan
    for load in workload(tasks, people, TODAY).loads:
        own = [task for task in tasks if task.owner == load.name]
        days = sum(EFFORT_DAYS[task.effort].planned for task in own)
        assert abs(load.days_after - load.days_before - days) < 1e-9
        assert load.p0s_after - load.p0s_before == sum(task.priority is Priority.P0 for task in own)


def _finish(left: dict[date, int], amount: float, ready: date) -> date | None:
    for day, part in left.items():
        if day >= ready:
            amount -= part
            if amount <= 0:
                return day
    return None


def _check(one: Infeasible, tasks: dict[str, Task], people: dict[str, PersonRoom], result: Workload) -> None:
    task = tasks[one.key]
    ends = {placed.key: placed.finish for placed in result.placed}
    work = EFFORT_DAYS[task.effort].planned * 1000
    for choice in one.choices:
        assert choice_words(choice)
        match choice:
            case LaterDate(on):
                assert on == one.finish
            case OtherOwner(name, finish):
                ready = max([TODAY, *(_after(ends[need]) for need in task.depends_on)])
                assert name in task.possible_owners
                assert name != task.owner
                assert one.due is None or finish <= one.due
                assert _finish(_left(people[name], result, (), finish), work, ready) == finish
            case FewerActions(drop, finish):
                ready = max([TODAY, *(_after(ends[need]) for need in task.depends_on)])
                order = list(Priority)
                assert all(order.index(tasks[key].priority) > order.index(task.priority) for key in drop)
                waiting = {other.key for other in tasks.values() if set(other.depends_on) & set(drop)}
                assert waiting <= set(drop)
                assert one.due is not None
                assert finish <= one.due
                assert task.owner is not None
                left = _left(people[task.owner], result, (*drop, task.key), finish)
                assert _finish(left, work, ready) == finish
            case SoonerNeeds(needs, by):
                assert one.due is not None
                assert by >= TODAY
                late = {
                    need for need in task.depends_on if ends[need] is None or _after(ends[need]) > _after(by)
                }
                assert set(needs) == late
                if task.owner is not None:
                    left = _left(people[task.owner], result, (task.key,), one.due)
                    assert _finish(left, work, _after(by)) is not None


def _after(day: date | None) -> date:
    assert day is not None
    return day + timedelta(days=1)


@given(plans())
@SETTINGS
def test_every_choice_holds_with_all_else_left_where_it_is(plan: Plan) -> None:
    tasks, people = plan
    result = workload(tasks, people, TODAY)
    for one in result.infeasible:
        _check(one, {task.key: task for task in tasks}, {person.name: person for person in people}, result)


def _exact() -> Any:
    path = Path(__file__).parents[3] / "benchmarks" / "exact_schedule.py"
    spec = importlib.util.spec_from_file_location("exact_schedule", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXACT = _exact()


def test_choices_of_each_kind_are_found_and_hold() -> None:
    seen = set()
    for number in range(120):
        made, people = EXACT.plan(number, most=12)
        tasks = {task.key: replace(task, possible_owners=NAMES[:3]) for task in made}
        everybody = {
            name: next((p for p in people if p.name == name), PersonRoom(name)) for name in NAMES[:3]
        }
        result = workload(list(tasks.values()), list(everybody.values()), TODAY)
        for one in result.infeasible:
            _check(one, tasks, everybody, result)
            seen |= {type(choice) for choice in one.choices}
    assert seen == {LaterDate, OtherOwner, FewerActions, SoonerNeeds}


def test_later_dates_that_are_accepted_are_kept() -> None:
    for number in range(80):
        tasks, people = EXACT.plan(number)
        accepted = {one.key: one.finish for one in workload(tasks, people, TODAY).infeasible}
        later = [replace(task, stated=accepted.get(task.key, task.stated)) for task in tasks]
        assert not workload(later, people, TODAY).infeasible, number


def test_small_plans_are_within_five_in_a_hundred_of_the_best_possible() -> None:
    ours = best = 0
    for number in range(1000, 1040):
        tasks, people = EXACT.plan(number, most=7)
        found, least = workload(tasks, people, TODAY).lateness, EXACT.Exact(tasks, people).search()
        assert found >= least
        ours, best = ours + found, best + least
    assert best > 0
    assert ours <= 1.05 * best
