"""The port through which what is kept is read and changed. Everything happens in a transaction.

``read`` sees one state of the store; ``write`` is alone with the plans it locks, and is kept whole or not at
all. A change is made on what was read in the same transaction, so that no change of another is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from ..policy import ActionState, Category, Priority
from .record import Event, PlanRecord, TicketRecord, TrackedAction
from .report import Facts, Scope


class Order(StrEnum):
    """How a list is ordered."""

    DUE = "due"
    PRIORITY = "priority"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Query:
    """Which actions are wanted; what is empty does not narrow. ``words`` are searched in titles, statements,
    owners and incident titles, the last one as a beginning. ``quarter`` as ``2026-Q4``. ``limit`` None: all."""

    plan: str = ""
    states: tuple[ActionState, ...] = ()
    priorities: tuple[Priority, ...] = ()
    categories: tuple[Category, ...] = ()
    owner: str = ""
    unowned: bool = False
    team: str = ""
    service: str = ""
    quarter: str = ""
    due_before: date | None = None
    words: str = ""
    order: Order = Order.DUE
    limit: int | None = 50
    offset: int = 0


class Task(StrEnum):
    """What the outbox asks of a tracker. A plan's tasks are done in this order."""

    PARENT = "parent"
    TICKET = "ticket"
    LINK = "link"
    CHANGE = "change"


class TaskState(StrEnum):
    """Where a task of the outbox stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OutboxTask:
    """Something to be done at a tracker, exactly once. ``id`` is unique for plan, tracker, place, action and task, so
    that asking for it twice makes one; ``marker`` is a UUID v4 made when it was asked for; ``payload`` is JSON.
    ``tries`` counts the times somebody set out to do it; ``not_before`` in UTC."""

    id: str
    plan: str
    action: str
    tracker: str
    place: str
    task: Task
    marker: str
    payload: str
    state: TaskState = TaskState.WAITING
    tries: int = 0
    not_before: datetime | None = None
    lease: str = ""
    lease_until: datetime | None = None
    error: str = ""


class Reading(Protocol):
    """What can be read."""

    def plan(self, plan: str) -> PlanRecord | None:
        """The record of a plan, by its id."""
        ...

    def plans(self, begin: str = "", limit: int | None = 50) -> Sequence[PlanRecord]:
        """Records without their bodies, the newest first; ``begin`` is the beginning of an id."""
        ...

    def plan_ids(self) -> Sequence[str]:
        """Every plan's id."""
        ...

    def plan_from(self, source: str = "", incident: str = "", digest: str = "") -> PlanRecord | None:
        """The newest plan of that RCA, of that incident, or of that very text (empty: no look-up by it)."""
        ...

    def alike(self, services: Sequence[str], kinds: Sequence[str], but: str) -> Sequence[PlanRecord]:
        """Records without bodies that share a service or a kind of failure mode, but for the plan ``but``."""
        ...

    def actions(self, plan: str) -> Sequence[TrackedAction]:
        """A plan's actions, by number."""
        ...

    def action(self, plan: str, action: str) -> TrackedAction | None:
        """One action of a plan."""
        ...

    def find(self, query: Query) -> Sequence[TrackedAction]:
        """The actions that a query wants."""
        ...

    def count(self, query: Query, most: int) -> int:
        """How many actions a query wants, whatever its limit; counted up to ``most``."""
        ...

    def events(self, plan: str, action: str = "", limit: int | None = None) -> Sequence[Event]:
        """The history, the oldest first."""
        ...

    def tickets(self, plan: str = "", tracker: str = "") -> Sequence[TicketRecord]:
        """Tickets of a plan, or of all."""
        ...

    def ticket(self, tracker: str, place: str, ref_id: str) -> TicketRecord | None:
        """The ticket with the tracker's own id."""
        ...

    def facts(self, scope: Scope, today: date) -> Facts:
        """What a report counts."""
        ...

    def tasks(self, plan: str = "", states: Sequence[TaskState] = ()) -> Sequence[OutboxTask]:
        """Tasks of the outbox, in the order in which they were asked for."""
        ...


class Writing(Reading, Protocol):
    """What can be changed. ``lock`` comes first."""

    def lock(self, plan: str) -> None:
        """Wait until nobody else changes that plan."""
        ...

    def put_plan(self, record: PlanRecord) -> None:
        """Keep a plan, new or changed."""
        ...

    def put_actions(
        self, actions: Iterable[TrackedAction], statements: Mapping[str, str] | None = None
    ) -> None:
        """Keep actions, new or changed; ``statements`` by id are searched as well. Raises StoreError where one was
        changed by somebody else since it was read."""
        ...

    def log(self, events: Iterable[Event]) -> None:
        """Add to the history."""
        ...

    def put_ticket(self, ticket: TicketRecord) -> None:
        """Keep a ticket."""
        ...

    def ask(self, tasks: Iterable[OutboxTask]) -> int:
        """Put tasks into the outbox that are not there yet, and those again that were refused; how many."""
        ...

    def lease(self, holder: str, now: datetime, until: datetime, plan: str = "") -> OutboxTask | None:
        """The next task that is due and that nobody works on, now ours until then."""
        ...

    def finish(self, task: OutboxTask, holder: str) -> bool:
        """Keep a task as it is now and give it back; False where the lease is not ours any more."""
        ...

    def first_time(self, kind: str, key: str, at: datetime) -> bool:
        """Whether this was never told before (a webhook's delivery, a reminder); from now on it was."""
        ...

    def forget(self, kind: str, key: str) -> None:
        """Take that back: it was not told after all."""
        ...


class Store(Protocol):
    """Where plans are kept. Raises StoreError."""

    name: str

    def read(self) -> AbstractContextManager[Reading]:
        """A transaction that only reads."""
        ...

    def write(self) -> AbstractContextManager[Writing]:
        """A transaction that is kept where it ends well."""
        ...

    def backup(self, path: str) -> None:
        """Write the whole store into a file, while others go on working."""
        ...

    def close(self) -> None:
        """Give its connections back."""
        ...
