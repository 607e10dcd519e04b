"""Work that earlier plans promised: whose, how much, and how many P0s."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ..context import Room, Team
from ..model import Plan
from ..policy import ActionState, Priority
from .workload_model import EFFORT_DAYS

_OPEN = frozenset(state for state in ActionState if state.is_open)


def with_queues(team: Team, earlier: Sequence[Plan]) -> Team:
    """The team with what its people are to do by earlier plans: open actions, at the planned days of their effort."""
    rooms = {_name(room.person): room for room in team.rooms}
    for plan in earlier:
        for action in plan.actions:
            person = action.owner.person
            if person is None or action.state not in _OPEN:
                continue
            room = rooms.get(_name(person), Room(person))
            rooms[_name(person)] = replace(
                room,
                queue_days=room.queue_days + EFFORT_DAYS[action.effort].planned,
                queue_p0s=room.queue_p0s + (action.priority is Priority.P0),
                queue_actions=room.queue_actions + 1,
            )
    return replace(team, rooms=tuple(rooms.values()))


def with_absences(team: Team, absences: Iterable[tuple[str, date, date]]) -> Team:
    """The team with the days on which its people are away."""
    rooms: dict[str, Room] = {_name(room.person): room for room in team.rooms}
    handles: Mapping[str, str] = {_name(p.name): p.handle or p.name for p in team.people}
    for person, first, last in absences:
        name = handles.get(_name(person), person)
        room = rooms.get(_name(name), Room(name))
        days = frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
        rooms[_name(name)] = replace(room, away=room.away | days)
    return replace(team, rooms=tuple(rooms.values()))


def _name(person: str) -> str:
    return person.lstrip("@").lower()
