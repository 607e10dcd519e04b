"""Earlier incidents like this one: the same failure mode, service or cause, and what became of their actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..model import Action, Plan
from ..policy import ActionState, Priority
from ..text.words import content_stems, similarity
from .record import PlanRecord, TrackedAction

_KIND, _SERVICE, _CAUSE = 0.5, 0.2, 0.3  # what each likeness weighs; together 1
_LEAST = 0.3  # a service alone is no repeat
_SAME_CAUSE = 0.35  # similarity of the words of two causes from which they are told to be alike
_ALIKE = 0.5  # similarity of titles from which two actions do the same
_RAISED = {Priority.P1: Priority.P0, Priority.P2: Priority.P1, Priority.P3: Priority.P2}


@dataclass(frozen=True, slots=True)
class Related:
    """An earlier incident. ``score`` from 0 to 1; ``why`` for people; ``repeats`` where the same kind of failure is its
    primary or contributing cause. ``would_have_helped`` are its actions that were open when this one happened;
    ``doubtful`` those that were done before, against a failure that came again."""

    plan: PlanRecord
    score: float
    why: tuple[str, ...]
    repeats: bool
    would_have_helped: tuple[TrackedAction, ...] = ()
    doubtful: tuple[TrackedAction, ...] = ()


def relate(
    plan: Plan,
    earlier: Sequence[PlanRecord],
    actions: Mapping[str, Sequence[TrackedAction]],
    kinds_of: Mapping[str, Sequence[str]],
) -> tuple[Related, ...]:
    """The earlier incidents that are like a plan's, the most alike first. ``kinds_of`` tells which kinds of failure an
    action of an earlier plan (by its name) answers."""
    incident = plan.incident
    kinds = {mode.kind for mode in plan.failure_modes if mode.kind != "unclassified"}
    services = {fact.text.casefold() for fact in incident.services}
    cause = content_stems(
        " ".join(fact.text for fact in incident.root_causes) or plan.summary.primary_failure_mode
    )
    found = []
    for other in earlier:
        if other.date is not None and incident.date is not None and other.date > incident.date:
            continue
        shared = sorted(kinds & set(other.kinds))
        same_services = sorted(s for s in other.services if s.casefold() in services)
        likeness = similarity(cause, content_stems(other.cause))
        score = _KIND * min(1.0, len(shared) / max(1, min(len(kinds), len(other.kinds), 2)))
        score += (_SERVICE if same_services else 0.0) + _CAUSE * min(1.0, likeness / 0.6)
        if score < _LEAST:
            continue
        why = [f"the same kind of failure: {', '.join(shared)}"] if shared else []
        why += [f"the same service: {', '.join(same_services)}"] if same_services else []
        why += [f"a cause in like words ({likeness:.0%})"] if likeness >= _SAME_CAUSE else []
        helped, doubtful = _verdict(other, actions.get(other.id, ()), set(shared), kinds_of, incident.date)
        found.append(Related(other, round(score, 3), tuple(why), bool(shared), helped, doubtful))
    return tuple(sorted(found, key=lambda one: (-one.score, one.plan.id)))


def _verdict(
    other: PlanRecord,
    actions: Sequence[TrackedAction],
    shared: set[str],
    kinds_of: Mapping[str, Sequence[str]],
    on: date | None,
) -> tuple[tuple[TrackedAction, ...], tuple[TrackedAction, ...]]:
    helped, doubtful = [], []
    for action in actions:
        if not shared & set(kinds_of.get(action.name, ())):
            continue
        ended = action.verified or action.claimed
        if action.state in (ActionState.VERIFIED, ActionState.CLAIMED_DONE) and ended is not None:
            if on is None or ended.date() <= on:
                doubtful.append(action)
            else:
                helped.append(action)
        elif action.state.is_open:
            helped.append(action)
    return tuple(helped), tuple(doubtful)


def raised(plan: Plan, related: Sequence[Related]) -> tuple[Plan, tuple[str, ...]]:
    """The plan with the actions one step more urgent that answer a failure which was there before, and what was raised.

    An action that is P0 already stays so; its reason tells of the repeat."""
    repeats = {kind: one.plan for one in reversed(related) if one.repeats for kind in one.plan.kinds}
    modes = {mode.id: mode.kind for mode in plan.failure_modes}
    actions, told = [], []
    for action in plan.actions:
        before = next((repeats[modes[mode]] for mode in action.addresses if modes.get(mode) in repeats), None)
        actions.append(_raised(action, before) if before else action)
        if before is not None and actions[-1].priority is not action.priority:
            told.append(
                f"{action.id} {action.priority.value} → {actions[-1].priority.value}: the same failure as in {before.id}"
            )
    return (replace(plan, actions=tuple(actions)) if told else plan), tuple(told)


def _raised(action: Action, before: PlanRecord) -> Action:
    why = f"{action.priority_why}; the same kind of failure as in {before.id} ({before.title})"
    return replace(action, priority=_RAISED.get(action.priority, action.priority), priority_why=why)


def like_action(action: Action, others: Sequence[TrackedAction]) -> TrackedAction | None:
    """The earlier action that does the same, or None."""
    stems = content_stems(action.title)
    best = max(
        ((similarity(stems, content_stems(o.title)), o.name, o) for o in others),
        default=None,
        key=lambda x: x[:2],
    )
    return best[2] if best is not None and best[0] >= _ALIKE else None
