"""A plan made again, from an RCA that was changed: what people decided stays, and every difference is shown.

An action of the new plan is an action of the old one where both come from the same rule or sentence and are
called alike; it keeps its id. What nobody decided about follows the new plan; the rest stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from ..model import Action, Evidence, Plan
from ..policy import ActionState
from ..text.words import content_stems, similarity
from .keep import Kept, plan_of, record_of, tracked
from .life import Step, edit, step
from .record import Event, PlanRecord, TrackedAction

_ALIKE = 0.6  # similarity of titles from which two actions without the same origin are one
_FIELDS = ("title", "priority", "effort", "owner", "backup", "due", "depends_on")
_ID = re.compile(r"\bA\d+\b")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as before. ``what`` is added, changed, kept or withdrawn; of a field that is kept, ``new``
    is what the new plan would have said."""

    what: str
    action: str
    title: str
    field: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Replanned:
    """The plan as it would be kept, and how it differs from what is kept now."""

    kept: Kept
    differences: tuple[Difference, ...]


def replan(
    record: PlanRecord,
    actions: Sequence[TrackedAction],
    ticketed: frozenset[str],
    made: Plan,
    digest: str,
    by: str,
    at: datetime,
) -> Replanned:
    """What a new plan of the same RCA makes of the kept one. ``ticketed`` are ids of actions that have a ticket.

    The actions returned are all of the plan's, those that did not change with the revision they had."""
    old = {action.id: action for action in plan_of(record).actions}
    stands = {action.id: action for action in actions if action.state is not ActionState.WITHDRAWN}
    names = _names(stands, old, made.actions, [action.id for action in actions])
    plan = renamed(made, names)
    result: list[TrackedAction] = [a for a in actions if a.state is ActionState.WITHDRAWN]
    events: list[Event] = []
    told: list[Difference] = []
    for action in plan.actions:
        before = stands.get(action.id)
        if before is None:
            result.append(tracked(action, record.id, at))
            told.append(Difference("added", action.id, action.title))
            events.append(Event(record.id, action.id, at, by, "planned", "the RCA was planned again"))
            continue
        values, differences = _follow(before, old.get(action.id), action)
        told += differences
        moved = edit(before, values, by, at, "the RCA was planned again") if values else None
        result.append(moved.action if moved else before)
        events += [moved.event] if moved else []
    carried = []
    present = {action.id for action in plan.actions}
    for before in stands.values():
        if before.id in present:
            continue
        planned = old.get(before.id)
        if _undecided(before, planned) and before.id not in ticketed:
            moved = step(before, Step.WITHDRAW, by, at, "the RCA as it is now does not lead to it")
            result.append(moved.action)
            events.append(moved.event)
            told.append(Difference("withdrawn", before.id, before.title))
        else:
            result.append(before)
            told.append(
                Difference(
                    "kept", before.id, before.title, "action", before.state.value, "not proposed any more"
                )
            )
            carried += [planned] if planned is not None else []
    plan = replace(plan, actions=(*plan.actions, *carried))
    new = record_of(plan, record.id, digest, at, record.team, record.sensitive)
    new = replace(new, created=record.created, revision=record.revision + 1)
    if told or record.digest != digest:
        events.insert(0, Event(record.id, "", at, by, "planned again", f"{len(told)} differences"))
    return Replanned(Kept(new, tuple(result), tuple(events)), tuple(told))


def _names(
    stands: Mapping[str, TrackedAction],
    old: Mapping[str, Action],
    new: Sequence[Action],
    taken: Sequence[str],
) -> dict[str, str]:
    """New id → kept id, or a number that was never used."""
    left = dict(stands)
    names: dict[str, str] = {}

    def like(action: Action, other: TrackedAction) -> float:
        planned = old.get(other.id)
        titles = [other.title, *([planned.title] if planned else [])]
        return max(similarity(content_stems(action.title), content_stems(title)) for title in titles)

    for least, same_origin in ((0.999, True), (0.3, True), (_ALIKE, False)):
        for action in new:
            if action.id in names:
                continue
            fits = [
                (like(action, other), other.id) for other in left.values()
                if not same_origin or other.origin == action.origin.ref
            ]  # fmt: skip
            best = max(fits, default=(0.0, ""), key=lambda fit: (fit[0], -_number(fit[1])))
            if best[0] >= least:
                names[action.id] = best[1]
                del left[best[1]]
    last = max((_number(name) for name in taken), default=0)
    for action in new:
        if action.id not in names:
            last += 1
            names[action.id] = f"A{last}"
    return names


def _number(name: str) -> int:
    digits = name[1:]
    return int(digits) if digits.isdigit() else 0


def _follow(
    before: TrackedAction, planned: Action | None, action: Action
) -> tuple[dict[str, object], list[Difference]]:
    """The values to take over from the new plan, and what is told of each field that differs."""
    new = tracked(action, before.plan, before.created)
    was = tracked(planned, before.plan, before.created) if planned else before
    values: dict[str, object] = {}
    told = []
    for name in _FIELDS:
        now, then, wish = getattr(before, name), getattr(was, name), getattr(new, name)
        if wish in (now, then):
            continue  # the new plan says nothing new
        decided = (
            now != then
            or before.state is not ActionState.PROPOSED
            or (name == "owner" and before.owner_accepted)
        )
        told.append(
            Difference(
                "kept" if decided else "changed", before.id, before.title, name, _text(now), _text(wish)
            )
        )
        if not decided:
            values[name] = wish
    return values, told


def _undecided(before: TrackedAction, planned: Action | None) -> bool:
    if before.state is not ActionState.PROPOSED or before.owner_accepted or before.proofs:
        return False
    if planned is None:
        return True
    was = tracked(planned, before.plan, before.created)
    return all(getattr(before, name) == getattr(was, name) for name in _FIELDS)


def _text(value: object) -> str:
    if value is None or value == ():
        return "nothing"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(getattr(value, "value", value))


def renamed(plan: Plan, names: Mapping[str, str]) -> Plan:
    """The plan with other ids of actions, wherever it speaks of them; quotes of the RCA stay as they are."""
    if all(old == new for old, new in names.items()):
        return plan
    keep = {name: getattr(plan, name) for name in ("request", "incident", "failure_modes")}
    result: Plan = replace(_walk(plan, names), **keep)
    order = {new: n for n, new in enumerate(names.values())}
    return replace(
        result, actions=tuple(sorted(result.actions, key=lambda action: order.get(action.id, len(order))))
    )


def _walk(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Evidence):
        return value
    if type(value) is str:
        return _ID.sub(lambda found: names.get(found[0], found[0]), value)
    if isinstance(value, tuple):
        return tuple(_walk(item, names) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: new
            for field in fields(value)
            if (new := _walk(old := getattr(value, field.name), names)) is not old
        }
        return replace(value, **changed) if changed else value
    return value
