"""``pma related``: earlier incidents like this one."""

from __future__ import annotations

import getpass
import json
from datetime import datetime

import click

from ... import service
from ...core.codec import encode
from ...core.tracking.life import Step
from ...core.tracking.related import Related
from ...service import keeping, telling
from .options import adapters, day, source_options, today_option
from .terminal import note, plain, result


@click.command(
    name="related",
    epilog="\b\nExamples:\n  pma related incident.md\n  pma related incident.md --mark --by dana\n  pma related inc-42 --json",
)
@click.argument("rca", type=click.Path(allow_dash=True))
@click.option(
    "--mark", is_flag=True, help="Mark verified actions ineffective that did not keep this incident away."
)
@click.option("--by", metavar="NAME", help="Who marks them (default: the user of this machine).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Config file.")
@source_options
@today_option
def command(
    *, rca: str, mark: bool, by: str | None, as_json: bool, config: str | None, encoding: str | None, max_bytes: int | None,
    allow_private: bool, today: datetime | None,
) -> None:  # fmt: skip
    """Find earlier incidents like this one, and what became of their actions.

    The same failure, service or cause count.

    RCA is a document as for 'pma plan', a plan.json, or the id of a kept plan."""
    ports = adapters(config, encoding, max_bytes, allow_private)
    with ports.store().read() as reading:
        kept = reading.plan(rca)
    if kept is not None:
        from ...core.tracking.keep import plan_of

        found = telling.related(ports, plan_of(kept), kept.id)
    else:
        made = service.plan_or_read(ports, service.PlanOrder(rca, today=day(today)))
        found = telling.related(ports, made)
    if as_json:
        result(json.dumps([_data(one) for one in found], ensure_ascii=False, indent=2))
    else:
        result(
            plain(
                "\n".join(line for one in found for line in _lines(one))
                or "no earlier incident is like this one"
            )
        )
    doubtful = [action for one in found for action in one.doubtful if action.state.value == "verified"]
    if not mark:
        if doubtful and not as_json:
            note("--mark says of verified actions that they were ineffective")
        return
    for action in doubtful:
        why = f"the same kind of failure again: {rca}"
        keeping.move(ports, action.plan, [action.id], Step.DOUBT, by or getpass.getuser(), why)
        note(f"{action.name}: ineffective")


def _lines(one: Related) -> list[str]:
    told = f"{one.plan.id}  {one.plan.title} ({one.plan.date or 'no date'}, {one.score:.0%} alike)"
    lines = [told, *(f"  {why}" for why in one.why)]
    lines += [
        f"  would have helped, and was {a.state.value}: {a.name} {a.title}" for a in one.would_have_helped
    ]
    lines += [
        f"  in doubt: {a.name} {a.title} was {a.state.value}, and the failure came again"
        for a in one.doubtful
    ]
    return lines


def _data(one: Related) -> dict[str, object]:
    return {
        "plan": one.plan.id, "title": one.plan.title, "date": encode(one.plan.date), "score": one.score, "why": list(one.why),
        "repeats": one.repeats, "would_have_helped": [encode(a) for a in one.would_have_helped],
        "doubtful": [encode(a) for a in one.doubtful],
    }  # fmt: skip
