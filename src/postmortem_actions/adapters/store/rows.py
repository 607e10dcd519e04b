"""Rows to records and back. An instant is kept as ISO text in UTC, a missing date as the last of all days."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from ...core.codec import decode, encode
from ...core.tracking.counts import Counted
from ...core.tracking.record import Change, Event, PlanRecord, TicketRecord, TrackedAction
from ...core.tracking.store import OutboxTask, Task, TaskState

NO_DAY = "9999-12-31"  # sorts after every date
PLAN = (
    "id, source, incident, digest, title, incident_date, severity, team, quarter, services, kinds, cause, sensitive, "
    "created, changed, revision, signals, covered_before, covered_planned"
)  # without the body, which lists do not need
ACTION = (
    "plan, id, number, state, stage, is_open, priority, category, strength, owner, team, quarter, due, created_day, claimed_day, "
    "verified_day, changed, revision, data, words"
)
COUNTED = "state, priority, category, strength, due, created_day, claimed_day, verified_day"
TASK = "id, plan, action, tracker, place, task, marker, payload, state, tries, not_before, lease, lease_until, error"
TASK_RANKS = {task: rank for rank, task in enumerate(Task)}


def stamp(at: datetime | None) -> str:
    """An instant as text that sorts; empty for none."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def instant(text: str) -> datetime | None:
    """The instant of such a text."""
    return datetime.fromisoformat(text) if text else None


def _day(value: date | datetime | None) -> str:
    if value is None:
        return NO_DAY
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def plan_values(plan: PlanRecord) -> tuple[Any, ...]:
    """A plan's row: ``PLAN`` and the body."""
    return (
        plan.id, plan.source, plan.incident, plan.digest, plan.title, plan.date.isoformat() if plan.date else None,
        plan.severity, plan.team, plan.quarter, json.dumps(plan.services), json.dumps(plan.kinds), plan.cause,
        int(plan.sensitive), stamp(plan.created), stamp(plan.changed), plan.revision, *plan.coverage, plan.body,
    )  # fmt: skip


def plan_record(row: Sequence[Any]) -> PlanRecord:
    """The record of a row; its body is empty where the row has none."""
    return PlanRecord(
        id=row[0], source=row[1], incident=row[2], digest=row[3], title=row[4],
        date=date.fromisoformat(row[5]) if row[5] else None, severity=row[6], team=row[7],
        services=tuple(json.loads(row[9])), kinds=tuple(json.loads(row[10])), cause=row[11], sensitive=bool(row[12]),
        created=datetime.fromisoformat(row[13]), changed=datetime.fromisoformat(row[14]), revision=row[15],
        coverage=(row[16], row[17], row[18]), body=row[19] if len(row) > 19 else "",
    )  # fmt: skip


def action_values(action: TrackedAction, team: str, quarter: str, words: str) -> tuple[Any, ...]:
    """An action's row: ``ACTION``."""
    number = int(action.id[1:]) if action.id[1:].isdigit() else 0
    return (
        action.plan, action.id, number, action.state.value, 0 if action.state.is_unfinished else 1, int(action.state.is_open),
        action.priority.value, action.category.value, action.strength.value, owner_key(action.owner), team, quarter,
        _day(action.due), _day(action.created), _day(action.claimed), _day(action.verified), stamp(action.changed),
        action.revision, json.dumps(encode(action), ensure_ascii=False, separators=(",", ":")), words,
    )  # fmt: skip


def owner_key(owner: str | None) -> str:
    """How owners are looked up: without ``@`` and case."""
    return (owner or "").lstrip("@").casefold()


def action_of(data: str) -> TrackedAction:
    """The action that a row holds."""
    action: TrackedAction = decode(TrackedAction, json.loads(data))
    return action


def counted_values(action: TrackedAction) -> tuple[str, ...]:
    """``COUNTED`` of an action that is about to be kept."""
    return (
        action.state.value, action.priority.value, action.category.value, action.strength.value, _day(action.due),
        _day(action.created), _day(action.claimed), _day(action.verified),
    )  # fmt: skip


def counted(row: Sequence[Any]) -> Counted:
    """What is counted of an action: ``COUNTED``."""
    return Counted(*("" if value == NO_DAY else value for value in row))


def event_values(event: Event) -> tuple[Any, ...]:
    """An event's row, without its number."""
    changes = json.dumps([[c.field, c.old, c.new] for c in event.changes], ensure_ascii=False)
    return (event.plan, event.action, stamp(event.at), event.by, event.what, event.why, changes)


def event_of(row: Sequence[Any]) -> Event:
    """The event of a row that begins with its number."""
    changes = tuple(Change(*change) for change in json.loads(row[7]))
    return Event(row[1], row[2], datetime.fromisoformat(row[3]), row[4], row[5], row[6], changes, row[0])


def ticket_values(ticket: TicketRecord) -> tuple[Any, ...]:
    """A ticket's row."""
    data = json.dumps(encode(ticket), ensure_ascii=False)
    return (
        ticket.plan, ticket.action, ticket.tracker, ticket.place, ticket.key, ticket.ref_id, ticket.url, ticket.marker, data
    )  # fmt: skip


def ticket_of(data: str) -> TicketRecord:
    """The ticket that a row holds."""
    ticket: TicketRecord = decode(TicketRecord, json.loads(data))
    return ticket


def task_values(task: OutboxTask) -> tuple[Any, ...]:
    """A task's row: ``TASK``."""
    return (
        task.id, task.plan, task.action, task.tracker, task.place, task.task.value, task.marker, task.payload,
        task.state.value, task.tries, stamp(task.not_before), task.lease, stamp(task.lease_until), task.error,
    )  # fmt: skip


def task_of(row: Sequence[Any]) -> OutboxTask:
    """The task of a row."""
    return OutboxTask(
        row[0], row[1], row[2], row[3], row[4], Task(row[5]), row[6], row[7], TaskState(row[8]), row[9],
        instant(row[10]), row[11], instant(row[12]), row[13],
    )  # fmt: skip
