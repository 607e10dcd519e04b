"""What people decide about a plan: who owns an action, by when, and what they accept as proposed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ...errors import RequestError
from ..context import Calendar, Room, Team
from ..model import Action, Due, Owner, Plan
from .load import loads
from .questions import open_questions

_NAME = re.compile(r"@?[\w][\w .'/-]{0,58}\w?")


@dataclass(frozen=True, slots=True)
class Decisions:
    """By action id: new owners, new due dates, and the ids whose owner and date are accepted as they are."""

    owners: Mapping[str, str] = field(default_factory=dict)
    dues: Mapping[str, date] = field(default_factory=dict)
    accepted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody the plan knows who could own an action, and why they are on the list."""

    person: str
    why: str


def open_actions(plan: Plan) -> tuple[Action, ...]:
    """The actions whose owner nobody has accepted yet: those without an owner first."""
    waiting = [action for action in plan.actions if not action.owner.accepted]
    return tuple(sorted(waiting, key=lambda action: action.owner.person is not None))


def choices(plan: Plan, action: Action, most: int = 8) -> tuple[Choice, ...]:
    """Whom the plan knows for an action: its proposed owner, its backup, its collaborators, then the owners and
    backups of other actions, and everybody else the RCA names."""
    found = [Choice(o.person, o.why) for o in (action.owner, action.backup) if o is not None and o.person]
    found += [Choice(name, "collaborator of this action") for name in action.collaborators]
    for other in plan.actions:
        for owner, what in ((other.owner, "owner"), (other.backup, "backup")):
            if other.id != action.id and owner is not None and owner.person:
                found.append(Choice(owner.person, f"{what} of {other.id}"))
    for person in plan.incident.people:
        name = f"@{person.handle}" if person.handle else person.name
        found.append(Choice(name, ", ".join(person.roles) or "named in the RCA"))
    unique: dict[str, Choice] = {}
    for choice in found:
        unique.setdefault(choice.person.lstrip("@").lower(), choice)
    return tuple(unique.values())[:most]


def decide(plan: Plan, decisions: Decisions, by: str, on: date) -> Plan:
    """The plan as decided; every change says who decided it and when, and what was proposed before.

    Raises RequestError for an id the plan does not have, a name that is none, a date before ``on``, and for
    accepting an owner that is unresolved."""
    ids = {action.id.lower(): action.id for action in plan.actions}
    owners = {_known(ids, name): value for name, value in decisions.owners.items()}
    dues = {_known(ids, name): value for name, value in decisions.dues.items()}
    accepted = {_known(ids, name) for name in decisions.accepted}
    for name, value in dues.items():
        if value < on:
            raise RequestError(f"{name}: {value} has passed on {on}", fix="Give a day that is still to come.")
    actions = []
    for action in plan.actions:
        owner, due = action.owner, action.due
        if action.id in owners:
            owner = _named(action, owners[action.id].strip(), by, on)
        elif action.id in accepted:
            if owner.person is None:
                raise RequestError(
                    f"{action.id} has no owner to accept: {owner.why}", fix=f"Name one: --set {action.id}=NAME."
                )
            owner = replace(owner, accepted=True, why=f"accepted by {by} on {on}; {owner.why}")
        if action.id in dues:
            due = _dated(due, dues[action.id], by, on)
        backup = action.backup
        if backup is not None and backup.person is not None and backup.person == owner.person:
            was = action.owner.person
            backup = (
                Owner(was, f"proposed as owner before {by} decided otherwise")
                if was and was != owner.person
                else Owner(None, "no second person is named; nobody is invented")
            )
        actions.append(replace(action, owner=owner, due=due, backup=backup))
    return _told_again(replace(plan, actions=tuple(actions)))


def _told_again(plan: Plan) -> Plan:
    """The plan with its open questions and its load as they are now. Whose day has which share is known from the
    plan; the team's holidays are not, so days are counted without them."""
    shares = tuple(Room(load.person, load.share, queue_days=load.days_before) for load in plan.loads)
    load = loads(plan.actions, plan.request, Team(rooms=shares), Calendar())
    questions = open_questions(plan.incident, plan.actions, plan.failure_modes, plan.problems)
    return replace(plan, open_questions=questions, loads=load.people)


def _known(ids: Mapping[str, str], name: str) -> str:
    found = ids.get(name.strip().lower())
    if found is None:
        raise RequestError(
            f"the plan has no action {name!r}", fix=f"It has {', '.join(ids.values()) or 'no actions'}."
        )
    return found


def _named(action: Action, name: str, by: str, on: date) -> Owner:
    if "@" in name[1:] or not _NAME.fullmatch(name):
        raise RequestError(
            f"{action.id}: {name!r} is no name or handle", fix=f"Write --set {action.id}=alice, without an address."
        )
    before = action.owner.person or "nobody"
    return Owner(name, f"decided by {by} on {on}; proposed was {before}: {action.owner.why}", accepted=True)


def _dated(due: Due, day: date, by: str, on: date) -> Due:
    late = due.window_end is not None and day > due.window_end
    before = str(due.on) if due.on else "no date"
    return Due(day, f"decided by {by} on {on}; proposed was {before}: {due.why}", due.window_end, late)
