"""One suite over both databases: what is kept, who changes it at once, and what survives a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.world import ORDERS, PAYMENTS, World

from postmortem_actions.adapters.store.database import Database, PostgresDatabase, SqliteDatabase
from postmortem_actions.adapters.store.tallies import recounted
from postmortem_actions.core.policy import ActionState, Priority
from postmortem_actions.core.tracking.counts import Measure
from postmortem_actions.core.tracking.life import Step
from postmortem_actions.core.tracking.report import Scope
from postmortem_actions.core.tracking.store import Order, OutboxTask, Query, Task, TaskState
from postmortem_actions.errors import StoreError
from postmortem_actions.service import keeping, moving


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_plan_is_kept_with_its_actions_and_its_beginning(world: World) -> None:
    name = world.plan()
    record, actions = keeping.read_kept(world.ports, name)
    assert (name, record.title, str(record.date), record.quarter) == (
        "inc-2025-003",
        "Orders API timeout",
        "2025-01-15",
        "2025-Q1",
    )
    assert [action.id for action in actions] == [f"A{n}" for n in range(1, 8)]
    assert {action.state for action in actions} == {ActionState.PROPOSED}
    assert [event.what for event in keeping.events(world.ports, name)] == ["planned"]


def test_steps_are_kept_and_told(world: World) -> None:
    name = world.plan()
    keeping.move(world.ports, name, ["A1", "A2"], Step.ACCEPT, "alice")
    keeping.move(world.ports, name, ["A1"], Step.DONE, "alice", proofs=["https://ci/7"])
    with pytest.raises(Exception, match="not possible"):  # A2 was not claimed: neither becomes verified
        keeping.move(world.ports, name, ["A1", "A2"], Step.VERIFY, "bob")
    _, actions = keeping.read_kept(world.ports, name)
    assert [a.state.value for a in actions[:2]] == ["claimed done", "accepted"]
    assert [(e.action, e.by, e.what) for e in keeping.events(world.ports, name, "A1")] == [
        ("A1", "alice", "accepted"), ("A1", "alice", "claimed done"),
    ]  # fmt: skip


def test_the_history_is_only_added_to(world: World) -> None:
    name = world.plan()
    for statement in ("UPDATE event SET who = 'nobody'", "DELETE FROM event"):
        with pytest.raises(StoreError), world.database.transaction(write=True) as sql:
            sql.run(statement)
    assert len(keeping.events(world.ports, name)) == 1


def test_lists_narrow_and_are_ordered(world: World) -> None:
    one, two = world.plan(), world.plan(PAYMENTS, team="payments")
    keeping.move(world.ports, one, ["A1"], Step.ACCEPT, "alice")
    keeping.edit_action(world.ports, one, ["A2"], {"owner": None}, "dana")
    with world.ports.store().read() as reading:

        def ids(**how: object) -> list[str]:
            return [action.name for action in reading.find(Query(limit=None, **how))]  # type: ignore[arg-type]

        assert ids(plan=one, states=(ActionState.ACCEPTED,)) == [f"{one}/A1"]
        assert ids(team="payments", priorities=(Priority.P0,)) == [
            n for n in ids(plan=two) if n[-2:] in ("A1", "A2", "A3", "A4")
        ]
        assert ids(owner="ALICE", plan=one)[0] == f"{one}/A1"
        assert ids(unowned=True) == [f"{one}/A2"]
        assert set(ids(service="orders-api")) == set(ids(plan=one))
        dues = [action.due for action in reading.find(Query(order=Order.DUE, limit=None)) if action.due]
        assert dues == sorted(dues)
        assert len(reading.find(Query(limit=3))) == 3
        assert reading.count(Query(limit=3), 1000) == 14
        assert reading.count(Query(limit=3), 5) == 5
        assert ids() == [a.name for n in range(0, 14, 5) for a in reading.find(Query(limit=5, offset=n))]


def test_search_finds_words_beginnings_owners_and_incidents_and_follows_changes(world: World) -> None:
    name = world.plan()
    world.plan(PAYMENTS)

    def found(words: str) -> list[str]:
        with world.ports.store().read() as reading:
            return sorted(action.name for action in reading.find(Query(words=words)))

    assert f"{name}/A1" in found("index email")
    assert found("creating locking") == [f"{name}/A1"]
    assert found("migrat") == found("MIGRATION")
    assert f"{name}/A3" in found("charlie")
    assert found('" OR 1=1 --') == found("or 1 1")
    assert found("!!!") == []
    keeping.edit_action(world.ports, name, ["A1"], {"title": "Add a covering zebra"}, "dana")
    assert found("zebra") == [f"{name}/A1"]
    assert found("covering locking") == [f"{name}/A1"]  # the statement is searched still
    assert found("Orders index creating") == [f"{name}/A1"]


def test_a_change_on_an_old_state_is_refused(world: World) -> None:
    name = world.plan()
    with world.ports.store().read() as reading:
        old = reading.actions(name)[0]
    keeping.move(world.ports, name, ["A1"], Step.ACCEPT, "alice")
    with pytest.raises(StoreError, match="somebody else"), world.ports.store().write() as writing:
        writing.put_actions([replace(old, title="mine", revision=old.revision + 1)])


def test_nothing_of_a_failed_transaction_is_kept(world: World) -> None:
    name = world.plan()

    def half() -> None:
        with world.ports.store().write() as writing:
            action = writing.actions(name)[0]
            writing.put_actions([replace(action, title="half", revision=action.revision + 1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert keeping.read_kept(world.ports, name)[1][0].title != "half"
    with world.ports.store().read() as reading:
        assert reading.find(Query(words="half")) == []


def test_the_sums_of_reports_are_those_of_the_actions(world: World) -> None:
    one = world.plan()
    two = world.plan(PAYMENTS, team="payments")
    ports = world.ports
    keeping.move(ports, one, ["A1", "A2", "A3"], Step.DONE, "alice", proofs=["seen"])
    world.clock.at += timedelta(days=9)
    keeping.move(ports, one, ["A1", "A2"], Step.VERIFY, "bob")
    keeping.move(ports, one, ["A2"], Step.DOUBT, "bob", why="again")
    keeping.move(ports, two, ["A4"], Step.DECLINE, "bob", why="no")
    keeping.edit_action(ports, two, ["A1"], {"priority": Priority.P2}, "bob")
    with ports.store().write() as writing:  # the plan goes to another team
        record = writing.plan(two)
        assert record is not None
        writing.put_plan(replace(record, team="checkout", revision=record.revision + 1))
    with world.database.transaction(write=False) as sql:
        kept: dict[tuple[str, str], dict[tuple[str, str, str], int]] = {}
        for team, quarter, *key, n in sql.rows(
            "SELECT team, quarter, measure, priority, word, n FROM tally WHERE n <> 0"
        ):
            kept.setdefault((team, quarter), {})[tuple(key)] = n  # type: ignore[index]
        assert kept == {place: dict(sums) for place, sums in recounted(sql).items()}
    assert {team for team, _ in kept} == {"", "checkout"}
    with ports.store().read() as reading:
        whole = reading.facts(Scope(), world.clock.today())
        parts = [reading.facts(Scope(plan=name), world.clock.today()) for name in (one, two)]
        assert whole.counts == parts[0].counts + parts[1].counts
        assert reading.facts(Scope(team="checkout"), world.clock.today()).counts == parts[1].counts
        assert parts[0].counts[(Measure.DAYS_TO_VERIFIED.value, "", "9")] == 1
        assert (whole.incidents, whole.unfinished_incidents) == (2, 2)


def test_exports_come_back_as_they_were(world: World, tmp_path: Path) -> None:
    name = world.plan()
    keeping.move(world.ports, name, ["A1"], Step.ACCEPT, "alice")
    world.publish(name)
    lines = list(moving.exported(world.ports))
    file = tmp_path / "all.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    other = World(SqliteDatabase(tmp_path / "other.db"))
    assert moving.imported(other.ports, str(file), "dana").added == 1
    assert moving.imported(other.ports, str(file), "dana").known == (name,)
    again = [line for line in moving.exported(other.ports) if '"imported"' not in line]

    def bare(text: list[str]) -> list[str]:
        import json

        return [
            json.dumps({k: v for k, v in json.loads(line).items() if k not in ("revision", "seq")})
            for line in text
        ]

    assert bare(again) == bare(lines)


def test_a_backup_is_a_store(world: World, tmp_path: Path) -> None:
    name = world.plan()
    path = tmp_path / "copy.db"
    world.ports.store().backup(str(path))
    copy = World(SqliteDatabase(path))
    assert keeping.read_kept(copy.ports, name) == keeping.read_kept(world.ports, name)
    keeping.move(copy.ports, name, ["A1"], Step.ACCEPT, "alice")
    with copy.ports.store().read() as reading:
        assert reading.find(Query(words="index email"))
    with pytest.raises(StoreError, match="already"):
        world.ports.store().backup(str(path))


def test_a_task_is_leased_by_one_and_comes_back_when_the_lease_ends(world: World) -> None:
    name = world.plan()
    store, now = world.ports.store(), world.clock.now()
    tasks = [
        OutboxTask(f"t{n}", name, f"A{n}", "memory", "memory", Task.TICKET, f"m{n}", "{}") for n in (1, 2)
    ]
    parent = OutboxTask("p", name, "", "memory", "memory", Task.PARENT, "m0", "{}")
    with store.write() as writing:
        assert writing.ask([*tasks, parent]) == 3
        assert writing.ask([*tasks, parent]) == 0
        first = writing.lease("one", now, now + timedelta(minutes=1))
        assert first is not None
        assert first.task is Task.PARENT
        assert writing.lease("two", now, now + timedelta(minutes=1)) is None  # tickets wait for their parent
        assert writing.finish(replace(first, state=TaskState.DONE), "one")
        held = [writing.lease(who, now, now + timedelta(minutes=1)) for who in ("one", "two", "three")]
        assert [task.id if task else None for task in held] == ["t1", "t2", None]
        later = now + timedelta(minutes=2)
        again = writing.lease("three", later, later + timedelta(minutes=1))
        assert again is not None
        assert (again.id, again.tries) == ("t1", 2)
        assert held[0] is not None
        assert not writing.finish(
            replace(held[0], state=TaskState.DONE), "one"
        )  # too late: it is another's now
        assert writing.finish(replace(again, state=TaskState.REFUSED), "three")
        assert writing.ask(tasks) == 1  # what was refused may be asked for again


def test_what_was_told_is_told_once(world: World) -> None:
    with world.ports.store().write() as writing:
        assert [writing.first_time("webhook", "d1", world.clock.now()) for _ in range(3)] == [
            True,
            False,
            False,
        ]
        writing.forget("webhook", "d1")
        assert writing.first_time("webhook", "d1", world.clock.now())


HAMMER = """
import sys
from tests.world import World
from postmortem_actions.adapters.store.database import PostgresDatabase, SqliteDatabase
from postmortem_actions.service import keeping
place, plan, who, count = sys.argv[1:5]
world = World(PostgresDatabase(place) if "://" in place else SqliteDatabase(place))
for n in range(int(count)):
    keeping.add_proof(world.ports, plan, ["A1"], [f"{who} {n}"], who)
    print(n, flush=True)
"""


def hammer(place: str, plan: str, who: str, count: int) -> subprocess.Popen[str]:
    root = str(ORDERS.parents[2])
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([root, f"{root}/src"])}
    return subprocess.Popen(
        [sys.executable, "-c", HAMMER, place, plan, who, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    )


def test_two_processes_that_hammer_one_plan_lose_nothing(world: World, place: str) -> None:
    name = world.plan()
    world.database.close()
    running = [hammer(place, name, who, 40) for who in ("one", "two", "three")]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    proofs = {proof.text for proof in keeping.read_kept(world.ports, name)[1][0].proofs}
    assert proofs == {f"{who} {n}" for who in ("one", "two", "three") for n in range(40)}
    assert len(keeping.events(world.ports, name, "A1")) == 120


def test_what_was_acknowledged_survives_a_kill(world: World, place: str) -> None:
    name = world.plan()
    world.database.close()
    process = hammer(place, name, "one", 100_000)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(25)]
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    said += process.stdout.read().splitlines()
    process.wait()
    proofs = [proof.text for proof in keeping.read_kept(world.ports, name)[1][0].proofs]
    assert len(said) <= len(proofs) <= len(said) + 1  # at most one was kept whose word did not get out
    assert proofs == [f"one {n}" for n in range(len(proofs))]
    keeping.add_proof(world.ports, name, ["A1"], ["and on"], "two")


def test_several_who_open_an_empty_store_at_once_all_find_it_ready(place: str) -> None:
    code = (
        "import sys\nfrom postmortem_actions.adapters.store.database import *\nfrom postmortem_actions.adapters.store.sql_store import *\n"
        "p = sys.argv[1]\nprint('here', flush=True)\nsys.stdin.readline()\n"
        "with SqlStore(PostgresDatabase(p) if '://' in p else SqliteDatabase(p)).read() as r: print(len(r.plan_ids()))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
    for process in running:  # all are loaded and wait, so that they do open it at once
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[0].strip() for process in running] == ["0"] * 6


def test_a_store_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "later.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreError, match="form 999"), SqliteDatabase(path).transaction(write=False):
        pass


def test_what_is_no_store_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(
        "these are my notes, and they are long enough to be something else than a database\n" * 20
    )
    with pytest.raises(StoreError, match="no store"), SqliteDatabase(path).transaction(write=False):
        pass
    assert path.read_text().startswith("these are my notes")


def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with (
        pytest.raises(StoreError) as caught,
        PostgresDatabase("postgresql://u:hunter2@127.0.0.1:1/x").transaction(write=False),
    ):
        pass
    assert "hunter2" not in str(caught.value)
    assert "reached" in caught.value.message


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "deep" / "actions.db")
    with database.transaction(write=False):
        pass
    assert (tmp_path / "deep" / "actions.db").stat().st_mode & 0o077 == 0
