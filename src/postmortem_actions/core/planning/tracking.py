"""Tracking notes: epic, tickets, follow-up meetings, and what leadership reads. All of it is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ..context import Calendar
from ..model import Action, Incident, Meeting, Request, Rollup, Summary, Ticket, Tracking
from ..policy import DueDatePolicy, Priority
from .dates import add_months, window_end, working_day_after

_QUARTER = 3  # months until the retrospective, counted like the windows
_AGENDA = {
    Priority.P0: "Is each P0 action done and verified? What stands in the way of the others?",
    Priority.P1: "Is each P1 action done and verified? Do its results hold in production?",
    Priority.P2: "Is each P2 action done and verified, or declined with a reason?",
}


def tracking(
    actions: Sequence[Action],
    request: Request,
    incident: Incident,
    summary: Summary,
    start: date,
    calendar: Calendar,
) -> Tracking:
    """Section 7. Meetings stand at the end of each window; under the policy none they carry no date."""
    when = incident.date.isoformat() if incident.date else None
    epic = f"{when} {incident.title}: postmortem actions" if when else f"{incident.title}: postmortem actions"
    tickets = tuple(Ticket(a.id, f"{a.id}: {a.title} ({a.priority.value})", a.ticket) for a in actions)
    meetings = _meetings(actions, request, start, calendar)
    return Tracking(
        request.tracking_system, epic, tickets, meetings, _rollup(actions, incident, summary, meetings)
    )


def _meetings(
    actions: Sequence[Action], request: Request, start: date, calendar: Calendar
) -> tuple[Meeting, ...]:
    policy = request.due_date_policy
    result = []

    def day(on: date) -> date:
        return working_day_after(max(on, request.today), calendar)

    last = start
    for priority in (Priority.P0, Priority.P1, Priority.P2):
        own = tuple(a.id for a in actions if a.priority is priority)
        if not own:
            continue
        on: date | None = None
        if policy is not DueDatePolicy.NONE:
            begin = start
            end = window_end(begin, priority, policy)
            if end is not None and end < request.today:
                end = window_end(request.today, priority, policy)
            # A stated or chained date may lie later: the review waits for the last action of its band.
            dues = [
                a.due.on
                for a in actions
                if a.priority is priority and a.due.on is not None and a.due.late is False
            ]
            on = day(max([end, *dues])) if end is not None else None
            last = max(last, on) if on else last
        result.append(Meeting(f"{priority.value} review", on, _AGENDA[priority], own))
    if actions:
        on = (
            day(max(add_months(max(start, request.today), _QUARTER), last))
            if policy is not DueDatePolicy.NONE
            else None
        )
        result.append(
            Meeting(
                "Retrospective",
                on,
                "Did the actions work? Has anything like this incident happened since? What was deferred, and is that still right?",
                tuple(a.id for a in actions),
            )
        )
    return tuple(result)


def _rollup(
    actions: Sequence[Action], incident: Incident, summary: Summary, meetings: Sequence[Meeting]
) -> Rollup:
    radius = incident.blast_radius
    parts = [fact.text for fact in radius.users[:1]]
    if radius.duration is not None:
        parts.append(f"for {radius.duration.text}" if parts else radius.duration.text)
    parts += [fact.text for fact in radius.business[:1]]
    counts = tuple((p, sum(1 for a in actions if a.priority is p)) for p in Priority)
    milestones = tuple(
        (meeting.on.isoformat() if meeting.on else "no date", f"{meeting.name}: {', '.join(meeting.actions)}")
        for meeting in meetings
    )
    return Rollup(
        incident=f"{incident.title}{f' ({incident.date})' if incident.date else ''}",
        impact="; ".join(parts) or "not stated in the RCA",
        root_cause=summary.primary_failure_mode,
        counts=tuple((p, n) for p, n in counts if n),
        milestones=milestones,
        status="planned: no action is claimed done or verified yet",
    )
