"""``pma publish``: a plan's actions as tickets."""

from __future__ import annotations

import json
import sys

import click

from ...core.codec import encode
from ...service import publishing
from ...service.outbox import Patience, Published
from ...service.publishing import Draft
from . import exits
from .options import adapters
from .steps import who
from .terminal import note, plain, progress_of, result


@click.command(
    name="publish",
    epilog="\b\nExamples:\n  pma publish inc-42 --dry-run\n  pma publish inc-42 --tracker jira\n  pma publish inc-42 --json",
)
@click.argument("plan")
@click.option(
    "--tracker",
    metavar="NAME",
    help="Which [tracker.NAME] of the config (default: the plan's, or the only one).",
)
@click.option("--dry-run", is_flag=True, help="Show what would be created, and create nothing.")
@click.option("--wait", type=click.IntRange(min=0), default=120, metavar="SECONDS",
              help="How long to wait for a tracker that is busy or gave no answer (default 120).")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--by", metavar="NAME", help="Who publishes (default: the user of this machine).")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
def command(
    *,
    plan: str,
    tracker: str | None,
    dry_run: bool,
    wait: int,
    as_json: bool,
    by: str | None,
    config: str | None,
) -> int:
    """File a plan's actions as tickets, each exactly once.

    One ticket for the plan, one for each unfinished action, and what blocks what.

    Each is made exactly once: run it again after a crash or a cut line, and what is there is found. Secrets and
    personal data are masked first."""
    ports = adapters(config)
    if dry_run:
        record, settings, new, told = publishing.prepare(ports, plan, tracker)
        if as_json:
            result(
                json.dumps(
                    [{"action": d.action, **encode(d.ticket)} for d in new], ensure_ascii=False, indent=2
                )
            )
        else:
            result(
                plain(
                    "\n".join(
                        [f"{record.id} → {settings.name} ({settings.kind})", *(_dry(draft) for draft in new)]
                    )
                )
            )
            note(f"would create {len(new)} tickets; nothing was sent")
        _about(told)
        return exits.OK
    told = publishing.publish(
        ports, plan, tracker, who(by), Patience(longest=float(wait)), progress_of(sys.stderr)
    )
    if as_json:
        result(json.dumps(_data(told), ensure_ascii=False, indent=2))
    else:
        lines = [f"{action or 'plan'}: {ref.key} {ref.url}" for action, ref in told.made]
        lines += [
            f"{action or 'plan'}: {ref.key} {ref.url} (was there already)" for action, ref in told.found
        ]
        result(plain("\n".join(lines) or "nothing new was to be created"))
    _about(told)
    if told.left:
        note(
            f"{told.left} tasks are left ({told.why_left or 'somebody else works on them'}); run it again to finish them"
        )
    for action, why in told.refused:
        note(f"refused: {action or 'plan'}: {why}")
    return exits.FOUND_FAULTS if told.left or told.refused else exits.OK


def _dry(draft: Draft) -> str:
    ticket = draft.ticket
    facts = [
        ticket.assignee or "no assignee",
        ticket.priority.value if ticket.priority else "",
        str(ticket.due or ""),
    ]
    head = f"\n=== {draft.action or 'plan'}: {ticket.title}\n    {', '.join(f for f in facts if f)}; labels {', '.join(ticket.labels)}"
    return f"{head}\n\n{ticket.body}"


def _about(told: Published) -> None:
    for action, ticket in told.stated:
        note(f"{action} has the ticket {ticket} in the RCA; none is made")
    if told.masked:
        note("masked: " + ", ".join(f"{count} × {kind}" for kind, count in sorted(told.masked.items())))
    for action, text in told.dropped:
        note(f"{action or 'plan'}: {text}")
    for ref in told.retired:
        note(f"{ref.key} had been made twice and was closed as a duplicate")


def _data(told: Published) -> dict[str, object]:
    return {
        "made": [{"action": action, **encode(ref)} for action, ref in told.made],
        "found": [{"action": action, **encode(ref)} for action, ref in told.found],
        "retired": encode(told.retired), "refused": [list(pair) for pair in told.refused], "left": told.left,
        "why_left": told.why_left, "stated": [list(pair) for pair in told.stated], "masked": told.masked,
        "dropped": [list(pair) for pair in told.dropped], "links": told.links,
    }  # fmt: skip
