"""Who is told what today: what is due, overdue, not accepted, waiting for evidence, and what goes up a level.

Everybody gets one digest. The policy: an action that is late by ``coordinator_after`` working days goes to the
coordinator as well, by ``sponsor_after`` to the sponsor; a P0 after half of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from ..policy import ActionState, Priority
from .record import TrackedAction
from .settings import ReminderSettings
from .standing import Condition, Standing

NOBODY = ""


class Reason(StrEnum):
    """Why somebody is told of an action, the most urgent first."""

    ESCALATED = "late, and told to you as well"
    OVERDUE = "overdue"
    TODAY = "due today"
    SOON = "due soon"
    AT_RISK = "at risk"
    EVIDENCE = "done, but nothing shows it yet"
    VERIFY = "done, to be verified"
    ACCEPT = "to be accepted"
    OWNERLESS = "without an owner"
    ORPHANED = "its owner has left"
    REVIEW = "an accepted risk to be looked at again"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a digest."""

    action: TrackedAction
    standing: Standing
    reason: Reason
    title: str = ""  # the incident's


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told; ``person`` is empty for what has nobody to be told to."""

    person: str
    items: tuple[Item, ...]


@dataclass(slots=True)
class _Piles:
    by_person: dict[str, list[Item]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, person: str, item: Item) -> None:
        key = person.lstrip("@").lower()
        self.names.setdefault(key, person.lstrip("@"))
        pile = self.by_person.setdefault(key, [])
        if all(other.action.name != item.action.name for other in pile):
            pile.append(item)


def digests(
    rows: Sequence[tuple[TrackedAction, Standing]],
    titles: Mapping[str, str],
    today: date,
    settings: ReminderSettings,
) -> tuple[Digest, ...]:
    """The digests of a day, by name; what has nobody goes to the coordinator, else to nobody."""
    piles = _Piles()
    for action, standing in rows:
        reason = reason_of(action, standing, today, settings)
        if reason is None:
            continue
        item = Item(action, standing, reason, titles.get(action.plan, ""))
        nobody = reason in (Reason.OWNERLESS, Reason.ORPHANED)
        piles.add((settings.coordinator if nobody else action.owner) or settings.coordinator or NOBODY, item)
        for person in escalated_to(action, standing, settings):
            piles.add(person, Item(action, standing, Reason.ESCALATED, item.title))
    order = list(Reason)

    def rank(item: Item) -> tuple[int, str, str, str]:
        action = item.action
        return order.index(item.reason), action.priority.value, str(action.due), action.name

    return tuple(
        Digest(piles.names[key], tuple(sorted(pile, key=rank)))
        for key, pile in sorted(piles.by_person.items())
    )


def reason_of(
    action: TrackedAction, standing: Standing, today: date, settings: ReminderSettings
) -> Reason | None:
    """The most urgent reason to tell of an action today, or None."""
    if action.state is ActionState.CLAIMED_DONE:
        return Reason.EVIDENCE if Condition.AWAITING_EVIDENCE in standing else Reason.VERIFY
    if Condition.AWAITING_REVIEW in standing:
        return Reason.REVIEW
    if not action.state.is_open:
        return None
    for condition, reason in (
        (Condition.UNOWNED, Reason.OWNERLESS), (Condition.ORPHANED, Reason.ORPHANED), (Condition.OVERDUE, Reason.OVERDUE)
    ):  # fmt: skip
        if condition in standing:
            return reason
    if action.due == today:
        return Reason.TODAY
    if standing.left is not None and standing.left <= settings.soon + 1:
        return Reason.SOON
    if Condition.AT_RISK in standing:
        return Reason.AT_RISK
    return Reason.ACCEPT if action.state is ActionState.PROPOSED else None


def escalated_to(action: TrackedAction, standing: Standing, settings: ReminderSettings) -> tuple[str, ...]:
    """Who besides the owner hears of a late action."""
    share = 2 if action.priority is Priority.P0 else 1
    found = []
    for person, after in (
        (settings.coordinator, settings.coordinator_after),
        (settings.sponsor, settings.sponsor_after),
    ):
        if person and standing.late * share >= after:
            found.append(person)
    return tuple(found)


def is_quiet(now: datetime, settings: ReminderSettings) -> bool:
    """Whether nobody is to be disturbed at that instant; the hours may pass midnight."""
    if settings.quiet is None:
        return False
    begin, end = settings.quiet
    at: time = now.astimezone(ZoneInfo(settings.zone)).time()
    return begin <= at < end if begin < end else at >= begin or at < end


def digest_text(digest: Digest, today: date) -> str:
    """A digest in Markdown."""
    lines = [f"**{len(digest.items)} postmortem action{'s' if len(digest.items) != 1 else ''}** on {today}"]
    reason = None
    for item in digest.items:
        if item.reason is not reason:
            reason = item.reason
            lines += ["", f"**{reason.value.capitalize()}**"]
        action = item.action
        late = (
            f", {item.standing.late} working day{'s' if item.standing.late != 1 else ''} late"
            if item.standing.late
            else ""
        )
        waits = f", waits for {', '.join(item.standing.waits_for)}" if item.standing.waits_for else ""
        owner = f", {action.owner}" if reason in (Reason.ESCALATED, Reason.ORPHANED) and action.owner else ""
        due = f", due {action.due}" if action.due else ""
        where = f" ({item.title})" if item.title else ""
        lines.append(
            f"- `{action.name}` {action.priority.value} {action.title}{where}{owner}{due}{late}{waits}"
        )
    return "\n".join(lines)
