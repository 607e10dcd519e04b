"""``pma simulate``: the incident played again with the plan's alerts."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import click

from ...core.codec import encode
from ...core.simulate.judge import Verdict
from ...core.simulate.tradeoff import Choice
from ...core.text.spans import minutes_in_words
from ...service.simulating import Simulated, Simulation, simulate
from .options import adapters, plan_or_kept, source_options, today_option
from .terminal import plain, progress_of, result


@click.command(
    name="simulate",
    epilog="\b\nExamples:\n  pma simulate inc-42\n  pma simulate plan/plan.json\n  pma simulate incident.md --json",
)
@click.argument("plan", type=click.Path(allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
@source_options
@today_option
def command(
    *, plan: str, as_json: bool, config: str | None, encoding: str | None, max_bytes: int | None, allow_private: bool,
    today: datetime | None,
) -> None:  # fmt: skip
    """Play the incident again with a plan's alerts: which would have fired, and when.

    Each alert also runs through a quiet week of ordinary traffic, to see how often it would have cried wolf. Where the
    RCA does not say how a metric looked, that is assumed, and said. PLAN is the id of a kept plan, a plan.json, or an RCA."""
    ports = adapters(config, encoding, max_bytes, allow_private)
    told = simulate(ports, plan_or_kept(ports, plan, today), progress_of(sys.stderr))
    if as_json:
        result(json.dumps(_data(told), ensure_ascii=False, indent=2))
    else:
        result(plain("\n".join(_lines(told))))


def _lines(told: Simulation) -> list[str]:
    noticed = (
        f"people noticed after {_minutes(told.noticed)}"
        if told.noticed
        else "when people noticed is not told"
    )
    lines = [f"{told.plan.incident.title}: {_minutes(told.minutes)} of incident; {noticed}."]
    if not told.actions:
        lines += ["", "The plan proposes no alert rule that could be simulated."]
    for one in told.actions:
        lines += ["", f"{one.action.id} {one.action.title}"]
        for verdict in one.verdicts:
            lines += _verdict_lines(verdict)
        lines += [f"  {name}: cannot be simulated: {why}" for name, why in one.left]
        lines.append(f"  {_checked(one)}")
    if told.signals:
        lines += ["", "Coverage"]
        for line in told.signals:
            before = "not told" if line.minutes_before is None else _minutes(line.minutes_before)
            times = f", to detect: {before} → {_minutes(line.minutes_after)}"
            by = f" ({', '.join(line.by)})" if line.by else ""
            lines.append(
                f"  {line.signal}: {line.before} → {line.after}{by}{times if line.minutes_after is not None else ''}"
            )
    return lines


def _verdict_lines(verdict: Verdict) -> list[str]:
    rule = verdict.rule
    if verdict.why or verdict.delay is None:
        return [f"  {rule.name}: does not fire: {verdict.why or 'not in this incident'}"]
    wolf = f"{verdict.false_alarms} false alarm{'' if verdict.false_alarms == 1 else 's'} in a quiet week"
    lines = [f"  {rule.name}: fires after {_minutes(verdict.delay / 60)}; {wolf}"]
    if verdict.better is not None:
        lines.append(f"    better: {_choice(verdict.better)}")
    lines += [f"    {text}" for text in verdict.assumed]
    if verdict.choices:
        lines.append("    trade-off (share of the threshold, for, fires after, false alarms a week):")
        for share in sorted({choice.share for choice in verdict.choices}):
            row = [c for c in verdict.choices if c.share == share]
            cells = [
                f"{c.hold:g}m {_minutes(None if c.delay is None else c.delay / 60)} {c.false_alarms}"
                for c in row
            ]
            lines.append(f"      × {share:g}: {' | '.join(cells)}")
    return lines


def _choice(choice: Choice) -> str:
    threshold = "the threshold as it is" if choice.share == 1 else f"the threshold × {choice.share:g}"
    fires = "never" if choice.delay is None else f"after {_minutes(choice.delay / 60)}"
    return f"{threshold}, for: {choice.hold:g}m fires {fires}, {choice.false_alarms} false alarms"


def _checked(one: Simulated) -> str:
    if one.checked is None:
        return "computed in process (promtool is not installed)"
    if one.checked and not one.tests:
        return "promtool takes the rules; what they do was computed in process"
    return "promtool agrees" if one.checked else f"promtool does not agree: {one.complaint}"


def _minutes(value: float | None) -> str:
    return "never" if value is None else minutes_in_words(value)


def _data(told: Simulation) -> dict[str, object]:
    return {
        "incident": told.plan.incident.title, "minutes": told.minutes, "noticed_after_minutes": told.noticed,
        "actions": [
            {
                "action": one.action.id, "title": one.action.title, "proved": one.proved, "promtool": one.checked,
                "left": [{"alert": name, "why": why} for name, why in one.left],
                "alerts": [
                    {
                        "alert": v.rule.name, "expr": v.rule.text, "for_seconds": v.rule.hold, "fires_after_seconds": v.delay,
                        "false_alarms_in_a_week": v.false_alarms, "proved": v.proved, "why": v.why, "assumed": list(v.assumed),
                        "better": encode(v.better), "choices": [encode(c) for c in v.choices],
                    }
                    for v in one.verdicts
                ],
            }
            for one in told.actions
        ],
        "coverage": [encode(line) for line in told.signals],
    }  # fmt: skip
