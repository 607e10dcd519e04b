"""Working through the outbox: each ticket is made exactly once, whatever happens on the way.

Each task is leased, done, and kept as done. Whoever takes over a task that somebody set out to do before looks first
whether its ticket is there. A request that was delayed and arrives after that look is found by the sweep at the end,
and by every sync.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..core.codec import decode
from ..core.tracking.fields import agreed_now
from ..core.tracking.record import Event, TicketRecord
from ..core.tracking.store import OutboxTask, Task, TaskState
from ..core.tracking.ticket_text import group_of
from ..core.tracking.tickets import BulkTracker, Made, Presence, TicketDraft, TicketRef, Tracker
from ..errors import PostmortemActionsError, TrackerBusy, TrackerError, TrackerUncertain, TrackerUnreachable
from .planning import Ports

_LEASE = timedelta(minutes=3)  # far longer than any request may take
_GIVE_UP = 8  # times one task is tried in one run


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: ``settle`` seconds after a lost answer, before one looks whether the request was carried out;
    ``longest`` seconds that a tracker may ask for; ``sleep`` waits."""

    settle: float = 2.0
    longest: float = 120.0
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Published:
    """What a run did. ``made`` and ``found`` are (action, ticket); ``refused`` (action, why); ``left`` tasks that wait
    still; ``stated`` (action, ticket) that the RCA names; ``dropped`` what the tracker did not take; ``masked`` how often
    something secret or personal was taken out, by kind."""

    made: list[tuple[str, TicketRef]] = field(default_factory=list)
    found: list[tuple[str, TicketRef]] = field(default_factory=list)
    retired: list[TicketRef] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    stated: tuple[tuple[str, str], ...] = ()
    masked: dict[str, int] = field(default_factory=dict)
    links: int = 0
    left: int = 0
    why_left: str = ""


@dataclass(slots=True)
class Worker:
    """Does the tasks of an outbox: one after another, or as many by one request as the tracker takes. Several may work
    at one outbox."""

    ports: Ports
    tracker: Tracker
    name: str
    by: str
    patience: Patience
    told: Published
    progress: Callable[[str], None] | None = None
    holder: str = ""
    uncertain: bool = False
    tried: Counter[str] = field(default_factory=Counter)
    _parents: dict[str, TicketRef] = field(default_factory=dict)

    def drain(self, plan: str = "") -> None:
        """Do what is due until nothing is, or until waiting would take too long."""
        self.holder = self.ports.new_id()
        waited = 0.0
        while True:
            now = self.ports.clock.now()
            tasks = self._lease(now, plan)
            if not tasks:
                wait = self._next(plan)
                if wait is None or waited + wait > self.patience.longest:
                    break
                self.patience.sleep(wait)
                waited += wait
                continue
            for task in tasks:
                self.tried[task.id] += 1
            if self.progress:
                self.progress(f"{tasks[0].task.value} {tasks[0].action or tasks[0].plan}")
            together = [task for task in tasks if _may_go_together(task)]
            if len(together) > 1 and isinstance(self.tracker, BulkTracker):
                self._make_many(self.tracker, together)
            else:
                together = []
            for task in tasks:
                if task not in together:
                    self._do(task)
        if self.progress:
            self.progress("")

    def _lease(self, now: datetime, plan: str) -> list[OutboxTask]:
        most = self.tracker.bulk if isinstance(self.tracker, BulkTracker) else 1
        tasks: list[OutboxTask] = []
        with self.ports.store().write() as writing:
            while len(tasks) < most and (task := writing.lease(self.holder, now, now + _LEASE, plan)):
                tasks.append(task)
                if not _may_go_together(task):
                    break
        return tasks

    def _next(self, plan: str) -> float | None:
        """Seconds until a task is due that nobody works on."""
        now = self.ports.clock.now()
        with self.ports.store().read() as reading:
            waiting = [
                task for task in reading.tasks(plan, (TaskState.WAITING,)) if self.tried[task.id] < _GIVE_UP
            ]
        times = [max(task.not_before or now, task.lease_until or now) for task in waiting]
        return max(0.01, (min(times) - now).total_seconds()) if times else None

    def _do(self, task: OutboxTask) -> None:
        try:
            if task.task is Task.LINK:
                self._link(task)
            else:
                self._make(task)
        except TrackerError as error:
            self._failed(task, error)
        except PostmortemActionsError as error:
            # The config is wrong: whoever mends it need not wait until the lease ends.
            self._keep(replace(task, error=error.message))
            raise

    def _failed(self, task: OutboxTask, error: TrackerError) -> None:
        wait = self.patience.settle * 2 ** min(task.tries - 1, 4)
        if isinstance(error, TrackerBusy):
            self._later(task, error.wait, error)
        elif isinstance(error, TrackerUncertain):
            self.uncertain = True
            self._later(task, wait, error)
        elif isinstance(error, TrackerUnreachable):
            self._later(task, wait, error)
        else:
            self._keep(replace(task, state=TaskState.REFUSED, error=error.message))
            self.told.refused.append((task.action, str(error)))

    def _later(self, task: OutboxTask, seconds: float, error: TrackerError) -> None:
        at = self.ports.clock.now() + timedelta(seconds=seconds)
        self._keep(replace(task, not_before=at, error=error.message))

    def _keep(self, task: OutboxTask) -> bool:
        with self.ports.store().write() as writing:
            return writing.finish(task, self.holder)

    def _make(self, task: OutboxTask) -> None:
        draft = _draft_of(task)
        found: Sequence[TicketRef] = ()
        if task.tries > 1:
            self.uncertain = True
            found = self.tracker.find(task.marker)
        if found:
            ref = found[0]
            for extra in found[1:]:
                self.tracker.retire(extra, ref)
                self.told.retired.append(extra)
            self.told.found.append((task.action, ref))
        else:
            made = self.tracker.create(replace(draft, parent=self._parent(task)))
            ref = made.ref
            self._tell(task, made)
        self._record(task, ref, draft)

    def _make_many(self, tracker: BulkTracker, tasks: Sequence[OutboxTask]) -> None:
        drafts = [replace(_draft_of(task), parent=self._parent(task)) for task in tasks]
        try:
            results = tracker.create_many(drafts)
        except TrackerError as error:
            for task in tasks:
                self._failed(task, error)
            return
        for task, draft, result in zip(tasks, drafts, results, strict=True):
            if isinstance(result, Made):
                self._tell(task, result)
                self._record(task, result.ref, draft)
            else:
                self._failed(task, result)

    def _tell(self, task: OutboxTask, made: Made) -> None:
        self.told.made.append((task.action, made.ref))
        self.told.dropped += [(task.action, text) for text in made.dropped]

    def _parent(self, task: OutboxTask) -> TicketRef | None:
        if task.task is Task.PARENT:
            return None
        if task.plan not in self._parents:
            with self.ports.store().read() as reading:
                found = [t for t in reading.tickets(task.plan, self.name) if not t.action]
            if not found:
                return None  # it was refused; it may be made later
            self._parents[task.plan] = ref_of(found[0])
        return self._parents[task.plan]

    def _record(self, task: OutboxTask, ref: TicketRef, draft: TicketDraft) -> None:
        now = self.ports.clock.now()
        with self.ports.store().write() as writing:
            if not writing.finish(replace(task, state=TaskState.DONE, error=""), self.holder):
                return  # somebody took over; they find this ticket by its marker
            action = writing.action(task.plan, task.action)
            ticket = TicketRecord(
                task.plan, task.action, self.name, task.place, ref.key, ref.id, ref.url, task.marker,
                agreed_now(action, draft) if action else (),
            )  # fmt: skip
            writing.put_ticket(ticket)
            writing.log(
                [Event(task.plan, task.action, now, self.by, "published", f"{self.name} {ref.key} {ref.url}")]
            )

    def _link(self, task: OutboxTask) -> None:
        need, name = json.loads(task.payload)
        with self.ports.store().read() as reading:
            refs = {t.action: ref_of(t) for t in reading.tickets(task.plan) if t.tracker == self.name}
        if need in refs and name in refs:
            self.tracker.link(refs[need], refs[name])
            self.told.links += 1
        # Without a ticket on both ends there is nothing to link: one is done, declined, or stated in the RCA.
        self._keep(replace(task, state=TaskState.DONE, error=""))


def _may_go_together(task: OutboxTask) -> bool:
    """Whether nobody tried it before: what may be there already is looked for alone."""
    return task.task is Task.TICKET and task.tries <= 1


def _draft_of(task: OutboxTask) -> TicketDraft:
    draft: TicketDraft = replace(decode(TicketDraft, json.loads(task.payload)), marker=task.marker)
    return draft


def ref_of(ticket: TicketRecord) -> TicketRef:
    """A kept ticket as its tracker knows it."""
    return TicketRef(ticket.key, ticket.ref_id, ticket.url)


def sweep(ports: Ports, tracker: Tracker, name: str, plan: str) -> list[TicketRef]:
    """Close what was made twice, whoever made it; the ticket that is kept stays. Raises TrackerError."""
    with ports.store().read() as reading:
        kept = {
            t.marker: ref_of(t)
            for t in reading.tickets(plan)
            if t.tracker == name and t.presence == Presence.HERE
        }
    groups: dict[str, list[TicketRef]] = {}
    for marker, ref in tracker.find_group(group_of(plan)):
        groups.setdefault(marker, []).append(ref)
    retired = []
    for marker, refs in groups.items():
        stays = kept.get(marker)
        if stays is None or len(refs) < 2 or all(ref.id != stays.id for ref in refs):
            continue
        for ref in refs:
            if ref.id != stays.id:
                tracker.retire(ref, stays)
                retired.append(ref)
    return retired
