"""The steps of an action's life: ``pma accept``, ``start``, ``done``, ``verify``, ``decline``, ``reopen``."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

from ...core.policy import ActionState
from ...core.tracking.life import Moved, Step
from ...errors import RequestError
from ...service import keeping
from .options import adapters
from .terminal import note, plain, result

F = TypeVar("F", bound=Callable[..., Any])
_ACTIONS = click.argument("actions", nargs=-1, required=True, metavar="PLAN ACTION...")


def common(command: F) -> F:
    """Who does it, and with which config."""
    for option in (
        click.option("--config", metavar="FILE", type=click.Path(), help="Config file."),
        click.option("--by", metavar="NAME", help="Who does this (default: the user of this machine)."),
    ):
        command = option(command)
    return command


def who(by: str | None) -> str:
    """Who does this."""
    return by or getpass.getuser()


def take(
    actions: tuple[str, ...], config: str | None, what: Step, by: str | None, why: str = "",
    proofs: tuple[str, ...] = (), owner: str | None = None, review_on: date | None = None,
) -> tuple[Moved, ...]:  # fmt: skip
    """Take a step, and tell it."""
    ports = adapters(config)
    plan, ids = keeping.named(ports, actions)
    if not ids:
        raise RequestError(f"no action of {plan} is named", fix=f"Name them: {plan} A1 A2.")
    moved = keeping.move(ports, plan, ids, what, who(by), why, proofs, owner, review_on)
    tell(moved)
    return moved


def tell(moved: tuple[Moved, ...]) -> None:
    """Print what changed, a line for each action."""
    lines = []
    for change in moved:
        fields = [f"{c.field} {c.old or 'nothing'} → {c.new or 'nothing'}" for c in change.event.changes]
        lines.append(f"{change.action.name}: {change.event.what} ({'; '.join(fields) or 'no field changed'})")
    result(plain("\n".join(lines) or "nothing was to be changed"))


@click.command(
    name="accept", epilog="\b\nExamples:\n  pma accept inc-42 A1 A3\n  pma accept inc-42/A2 --owner alice"
)
@_ACTIONS
@click.option("--owner", metavar="NAME", help="Who accepts it (default: the proposed owner).")
@common
def accept(*, actions: tuple[str, ...], owner: str | None, by: str | None, config: str | None) -> None:
    """Accept actions as somebody's own."""
    take(actions, config, Step.ACCEPT, by, owner=owner)


@click.command(name="start", epilog="\b\nExamples:\n  pma start inc-42 A1")
@_ACTIONS
@common
def start(*, actions: tuple[str, ...], by: str | None, config: str | None) -> None:
    """Say that work on actions has begun."""
    take(actions, config, Step.START, by)


@click.command(
    name="done",
    epilog="\b\nExamples:\n  pma done inc-42 A1 --evidence https://github.com/acme/shop/pull/7\n  pma done inc-42/A2",
)
@_ACTIONS
@click.option(
    "--evidence",
    multiple=True,
    metavar="TEXT",
    help="What shows that it works: a link, an output (repeatable).",
)
@click.option("--why", default="", metavar="TEXT", help="A remark for the history.")
@common
def done(
    *, actions: tuple[str, ...], evidence: tuple[str, ...], why: str, by: str | None, config: str | None
) -> None:
    """Claim that actions are done.

    That is a claim until it is verified."""
    moved = take(actions, config, Step.DONE, by, why, evidence)
    for change in moved:
        if not change.action.proofs:
            note(
                f"{change.action.name} has nothing that shows it works yet: pma verify {change.action.name} --evidence TEXT"
            )


@click.command(
    name="verify",
    epilog='\b\nExamples:\n  pma verify inc-42 A1 --evidence "alert fired in staging, 2 min after the query"\n'
    '  pma verify inc-42 A2 --failed --why "the timeout is not applied to batch jobs"\n'
    '  pma verify inc-42 A2 --ineffective --why "the same outage on 12 May"\n'
    "  pma verify inc-42 --run --repo ~/code/shop\n  pma verify inc-42 A2 --run --yes\n"
    "  pma verify inc-42 --template >> postmortem-actions.toml",
)
@_ACTIONS
@click.option(
    "--evidence",
    multiple=True,
    metavar="TEXT",
    help="What shows that it works: a link, an output (repeatable).",
)
@click.option("--failed", is_flag=True, help="It does not do what it should.")
@click.option("--ineffective", is_flag=True, help="It does what it should, and that did not help.")
@click.option(
    "--why", default="", metavar="TEXT", help="The reason (needed with --failed and --ineffective)."
)
@click.option(
    "--run",
    "run_checks",
    is_flag=True,
    help="Run the checks there are, after you have seen and allowed them.",
)
@click.option(
    "--repo", metavar="PATH", type=click.Path(), help="With --run: where the plan's artifacts were committed."
)
@click.option("--yes", is_flag=True, help="With --run: allow the checks without being asked.")
@click.option(
    "--template", is_flag=True, help="Print checks for the config, by the type of each verification, to be filled in."
)
@common
def verify(
    *, actions: tuple[str, ...], run_checks: bool, template: bool, repo: str | None, yes: bool, evidence: tuple[str, ...], failed: bool,
    ineffective: bool, why: str, by: str | None,
    config: str | None,
) -> int | None:  # fmt: skip
    """Say that actions are shown to work, or not to.

    P0 and P1 need evidence. With --run the checks of the config and of committed artifacts are shown, and run once
    allowed: what was claimed done becomes verified or failed. Nothing that an RCA says is ever run."""
    if template:
        from .verify_run import template as written

        return written(actions, config)
    if run_checks:
        from .verify_run import run

        return run(actions, config, who(by), repo, yes)
    if repo or yes:
        raise click.UsageError("--repo and --yes go with --run.", click.get_current_context())
    if failed and ineffective:
        raise click.UsageError("--failed or --ineffective, not both.", click.get_current_context())
    what = Step.FAIL if failed else Step.DOUBT if ineffective else Step.VERIFY
    take(actions, config, what, by, why, evidence)
    return None


@click.command(
    name="decline",
    epilog='\b\nExamples:\n  pma decline inc-42 A5 --why "the service is switched off in May"\n'
    '  pma decline inc-42 A6 --accept-risk --until 2027-03-01 --why "costs more than an hour a year"',
)
@_ACTIONS
@click.option("--why", default="", metavar="TEXT", help="The reason (needed).")
@click.option("--accept-risk", is_flag=True, help="The risk is known and carried, by whom --by names.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="When the risk is looked at again.",
)
@common
def decline(
    *,
    actions: tuple[str, ...],
    why: str,
    accept_risk: bool,
    until: datetime | None,
    by: str | None,
    config: str | None,
) -> None:
    """Decide that actions are not done, and why."""
    if until is not None and not accept_risk:
        raise click.UsageError("--until goes with --accept-risk.", click.get_current_context())
    what = Step.ACCEPT_RISK if accept_risk else Step.DECLINE
    take(actions, config, what, by, why, review_on=until.date() if until else None)


@click.command(
    name="reopen", epilog='\b\nExamples:\n  pma reopen inc-42 A5 --why "the service stays after all"'
)
@_ACTIONS
@click.option("--why", default="", metavar="TEXT", help="The reason (needed).")
@common
def reopen(*, actions: tuple[str, ...], why: str, by: str | None, config: str | None) -> None:
    """Take up actions again that were ended."""
    take(actions, config, Step.REOPEN, by, why)


STATES = tuple(state.value for state in ActionState)
