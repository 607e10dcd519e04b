"""What would have to give where a date cannot be kept. Every choice is sound: all other work stays where it
is, and the date (or the later one) is then kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ..model import Problem
from ..policy import Priority
from .workload_days import Book, Room, Use
from .workload_model import (
    Choice,
    FewerActions,
    Infeasible,
    LaterDate,
    OtherOwner,
    Placed,
    SoonerNeeds,
    Task,
)

_BANDS = {priority: n for n, priority in enumerate(Priority)}


@dataclass(slots=True)
class Outcome:
    """A finished schedule, to ask what else would be possible. Days count from ``start``; ``team`` is the room
    that a task without owner is reckoned with."""

    start: date
    team: Room
    tasks: Mapping[str, Task]
    needs: Mapping[str, tuple[str, ...]]
    dependents: Mapping[str, tuple[str, ...]]
    amounts: Mapping[str, int]
    uses: Mapping[str, Use]
    books: Mapping[str, Book]
    by_owner: Mapping[str, tuple[str, ...]]

    def day(self, on: date) -> int:
        """The number of a day."""
        return (on - self.start).days

    def on(self, day: int) -> date:
        """The day of a number."""
        return self.start + timedelta(days=day)

    def ready(self, key: str) -> int | None:
        """The first day after all it waits for; None where one of those is never done."""
        ends = [self.uses[need][-1][0] if need in self.uses else None for need in self.needs[key]]
        days = [end + 1 for end in ends if end is not None]
        return max(days, default=0) if len(days) == len(ends) else None


def infeasible(placed: Placed, outcome: Outcome) -> Infeasible:
    """Why a date is missed, and the choices: other owner, fewer actions, sooner needs, later date."""
    task = outcome.tasks[placed.key]
    choices: list[Choice] = []
    if placed.due is None or placed.due >= outcome.start:
        by = outcome.day(placed.due) if placed.due else None
        choices += _other_owners(task, by, outcome)
        if by is not None:
            choices += _fewer_actions(task, by, outcome)
            choices += _sooner_needs(task, by, outcome)
    if placed.finish is not None:
        choices.append(LaterDate(placed.finish))
    return Infeasible(task.key, placed.due, placed.finish, _why(task, placed, outcome), tuple(choices))


def _why(task: Task, placed: Placed, outcome: Outcome) -> str:
    if placed.due is not None and placed.due < outcome.start:
        return f"its date {placed.due} lies before the planning date {outcome.start}"
    never = [need for need in outcome.needs[task.key] if need not in outcome.uses]
    if never:
        return f"it waits for {', '.join(never)}, which cannot be scheduled"
    if placed.finish is None:
        return f"{task.owner or 'the team'} has no room for it within ten years"
    ready = outcome.ready(task.key)
    waits = ", ".join(outcome.needs[task.key])
    after = f" after {waits}, from {outcome.on(ready)} on" if waits and ready else ""
    who = f"with {task.owner}'s room" if task.owner else "with nobody's other work counted"
    return f"{who}{after} it is done on {placed.finish}"


def _other_owners(task: Task, by: int | None, outcome: Outcome) -> Iterable[OtherOwner]:
    """Those of the possible owners who have room before the date beside all they are to do."""
    ready = outcome.ready(task.key)
    if task.owner is None or ready is None:
        return
    # Without a date, ten years are no help: a quarter is as far as the policies look.
    limit = by if by is not None else ready + 92
    for name in dict.fromkeys(task.possible_owners):
        if name == task.owner or name not in outcome.books:
            continue
        done = outcome.books[name].finish(outcome.amounts[task.key], ready, limit, {})
        if done is not None:
            yield OtherOwner(name, outcome.on(done))


def _own_use(task: Task, outcome: Outcome) -> dict[int, int]:
    return dict(outcome.uses.get(task.key, ()))


def _fewer_actions(task: Task, by: int, outcome: Outcome) -> Iterable[FewerActions]:
    """The owner's tasks of lower priority that leave enough room when dropped: lowest priority and most room
    first, and none that is not needed. What waits for a dropped task goes with it."""
    ready = outcome.ready(task.key)
    if task.owner is None or ready is None:
        return
    book, amount = outcome.books[task.owner], outcome.amounts[task.key]
    offers: list[tuple[int, int, int, tuple[str, ...]]] = []
    for position, key in enumerate(outcome.by_owner[task.owner]):
        gains = sum(part for day, part in outcome.uses.get(key, ()) if ready <= day <= by)
        if gains and (group := _droppable(key, task, outcome)):
            offers.append((-_BANDS[outcome.tasks[key].priority], -gains, position, group))

    def done(groups: Iterable[tuple[str, ...]]) -> int | None:
        freed = _own_use(task, outcome)
        for key in dict.fromkeys(key for group in groups for key in group):
            if outcome.tasks[key].owner == task.owner:
                for day, part in outcome.uses.get(key, ()):
                    freed[day] = freed.get(day, 0) + part
        return book.finish(amount, ready, by, freed)

    chosen: list[tuple[str, ...]] = []
    for *_, group in sorted(offers):
        chosen.append(group)
        if done(chosen) is not None:
            break
    else:
        return
    for group in chosen[:-1]:
        rest = [other for other in chosen if other != group]
        if done(rest) is not None:
            chosen = rest
    finish = done(chosen)
    assert finish is not None
    yield FewerActions(tuple(dict.fromkeys(key for group in chosen for key in group)), outcome.on(finish))


def _droppable(key: str, task: Task, outcome: Outcome) -> tuple[str, ...] | None:
    """The task with all that waits for it, where all of it is of lower priority than ``task``."""
    found: dict[str, None] = {}
    waiting = [key]
    while waiting:
        one = waiting.pop(0)
        if one in found:
            continue
        if _BANDS[outcome.tasks[one].priority] <= _BANDS[task.priority]:
            return None
        found[one] = None
        waiting += outcome.dependents.get(one, ())
    return tuple(found)


def _sooner_needs(task: Task, by: int, outcome: Outcome) -> Iterable[SoonerNeeds]:
    """What it waits for, and the day by which that would have to be done."""
    if not outcome.needs[task.key]:
        return
    if task.owner is None:
        begin = Book(outcome.team).begin(outcome.amounts[task.key], by, {})
    else:
        begin = outcome.books[task.owner].begin(outcome.amounts[task.key], by, _own_use(task, outcome))
    if begin is None or begin == 0:
        return
    late = tuple(
        need
        for need in outcome.needs[task.key]
        if need not in outcome.uses or outcome.uses[need][-1][0] >= begin
    )
    if late:
        yield SoonerNeeds(late, outcome.on(begin - 1))


def choice_words(choice: Choice) -> str:
    """A choice as a sentence, without a full stop."""
    match choice:
        case LaterDate(on):
            return f"accept {on}"
        case OtherOwner(name, finish):
            return f"give it to {name}, who has room and is done on {finish}"
        case FewerActions(drop, finish):
            return f"drop {', '.join(drop)}; then it is done on {finish}"
        case SoonerNeeds(needs, by):
            return f"have {', '.join(needs)} done by {by}"


def as_problem(late: Infeasible, task: Task) -> Problem:
    """What cannot be kept, told as a problem with its choices as the remedy."""
    when = f"by {late.due}" if late.due else "at all"
    words = "; or ".join(choice_words(choice) for choice in late.choices)
    return Problem(
        "date-cannot-be-kept", f"{task.named} cannot be done {when}: {late.why}",
        fix=f"{words[0].upper()}{words[1:]}." if words else "Name another owner, or give its owner room.",
    )  # fmt: skip
