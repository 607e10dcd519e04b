"""A rotation, and absences, from an iCalendar file or link: what most on-call services and calendars can give."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from ...core.model import Problem, Severity
from ...core.owners.rotation import OVERRIDE, Absence, Rotation, Shift
from ...core.owners.rotation_names import absent_title, on_call_title, plain_name
from .calendar_events import LONGEST, Event, Events, read_events
from .oncall_answers import window
from .oncall_http import Retry

AHEAD = timedelta(days=60)
_SHORTEST_ABSENCE = timedelta(hours=4)  # less leaves more than half of a working day


def read_rotation(
    source: str,
    after: datetime,
    *,
    ahead: timedelta = AHEAD,
    zone: str | None = None,
    overrides: str | None = None,
    known: Collection[str] = (),
    retry: Retry | None = None,
) -> tuple[Rotation, tuple[Problem, ...]]:
    """The shifts of a calendar that touch the time from ``after`` on, ``ahead`` of it but at most a year.

    Who is on call stands in the title ("On call: Alice", "alice - Primary"), or is the one attendee.
    ``overrides`` is a second calendar whose shifts win over those of the first. ``known`` are the names and
    handles of the team. ``zone`` is for events without one. Raises SourceError and ConfigError."""
    since, until = window(after, ahead, LONGEST)
    read = read_events(source, since, until, zone=zone, retry=retry)
    shifts, problems = _shifts(read, known)
    if overrides is not None:
        over = read_events(overrides, since, until, zone=zone, retry=retry)
        winning, more = _shifts(over, known)
        shifts += [replace(shift, level=OVERRIDE) for shift in winning]
        problems += more
    return Rotation(read.name, tuple(shifts), (), f"calendar {read.name}"), tuple(problems)


def read_absences(
    source: str,
    after: datetime,
    *,
    ahead: timedelta = AHEAD,
    zone: str | None = None,
    known: Collection[str] = (),
    retry: Retry | None = None,
) -> tuple[tuple[Absence, ...], tuple[Problem, ...]]:
    """Who is away from ``after`` on, by the events of a calendar whose title says so ("Alice – vacation",
    "OOO: Alice", or "Vacation" with one attendee or an organiser). Other events are left out, and so is an
    absence of less than four hours. Of the reason nothing is kept. Raises SourceError and ConfigError."""
    since, until = window(after, ahead, LONGEST)
    read = read_events(source, since, until, zone=zone, retry=retry)
    absences = []
    nameless = 0
    for event in read.events:
        who = absent_title(event.title, known=known)
        if who is None or (not event.all_day and event.end - event.start < _SHORTEST_ABSENCE):
            continue
        who = who or (event.attendees[0] if len(event.attendees) == 1 else event.organiser)
        if not who:
            nameless += 1
            continue
        last = (event.end - timedelta(microseconds=1)).date()
        absences.append(Absence(who, event.start.date(), last, f"per calendar {read.name}"))
    problems = list(read.problems)
    if nameless:
        problems.append(
            Problem(
                "absence-nameless",
                f"{nameless} absences in calendar {read.name} do not say who is away",
                fix="Put the name into the title, such as “Alice – vacation”.",
            )
        )
    return tuple(dict.fromkeys(absences)), tuple(problems)


def _shifts(read: Events, known: Collection[str]) -> tuple[list[Shift], list[Problem]]:
    shifts: list[Shift] = []
    problems = list(read.problems)
    unnamed: list[Event] = []
    disagreeing: list[tuple[str, str]] = []
    for event in read.events:
        titled = on_call_title(event.title, calendar=read.name, known=known)
        people = titled.people
        if len(event.attendees) == 1:
            attendee = event.attendees[0]
            if people and not _is_part(people, attendee):
                disagreeing.append((attendee, plain_name(event.title)))
            people = people if people and set(people) <= set(known) else (attendee,)
        else:
            people = tuple(_fuller(name, event.attendees) for name in people)
        if not people:
            unnamed.append(event)
        shifts += [Shift(name, event.start, event.end, level=titled.level) for name in people]
    if unnamed:
        problems.append(
            Problem(
                "rotation-nameless",
                f"{len(unnamed)} events of calendar {read.name} name nobody for sure, the first on "
                f"{unnamed[0].start.date()}",
                fix="Title shifts such as “On call: Alice”, or name the team's people in the config.",
            )
        )
    if disagreeing:
        attendee, title = disagreeing[0]
        problems.append(
            Problem(
                "rotation-two-names",
                f"the attendee {attendee} and the title “{title}” of {len(disagreeing)} events of calendar "
                f"{read.name} do not name the same person",
                severity=Severity.INFO,
                fix="Check who is on call then.",
            )
        )
    return shifts, problems


def _is_part(people: Collection[str], attendee: str) -> bool:
    """Whether the title's one name says the same as the attendee's: "Alice" and "Alice Meyer"."""
    words = set(attendee.casefold().split())
    return len(people) == 1 and all(set(name.casefold().split()) <= words for name in people)


def _fuller(name: str, attendees: Collection[str]) -> str:
    fuller = [attendee for attendee in attendees if _is_part((name,), attendee)]
    return fuller[0] if len(fuller) == 1 else name
