"""``[store]``, ``[tracker.<name>]``, ``[reminders]`` and ``[addresses]``: where plans are kept, filed and told of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from ..core.tracking.settings import TRACKER_KINDS, ReminderSettings, TrackerSettings, TrackingSettings
from .config_file import TomlFile

_PLAIN = (
    "base",
    "repository",
    "project",
    "team",
    "dialect",
    "email",
    "issue_type",
    "parent_type",
    "token_name",
)
_TABLES = ("people", "fields", "priorities", "transitions")
TRACKER_KEYS = ("kind", *_PLAIN, "labels", "sensitive", *_TABLES)
REMINDER_KEYS = (
    "channels", "quiet", "zone", "soon", "coordinator_after", "sponsor_after", "sender", "host", "port", "security", "user",
    "sensitive",
)  # fmt: skip
_CHANNELS = ("slack", "mail")
_SECURITIES = ("starttls", "tls", "none")


def tracking(file: TomlFile) -> TrackingSettings:
    """The settings. Raises ConfigError with path:line."""
    store = file.data.get("store", {})
    url = file.text(store, "", "store", "url")
    if url and "://" not in url:
        url = str(file.path.parent / Path(url).expanduser())
    trackers = tuple(_tracker(file, name, below) for name, below in file.data.get("tracker", {}).items())
    return TrackingSettings(url or None, file.text(store, "", "store", "team"), trackers, _reminders(file))


def _tracker(file: TomlFile, name: str, below: Mapping[str, Any]) -> TrackerSettings:
    at = ("tracker", name)
    kind = file.text(below, name, *at, "kind") if "kind" in below else name
    values = tuple((key, file.text(below, "", *at, key)) for key in _PLAIN if key in below)
    tables = {key: _table(file, below, *at, key) for key in _TABLES}
    return TrackerSettings(
        name, kind, values, file.texts(below, *at, "labels"), tables["people"], tables["fields"], tables["priorities"],
        tables["transitions"], _flag(file, below, *at, "sensitive"), file.where(*at),
    )  # fmt: skip


def _table(file: TomlFile, below: Mapping[str, Any], *at: str) -> tuple[tuple[str, str], ...]:
    table = file.table(below.get(at[-1], {}), *at)
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise file.wrong("must be a text", f'Write {key} = "…".', *at, key)
    return tuple((key.lstrip("@"), str(value).strip()) for key, value in table.items())


def _flag(file: TomlFile, below: Mapping[str, Any], *at: str) -> bool:
    value = below.get(at[-1], False)
    if not isinstance(value, bool):
        raise file.wrong("must be true or false", f"Write {at[-1]} = true.", *at)
    return value


def _number(file: TomlFile, below: Mapping[str, Any], default: int, least: int, *at: str) -> int:
    value = below.get(at[-1], default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise file.wrong(f"must be a whole number, at least {least}", f"Write {at[-1]} = {default}.", *at)
    return value


def _word(file: TomlFile, below: Mapping[str, Any], default: str, words: tuple[str, ...], *at: str) -> str:
    value = file.text(below, default, *at)
    if value not in words:
        raise file.wrong(f"{value!r} is not known", f"Use one of {', '.join(words)}.", *at)
    return value


def _reminders(file: TomlFile) -> ReminderSettings:
    below = file.data.get("reminders", {})
    plain = ReminderSettings()

    def at(key: str) -> tuple[str, str]:
        return ("reminders", key)

    channels = file.texts(below, *at("channels"))
    for channel in channels:
        if channel not in _CHANNELS:
            raise file.wrong(f"{channel!r} is no channel", f"Use {' or '.join(_CHANNELS)}.", *at("channels"))
    zone = file.text(below, plain.zone, *at("zone"))
    try:
        from zoneinfo import ZoneInfo

        ZoneInfo(zone)
    except (ValueError, LookupError, OSError):
        raise file.wrong(f"{zone!r} is no time zone", 'Write zone = "Europe/Berlin".', *at("zone")) from None
    people = file.data.get("roles", {})
    return ReminderSettings(
        channels=channels, quiet=_quiet(file, below), zone=zone,
        soon=_number(file, below, plain.soon, 0, *at("soon")),
        coordinator_after=_number(file, below, plain.coordinator_after, 1, *at("coordinator_after")),
        sponsor_after=_number(file, below, plain.sponsor_after, 1, *at("sponsor_after")),
        coordinator=str(people.get("coordinator", "")).lstrip("@"), sponsor=str(people.get("sponsor", "")).lstrip("@"),
        addresses=_table(file, file.data, "addresses"), sender=file.text(below, "", *at("sender")),
        host=file.text(below, "", *at("host")), port=_number(file, below, plain.port, 1, *at("port")),
        security=_word(file, below, plain.security, _SECURITIES, *at("security")), user=file.text(below, "", *at("user")),
        sensitive=_flag(file, below, *at("sensitive")),
    )  # fmt: skip


def _quiet(file: TomlFile, below: Mapping[str, Any]) -> tuple[time, time] | None:
    text = file.text(below, "", "reminders", "quiet")
    if not text:
        return None
    found = re.fullmatch(r"(\d\d?:\d\d)\s*(?:-|–|\.\.)\s*(\d\d?:\d\d)", text)
    try:
        first, last = (
            (time.fromisoformat(part.zfill(5)) for part in found.groups()) if found else (None, None)
        )
    except ValueError:
        first = None
    if first is None or last is None or first == last:
        raise file.wrong("is no span of hours", 'Write quiet = "18:00-08:00".', "reminders", "quiet")
    return first, last


__all__ = ["REMINDER_KEYS", "TRACKER_KEYS", "TRACKER_KINDS", "tracking"]
