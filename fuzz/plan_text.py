"""Any text → RCA → plan → every format, and JSON back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from fuzz.engine import examples

from postmortem_actions import Request, build_plan, read_rca, render_plan
from postmortem_actions.core.model import Span
from postmortem_actions.render.json_plan import from_json

_TODAY = date(2025, 3, 4)
_OTHER_MARKUP = (
    b"h2. Root cause\n|| Time || Event ||\n| 12:00 | {{db}} down |\nh2. Actions\n* Add [alert|https://a.example]\n",
    b"== Cause ==\n{|\n! Time !! Event\n|-\n| 12:00 || '''down'''\n|}\n== Actions ==\n* Add an alert\n",
    b"Title\n=====\n\nCause\n~~~~~\n\n.. code-block:: sh\n   ls\n\n:ref:`x <y>` and `text <http://a.example>`_\n",
    b"---\ntitle: Outage\ndate: 2025-01-02\n---\n\n1. Why? Because `x`\n   1. Why?\n- [ ] Fix @bob due 2025-02-01 P1\n",
    "## 根本原因\n\n磁盘已满。\n\n## 时间线\n\n- 10:05 报警\n\n## Maßnahmen\n\n- Alarm für Platte (bis 31.12.2025)\n".encode(),
)


def seeds() -> Iterator[bytes]:
    """The examples' RCAs and a little of every other markup."""
    yield from examples("*/rca.md")
    yield from examples("*/summary.md")
    yield from _OTHER_MARKUP


def check(data: bytes) -> None:
    """Nothing may be raised for any text, lines are those of the text, and the plan can be read back."""
    text = data.decode("utf-8", "surrogatepass") if _is_utf8(data) else data.decode("latin-1")
    rca = read_rca(text, "rca.md")
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for span in spans(rca):
        assert 1 <= span.start <= span.end <= last, span
    plan = build_plan(rca, Request("rca.md", _TODAY))
    for name in ("markdown", "html", "csv"):
        render_plan(plan, name)
    assert from_json(render_plan(plan, "json")) == plan


def spans(value: Any) -> Iterator[Span]:
    """Every span inside a value of the model."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from spans(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from spans(getattr(value, field.name))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
