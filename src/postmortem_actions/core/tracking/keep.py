"""From a plan as it was made to what is kept of it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ..codec import decode, encode
from ..model import Action, Plan
from ..policy import ActionState
from .record import Event, PlanRecord, TrackedAction

_LONGEST_ID = 48
_MOST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan's record, its actions, and the event that tells where they come from."""

    record: PlanRecord
    actions: tuple[TrackedAction, ...]
    events: tuple[Event, ...]


def keep(
    plan: Plan, plan_id: str, digest: str, by: str, at: datetime, team: str = "", sensitive: bool = False
) -> Kept:
    """What is kept of a plan that was not kept before."""
    record = record_of(plan, plan_id, digest, at, team, sensitive)
    actions = tuple(tracked(action, plan_id, at) for action in plan.actions)
    event = Event(plan_id, "", at, by, "planned", f"{len(actions)} actions from {plan.request.rca}")
    return Kept(record, actions, (event,))


def record_of(
    plan: Plan, plan_id: str, digest: str, at: datetime, team: str = "", sensitive: bool = False
) -> PlanRecord:
    """The record of a plan: what lists, reports and comparisons need of it, and the whole as JSON."""
    incident = plan.incident
    causes = [fact.text for fact in incident.root_causes]
    return PlanRecord(
        id=plan_id, title=incident.title, source=plan.request.rca, digest=digest, body=body_of(plan),
        created=at, changed=at, incident=incident.id.text if incident.id else "", date=incident.date,
        severity=incident.severity.text if incident.severity else "", team=team,
        services=tuple(dict.fromkeys(fact.text for fact in incident.services)),
        kinds=tuple(dict.fromkeys(mode.kind for mode in plan.failure_modes)),
        cause=" ".join(causes) or plan.summary.primary_failure_mode, sensitive=sensitive,
        coverage=(len(plan.coverage.rows), plan.coverage.covered[0], plan.coverage.covered[3]),
    )  # fmt: skip


def tracked(action: Action, plan_id: str, at: datetime) -> TrackedAction:
    """A planned action as it begins its life; what the RCA says was done stands as claimed, not as shown."""
    return TrackedAction(
        plan=plan_id, id=action.id, title=action.title, category=action.category, priority=action.priority,
        impact=action.impact, effort=action.effort, strength=action.strength, created=at, changed=at,
        state=action.state, owner=action.owner.person, owner_accepted=action.owner.accepted,
        backup=action.backup.person if action.backup else None, due=action.due.on,
        depends_on=action.depends_on, origin=action.origin.ref,
        signals=tuple(dict.fromkeys(covers.signal for covers in action.covers)),
        claimed=at if action.state is ActionState.CLAIMED_DONE else None,
        started=at if action.state is ActionState.IN_PROGRESS else None,
    )  # fmt: skip


def body_of(plan: Plan) -> str:
    """The plan as JSON, to be kept."""
    return json.dumps(encode(plan), ensure_ascii=False, separators=(",", ":"))


def plan_of(record: PlanRecord) -> Plan:
    """The plan as it was made. Raises PlanFormatError where what is kept is of a version that cannot be read."""
    made: Plan = decode(Plan, json.loads(record.body))
    return made


def plan_id(plan: Plan, taken: Collection[str]) -> str:
    """A short word for a plan: the incident's id where it has one, else its date and title; with a number where
    another plan has it."""
    incident = plan.incident
    if incident.id is not None and _slug(incident.id.text):
        base = _slug(incident.id.text)
    else:
        words = "-".join(_slug(incident.title).split("-")[:_MOST_WORDS]) or "plan"
        base = f"{incident.date.isoformat()}-{words}" if incident.date else words
    base = base[:_LONGEST_ID].strip("-")
    known = {name.lower() for name in taken}
    if base.lower() not in known:
        return base
    return next(name for n in range(2, len(known) + 3) if (name := f"{base}-{n}").lower() not in known)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
