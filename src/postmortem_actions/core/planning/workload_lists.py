"""Lists of tasks, put into days, and the search for a list that misses fewer dates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil, inf

from ..context import Calendar
from ..policy import Priority
from .workload_days import PER_DAY, Book, Room, Use
from .workload_model import LATE_WEIGHT, PersonRoom, Task

# How many placements of single tasks may be spent on better lists: 15 tasks are tried in 400 lists, 10,000 in the
# first few only.
_BUDGET = 6_000
_BANDS = {priority: n for n, priority in enumerate(Priority)}


@dataclass(slots=True)
class Ground:
    """What does not change from one list to the next. Days count from ``today``."""

    today: date
    tasks: Mapping[str, Task]
    needs: Mapping[str, tuple[str, ...]]
    people: dict[str, PersonRoom]
    rooms: dict[str, Room]
    share: float  # of a task without owner
    team: Room
    queues: dict[str, int | None] = field(default_factory=dict)  # the last day of the queue, or None
    due: dict[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """One list put into days. What is in no ``uses`` could not be placed."""

    uses: dict[str, Use]
    books: dict[str, Book]
    lateness: int
    unplaced: int


def run_list(order: Iterable[str], ground: Ground, amounts: Mapping[str, int]) -> Run:
    """Place the tasks in that order."""
    books: dict[str, Book] = {}
    uses: dict[str, Use] = {}
    lateness = unplaced = 0
    for key in order:
        task = ground.tasks[key]
        use = None
        ready = 0
        for need in ground.needs[key]:
            if need not in uses:
                break
            ready = max(ready, uses[need][-1][0] + 1)
        else:
            book = Book(ground.team) if task.owner is None else books.get(task.owner)
            if book is None:
                assert task.owner is not None
                book = books[task.owner] = book_of(task.owner, ground)
            use = book.take(amounts[key], ready)
        if use is None:
            unplaced += 1
            continue
        uses[key] = use
        due = ground.due[key]
        if due is not None and use[-1][0] > due:
            lateness += (use[-1][0] - due) * LATE_WEIGHT[task.priority]
    return Run(uses, books, lateness, unplaced)


def book_of(name: str, ground: Ground) -> Book:
    """Somebody's days with their queue entered."""
    book = Book(ground.rooms[name])
    queue = ground.people[name].queue_days
    if queue:
        use = book.take(amount(queue), 0)
        ground.queues[name] = use[-1][0] if use else None
        if use is None:  # the queue alone fills all there is
            book = Book(Room(ground.today, 0, Calendar()))
    return book


def best_list(ground: Ground, amounts: Mapping[str, int]) -> tuple[list[str], Run]:
    """The list by priority where it keeps all dates; else the best that the budget finds."""
    rank, limit = _urgency(ground, amounts)
    keys = list(ground.tasks)
    position = {key: n for n, key in enumerate(keys)}

    def by_priority(key: str) -> tuple[float, ...]:
        return (rank[key], limit[key], position[key])

    def by_date(key: str) -> tuple[float, ...]:
        return (limit[key], rank[key], position[key])

    def by_weight(key: str) -> tuple[float, ...]:
        # rank, not the own band: what a P0 waits for weighs as much as the P0
        return (amounts[key] / LATE_WEIGHT[list(Priority)[rank[key]]], limit[key], position[key])

    rules: tuple[Callable[[str], tuple[float, ...]], ...] = (by_priority, by_date, by_weight)
    best: tuple[list[str], list[str], Run] | None = None
    for rule in rules:
        wish = sorted(keys, key=rule)
        order = _closed(wish, ground.needs)
        run = run_list(order, ground, amounts)
        if best is None or _worth(run) < _worth(best[2]):
            best = wish, order, run
        if not best[2].lateness:
            break
    assert best is not None
    return _improved(best, ground, amounts)


def _worth(run: Run) -> tuple[int, int]:
    return (run.unplaced, run.lateness)


def _improved(
    best: tuple[list[str], list[str], Run], ground: Ground, amounts: Mapping[str, int]
) -> tuple[list[str], Run]:
    """Move one task at a time to another place of the list, as long as that helps and the budget lasts."""
    wish, order, run = best
    trials = _BUDGET // max(1, len(wish))
    moved = True
    while moved and run.lateness and trials > 0:
        moved = False
        for key in tuple(wish):
            here = wish.index(key)
            for there in range(len(wish)):
                if there == here or trials <= 0 or not run.lateness:
                    continue
                trials -= 1
                tried = wish[:here] + wish[here + 1 :]
                tried.insert(there, key)
                found = _closed(tried, ground.needs)
                if found == order:
                    continue
                other = run_list(found, ground, amounts)
                if _worth(other) < _worth(run):
                    wish, order, run, moved = tried, found, other, True
                    here = there
    return order, run


def _urgency(ground: Ground, amounts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, float]]:
    """Band and last finish of each task, no later than what waits for it allows. Only for the order: the days
    of what waits are reckoned with its owner's share and five working days in seven."""
    rank = {key: _BANDS[task.priority] for key, task in ground.tasks.items()}
    limit = {key: inf if (due := ground.due[key]) is None else due for key in ground.tasks}
    for key in reversed(_closed(list(ground.tasks), ground.needs)):
        owner = ground.tasks[key].owner
        share = (ground.people[owner].share if owner is not None else ground.share) or 1.0
        days = ceil(amounts[key] / PER_DAY / share * 7 / 5)
        for need in ground.needs[key]:
            rank[need] = min(rank[need], rank[key])
            limit[need] = min(limit[need], limit[key] - days)
    return rank, limit


def _closed(wish: Sequence[str], needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The list in the wished order, with all that a task waits for drawn before it."""
    done: set[str] = set()
    order: list[str] = []
    for first in wish:
        stack = [first]
        while stack:
            key = stack[-1]
            missing = [need for need in needs[key] if need not in done] if key not in done else []
            if missing:
                stack += reversed(missing)
                continue
            stack.pop()
            if key not in done:
                done.add(key)
                order.append(key)
    return order


def amount(days: float) -> int:
    """Working days in thousandths, at least one."""
    return max(1, round(days * PER_DAY))
