"""``pma lint``: what is wrong with a plan or a list of actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

import click

from ... import service
from .options import adapters, day, one_source, source_options, today_option
from .terminal import result

if TYPE_CHECKING:
    from ...core.lint import Finding

FORMATS = ("text", "json", "github", "sarif")


@click.command(
    name="lint",
    epilog="\b\nExamples:\n  pma lint plan/plan.md\n  pma lint docs/postmortems/*.md --format github\n"
    "  pma lint actions.md --format sarif > pma.sarif",
)
@click.argument("files", nargs=-1, type=click.Path(allow_dash=True), metavar="FILE...")
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True,
              help="How findings are printed.")  # fmt: skip
@today_option
@source_options
def command(
    *,
    files: tuple[str, ...],
    output_format: str,
    today: datetime | None,
    encoding: str | None,
    max_bytes: int | None,
    allow_private: bool,
) -> int:
    """Judge a plan or any list of actions, and say how to mend it.

    FILE is a plan of ours (Markdown or JSON), or any Markdown document with actions in it; - is standard
    input. The exit code is 1 where a finding is an error.
    """
    from ...core.lint import exit_code

    names = files or (one_source(files, "a plan or a list of actions"),)
    ports = adapters(None, encoding, max_bytes, allow_private)
    findings = service.lint(ports, names, day(today))
    text = _rendered(findings, output_format)
    if text:
        result(text)
    return exit_code(findings)


def _rendered(findings: Sequence[Finding], output_format: str) -> str:
    text: str = import_module(f"...render.lint_{output_format}", __package__).render(findings)
    return text
