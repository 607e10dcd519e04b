"""Publishing a thousand tickets, and several workers draining one outbox of a PostgreSQL.

    python benchmarks/publish.py [--tickets N] [--workers N ...] [--kinds memory jira linear]

Trackers are servers on this machine that check every request against the vendors' schemas; the one in memory answers at
once, so that what it takes is our own time. The vendors' limits are far below: GitHub makes 80 issues a minute and 500 an
hour, Linear takes 1,500 requests an hour of a key.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.store import postgres
from tests.standins.jira_cloud import EMAIL, TOKEN, JiraCloud
from tests.standins.linear import KEY
from tests.standins.linear import Linear as LinearServer
from tests.standins.serving import serve
from tests.world import ORDERS, World

from postmortem_actions.adapters.store.database import Database, PostgresDatabase, SqliteDatabase
from postmortem_actions.adapters.trackers.jira import Jira
from postmortem_actions.adapters.trackers.jira_api import JiraApi
from postmortem_actions.adapters.trackers.linear import Linear
from postmortem_actions.adapters.trackers.memory import MemoryTracker
from postmortem_actions.core.tracking.settings import TrackerSettings
from postmortem_actions.core.tracking.tickets import Made, TicketDraft, TicketRef, Tracker
from postmortem_actions.service.outbox import Patience, Published, Worker
from postmortem_actions.service.publishing import prepare, publish, tasks

EACH = 8  # tickets of a plan: its own, and one for each action


class Clock:
    """The real one."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> object:
        return self.now().date()


def kept_plans(here: World, count: int, folder: str) -> list[str]:
    """So many kept plans of seven actions each."""
    text = ORDERS.read_text(encoding="utf-8")
    names = []
    for n in range(count):
        rca = Path(folder) / f"rca-{n}.md"
        rca.write_text(text.replace("INC-2025-003", f"INC-2025-{n + 100}"), encoding="utf-8")
        names.append(here.plan(rca))
    return names


def one(kind: str, tickets: int, folder: str) -> None:
    """Publish so many tickets to a tracker of that kind, and print how long it took."""
    server = {"jira": JiraCloud, "linear": LinearServer}.get(kind, LinearServer)()
    fields = (("Origin", "Follow-up"),) if kind == "jira" else ()
    settings = TrackerSettings(kind, kind, fields=fields)
    with serve(server) as served:
        trackers: dict[str, Tracker] = {
            "memory": MemoryTracker(), "linear": Linear("ENG", lambda: KEY, settings, served.url),
            "jira": Jira(JiraApi(served.url, lambda: TOKEN, True, EMAIL), "OPS", settings),
        }  # fmt: skip
        here = World(SqliteDatabase(Path(folder) / f"{kind}.db"), clock=Clock(), tracker=trackers[kind], settings=settings)  # type: ignore[arg-type]
        names = kept_plans(here, tickets // EACH, folder)
        begun = time.perf_counter()
        made = sum(len(publish(here.ports, name, None, "dana", Patience()).made) for name in names)
        seconds = time.perf_counter() - begun
        print(f"| {kind} | {made} | {seconds:.1f} | {len(served.requests)} |", flush=True)


def drain(url: str, latency: float, queue: object) -> None:
    """One worker in a process of its own."""
    here = _world(PostgresDatabase(url))
    told = Published()
    tracker = _Slow(latency)
    Worker(here.ports, tracker, "memory", "dana", Patience(), told).drain()
    queue.put(len(told.made))  # type: ignore[attr-defined]


class _Slow(MemoryTracker):
    """A tracker that takes as long to answer as one over the internet."""

    def __init__(self, latency: float) -> None:
        super().__init__()
        self.latency = latency

    def create(self, draft: TicketDraft) -> Made:
        time.sleep(self.latency)
        ref = super().create(draft).ref
        return Made(TicketRef(f"{os.getpid()}-{ref.key}", f"{os.getpid()}-{ref.id}", ref.url))


def _world(database: Database) -> World:
    return World(database, clock=Clock())  # type: ignore[arg-type]


def together(tickets: int, workers: Sequence[int], folder: str) -> None:
    """Several processes drain one outbox."""
    print("\n| workers | seconds | tickets made by each |\n| --- | --- | --- |")
    with postgres(folder) as url:
        for count in workers:
            import psycopg

            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
            here = _world(PostgresDatabase(url))
            for name in kept_plans(here, tickets // EACH, folder):
                record, settings, new, _ = prepare(here.ports, name, None)
                with here.ports.store().write() as writing:
                    writing.ask(tasks(record.id, settings.name, "memory", new, {}))
            here.database.close()
            queue = multiprocessing.Queue()
            running = [multiprocessing.Process(target=drain, args=(url, 0.05, queue)) for _ in range(count)]
            begun = time.perf_counter()
            for process in running:
                process.start()
            made = [queue.get(timeout=300) for _ in running]
            for process in running:
                process.join()
            seconds = time.perf_counter() - begun
            assert sum(made) == tickets // EACH * EACH, sum(made)
            print(f"| {count} | {seconds:.1f} | {', '.join(map(str, sorted(made, reverse=True)))} |", flush=True)


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=1000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4, 8])
    parser.add_argument("--kinds", nargs="*", default=["memory", "jira", "linear"], choices=["memory", "jira", "linear"])
    asked = parser.parse_args()
    print("| tracker | tickets | seconds | requests |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for kind in asked.kinds:
            one(kind, asked.tickets, folder)
        together(min(asked.tickets, 400), asked.workers, folder)


if __name__ == "__main__":
    main()
