"""Tickets as every tracker understands them, and the port through which trackers are spoken to.

A ticket is made once, whatever happens on the way. That rests on three things: a *marker*, a UUID v4 that is
kept before the first request and stands in the ticket for good; errors that tell whether a request surely
did not happen (``TrackerUnreachable``, ``TrackerBusy``, ``TrackerError``) or may have (``TrackerUncertain``);
and ``find``, which tells what is there under a marker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from ...errors import TrackerError
from ..policy import Priority


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket. ``key`` is what people call it (``42``, ``OPS-7``); ``id`` is the tracker's own; ``url``
    leads people there."""

    key: str
    id: str
    url: str


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket to be made. ``marker`` is a UUID v4; ``group`` is the same for all tickets of a plan (a short
    word, letters, digits and ``-``); ``body`` is Markdown; ``assignee`` is the tracker's name of the person
    (login, account id, user id or e-mail, as the config maps it); ``parent`` is the plan's ticket;
    ``fields`` are further fields by the tracker's own names, as the config gives them."""

    marker: str
    group: str
    title: str
    body: str
    is_parent: bool = False
    labels: tuple[str, ...] = ()
    assignee: str | None = None
    priority: Priority | None = None
    due: date | None = None
    parent: TicketRef | None = None
    fields: tuple[tuple[str, str], ...] = ()


class Closed(StrEnum):
    """As what a ticket was closed."""

    DONE = "done"
    NOT_PLANNED = "not planned"
    DUPLICATE = "duplicate"


class Presence(StrEnum):
    """Where a ticket is now."""

    HERE = "here"
    MOVED = "moved"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class TicketState:
    """A ticket as the tracker shows it now. ``status`` in its own words; ``closed`` None while it is open;
    ``started`` where its status says that somebody works on it; ``assignee`` as in a draft; ``due`` None also
    where the tracker knows no due dates; ``updated`` with its zone; ``by`` who closed it, where told. Of a
    ticket that is not ``HERE`` only ``ref`` counts; one that moved carries its new ``ref``."""

    ref: TicketRef
    presence: Presence = Presence.HERE
    title: str = ""
    status: str = ""
    closed: Closed | None = None
    started: bool = False
    assignee: str | None = None
    due: date | None = None
    updated: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class TicketComment:
    """A remark on a ticket. ``at`` with its zone."""

    id: str
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class TicketChange:
    """What is to be changed; None leaves a thing as it is. ``clear_due`` and ``clear_assignee`` empty them;
    ``closed`` closes the ticket so, ``reopen`` opens it."""

    title: str | None = None
    body: str | None = None
    assignee: str | None = None
    clear_assignee: bool = False
    due: date | None = None
    clear_due: bool = False
    closed: Closed | None = None
    reopen: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A ticket that was made. ``dropped`` says in plain words what the tracker did not take (an assignee it
    does not know, a label it refuses), read back from its answer and never assumed."""

    ref: TicketRef
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``pma doctor`` looked at. ``ok`` None: could not be told; ``needed``: nothing can be published
    without it."""

    what: str
    ok: bool | None
    detail: str = ""
    fix: str = ""
    needed: bool = True


class Tracker(Protocol):
    """A tracker: GitHub, Linear, Jira, or one of a third party. Any method raises TrackerError and its kinds.

    An implementation sends every request once (no retries of its own but for reading), sets a time limit
    of at most 30 seconds on it, and tells by the kind of error what became of it."""

    name: str

    @property
    def place(self) -> str:
        """Where tickets go, for people: ``acme/shop``, ``OPS at jira.example.com``."""
        ...

    def check(self) -> Sequence[Finding]:
        """Token, permissions, project, labels, required fields, users: without writing anything."""
        ...

    def find(self, marker: str) -> Sequence[TicketRef]:
        """Every ticket with that marker, the oldest first; not those that were retired as duplicates."""
        ...

    def find_group(self, group: str) -> Sequence[tuple[str, TicketRef]]:
        """(marker, ticket) of every ticket of a plan, the oldest first; not those that were retired."""
        ...

    def create(self, draft: TicketDraft) -> Made:
        """Make one ticket, under its parent in the tracker's native form where there is one."""
        ...

    def link(self, blocker: TicketRef, blocked: TicketRef) -> None:
        """Say in the tracker's native form that one blocks the other; saying it twice changes nothing."""
        ...

    def read(self, refs: Sequence[TicketRef]) -> Sequence[TicketState]:
        """The tickets as they are now, in the same order; also those that are gone or moved."""
        ...

    def comments(self, ref: TicketRef, since: datetime | None) -> Sequence[TicketComment]:
        """Remarks of people on it, the oldest first."""
        ...

    def change(self, ref: TicketRef, change: TicketChange) -> TicketState:
        """Change it, and give it as it is then."""
        ...

    def comment(self, ref: TicketRef, text: str) -> None:
        """Add a remark, in Markdown."""
        ...

    def retire(self, ref: TicketRef, keep: TicketRef) -> None:
        """Close a ticket that was made twice as a duplicate of the one that stays; ``find`` knows it no more."""
        ...


@runtime_checkable
class BulkTracker(Tracker, Protocol):
    """A tracker that makes up to ``bulk`` tickets by one request."""

    bulk: int

    def create_many(self, drafts: Sequence[TicketDraft]) -> Sequence[Made | TrackerError]:
        """Make tickets; of each what became of it, in the same order. An error that is raised is about all of them."""
        ...


class Channel(Protocol):
    """A way to tell people: Slack, mail. Raises TrackerError and its kinds."""

    def tell(self, person: str, subject: str, text: str, key: str) -> None:
        """Tell one person (empty: whoever reads the channel) a Markdown text; ``key`` is the same for the same message."""
        ...
