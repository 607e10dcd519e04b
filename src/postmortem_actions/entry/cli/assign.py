"""``pma assign``: accept or change owners and dates of a plan, question by question or by options."""

from __future__ import annotations

import getpass
import sys
from datetime import date, datetime
from pathlib import Path

import click

from ... import service
from ...core.model import Action, Plan
from ...core.planning.decide import Decisions, choices, open_actions
from ...errors import RequestError
from .options import adapters, day, today_option
from .plan import FILES, text_of
from .terminal import note, plain, result

_KEYS = "a accept · 1–8 choose · n another name · s skip · q stop"


@click.command(
    name="assign",
    epilog="\b\nExamples:\n  pma assign plan/plan.json\n  pma assign plan/plan.json --set A3=alice --set A4=bob\n"
    "  pma assign plan/plan.json --accept all --due A2=2026-12-11 --by dana",
)
@click.argument("plan", type=click.Path())
@click.option("--set", "owners", multiple=True, metavar="ID=NAME", help="Make somebody the owner of an action.")
@click.option("--due", "dues", multiple=True, metavar="ID=DATE", help="Set an action's due date (YYYY-MM-DD).")
@click.option("--accept", multiple=True, metavar="ID", help="Accept the proposed owner; 'all' accepts every one there is.")
@click.option("--by", metavar="NAME", help="Who decides (default: the user of this machine).")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@today_option
def command(
    *,
    plan: str,
    owners: tuple[str, ...],
    dues: tuple[str, ...],
    accept: tuple[str, ...],
    by: str | None,
    dry_run: bool,
    today: datetime | None,
) -> None:
    """Decide who owns the actions of a plan, and by when.

    PLAN is a plan.json of 'pma plan -o DIR'. Without options every open action is asked, one key each. What is
    decided is written into the plan, and into the other files of the plan that lie beside it.
    """
    ports = adapters()
    made = service.read_plan(ports, plan)
    if owners or dues or accept:
        decisions = _given(made, owners, dues, accept)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        decisions = _asked(made)
    else:
        raise click.UsageError(
            "there is no terminal to ask on: decide with --set, --due and --accept.", click.get_current_context()
        )
    if not (decisions.owners or decisions.dues or decisions.accepted):
        note("nothing was decided; the plan is as it was")
        return
    decided = service.decide(ports, made, decisions, by or getpass.getuser(), day(today))
    result(plain("\n".join(_changes(made, decided))))
    place = Path(plan)
    files = [(place.name, text_of(decided, "json"))]
    files += [
        (name, text_of(decided, kind)) for name, kind in FILES if kind != "json" and (place.parent / name).exists()
    ]
    if dry_run:
        note(f"would write: {', '.join(name for name, _ in files)}")
    else:
        note(f"written: {', '.join(ports.output.write(str(place.parent), files, force=True))}")


def _given(
    plan: Plan, owners: tuple[str, ...], dues: tuple[str, ...], accept: tuple[str, ...]
) -> Decisions:
    named = dict(_pair("--set", text) for text in owners)
    dated: dict[str, date] = {}
    for text in dues:
        action, value = _pair("--due", text)
        try:
            dated[action] = date.fromisoformat(value)
        except ValueError:
            raise RequestError(f"--due {text}: {value!r} is no date", fix="Write it as YYYY-MM-DD.") from None
    everything = [a.id for a in plan.actions if a.owner.person and not a.owner.accepted and a.id not in named]
    ids = [name for text in accept for name in (everything if text.lower() == "all" else [text])]
    return Decisions(named, dated, tuple(dict.fromkeys(ids)))


def _pair(option: str, text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not (mark and name.strip() and value.strip()):
        raise RequestError(f"{option} {text}: there is no ID=VALUE in it", fix=f"Write {option} A3=VALUE.")
    return name.strip(), value.strip()


def _asked(plan: Plan) -> Decisions:
    named: dict[str, str] = {}
    accepted: list[str] = []
    waiting = open_actions(plan)
    for number, action in enumerate(waiting, 1):
        known = choices(plan, action)
        click.echo(plain("\n".join(_question(action, number, len(waiting), [f"{c.person} ({c.why})" for c in known]))))
        while True:
            key = click.getchar().lower()
            if key == "q":
                return Decisions(named, {}, tuple(accepted))
            if key == "s":
                break
            if key == "a" and action.owner.person:
                accepted.append(action.id)
                break
            if key.isdigit() and 1 <= int(key) <= len(known):
                named[action.id] = known[int(key) - 1].person
                break
            if key == "n":
                named[action.id] = click.prompt("Name or handle")
                break
            click.echo(_KEYS)
    return Decisions(named, {}, tuple(accepted))


def _question(action: Action, number: int, count: int, known: list[str]) -> list[str]:
    owner = f"{action.owner.person}: {action.owner.why}" if action.owner.person else f"nobody: {action.owner.why}"
    lines = ["", f"[{number}/{count}] {action.id} {action.priority.value} {action.title}", f"  proposed: {owner}"]
    lines += [f"  due: {action.due.on or 'no date'}"]
    lines += [f"  {n}  {text}" for n, text in enumerate(known, 1)]
    return [*lines, f"  {_KEYS}"]


def _changes(before: Plan, after: Plan) -> list[str]:
    lines = []
    for old, new in zip(before.actions, after.actions, strict=True):
        if old.owner != new.owner:
            how = "accepted" if old.owner.person == new.owner.person else f"was {old.owner.person or 'nobody'}"
            lines.append(f"{new.id}: owner {new.owner.person} ({how})")
        if old.due != new.due:
            lines.append(f"{new.id}: due {new.due.on} (was {old.due.on or 'no date'})")
    return lines

