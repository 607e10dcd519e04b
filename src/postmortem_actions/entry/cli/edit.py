"""``pma edit``: other values of an action."""

from __future__ import annotations

from datetime import datetime

import click

from ...core.policy import Effort, Priority
from ...errors import RequestError
from ...service import keeping
from .options import adapters
from .steps import common, tell, who


@click.command(
    name="edit",
    epilog="\b\nExamples:\n  pma edit inc-42 A3 --owner bob --due 2026-12-11\n  pma edit inc-42 A3 --after A1 --after A2\n"
    '  pma edit inc-42/A4 --priority P1 --why "hit us twice"\n  pma edit inc-42 A3 --no-due',
)
@click.argument("actions", nargs=-1, required=True, metavar="PLAN ACTION...")
@click.option("--title", metavar="TEXT", help="Another title.")
@click.option("--owner", metavar="NAME", help="Another owner, who has not accepted yet.")
@click.option("--backup", metavar="NAME", help="Another backup.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="Another due date.")
@click.option("--no-due", is_flag=True, help="No due date.")
@click.option(
    "--priority",
    type=click.Choice([p.value for p in Priority], case_sensitive=False),
    help="Another priority.",
)
@click.option(
    "--effort", type=click.Choice([e.value for e in Effort], case_sensitive=False), help="Another effort."
)
@click.option(
    "--after",
    multiple=True,
    metavar="ACTION",
    help="What it waits for (repeatable; replaces what there was).",
)
@click.option("--no-after", is_flag=True, help="It waits for nothing.")
@click.option("--why", default="", metavar="TEXT", help="The reason, for the history.")
@common
def command(
    *, actions: tuple[str, ...], title: str | None, owner: str | None, backup: str | None, due: datetime | None, no_due: bool,
    priority: str | None, effort: str | None, after: tuple[str, ...], no_after: bool, why: str, by: str | None,
    config: str | None,
) -> None:  # fmt: skip
    """Change owner, date, priority, effort, title or dependencies."""
    values: dict[str, object] = {}
    for name, text in (("title", title), ("owner", owner), ("backup", backup)):
        if text is not None:
            if not text.strip():
                raise RequestError(f"--{name} is empty", fix="Give a text.")
            values[name] = text.strip()
    if due is not None and no_due:
        raise click.UsageError("--due or --no-due, not both.", click.get_current_context())
    if due is not None or no_due:
        values["due"] = due.date() if due is not None else None
    if priority is not None:
        values["priority"] = Priority(priority.upper())
    if effort is not None:
        values["effort"] = Effort(effort.upper())
    if after or no_after:
        values["depends_on"] = tuple(dict.fromkeys(name.upper() for name in after))
    if not values:
        raise click.UsageError(
            "nothing is to be changed: give --owner, --due, …", click.get_current_context()
        )
    ports = adapters(config)
    plan, ids = keeping.named(ports, actions)
    if not ids:
        raise RequestError(f"no action of {plan} is named", fix=f"Name them: {plan} A1 A2.")
    tell(keeping.edit_action(ports, plan, ids, values, who(by), why))
