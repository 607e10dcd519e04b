"""``share``, ``away`` and ``country`` of ``[people.<handle>]``: how much room somebody has for follow-up work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ..core.context import Room
from ..core.settings import CalendarSettings
from .config_file import TomlFile

_LONGEST_ABSENCE = 366  # days


def rooms(file: TomlFile, people: Mapping[str, Any]) -> tuple[Room, ...]:
    """The room of everybody of whom the file says something about it. Raises ConfigError with path:line."""
    found = []
    for handle, below in people.items():
        if "share" in below or "away" in below:
            at = ("people", handle)
            away = frozenset(day for value in file.list(below, *at, "away") for day in _days(file, value, *at))
            found.append(Room(handle.strip().removeprefix("@"), _share(file, below, *at), None, away))
    return tuple(found)


def countries(file: TomlFile, people: Mapping[str, Any]) -> tuple[tuple[str, CalendarSettings], ...]:
    """Who works by the holidays of another country than the team's."""
    return tuple(
        (
            handle.strip().removeprefix("@"),
            CalendarSettings(
                country=file.text(below, "", "people", handle, "country"),
                where=file.where("people", handle, "country"),
            ),
        )
        for handle, below in people.items()
        if "country" in below
    )


def _share(file: TomlFile, below: Mapping[str, Any], *at: str) -> float | None:
    value = below.get("share")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise file.wrong("must be a share from 0 to 1", "Write share = 0.4 for 40 % of a day.", *at, "share")
    return float(value)


def _days(file: TomlFile, value: Any, *at: str) -> Iterator[date]:
    if isinstance(value, date) and not isinstance(value, datetime):
        yield value
        return
    first, _, last = str(value).partition("..")
    try:
        begin = date.fromisoformat(first.strip())
        end = date.fromisoformat((last or first).strip())
    except ValueError:
        begin, end = date.max, date.min
    if not begin <= end or (end - begin).days > _LONGEST_ABSENCE:
        raise file.wrong(
            f"{value!r} is no day or span of days", 'Write 2026-12-24 or "2026-12-24..2027-01-03".', *at, "away"
        )
    for n in range((end - begin).days + 1):
        yield begin + timedelta(days=n)
