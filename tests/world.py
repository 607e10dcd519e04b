"""A small world for tests of what becomes of plans: a store in a file, a tracker in memory, a clock that one moves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from postmortem_actions import service, wire
from postmortem_actions.adapters.store.database import Database, SqliteDatabase
from postmortem_actions.adapters.store.sql_store import SqlStore
from postmortem_actions.adapters.trackers.memory import MemoryTracker
from postmortem_actions.core.settings import Config
from postmortem_actions.core.tracking.settings import ReminderSettings, TrackerSettings, TrackingSettings
from postmortem_actions.core.tracking.tickets import TicketRef
from postmortem_actions.service import PlanOrder, Ports, keeping
from postmortem_actions.service.outbox import Patience, Published
from postmortem_actions.service.publishing import publish

REPOSITORY = Path(__file__).parent.parent
ORDERS = REPOSITORY / "examples/orders-api-timeout/rca.md"
PAYMENTS = REPOSITORY / "examples/payment-api-timeout/rca.md"


class Clock:
    """A clock that goes on by a millisecond whenever it is asked, and stands where one puts it."""

    def __init__(self, at: datetime = datetime(2025, 1, 16, 9, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def today(self) -> date:
        return self.at.date()


@dataclass
class World:
    """Everything together. ``settings`` are the tracker's, ``reminders`` the reminders'."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    tracker: MemoryTracker = field(default_factory=MemoryTracker)
    settings: TrackerSettings = field(default_factory=lambda: TrackerSettings("memory", "memory"))
    reminders: ReminderSettings = field(default_factory=ReminderSettings)
    waited: list[float] = field(default_factory=list)

    @property
    def ports(self) -> Ports:
        config = Config(tracking=TrackingSettings(trackers=(self.settings,), reminders=self.reminders))
        return replace(
            wire.ports(), store=lambda: SqlStore(self.database), trackers=lambda _: self.tracker, clock=self.clock,
            config=_Given(config),
        )  # fmt: skip

    def plan(self, rca: Path | str = ORDERS, **how: object) -> str:
        """Plan a document and keep the plan; its id."""
        planned = service.plan_document(self.ports, PlanOrder(str(rca)))
        return keeping.save(self.ports, planned, "dana", lambda *_: True, **how).id  # type: ignore[arg-type]

    def publish(self, plan: str, longest: float = 300.0) -> Published:
        """File it; waiting moves the clock."""
        return publish(self.ports, plan, None, "dana", Patience(0.5, longest, self._sleep))

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.at += timedelta(seconds=seconds)

    def ticket(self, plan: str, action: str) -> TicketRef:
        """The ticket of an action."""
        with self.ports.store().read() as reading:
            found = next(t for t in reading.tickets(plan) if t.action == action)
        return TicketRef(found.key, found.ref_id, found.url)


@dataclass(frozen=True)
class _Given:
    config: Config

    def read(self) -> Config:
        return self.config


def world(folder: Path) -> World:
    """A world whose store is a file in that folder."""
    return World(SqliteDatabase(folder / "actions.db"))
