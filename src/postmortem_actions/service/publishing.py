"""Filing a plan's actions as tickets: what they say, what is asked of the tracker beforehand, and what goes into the outbox.

All of it is put there in one transaction; ``outbox`` does it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.codec import encode
from ..core.policy import ActionState
from ..core.tracking.keep import plan_of
from ..core.tracking.record import PlanRecord, TrackedAction
from ..core.tracking.settings import TrackerSettings
from ..core.tracking.store import OutboxTask, Task, TaskState
from ..core.tracking.ticket_text import (
    filled,
    group_of,
    parent_body,
    parent_title,
    ticket_body,
    ticket_title,
)
from ..core.tracking.tickets import TicketDraft, Tracker
from ..errors import PrivacyError, RequestError, TrackerError
from .keeping import find_plan
from .outbox import Patience, Published, Worker, sweep
from .planning import Ports

_LABEL = "postmortem-actions"
_FILED = frozenset(s for s in ActionState if s.is_unfinished)


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket as it would be made: of which action (empty: of the plan)."""

    action: str
    ticket: TicketDraft


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
    labels, group = (_LABEL, *settings.labels), group_of(record.id)
    mask = _Masking(ports, told)
    open_ones = [action for action in actions if action.state in _FILED]
    parent = TicketDraft(
        ports.new_id(),
        group,
        mask(parent_title(plan)),
        mask(parent_body(plan, record, open_ones)),
        True,
        labels,
        fields=filled(settings.fields, record),
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
            fields=filled(settings.fields, record, action),
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
    if new:
        _ask_first(port, settings)
    needs = {}
    with ports.store().write() as writing:
        writing.lock(record.id)
        for action in writing.actions(record.id):
            needs[action.id] = action.depends_on
        writing.ask(tasks(record.id, settings.name, port.place, new, needs))
    worker = Worker(ports, port, settings.name, by, patience, told, progress)
    worker.drain(record.id)
    if worker.uncertain or told.made:  # also a request that somebody on the way sent twice makes two tickets
        told.retired += sweep(ports, port, settings.name, record.id)
    with ports.store().read() as reading:
        left = reading.tasks(record.id, (TaskState.WAITING,))
    told.left = len(left)
    told.why_left = next((task.error for task in left if task.error), "")
    return told


def _ask_first(tracker: Tracker, settings: TrackerSettings) -> None:
    """Ask the tracker whether it will take the tickets, before any is made."""
    wrong = [finding for finding in tracker.check() if finding.ok is False and finding.needed]
    if wrong:
        told = "; ".join(f"{one.what}{': ' + one.detail if one.detail else ''}" for one in wrong)
        raise TrackerError(
            f"{tracker.place} would not take the tickets: {told}",
            where=settings.where or None,
            fix="\n  ".join(one.fix for one in wrong if one.fix) or "'pma doctor' tells more.",
        )


def tasks(
    plan: str, tracker: str, place: str, new: Sequence[Draft], needs: dict[str, tuple[str, ...]]
) -> list[OutboxTask]:
    """What has to be done at the tracker: the drafts' tickets, and a link for each need of an action (by id)."""
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
