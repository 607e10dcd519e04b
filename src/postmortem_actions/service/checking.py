"""Running what can be run to show that actions work, and keeping what it showed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.artifacts.files import artifact_files
from ..core.check_templates import check_template
from ..core.checking import Check, Outcome, chosen, own_checks, verdicts
from ..core.model import Plan
from ..core.policy import ActionState, CheckType
from ..core.tracking.keep import plan_of
from ..core.tracking.life import Step
from . import keeping
from .planning import Ports
from .stacking import fitted, stack_of

_SHOWN = 300  # characters of a check's output in the history


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking: outcomes, what was kept (action, what), and what is left to people (action, how)."""

    outcomes: tuple[Outcome, ...]
    kept: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, str], ...] = ()


def _by(kind: CheckType | None) -> str:
    return f" ({kind.words})" if kind else ""


def checks_of(ports: Ports, plan: str, actions: Sequence[str], repository: str | None) -> tuple[Check, ...]:
    """The checks there are for these actions of a kept plan (none named: all). Raises StoreError, ConfigError, SourceError."""
    record, tracked = keeping.read_kept(ports, plan)
    wanted = list(actions) or [a.id for a in tracked if a.state.is_unfinished]
    given = ports.config.read().checks
    own: tuple[Check, ...] = ()
    if repository:
        there = frozenset(ports.repository(repository).paths())
        made, team = fitted(ports, plan_of(record), stack_of(ports, "", repository))
        own = own_checks(
            artifact_files(made, record.id, ports.artifact_forms(), team), there, _plan_name(made), wanted
        )
    return chosen([*given, *own], record.id, wanted)


def _plan_name(plan: Plan) -> str:
    return plan.incident.id.text if plan.incident.id else plan.incident.title


def templates(ports: Ports, plan: str, actions: Sequence[str]) -> str:
    """Checks for these actions of a kept plan (none named: all unfinished), to be filled in and put into the config: by
    the type of each verification. Raises StoreError."""
    record, tracked = keeping.read_kept(ports, plan)
    wanted = list(actions) or [a.id for a in tracked if a.state.is_unfinished]
    given = {one.action for one in ports.config.read().checks if not one.plan or record.id.startswith(one.plan)}
    parts = [check_template(a, record.id) for a in plan_of(record).actions if a.id in wanted and a.id not in given]
    return "\n".join(parts)


def run_checks(
    ports: Ports, plan: str, checks: Sequence[Check], repository: str | None, by: str,
    progress: Callable[[str], None] | None = None,
) -> Checked:  # fmt: skip
    """Run checks that somebody has allowed, and keep what they show: an action that is claimed done becomes verified or
    failed; for any other the result is kept as evidence. Raises StoreError."""
    record, tracked = keeping.read_kept(ports, plan)
    states = {action.id: action.state for action in tracked}
    runner, mask = ports.check_runner(repository), ports.mask()
    outcomes = []
    for check in checks:
        if progress:
            progress(f"{check.action} {check.name}")
        outcomes.append(runner.run(check))
    if progress:
        progress("")
    kept = []
    for action, shown in verdicts(outcomes).items():
        own = [one for one in outcomes if one.check.action == action and one.passed is not None]
        proofs = [
            mask(f"{one.check.name}: {'passed' if one.passed else 'failed'}: {one.output[:_SHOWN]}").text
            for one in own
        ]
        if states.get(action) is ActionState.CLAIMED_DONE and shown is not None:
            why = "" if shown else "; ".join(one.check.name for one in own if not one.passed)
            step = Step.VERIFY if shown else Step.FAIL
            keeping.move(ports, record.id, [action], step, by, why, proofs)
            kept.append((action, "verified" if shown else "failed"))
        elif shown:
            keeping.add_proof(ports, record.id, [action], proofs, by)
            kept.append((action, "evidence kept; it is not claimed done yet"))
        else:
            kept.append(
                (action, "nothing shown" if shown is None else f"failed, and is {states[action].value}")
            )
    made = plan_of(record)
    asked = {check.action for check in checks}
    people = tuple(
        (a.id, f"{a.verification.method}{_by(a.verification.type)}: {a.verification.success}") for a in made.actions
        if a.id in asked and verdicts(outcomes).get(a.id) is None
    )  # fmt: skip
    return Checked(tuple(outcomes), tuple(kept), people)
