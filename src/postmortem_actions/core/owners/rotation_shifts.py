"""Who is on call when: shifts of several layers laid over each other, with the gaps and overlaps they leave.

Times are compared as instants; the time zone of a shift is kept, because it says on which day it begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..model import Problem, Severity

BASE = 0
OVERRIDE = 1
SECONDARY = -1


@dataclass(frozen=True, slots=True)
class Shift:
    """A person is on call from ``start`` (included) to ``end`` (excluded); both have a time zone.

    ``level`` says which of two shifts at one time counts: an override over the base, the base over a
    secondary. Raises ValueError for a time without a zone and for an end that is not after the start."""

    person: str
    start: datetime
    end: datetime
    handle: str | None = None
    level: int = BASE

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a shift's times need a time zone")
        if self.end.astimezone(UTC) <= self.start.astimezone(UTC):
            raise ValueError("a shift ends after it starts")


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who takes turns. ``order`` are the people in their order where the source tells it; ``where`` is the
    source as the plan names it ("PagerDuty schedule Primary", "calendar oncall.ics", "config")."""

    name: str
    shifts: tuple[Shift, ...] = ()
    order: tuple[str, ...] = ()
    where: str = "config"


def settle(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """Who is really on call: at each instant the shifts of the highest level only, a person's adjoining
    shifts joined, in order of time. What is returned stands on the base level."""
    given = [(shift.start.astimezone(UTC), shift.end.astimezone(UTC), shift) for shift in shifts]
    starts = sorted(given, key=lambda entry: (entry[0], entry[2].person))
    borders = sorted({border for start, end, _ in given for border in (start, end)})
    open_shifts: dict[str, tuple[datetime, Shift]] = {}
    done: list[tuple[datetime, datetime, Shift]] = []
    active: list[tuple[datetime, datetime, Shift]] = []
    taken = 0
    for border in borders:
        active = [entry for entry in active if entry[1] > border]
        while taken < len(starts) and starts[taken][0] <= border:
            active.append(starts[taken])
            taken += 1
        top = max((shift.level for _, _, shift in active), default=BASE)
        now: dict[str, Shift] = {}
        for _, _, shift in active:
            if shift.level == top:
                now.setdefault(key(shift), shift)
        for who in [who for who in open_shifts if who not in now]:
            since, shift = open_shifts.pop(who)
            done.append((since, border, shift))
        for who, shift in now.items():
            open_shifts.setdefault(who, (border, shift))
    done.sort(key=lambda entry: (entry[0], entry[1], entry[2].person))
    return tuple(
        Shift(
            shift.person, start.astimezone(shift.start.tzinfo), end.astimezone(shift.end.tzinfo), shift.handle
        )
        for start, end, shift in done
    )


def people(rotation: Rotation) -> tuple[str, ...]:
    """Everybody once: the rotation's own order, or where it has none, who has shifts, by first shift. Who
    only stands in for somebody of the order is not of the rotation."""
    shifts = sorted(rotation.shifts, key=lambda shift: shift.start.astimezone(UTC))
    names: dict[str, str] = {}
    for name in rotation.order or [shift.person for shift in shifts]:
        names.setdefault(name.casefold(), name)
    return tuple(names.values())


def gaps_and_overlaps(rotation: Rotation, since: datetime, until: datetime) -> tuple[Problem, ...]:
    """When nobody, and when more than one person, is on call between the two instants: one problem for all
    gaps and one for all overlaps, with the first of them and the number of the others."""
    if not rotation.shifts or until <= since:
        return ()
    low, high = since.astimezone(UTC), until.astimezone(UTC)
    gaps: list[tuple[datetime, datetime]] = []
    overlaps: list[tuple[datetime, datetime, str, str]] = []
    covered, holder = low, ""
    for shift in settle(rotation.shifts):
        start, end = shift.start.astimezone(UTC), shift.end.astimezone(UTC)
        if end <= low or start >= high:
            continue
        if start > covered:
            gaps.append((covered, start))
        elif start < covered and holder:
            overlaps.append((max(start, low), min(end, covered, high), holder, shift.person))
        if end > covered:
            covered, holder = end, shift.person
    if covered < high:
        gaps.append((covered, high))
    problems = []
    if gaps:
        first = f"from {shown(gaps[0][0])} to {shown(gaps[0][1])}{_more(len(gaps) - 1)}"
        problems.append(
            Problem(
                "rotation-gap",
                f"nobody is on call in {rotation.name} {first} (per {rotation.where})",
                severity=Severity.INFO,
                fix="Fill the gap in the schedule if it is not meant.",
            )
        )
    if overlaps:
        start, end, one, other = overlaps[0]
        span = f"from {shown(start)} to {shown(end)}{_more(len(overlaps) - 1)}"
        problems.append(
            Problem(
                "rotation-overlap",
                f"{one} and {other} are both on call in {rotation.name} {span} (per {rotation.where})",
                fix="Name a schedule that holds one person at a time if only one of them is meant.",
            )
        )
    return tuple(problems)


def key(shift: Shift) -> str:
    """What tells one person of a rotation from another: the handle, else the name."""
    return (shift.handle or shift.person).casefold()


def shown(moment: datetime) -> str:
    """The instant as plans write it, in UTC, to the minute."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _more(count: int) -> str:
    return f" and {count} time{'s' if count > 1 else ''} more" if count else ""
