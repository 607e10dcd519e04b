"""A tracker in memory: for trials without an account, and for tests of whoever speaks to a tracker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import Enum, auto
from threading import RLock
from typing import TypeVar

from ...core.tracking.tickets import (
    Closed,
    Finding,
    Made,
    Presence,
    TicketChange,
    TicketComment,
    TicketDraft,
    TicketRef,
    TicketState,
)
from ...errors import TrackerBusy, TrackerError, TrackerUncertain, TrackerUnreachable

T = TypeVar("T")


class Fault(Enum):
    """What goes wrong with one request."""

    NONE = auto()
    BEFORE = auto()  # it never arrives
    AFTER = auto()  # it is carried out, and the answer is lost
    BUSY = auto()
    REFUSED = auto()


@dataclass(slots=True)
class _Ticket:
    draft: TicketDraft
    state: TicketState
    retired: bool = False
    comments: list[TicketComment] = field(default_factory=list)


class MemoryTracker:
    """See ``core.tracking.tickets.Tracker``. ``faults`` are used up one a request, reading ones not counted."""

    def __init__(
        self,
        name: str = "memory",
        faults: Sequence[Fault] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = name
        self.faults = list(faults)
        self.now = now
        self.wait = 0.01  # seconds that a busy one asks for
        self.tickets: dict[str, _Ticket] = {}
        self.links: set[tuple[str, str]] = set()
        self.requests = 0
        self._moved: dict[str, str] = {}
        self._lock = RLock()

    @property
    def place(self) -> str:
        """Where tickets go."""
        return "memory"

    def check(self) -> Sequence[Finding]:
        """Nothing can be wrong."""
        return [Finding("a tracker in memory", True)]

    def find(self, marker: str) -> Sequence[TicketRef]:
        """By marker, the oldest first."""
        with self._lock:
            return [t.state.ref for t in self._there() if t.draft.marker == marker]

    def find_group(self, group: str) -> Sequence[tuple[str, TicketRef]]:
        """By group, the oldest first."""
        with self._lock:
            return [(t.draft.marker, t.state.ref) for t in self._there() if t.draft.group == group]

    def _there(self) -> list[_Ticket]:
        return [t for t in self.tickets.values() if not t.retired and t.state.presence is Presence.HERE]

    def create(self, draft: TicketDraft) -> Made:
        """A ticket with the next number."""

        def act() -> Made:
            key = str(len(self.tickets) + 1)
            ref = TicketRef(key, f"id-{key}", f"https://tracker.example.com/{key}")
            state = TicketState(
                ref,
                title=draft.title,
                status="open",
                assignee=draft.assignee,
                due=draft.due,
                updated=self.now(),
            )
            self.tickets[ref.id] = _Ticket(draft, state)
            return Made(ref)

        return self._request(act)

    def link(self, blocker: TicketRef, blocked: TicketRef) -> None:
        """A link, once."""
        self._request(lambda: self.links.add((blocker.key, blocked.key)))

    def read(self, refs: Sequence[TicketRef]) -> Sequence[TicketState]:
        """The tickets as they are."""
        with self._lock:
            return [self._state(ref) for ref in refs]

    def _state(self, ref: TicketRef) -> TicketState:
        found = self.tickets.get(self._moved.get(ref.id, ref.id))
        if found is None or found.state.presence is Presence.GONE:
            return TicketState(ref, Presence.GONE)
        if found.state.ref != ref:
            return replace(found.state, presence=Presence.MOVED)
        return found.state

    def comments(self, ref: TicketRef, since: datetime | None) -> Sequence[TicketComment]:
        """Remarks after that instant."""
        with self._lock:
            return [c for c in self.tickets[ref.id].comments if since is None or c.at > since]

    def change(self, ref: TicketRef, change: TicketChange) -> TicketState:
        """Change it."""

        def act() -> TicketState:
            values: dict[str, object] = {}
            if change.title is not None:
                values["title"] = change.title
            if change.assignee is not None or change.clear_assignee:
                values["assignee"] = change.assignee
            if change.due is not None or change.clear_due:
                values["due"] = change.due
            if change.closed is not None:
                values |= {"closed": change.closed, "status": "closed", "by": "postmortem-actions"}
            if change.reopen:
                values |= {"closed": None, "status": "open", "by": None}
            return self._put(ref, **values)

        return self._request(act)

    def comment(self, ref: TicketRef, text: str) -> None:
        """A remark of ours."""
        self._request(lambda: self.say(ref, "postmortem-actions", text))

    def retire(self, ref: TicketRef, keep: TicketRef) -> None:
        """Close it as a duplicate."""

        def act() -> None:
            self._put(ref, closed=Closed.DUPLICATE, status="closed")
            self.tickets[ref.id].retired = True

        self._request(act)

    # What people do with a ticket.

    def close(self, ref: TicketRef, how: Closed, by: str = "alice") -> None:
        """Somebody closes it."""
        self._put(ref, closed=how, status="closed", by=by)

    def reopen(self, ref: TicketRef) -> None:
        """Somebody opens it again."""
        self._put(ref, closed=None, status="open", by=None)

    def work_on(self, ref: TicketRef) -> None:
        """Somebody begins."""
        self._put(ref, started=True, status="in progress")

    def assign(self, ref: TicketRef, name: str | None) -> None:
        """Somebody assigns it."""
        self._put(ref, assignee=name)

    def set_due(self, ref: TicketRef, due: date | None) -> None:
        """Somebody sets its date."""
        self._put(ref, due=due)

    def set_title(self, ref: TicketRef, title: str) -> None:
        """Somebody writes its title anew."""
        self._put(ref, title=title)

    def delete(self, ref: TicketRef) -> None:
        """Somebody deletes it."""
        self._put(ref, presence=Presence.GONE)

    def move(self, ref: TicketRef, key: str) -> TicketRef:
        """Somebody moves it."""
        with self._lock:
            new = TicketRef(key, f"id-{key}", f"https://tracker.example.com/{key}")
            ticket = self.tickets.pop(ref.id)
            ticket.state = replace(ticket.state, ref=new)
            self.tickets[new.id] = ticket
            self._moved[ref.id] = new.id
            return new

    def say(self, ref: TicketRef, author: str, text: str) -> None:
        """Somebody remarks something."""
        with self._lock:
            comments = self.tickets[ref.id].comments
            comments.append(TicketComment(str(len(comments) + 1), author, self.now(), text))

    def _put(self, ref: TicketRef, **values: object) -> TicketState:
        with self._lock:
            ticket = self.tickets.get(ref.id)
            if ticket is None:
                raise TrackerError(f"there is no ticket {ref.key}", where=self.name)
            ticket.state = replace(ticket.state, updated=self.now(), **values)  # type: ignore[arg-type]
            return ticket.state

    def _request(self, act: Callable[[], T]) -> T:
        with self._lock:
            self.requests += 1
            fault = self.faults.pop(0) if self.faults else Fault.NONE
            if fault is Fault.BEFORE:
                raise TrackerUnreachable("the tracker cannot be reached")
            if fault is Fault.BUSY:
                raise TrackerBusy("the tracker asks to wait", self.wait)
            if fault is Fault.REFUSED:
                raise TrackerError("the tracker refuses this")
            done = act()
            if fault is Fault.AFTER:
                raise TrackerUncertain("the answer was lost")
            return done
