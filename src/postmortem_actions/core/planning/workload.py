"""Room and dates: a schedule in which nobody does more than they have room for, and what cannot be kept.

A list schedule. Tasks stand in a list, what is needed before what needs it, and each takes the earliest days on
which its owner has room left after all it waits for is done; work may be spread over days and interrupted. The
list follows priority, then date; where dates are missed, other lists are tried within a fixed budget and the one
with the least weighted lateness is taken. For given owners some list is always best of all schedules, since this
rule, applied in the order in which a best schedule finishes its tasks, finishes none of them later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ..context import Calendar
from ..model import Problem
from ..policy import Capacity, Effort, Priority
from .workload_choices import Outcome, infeasible
from .workload_days import PER_DAY, Room
from .workload_graph import dependencies
from .workload_lists import Ground, Run, amount, best_list, book_of, run_list
from .workload_model import (
    EFFORT_DAYS,
    SHARE,
    EffortDays,
    Load,
    PersonRoom,
    Placed,
    Task,
    Workload,
)


def workload(
    tasks: Sequence[Task],
    people: Sequence[PersonRoom],
    today: date,
    calendar: Calendar | None = None,
    share: float = SHARE[Capacity.MEDIUM],
    effort_days: Mapping[Effort, EffortDays] = EFFORT_DAYS,
) -> Workload:
    """Start and finish of every task, everybody's load, and the dates that cannot be kept, with choices.

    ``calendar`` and ``share`` (0 to 1) stand for owners who are not among ``people`` and for tasks without owner;
    the latter are placed by dependency alone. Work begins on ``today`` at the earliest, and on the day after the
    last of what a task waits for. Keys are unique: of two tasks with one key the first counts. Raises RequestError
    for a share out of range."""
    problems: list[Problem] = []
    known = _unique(tasks, problems)
    needs, told = dependencies(known)
    problems += told
    ground = _ground(known, needs, people, today, calendar or Calendar(), share)
    amounts = {key: amount(effort_days[task.effort].planned) for key, task in known.items()}
    longest = {key: amount(effort_days[task.effort].most) for key, task in known.items()}
    order, run = best_list(ground, amounts)
    late = run_list(order, ground, longest)
    placed = tuple(_placed(task, ground, run, late) for task in known.values())
    outcome = _outcome(ground, run, amounts)
    missed = tuple(infeasible(one, outcome) for one in placed if not one.kept)
    return Workload(placed, _loads(ground, run, amounts), missed, tuple(problems), run.lateness)


def _unique(tasks: Sequence[Task], problems: list[Problem]) -> dict[str, Task]:
    known: dict[str, Task] = {}
    for task in tasks:
        if task.key in known:
            problems.append(
                Problem("duplicate-task", f"two tasks have the key {task.key}; the first is scheduled")
            )
        known.setdefault(task.key, task)
    return known


def _ground(
    tasks: Mapping[str, Task],
    needs: Mapping[str, tuple[str, ...]],
    people: Sequence[PersonRoom],
    today: date,
    calendar: Calendar,
    share: float,
) -> Ground:
    rooms: dict[str, PersonRoom] = {}
    for person in people:
        rooms.setdefault(person.name, person)
    for task in tasks.values():
        for name in (task.owner, *task.possible_owners):
            if name is not None and name not in rooms:
                rooms[name] = PersonRoom(name, share, calendar)
    team = PersonRoom("the team", share, calendar)
    ground = Ground(today, tasks, needs, rooms, {name: _room(today, one) for name, one in rooms.items()},
                    team.share, _room(today, team))  # fmt: skip
    for key, task in tasks.items():
        ground.due[key] = (task.promised - today).days if task.promised else None
    return ground


def _room(today: date, person: PersonRoom) -> Room:
    return Room(today, person.share, person.calendar, person.absences)


def _placed(task: Task, ground: Ground, run: Run, late: Run) -> Placed:
    use, long = run.uses.get(task.key), late.uses.get(task.key)
    if use is None:
        return Placed(task.key, task.owner, None, None, None, task.promised)

    def on(day: int) -> date:
        return date.fromordinal(ground.today.toordinal() + day)

    # More work elsewhere can free an early day here; the range still ends no sooner than the plan.
    latest = on(max(use[-1][0], long[-1][0])) if long else None
    work = tuple((on(day), part) for day, part in use)
    return Placed(task.key, task.owner, work[0][0], work[-1][0], latest, task.promised, work)


def _outcome(ground: Ground, run: Run, amounts: Mapping[str, int]) -> Outcome:
    dependents: dict[str, list[str]] = {}
    by_owner: dict[str, list[str]] = {}
    for key, task in ground.tasks.items():
        for need in ground.needs[key]:
            dependents.setdefault(need, []).append(key)
        if task.owner is not None:
            by_owner.setdefault(task.owner, []).append(key)
    for name in ground.people:
        if name not in run.books:
            run.books[name] = book_of(name, ground)
    return Outcome(
        ground.today, ground.team, ground.tasks, ground.needs,
        {key: tuple(found) for key, found in dependents.items()}, amounts, run.uses, run.books,
        {name: tuple(found) for name, found in by_owner.items()},
    )  # fmt: skip


def _loads(ground: Ground, run: Run, amounts: Mapping[str, int]) -> tuple[Load, ...]:
    held: dict[str, list[str]] = {}
    for key, task in ground.tasks.items():
        if task.owner is not None:
            held.setdefault(task.owner, []).append(key)
    loads = []
    for name in sorted(ground.people):
        person, keys = ground.people[name], held.get(name, [])
        before = ground.queues.get(name)
        ends = [run.uses[key][-1][0] for key in keys if key in run.uses]
        after = max([*ends, *([] if before is None else [before])], default=None)
        days = [
            None if n is None else date.fromordinal(ground.today.toordinal() + n) for n in (before, after)
        ]
        p0s = sum(ground.tasks[key].priority is Priority.P0 for key in keys)
        load = Load(
            name, person.share, person.queue_days, person.queue_days + sum(amounts[key] for key in keys) / PER_DAY,
            person.queue_p0s, person.queue_p0s + p0s, days[0], days[1],
        )  # fmt: skip
        loads.append(load)
    return tuple(loads)
