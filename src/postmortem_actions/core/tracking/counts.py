"""What a report counts, action by action: the same keys whether they are kept as sums or counted anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ..policy import ActionState


class Measure(StrEnum):
    """What is counted. The word beside it is a state, ``category|group``, ``strength|group``, a number of days, or yes
    and no."""

    STATE = "state"
    CATEGORY = "category"
    STRENGTH = "strength"
    DAYS_TO_VERIFIED = "days to verified"
    ON_TIME = "on time"


class Group(StrEnum):
    """States as a report puts them together. Planned, claimed and verified are never mixed."""

    OPEN = "open"
    CLAIMED = "claimed done"
    VERIFIED = "verified"
    ENDED = "ended without"


def group_of_state(state: ActionState) -> Group | None:
    """Where a state is counted; withdrawn actions are counted nowhere."""
    if state is ActionState.WITHDRAWN:
        return None
    if state.is_open:
        return Group.OPEN
    if state is ActionState.CLAIMED_DONE:
        return Group.CLAIMED
    return Group.VERIFIED if state is ActionState.VERIFIED else Group.ENDED


@dataclass(frozen=True, slots=True)
class Counted:
    """An action as far as it is counted. Days are ISO text; empty where there is none."""

    state: str
    priority: str
    category: str
    strength: str
    due: str
    created: str
    claimed: str
    verified: str


Key = tuple[str, str, str]  # measure, priority, word


def keys_of(action: Counted) -> tuple[Key, ...]:
    """Everything one action is counted under."""
    state = ActionState(action.state)
    group = group_of_state(state)
    if group is None:
        return ()
    found = [
        (Measure.STATE.value, action.priority, state.value),
        (Measure.CATEGORY.value, "", f"{action.category}|{group.value}"),
        (Measure.STRENGTH.value, "", f"{action.strength}|{group.value}"),
    ]
    if group is Group.VERIFIED and action.verified:
        days = (date.fromisoformat(action.verified) - date.fromisoformat(action.created)).days
        found.append((Measure.DAYS_TO_VERIFIED.value, "", str(_rounded(max(0, days)))))
    if group in (Group.CLAIMED, Group.VERIFIED) and action.claimed and action.due:
        found.append((Measure.ON_TIME.value, "", "yes" if action.claimed <= action.due else "no"))
    return tuple(found)


def _rounded(days: int) -> int:
    """Days to the day for a month, then up to whole weeks, after half a year up to thirties: few sums, and "within so many
    days" stays true."""
    if days <= 30:
        return days
    step = 7 if days <= 182 else 30
    return -(-days // step) * step


def count(actions: Iterable[Counted]) -> Counter[Key]:
    """The sums of many."""
    found: Counter[Key] = Counter()
    for action in actions:
        found.update(keys_of(action))
    return found
