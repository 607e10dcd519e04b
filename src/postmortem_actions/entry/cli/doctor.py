"""``pma doctor``: whether everything is set up, before anything is written."""

from __future__ import annotations

import json

import click

from ...core.codec import encode
from ...core.tracking.tickets import Finding
from ...errors import PostmortemActionsError
from . import exits
from .options import adapters
from .terminal import plain, result


@click.command(name="doctor", epilog="\b\nExamples:\n  pma doctor\n  pma doctor --tracker jira --json")
@click.option("--tracker", metavar="NAME", help="Only this [tracker.NAME].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
def command(*, tracker: str | None, as_json: bool, config: str | None) -> int:
    """Check store, tokens, permissions and mappings.

    Nothing is written anywhere."""
    ports = adapters(config)
    settings = ports.config.read()
    found: list[tuple[str, Finding]] = [("config", Finding(settings.path or "no config file", True))]
    try:
        store = ports.store()
        with store.read() as reading:
            found.append(("store", Finding(store.name, True, f"{len(reading.plan_ids())} plans")))
    except PostmortemActionsError as error:
        found.append(("store", Finding("the store", False, error.message, error.fix or "")))
    for one in settings.tracking.trackers:
        if tracker not in (None, one.name):
            continue
        try:
            found += [(one.name, finding) for finding in ports.trackers(one.name).check()]
        except PostmortemActionsError as error:
            found.append((one.name, Finding("cannot be checked", False, error.message, error.fix or "")))
    if as_json:
        result(
            json.dumps(
                [{"of": name, **encode(finding)} for name, finding in found], ensure_ascii=False, indent=2
            )
        )
    else:
        marks = {True: "ok   ", False: "WRONG", None: "?    "}
        lines = []
        for name, finding in found:
            lines.append(
                f"{marks[finding.ok]} {name}: {finding.what}"
                + (f": {finding.detail}" if finding.detail else "")
            )
            if finding.fix and finding.ok is not True:
                lines.append(f"      {finding.fix}")
        result(plain("\n".join(lines)))
    return exits.FOUND_FAULTS if any(finding.ok is False for _, finding in found) else exits.OK
