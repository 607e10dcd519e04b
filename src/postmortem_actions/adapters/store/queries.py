"""A query for actions as SQL."""

from __future__ import annotations

import re
from typing import Any

from ...core.policy import ActionState
from ...core.tracking.store import Order, Query
from .rows import owner_key

_ORDERS = {
    Order.DUE: "a.due, a.seq",
    Order.PRIORITY: "a.priority, a.due, a.seq",
    Order.CHANGED: "a.changed DESC, a.seq DESC",
}
_WORD = re.compile(r"[^\W_]+")


def searched(text: str) -> str:
    """A text as it is searched: words alone, so that both databases cut ``users.email`` the same way."""
    return " ".join(_WORD.findall(text))


def find_sql(query: Query, dialect: str) -> tuple[str, list[Any]]:
    """The statement that gives the data of the actions wanted, in their order."""
    source, conditions, values = _where(query, dialect)
    order = _ORDERS[query.order]
    if query.words:  # the index of words is read from its end, instead of sorting everything that it finds
        order = "t.rowid DESC" if dialect == "sqlite" else "a.seq DESC"
    sql = f"SELECT a.data FROM {source}{conditions} ORDER BY {order}"
    if query.limit is not None:
        sql += " LIMIT ? OFFSET ?"
        values += [query.limit, query.offset]
    return sql, values


def count_sql(query: Query, dialect: str, most: int) -> tuple[str, list[Any]]:
    """The statement that counts them, up to a number: nobody pages through more."""
    source, conditions, values = _where(query, dialect)
    return f"SELECT count(*) FROM (SELECT 1 FROM {source}{conditions} LIMIT {int(most)}) AS counted", values


def _where(query: Query, dialect: str) -> tuple[str, str, list[Any]]:
    source = "action a"
    conditions: list[str] = []
    values: list[Any] = []

    def one_of(column: str, words: list[str]) -> None:
        if words:
            conditions.append(f"{column} IN ({', '.join('?' * len(words))})")
            values.extend(words)

    if query.words:
        words = _WORD.findall(query.words.casefold())
        if dialect == "sqlite":
            source = "action_text t JOIN action a ON a.seq = t.rowid"
            conditions.append("t.action_text MATCH ?" if words else "0")
            values += [" ".join(f'"{word}"' for word in words[:-1]) + f' "{words[-1]}"*'] if words else []
        else:
            conditions.append(
                "to_tsvector('simple', a.words) @@ to_tsquery('simple', ?)" if words else "false"
            )
            values += (
                [" & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"])] if words else []
            )
    if query.plan:
        conditions.append("a.plan = ?")
        values.append(query.plan)
    if query.states:
        stages = {0 if state.is_unfinished else 1 for state in query.states}
        if len(stages) == 1:
            stage = stages.pop()
            conditions.append("a.stage = ?")
            values.append(stage)
            whole = {state for state in ActionState if state.is_unfinished is (stage == 0)}
            stages = set() if whole == set(query.states) else {stage}
        if stages:
            one_of("a.state", [state.value for state in query.states])
    one_of("a.priority", [priority.value for priority in query.priorities])
    one_of("a.category", [category.value for category in query.categories])
    if query.unowned:
        conditions.append("a.owner = ''")
    elif query.owner:
        conditions.append("a.owner = ?")
        values.append(owner_key(query.owner))
    for column, value in (("a.team", query.team), ("a.quarter", query.quarter)):
        if value:
            conditions.append(f"{column} = ?")
            values.append(value)
    if query.service:
        conditions.append("a.plan IN (SELECT plan FROM plan_fact WHERE kind = 'service' AND word = ?)")
        values.append(query.service.casefold())
    if query.due_before is not None:
        conditions.append("a.due < ?")
        values.append(query.due_before.isoformat())
    return source, (" WHERE " + " AND ".join(conditions) if conditions else ""), values
