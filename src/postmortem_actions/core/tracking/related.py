"""Earlier incidents like this one: the same failure mode, service or cause, and what became of their actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..model import Action, FailureMode, Incident
from ..policy import ActionState
from ..text.words import content_stems, similarity
from .record import PlanRecord, TrackedAction

_KIND, _SERVICE, _CAUSE = 0.5, 0.2, 0.3  # what each likeness weighs; together 1
_LEAST = 0.3  # a service alone is no repeat
_SAME_CAUSE = 0.35  # similarity of the words of two causes from which they are told to be alike
_ALIKE = 0.5  # similarity of titles from which two actions do the same


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
    incident: Incident,
    modes: Sequence[FailureMode],
    earlier: Sequence[PlanRecord],
    actions: Mapping[str, Sequence[TrackedAction]],
    kinds_of: Mapping[str, Sequence[str]],
) -> tuple[Related, ...]:
    """The earlier incidents that are like this one, the most alike first. ``kinds_of`` tells which kinds of failure an
    action of an earlier plan (by its name) answers."""
    kinds = {mode.kind for mode in modes if mode.kind != "unclassified"}
    services = {fact.text.casefold() for fact in incident.services}
    cause = content_stems(
        " ".join(fact.text for fact in incident.root_causes) or next((mode.title for mode in modes), "")
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


def repeats(related: Sequence[Related]) -> dict[str, str]:
    """The kinds of failure that were there before, and in which incident, the most alike first."""
    found: dict[str, str] = {}
    for one in related:
        for kind in one.plan.kinds if one.repeats else ():
            found.setdefault(kind, f"{one.plan.id} ({one.plan.title})")
    return found


def like_action(action: Action, others: Sequence[TrackedAction]) -> TrackedAction | None:
    """The earlier action that does the same, or None."""
    stems = content_stems(action.title)
    best = max(
        ((similarity(stems, content_stems(o.title)), o.name, o) for o in others),
        default=None,
        key=lambda x: x[:2],
    )
    return best[2] if best is not None and best[0] >= _ALIKE else None
