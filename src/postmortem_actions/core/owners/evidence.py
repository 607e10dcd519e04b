"""What the sources of ownership were asked about an RCA, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .claims import Claim


@dataclass(frozen=True, slots=True)
class OwnershipSettings:
    """Where evidence of ownership lies, as the config and the options name it.

    ``repository`` is a folder under git; ``directory`` a file of services; ``rotation`` a calendar (path or
    link) or ``pagerduty:ID``, ``opsgenie:ID``, ``grafana:ID``; ``absences`` a calendar; ``left`` are people who
    are no longer there; ``zone`` is the time zone of times that carry none; ``spread`` deals the rotation out
    evenly instead of taking who is next on call; ``plans`` are files of earlier plans, whose open actions are
    work already promised; ``limit`` is the most actions that one person may own, over all plans."""

    repository: str | None = None
    directory: str | None = None
    rotation: str | None = None
    absences: str | None = None
    left: tuple[str, ...] = ()
    zone: str | None = None
    spread: bool = False
    plans: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def any(self) -> bool:
        """Whether there is a source to ask at all."""
        return bool(self.repository or self.directory or self.rotation or self.absences)


@dataclass(frozen=True, slots=True)
class OwnershipQuestion:
    """``terms`` are what the RCA names of the code, ``services`` the services it names; ``after`` is the
    instant from which the next on call counts; ``people`` are names and handles that are known already;
    ``turns`` is how many turns of the rotation are wanted at most."""

    terms: tuple[str, ...]
    services: tuple[str, ...]
    today: date
    after: datetime
    people: tuple[str, ...] = ()
    turns: int = 15


@dataclass(frozen=True, slots=True)
class OwnershipEvidence:
    """The answers. ``files`` pairs a term of the RCA with a file it points at; ``direct`` are claims on
    files by those who work on them; ``modules`` claims on files or components by those who are named as their
    owners; ``on_call`` the rotation's people in order; ``absences`` who is away, from which day to which."""

    files: tuple[tuple[str, str], ...] = ()
    direct: tuple[Claim, ...] = ()
    modules: tuple[Claim, ...] = ()
    on_call: tuple[Claim, ...] = ()
    absences: tuple[tuple[str, date, date], ...] = ()

    def files_of(self, words: str) -> frozenset[str]:
        """The files that the terms standing in ``words`` point at."""
        low = words.lower()
        return frozenset(path for term, path in self.files if term.lower() in low)
