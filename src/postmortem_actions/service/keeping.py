"""Keeping plans, and what people decide about their actions: every change in one transaction, with its event."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..core.context import Calendar
from ..core.model import Plan
from ..core.policy import ActionState
from ..core.tracking.keep import keep, plan_id, plan_of
from ..core.tracking.life import Moved, Step, edit, prove, step
from ..core.tracking.record import Event, PlanRecord, TicketRecord, TrackedAction
from ..core.tracking.replan import Difference, replan
from ..core.tracking.standing import Standing, standing
from ..core.tracking.store import Query, Reading
from ..errors import RequestError, StoreError
from .earlier import digest_of
from .planning import Planned, Ports

_MOST_NAMED = 6
_MOST_COUNTED = 10_000  # of a list's actions: beyond that they are "more than"
_MOST_FOUND = 1_000  # of a search's


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a plan that was to be kept: under which id, whether it is ``new`` there, how it differs from what
    was kept, and whether that was ``applied``."""

    id: str
    new: bool
    differences: tuple[Difference, ...] = ()
    applied: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """An action in a list, with how it stands today."""

    action: TrackedAction
    standing: Standing


@dataclass(frozen=True, slots=True)
class Shown:
    """An action with everything that is known of it."""

    action: TrackedAction
    standing: Standing
    plan: Plan
    record: PlanRecord
    tickets: tuple[TicketRecord, ...]
    events: tuple[Event, ...]


def save(
    ports: Ports,
    planned: Planned,
    by: str,
    agree: Callable[[str, Sequence[Difference]], bool],
    team: str = "",
    sensitive: bool = False,
) -> Saved:
    """Keep a plan. One of the same RCA that is kept already is brought up to date, where ``agree`` says so to the
    differences; what people decided stays. Raises StoreError."""
    made, store, now = planned.plan, ports.store(), ports.clock.now()
    digest = digest_of(planned.text)
    incident = made.incident.id.text if made.incident.id else ""
    with store.read() as reading:
        known = _same(reading, made, incident, digest)
        update = None
        if known is not None:
            if known.digest == digest and _same_wishes(known, made):
                return Saved(known.id, False)  # a later day alone moves dates, and nobody asked for that
            actions, ticketed = reading.actions(known.id), _ticketed(reading, known.id)
            update = replan(known, actions, ticketed, made, digest, by, now)
    if known is not None and update is not None:
        changes = [d for d in update.differences if d.what != "kept"]
        if changes and not agree(known.id, update.differences):
            return Saved(known.id, False, update.differences, applied=False)
    with store.write() as writing:
        if known is None:
            writing.lock("")
            again = _same(writing, made, incident, digest)
            if again is not None:  # somebody else kept the same plan meanwhile
                return Saved(again.id, False)
            new_id = plan_id(made, writing.plan_ids())
            kept = keep(made, new_id, digest, by, now, team, sensitive)
        else:
            writing.lock(known.id)
            actions, ticketed = writing.actions(known.id), _ticketed(writing, known.id)
            fresh = writing.plan(known.id) or known
            update = replan(fresh, actions, ticketed, made, digest, by, now)
            kept = update.kept
            if sensitive:
                kept = replace(kept, record=replace(kept.record, sensitive=True))
        writing.put_plan(kept.record)
        writing.put_actions(kept.actions, statements(kept.record))
        writing.log(kept.events)
    return Saved(kept.record.id, known is None, update.differences if update else ())


def statements(record: PlanRecord) -> dict[str, str]:
    """What of a plan's actions is searched besides their titles, by id."""
    return {action.id: f"{action.statement} {action.rationale}" for action in plan_of(record).actions}


def _same_wishes(record: PlanRecord, made: Plan) -> bool:
    old = plan_of(record).request
    return (
        replace(old, today=made.request.today, given=made.request.given, rca=made.request.rca) == made.request
    )


def _same(reading: Reading, made: Plan, incident: str, digest: str) -> PlanRecord | None:
    """The kept plan of the same RCA: from the same place, or of the same incident. What is pasted has no place."""
    source = made.request.rca
    if source in ("-", "pasted text"):
        source = ""
    found = reading.plan_from(source=source) if source else reading.plan_from(digest=digest)
    if found is not None and incident and found.incident and found.incident != incident:
        found = None  # one file that was used for another incident
    return found or (reading.plan_from(incident=incident) if incident else None)


def _ticketed(reading: Reading, plan: str) -> frozenset[str]:
    return frozenset(ticket.action for ticket in reading.tickets(plan))


def find_plan(reading: Reading, word: str) -> PlanRecord:
    """The plan that a word means: its id, or the beginning of one alone. Raises StoreError."""
    found = reading.plan(word) or reading.plan(word.lower())
    if found is not None:
        return found
    like = [record.id for record in reading.plans(word.lower(), limit=_MOST_NAMED)] if word else []
    if len(like) == 1:
        return reading.plan(like[0]) or _no_plan(word, ())
    return _no_plan(word, like)


def _no_plan(word: str, like: Sequence[str]) -> PlanRecord:
    fix = f"Which one: {', '.join(like)}?" if like else "'pma list --plans' shows the plans that are kept."
    raise StoreError(f"{word!r} begins several plans" if like else f"no plan {word!r} is kept", fix=fix)


def read_kept(ports: Ports, word: str) -> tuple[PlanRecord, tuple[TrackedAction, ...]]:
    """A kept plan and its actions. Raises StoreError."""
    with ports.store().read() as reading:
        record = find_plan(reading, word)
        return record, tuple(reading.actions(record.id))


def named(ports: Ports, words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The plan and the ids of the actions that words name: ``PLAN A1 A3``, ``PLAN/A3``, ``PLAN`` for all of it.

    Raises RequestError, StoreError."""
    if not words:
        raise RequestError("no action is named", fix="Name a plan and actions: PLAN A3, or PLAN/A3.")
    first, *ids = words
    plan, mark, own = first.partition("/")
    with ports.store().read() as reading:
        record = find_plan(reading, plan)
        known = {action.id.lower(): action.id for action in reading.actions(record.id)}
    found = []
    for word in [own, *ids] if mark else ids:
        name = word.lower()
        if "/" in word:
            other, _, name = name.partition("/")
            if not record.id.lower().startswith(other):
                raise RequestError(f"{word} is of another plan than {record.id}", fix="One plan in a call.")
        if name not in known:
            raise RequestError(
                f"plan {record.id} has no action {word!r}",
                fix=f"It has {', '.join(known.values()) or 'none'}.",
            )
        found.append(known[name])
    return record.id, tuple(dict.fromkeys(found))


def move(
    ports: Ports,
    plan: str,
    ids: Sequence[str],
    what: Step,
    by: str,
    why: str = "",
    proofs: Sequence[str] = (),
    owner: str | None = None,
    review_on: date | None = None,
) -> tuple[Moved, ...]:
    """Take a step with actions of a plan: all of them or none. Raises RequestError, StoreError."""
    now = ports.clock.now()
    return _change(
        ports, plan, ids, lambda action: step(action, what, by, now, why, proofs, owner, review_on)
    )


def edit_action(
    ports: Ports, plan: str, ids: Sequence[str], values: Mapping[str, object], by: str, why: str = ""
) -> tuple[Moved, ...]:
    """Give actions other values. Raises RequestError, StoreError."""
    needs = values.get("depends_on")
    with ports.store().read() as reading:
        actions = {action.id: action for action in reading.actions(plan)}
    if isinstance(needs, tuple):
        for need in needs:
            if need not in actions:
                raise RequestError(
                    f"plan {plan} has no action {need!r} to wait for", fix=f"It has {', '.join(actions)}."
                )
            for name in ids:
                if _leads(actions, need, name):
                    raise RequestError(
                        f"{name} would wait for itself, by way of {need}", fix="Leave one of them out."
                    )
    now = ports.clock.now()
    return _change(ports, plan, ids, lambda action: edit(action, values, by, now, why))


def _leads(actions: Mapping[str, TrackedAction], start: str, goal: str) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen and name in actions:
            seen.add(name)
            waiting += actions[name].depends_on
    return False


def add_proof(
    ports: Ports, plan: str, ids: Sequence[str], texts: Sequence[str], by: str
) -> tuple[Moved, ...]:
    """Add what shows that actions work. Raises StoreError."""
    now = ports.clock.now()
    return _change(ports, plan, ids, lambda action: prove(action, texts, by, now))


def _change(
    ports: Ports, plan: str, ids: Sequence[str], how: Callable[[TrackedAction], Moved | None]
) -> tuple[Moved, ...]:
    with ports.store().write() as writing:
        writing.lock(plan)
        actions = {action.id: action for action in writing.actions(plan)}
        moved = [change for name in ids if (change := how(actions[name])) is not None]
        writing.put_actions(change.action for change in moved)
        writing.log(change.event for change in moved)
    return tuple(moved)


def find(
    ports: Ports, query: Query, today: date, calendar: Calendar, gone: Sequence[str]
) -> tuple[tuple[Row, ...], int]:
    """The actions that a query wants, with how they stand, and how many there are in all, counted up to
    ``most_counted``. Raises StoreError."""
    with ports.store().read() as reading:
        found = reading.find(query)
        full = query.limit is None or (len(found) < query.limit and not query.offset)
        total = len(found) if full else reading.count(query, most_counted(query))
        states: dict[str, dict[str, ActionState]] = {}
        for action in found:
            if action.depends_on and action.plan not in states:
                states[action.plan] = {other.id: other.state for other in reading.actions(action.plan)}
    left = frozenset(name.lower() for name in gone)
    rows = tuple(Row(a, standing(a, today, calendar, states.get(a.plan, {}), left)) for a in found)
    return rows, total


def most_counted(query: Query) -> int:
    """Up to how many actions are counted that a query wants."""
    return _MOST_FOUND if query.words else _MOST_COUNTED


def show(ports: Ports, plan: str, action: str, today: date, calendar: Calendar, gone: Sequence[str]) -> Shown:
    """Everything about one action. Raises StoreError."""
    with ports.store().read() as reading:
        record = reading.plan(plan) or _no_plan(plan, ())
        actions = {one.id: one for one in reading.actions(plan)}
        tickets = tuple(ticket for ticket in reading.tickets(plan) if ticket.action == action)
        events = tuple(reading.events(plan, action))
    states = {one.id: one.state for one in actions.values()}
    stands = standing(actions[action], today, calendar, states, frozenset(name.lower() for name in gone))
    return Shown(actions[action], stands, plan_of(record), record, tickets, events)


def events(ports: Ports, plan: str, action: str = "", limit: int | None = None) -> tuple[Event, ...]:
    """The history of a plan or of one of its actions, the oldest first. Raises StoreError."""
    with ports.store().read() as reading:
        return tuple(reading.events(plan, action, limit))


def team_calendar(ports: Ports, today: date) -> tuple[Calendar, tuple[str, ...]]:
    """The team's calendar around today, and who left. Raises ConfigError."""
    config = ports.config.read()
    return ports.holidays.calendar(
        config.calendar, (today.year - 1, today.year, today.year + 1)
    ), config.team.left


def is_id(word: str) -> bool:
    """Whether a word looks like an action's id."""
    return re.fullmatch(r"[Aa]\d+", word) is not None
