"""A team's rotation: who is next on call after an incident, or how work is spread evenly over the people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ..model import Problem, Severity
from .claims import Claim, ClaimSource
from .rotation_shifts import (
    BASE,
    OVERRIDE,
    SECONDARY,
    Rotation,
    Shift,
    gaps_and_overlaps,
    key,
    people,
    settle,
    shown,
)

__all__ = [
    "BASE",
    "OVERRIDE",
    "SECONDARY",
    "Absence",
    "Found",
    "OnCall",
    "Rotation",
    "Shift",
    "gaps_and_overlaps",
    "next_on_call",
    "people",
    "settle",
    "spread",
]


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, first and last day included. ``why`` names the source ("per calendar away.ics"):
    it may be shown, so it must not tell the reason of the absence."""

    person: str
    first_day: date
    last_day: date
    why: str = ""


@dataclass(frozen=True, slots=True)
class OnCall:
    """A person of the rotation with the reason; no ``shift`` where the source knows an order only."""

    person: str
    shift: Shift | None
    claim: Claim


Found = tuple[tuple[OnCall, ...], tuple[Problem, ...]]


def next_on_call(rotation: Rotation, after: datetime, count: int, absences: Sequence[Absence] = ()) -> Found:
    """The ``count`` distinct people who come on call first at or after the instant ``after``.

    Who is on call at that instant comes last, and only where nobody else is left. Somebody absent on the day
    a shift starts is passed over for that shift, and that is said in the next one's claim and as a problem.
    Fewer are returned where the source knows fewer. A rotation without shifts gives its order.
    Raises ValueError for an ``after`` without a time zone."""
    if after.tzinfo is None:
        raise ValueError("the time after which to look needs a time zone")
    if not rotation.shifts:
        return _by_order(rotation, after.date(), count, absences)
    found: list[tuple[Shift, str]] = []
    seen: set[str] = set()
    passed: dict[str, str] = {}
    unsaid: list[str] = []
    now = after.astimezone(UTC)
    settled = settle(rotation.shifts)
    coming = [shift for shift in settled if shift.start.astimezone(UTC) >= now]
    current = [shift for shift in settled if shift.start.astimezone(UTC) < now < shift.end.astimezone(UTC)]
    for shift in (*coming, *current):
        if len(found) >= count:
            break
        if key(shift) in seen:
            continue
        names = (shift.person, shift.handle)
        day = max(shift.start.astimezone(UTC), now).astimezone(shift.start.tzinfo).date()
        if away := _absence(names, day, absences):
            if key(shift) not in passed:
                passed[key(shift)] = f"{shift.person} is passed over: absent on {day}{_per(away)}"
                unsaid.append(passed[key(shift)])
            continue
        seen.add(key(shift))
        verb = "on call until" if shift in current else "on call from"
        time = shift.end if shift in current else shift.start
        later = _absence_within(names, day, shift.end.date(), absences)
        partly = f", absent from {later.first_day}{_per(later)}" if later else ""
        why = "; ".join([f"{verb} {shown(time)} per {rotation.where}{partly}", *unsaid])
        found.append((shift, why))
        unsaid = []
    chosen = tuple(
        OnCall(shift.person, shift, _claim(rotation, shift.person, why, 1 / position, shift.handle))
        for position, (shift, why) in enumerate(found, 1)
    )
    problems = [_passed_over(text) for text in passed.values()]
    if found:
        last = max(shift.start.astimezone(UTC) for shift, _ in found)
        problems += gaps_and_overlaps(rotation, after, last)
    else:
        problems.append(_nobody(rotation, f"after {shown(after)}"))
    return chosen, tuple(problems)


def spread(
    rotation: Rotation, n: int, after: datetime | None = None, absences: Sequence[Absence] = ()
) -> Found:
    """``n`` turns dealt out evenly: nobody has two more than another. Deterministic: the people take turns
    in the order of the rotation (``people``), beginning with whoever is next on call ``after`` that instant.

    Somebody absent on the day of ``after`` (in its time zone) gets no turn, and that is said."""
    everybody = people(rotation)
    handles = {shift.person: shift.handle for shift in rotation.shifts}
    problems: list[Problem] = []
    if after is not None:
        day = after.date()
        if rotation.shifts:
            coming, _ = next_on_call(rotation, after, len(handles))
            first = next((one.person for one in coming if one.person in everybody), None)
            start = everybody.index(first) if first else 0
            everybody = everybody[start:] + everybody[:start]
        here = []
        for name in everybody:
            if away := _absence((name, handles.get(name)), day, absences):
                problems.append(_passed_over(f"{name} is passed over: absent on {day}{_per(away)}"))
            else:
                here.append(name)
        everybody = tuple(here)
    if not everybody:
        return (), (*problems, _nobody(rotation, f"on {after.date()}" if after else ""))
    turns = []
    for turn in range(n):
        name = everybody[turn % len(everybody)]
        place = f"turn {turn + 1} of {n}, spread evenly over {len(everybody)} people per {rotation.where}"
        turns.append(OnCall(name, None, _claim(rotation, name, place, 1.0, handles.get(name))))
    return tuple(turns), tuple(problems)


def _by_order(rotation: Rotation, day: date, count: int, absences: Sequence[Absence]) -> Found:
    chosen: list[OnCall] = []
    problems: list[Problem] = []
    unsaid: list[str] = []
    everybody = people(rotation)
    for slot, name in enumerate(everybody, 1):
        if len(chosen) >= count:
            break
        if away := _absence((name,), day, absences):
            unsaid.append(f"{name} is passed over: absent on {day}{_per(away)}")
            problems.append(_passed_over(unsaid[-1]))
            continue
        why = "; ".join([f"slot {slot} of {len(everybody)} of the rotation per {rotation.where}", *unsaid])
        chosen.append(OnCall(name, None, _claim(rotation, name, why, 1 / (len(chosen) + 1), None)))
        unsaid = []
    if not chosen:
        problems.append(_nobody(rotation, f"on {day}"))
    return tuple(chosen), tuple(problems)


def _claim(rotation: Rotation, who: str, why: str, weight: float, handle: str | None) -> Claim:
    return Claim(who, ClaimSource.ROTATION, rotation.name, why, round(weight, 3), handle=handle)


def _absences_of(names: tuple[str | None, ...], absences: Sequence[Absence]) -> list[Absence]:
    """Absences name people as their own source does: by name or by handle, in any case of letters."""
    known = {name.casefold() for name in names if name}
    return [absence for absence in absences if absence.person.casefold() in known]


def _absence(names: tuple[str | None, ...], day: date, absences: Sequence[Absence]) -> Absence | None:
    found = _absences_of(names, absences)
    return next((absence for absence in found if absence.first_day <= day <= absence.last_day), None)


def _absence_within(
    names: tuple[str | None, ...], first: date, last: date, absences: Sequence[Absence]
) -> Absence | None:
    found = [absence for absence in _absences_of(names, absences) if first < absence.first_day <= last]
    return min(found, key=lambda absence: absence.first_day, default=None)


def _per(absence: Absence) -> str:
    return f" {absence.why}" if absence.why else ""


def _passed_over(text: str) -> Problem:
    return Problem("rotation-absent", text, severity=Severity.INFO)


def _nobody(rotation: Rotation, when: str) -> Problem:
    return Problem(
        "rotation-empty",
        f"nobody of {rotation.name} is on call {when}".rstrip() + f" (per {rotation.where})",
        fix="Check the schedule, or name the owner yourself.",
    )
