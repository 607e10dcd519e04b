"""Tickets and kept actions brought to the same state: field by field, the later change counts, and none is lost.

A ticket that was closed is *claimed done*, never verified. What cannot be taken over is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from ..core.policy import ActionState
from ..core.tracking.fields import Differs, Field, Side, agree, change_of, compare, our_values, their_values
from ..core.tracking.life import Moved, Step, edit, prove, step
from ..core.tracking.record import Change, Event, TicketRecord, TrackedAction
from ..core.tracking.settings import TrackerSettings
from ..core.tracking.store import Writing
from ..core.tracking.tickets import Closed, Presence, TicketComment, TicketState, Tracker
from ..errors import PostmortemActionsError, RequestError, TrackerError
from .keeping import find_plan
from .outbox import ref_of, sweep
from .planning import Ports

_EVIDENCE = re.compile(r"(?im)^\s*\**(?:evidence|proof|verified by)\**\s*:\**\s*(\S.*)$")
_BATCH = 50


@dataclass(slots=True)
class Synced:
    """What a sync did: ``taken`` and ``pushed`` are (action, what), ``conflicts`` (action, field, ours, theirs, kept),
    ``reported`` (action, what a person has to look at)."""

    looked_at: int = 0
    taken: list[tuple[str, str]] = field(default_factory=list)
    pushed: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    reported: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    retired: int = 0


def sync(
    ports: Ports, tracker: str | None = None, plan: str | None = None, dry_run: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Synced:  # fmt: skip
    """Sync every ticket of the trackers of the config, or of one, or of one plan. A tracker that fails costs its own
    tickets and is told. Raises RequestError, StoreError."""
    told = Synced()
    settings = [one for one in ports.config.read().tracking.trackers if tracker in (None, one.name)]
    if tracker is not None and not settings:
        raise RequestError(
            f"there is no tracker {tracker!r} in the config", fix="Describe it: [tracker.NAME]."
        )
    with ports.store().read() as reading:
        only = find_plan(reading, plan).id if plan else ""
    for one in settings:
        with ports.store().read() as reading:
            tickets = [t for t in reading.tickets(only, one.name) if t.presence == Presence.HERE]
        if not tickets:
            continue
        try:
            port = ports.trackers(one.name)
            for start in range(0, len(tickets), _BATCH):
                batch = tickets[start : start + _BATCH]
                if progress:
                    progress(f"{one.name}: {start + len(batch)} of {len(tickets)} tickets")
                _batch(ports, port, one, batch, told, dry_run)
            if not dry_run:
                for name in dict.fromkeys(ticket.plan for ticket in tickets):
                    told.retired += len(sweep(ports, port, one.name, name))
        except TrackerError as error:
            told.failed.append((one.name, str(error)))
    if progress:
        progress("")
    return told


def sync_tickets(ports: Ports, settings: TrackerSettings, tickets: Sequence[TicketRecord]) -> Synced:
    """Sync some tickets, as after a webhook. Raises TrackerError, StoreError."""
    told = Synced()
    _batch(ports, ports.trackers(settings.name), settings, tickets, told, False)
    return told


def _batch(
    ports: Ports,
    port: Tracker,
    settings: TrackerSettings,
    tickets: Sequence[TicketRecord],
    told: Synced,
    dry_run: bool,
) -> None:
    states = port.read([ref_of(ticket) for ticket in tickets])
    for ticket, state in zip(tickets, states, strict=True):
        told.looked_at += 1
        name = f"{ticket.plan}/{ticket.action}" if ticket.action else ticket.plan
        if state.presence is not Presence.HERE:
            _absent(ports, ticket, state, name, told, dry_run)
            continue
        if not ticket.action:
            continue
        try:
            _one(ports, port, settings, ticket, state, told, dry_run)
        except TrackerError as error:
            told.failed.append((name, str(error)))
        except PostmortemActionsError as error:
            told.reported.append((name, error.message))


def _absent(
    ports: Ports, ticket: TicketRecord, state: TicketState, name: str, told: Synced, dry_run: bool
) -> None:
    now = ports.clock.now()
    if state.presence is Presence.MOVED:
        told.reported.append((name, f"{ticket.key} was moved; it is {state.ref.key} now ({state.ref.url})"))
        new = replace(ticket, key=state.ref.key, ref_id=state.ref.id, url=state.ref.url)
        what = f"{ticket.key} → {state.ref.key}"
    else:
        told.reported.append((name, f"{ticket.key} is not there any more; the action stays as it is"))
        new, what = replace(ticket, presence=Presence.GONE.value), ticket.key
    if dry_run:
        return
    with ports.store().write() as writing:
        writing.lock(ticket.plan)
        writing.put_ticket(new)
        writing.log(
            [Event(ticket.plan, ticket.action, now, ticket.tracker, f"ticket {state.presence.value}", what)]
        )


def _one(
    ports: Ports,
    port: Tracker,
    settings: TrackerSettings,
    ticket: TicketRecord,
    state: TicketState,
    told: Synced,
    dry_run: bool,
) -> None:
    people = {name.lower(): theirs for name, theirs in settings.people}
    back = {theirs.lower(): name for name, theirs in settings.people}
    theirs = their_values(state)
    comments = port.comments(ref_of(ticket), ticket.remarked)
    with ports.store().read() as reading:
        action = next(a for a in reading.actions(ticket.plan) if a.id == ticket.action)
    differences = compare(ticket, our_values(action, people), theirs, action.changed, state.updated)
    _tell(action, differences, told)
    remarks = _evidence(comments, action)
    if dry_run:
        return
    change = change_of(differences, action)
    if change is not None:
        state = port.change(ref_of(ticket), change)
        theirs = their_values(state)
    with ports.store().write() as writing:
        writing.lock(ticket.plan)
        current = next(a for a in writing.actions(ticket.plan) if a.id == ticket.action)
        if current.revision != action.revision:
            return  # changed while we looked: the next sync sees both
        now = ports.clock.now()
        current = _take(writing, current, differences, state, ticket, back, now, told)
        for author, text in remarks:
            moved = prove(current, [text], author, now)
            current = moved.action
            _keep(writing, moved)
            told.taken.append((current.name, f"evidence from {author}"))
        for one in differences:
            if one.conflict:
                kept = one.ours if one.side is Side.OURS else one.theirs
                changes = (Change(one.field.value, one.theirs if one.side is Side.OURS else one.ours, kept),)
                why = f"ours {one.ours or 'nothing'!r}, {ticket.tracker} {one.theirs or 'nothing'!r}; the later one stays"
                writing.log(
                    [Event(ticket.plan, ticket.action, now, ticket.tracker, "conflict", why, changes)]
                )
        last = max((comment.at for comment in comments), default=ticket.remarked)
        agreed = agree(our_values(current, people), theirs)
        if (agreed, state.updated, last) != (ticket.agreed, ticket.seen, ticket.remarked):
            writing.put_ticket(replace(ticket, agreed=agreed, seen=state.updated, remarked=last))


def _tell(action: TrackedAction, differences: Sequence[Differs], told: Synced) -> None:
    for one in differences:
        text = f"{one.field.value}: {one.theirs or 'nothing'} → {one.ours or 'nothing'}"
        if one.side is Side.OURS:
            told.pushed.append((action.name, text))
        if one.conflict:
            kept = one.ours if one.side is Side.OURS else one.theirs
            told.conflicts.append((action.name, one.field.value, one.ours, one.theirs, kept))


def _take(
    writing: Writing, action: TrackedAction, differences: Sequence[Differs], state: TicketState, ticket: TicketRecord,
    back: Mapping[str, str], now: datetime, told: Synced,
) -> TrackedAction:  # fmt: skip
    """The action with what the tracker says of it."""
    by = f"{state.by or 'somebody'} in {ticket.tracker}"
    for one in differences:
        if one.side is not Side.THEIRS:
            continue
        try:
            moved = _taken(action, one, state, ticket, back, by, now)
        except RequestError as error:
            told.reported.append((action.name, f"{ticket.key}: {error.message}"))
            continue
        if moved is None:
            if one.field is Field.STATUS and one.theirs == Closed.DUPLICATE.value:
                told.reported.append(
                    (action.name, f"{ticket.key} was merged into another ticket; the action stays as it is")
                )
            continue
        action = moved.action
        _keep(writing, moved)
        told.taken.append(
            (action.name, f"{one.field.value}: {one.ours or 'nothing'} → {one.theirs or 'nothing'}")
        )
    return action


def _taken(
    action: TrackedAction,
    one: Differs,
    state: TicketState,
    ticket: TicketRecord,
    back: Mapping[str, str],
    by: str,
    now: datetime,
) -> Moved | None:
    why = f"{ticket.tracker} {ticket.key}"
    if one.field is Field.TITLE:
        return edit(action, {"title": one.theirs}, by, now, why)
    if one.field is Field.ASSIGNEE:
        name = back.get(one.theirs.lower(), one.theirs)
        return edit(
            action,
            {"owner": f"@{name}" if name and (action.owner or "@").startswith("@") else name or None},
            by,
            now,
            why,
        )
    if one.field is Field.DUE:
        return edit(action, {"due": date.fromisoformat(one.theirs) if one.theirs else None}, by, now, why)
    if one.theirs == Closed.DONE.value:
        return step(action, Step.DONE, by, now, f"closed: {why}")
    if one.theirs == Closed.NOT_PLANNED.value:
        return step(action, Step.DECLINE, by, now, f"closed as not planned: {why}")
    if one.theirs == Closed.DUPLICATE.value:
        return None
    if action.state in (ActionState.CLAIMED_DONE, ActionState.DECLINED, ActionState.RISK_ACCEPTED):
        return step(action, Step.REOPEN, by, now, f"reopened: {why}")
    if action.state is ActionState.VERIFIED:
        raise RequestError(
            "the ticket was opened again, but the action is verified; look whether it still works"
        )
    if one.theirs == "started" and action.state in (ActionState.PROPOSED, ActionState.ACCEPTED):
        return step(action, Step.START, by, now, why)
    return None


def _keep(writing: Writing, moved: Moved) -> None:
    writing.put_actions([moved.action])
    writing.log([moved.event])


def _evidence(comments: Sequence[TicketComment], action: TrackedAction) -> list[tuple[str, str]]:
    """Remarks that matter: lines that begin with ``Evidence:``."""
    known = {proof.text for proof in action.proofs}
    found = []
    for comment in comments:
        for match in _EVIDENCE.finditer(comment.text):
            text = match[1].strip()
            if text not in known:
                known.add(text)
                found.append((comment.author, text))
    return found
