"""``pma export``, ``import`` and ``backup``: what is kept, taken out, put in, and copied."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ...errors import OutputError
from ...service import moving
from .options import adapters
from .steps import common, who
from .terminal import note

_CONFIG = click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")


@click.command(
    name="export", epilog="\b\nExamples:\n  pma export > all.jsonl\n  pma export inc-42 -o inc-42.jsonl"
)
@click.argument("plans", nargs=-1, metavar="[PLAN]...")
@click.option("-o", "--output", metavar="FILE", type=click.Path(), help="Write there (default: print).")
@_CONFIG
def export_(*, plans: tuple[str, ...], output: str | None, config: str | None) -> None:
    """Write everything that is kept as JSON lines.

    Plans with their actions, tickets and history; without PLAN, all of them."""
    ports = adapters(config)
    lines = moving.exported(ports, plans)
    if output is None:
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    try:
        with Path(output).open("x", encoding="utf-8") as file:
            count = sum(1 for line in lines if file.write(line + "\n"))
    except FileExistsError:
        raise OutputError("is there already", where=output, fix="Give another name.") from None
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", where=output, fix="Check the path."
        ) from None
    note(f"written: {output} ({count} lines)")


@click.command(
    name="import",
    epilog="\b\nExamples:\n  pma import all.jsonl\n  pma import plan/plan.json --by dana\n  pma import - < all.jsonl",
)
@click.argument("source", type=click.Path(allow_dash=True))
@common
def import_(*, source: str, by: str | None, config: str | None) -> None:
    """Read such JSON lines, or a plan.json, into the store.

    What is kept already is left as it is."""
    ports = adapters(config, max_bytes=moving.LARGEST)
    told = moving.imported(ports, source, who(by))
    note(
        f"{told.added} plans added"
        + (f", {len(told.known)} were kept already: {', '.join(told.known[:5])}" if told.known else "")
    )


@click.command(name="backup", epilog="\b\nExamples:\n  pma backup actions-2026-12-01.db")
@click.argument("path", type=click.Path())
@_CONFIG
def backup_(*, path: str, config: str | None) -> None:
    """Copy the whole store into one file.

    It is an SQLite file, made while others go on working. PMA_STORE=PATH opens it."""
    adapters(config).store().backup(path)
    note(f"written: {path}")
