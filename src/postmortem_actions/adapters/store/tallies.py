"""Sums for reports, kept up to date with every change, so that a report over a million actions is quick.

What is counted, and under which keys, is said in ``core.tracking.counts`` alone: the sums are those of ``keys_of``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from ...core.policy import ActionState, Category, Priority
from ...core.tracking.counts import Key, count, keys_of
from ...core.tracking.report import AGES, CoverageLine, Facts, IncidentLine, Scope
from . import rows
from .database import Connection

_WORST = 10


def add_to_tallies(sql: Connection, team: str, quarter: str, deltas: Counter[Key]) -> None:
    """Add to the sums of a team and quarter, in one order, so that two writers never wait for each other."""
    values = [(team, quarter, *key, n) for key, n in sorted(deltas.items()) if n]
    if values:
        sql.run_many(
            "INSERT INTO tally (team, quarter, measure, priority, word, n) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (team, quarter, measure, priority, word) DO UPDATE SET n = tally.n + excluded.n",
            values,
        )


def count_plan(sql: Connection, plan: str) -> None:
    """Bring a plan's own counts up to date: unfinished actions, and signals that verified actions cover."""
    actions = [rows.action_of(row[0]) for row in sql.rows("SELECT data FROM action WHERE plan = ?", (plan,))]
    counted = [action for action in actions if action.state is not ActionState.WITHDRAWN]
    seen = {
        signal
        for action in actions
        if action.state is ActionState.VERIFIED and action.category is Category.DETECTION
        for signal in action.signals
    }
    sql.run(
        "UPDATE plan SET unfinished = ?, total = ?, covered_verified = ? WHERE id = ?",
        (sum(1 for a in counted if a.state.is_unfinished), len(counted), len(seen), plan),
    )


def move_plan(sql: Connection, plan: str, team: str, quarter: str) -> None:
    """Count a plan's actions under another team or quarter, where that changed."""
    kept = sql.rows(f"SELECT team, quarter, {rows.COUNTED} FROM action WHERE plan = ?", (plan,))
    moved = [row for row in kept if (row[0], row[1]) != (team, quarter)]
    if not moved:
        return
    for row in moved:
        minus: Counter[Key] = Counter()
        minus.subtract(keys_of(rows.counted(row[2:])))
        add_to_tallies(sql, row[0], row[1], minus)
    add_to_tallies(sql, team, quarter, count(rows.counted(row[2:]) for row in moved))
    sql.run("UPDATE action SET team = ?, quarter = ? WHERE plan = ?", (team, quarter, plan))


def facts(sql: Connection, scope: Scope, today: date) -> Facts:
    """What a report counts: from the sums for teams and quarters, from the actions themselves for a plan or service."""
    narrow, values = _narrow(scope, "a.plan")
    if scope.plan or scope.service:
        columns = ", ".join(f"a.{name.strip()}" for name in rows.COUNTED.split(","))
        counts = count(
            rows.counted(row) for row in sql.rows(f"SELECT {columns} FROM action a{_where(narrow)}", values)
        )
    else:
        found = sql.rows(
            f"SELECT a.measure, a.priority, a.word, sum(a.n) FROM tally a{_where(narrow)} GROUP BY a.measure, a.priority, a.word",
            values,
        )
        counts = Counter({(row[0], row[1], row[2]): int(row[3]) for row in found if row[3]})
    late_where = _where([*narrow, "a.is_open = 1", "a.due < ?"])
    late = sql.rows(
        f"SELECT a.priority, count(*) FROM action a{late_where} GROUP BY a.priority",
        [*values, today.isoformat()],
    )
    overdue = sql.rows(
        f"SELECT a.data FROM action a{late_where} ORDER BY a.due, a.priority LIMIT {_WORST}",
        [*values, today.isoformat()],
    )
    opened = _opened(sql, _where([*narrow, "a.is_open = 1"]), values, today)
    plans, plan_values = _narrow(scope, "a.id")
    heads = sql.rows(
        f"SELECT count(*), sum(CASE WHEN a.unfinished > 0 THEN 1 ELSE 0 END) FROM plan a{_where(plans)}",
        plan_values,
    )
    worst = sql.rows(
        "SELECT a.id, a.title, a.incident_date, a.unfinished, a.total FROM plan a"
        f"{_where([*plans, 'a.unfinished > 0'])} ORDER BY a.unfinished DESC, a.id LIMIT {_WORST}",
        plan_values,
    )
    coverage = sql.rows(
        "SELECT a.quarter, sum(a.signals), sum(a.covered_before), sum(a.covered_verified), sum(a.covered_planned)"
        f" FROM plan a{_where(plans)} GROUP BY a.quarter ORDER BY a.quarter",
        plan_values,
    )
    return Facts(
        counts=counts,
        late={Priority(row[0]): int(row[1]) for row in late},
        incidents=int(heads[0][0]),
        unfinished_incidents=int(heads[0][1] or 0),
        worst=tuple(_incident(row) for row in worst),
        coverage=tuple(_coverage(row) for row in coverage if row[1]),
        overdue=tuple(rows.action_of(row[0]) for row in overdue),
        opened=opened,
    )


def _opened(sql: Connection, where: str, values: list[Any], today: date) -> tuple[int, ...]:
    """Open actions by age: how many have been open up to each bound, and longer than the one before."""
    since = [(today - timedelta(days=most)).isoformat() for most, _ in AGES[:-1]]
    sums = ", ".join("sum(CASE WHEN a.created_day >= ? THEN 1 ELSE 0 END)" for _ in since)
    (row,) = sql.rows(f"SELECT {sums}, count(*) FROM action a{where}", [*since, *values])
    within = [int(n or 0) for n in row]
    return tuple(n - before for n, before in zip(within, [0, *within], strict=False))


def _incident(row: Any) -> IncidentLine:
    return IncidentLine(
        row[0], row[1], date.fromisoformat(row[2]) if row[2] else None, int(row[3]), int(row[4])
    )


def _coverage(row: Any) -> CoverageLine:
    signals, before, verified, planned = (int(value) for value in row[1:])
    # What was covered before stays covered; a plan never covers more than its signals.
    return CoverageLine(row[0], signals, before, min(signals, max(before, verified)), planned)


def _narrow(scope: Scope, plan: str) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for column, value in ((plan, scope.plan), ("a.team", scope.team), ("a.quarter", scope.quarter)):
        if value:
            conditions.append(f"{column} = ?")
            values.append(value)
    if scope.service:
        conditions.append(f"{plan} IN (SELECT plan FROM plan_fact WHERE kind = 'service' AND word = ?)")
        values.append(scope.service.casefold())
    return conditions, values


def _where(conditions: Iterable[str]) -> str:
    text = " AND ".join(conditions)
    return f" WHERE {text}" if text else ""


def recounted(sql: Connection) -> dict[tuple[str, str], Counter[Key]]:
    """The sums as they follow from the actions alone, by team and quarter: to check those that are kept."""
    found: dict[tuple[str, str], Counter[Key]] = {}
    for row in sql.rows(f"SELECT team, quarter, {rows.COUNTED} FROM action"):
        found.setdefault((row[0], row[1]), Counter()).update(keys_of(rows.counted(row[2:])))
    return found
