"""Trackers by kind: one line each. Other packages add theirs by an entry point of the group below.

An entry point names a function of ``(settings, secret)`` that gives a ``core.tracking.tickets.Tracker``;
``secret(*names)`` gives a function for the first secret there is of those names.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points

from ...core.tracking.settings import TrackerSettings
from ...core.tracking.tickets import Tracker
from ...errors import ConfigError

GROUP = "postmortem_actions.trackers"
Secret = Callable[..., Callable[[], str]]

# kind → module below this package with ``from_settings``
TRACKERS = {"github": "github", "linear": "linear", "jira": "jira"}


def tracker(settings: TrackerSettings, secret: Secret) -> Tracker:
    """The tracker that the settings describe. Raises ConfigError."""
    if settings.kind in TRACKERS:
        make = import_module(f".{TRACKERS[settings.kind]}", __package__).from_settings
    else:
        found = [entry for entry in entry_points(group=GROUP) if entry.name == settings.kind]
        if not found:
            raise ConfigError(
                f"there is no kind of tracker {settings.kind!r}",
                where=settings.where or None,
                fix=f"There are {', '.join(TRACKERS)}; give it with kind = …, or install what adds it.",
            )
        make = found[0].load()
    made: Tracker = make(settings, secret)
    return made


def needed(settings: TrackerSettings, key: str, example: str) -> str:
    """A key that this tracker cannot do without. Raises ConfigError."""
    value = settings.get(key)
    if not value:
        raise ConfigError(
            f"[tracker.{settings.name}] has no {key}",
            where=settings.where or None,
            fix=f'Add {key} = "{example}".',
        )
    return value


def whole_number(settings: TrackerSettings, key: str, value: str) -> int:
    """A value that the tracker takes as a figure. Raises ConfigError."""
    if not value.strip().isdigit():
        raise ConfigError(
            f"[tracker.{settings.name}] {key}: {value!r} is no whole number", where=settings.where or None
        )
    return int(value)
