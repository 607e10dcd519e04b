"""``pma verify --run``: run what can be run, after people have seen and allowed it."""

from __future__ import annotations

import sys

import click

from ...errors import RequestError
from ...service import keeping
from ...service.checking import checks_of, run_checks, templates
from . import exits
from .options import adapters
from .terminal import note, plain, progress_of, result


def run(words: tuple[str, ...], config: str | None, by: str, repository: str | None, yes: bool) -> int:
    """Show the checks, ask, run them, and keep what they show."""
    ports = adapters(config)
    plan, actions = keeping.named(ports, words)
    checks = checks_of(ports, plan, actions, repository)
    if not checks:
        raise RequestError(
            "there is nothing to run for these actions",
            fix="Give --repo PATH where the plan's artifacts were committed, or describe [checks.NAME] in the config.",
        )
    note("this would be done on this machine:")
    note(plain("\n".join(f"  {check.action} {check.name}: {check.words}" for check in checks)))
    if not yes:
        if not sys.stdin.isatty():
            raise RequestError("nothing is run unasked", fix="Look at the list, then add --yes.")
        if not click.confirm("Run this?", err=True):
            return exits.OK
    told = run_checks(ports, plan, checks, repository, by, progress_of(sys.stderr))
    marks = {True: "ok    ", False: "FAILED", None: "?     "}
    lines = [
        f"{marks[one.passed]} {one.check.action} {one.check.name}: {_first(one.output)}"
        for one in told.outcomes
    ]
    lines += [f"{plan}/{action}: {what}" for action, what in told.kept]
    lines += [f"{plan}/{action} is left to people: {how}" for action, how in told.people]
    result(plain("\n".join(lines)))
    return exits.FOUND_FAULTS if any(one.passed is False for one in told.outcomes) else exits.OK


def template(words: tuple[str, ...], config: str | None) -> int:
    """Print checks for the config."""
    ports = adapters(config)
    plan, actions = keeping.named(ports, words)
    result(templates(ports, plan, actions).rstrip("\n") or "# every action has a check already")
    return exits.OK


def _first(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return "; ".join(lines[:3])[:200]
