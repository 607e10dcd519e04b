"""The events of an iCalendar file or link (RFC 5545) in a span of time: repeated, moved, cancelled, in their zones.

Bounded: the calendar's size, the span, what a repetition may cost and the time spent on all of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ...core.model import Problem, Severity
from ...core.owners.rotation_names import plain_name
from ...errors import ConfigError
from .calendar_source import parse, read, short_name
from .oncall_http import Retry

if TYPE_CHECKING:
    from icalendar import Calendar, Component

LONGEST = timedelta(days=365)
_SECONDS = 10.0  # for all repetitions of one calendar
_MOST_EVENTS = 20_000
_NOT_PEOPLE = ("ROOM", "RESOURCE", "GROUP")


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence, not cancelled. ``start`` and ``end`` (excluded) have a zone; ``attendees`` and
    ``organiser`` are names, or the part of an address before its ``@``."""

    title: str
    start: datetime
    end: datetime
    all_day: bool
    attendees: tuple[str, ...] = ()
    organiser: str = ""


@dataclass(frozen=True, slots=True)
class Events:
    """What a calendar holds in the span. ``name`` is its own name, else the file's name or the link's host."""

    name: str
    events: tuple[Event, ...]
    problems: tuple[Problem, ...]


def read_events(
    source: str, since: datetime, until: datetime, *, zone: str | None = None, retry: Retry | None = None
) -> Events:
    """The events that touch the span, which is cut to a year. ``source`` is a path or a link (https, webcal).

    Events without a zone and whole days are taken in ``zone``, else in the calendar's own zone, else in UTC.
    Raises SourceError, and ConfigError for an unknown ``zone``."""
    label, data = read(source, retry)
    own_zone = _known_zone(zone) if zone else None
    found: list[Event] = []
    counts = _Counts()
    name, used = "", own_zone
    for calendar in parse(data, label):
        name = name or plain_name(str(calendar.get("X-WR-CALNAME") or calendar.get("NAME") or ""))
        calendar_zone = _zone(str(calendar.get("X-WR-TIMEZONE") or ""))
        if calendar_zone is None:
            calendar.pop("X-WR-TIMEZONE", None)  # an unknown one would make every event unreadable
        used = own_zone or calendar_zone or UTC
        for event in _occurrences(calendar, since, min(until, since + LONGEST), used, counts):
            if event.start < until and event.end > since:
                found.append(event)
    found.sort(key=lambda event: (event.start.astimezone(UTC), event.end.astimezone(UTC), event.title))
    name = name or short_name(source)
    return Events(name, tuple(found), tuple(counts.problems(name, str(used or UTC))))


def _occurrences(
    calendar: Calendar, since: datetime, until: datetime, zone: tzinfo, counts: _Counts
) -> Iterator[Event]:
    """The occurrences of every event; an event that cannot be read does not take others with it."""
    import recurring_ical_events  # type: ignore[import-untyped]

    by_uid: dict[str, list[Component]] = {}
    for number, event in enumerate(calendar.walk("VEVENT")):
        if _is_sane(event):
            by_uid.setdefault(str(event.get("UID") or f"without id {number}"), []).append(event)
        else:
            counts.unread += 1
    others = [part for part in calendar.subcomponents if part.name != "VEVENT"]
    ends = time.monotonic() + _SECONDS
    for events in by_uid.values():
        if time.monotonic() > ends or counts.read > _MOST_EVENTS:
            counts.cut = True
            return
        calendar.subcomponents = [*others, *events]
        try:
            for component in recurring_ical_events.of(calendar).between(since, until):
                counts.read += 1
                occurrence = _event(component, zone, counts)
                if occurrence is not None:
                    yield occurrence
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
            counts.unread += len(events)


def _is_sane(event: Any) -> bool:
    """Whether it begins before it ends and repeats within reason."""
    try:
        first = event["DTSTART"].dt
        if "DTEND" in event and event["DTEND"].dt < first:
            return False
        rules = event.get("RRULE") or []
        return all(_is_bounded(rule, first) for rule in (rules if isinstance(rules, list) else [rules]))
    except (ValueError, TypeError, LookupError, AttributeError):
        return False  # none, unreadable, or a day and a time, which do not compare


def _is_bounded(rule: Any, first: date) -> bool:
    """Whether trying all dates of a repetition takes no minutes: it is not by the minute, and by the hour only
    in a plain way (a rule that no date fits is tried up to the year 9999)."""
    frequency = str((rule.get("FREQ") or [""])[0]).upper()
    interval = (rule.get("INTERVAL") or [1])[0]
    times = 1
    for key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(rule.get(key) or []))
    if not isinstance(interval, int) or interval < 1 or times > 24 or frequency in ("SECONDLY", "MINUTELY"):
        return False
    plain = not any(key in rule for key in ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"))
    return frequency != "HOURLY" or (plain and first.year >= 2000)


def _event(component: Component, zone: tzinfo, counts: _Counts) -> Event | None:
    if str(component.get("STATUS") or "").upper() == "CANCELLED":
        return None
    first, last = component.get("DTSTART").dt, component.get("DTEND").dt
    all_day = not isinstance(first, datetime)
    start, end = _aware(first, zone), _aware(last, zone)
    if end.astimezone(UTC) <= start.astimezone(UTC):
        counts.unread += 1
        return None
    if not all_day and first.tzinfo is None:
        counts.floating += 1
    attendees = component.get("ATTENDEE") or []
    people = [_person(one) for one in (attendees if isinstance(attendees, list) else [attendees])]
    return Event(
        " ".join(str(component.get("SUMMARY") or "").split()),
        start,
        end,
        all_day,
        tuple(dict.fromkeys(name for name in people if name)),
        _person(component.get("ORGANIZER")),
    )


def _aware(moment: date | datetime, zone: tzinfo) -> datetime:
    """A time in its zone; one without a zone, and the beginning of a day, in ``zone``."""
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _person(address: Any) -> str:
    """The name of an attendee who is a person and has not declined."""
    parameters = getattr(address, "params", {})
    if str(parameters.get("CUTYPE", "")).upper() in _NOT_PEOPLE:
        return ""
    if str(parameters.get("PARTSTAT", "")).upper() == "DECLINED" or address is None:
        return ""
    return plain_name(str(parameters.get("CN", ""))) or plain_name(str(address))


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return None


def _known_zone(name: str) -> tzinfo:
    zone = _zone(name)
    if zone is None:
        raise ConfigError(f"there is no time zone {name!r}", fix="Use a name such as Europe/Berlin.")
    return zone


@dataclass(slots=True)
class _Counts:
    """What was odd about the events of one calendar."""

    read: int = 0
    unread: int = 0
    floating: int = 0
    cut: bool = False

    def problems(self, name: str, zone: str) -> Iterator[Problem]:
        if self.floating:
            yield Problem(
                "calendar-floating",
                f"{_events(self.floating)} of calendar {name} without a known time zone, read as {zone}",
                severity=Severity.INFO,
                fix="Name the calendar's time zone.",
            )
        if self.unread:
            yield Problem(
                "calendar-unread",
                f"{_events(self.unread)} of calendar {name} left out: no valid times, or repeated too often",
                fix="Check these events in the calendar.",
            )
        if self.cut:
            yield Problem(
                "calendar-cut",
                f"calendar {name} holds more than is read; shifts may be missing",
                fix="Export a shorter span of the calendar.",
            )


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"
