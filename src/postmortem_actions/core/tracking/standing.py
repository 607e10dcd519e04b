"""How an action stands today: overdue, at risk, blocked, orphaned, waiting for evidence. Computed, never kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..context import Calendar
from ..planning.dates import LEAST_DAYS
from ..policy import ActionState
from .record import TrackedAction

_LONGEST = 3660  # days looked at; whatever is later than ten years is just late
_GRACE = 5  # working days in which a claim should be verified


class Condition(StrEnum):
    """What a person has to know of an action beyond its state."""

    OVERDUE = "overdue"
    AT_RISK = "at risk"
    BLOCKED = "blocked"
    ORPHANED = "orphaned"
    UNOWNED = "unowned"
    AWAITING_EVIDENCE = "awaiting evidence"
    AWAITING_REVIEW = "awaiting review"


@dataclass(frozen=True, slots=True)
class Standing:
    """``late`` is how many working days have passed since the due date, ``left`` how many remain (today counts);
    ``waits_for`` are the ids of open actions it depends on."""

    conditions: frozenset[Condition] = frozenset()
    late: int = 0
    left: int | None = None
    waits_for: tuple[str, ...] = ()

    def __contains__(self, condition: Condition) -> bool:
        return condition in self.conditions


def standing(
    action: TrackedAction,
    today: date,
    calendar: Calendar,
    others: Mapping[str, ActionState],
    gone: Collection[str] = (),
) -> Standing:
    """How an action stands. ``others`` are the states of the plan's actions by id; ``gone`` people who left, in
    lower case without ``@``.

    Overdue is an open action with at least one working day after its due date, today included: what is due on
    Friday is not overdue on Saturday. At risk is one whose remaining working days are fewer than its effort
    needs at least (S 1, M 2, L 6; the effort scale), or that is blocked with the due date within its effort."""
    found: set[Condition] = set()
    is_open = action.state.is_open
    late, left = 0, None
    waits = tuple(
        need for need in action.depends_on if (state := others.get(need)) is not None and state.is_open
    )
    if is_open:
        if action.owner is None:
            found.add(Condition.UNOWNED)
        elif action.owner.lstrip("@").lower() in gone:
            found.add(Condition.ORPHANED)
        if waits:
            found.add(Condition.BLOCKED)
        if action.due is not None:
            late = working_days(action.due + timedelta(days=1), today, calendar)
            left = 0 if late else working_days(today, action.due, calendar)
            need = LEAST_DAYS[action.effort] * (2 if waits else 1)
            if late:
                found.add(Condition.OVERDUE)
            elif left < need:
                found.add(Condition.AT_RISK)
    if action.state is ActionState.CLAIMED_DONE and not action.proofs:
        found.add(Condition.AWAITING_EVIDENCE)
    if (
        action.state is ActionState.RISK_ACCEPTED
        and action.review_on is not None
        and action.review_on <= today
    ):
        found.add(Condition.AWAITING_REVIEW)
    return Standing(frozenset(found), late, left, waits)


def working_days(first: date, last: date, calendar: Calendar) -> int:
    """How many working days there are from ``first`` to ``last``, both included; 0 where ``last`` is earlier."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    whole, rest = divmod(min(days, _LONGEST), 7)
    count = whole * (7 - len(calendar.weekend))
    start = first + timedelta(days=whole * 7)
    count += sum(1 for n in range(rest) if (start + timedelta(days=n)).weekday() not in calendar.weekend)
    end = first + timedelta(days=min(days, _LONGEST) - 1)
    off = sum(1 for day in calendar.holidays if first <= day <= end and day.weekday() not in calendar.weekend)
    return count - off


def overdue_claim(action: TrackedAction, today: date, calendar: Calendar) -> bool:
    """Whether a claim has waited for its verification longer than five working days."""
    if action.state is not ActionState.CLAIMED_DONE or action.claimed is None:
        return False
    return working_days(action.claimed.date() + timedelta(days=1), today, calendar) > _GRACE


def counts(standings: Iterable[Standing]) -> dict[Condition, int]:
    """How many actions are in each condition."""
    found = dict.fromkeys(Condition, 0)
    for one in standings:
        for condition in one.conditions:
            found[condition] += 1
    return found
