"""``pma schema``: the JSON Schema of a plan."""

from __future__ import annotations

import click

from .terminal import result


@click.command(name="schema", epilog="\b\nExamples:\n  pma schema > plan.schema.json")
def command() -> None:
    """Print the JSON Schema of a plan."""
    from ...wire import plan_schema

    result(plan_schema())
