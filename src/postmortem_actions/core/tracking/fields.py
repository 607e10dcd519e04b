"""Field by field, what we and a tracker say of an action, and what follows when either side changes.

Each side is compared with what it said when both last agreed, so that a field which the tracker cannot keep
(no due dates there, an assignee it does not know) is no difference that comes back with every sync.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ..policy import ActionState
from .record import TicketRecord, TrackedAction
from .ticket_text import ticket_title, title_of
from .tickets import Closed, TicketChange, TicketDraft, TicketState

_BETWEEN = "\x1f"  # separates what we said from what they said


class Field(StrEnum):
    """What is kept the same on both sides."""

    TITLE = "title"
    ASSIGNEE = "assignee"
    DUE = "due"
    STATUS = "status"


class Side(StrEnum):
    """Whose value it is."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Differs:
    """A field that changed since both agreed: the values now, which ``side`` counts, and whether both changed it."""

    field: Field
    ours: str
    theirs: str
    side: Side
    conflict: bool = False


def our_values(action: TrackedAction, people: Mapping[str, str]) -> dict[Field, str]:
    """What we say. ``people`` maps our names, in lower case, to the tracker's."""
    name = (action.owner or "").lstrip("@")
    return {
        Field.TITLE: action.title,
        Field.ASSIGNEE: people.get(name.lower(), name),
        Field.DUE: action.due.isoformat() if action.due else "",
        Field.STATUS: _status(action.state),
    }


def _status(state: ActionState) -> str:
    if state in (ActionState.CLAIMED_DONE, ActionState.VERIFIED):
        return Closed.DONE.value
    if state in (ActionState.DECLINED, ActionState.RISK_ACCEPTED, ActionState.WITHDRAWN):
        return Closed.NOT_PLANNED.value
    return "open"


def their_values(state: TicketState) -> dict[Field, str]:
    """What the tracker says. That work has begun is told apart from open only on its side."""
    status = state.closed.value if state.closed else ("started" if state.started else "open")
    return {
        Field.TITLE: title_of(state.title),
        Field.ASSIGNEE: state.assignee or "",
        Field.DUE: state.due.isoformat() if state.due else "",
        Field.STATUS: status,
    }


def agreed_now(action: TrackedAction, draft: TicketDraft) -> tuple[tuple[str, str], ...]:
    """What both say right after a ticket was made as drafted."""
    name = draft.assignee or ""
    due = draft.due.isoformat() if draft.due else ""
    same = {Field.TITLE: action.title, Field.ASSIGNEE: name, Field.DUE: due, Field.STATUS: "open"}
    return tuple((field.value, f"{value}{_BETWEEN}{_UNREAD}") for field, value in same.items())


_UNREAD = "\x1e"  # not read back yet: whatever they say first is what they said then


def agree(ours: Mapping[Field, str], theirs: Mapping[Field, str]) -> tuple[tuple[str, str], ...]:
    """Both sides as they are now, to be compared with later."""
    return tuple((field.value, f"{ours[field]}{_BETWEEN}{theirs[field]}") for field in Field)


def compare(
    ticket: TicketRecord,
    ours: Mapping[Field, str],
    theirs: Mapping[Field, str],
    changed: datetime,
    updated: datetime | None,
) -> tuple[Differs, ...]:
    """The fields that changed since both agreed. Where both changed one, the later change counts, and it is a conflict;
    ``changed`` and ``updated`` are when we and they last changed anything."""
    known = {name: value.partition(_BETWEEN)[::2] for name, value in ticket.agreed}
    found = []
    for field in Field:
        mine, other = ours[field], theirs[field]
        was_mine, was_other = known.get(field.value, (mine, _UNREAD))
        if was_other == _UNREAD:
            # The first look after making it. A status or a date that differs already was changed by somebody;
            # an assignee or due date that is empty was not taken by the tracker.
            unset = field in (Field.ASSIGNEE, Field.DUE) and not other
            was_other = other if unset or _alike(field, was_mine, other) else was_mine
        we, they = mine != was_mine, other != was_other
        if not (we or they) or _alike(field, mine, other):
            continue
        if we and they:
            side = Side.THEIRS if updated is not None and updated > changed else Side.OURS
            found.append(Differs(field, mine, other, side, conflict=True))
        else:
            found.append(Differs(field, mine, other, Side.OURS if we else Side.THEIRS))
    return tuple(found)


def _alike(field: Field, ours: str, theirs: str) -> bool:
    if field is Field.ASSIGNEE:
        return ours.casefold() == theirs.casefold()
    return ours == theirs


def change_of(differences: tuple[Differs, ...], action: TrackedAction) -> TicketChange | None:
    """What to change at the tracker for the fields that count as ours."""
    change = TicketChange()
    for one in differences:
        if one.side is not Side.OURS:
            continue
        if one.field is Field.TITLE:
            change = replace(change, title=ticket_title(action))
        elif one.field is Field.ASSIGNEE:
            change = replace(change, assignee=one.ours or None, clear_assignee=not one.ours)
        elif one.field is Field.DUE:
            change = replace(
                change, due=date.fromisoformat(one.ours) if one.ours else None, clear_due=not one.ours
            )
        elif one.ours == "open":
            change = replace(change, reopen=one.theirs in tuple(Closed))
        else:
            change = replace(change, closed=Closed(one.ours))
    return change if change != TicketChange() else None
