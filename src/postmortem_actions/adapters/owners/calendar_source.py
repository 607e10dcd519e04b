"""Getting an iCalendar file or link and parsing it, without telling the link's secret and within bounds."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...errors import SourceError
from .oncall_http import MEBIBYTE, Retry, Server

if TYPE_CHECKING:
    from icalendar import Calendar

LIMIT = 4 * MEBIBYTE
_EXPORT = "Export the calendar as an .ics file, or check the link."
_ZONE_RULE = {
    b"FREQ",
    b"INTERVAL",
    b"BYMONTH",
    b"BYDAY",
    b"BYMONTHDAY",
    b"UNTIL",
    b"COUNT",
    b"WKST",
    b"BYSETPOS",
}


def https_link(source: str) -> str | None:
    """The link to ask for where ``source`` is one (``webcal`` is https), None for a path."""
    scheme, separator, rest = source.partition("://")
    if not separator or not scheme.isalpha() or len(scheme) < 2:
        return None
    return f"https://{rest}" if scheme.lower() in ("webcal", "webcals") else f"{scheme.lower()}://{rest}"


def short_name(source: str) -> str:
    """The file's name, or the link's host."""
    link = https_link(source)
    if link is None:
        return os.path.basename(source)
    try:
        return urlsplit(link).hostname or "no host"
    except ValueError:
        return "no host"


def read(source: str, retry: Retry | None) -> tuple[str, bytes]:
    """How errors may call the source, and its bytes, at most 4 MiB. The path of a link is often a secret.
    Raises SourceError."""
    link = https_link(source)
    if link is not None:
        label = f"calendar at {short_name(source)}"
        return label, Server(label, link, retry=retry or Retry(), limit=LIMIT).content()
    try:
        if not stat.S_ISREG(os.stat(source).st_mode):  # before it is opened: opening a pipe would wait
            raise SourceError("is not a file", where=source, fix=_EXPORT)
        with open(source, "rb") as file:
            data = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid path"
        raise SourceError(f"cannot be read: {reason}", where=source, fix="Check the path.") from None
    if len(data) > LIMIT:
        message = f"is larger than {LIMIT // MEBIBYTE} MiB"
        raise SourceError(message, where=source, fix="Export a shorter span of the calendar.")
    return source, data


def parse(data: bytes, label: str) -> list[Calendar]:
    """The calendars that the bytes hold, at least one. Raises SourceError."""
    try:
        import icalendar
        import recurring_ical_events  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        fix = "Install them: pip install 'postmortem-actions[oncall]'"
        raise SourceError("the libraries that read calendars are missing", where=label, fix=fix) from None
    # Empty lines mean nothing, and unfolding a long run of them takes time by its square.
    data = re.sub(rb"(?:\r?\n)+", b"\r\n", data.removeprefix(b"\xef\xbb\xbf"))
    if not _zones_are_plain(data):
        fix = "Export the calendar from another program, or in UTC."
        raise SourceError("defines a time zone in a way that is not read", where=label, fix=fix)
    try:
        parsed = icalendar.Calendar.from_ical(data, multiple=True)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        parsed = []
    calendars = [one for one in parsed if isinstance(one, icalendar.Calendar)]
    if not calendars:
        raise SourceError("is not a calendar (iCalendar)", where=label, fix=_EXPORT)
    return calendars


def _zones_are_plain(data: bytes) -> bool:
    """Whether the zones that the calendar defines change once a year, as those of all countries do. The
    changes are tried one by one while the calendar is parsed, and by the second that would never end."""
    unfolded = re.sub(rb"\r\n[ \t]", b"", data).upper()
    for zone in re.findall(rb"BEGIN:VTIMEZONE.*?(?:END:VTIMEZONE|\Z)", unfolded, re.DOTALL):
        for rule in re.findall(rb"^RRULE[^\r\n]*?:([^\r\n]*)", zone, re.MULTILINE):
            parts = dict(part.partition(b"=")[::2] for part in rule.split(b";") if part)
            if (
                parts.get(b"FREQ") != b"YEARLY"
                or parts.get(b"INTERVAL", b"1") != b"1"
                or set(parts) - _ZONE_RULE
            ):
                return False
    return True
