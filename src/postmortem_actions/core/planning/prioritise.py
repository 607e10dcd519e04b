"""Priority P0–P3 by impact × effort, under the three strategies, each with its reason.

Source of the matrix: the specification's prioritisation step, with P0 settled as "high impact and without
it the same incident can happen again or go unseen again".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from ..model import Candidate, Incident, Request
from ..policy import Category, Effort, FailureRole, Impact, OriginKind, Prioritization, Priority, Strength

_BANDS = list(Priority)
_ROLES = list(FailureRole)
_EFFORTS = list(Effort)
_IMPACTS = list(Impact)
_STRENGTHS = list(Strength)
_CATEGORIES = list(Category)
# Share of the blast radius an action takes away, by impact and by what it acts on. Only their order matters.
_SHARE = {Impact.HIGH: 1.0, Impact.MEDIUM: 0.4, Impact.LOW: 0.1}
_ROLE_SHARE = {
    FailureRole.PRIMARY: 1.0,
    FailureRole.CONTRIBUTING: 0.7,
    FailureRole.DETECTION_GAP: 0.8,
    FailureRole.RESPONSE_GAP: 0.6,
    FailureRole.NEAR_MISS: 0.3,
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its priority, the reason, and the key by which it is ordered (smaller first)."""

    candidate: Candidate
    priority: Priority
    why: str
    order: tuple[float | int | str, ...]


def prioritise(candidates: Sequence[Candidate], request: Request, incident: Incident) -> tuple[Ranked, ...]:
    """Every candidate with its priority, best first. Deterministic: ties end at the candidate's key."""
    lone = _only_blocker(candidates)
    ranked = []
    for candidate in candidates:
        priority, why = _by_strategy(candidate, request.prioritization)
        if candidate.key == lone and _BANDS.index(priority) > _BANDS.index(Priority.P1):
            priority, why = (
                Priority.P1,
                f"{why}; kept at P1 because it is the only action that blocks a recurrence",
            )
        if candidate.priority_hint is not None:
            stated = candidate.priority_hint
            differs = (
                f"; by {request.prioritization.value} it would be {priority.value}"
                if stated is not priority
                else ""
            )
            priority, why = (
                stated,
                f"{stated.value} as stated in the RCA ({candidate.evidence[0].span}){differs}",
            )
        ranked.append(Ranked(candidate, priority, why, _order(candidate, priority, request, incident)))
    return tuple(sorted(ranked, key=lambda entry: entry.order))


def _only_blocker(candidates: Sequence[Candidate]) -> str | None:
    blockers = [c.key for c in candidates if c.blocks_recurrence]
    return blockers[0] if len(blockers) == 1 else None


def _by_strategy(candidate: Candidate, strategy: Prioritization) -> tuple[Priority, str]:
    match strategy:
        case Prioritization.BALANCED:
            return balanced(candidate)
        case Prioritization.IMPACT_FIRST:
            return _impact_first(candidate)
        case Prioritization.EFFORT_FIRST:
            return _effort_first(candidate)
        case _:
            assert_never(strategy)


def balanced(candidate: Candidate) -> tuple[Priority, str]:
    """The impact × effort matrix."""
    impact, effort = candidate.impact, candidate.effort
    if impact is Impact.HIGH and candidate.blocks_recurrence:
        return (
            Priority.P0,
            "high impact, and without it the same incident can happen again or go unseen again",
        )
    if impact is Impact.HIGH:
        return Priority.P1, f"high impact with effort {effort.value}, but a repeat does not hang on it alone"
    if impact is Impact.MEDIUM and effort is not Effort.L:
        return Priority.P1, f"medium impact with effort {effort.value}"
    if impact is Impact.MEDIUM:
        return Priority.P2, "medium impact with effort L"
    if effort is Effort.S:
        return Priority.P2, "low impact with effort S"
    return Priority.P3, f"low impact with effort {effort.value}"


def _impact_first(candidate: Candidate) -> tuple[Priority, str]:
    if candidate.impact is Impact.HIGH and candidate.blocks_recurrence:
        return Priority.P0, "it prevents the same incident, or surely detects it"
    causal = candidate.role in (FailureRole.PRIMARY, FailureRole.CONTRIBUTING)
    if candidate.impact is Impact.HIGH:
        return Priority.P1, "high impact: it prevents or shortens similar incidents"
    if candidate.impact is Impact.MEDIUM and (causal or candidate.effort is not Effort.L):
        return Priority.P1, "medium impact on similar incidents"
    if candidate.impact is Impact.MEDIUM or candidate.effort is Effort.S:
        return Priority.P2, "it improves reliability in general"
    return Priority.P3, "little of the blast radius hangs on it"


def _effort_first(candidate: Candidate) -> tuple[Priority, str]:
    base, why = balanced(candidate)
    place = _BANDS.index(base)
    if candidate.effort is Effort.S and place > 0:
        return _BANDS[place - 1], f"{why}; one band up as a quick win (effort S)"
    if candidate.effort is Effort.L and place < len(_BANDS) - 1:
        return _BANDS[place + 1], f"{why}; one band down for its effort L"
    return base, why


def _order(
    candidate: Candidate, priority: Priority, request: Request, incident: Incident
) -> tuple[float | int | str, ...]:
    band = _BANDS.index(priority)
    stated = 0 if candidate.origin.kind is OriginKind.STATED else 1
    role = _ROLES.index(candidate.role)
    effort = _EFFORTS.index(candidate.effort)
    impact = _IMPACTS.index(candidate.impact)
    tail = (
        role, 0 if candidate.blocks_recurrence else 1, -round(candidate.weight, 3),
        _STRENGTHS.index(candidate.strength), effort, _CATEGORIES.index(candidate.category), candidate.key,
    )  # fmt: skip
    if request.prioritization is Prioritization.EFFORT_FIRST:
        return (band, stated, effort, impact, *tail)
    if request.prioritization is Prioritization.IMPACT_FIRST:
        return (band, stated, -round(removed(candidate, incident), 3), *tail)
    return (band, stated, impact, *tail)


def removed(candidate: Candidate, incident: Incident) -> float:
    """How much of the blast radius an action takes away: users × minutes where the RCA tells them (else 1),
    weighted by impact and by the role of what it acts on."""
    radius = incident.blast_radius
    users = radius.user_count or radius.user_percent or 1.0
    minutes = radius.duration.minutes if radius.duration else 1.0
    return users * minutes * _SHARE[candidate.impact] * _ROLE_SHARE[candidate.role]


def raised(entry: Ranked, priority: Priority, why: str, request: Request, incident: Incident) -> Ranked:
    """The same candidate at another priority."""
    return replace(
        entry,
        priority=priority,
        why=f"{entry.why}; {why}",
        order=_order(entry.candidate, priority, request, incident),
    )


def raise_repeats(
    ranked: Sequence[Ranked], repeated: Mapping[str, str], request: Request, incident: Incident
) -> tuple[Ranked, ...]:
    """The candidates with those one band up that answer a failure which was there before; ``repeated`` tells by failure
    mode (F1) where. A priority that the document states stays, and says so."""
    made = []
    for entry in ranked:
        before = next((repeated[mode] for mode in entry.candidate.addresses if mode in repeated), None)
        if before is None:
            made.append(entry)
            continue
        why = f"the same kind of failure as in {before}"
        band = _BANDS.index(entry.priority)
        if entry.candidate.priority_hint is not None or band == 0:
            made.append(raised(entry, entry.priority, why, request, incident))
        else:
            made.append(raised(entry, _BANDS[band - 1], f"one band up: {why}", request, incident))
    return tuple(sorted(made, key=lambda entry: entry.order))
