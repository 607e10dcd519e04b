"""The store over either database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from ...core.tracking.counts import Key, keys_of
from ...core.tracking.record import Event, PlanRecord, TicketRecord, TrackedAction
from ...core.tracking.report import Facts, Scope
from ...core.tracking.store import OutboxTask, Query, Reading, TaskState, Writing
from ...errors import StoreError
from . import rows
from .database import Connection, Database
from .queries import count_sql, find_sql, searched
from .tallies import add_to_tallies, count_plan, facts, move_plan


class SqlStore:
    """Plans, actions, history, tickets and outbox in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.name = database.name

    @contextmanager
    def read(self) -> Iterator[Reading]:
        """One state of the store."""
        with self.database.transaction(write=False) as connection:
            yield SqlReading(connection)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """Everything, or nothing."""
        with self.database.transaction(write=True) as connection:
            yield SqlWriting(connection)

    def backup(self, path: str) -> None:
        """A copy of everything in one SQLite file."""
        self.database.backup(path)

    def close(self) -> None:
        """Close the connection."""
        self.database.close()


class SqlReading:
    """See ``core.tracking.store.Reading``."""

    def __init__(self, connection: Connection) -> None:
        self.sql = connection

    def plan(self, plan: str) -> PlanRecord | None:
        found = self.sql.rows(f"SELECT {rows.PLAN}, body FROM plan WHERE id = ?", (plan,))
        return rows.plan_record(found[0]) if found else None

    def plans(self, begin: str = "", limit: int | None = 50) -> Sequence[PlanRecord]:
        sql, values = f"SELECT {rows.PLAN} FROM plan", []
        if begin:
            sql += " WHERE id >= ? AND id < ?"
            values += [begin, begin + "\U0010ffff"]
        sql += " ORDER BY changed DESC, id"
        if limit is not None:
            sql += " LIMIT ?"
            values.append(limit)  # type: ignore[arg-type]
        return [rows.plan_record(row) for row in self.sql.rows(sql, values)]

    def plan_ids(self) -> Sequence[str]:
        return [row[0] for row in self.sql.rows("SELECT id FROM plan ORDER BY id")]

    def plan_from(self, source: str = "", incident: str = "", digest: str = "") -> PlanRecord | None:
        for column, value in (("source", source), ("incident", incident), ("digest", digest)):
            if not value:
                continue
            found = self.sql.rows(
                f"SELECT {rows.PLAN}, body FROM plan WHERE {column} = ? ORDER BY changed DESC, id LIMIT 1",
                (value,),
            )
            if found:
                return rows.plan_record(found[0])
        return None

    def alike(self, services: Sequence[str], kinds: Sequence[str], but: str) -> Sequence[PlanRecord]:
        facts = [("service", word.casefold()) for word in services] + [("kind", word) for word in kinds]
        if not facts:
            return []
        either = " OR ".join("(f.kind = ? AND f.word = ?)" for _ in facts)
        columns = ", ".join(f"p.{name.strip()}" for name in rows.PLAN.split(","))
        found = self.sql.rows(
            f"SELECT {columns} FROM plan p WHERE p.id <> ? AND p.id IN (SELECT f.plan FROM plan_fact f WHERE {either})"
            " ORDER BY p.changed DESC, p.id LIMIT 1000",
            [but, *(value for fact in facts for value in fact)],
        )
        return [rows.plan_record(row) for row in found]

    def actions(self, plan: str) -> Sequence[TrackedAction]:
        found = self.sql.rows("SELECT data FROM action WHERE plan = ? ORDER BY number, id", (plan,))
        return [rows.action_of(row[0]) for row in found]

    def action(self, plan: str, action: str) -> TrackedAction | None:
        found = self.sql.rows("SELECT data FROM action WHERE plan = ? AND id = ?", (plan, action))
        return rows.action_of(found[0][0]) if found else None

    def find(self, query: Query) -> Sequence[TrackedAction]:
        sql, values = find_sql(query, self.sql.dialect)
        return [rows.action_of(row[0]) for row in self.sql.rows(sql, values)]

    def count(self, query: Query, most: int) -> int:
        sql, values = count_sql(query, self.sql.dialect, most)
        return int(self.sql.rows(sql, values)[0][0])

    def events(self, plan: str, action: str = "", limit: int | None = None) -> Sequence[Event]:
        sql, values = (
            "SELECT seq, plan, action, at, who, what, why, changes FROM event WHERE plan = ?",
            [plan],
        )
        if action:
            sql += " AND action = ?"
            values.append(action)
        sql += " ORDER BY seq" + (f" DESC LIMIT {int(limit)}" if limit is not None else "")
        found = [rows.event_of(row) for row in self.sql.rows(sql, values)]
        return found if limit is None else found[::-1]

    def tickets(self, plan: str = "", tracker: str = "") -> Sequence[TicketRecord]:
        conditions = [f"{name} = ?" for name, value in (("plan", plan), ("tracker", tracker)) if value]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        values = [value for value in (plan, tracker) if value]
        return [
            rows.ticket_of(r[0])
            for r in self.sql.rows(f"SELECT data FROM ticket{where} ORDER BY plan, action", values)
        ]

    def ticket(self, tracker: str, place: str, ref_id: str) -> TicketRecord | None:
        found = self.sql.rows(
            "SELECT data FROM ticket WHERE tracker = ? AND place = ? AND ref_id = ?", (tracker, place, ref_id)
        )
        return rows.ticket_of(found[0][0]) if found else None

    def facts(self, scope: Scope, today: date) -> Facts:
        return facts(self.sql, scope, today)

    def tasks(self, plan: str = "", states: Sequence[TaskState] = ()) -> Sequence[OutboxTask]:
        conditions, values = [], []
        if plan:
            conditions.append("plan = ?")
            values.append(plan)
        if states:
            conditions.append(f"state IN ({', '.join('?' * len(states))})")
            values += [state.value for state in states]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return [
            rows.task_of(r)
            for r in self.sql.rows(f"SELECT {rows.TASK} FROM outbox{where} ORDER BY rank, seq", values)
        ]


class SqlWriting(SqlReading):
    """See ``core.tracking.store.Writing``."""

    def lock(self, plan: str) -> None:
        if self.sql.dialect == "postgresql":  # SQLite's writing transactions are alone anyway
            self.sql.rows("SELECT pg_advisory_xact_lock(hashtextextended(?, 7305001))::text", (plan,))

    def put_plan(self, record: PlanRecord) -> None:
        values = rows.plan_values(record)
        names = [*(name.strip() for name in rows.PLAN.split(",")), "body"]
        changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("id", "created"))
        done = self.sql.run(
            f"INSERT INTO plan ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
            f" ON CONFLICT (id) DO UPDATE SET {changes} WHERE plan.revision = excluded.revision - 1",
            values,
        )
        if done != 1:
            raise _raced(record.id)
        self.sql.run("DELETE FROM plan_fact WHERE plan = ?", (record.id,))
        facts = {("service", word.casefold(), record.id) for word in record.services}
        facts |= {("kind", word, record.id) for word in record.kinds}
        self.sql.run_many("INSERT INTO plan_fact (kind, word, plan) VALUES (?, ?, ?)", sorted(facts))
        move_plan(self.sql, record.id, record.team, record.quarter)

    def put_actions(
        self, actions: Iterable[TrackedAction], statements: Mapping[str, str] | None = None
    ) -> None:
        by_plan: dict[str, list[TrackedAction]] = {}
        for action in actions:
            by_plan.setdefault(action.plan, []).append(action)
        for plan, group in by_plan.items():
            head = self.sql.rows("SELECT team, quarter, title, incident FROM plan WHERE id = ?", (plan,))
            if not head:
                raise StoreError(f"there is no plan {plan!r}", fix="'pma list' shows the plans there are.")
            team, quarter, title, incident = head[0]
            kept = self.sql.rows(
                f"SELECT id, data, words, {rows.COUNTED} FROM action WHERE plan = ?", (plan,)
            )
            known = {row[0]: row for row in kept}
            deltas: Counter[Key] = Counter()
            for action in group:
                old = known.get(action.id)
                if old is not None and rows.action_of(old[1]) == action:
                    continue  # as it is kept already
                if action.revision != (rows.action_of(old[1]).revision + 1 if old is not None else 0):
                    raise _raced(action.name)
                # The statement never changes; the title and the owner do.
                rest = old[2].partition("\n")[2] if old is not None else ""
                rest = rest or searched(f"{title} {incident} {(statements or {}).get(action.id, '')}")
                words = searched(f"{action.title} {action.owner or ''}") + "\n" + rest
                self._put_action(rows.action_values(action, team, quarter, words))
                if old is not None:
                    deltas.subtract(keys_of(rows.counted(old[3:])))
                deltas.update(keys_of(rows.counted(rows.counted_values(action))))
            add_to_tallies(self.sql, team, quarter, deltas)
            count_plan(self.sql, plan)

    def _put_action(self, values: Sequence[Any]) -> None:
        names = [name.strip() for name in rows.ACTION.split(",")]
        changes = ", ".join(
            f"{name} = excluded.{name}" for name in names if name not in ("plan", "id", "number")
        )
        self.sql.run(
            f"INSERT INTO action ({rows.ACTION}) VALUES ({', '.join('?' * len(names))})"
            f" ON CONFLICT (plan, id) DO UPDATE SET {changes}",
            values,
        )

    def log(self, events: Iterable[Event]) -> None:
        self.sql.run_many(
            "INSERT INTO event (plan, action, at, who, what, why, changes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [rows.event_values(event) for event in events],
        )

    def put_ticket(self, ticket: TicketRecord) -> None:
        self.sql.run(
            "INSERT INTO ticket (plan, action, tracker, place, key, ref_id, url, marker, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (plan, action, tracker, place) DO UPDATE SET"
            " key = excluded.key, ref_id = excluded.ref_id, url = excluded.url, marker = excluded.marker, data = excluded.data",
            rows.ticket_values(ticket),
        )

    def ask(self, tasks: Iterable[OutboxTask]) -> int:
        new = 0
        for task in tasks:
            values = (*rows.task_values(task), rows.TASK_RANKS[task.task])
            new += self.sql.run(
                f"INSERT INTO outbox ({rows.TASK}, rank) VALUES ({', '.join('?' * len(values))}) ON CONFLICT (id)"
                " DO UPDATE SET payload = excluded.payload, state = 'waiting', error = '', not_before = ''"
                " WHERE outbox.state = 'refused'",
                values,
            )
        return new

    def lease(self, holder: str, now: datetime, until: datetime, plan: str = "") -> OutboxTask | None:
        stamp = rows.stamp(now)
        # A ticket needs its parent's key, and a link its tickets': what comes first is done first.
        sql = (
            "SELECT o.seq FROM outbox o WHERE o.state = 'waiting' AND o.not_before <= ? AND o.lease_until <= ?"
            + (" AND o.plan = ?" if plan else "")
            + " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.plan = o.plan AND e.tracker = o.tracker"
            " AND e.place = o.place AND e.state = 'waiting' AND e.rank < o.rank)"
            " ORDER BY o.rank, o.seq LIMIT 1"
            + (" FOR UPDATE SKIP LOCKED" if self.sql.dialect == "postgresql" else "")
        )
        found = self.sql.rows(sql, [stamp, stamp, *([plan] if plan else [])])
        if not found:
            return None
        leased = self.sql.rows(
            f"UPDATE outbox SET lease = ?, lease_until = ?, tries = tries + 1 WHERE seq = ? RETURNING {rows.TASK}",
            (holder, rows.stamp(until), found[0][0]),
        )
        return rows.task_of(leased[0])

    def finish(self, task: OutboxTask, holder: str) -> bool:
        done = self.sql.run(
            "UPDATE outbox SET state = ?, not_before = ?, error = ?, payload = ?, lease = '', lease_until = ''"
            " WHERE id = ? AND lease = ?",
            (task.state.value, rows.stamp(task.not_before), task.error, task.payload, task.id, holder),
        )
        return done == 1

    def first_time(self, kind: str, key: str, at: datetime) -> bool:
        sql = "INSERT INTO told (kind, key, at) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO NOTHING"
        return self.sql.run(sql, (kind, key, rows.stamp(at))) == 1

    def forget(self, kind: str, key: str) -> None:
        self.sql.run("DELETE FROM told WHERE kind = ? AND key = ?", (kind, key))


def _raced(name: str) -> StoreError:
    return StoreError(
        f"{name} was changed by somebody else meanwhile", fix="Look at it again, and repeat what you wanted."
    )
