"""``pma artifacts``: a plan's artifacts as files."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import click

from ...service.filing import Filed, artifact_tree
from ...service.stacking import find_stack
from .options import adapters, plan_or_kept, source_options, today_option
from .terminal import note, plain, progress_of, result


@click.command(
    name="artifacts",
    epilog="\b\nExamples:\n  pma artifacts inc-42\n  pma artifacts inc-42 -o follow-up/\n  pma artifacts plan/plan.json --json",
)
@click.argument("plan", type=click.Path(allow_dash=True))
@click.option(
    "-o", "--output", metavar="DIR", type=click.Path(), help="Write the files there (default: list them)."
)
@click.option(
    "--repo", metavar="PATH", type=click.Path(), help="A repository that tells what the team builds with ('pma stack')."
)
@click.option("--force", is_flag=True, help="Overwrite files that are there already.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
@source_options
@today_option
def command(
    *, plan: str, output: str | None, repo: str | None, force: bool, as_json: bool, config: str | None, encoding: str | None,
    max_bytes: int | None, allow_private: bool, today: datetime | None,
) -> None:  # fmt: skip
    """Write a plan's artifacts as files that can be committed.

    The files are those of your stack ('pma stack'): code in your language, migrations for your database, GitLab CI where you
    have it, alerts also as Datadog monitors or CloudWatch alarms. Alert rules come with unit tests in which the incident
    is played again, a dashboard shows what they watch, and what people verify has a sheet to carry it out. Each file says
    at its head which action it serves, what is still to be filled in, and how to check it.

    PLAN is the id of a kept plan, a plan.json, or an RCA."""
    ports = adapters(config, encoding, max_bytes, allow_private)
    made = plan_or_kept(ports, plan, today)
    name = made.incident.id.text if made.incident.id else made.incident.title
    filed = artifact_tree(ports, made, name, progress_of(sys.stderr), find_stack(ports, None, repo))
    if output is not None and filed.files:
        note(f"written: {', '.join(ports.output.write(output, filed.files, force=force))}")
    if as_json:
        result(json.dumps(_data(filed), ensure_ascii=False, indent=2))
    elif output is None:
        result(plain("\n".join(_lines(filed)) or "no action of this plan has an artifact"))


def _lines(filed: Filed) -> list[str]:
    lines = []
    for one in filed.artifacts:
        todo = f"; to fill in: {', '.join(one.todo)}" if one.todo else ""
        lines.append(f"{one.path}  ({one.action}{todo})")
    known = {one.path for one in filed.artifacts}
    return lines + [path for path, _ in filed.files if path not in known]


def _data(filed: Filed) -> list[dict[str, object]]:
    by_path = {one.path: one for one in filed.artifacts}
    return [
        {
            "path": path, "text": text, "action": by_path[path].action if path in by_path else "",
            "todo": list(by_path[path].todo) if path in by_path else [],
            "check": by_path[path].check if path in by_path else "",
        }
        for path, text in filed.files
    ]  # fmt: skip
