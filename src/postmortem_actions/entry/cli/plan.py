"""``pma plan``: from an RCA to a plan."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime

import click

from ... import service
from ...core.model import Plan
from .keep import Keeping, keep
from .options import adapters, one_source, order, request_options, same_call
from .terminal import note, note_problems, result, wants_colour

FORMATS = ("markdown", "json", "html", "csv", "ics", "svg", "table")
# What -o writes: file name → format.
FILES = (
    ("plan.md", "markdown"), ("plan.json", "json"), ("plan.html", "html"), ("actions.csv", "csv"), ("plan.ics", "ics"),
    ("gantt.svg", "svg"),
)  # fmt: skip


@click.command(
    name="plan",
    epilog="\b\nExamples:\n  pma plan incident.md\n  pma plan incident.md --capacity low --scope team\n"
    "  pma plan https://github.com/acme/postmortems/blob/main/42.md -o plan/\n"
    "  pma plan incident.md --json | jq '.actions[].title'\n  pbpaste | pma plan -",
)
@click.argument("rca", nargs=-1, type=click.Path(allow_dash=True))
@request_options
@click.option(
    "--format",
    "output_format",
    type=click.Choice(FORMATS),
    help="What to print (default: table on a terminal, markdown elsewhere).",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(),
    help="Also write plan.md, plan.json, plan.html, actions.csv, plan.ics and gantt.svg there.",
)
@click.option(
    "--artifacts",
    metavar="DIR",
    type=click.Path(),
    help="Also write the actions' artifacts there, as 'pma artifacts' does.",
)
@click.option(
    "--simulate",
    is_flag=True,
    help="Play the incident again with the proposed alerts: the coverage map says what that proves (some seconds).",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
@click.option("-q", "--quiet", is_flag=True, help="No notes; with -o, do not print the plan either.")
@click.option("--no-color", is_flag=True, help="No colours.")
@click.option("--no-save", is_flag=True, help="Do not keep the plan.")
@click.option(
    "--update",
    is_flag=True,
    help="Where the RCA was planned before, take the differences over without asking.",
)
@click.option("--team", metavar="NAME", help="Whose plan this is (default: the config's).")
@click.option(
    "--sensitive/--no-sensitive",
    default=None,
    help="The incident is sensitive: nothing of it leaves this machine unless allowed (default: where the RCA says so).",
)
@click.option("--by", metavar="NAME", help="Who keeps it (default: the user of this machine).")
def command(
    *,
    rca: tuple[str, ...],
    today: datetime | None,
    rules: tuple[str, ...],
    config: str | None,
    encoding: str | None,
    max_bytes: int | None,
    allow_private: bool,
    stated_only: bool,
    semantic: bool,
    repository: str | None,
    output_format: str | None,
    as_json: bool,
    output: str | None,
    artifacts: str | None,
    simulate: bool,
    force: bool,
    quiet: bool,
    no_color: bool,
    no_save: bool,
    update: bool,
    team: str | None,
    sensitive: bool | None,
    by: str | None,
    **settings: str | None,
) -> None:
    """Turn an RCA into a prioritised plan of actions.

    RCA is a path, - for standard input, an http(s) link to Markdown, HTML or plain text, or a file that
    holds a request block (/postmortem-actions, then KEY: value lines).
    """
    name = one_source(rca)
    ports = adapters(config, encoding, max_bytes, allow_private)
    asked = order(name, today, rules, settings, stated_only, semantic, repository)
    planned = service.plan_document(ports, replace(asked, compare=not no_save))
    if simulate:
        planned = replace(planned, plan=_proved(ports, planned.plan))
    made = planned.plan
    written: tuple[str, ...] = ()
    if output is not None:
        files = [(file, text_of(made, kind)) for file, kind in FILES]
        written = ports.output.write(output, files, force=force)
    if artifacts is not None:
        written += _artifacts(ports, made, artifacts, force)
    if as_json:
        output_format = "json"
    chosen = output_format or ("table" if sys.stdout.isatty() else "markdown")
    if not (quiet and output is not None):
        _print(made, chosen, no_color)
    if not no_save:
        keep(ports, planned, Keeping(by, team, sensitive, update, quiet))
    if quiet:
        return
    if chosen != "table":
        note_problems(made.problems, "see section 9 of the plan")
    if written:
        note(f"written: {', '.join(written)}")


def _proved(ports: service.Ports, made: Plan) -> Plan:
    from ...service.simulating import with_proofs
    from .terminal import progress_of

    return with_proofs(ports, made, progress_of(sys.stderr))


def _artifacts(ports: service.Ports, made: Plan, folder: str, force: bool) -> tuple[str, ...]:
    from ...service.filing import artifact_tree
    from .terminal import progress_of

    name = made.incident.id.text if made.incident.id else made.incident.title
    filed = artifact_tree(ports, made, name, progress_of(sys.stderr))
    return ports.output.write(folder, filed.files, force=force) if filed.files else ()


def _print(plan: Plan, chosen: str, no_color: bool) -> None:
    if chosen == "table":
        from .overview import overview

        result(overview(plan, same_call(), colour=wants_colour(sys.stdout, no_color)))
    else:
        result(text_of(plan, chosen))


def text_of(plan: Plan, kind: str) -> str:
    """The plan in one of the formats of -o."""
    from ...render.registry import renderer

    return renderer(kind).render(plan)
