"""``pma list``, ``search``, ``show`` and ``history``: what is kept, read only."""

from __future__ import annotations

import sys
from datetime import date, datetime

import click

from ...core.policy import ActionState, Priority
from ...core.tracking.store import Order, Query
from ...errors import RequestError
from ...service import Ports, keeping
from .options import adapters, day, today_option
from .terminal import note, plain, result, wants_colour
from .tracked_text import events_text, plans_text, rows_text, shown_text

_STATES = [state.value.replace(" ", "-") for state in ActionState]
_UNFINISHED = tuple(state for state in ActionState if state.is_unfinished)
_CONFIG = click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_LIMIT = click.option(
    "--limit", type=click.IntRange(min=1), default=50, metavar="N", help="At most so many (default 50)."
)


@click.command(
    name="list",
    epilog="\b\nExamples:\n  pma list\n  pma list inc-42\n  pma list --owner alice --overdue\n"
    "  pma list --team payments --priority P0 --priority P1 --json\n  pma list --plans",
)
@click.argument("plan", required=False)
@click.option("--plans", is_flag=True, help="The plans instead of their actions.")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(_STATES), help="Only these states (repeatable)."
)
@click.option("--priority", "priorities", multiple=True, type=click.Choice([p.value for p in Priority], case_sensitive=False),
              help="Only these priorities (repeatable).")  # fmt: skip
@click.option("--owner", metavar="NAME", default="", help="Only somebody's.")
@click.option("--unowned", is_flag=True, help="Only those without an owner.")
@click.option("--team", metavar="NAME", default="", help="Only a team's.")
@click.option("--service", metavar="NAME", default="", help="Only of incidents of a service.")
@click.option("--quarter", metavar="YYYY-QN", default="", help="Only of incidents of a quarter.")
@click.option("--overdue", is_flag=True, help="Only open actions whose due date has passed.")
@click.option("--all", "everything", is_flag=True, help="Also what is verified, declined or withdrawn.")
@click.option(
    "--sort", type=click.Choice([o.value for o in Order]), default="due", help="The order (default due)."
)
@_LIMIT
@click.option(
    "--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Leave out the first so many."
)
@_JSON
@_CONFIG
@today_option
def list_(
    *, plan: str | None, plans: bool, states: tuple[str, ...], priorities: tuple[str, ...], owner: str, unowned: bool,
    team: str, service: str, quarter: str, overdue: bool, everything: bool, sort: str, limit: int, offset: int,
    as_json: bool, config: str | None, today: datetime | None,
) -> None:  # fmt: skip
    """Show kept actions: what is open, whose, and by when.

    Without options: what is not finished yet, the most urgent first."""
    ports = adapters(config)
    if plans:
        with ports.store().read() as reading:
            result(plans_text(reading.plans(plan or "", limit), as_json))
        return
    plan_id = keeping.read_kept(ports, plan)[0].id if plan else ""
    on = day(today) or ports.clock.today()
    chosen = tuple(ActionState(word.replace("-", " ")) for word in states)
    if not chosen and not everything:
        chosen = tuple(s for s in _UNFINISHED if s.is_open) if overdue else _UNFINISHED
    query = Query(
        plan=plan_id, states=chosen, priorities=tuple(Priority(p.upper()) for p in priorities), owner=owner, unowned=unowned,
        team=team, service=service, quarter=_quarter(quarter), due_before=on if overdue else None,
        order=Order(sort), limit=limit, offset=offset,
    )  # fmt: skip
    _print(ports, query, on, as_json)


@click.command(
    name="search", epilog="\b\nExamples:\n  pma search connection pool\n  pma search timeout --json"
)
@click.argument("words", nargs=-1, required=True)
@_LIMIT
@_JSON
@_CONFIG
@today_option
def search_(
    *, words: tuple[str, ...], limit: int, as_json: bool, config: str | None, today: datetime | None
) -> None:
    """Find kept actions by their words.

    Words of titles, statements, owners and incidents count; the newest come first."""
    ports = adapters(config)
    _print(ports, Query(words=" ".join(words), limit=limit), day(today) or ports.clock.today(), as_json)


def _print(ports: Ports, query: Query, on: date, as_json: bool) -> None:
    calendar, gone = keeping.team_calendar(ports, on)
    rows, total = keeping.find(ports, query, on, calendar, gone)
    if as_json or rows:
        result(rows_text(rows, on, as_json, wants_colour(sys.stdout)))
    else:
        note("no kept action is like that")
    if len(rows) < total and not as_json:
        many = f"more than {total - 1:,}" if total >= keeping.most_counted(query) else str(total)
        note(f"{len(rows)} of {many} are shown; --limit and --offset show others")


@click.command(
    name="show", epilog="\b\nExamples:\n  pma show inc-42\n  pma show inc-42 A3\n  pma show inc-42/A3 --json"
)
@click.argument("names", nargs=-1, required=True, metavar="PLAN [ACTION]")
@_JSON
@_CONFIG
@today_option
def show_(*, names: tuple[str, ...], as_json: bool, config: str | None, today: datetime | None) -> None:
    """Show everything about a kept plan or action.

    State, evidence, tickets, steps and history."""
    ports = adapters(config)
    plan, ids = keeping.named(ports, names)
    on = day(today) or ports.clock.today()
    calendar, gone = keeping.team_calendar(ports, on)
    if not ids:
        record, _ = keeping.read_kept(ports, plan)
        rows, _ = keeping.find(ports, Query(plan=plan, limit=None), on, calendar, gone)
        if not as_json:
            result(plans_text([record], False))
        result(rows_text(rows, on, as_json, wants_colour(sys.stdout)))
        return
    shown = [keeping.show(ports, plan, name, on, calendar, gone) for name in ids]
    result(shown_text(shown, as_json))


@click.command(name="history", epilog="\b\nExamples:\n  pma history inc-42\n  pma history inc-42 A3 --json")
@click.argument("names", nargs=-1, required=True, metavar="PLAN [ACTION]")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the last so many.")
@_JSON
@_CONFIG
def history_(*, names: tuple[str, ...], limit: int | None, as_json: bool, config: str | None) -> None:
    """Show who did what, when and why.

    The oldest first. Nothing is ever taken out of it."""
    ports = adapters(config)
    plan, ids = keeping.named(ports, names)
    found = [event for name in ids or ("",) for event in keeping.events(ports, plan, name, limit)]
    result(plain(events_text(found, as_json)))


def _quarter(text: str) -> str:
    import re

    if text and not re.fullmatch(r"\d{4}-Q[1-4]", text.upper()):
        raise RequestError(f"{text!r} is no quarter", fix="Write it as 2026-Q4.")
    return text.upper()
