"""``pma catalogue``: the rules that recognise failure modes and answer them."""

from __future__ import annotations

import json

import click

from ... import service
from ...service import PlanOrder
from . import exits
from .options import adapters, config_options, one_source, source_options
from .terminal import plain, result


@click.group(
    name="catalogue",
    epilog="\b\nExamples:\n  pma catalogue list\n  pma catalogue show databases.missing-index\n"
    "  pma catalogue check ./pma-rules\n  pma catalogue explain incident.md",
)
def command() -> None:
    """Look into the rules that recognise failure modes."""


@command.command(
    name="list",
    epilog="\b\nExamples:\n  pma catalogue list\n  pma catalogue list --rules ./pma-rules --json",
)
@config_options
@click.option("--json", "as_json", is_flag=True, help="As JSON: id, title, area and number of actions.")
def list_rules(rules: tuple[str, ...], config: str | None, as_json: bool) -> None:
    """List all rules."""
    found = service.rules(adapters(config), rules)
    if as_json:
        rows = [{"id": r.id, "title": r.title, "area": r.area, "actions": len(r.actions)} for r in found]
        result(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    width = max((len(rule.id) for rule in found), default=0)
    lines = [f"{rule.id:<{width}}  {rule.title}" for rule in found]
    result(plain("\n".join([*lines, "", f"{len(found)} rules"])))


@command.command(
    name="show",
    epilog="\b\nExamples:\n  pma catalogue show databases.missing-index\n  pma catalogue show missing-index",
)
@click.argument("rule_id", metavar="ID")
@config_options
def show(rule_id: str, rules: tuple[str, ...], config: str | None) -> None:
    """Show one rule: how it is recognised, and which actions answer it."""
    from .rule_text import rule_text

    result(plain(rule_text(service.rule(adapters(config), rules, rule_id))))


@command.command(
    name="check",
    epilog="\b\nExamples:\n  pma catalogue check\n  pma catalogue check ./pma-rules",
)
@click.argument("folders", nargs=-1, metavar="[DIR]...", type=click.Path())
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file whose rules are checked too.")
def check(folders: tuple[str, ...], config: str | None) -> int:
    """Check rules, and name file and line of every fault.

    Without DIR, the built-in rules and those of the config are checked. The exit code is 1 where there is a
    fault.
    """
    catalogue, faults = service.check_rules(adapters(config), folders)
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        result(plain("\n".join([*map(str, faults), "", count])))
        return exits.FOUND_FAULTS
    result(f"{len(catalogue.rules)} rules, no fault")
    return exits.OK


@command.command(
    name="explain",
    epilog="\b\nExamples:\n  pma catalogue explain incident.md\n  pma catalogue explain incident.md --all",
)
@click.argument("rca", nargs=-1, type=click.Path(allow_dash=True))
@click.option("--all", "everything", is_flag=True, help="Show every near miss, not only the first 10.")
@config_options
@source_options
def explain(
    *,
    rca: tuple[str, ...],
    everything: bool,
    rules: tuple[str, ...],
    config: str | None,
    encoding: str | None,
    max_bytes: int | None,
    allow_private: bool,
) -> None:
    """Show which rules an RCA matches, by which phrases and lines, and which nearly."""
    from .rule_text import match_text

    ports = adapters(config, encoding, max_bytes, allow_private)
    report = service.explain_rules(ports, PlanOrder(one_source(rca), rules=rules))
    result(plain(match_text(report, most_near=None if everything else 10)))
