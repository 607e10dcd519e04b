"""``pma report``: the roll-up."""

from __future__ import annotations

from datetime import datetime

import click

from ...core.tracking.report import Scope
from ...render.report import FORMATS, render_report
from ...service import telling
from .listing import _quarter
from .options import adapters, day, today_option
from .terminal import plain, result


@click.command(
    name="report",
    epilog="\b\nExamples:\n  pma report\n  pma report --team payments --quarter 2026-Q4 --format html > q4.html\n"
    "  pma report --plan inc-42 --json\n  pma report --service checkout --format csv",
)
@click.option("--plan", default="", metavar="PLAN", help="Only of a plan.")
@click.option("--team", default="", metavar="NAME", help="Only of a team.")
@click.option("--service", default="", metavar="NAME", help="Only of incidents of a service.")
@click.option("--quarter", default="", metavar="YYYY-QN", help="Only of incidents of a quarter.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    default="markdown",
    help="What to print (default markdown).",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
@today_option
def command(
    *,
    plan: str,
    team: str,
    service: str,
    quarter: str,
    kind: str,
    as_json: bool,
    config: str | None,
    today: datetime | None,
) -> None:
    """Report on a plan, a team, a service or a quarter.

    What is open, claimed done, verified, late, and for how long.

    What somebody says is done and what is shown to work are counted apart."""
    ports = adapters(config)
    on = day(today) or ports.clock.today()
    made = telling.make_report(ports, Scope(plan, team, service, _quarter(quarter)), on)
    text = render_report(made, "json" if as_json else kind)
    result(plain(text))
