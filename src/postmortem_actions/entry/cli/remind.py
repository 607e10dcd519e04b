"""``pma remind``: who has to know what today."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import click

from ...core.codec import encode
from ...core.tracking.remind import digest_text
from ...service import telling
from . import exits
from .options import adapters, day, today_option
from .terminal import note, plain, progress_of, result


@click.command(
    name="remind",
    epilog="\b\nExamples:\n  pma remind\n  pma remind --send\n  pma remind inc-42 --json\n"
    "  pma remind --format ics > /var/www/actions.ics\n"
    "  0 9 * * 1-5  pma remind --send --quiet   # in a crontab; running it twice sends nothing twice",
)
@click.argument("plan", required=False)
@click.option(
    "--send", is_flag=True, help="Send the digests over the channels of the config (default: print them)."
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing unless something goes wrong.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(("text", "json", "ics")),
    default="text",
    help="What to print: text (default), json, or a calendar of the due dates.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
@today_option
def command(
    *, plan: str | None, send: bool, quiet: bool, output_format: str, as_json: bool, config: str | None,
    today: datetime | None,
) -> int:  # fmt: skip
    """Tell people what is due, overdue or waiting for them.

    Also what is not accepted yet or waits for evidence: one digest each.

    Nothing is sent without --send. With it, everybody is told once a day, outside the quiet hours."""
    ports = adapters(config)
    on = day(today) or ports.clock.today()
    told = telling.remind(ports, on, send, plan, progress_of(sys.stderr))
    if output_format == "ics":
        from ...render.ics import due_calendar

        result(due_calendar(told.digests, on))
    elif as_json or output_format == "json":
        result(json.dumps(encode(told.digests), ensure_ascii=False, indent=2))
    elif not send:
        texts = [
            f"## {digest.person or 'Nobody in particular'}\n\n{digest_text(digest, on)}"
            for digest in told.digests
        ]
        result(plain("\n\n".join(texts) or "nobody has to be reminded of anything"))
    if told.quiet and not quiet:
        note("these are quiet hours: nothing was sent; run it again later")
    if send and not quiet:
        note(f"{len(told.sent)} sent, {told.again} were sent before today")
    if told.withheld:
        note(
            f"{told.withheld} actions of sensitive incidents were left out (sensitive = true in [reminders] sends them)"
        )
    for person, channel, why in told.failed:
        note(f"warning: {channel} to {person or 'nobody in particular'}: {why}")
    return exits.FOUND_FAULTS if told.failed else exits.OK
