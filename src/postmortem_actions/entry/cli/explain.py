"""``pma explain``: why an action is as it is."""

from __future__ import annotations

from datetime import datetime

import click

from ... import service
from .options import adapters, order, request_options
from .terminal import plain, result


@click.command(
    name="explain",
    epilog="\b\nExamples:\n  pma explain plan/plan.json A3\n  pma explain incident.md A1 --capacity low\n"
    "  pma explain plan/plan.json D2",
)
@click.argument("plan", type=click.Path(allow_dash=True))
@click.argument("action")
@request_options
def command(
    *,
    plan: str,
    action: str,
    today: datetime | None,
    rules: tuple[str, ...],
    config: str | None,
    encoding: str | None,
    max_bytes: int | None,
    allow_private: bool,
    stated_only: bool,
    semantic: bool,
    repository: str | None,
    **settings: str | None,
) -> None:
    """Say why an action, its priority, owner and date are as they are.

    PLAN is a plan.json, or an RCA, which is then planned with the same options as for 'pma plan'. ACTION is
    an action's id such as A3, or that of a deferred one such as D1.
    """
    ports = adapters(config, encoding, max_bytes, allow_private)
    found = service.explain(ports, order(plan, today, rules, settings, stated_only, semantic, repository), action)
    lines = [found.title]
    for question, answer in found.answers:
        lines += ["", question, *(f"  {line}" for line in answer.splitlines())]
    result(plain("\n".join(lines)))
