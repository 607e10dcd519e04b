"""The plan on one screen: what a person wants to see first, and where the rest is."""

from __future__ import annotations

import os
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...core.model import Action, Owner, Plan, Problem, Severity
from .terminal import plain

_PRIORITY_STYLES = {"P0": "bold red", "P1": "yellow", "P2": "cyan", "P3": "dim"}
_SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "dim"}
_PIPE_WIDTH = 110
_MOST_PROBLEMS = 6


def overview(plan: Plan, again: str, *, colour: bool) -> str:
    """The plan as a table with its heading, problems and hints. ``again`` are the arguments of the call, so
    that the hints lead to this very plan."""
    width = None if os.environ.get("COLUMNS") or os.isatty(1) else _PIPE_WIDTH
    console = Console(
        width=width, force_terminal=colour, no_color=not colour, highlight=False, legacy_windows=False,
        color_system="standard" if colour else None,
    )  # fmt: skip
    with console.capture() as captured:
        for line in _heading(plan):
            console.print(line)
        console.print(_table(plan.actions) if plan.actions else Text("No actions were found."))
        for line in (*_counts(plan), *_problems(plan.problems)):
            console.print(line)
        for line in _hints(plan, again):
            console.print(line, soft_wrap=True)  # to be copied as they are
    # Without colour every line is plain text: no trailing blanks to copy along.
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _heading(plan: Plan) -> Iterable[Text | Table]:
    incident = plan.incident
    known = [incident.id.text if incident.id else "", incident.severity.text if incident.severity else ""]
    known.append(incident.date.isoformat() if incident.date else "")
    told = ", ".join(part for part in known if part)
    yield Text(plain(incident.title + (f" ({told})" if told else "")), style="bold")
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column()
    for name, value in (
        ("Theme", plan.summary.theme),
        ("Failed", plan.summary.primary_failure_mode),
        ("Leverage", plan.summary.leverage_point),
    ):
        if value:
            facts.add_row(name, Text(plain(value)))
    yield facts
    yield Text()


def _table(actions: Iterable[Action]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("ID", "Prio", "Category", "Action", "Effort"):
        is_long = name == "Action"
        table.add_column(name, no_wrap=not is_long, ratio=3 if is_long else None)
    table.add_column("Owner", ratio=1, overflow="fold")
    table.add_column("Due", no_wrap=True)
    for action in actions:
        table.add_row(
            Text(action.id),
            Text(action.priority.value, style=_PRIORITY_STYLES[action.priority.value]),
            Text(action.category.value.capitalize()),
            Text(plain(action.title)),
            Text(action.effort.value),
            _owner(action.owner),
            Text(_due(action), style="red" if action.due.late else ""),
        )
    return table


def _owner(owner: Owner) -> Text:
    if owner.person is not None:
        return Text(plain(owner.person))
    return Text("unresolved", style="magenta")


def _due(action: Action) -> str:
    if action.due.on is None:
        return "none"
    return action.due.on.isoformat() + (" (late)" if action.due.late else "")


def _counts(plan: Plan) -> Iterable[Text]:
    before, *_, after = plan.coverage.covered
    rows = len(plan.coverage.rows)
    yield Text()
    yield Text(
        f"{len(plan.actions)} action{'s' if len(plan.actions) != 1 else ''}, {len(plan.deferred)} deferred; "
        f"{before} of {rows} signals are covered now, {after} once all are done and verified."
    )


def _problems(problems: tuple[Problem, ...]) -> Iterable[Text | Table]:
    if not problems:
        return
    yield Text()
    yield Text("Problems in what was read", style="bold")
    order = list(Severity)
    worst = sorted(problems, key=lambda problem: order.index(problem.severity))
    rows = Table.grid(padding=(0, 2, 0, 0))
    rows.add_column(no_wrap=True)
    rows.add_column()
    for problem in worst[:_MOST_PROBLEMS]:
        line = f"L{problem.line}: " if problem.line else ""
        word = Text(problem.severity.value, style=_SEVERITY_STYLES[problem.severity])
        rows.add_row(word, Text(plain(line + problem.message)))
    yield rows
    if len(problems) > _MOST_PROBLEMS:
        yield Text(f"({len(problems) - _MOST_PROBLEMS} more in section 9 of the plan)")


def _hints(plan: Plan, again: str) -> Iterable[Text]:
    first = plan.actions[0].id if plan.actions else None
    yield Text()
    yield Text(f"Whole plan:    pma plan {again} --format markdown", style="dim")
    yield Text(f"Write files:   pma plan {again} -o plan/", style="dim")
    if first is not None:
        yield Text(f"Ask why:       pma explain {again} {first}", style="dim")
