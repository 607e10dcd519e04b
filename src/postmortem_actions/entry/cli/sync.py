"""``pma sync``: tickets and kept actions brought to the same state."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from ...service import syncing
from . import exits
from .options import adapters
from .terminal import note, plain, progress_of, result


@click.command(
    name="sync",
    epilog="\b\nExamples:\n  pma sync\n  pma sync inc-42 --dry-run\n  pma sync --tracker github --json",
)
@click.argument("plan", required=False)
@click.option("--tracker", metavar="NAME", help="Only this [tracker.NAME].")
@click.option("--dry-run", is_flag=True, help="Say what would change on either side, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
def command(
    *, plan: str | None, tracker: str | None, dry_run: bool, as_json: bool, config: str | None
) -> int:
    """Bring tickets and kept actions to the same state.

    Field by field: title, assignee, due date, status.

    A ticket that was closed makes its action claimed done, never verified. Where both sides changed a field, the later
    change stays and the other is kept in the history."""
    told = syncing.sync(adapters(config), tracker, plan, dry_run, progress_of(sys.stderr))
    if as_json:
        result(json.dumps(asdict(told), ensure_ascii=False, indent=2))
    else:
        lines = [f"{name}: from the tracker: {what}" for name, what in told.taken]
        lines += [f"{name}: to the tracker: {what}" for name, what in told.pushed]
        lines += [
            f"{name}: conflict in {field}: ours {ours or 'nothing'}, theirs {theirs or 'nothing'}; {kept or 'nothing'} stays"
            for name, field, ours, theirs, kept in told.conflicts
        ]
        lines += [f"{name}: {what}" for name, what in told.reported]
        result(plain("\n".join(lines) or f"{told.looked_at} tickets looked at; nothing differs"))
        if told.retired:
            note(f"{told.retired} tickets had been made twice and were closed as duplicates")
    for name, why in told.failed:
        note(f"warning: {name}: {why}")
    return exits.FOUND_FAULTS if told.failed else exits.OK
