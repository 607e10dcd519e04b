"""A plan's JSON, changed or made up, read back; what is accepted can be rendered and explained.

Bytes that begin with ``{`` are the file itself. Any other bytes are read as changes to a real plan: which
value, and what stands there instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import lru_cache
from typing import Any

from fuzz.engine import examples

from postmortem_actions import Request, build_plan, read_rca, render_plan
from postmortem_actions.core.explain import explain
from postmortem_actions.errors import PlanFormatError
from postmortem_actions.render.json_plan import from_json

_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, "", "x", "P0", "2025-01-01", "9999-12-31", "0001-01-01T00:00:00+23:59", [], [[]], {},
    ["x"], {"a": 1}, 10**400, float("inf"), "\ud800", "\x00|`<b>\n", "A1", 1e308, "high", "prevention",
)  # fmt: skip


@lru_cache(maxsize=1)
def _plan() -> str:
    text = examples("*/rca.md")[0].decode()
    return render_plan(build_plan(read_rca(text, "rca.md"), Request("rca.md", date(2025, 3, 4))), "json")


def seeds() -> Iterator[bytes]:
    """Small JSON of several shapes, and a few changes to a plan."""
    yield b'{"schema_version": 1, "actions": []}'
    yield b'{"actions": [], "request": {"rca": "x", "today": "2025-01-01"}, "incident": {"title": "y"}}'
    for number in range(24):
        yield bytes([1, number * 10, number, number, 7])


def check(data: bytes) -> None:
    """Only PlanFormatError may come out of reading, and nothing of using what was read."""
    text = data.decode("utf-8", "replace") if data[:1] == b"{" else _changed(data)
    try:
        plan = from_json(text)
    except PlanFormatError as error:
        assert error.fix
        return
    for name in ("markdown", "json", "html", "csv"):
        render_plan(plan, name)
    for action in (*plan.actions, *(entry.action for entry in plan.deferred)):
        explain(plan, action.id)


def _changed(data: bytes) -> str:
    plan = json.loads(_plan())
    for at in range(0, len(data) - 3, 4):
        places = list(_places(plan))
        holder, key = places[int.from_bytes(data[at : at + 2], "big") % len(places)]
        deed, value = data[at + 2], deepcopy(_VALUES[data[at + 3] % len(_VALUES)])
        if deed % 8 == 7:
            del holder[key]
        elif deed % 8 == 6 and isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        else:
            holder[key] = value
    return json.dumps(plan)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in list(pairs):
        yield value, key
        yield from _places(below)
