"""The incident, as far as the RCA tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from .evidence import Evidence, Fact


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time of the incident. ``zone`` is as written (``UTC``, ``CET``, ``+02:00``), None where
    the document does not say: UTC is never assumed. ``at`` is naive local time in that zone.
    ``inferred``: no word of the document says that this is the moment; nothing is reckoned from it."""

    text: str
    evidence: Evidence | None = None
    at: datetime | None = None
    zone: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Length:
    """A duration in minutes, with the words it was read from (``computed`` where we worked it out)."""

    minutes: float
    text: str
    evidence: Evidence | None = None
    computed: bool = False


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """Who was hit, for how long, and what it cost. Empty where the document does not say.

    ``user_count`` and ``user_percent`` are numbers for ranking, read from ``users``."""

    users: tuple[Fact, ...] = ()
    duration: Length | None = None
    business: tuple[Fact, ...] = ()
    user_count: float | None = None
    user_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone the RCA or the config names. ``handle`` keeps its ``@`` off; ``roles`` are words such as
    author, reviewer, responder, action owner, maintainer; ``owns`` are components said to be theirs."""

    name: str
    handle: str | None = None
    roles: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One entry of the timeline, in document order."""

    when: Moment
    text: str
    evidence: Evidence
    marker: str | None = None  # started, detected, acknowledged, mitigated, resolved


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened, when and to whom."""

    title: str
    title_evidence: Evidence | None = None
    id: Fact | None = None
    date: date | None = None
    date_evidence: Evidence | None = None
    severity: Fact | None = None
    services: tuple[Fact, ...] = ()
    started: Moment | None = None
    detected: Moment | None = None
    mitigated: Moment | None = None
    resolved: Moment | None = None
    time_to_detect: Length | None = None
    time_to_resolve: Length | None = None
    blast_radius: BlastRadius = field(default_factory=BlastRadius)
    detected_by: Fact | None = None
    trigger: Fact | None = None
    root_causes: tuple[Fact, ...] = ()
    root_cause_known: bool = True
    contributing: tuple[Fact, ...] = ()
    near_misses: tuple[Fact, ...] = ()
    detection_gaps: tuple[Fact, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    people: tuple[Person, ...] = ()
    summary: Fact | None = None
