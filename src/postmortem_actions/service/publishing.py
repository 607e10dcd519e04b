"""Filing a plan's actions as tickets, each exactly once, whatever happens on the way.

What is to be done is put into the outbox in one transaction; then each task is leased, done, and kept as done.
Whoever takes over a task that somebody set out to do before looks first whether its ticket is there. A request
that was delayed and arrives after that look is found by the sweep at the end, and by every sync.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ..core.codec import decode, encode
from ..core.policy import ActionState
from ..core.tracking.fields import agreed_now
from ..core.tracking.keep import plan_of
from ..core.tracking.record import Event, PlanRecord, TicketRecord, TrackedAction
from ..core.tracking.settings import TrackerSettings
from ..core.tracking.store import OutboxTask, Task, TaskState
from ..core.tracking.ticket_text import group_of, parent_body, parent_title, ticket_body, ticket_title
from ..core.tracking.tickets import Presence, TicketDraft, TicketRef, Tracker
from ..errors import (
    PrivacyError,
    RequestError,
    TrackerBusy,
    TrackerError,
    TrackerUncertain,
    TrackerUnreachable,
)
from .keeping import find_plan
from .planning import Ports

_LEASE = timedelta(minutes=3)  # far longer than any request may take
_GIVE_UP = 8  # times one task is tried in one run
_LABEL = "postmortem-actions"
_FILED = frozenset(s for s in ActionState if s.is_unfinished)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: ``settle`` seconds after a lost answer, before one looks whether the request was carried out;
    ``longest`` seconds that a tracker may ask for; ``sleep`` waits."""

    settle: float = 2.0
    longest: float = 120.0
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket as it would be made: of which action (empty: of the plan)."""

    action: str
    ticket: TicketDraft


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


def settings_of(ports: Ports, name: str | None, plan: PlanRecord) -> TrackerSettings:
    """The tracker to use: the named one, the plan's, or the only one. Raises RequestError, PrivacyError."""
    trackers = ports.config.read().tracking.trackers
    wished = name or plan_of(plan).request.tracking_system.value
    found = next((one for one in trackers if one.name == wished), None)
    if found is None and name is None:
        kinds = [one for one in trackers if one.kind == wished] or list(trackers)
        found = kinds[0] if len(kinds) == 1 else None
    if found is None:
        known = ", ".join(one.name for one in trackers)
        raise RequestError(
            f"there is no tracker {name!r} in the config" if name else "it is not said in which tracker",
            fix=f"Give --tracker: {known}."
            if known
            else "Describe one in the config: [tracker.github] repository = …",
        )
    if plan.sensitive and not found.sensitive:
        raise PrivacyError(
            f"{plan.id} is a sensitive incident, and the tracker {found.name} is not marked for those",
            where=found.where or None,
            fix=f"Use a tracker that few can read, and set sensitive = true in [tracker.{found.name}].",
        )
    return found


def drafts(
    ports: Ports,
    record: PlanRecord,
    actions: Sequence[TrackedAction],
    settings: TrackerSettings,
    told: Published,
) -> list[Draft]:
    """The tickets of a plan as they would be made: its own first. Secrets and personal data are masked."""
    plan = plan_of(record)
    planned = {action.id: action for action in plan.actions}
    titles = {action.id: action.title for action in actions}
    people = {name.lower(): theirs for name, theirs in settings.people}
    labels, fields, group = (_LABEL, *settings.labels), settings.fields, group_of(record.id)
    mask = _Masking(ports, told)
    open_ones = [action for action in actions if action.state in _FILED]
    parent = TicketDraft(
        ports.new_id(),
        group,
        mask(parent_title(plan)),
        mask(parent_body(plan, record, open_ones)),
        True,
        labels,
        fields=fields,
    )
    result = [Draft("", parent)]
    stated = []
    for action in open_ones:
        own = planned.get(action.id)
        if own is not None and own.ticket:
            stated.append((action.id, own.ticket))
            continue
        name = (action.owner or "").lstrip("@")
        ticket = TicketDraft(
            ports.new_id(), group, mask(ticket_title(action)), mask(ticket_body(own, action, record, titles)), False,
            (*labels, action.category.value), people.get(name.lower(), name) or None, action.priority, action.due,
            fields=fields,
        )  # fmt: skip
        result.append(Draft(action.id, ticket))
    told.stated = tuple(stated)
    return result


class _Masking:
    def __init__(self, ports: Ports, told: Published) -> None:
        self.mask, self.told = ports.mask(), told

    def __call__(self, text: str) -> str:
        masked = self.mask(text)
        for found in masked.found:
            self.told.masked[found.kind] = self.told.masked.get(found.kind, 0) + found.count
        return masked.text


def prepare(
    ports: Ports, word: str, tracker: str | None
) -> tuple[PlanRecord, TrackerSettings, list[Draft], Published]:
    """Everything that publishing would send, without sending or keeping anything."""
    told = Published()
    with ports.store().read() as reading:
        record = find_plan(reading, word)
        actions = reading.actions(record.id)
        done = {(t.tracker, t.action) for t in reading.tickets(record.id)}
    settings = settings_of(ports, tracker, record)
    made = drafts(ports, record, actions, settings, told)
    return record, settings, [draft for draft in made if (settings.name, draft.action) not in done], told


def publish(
    ports: Ports,
    word: str,
    tracker: str | None,
    by: str,
    patience: Patience,
    progress: Callable[[str], None] | None = None,
) -> Published:
    """File a plan. Running it again finishes what is left and makes nothing twice. Raises PostmortemActionsError."""
    record, settings, new, told = prepare(ports, word, tracker)
    port = ports.trackers(settings.name)
    needs = {}
    with ports.store().write() as writing:
        writing.lock(record.id)
        for action in writing.actions(record.id):
            needs[action.id] = action.depends_on
        writing.ask(_tasks(record.id, settings.name, port.place, new, needs))
    worker = Worker(ports, port, settings.name, by, patience, told, progress)
    worker.drain(record.id)
    if worker.uncertain:
        told.retired += sweep(ports, port, settings.name, record.id)
    with ports.store().read() as reading:
        left = reading.tasks(record.id, (TaskState.WAITING,))
    told.left = len(left)
    told.why_left = next((task.error for task in left if task.error), "")
    return told


def _tasks(
    plan: str, tracker: str, place: str, new: Sequence[Draft], needs: dict[str, tuple[str, ...]]
) -> list[OutboxTask]:
    base = f"{tracker}:{place}:{plan}"
    tasks = []
    for draft in new:
        task = Task.TICKET if draft.action else Task.PARENT
        payload = json.dumps(encode(draft.ticket), ensure_ascii=False)
        tasks.append(
            OutboxTask(
                f"{base}:{draft.action}",
                plan,
                draft.action,
                tracker,
                place,
                task,
                draft.ticket.marker,
                payload,
            )
        )
    for name, before in needs.items():
        for need in before:
            tasks.append(
                OutboxTask(
                    f"{base}:{need}>{name}",
                    plan,
                    name,
                    tracker,
                    place,
                    Task.LINK,
                    "",
                    json.dumps([need, name]),
                )
            )
    return tasks


@dataclass(slots=True)
class Worker:
    """Does the tasks of an outbox, one after another. Several may work at one outbox."""

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

    def drain(self, plan: str = "") -> None:
        """Do what is due until nothing is, or until waiting would take too long."""
        self.holder = self.ports.new_id()
        waited = 0.0
        while True:
            now = self.ports.clock.now()
            with self.ports.store().write() as writing:
                task = writing.lease(self.holder, now, now + _LEASE, plan)
            if task is None:
                wait = self._next(plan)
                if wait is None or waited + wait > self.patience.longest:
                    break
                self.patience.sleep(wait)
                waited += wait
                continue
            self.tried[task.id] += 1
            if self.progress:
                self.progress(f"{task.task.value} {task.action or task.plan}")
            self._do(task)
        if self.progress:
            self.progress("")

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
        except TrackerBusy as error:
            self._later(task, error.wait, error)
        except TrackerUncertain as error:
            self.uncertain = True
            self._later(task, self.patience.settle * 2 ** min(task.tries - 1, 4), error)
        except TrackerUnreachable as error:
            self._later(task, self.patience.settle * 2 ** min(task.tries - 1, 4), error)
        except TrackerError as error:
            self._keep(replace(task, state=TaskState.REFUSED, error=error.message))
            self.told.refused.append((task.action, str(error)))

    def _later(self, task: OutboxTask, seconds: float, error: TrackerError) -> None:
        at = self.ports.clock.now() + timedelta(seconds=seconds)
        self._keep(replace(task, not_before=at, error=error.message))

    def _keep(self, task: OutboxTask) -> bool:
        with self.ports.store().write() as writing:
            return writing.finish(task, self.holder)

    def _make(self, task: OutboxTask) -> None:
        draft: TicketDraft = replace(decode(TicketDraft, json.loads(task.payload)), marker=task.marker)
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
            self.told.made.append((task.action, ref))
            self.told.dropped += [(task.action, text) for text in made.dropped]
        self._record(task, ref, draft)

    def _parent(self, task: OutboxTask) -> TicketRef | None:
        if task.task is Task.PARENT:
            return None
        with self.ports.store().read() as reading:
            return next(
                (ref_of(t) for t in reading.tickets(task.plan) if t.tracker == self.name and not t.action),
                None,
            )

    def _record(self, task: OutboxTask, ref: TicketRef, draft: TicketDraft) -> None:
        now = self.ports.clock.now()
        with self.ports.store().write() as writing:
            if not writing.finish(replace(task, state=TaskState.DONE, error=""), self.holder):
                return  # somebody took over; they find this ticket by its marker
            action = next((one for one in writing.actions(task.plan) if one.id == task.action), None)
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
