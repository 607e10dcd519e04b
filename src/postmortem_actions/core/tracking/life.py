"""The life of an action: which step is possible from where, what it needs, and what it leaves in the history.

proposed → accepted → in progress → claimed done → verified; or failed, ineffective, declined, risk accepted.
Claimed done is what somebody says; verified is what evidence shows. The two are never mixed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from ...errors import RequestError
from ..policy import ActionState, Priority
from .record import Change, Event, Proof, TrackedAction

S = ActionState
_OPEN = (S.PROPOSED, S.ACCEPTED, S.IN_PROGRESS, S.FAILED, S.INEFFECTIVE)
_NEED_PROOF = frozenset({Priority.P0, Priority.P1})


class Step(StrEnum):
    """What can be done with an action."""

    ACCEPT = "accept"
    START = "start"
    DONE = "done"
    VERIFY = "verify"
    FAIL = "fail"
    DOUBT = "doubt"
    DECLINE = "decline"
    ACCEPT_RISK = "accept-risk"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class _Rule:
    """From which states a step leads where; whether it needs a reason."""

    to: ActionState
    start: Sequence[ActionState]
    reason: bool = False


_RULES: Mapping[Step, _Rule] = {
    Step.ACCEPT: _Rule(S.ACCEPTED, (S.PROPOSED,)),
    Step.START: _Rule(S.IN_PROGRESS, (S.PROPOSED, S.ACCEPTED, S.FAILED, S.INEFFECTIVE)),
    Step.DONE: _Rule(S.CLAIMED_DONE, _OPEN),
    Step.VERIFY: _Rule(S.VERIFIED, (S.CLAIMED_DONE,)),
    Step.FAIL: _Rule(S.FAILED, (S.CLAIMED_DONE, S.VERIFIED), reason=True),
    Step.DOUBT: _Rule(S.INEFFECTIVE, (S.VERIFIED, S.CLAIMED_DONE), reason=True),
    Step.DECLINE: _Rule(S.DECLINED, (*_OPEN, S.CLAIMED_DONE), reason=True),
    Step.ACCEPT_RISK: _Rule(S.RISK_ACCEPTED, (*_OPEN, S.DECLINED), reason=True),
    Step.REOPEN: _Rule(
        S.ACCEPTED, (S.CLAIMED_DONE, S.VERIFIED, S.DECLINED, S.RISK_ACCEPTED, S.WITHDRAWN), reason=True
    ),
    Step.WITHDRAW: _Rule(S.WITHDRAWN, (S.PROPOSED,), reason=True),
}
_SAID = {
    Step.ACCEPT: "accepted", Step.START: "started", Step.DONE: "claimed done", Step.VERIFY: "verified", Step.FAIL: "failed",
    Step.DOUBT: "ineffective", Step.DECLINE: "declined", Step.ACCEPT_RISK: "risk accepted", Step.REOPEN: "reopened",
    Step.WITHDRAW: "withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """An action after a change, and the event that tells it."""

    action: TrackedAction
    event: Event


def step(
    action: TrackedAction,
    what: Step,
    by: str,
    at: datetime,
    why: str = "",
    proofs: Sequence[str] = (),
    owner: str | None = None,
    review_on: date | None = None,
) -> Moved:
    """The action after a step. ``proofs`` are what shows that it works; ``owner`` may be named on accepting.

    Raises RequestError where the step is not possible from the action's state, where a reason is missing,
    and where a P0 or P1 action would become verified with nothing to show for it."""
    rule = _RULES[what]
    why, by = why.strip(), by.strip()
    if not by:
        raise RequestError("who does this is not known", fix="Say it: --by NAME.")
    if action.state not in rule.start:
        raise RequestError(
            f"{action.name} is {action.state.value}: {what.value} is not possible", fix=_ways(action)
        )
    if rule.reason and not why:
        raise RequestError(f"{action.name}: {what.value} needs a reason", fix='Say it: --why "…".')
    told = tuple(Proof(text.strip(), by, at) for text in proofs if text.strip())
    have = (*action.proofs, *told)
    if what is Step.VERIFY and action.priority in _NEED_PROOF and not have:
        raise RequestError(
            f"{action.name} is {action.priority.value}: it becomes verified by evidence alone, and there is none",
            fix="Give a link, the output of a run, or what was seen: --evidence TEXT.",
        )
    if what is Step.VERIFY and not have and not why:
        raise RequestError(
            f"{action.name} has nothing that shows it works",
            fix='Give --evidence TEXT, or at least a reason: --why "…".',
        )
    if what is Step.ACCEPT and (owner or action.owner) is None:
        raise RequestError(f"{action.name} has no owner to accept it", fix="Name one: --owner NAME.")
    after = replace(
        action,
        state=rule.to, why=why, by=by, changed=at, proofs=have, revision=action.revision + 1,
        review_on=review_on if what is Step.ACCEPT_RISK else None,
    )  # fmt: skip
    after = _instants(after, what, at)
    if what is Step.ACCEPT:
        after = replace(after, owner=owner or action.owner, owner_accepted=True)
    if what is Step.REOPEN and after.owner is None:
        after = replace(after, state=S.PROPOSED)
    return Moved(after, _event(action, after, _SAID[what], by, at, why))


def _instants(action: TrackedAction, what: Step, at: datetime) -> TrackedAction:
    if what is Step.START:
        return replace(action, started=action.started or at)
    if what is Step.DONE:
        return replace(action, claimed=at)
    if what is Step.VERIFY:
        return replace(action, verified=at)
    if what in (Step.FAIL, Step.DOUBT, Step.REOPEN):
        # What was shown before speaks for what was done before.
        return replace(action, claimed=None, verified=None, proofs=())
    return action


EDITABLE = ("title", "owner", "backup", "due", "priority", "effort", "depends_on")


def edit(
    action: TrackedAction, values: Mapping[str, object], by: str, at: datetime, why: str = ""
) -> Moved | None:
    """The action with other values of fields in ``EDITABLE``; None where nothing would change.

    A new owner has not accepted yet. Raises RequestError for a field that cannot be edited, or an action that is over."""
    for name in values:
        if name not in EDITABLE:
            raise RequestError(f"{name!r} cannot be edited", fix=f"These can: {', '.join(EDITABLE)}.")
    if not by.strip():
        raise RequestError("who does this is not known", fix="Say it: --by NAME.")
    if not action.state.is_unfinished:
        raise RequestError(
            f"{action.name} is {action.state.value}: it is not edited any more", fix=_ways(action)
        )
    new = {name: value for name, value in values.items() if getattr(action, name) != value}
    if not new:
        return None
    after = replace(action, **new, changed=at, revision=action.revision + 1)  # type: ignore[arg-type]
    if "owner" in new and after.owner != action.owner:
        after = replace(after, owner_accepted=False)
    return Moved(after, _event(action, after, "edited", by, at, why))


def prove(action: TrackedAction, texts: Sequence[str], by: str, at: datetime) -> Moved:
    """The action with further evidence, its state as it was."""
    told = tuple(Proof(text.strip(), by, at) for text in texts if text.strip())
    after = replace(action, proofs=(*action.proofs, *told), changed=at, revision=action.revision + 1)
    return Moved(after, _event(action, after, "evidence added", by, at, ""))


def _event(before: TrackedAction, after: TrackedAction, what: str, by: str, at: datetime, why: str) -> Event:
    changes = []
    for name in ("state", *EDITABLE, "owner_accepted", "review_on"):
        old, new = _text(getattr(before, name)), _text(getattr(after, name))
        if old != new:
            changes.append(Change(name, old, new))
    known = set(before.proofs)
    changes += [Change("evidence", None, proof.text) for proof in after.proofs if proof not in known]
    return Event(after.plan, after.id, at, by, what, why, tuple(changes))


def _text(value: object) -> str | None:
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value.value) if isinstance(value, StrEnum) else str(value)


def _ways(action: TrackedAction) -> str:
    ways = [
        what.value for what, rule in _RULES.items()
        if action.state in rule.start and what not in (Step.WITHDRAW, Step.DOUBT, Step.FAIL)
    ]  # fmt: skip
    return f"From here: {', '.join(ways)}." if ways else "It stays as it is."
