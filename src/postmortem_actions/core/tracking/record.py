"""What is kept of a plan: its actions as they stand, what shows that they work, and every change ever made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ..policy import ActionState, Category, Effort, Impact, Priority, Strength


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that an action works: a link, the output of a run, or what somebody saw. ``at`` is in UTC."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TrackedAction:
    """An action as it stands. ``plan`` and ``id`` name it; ``why`` and ``by`` tell the last step of its life;
    ``review_on`` is when an accepted risk is looked at again; ``origin`` is where the plan took it from;
    ``signals`` are what it covers. Instants are in UTC. ``revision`` grows by one with every change."""

    plan: str
    id: str
    title: str
    category: Category
    priority: Priority
    impact: Impact
    effort: Effort
    strength: Strength
    created: datetime
    changed: datetime
    state: ActionState = ActionState.PROPOSED
    owner: str | None = None
    owner_accepted: bool = False
    backup: str | None = None
    due: date | None = None
    depends_on: tuple[str, ...] = ()
    proofs: tuple[Proof, ...] = ()
    why: str = ""
    by: str = ""
    review_on: date | None = None
    origin: str = ""
    signals: tuple[str, ...] = ()
    started: datetime | None = None
    claimed: datetime | None = None
    verified: datetime | None = None
    revision: int = 0

    @property
    def name(self) -> str:
        """How people call it: ``PLAN/A3``."""
        return f"{self.plan}/{self.id}"


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan as it is kept. ``id`` is a short word; ``source`` is the RCA as the user named it, and ``digest``
    the SHA-256 of its text; ``team`` is who the plan is of (empty: nobody said); ``services`` and ``kinds`` (of
    failure modes) serve to find related incidents, ``cause`` is the root cause in the RCA's words;
    ``body`` is the plan as JSON; ``coverage`` counts its signals: all, covered before, covered with everything
    planned; ``sensitive`` plans leave the machine only where that is allowed."""

    id: str
    title: str
    source: str
    digest: str
    body: str
    created: datetime
    changed: datetime
    incident: str = ""
    date: date | None = None
    severity: str = ""
    team: str = ""
    services: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    cause: str = ""
    sensitive: bool = False
    coverage: tuple[int, int, int] = (0, 0, 0)
    revision: int = 0

    @property
    def quarter(self) -> str:
        """``2026-Q4``, by the incident's date, else by the day of planning."""
        day = self.date or self.created.date()
        return f"{day.year}-Q{(day.month + 2) // 3}"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed, as text; None stands for nothing."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the history, which is only ever added to: who did what when, and why. ``action`` is empty
    for what concerns the whole plan; ``seq`` is given by the store."""

    plan: str
    action: str
    at: datetime
    by: str
    what: str
    why: str = ""
    changes: tuple[Change, ...] = ()
    seq: int = 0


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """The ticket of an action (or of the plan: ``action`` empty) in a tracker at a ``place``. ``agreed`` holds,
    field by field, what the tracker and we last had in common, as text; ``presence`` whether it is still there;
    ``seen`` is when the tracker last changed it; ``comment`` the last remark that was taken over."""

    plan: str
    action: str
    tracker: str
    place: str
    key: str
    ref_id: str
    url: str
    marker: str
    agreed: tuple[tuple[str, str], ...] = ()
    presence: str = "here"
    seen: datetime | None = None
    remarked: datetime | None = None
