"""What the config says about keeping, tickets, reminders and privacy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

from .tickets import Closed

_STATE_NAMES: dict[Closed | None, tuple[str, ...]] = {
    None: ("open", "accepted", "proposed"),
    Closed.DONE: ("done", "claimed done"),
    Closed.NOT_PLANNED: ("not planned", "declined"),
    Closed.DUPLICATE: ("duplicate",),
}
TRACKER_KINDS = ("github", "linear", "jira")


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """One ``[tracker.<name>]``. ``values`` are its plain keys; ``people`` maps our names to the tracker's,
    ``fields`` sets further fields, ``priorities`` and ``transitions`` say how the tracker calls things;
    ``sensitive`` allows tickets of sensitive incidents; ``where`` is ``path:line``."""

    name: str
    kind: str
    values: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    priorities: tuple[tuple[str, str], ...] = ()
    transitions: tuple[tuple[str, str], ...] = ()
    sensitive: bool = False
    where: str = ""

    def get(self, key: str) -> str:
        """A plain key's value, empty where it is not given."""
        return dict(self.values).get(key, "")

    def state_for(self, closed: Closed | None) -> str:
        """What the tracker calls the state of a ticket that is closed so (None: open), empty where it is not said.

        ``transitions`` may name it by the ticket's state or by the action's."""
        words = {name.casefold(): theirs for name, theirs in self.transitions}
        return next((words[name] for name in _STATE_NAMES[closed] if name in words), "")


@dataclass(frozen=True, slots=True)
class ReminderSettings:
    """``[reminders]``: ``channels`` of slack, mail; ``quiet`` hours (from, to) in ``zone``; ``soon`` working days before
    the due date; an action is escalated to the coordinator after ``coordinator_after`` working days of being late, to
    the sponsor after ``sponsor_after`` (P0 at half of each); ``addresses`` of people for mail."""

    channels: tuple[str, ...] = ()
    quiet: tuple[time, time] | None = None
    zone: str = "UTC"
    soon: int = 2
    coordinator_after: int = 3
    sponsor_after: int = 10
    coordinator: str = ""
    sponsor: str = ""
    addresses: tuple[tuple[str, str], ...] = ()
    sender: str = ""
    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class TrackingSettings:
    """``store`` is a path or a PostgreSQL link (None: the default file); ``team`` is who new plans are of."""

    store: str | None = None
    team: str = ""
    trackers: tuple[TrackerSettings, ...] = ()
    reminders: ReminderSettings = field(default_factory=ReminderSettings)

    def tracker(self, name: str) -> TrackerSettings | None:
        """The tracker of that name."""
        return next((one for one in self.trackers if one.name == name), None)
