"""``pma agenda``: what a follow-up meeting looks at."""

from __future__ import annotations

from datetime import datetime

import click

from ...core.policy import ActionState
from ...core.tracking.standing import Condition
from ...service import telling
from ...service.keeping import Row
from .options import adapters, day, today_option
from .terminal import plain, result


@click.command(
    name="agenda", epilog="\b\nExamples:\n  pma agenda inc-42\n  pma agenda inc-42 --meeting P1 > agenda.md"
)
@click.argument("plan")
@click.option("--meeting", metavar="NAME", help="Which meeting (default: the next one).")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
@today_option
def command(*, plan: str, meeting: str | None, config: str | None, today: datetime | None) -> None:
    """Write the agenda of a follow-up meeting.

    In Markdown: what to decide first, what is open, what was shown."""
    ports = adapters(config)
    made = telling.agenda(ports, plan, meeting, day(today) or ports.clock.today())
    lines = [f"# {made.meeting.name}: {made.plan.incident.title}", ""]
    lines += [f"**When**: {made.meeting.on or 'no date is set'}", "", made.meeting.agenda, ""]
    decide = [row for row in made.rows if row.standing.conditions]
    verified = [row for row in made.rows if row.action.state is ActionState.VERIFIED]
    claimed = [row for row in made.rows if row.action.state is ActionState.CLAIMED_DONE and row not in decide]
    others = [
        row for row in made.rows if row not in (*decide, *verified, *claimed) and row.action.state.is_open
    ]
    ended = [row for row in made.rows if row not in (*decide, *verified, *claimed, *others)]
    for title, rows in (
        ("To decide", decide), ("Claimed done, to be verified", claimed), ("Going on", others), ("Verified", verified),
        ("Ended without", ended),
    ):  # fmt: skip
        if rows:
            lines += [f"## {title}", "", *(_line(row) for row in rows), ""]
    if made.plan.open_questions:
        lines += [
            "## Open questions of the plan",
            "",
            *(f"- {question}" for question in made.plan.open_questions),
            "",
        ]
    result(plain("\n".join(lines)))


def _line(row: Row) -> str:
    action = row.action
    told = [c.value for c in sorted(row.standing.conditions, key=lambda c: c is not Condition.OVERDUE)]
    why = f"; {action.why}" if action.why else ""
    conditions = f" **{', '.join(told)}**" if told else ""
    return (
        f"- {action.id} {action.priority.value} {action.title}: {action.state.value}{why}, {action.owner or 'nobody'}, "
        f"due {action.due or 'no date'}{conditions}"
    )
