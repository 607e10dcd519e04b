"""``pma stack``: what the team builds and runs with."""

from __future__ import annotations

import json

import click

from ...core.codec import encode
from ...core.stack import StackFind
from ...service.stacking import find_stack
from .options import adapters, source_options
from .terminal import plain, result


@click.command(
    name="stack",
    epilog="\b\nExamples:\n  pma stack incident.md\n  pma stack --repo ~/code/shop\n  pma stack incident.md --repo . --json",
)
@click.argument("rca", required=False, type=click.Path(allow_dash=True))
@click.option(
    "--repo", metavar="PATH", type=click.Path(), help="A repository whose files tell (nothing in it is run)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
@source_options
def command(
    *, rca: str | None, repo: str | None, as_json: bool, config: str | None, encoding: str | None, max_bytes: int | None,
    allow_private: bool,
) -> None:  # fmt: skip
    """Show what the team builds and runs with, and why that is thought so.

    The RCA, the repository and the config are asked, in rising order of authority: what the config says of a kind comes
    before what a repository tells, and that before what the RCA names."""
    found = find_stack(adapters(config, encoding, max_bytes, allow_private), rca, repo)
    if as_json:
        result(json.dumps([encode(one) for one in found], ensure_ascii=False, indent=2))
    else:
        result(
            plain(
                "\n".join(_line(one) for one in found)
                or "nothing is known; give an RCA, --repo, or [stack] in the config"
            )
        )


def _line(one: StackFind) -> str:
    over = "" if one.counts else "  (does not count: a stronger source speaks of it)"
    return f"{one.kind:<11} {one.name:<15} {one.source.value}: {one.why}{over}"
