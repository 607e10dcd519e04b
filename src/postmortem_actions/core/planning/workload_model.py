"""The words of room and dates: tasks, people with their room, and what a schedule says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ...errors import RequestError
from ..context import Calendar
from ..model import Problem
from ..policy import Capacity, Effort, Priority


@dataclass(frozen=True, slots=True)
class EffortDays:
    """Working days of one person's undivided time that an effort stands for: a range, and the figure
    within it that dates are reckoned with. Raises RequestError where they do not rise from above 0."""

    least: float
    planned: float
    most: float

    def __post_init__(self) -> None:
        if not 0 < self.least <= self.planned <= self.most:
            raise RequestError(
                f"the days of an effort must rise from above 0: {self.least}, {self.planned}, {self.most}",
                fix="Give the least, the planned and the most working days, such as 1, 3, 5.",
            )


# Ranges: the effort scale (S under 1 day, M 1 to 5, L over 5; its upper end 10 is a planning default, as a
# larger action should be divided). Planned: S as a whole day, because a started day is gone; else the middle.
EFFORT_DAYS: Mapping[Effort, EffortDays] = {
    Effort.S: EffortDays(0.5, 1, 1),
    Effort.M: EffortDays(1, 3, 5),
    Effort.L: EffortDays(6, 8, 10),
}
# The share of a working day for follow-up work. Source: the capacity scale (20 %, 40 %, a dedicated sprint).
SHARE: Mapping[Capacity, float] = {Capacity.LOW: 0.2, Capacity.MEDIUM: 0.4, Capacity.HIGH: 1.0}
# What a day of lateness weighs: each band twice the next, so that two late P1s weigh as much as one late P0.
LATE_WEIGHT: Mapping[Priority, int] = {Priority.P0: 8, Priority.P1: 4, Priority.P2: 2, Priority.P3: 1}


@dataclass(frozen=True, slots=True)
class Task:
    """An action as the scheduler sees it. ``due`` is the wanted date (the end of its window); ``stated``, a
    date the RCA gives, goes before it. ``possible_owners`` may do it too, best first."""

    key: str
    priority: Priority
    effort: Effort
    owner: str | None = None
    due: date | None = None
    stated: date | None = None
    depends_on: tuple[str, ...] = ()
    possible_owners: tuple[str, ...] = ()
    title: str = ""

    @property
    def promised(self) -> date | None:
        """The date to be kept, if any."""
        return self.stated or self.due

    @property
    def named(self) -> str:
        """How it is called in messages."""
        return f"{self.key} “{self.title}”" if self.title else self.key


@dataclass(frozen=True, slots=True)
class PersonRoom:
    """What somebody can give. ``share`` is the part of each working day for follow-up work, 0 to 1;
    ``absences`` come on top of the calendar; ``queue_days`` are working days promised by earlier plans, done
    first, and ``queue_p0s`` the P0s among them. Raises RequestError for a figure out of range."""

    name: str
    share: float = SHARE[Capacity.MEDIUM]
    calendar: Calendar = field(default_factory=Calendar)
    absences: frozenset[date] = frozenset()
    queue_days: float = 0.0
    queue_p0s: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise RequestError(
                f"the share of {self.name}'s day is {self.share}",
                fix="Give a share from 0 (no time for follow-up work) to 1 (all of it).",
            )
        if not (self.queue_days >= 0 and self.queue_p0s >= 0):
            raise RequestError(
                f"the queue of {self.name} is negative", fix="Give the days and P0s promised, 0 or more."
            )


@dataclass(frozen=True, slots=True)
class LaterDate:
    """Choice: accept this date instead."""

    on: date


@dataclass(frozen=True, slots=True)
class OtherOwner:
    """Choice: give it to somebody who has room beside all else they are to do, and is done on ``finish``."""

    name: str
    finish: date


@dataclass(frozen=True, slots=True)
class FewerActions:
    """Choice: drop these, all of lower priority; then it is done on ``finish``."""

    drop: tuple[str, ...]
    finish: date


@dataclass(frozen=True, slots=True)
class SoonerNeeds:
    """Choice: have what it waits for done by this day (with another owner, or before other work)."""

    needs: tuple[str, ...]
    by: date


Choice = LaterDate | OtherOwner | FewerActions | SoonerNeeds


@dataclass(frozen=True, slots=True)
class Placed:
    """When a task is done. ``start`` and ``finish`` are None where its owner has no room within ten years.
    ``latest`` is the finish should every effort turn out at the upper end of its range. ``work`` are the days
    and thousandths of a working day spent on each; unowned work is not set against anybody's room."""

    key: str
    owner: str | None
    start: date | None
    finish: date | None
    latest: date | None
    due: date | None
    work: tuple[tuple[date, int], ...] = ()

    @property
    def kept(self) -> bool:
        """Whether it is done by its date; one without a date is kept once it is done at all."""
        return self.finish is not None and (self.due is None or self.finish <= self.due)

    @property
    def tight(self) -> bool:
        """Whether the date is kept as planned, but not should all efforts be at their upper end."""
        return self.kept and self.due is not None and (self.latest is None or self.latest > self.due)


@dataclass(frozen=True, slots=True)
class Load:
    """What one person holds, before and after the plan, in working days of effort and in P0s.
    ``busy_until`` is the last day with work of the queue or the plan, None where there is none."""

    name: str
    share: float
    days_before: float
    days_after: float
    p0s_before: int
    p0s_after: int
    busy_until_before: date | None
    busy_until: date | None


@dataclass(frozen=True, slots=True)
class Infeasible:
    """A date that cannot be kept, why, and what would have to give."""

    key: str
    due: date | None
    finish: date | None
    why: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """The schedule: tasks in their given order, people by name. ``lateness`` is the sum over the tasks of
    calendar days late times LATE_WEIGHT; tasks with no finish are not in it."""

    placed: tuple[Placed, ...]
    loads: tuple[Load, ...]
    infeasible: tuple[Infeasible, ...]
    problems: tuple[Problem, ...]
    lateness: int
