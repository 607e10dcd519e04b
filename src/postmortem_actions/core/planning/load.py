"""Whether the owners have room: everybody's load, and the dates that nobody's room lets be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..context import Calendar, Room, Team
from ..model import Action, Assumption, PersonLoad, Problem, Request
from ..policy import ActionState, DueDatePolicy
from .workload_model import SHARE, PersonRoom, Task

_SETTLED = frozenset(state for state in ActionState if not state.is_open)


@dataclass(frozen=True, slots=True)
class Loads:
    """The load of everybody who owns something, what cannot be kept, and what was assumed."""

    people: tuple[PersonLoad, ...] = ()
    problems: tuple[Problem, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


def loads(actions: Sequence[Action], request: Request, team: Team, calendar: Calendar) -> Loads:
    """Schedule the actions that have an owner within their owners' room. Dates are not moved: what cannot be
    kept is told with the choices there are."""
    open_ones = [a for a in actions if a.state not in _SETTLED]
    owned = [a for a in open_ones if a.owner.person is not None]
    if not owned or request.due_date_policy is DueDatePolicy.NONE:
        return Loads()
    from .workload import workload  # only where somebody owns something
    from .workload_choices import as_problem

    ids = {action.id for action in open_ones}
    names = sorted({a.owner.person for a in owned if a.owner.person})
    rooms = _rooms(names, team, request, calendar)
    tasks = [
        Task(
            action.id, action.priority, action.effort, action.owner.person, _last_day(action), None,
            tuple(need for need in action.depends_on if need in ids),
            _others(action, names), action.title,
        )
        for action in open_ones
    ]  # fmt: skip
    share = SHARE[request.capacity]
    done = workload(tasks, list(rooms.values()), request.today, calendar, share)
    by_key = {task.key: task for task in tasks}
    problems = [as_problem(late, by_key[late.key]) for late in done.infeasible if by_key[late.key].owner]
    people = tuple(
        PersonLoad(
            load.name, load.share, round(load.days_before, 2), round(load.days_after, 2), load.p0s_before,
            load.p0s_after, load.busy_until,
        )
        for load in done.loads
        if load.days_after > load.days_before or load.days_before
    )  # fmt: skip
    return Loads(people, tuple(problems), _assumed(share, request, [p.person for p in people], rooms))


def _last_day(action: Action) -> date | None:
    """The end of its window: inside it the work may wait. A date that cannot fit the window is told already."""
    if action.due.late or action.due.window_end is None:
        return action.due.on
    return max(action.due.window_end, action.due.on) if action.due.on else action.due.window_end


def _others(action: Action, names: Sequence[str]) -> tuple[str, ...]:
    """Who else may do it: its backup, then nobody by guess."""
    backup = action.backup.person if action.backup else None
    return (backup,) if backup and backup != action.owner.person and backup in names else ()


def _rooms(
    names: Sequence[str], team: Team, request: Request, calendar: Calendar
) -> Mapping[str, PersonRoom]:
    known: dict[str, Room] = {}
    for room in team.rooms:
        known[room.person.lstrip("@").lower()] = room
        for person in team.people:
            if room.person.lower() in (person.name.lower(), (person.handle or "").lower()):
                known[person.name.lower()] = room
                known[(person.handle or person.name).lower()] = room
    rooms = {}
    for name in names:
        own = known.get(name.lstrip("@").lower())
        rooms[name] = PersonRoom(
            name,
            own.share if own and own.share is not None else SHARE[request.capacity],
            own.calendar if own and own.calendar is not None else calendar,
            own.away if own else frozenset(),
            own.queue_days if own else 0.0,
            own.queue_p0s if own else 0,
        )
    return rooms


def _assumed(
    share: float, request: Request, names: Sequence[str], rooms: Mapping[str, PersonRoom]
) -> tuple[Assumption, ...]:
    if all(rooms[name].share != share for name in names if name in rooms):
        return ()
    return (
        Assumption(
            "room for follow-up work", f"{share:.0%} of each owner's working day", "capacity scale",
            f"the request's capacity is {request.capacity.value}; set share under [people.NAME] for one person",
        ),
    )  # fmt: skip
