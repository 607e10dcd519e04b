"""The plan's dates as a calendar file (iCalendar, RFC 5545): due dates and follow-up meetings as all-day events.

Events and not to-dos, because most calendars leave out to-dos when they read a file. No e-mail address is in it, and
nobody is invited: attendees and organiser are left to whoever imports it. The same plan gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import sha256

from ..core.model import Action, Meeting, Plan
from ..core.tracking.remind import Digest

_HEAD = (
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//postmortem-actions//action plan//EN", "CALSCALE:GREGORIAN",
)  # fmt: skip
_FOLD_AT = 75  # octets of a line without its end (RFC 5545, 3.1)
# What a text value cannot hold: control characters but tab and new line (3.3.11), and halves of surrogate pairs.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _text(value: str) -> str:
    """A value of type TEXT: backslash, semicolon, comma and new line escaped (3.3.11)."""
    clean = _UNFIT.sub("", re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", value))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _folded(line: str) -> str:
    """A content line in pieces of at most 75 octets; no character is cut in two."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode("utf-8"))
        if size + octets > _FOLD_AT:
            pieces.append(piece)
            piece, size = " ", 1  # the space that marks the line as going on counts
        piece += character
        size += octets
    return "\r\n".join([*pieces, piece])


class _Names:
    """Identifiers that stay the same when the incident is planned again, so that an import updates the dates.

    They are made of the incident and of what the entry is, not of its number or its date."""

    def __init__(self, plan: Plan) -> None:
        incident = plan.incident
        self._incident = "\n".join(
            [incident.id.text if incident.id else "", incident.title, str(incident.date)]
        )
        self._seen: dict[str, int] = {}

    def of(self, kind: str, what: str) -> str:
        """The identifier of an entry; entries that are alike are counted."""
        digest = sha256(f"{self._incident}\n{kind}\n{what}".encode("utf-8", "replace")).hexdigest()[:32]
        count = self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"{digest}{'' if count == 1 else f'-{count}'}@postmortem-actions"


def _entry(
    kind: str, uid: str, stamp: str, on: date, summary: str, description: str, more: Iterable[str] = ()
) -> list[str]:
    return [
        f"BEGIN:{kind}", f"UID:{uid}", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{_digits(on)}", *more,
        f"SUMMARY:{_text(summary)}", f"DESCRIPTION:{_text(description)}", f"END:{kind}",
    ]  # fmt: skip


def _event(
    uid: str, stamp: str, on: date, summary: str, description: str, categories: str, accepted: bool
) -> list[str]:
    """An all-day event. It does not block anybody's day, and is tentative until its owner has accepted."""
    # An all-day event ends on the day after (3.6.1); the last day there is has none, and one day is the default.
    end = [f"DTEND;VALUE=DATE:{_digits(on + timedelta(days=1))}"] if on < date.max else []
    return _entry("VEVENT", uid, stamp, on, summary, description, [
        *end, f"CATEGORIES:{categories}", f"STATUS:{'CONFIRMED' if accepted else 'TENTATIVE'}", "TRANSP:TRANSPARENT",
    ])  # fmt: skip


def _due(action: Action, on: date, plan: Plan, uid: str, stamp: str) -> list[str]:
    owner = action.owner.person or f"unresolved{f' ({action.owner.known})' if action.owner.known else ''}"
    lines = [
        action.statement,
        f"Owner: {owner}{'' if action.owner.accepted else ', proposed'} ({action.owner.why})",
        *([f"Backup: {action.backup.person}"] if action.backup and action.backup.person else []),
        f"Due: {on}, {action.due.why}" + (" (beyond its window)" if action.due.late else ""),
        *([f"After: {', '.join(action.depends_on)}"] if action.depends_on else []),
        *(f"Done when: {criterion}" for criterion in action.done_when),
        *([f"Ticket: {action.ticket}"] if action.ticket else []),
        f"Incident: {plan.incident.title}",
    ]
    summary = f"{action.id} due ({action.priority.value}): {action.title}"
    categories = f"{action.priority.value},{action.category.value}"
    return _event(uid, stamp, on, summary, "\n".join(lines), categories, action.owner.accepted)


def _follow_up(meeting: Meeting, on: date, plan: Plan, uid: str, stamp: str) -> list[str]:
    lines = [meeting.agenda, *([f"Actions: {', '.join(meeting.actions)}"] if meeting.actions else []),
             f"Incident: {plan.incident.title}"]  # fmt: skip
    summary = f"{meeting.name}: {plan.incident.title}"
    return _event(uid, stamp, on, summary, "\n".join(lines), "follow-up", False)


def due_calendar(digests: Sequence[Digest], today: date) -> str:
    """What people are reminded of as a calendar: each action once, on its due date, else on that day. Whoever subscribes
    to the file sees an action that was moved at its new place."""
    stamp = f"{_digits(today)}T000000Z"
    title = "Postmortem actions"
    lines = [*_HEAD, f"NAME:{title}", f"X-WR-CALNAME:{title}"]
    items = {item.action.name: item for digest in digests for item in digest.items}
    for name, item in sorted(items.items()):
        action = item.action
        uid = f"{sha256(f'reminder {name}'.encode()).hexdigest()[:32]}@postmortem-actions"
        told = [item.reason.value, f"Owner: {action.owner or 'unresolved'}", f"Incident: {item.title}"]
        summary = f"{name} {action.priority.value}: {action.title}"
        categories = f"{action.priority.value},{action.category.value}"
        lines += _event(
            uid, stamp, action.due or today, summary, "\n".join(told), categories, action.owner_accepted
        )
    if not items:
        uid = f"{sha256(b'reminder nothing').hexdigest()[:32]}@postmortem-actions"
        lines += _entry("VJOURNAL", uid, stamp, today, "Nobody has to be reminded of anything", "")
    return _file(lines)


def _file(lines: list[str]) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


class _Ics:
    name = "ics"
    file = "plan.ics"

    def render(self, plan: Plan) -> str:
        """Every due date and dated follow-up, each as an event; what carries no date is not in it."""
        names = _Names(plan)
        stamp = f"{_digits(plan.request.today)}T000000Z"
        title = f"Actions: {plan.incident.title}"
        lines = [*_HEAD, f"NAME:{_text(title)}", f"X-WR-CALNAME:{_text(title)}"]
        entries = 0
        for action in plan.actions:
            uid = names.of("due", f"{action.origin.ref}\n{action.title}")
            if action.due.on is not None:
                lines += _due(action, action.due.on, plan, uid, stamp)
                entries += 1
        for meeting in plan.tracking.meetings:
            uid = names.of("follow-up", meeting.name)
            if meeting.on is not None:
                lines += _follow_up(meeting, meeting.on, plan, uid, stamp)
                entries += 1
        if not entries:  # a calendar must hold something (3.6)
            uid = names.of("note", "no dates")
            note = "Nothing in this plan has a date."
            lines += _entry(
                "VJOURNAL", uid, stamp, plan.request.today, note, f"Incident: {plan.incident.title}"
            )
        return _file(lines)


RENDERER = _Ics()
