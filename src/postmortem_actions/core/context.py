"""What the plan needs to know of the team and its calendar. Given by the config, passed in from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .model import Person
from .owners.evidence import OwnershipEvidence


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days on which nobody works. ``weekend`` are weekday numbers, Monday 0."""

    holidays: frozenset[date] = field(default_factory=frozenset)
    weekend: frozenset[int] = frozenset({5, 6})

    def is_working_day(self, day: date) -> bool:
        """Whether work can be due on that day."""
        return day.weekday() not in self.weekend and day not in self.holidays


@dataclass(frozen=True, slots=True)
class Room:
    """What one person can give. ``share`` is the part of a working day for follow-up work (None: by the
    request's capacity); ``calendar`` their own (None: the team's); ``away`` days off on top of it;
    ``queue_days`` working days that earlier plans promised, with ``queue_p0s`` and ``queue_actions``."""

    person: str
    share: float | None = None
    calendar: Calendar | None = None
    away: frozenset[date] = frozenset()
    queue_days: float = 0.0
    queue_p0s: int = 0
    queue_actions: int = 0


@dataclass(frozen=True, slots=True)
class Team:
    """Who there is, from the config. Names and handles are kept as the user wrote them (without ``@``).

    ``modules`` maps a component (service, path prefix, area word or category such as ``security``) to a
    person; ``teams`` maps a team's name to its people, lead first; ``rotation`` is the on-call order;
    ``roles`` maps a named role (privacy, legal, security, coordinator, sponsor) to a person; ``evidence`` is
    what git, ownership files and feeds say; ``left`` are people who are no longer there;
    ``limit`` is the most actions that one person may own."""

    people: tuple[Person, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    teams: tuple[tuple[str, tuple[str, ...]], ...] = ()
    rotation: tuple[str, ...] = ()
    roles: tuple[tuple[str, str], ...] = ()
    source: str = "config"
    evidence: OwnershipEvidence = field(default_factory=OwnershipEvidence)
    left: tuple[str, ...] = ()
    rooms: tuple[Room, ...] = ()
    limit: int | None = None
