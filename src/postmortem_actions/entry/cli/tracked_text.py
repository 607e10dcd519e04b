"""Kept plans, actions and events as tables, plain lines or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from ...core.codec import encode
from ...core.tracking.record import Event, PlanRecord
from ...service.keeping import Row, Shown
from .terminal import plain

_PIPE_WIDTH = 140
_COLOURS = {
    "overdue": "red",
    "at risk": "yellow",
    "blocked": "yellow",
    "verified": "green",
    "claimed done": "cyan",
}


def rows_text(rows: Sequence[Row], today: date, as_json: bool, colour: bool) -> str:
    """A list of actions."""
    if as_json:
        return json.dumps([_row(row) for row in rows], ensure_ascii=False, indent=2)
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = None if os.environ.get("COLUMNS") or os.isatty(1) else _PIPE_WIDTH
    console = Console(width=width, force_terminal=colour, no_color=not colour, highlight=False, legacy_windows=False,
                      color_system="standard" if colour else None)  # fmt: skip
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("Action", "P", "State", "Owner", "Due", "Title"):
        table.add_column(name, no_wrap=name != "Title")
    for row in rows:
        action = row.action
        told = row.action.state.value
        words = [c.value for c in sorted(row.standing.conditions, key=str) if c.value != "unowned"]
        words = [f"overdue {row.standing.late} d" if word == "overdue" else word for word in words]
        told += f" ({', '.join(words)})" if words else ""
        style = next((c for w, c in _COLOURS.items() if w in told), "")
        table.add_row(
            plain(action.name), action.priority.value, Text(told, style=style), plain(action.owner or "nobody"),
            str(action.due or "–"), Text(plain(action.title)),
        )  # fmt: skip
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _row(row: Row) -> dict[str, Any]:
    standing = row.standing
    return {
        **encode(row.action),
        "conditions": sorted(condition.value for condition in standing.conditions),
        "working_days_late": standing.late,
        "working_days_left": standing.left,
        "waits_for": list(standing.waits_for),
    }


def plans_text(plans: Sequence[PlanRecord], as_json: bool) -> str:
    """A list of plans."""
    if as_json:
        return json.dumps(
            [{k: v for k, v in encode(p).items() if k != "body"} for p in plans], ensure_ascii=False, indent=2
        )
    lines = []
    for p in plans:
        known = [
            p.incident,
            p.severity,
            str(p.date or ""),
            p.team and f"team {p.team}",
            p.sensitive and "sensitive",
        ]
        told = ", ".join(str(part) for part in known if part)
        lines.append(f"{p.id}  {p.title}{f' ({told})' if told else ''}  from {p.source}")
    return plain("\n".join(lines) or "no plan is kept yet")


def shown_text(shown: Sequence[Shown], as_json: bool) -> str:
    """Actions with everything that is known of them."""
    if as_json:
        return json.dumps([_shown(one) for one in shown], ensure_ascii=False, indent=2)
    return plain("\n\n".join("\n".join(_lines(one)) for one in shown))


def _shown(one: Shown) -> dict[str, Any]:
    planned = next((a for a in one.plan.actions if a.id == one.action.id), None)
    return {
        **_row(Row(one.action, one.standing)),
        "planned": encode(planned),
        "tickets": [
            {"tracker": t.tracker, "place": t.place, "key": t.key, "url": t.url, "presence": t.presence}
            for t in one.tickets
        ],
        "history": [encode(event) for event in one.events],
    }


def _lines(one: Shown) -> list[str]:
    action = one.action
    lines = [f"{action.name}  {action.priority.value}  {action.title}"]
    state = action.state.value + (f" ({action.why}; {action.by})" if action.why else "")
    conditions = ", ".join(sorted(c.value for c in one.standing.conditions))
    facts = [
        ("State", state), ("Now", conditions),
        ("Owner", (action.owner or "nobody") + ("" if action.owner_accepted or not action.owner else " (proposed)")),
        ("Backup", action.backup or ""), ("Due", str(action.due or "no date")), ("Effort", action.effort.value),
        ("Waits for", ", ".join(action.depends_on)), ("Looked at again", str(action.review_on or "")),
        ("Incident", f"{one.record.title} ({one.record.source})"),
    ]  # fmt: skip
    lines += [f"  {name + ':':<16}{value}" for name, value in facts if value]
    planned = next((a for a in one.plan.actions if a.id == action.id), None)
    if planned is not None:
        lines += [
            "",
            f"  {planned.statement}",
            "",
            "  Done when:",
            *(f"    - {item}" for item in planned.done_when),
        ]
        lines += [f"  Verified by: {planned.verification.method}: {planned.verification.success}"]
        lines += [f"  Evidence of the RCA: {e.span} “{e.quote}”" for e in planned.evidence[:3]]
    for proof in action.proofs:
        lines.append(f"  Shown by {proof.by} on {_minute(proof.at)}: {proof.text}")
    for ticket in one.tickets:
        gone = "" if ticket.presence == "here" else f" ({ticket.presence})"
        lines.append(f"  Ticket: {ticket.tracker} {ticket.key}{gone} {ticket.url}")
    lines += ["", "  History:", *(f"    {line}" for line in events_text(one.events, False).splitlines())]
    return lines


def events_text(events: Sequence[Event], as_json: bool) -> str:
    """A history."""
    if as_json:
        return json.dumps([encode(event) for event in events], ensure_ascii=False, indent=2)
    lines = []
    for event in events:
        changes = "; ".join(f"{c.field} {c.old or 'nothing'} → {c.new or 'nothing'}" for c in event.changes)
        head = f"{_minute(event.at)}  {event.action or 'plan':<5} {event.what} by {event.by}"
        lines.append(head + (f": {event.why}" if event.why else "") + (f" [{changes}]" if changes else ""))
    return "\n".join(lines)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
