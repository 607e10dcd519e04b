"""Due dates by policy, in working days, with reasons. A date that cannot be kept is told, never squeezed.

Sources: the specification's due date policies; the effort scale (S under 1 day, M 1–5, L over 5).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..context import Calendar
from ..model import Assumption, Due, Incident, Problem, Request
from ..policy import DueDatePolicy, Effort, Priority
from .order import Ordered

# Least working days for an action after what it waits for. Source: the effort scale.
LEAST_DAYS = {Effort.S: 1, Effort.M: 2, Effort.L: 6}
_WINDOWS: Mapping[DueDatePolicy, Mapping[Priority, tuple[int, int]]] = {
    # (days, calendar months)
    DueDatePolicy.AGGRESSIVE: {Priority.P0: (7, 0), Priority.P1: (14, 0), Priority.P2: (0, 1)},
    DueDatePolicy.REALISTIC: {Priority.P0: (14, 0), Priority.P1: (0, 1), Priority.P2: (0, 3)},
    DueDatePolicy.NONE: {},
}
_WORDS = {(7, 0): "1 week", (14, 0): "2 weeks", (0, 1): "1 month", (0, 3): "1 quarter"}


@dataclass(slots=True)
class Schedule:
    """A date for every kept action by key, the day windows count from, and what was odd."""

    dues: dict[str, Due] = field(default_factory=dict)
    start: date = date.min
    problems: list[Problem] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)


def add_months(day: date, months: int) -> date:
    """The same day some calendar months later, or the month's last day (Jan 31 + 1 month = Feb 28 or 29)."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def window_end(start: date, priority: Priority, policy: DueDatePolicy) -> date | None:
    """The last day of a priority's window, or None where the policy sets none."""
    window = _WINDOWS[policy].get(priority)
    if window is None:
        return None
    return add_months(start, window[1]) + timedelta(days=window[0])


def window_words(priority: Priority, policy: DueDatePolicy) -> str:
    """ "2 weeks", for people."""
    return _WORDS[_WINDOWS[policy][priority]]


def working_day_before(day: date, calendar: Calendar, earliest: date) -> date:
    """The day itself or the nearest working day before it; where that lies before ``earliest``, the nearest
    working day on or after ``earliest``."""
    found = day
    while not calendar.is_working_day(found) and found > earliest:
        found -= timedelta(days=1)
    if found >= earliest and calendar.is_working_day(found):
        return found
    return working_day_after(earliest, calendar)


def working_day_after(day: date, calendar: Calendar) -> date:
    """The day itself or the nearest working day after it (at most two years on, should every day be off)."""
    for ahead in range(731):
        if calendar.is_working_day(day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    return day


def add_working_days(day: date, count: int, calendar: Calendar) -> date:
    """The ``count``-th working day after ``day``."""
    found = day
    for _ in range(count):
        found = working_day_after(found + timedelta(days=1), calendar)
    return found


def schedule(ordered: Ordered, request: Request, incident: Incident, calendar: Calendar) -> Schedule:
    """A due date for every action, in order, so that what waits is due after what it waits for."""
    result = Schedule()
    policy, today = request.due_date_policy, request.today
    result.start = incident.date or today
    if policy is DueDatePolicy.NONE:
        result.start = max(result.start, today)
    elif incident.date is None:
        result.assumptions.append(
            Assumption(
                "start of the due date windows",
                today.isoformat(),
                "policy",
                "the RCA gives no incident date; the planning date is used",
            )
        )
    elif incident.date > today:
        result.problems.append(
            Problem("incident-after-planning", f"the incident date {incident.date} lies after the planning date {today}",
                    incident.date_evidence.span.start if incident.date_evidence else None)
        )  # fmt: skip
    moved = False
    pulled = _pulled(ordered, result.start, request, calendar)
    for entry in ordered.entries:
        key, candidate = entry.candidate.key, entry.candidate
        after = [result.dues[need].on for need in ordered.needs[key]]
        latest = max((day for day in after if day is not None), default=None)
        if candidate.due_hint is not None:
            result.dues[key] = _stated(
                entry.priority,
                candidate.due_hint,
                request,
                result,
                ordered.ids[key],
                candidate.title,
                candidate.evidence[0].span.start,
            )
            continue
        end = window_end(result.start, entry.priority, policy)
        if end is None:
            why = (
                "the policy sets no dates"
                if policy is DueDatePolicy.NONE
                else f"{entry.priority.value} gets no due date"
            )
            result.dues[key] = Due(None, why)
            continue
        start = result.start
        note = (
            f"{window_words(entry.priority, policy)} from the incident on {start}"
            if incident.date
            else f"{window_words(entry.priority, policy)} from the planning date {start}"
        )
        if end < today:
            start, moved = today, True
            end = window_end(today, entry.priority, policy) or end
            note = (
                f"{window_words(entry.priority, policy)} from the planning date {today}, because the window from "
                f"the incident had already passed"
            )
        result.dues[key] = _due(
            start, end, note, entry.candidate.effort, latest, today, calendar, pulled.get(key)
        )
        due = result.dues[key]
        if due.late:
            _tell(result, ordered, key, entry.candidate.title, due, latest)
    if moved:
        result.problems.append(
            Problem("window-past", f"the {policy.value} due date windows counted from the incident had passed on {today}; "
                    "such dates count from the planning date")
        )  # fmt: skip
    return result


def _target(start: date, end: date, effort: Effort) -> date:
    """An S action is due at half its window (a started day counts whole), M and L at its end."""
    return start + timedelta(days=-(-(end - start).days // 2)) if effort is Effort.S else end


def _pulled(ordered: Ordered, start: date, request: Request, calendar: Calendar) -> dict[str, date]:
    """The day by which what others wait for must be done, so that they still fit their own windows."""
    limits: dict[str, date] = {}
    for entry in reversed(ordered.entries):
        key, effort = entry.candidate.key, entry.candidate.effort
        end = window_end(start, entry.priority, request.due_date_policy)
        if end is None:
            continue
        begin = start
        if end < request.today:
            begin, end = (
                request.today,
                window_end(request.today, entry.priority, request.due_date_policy) or end,
            )
        own = entry.candidate.due_hint or min(_target(begin, end, effort), limits.get(key, date.max))
        if entry.candidate.due_hint is None and effort is not Effort.S:
            own = min(end, limits.get(key, date.max))
        while not calendar.is_working_day(own) and own > begin:
            own -= timedelta(days=1)
        for need in ordered.needs[key]:
            before = take_working_days(own, LEAST_DAYS[effort], calendar)
            limits[need] = min(limits.get(need, date.max), before)
    return limits


def take_working_days(day: date, count: int, calendar: Calendar) -> date:
    """The ``count``-th working day before ``day`` (at most two years back, should every day be off)."""
    found = day
    for _ in range(count):
        found -= timedelta(days=1)
        for _ in range(731):
            if calendar.is_working_day(found):
                break
            found -= timedelta(days=1)
    return found


def _due(
    start: date, end: date, note: str, effort: Effort, latest: date | None, today: date, calendar: Calendar,
    pulled: date | None,
) -> Due:  # fmt: skip
    target = _target(start, end, effort)
    note = f"half of {note} (effort S)" if effort is Effort.S else f"end of {note} (effort {effort.value})"
    if pulled is not None and pulled < target:
        soonest = add_working_days(max(today, start, latest or date.min), LEAST_DAYS[effort], calendar)
        target = min(target, max(pulled, soonest))
        note += f"; pulled forward to {target}, because another action waits for it"
    earliest = max(today, start) if start > today else today
    if latest is not None:
        least = add_working_days(latest, LEAST_DAYS[effort], calendar)
        if least > target:
            target, note = least, f"{LEAST_DAYS[effort]} working day(s) after what it waits for; {note}"
        earliest = max(earliest, least)
    day = working_day_before(target, calendar, earliest)
    if day != target:
        note += f"; moved from {target} to a working day"
    return Due(day, note, end, late=day > end)


def _stated(
    priority: Priority, day: date, request: Request, result: Schedule, action: str, title: str, line: int
) -> Due:
    end = window_end(result.start, priority, request.due_date_policy)
    if day < request.today:
        result.problems.append(
            Problem("stated-date-past", f"{action} “{title}” is stated as due on {day}, before the planning date {request.today}",
                    line, fix="Agree on a new date with its owner, or close it with evidence.")
        )  # fmt: skip
    elif end is not None and day > end:
        result.problems.append(
            Problem(
                "stated-date-beyond-policy",
                f"{action} “{title}” is stated as due on {day}, after the end of its {priority.value} window on {end}",
                line,
                fix="Move the date forward, or lower the priority with a reason.",
            )
        )
    return Due(day, "as stated in the RCA", end, late=end is not None and day > end)


def _tell(result: Schedule, ordered: Ordered, key: str, title: str, due: Due, latest: date | None) -> None:
    waits = ", ".join(ordered.ids[need] for need in ordered.needs[key])
    chain = f" after {waits} ({latest})" if waits and latest else ""
    result.problems.append(
        Problem(
            "cannot-fit-window",
            f"{ordered.ids[key]} “{title}”{chain} cannot be done inside its window, which ends on {due.window_end}; "
            f"the earliest working day is {due.on}",
            fix="Accept the later date, start what it waits for sooner with another owner, or plan fewer actions.",
        )
    )
