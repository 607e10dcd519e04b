"""Who takes what: expertise first, but nobody more than a fair share of the P0s or more than their limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from ..model import Problem
from ..policy import Priority
from .workload_model import Task


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who could do a task. ``weight`` is their expertise, more is better; of equal ones the first
    goes first. ``firm``: the owner is settled (the RCA names them) and is kept even beyond share and limit."""

    name: str
    why: str = ""
    weight: float = 1.0
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person may hold. ``actions`` is the most actions a person may own, None for no limit, and
    ``actions_of`` says so for single people; ``held`` and ``held_p0s`` are what they own by earlier plans."""

    actions: int | None = None
    actions_of: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    held_p0s: Mapping[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int | None:
        """The most actions that this person may own."""
        return self.actions_of.get(name, self.actions)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice for a task with its reason. ``name`` is None where nobody can be chosen."""

    name: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Owners of all tasks and backups of the P0s and P1s, by key, in the order of the tasks. ``p0_share`` is
    the most P0s that one person may hold."""

    owners: dict[str, Chosen]
    backups: dict[str, Chosen]
    p0_share: int
    problems: tuple[Problem, ...]


class _Seats:
    """Who holds what, and who may take more."""

    def __init__(self, p0_share: int, limits: Limits) -> None:
        self.p0_share, self.limits = p0_share, limits
        self.total = dict(limits.held)
        self.p0s = dict(limits.held_p0s)
        self.owner: dict[str, str] = {}

    def full(self, name: str, priority: Priority) -> bool:
        """Whether they can take no more of that priority."""
        limit = self.limits.of(name)
        if limit is not None and self.total.get(name, 0) >= limit:
            return True
        return priority is Priority.P0 and self.p0s.get(name, 0) >= self.p0_share

    def why_full(self, name: str, priority: Priority, p0s: int) -> str:
        """Why not, for people."""
        if priority is Priority.P0 and self.p0s.get(name, 0) >= self.p0_share:
            return f"{name} already holds {self.p0s[name]} of {p0s} P0s"
        return f"{name} already holds {self.total.get(name, 0)} of at most {self.limits.of(name)} actions"

    def give(self, task: Task, name: str) -> None:
        """Enter the task for them, and take it from whoever had it."""
        before = self.owner.get(task.key)
        for one, step in ((before, -1), (name, 1)):
            if one is not None:
                self.total[one] = self.total.get(one, 0) + step
                if task.priority is Priority.P0:
                    self.p0s[one] = self.p0s.get(one, 0) + step
        self.owner[task.key] = name


def spread(
    tasks: Sequence[Task], candidates_by_task: Mapping[str, Sequence[Able]], limits: Limits | None = None
) -> Spread:
    """Choose an owner for every task and a backup for every P0 and P1, and say why.

    The share is ceil(P0s / people able), over this plan's P0s and those that the able people hold already. P0s
    are given first, then the others, each in the order of the tasks. Where all who can do a task are full, one of
    them hands another task on to somebody else who can do that; only where no such exchange helps is the task left
    without owner. Backups are others than the owner, spread evenly among equals."""
    limits = limits or Limits()
    able = {task.key: _able(candidates_by_task.get(task.key, ())) for task in tasks}
    critical = [task for task in tasks if task.priority is Priority.P0]
    p0_people = list(dict.fromkeys(one.name for task in critical for one in able[task.key]))
    p0s = len(critical) + sum(limits.held_p0s.get(name, 0) for name in p0_people)
    share = ceil(p0s / len(p0_people)) if p0_people else 0
    seats = _Seats(share, limits)
    firm = {task.key for task in tasks if able[task.key] and able[task.key][0].firm}
    for task in tasks:
        if task.key in firm:
            seats.give(task, able[task.key][0].name)
    others = [task for task in tasks if task.priority is not Priority.P0]
    for group in (critical, others):
        free = {task.key: task for task in group if task.key not in firm}
        for task in free.values():
            _seat(task, free, able, seats)
    owners = {task.key: _owner(task, able[task.key], seats, p0s, task.key in firm) for task in tasks}
    backups = _backups(tasks, able, owners)
    return Spread(owners, backups, share, tuple(_problems(tasks, able, owners, firm, seats, p0s)))


def _able(candidates: Sequence[Able]) -> list[Able]:
    """Best first, everybody once; a firm owner before all."""
    ranked = sorted(candidates, key=lambda one: (not one.firm, -one.weight))
    found: dict[str, Able] = {}
    for one in ranked:
        found.setdefault(one.name, one)
    return list(found.values())


def _seat(task: Task, free: Mapping[str, Task], able: Mapping[str, Sequence[Able]], seats: _Seats) -> None:
    """Give the task to the best who has room; else along the shortest chain of hand-overs to one who has."""
    came: dict[str, tuple[str, str | None]] = {}  # person → (task they would get, person who hands it on)
    waiting: list[str] = []

    def reach(key: str, giver: str | None) -> str | None:
        for one in able[key]:
            if one.name not in came:
                came[one.name] = (key, giver)
                if not seats.full(one.name, task.priority):
                    return one.name
                waiting.append(one.name)
        return None

    end = reach(task.key, None)
    while end is None and waiting:
        name = waiting.pop(0)
        for key in [key for key, owner in seats.owner.items() if owner == name and key in free]:
            if end is None:
                end = reach(key, name)
    while end is not None:
        key, giver = came[end]
        seats.give(free[key], end)
        end = giver


def _owner(task: Task, able: Sequence[Able], seats: _Seats, p0s: int, firm: bool) -> Chosen:
    name = seats.owner.get(task.key)
    if name is None:
        if not able:
            return Chosen(None, "nobody is known who could do it; nobody is invented")
        reasons = "; ".join(seats.why_full(one.name, task.priority, p0s) for one in able)
        return Chosen(None, f"all who could do it are full: {reasons}")
    mine = next(one for one in able if one.name == name)
    passed = [one.name for one in able[: able.index(mine)]]
    full = [seats.why_full(one, task.priority, p0s) for one in passed if seats.full(one, task.priority)]
    why = mine.why or ("settled" if firm else "next choice" if passed else "first choice")
    return Chosen(name, "; ".join([why, *full]))


def _backups(
    tasks: Sequence[Task], able: Mapping[str, Sequence[Able]], owners: Mapping[str, Chosen]
) -> dict[str, Chosen]:
    backups: dict[str, Chosen] = {}
    held: dict[str, int] = {}
    for task in tasks:
        if task.priority not in (Priority.P0, Priority.P1):
            continue
        owner = owners[task.key].name
        rest = [one for one in able[task.key] if one.name != owner]
        if not rest:
            backups[task.key] = Chosen(None, "no second person is known; nobody is invented")
            continue
        best = [one for one in rest if one.weight == rest[0].weight]
        one = min(best, key=lambda who: held.get(who.name, 0))
        held[one.name] = held.get(one.name, 0) + 1
        backups[task.key] = Chosen(one.name, one.why or "next after the owner")
    return backups


def _problems(
    tasks: Sequence[Task],
    able: Mapping[str, Sequence[Able]],
    owners: Mapping[str, Chosen],
    firm: set[str],
    seats: _Seats,
    p0s: int,
) -> list[Problem]:
    """Tasks left open though somebody could do them, and settled owners who hold more than their share."""
    found = [
        Problem("nobody-has-room", f"{task.named} has no owner: {owners[task.key].why}",
                fix="Name another person for it, raise the limit, or plan fewer actions.")
        for task in tasks if owners[task.key].name is None and able[task.key]
    ]  # fmt: skip
    settled = dict.fromkeys(seats.owner[task.key] for task in tasks if task.key in firm)
    for name in settled:
        count, limit = seats.p0s.get(name, 0), seats.limits.of(name)
        if count > seats.p0_share:
            text = f"{name} is named as owner of {count} of {p0s} P0s, which is more than a share of {seats.p0_share}"
        elif limit is not None and seats.total[name] > limit:
            text = f"{name} is named as owner of {seats.total[name]} actions, which is more than the limit of {limit}"
        else:
            continue
        found.append(Problem("more-than-share", text, fix="Agree with them what somebody else takes over."))
    return found
