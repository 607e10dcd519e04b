"""``pma init``: a starting config."""

from __future__ import annotations

import click

from .terminal import note


@click.command(name="init", epilog="\b\nExamples:\n  pma init\n  pma init services/orders --force")
@click.argument("folder", default=".", metavar="[DIR]", type=click.Path())
@click.option("--force", is_flag=True, help="Overwrite a config that is there already.")
def command(folder: str, force: bool) -> None:
    """Write a commented starting config.

    It goes to postmortem-actions.toml in DIR (default: the working folder).
    """
    from ...wire import CONFIG_FILE, ports, starting_config

    written = ports().output.write(folder, [(CONFIG_FILE, starting_config())], force=force)
    note(f"written: {written[0]}")
