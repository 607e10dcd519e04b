"""Playing the incident again with the alerts of a plan: which would have fired, when, and how often in a quiet week."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..core.artifacts.files import is_rules, parts_of
from ..core.model import Action, Plan
from ..core.model.plan import DetectionProof
from ..core.policy import CoverageLevel
from ..core.promql.ast import NotSupported
from ..core.simulate.judge import Said, Verdict, judge
from ..core.simulate.stated import stated
from ..core.simulate.unit_tests import UnitTest, unit_test
from ..core.text.words import content_stems
from .planning import Ports

_PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|_|\W")  # of names: DependencySlow, dependency_calls_total
_LONG_ENOUGH = 60.0  # minutes of incident, where the RCA does not tell how long it was


@dataclass(frozen=True, slots=True)
class Simulated:
    """An action's alerts. ``left`` are (alert, why) that could not be simulated; ``checked`` whether promtool agrees, None
    where it is not installed; ``complaint`` is what it says against it."""

    action: Action
    verdicts: tuple[Verdict, ...]
    left: tuple[tuple[str, str], ...]
    tests: tuple[UnitTest, ...] = ()
    checked: bool | None = None
    complaint: str = ""

    @property
    def proved(self) -> bool:
        """Whether one of its alerts fires in the incident and stays quiet in the week."""
        return any(verdict.proved for verdict in self.verdicts) and self.checked is not False


@dataclass(frozen=True, slots=True)
class SignalLine:
    """A line of the coverage map: how a signal was and will be watched; minutes to detect before and after, None where that
    cannot be told."""

    signal: str
    before: str
    after: str
    minutes_before: float | None
    minutes_after: float | None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulation:
    """Everything about a plan. ``minutes`` is how long the incident was taken to be; ``noticed`` after how many minutes
    people noticed, None where the RCA does not tell."""

    plan: Plan
    minutes: float
    noticed: float | None
    actions: tuple[Simulated, ...]
    signals: tuple[SignalLine, ...]


def simulate(ports: Ports, plan: Plan, progress: Callable[[str], None] | None = None) -> Simulation:
    """Simulate every alert that the plan proposes, with the incident's length and reach as far as the RCA tells them."""
    incident = plan.incident
    length = incident.time_to_resolve or incident.blast_radius.duration
    noticed = incident.time_to_detect.minutes if incident.time_to_detect else None
    minutes = max(length.minutes if length else _LONG_ENOUGH, noticed or 0.0)
    percent = incident.blast_radius.user_percent
    share = percent / 100 if percent and 0 < percent <= 100 else None
    told = stated(plan)
    done = []
    for action in plan.actions:
        parts = parts_of(action.artifact) if action.artifact is not None else []
        body = next((part.body for part in parts if part.language == "yaml" and is_rules(part.body)), "")
        if not body:
            continue
        if progress:
            progress(f"{action.id} {action.title}")
        done.append(_one(ports, action, body, Said(minutes, share, told, noticed)))
    if progress:
        progress("")
    return Simulation(plan, minutes, noticed, tuple(done), _signals(plan, done, noticed))


def with_proofs(ports: Ports, plan: Plan, progress: Callable[[str], None] | None = None) -> Plan:
    """The plan whose coverage map says what a simulation proves."""
    lines = {line.signal: line for line in simulate(ports, plan, progress).signals}
    rows = []
    for row in plan.coverage.rows:
        line = lines.get(row.signal)
        proof = None
        if line is not None and line.minutes_after is not None:
            proof = DetectionProof(line.by, line.minutes_before, line.minutes_after)
        rows.append(replace(row, proof=proof))
    return replace(plan, coverage=replace(plan.coverage, rows=tuple(rows)))


def _one(ports: Ports, action: Action, body: str, said: Said) -> Simulated:
    rules, left = ports.alert_rules(body)
    verdicts, tests = [], []
    for rule in rules:
        try:
            verdict = judge(rule, said.minutes, said.share_hit, said.stated, said.noticed)
        except NotSupported as error:
            left = [*left, (rule.name, str(error))]
            continue
        verdicts.append(verdict)
        if (test := unit_test(verdict, said.minutes)) is not None:
            tests.append(test)
    complaint = ports.promtool().complaint(body, tests)
    return Simulated(
        action,
        tuple(verdicts),
        tuple(left),
        tuple(tests),
        None if complaint is None else not complaint,
        complaint or "",
    )


def _signals(plan: Plan, done: Sequence[Simulated], noticed: float | None) -> tuple[SignalLine, ...]:
    by_action = {one.action.id: one for one in done}
    lines = []
    for row in plan.coverage.rows:
        givers = [by_action[name] for name in row.after_p2.by if name in by_action]
        proved = [one for one in givers if one.proved and any(_speaks_of(v, row.signal) for v in one.verdicts)]
        delays = [
            v.delay / 60
            for one in proved
            for v in one.verdicts
            if v.proved and v.delay is not None and _speaks_of(v, row.signal)
        ]
        if proved:
            after = "proved by simulation"
        elif row.after_p2.level is row.before.level and not row.after_p2.by:
            after = "none" if row.before.level is CoverageLevel.NONE else "as before"
        else:
            after = "planned"
        names = tuple(one.action.id for one in proved) or row.after_p2.by
        before = noticed if row.before.level is CoverageLevel.NONE else None
        lines.append(
            SignalLine(row.signal, row.before.level.value, after, before, min(delays, default=None), names)
        )
    return tuple(lines)


def _speaks_of(verdict: Verdict, signal: str) -> bool:
    """Whether an alert that is proved has a word in common with a signal: its name, its text, or its metrics."""
    rule = verdict.rule
    if not verdict.proved or rule.name.startswith("TODO"):
        return False
    said = " ".join([_PARTS.sub(" ", rule.name), rule.summary, _PARTS.sub(" ", rule.text)])
    return bool(content_stems(signal) & content_stems(said))
