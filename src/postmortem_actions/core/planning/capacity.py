"""The cut to capacity: what is kept, what is deferred and why. Nothing vanishes.

Source of the limits: low at most 3 (P0 only), medium 5–7, high 10 and more (15 by default).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..model import Problem, Request
from ..policy import ActionState, Capacity, Category, FailureRole, Priority
from .prioritise import Ranked

LIMITS = {Capacity.LOW: 3, Capacity.MEDIUM: 7, Capacity.HIGH: 15}
_ALLOWED = {
    Capacity.LOW: frozenset({Priority.P0}),
    Capacity.MEDIUM: frozenset({Priority.P0, Priority.P1, Priority.P2}),
    Capacity.HIGH: frozenset({Priority.P0, Priority.P1, Priority.P2}),
}
_ENOUGH_AT_HIGH = 10  # below this P3 may fill a dedicated sprint
# Two actions of one form for one failure mode say much the same: the second waits for the rest of its band.
_CROWDED = 1


@dataclass(slots=True)
class Cut:
    """``deferred`` holds (entry, code, reason)."""

    kept: list[Ranked] = field(default_factory=list)
    deferred: list[tuple[Ranked, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def cut(ranked: Sequence[Ranked], request: Request) -> Cut:
    """Keep what fits, in rank order, with the guarantees of the plan; defer the rest with reasons."""
    result = Cut()
    open_entries = []
    for entry in ranked:
        state, line = entry.candidate.state, entry.candidate.evidence[0].span
        if state is ActionState.CLAIMED_DONE:
            result.deferred.append(
                (
                    entry,
                    "stated-done",
                    f"the RCA says that this is done ({line}): verify it instead of doing it again",
                )
            )
        elif state is ActionState.DECLINED:
            result.deferred.append((entry, "declined", f"the RCA says that this will not be done ({line})"))
        else:
            open_entries.append(entry)
    limit = LIMITS[request.capacity]
    allowed = _ALLOWED[request.capacity]
    eligible = [entry for entry in open_entries if entry.priority in allowed]
    if request.capacity is Capacity.HIGH and len(eligible) < _ENOUGH_AT_HIGH:
        eligible = list(open_entries)
    queue = _spread(eligible)
    result.kept = queue[:limit]
    _guarantee(result.kept, queue, open_entries, request)
    keys = {entry.candidate.key for entry in result.kept}
    for entry in open_entries:
        if entry.candidate.key not in keys:
            result.deferred.append((entry, *_reason(entry, entry in eligible, request, limit)))
    urgent = [
        entry for entry in open_entries if entry.priority is Priority.P0 and entry.candidate.key not in keys
    ]
    if urgent:
        names = "; ".join(f"“{entry.candidate.title}”" for entry in urgent[:5])
        result.problems.append(
            Problem(
                "more-p0-than-room",
                f"{len(urgent)} P0 action{'s' if len(urgent) > 1 else ''} did not fit into {request.capacity.value} capacity: {names}",
                fix="Decide: raise the capacity, or accept in writing that these wait.",
            )
        )
    primary = [entry for entry in open_entries if entry.candidate.role is FailureRole.PRIMARY]
    if primary and not any(entry.candidate.key in keys for entry in primary):
        result.problems.append(
            Problem(
                "root-cause-deferred",
                f"no action for the root cause is kept: none is P0, and {request.capacity.value} capacity takes P0 alone",
                fix="Raise the capacity, or accept in writing that the root cause waits.",
            )
        )
    result.kept.sort(key=lambda entry: entry.order)
    return result


def _spread(eligible: Sequence[Ranked]) -> list[Ranked]:
    """Rank order, but within a band a second action of the same form for the same failure mode waits."""
    result: list[Ranked] = []
    for priority in Priority:
        band = [entry for entry in eligible if entry.priority is priority]
        seen: dict[tuple[str, str], int] = {}
        first: list[Ranked] = []
        later: list[Ranked] = []
        for entry in band:
            marks = [(entry.candidate.form.value, mode) for mode in entry.candidate.addresses]
            crowded = any(seen.get(mark, 0) >= _CROWDED for mark in marks)
            (later if crowded else first).append(entry)
            for mark in marks:
                seen[mark] = seen.get(mark, 0) + 1
        result += [*first, *later]
    return result


def _guarantee(
    kept: list[Ranked], queue: Sequence[Ranked], open_entries: Sequence[Ranked], request: Request
) -> None:
    """At least one action for the primary root cause; from medium on one detection and one response."""
    wanted: list[Callable[[Ranked], bool]] = [lambda e: e.candidate.role is FailureRole.PRIMARY]
    if request.capacity is not Capacity.LOW:
        wanted.append(lambda e: e.candidate.category is Category.DETECTION)
        wanted.append(lambda e: e.candidate.category is Category.RESPONSE)
    pool = (
        list(queue)
        if request.capacity is Capacity.LOW
        else [*queue, *[e for e in open_entries if e not in queue]]
    )
    limit = LIMITS[request.capacity]
    for want in wanted:
        if any(want(entry) for entry in kept):
            continue
        chosen = next((entry for entry in pool if want(entry) and entry not in kept), None)
        if chosen is None:
            continue
        if len(kept) < limit:
            kept.append(chosen)
            continue
        for entry in reversed(kept):
            others = [other for other in kept if other is not entry] + [chosen]
            if all(any(w(o) for o in others) or not any(w(o) for o in kept) for w in wanted):
                kept[kept.index(entry)] = chosen
                break


def _reason(entry: Ranked, eligible: bool, request: Request, limit: int) -> tuple[str, str]:
    if eligible:
        return (
            "capacity",
            f"{request.capacity.value} capacity has room for {limit} actions; this one ranks below them",
        )
    return "priority", f"{entry.priority.value} is not taken up at {request.capacity.value} capacity"
