"""Writing a plan's artifacts as files: alert rules with unit tests that promtool runs, and sheets for what people verify."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.artifacts.files import ArtifactFile, artifact_files, is_rules, unit_test_path
from ..core.artifacts.sheets import is_for_people, sheet
from ..core.model import Plan
from ..core.policy import Priority
from ..core.stack import StackFind
from .planning import Ports
from .simulating import simulate
from .stacking import fitted

_INDEX = "ARTIFACTS.md"  # not README.md, which a folder may have
_LANGUAGES = {
    "python": "Python", "typescript": "TypeScript", "javascript": "JavaScript", "go": "Go", "java": "Java", "ruby": "Ruby"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filed:
    """Files as (path, text), with the artifacts that they hold."""

    files: tuple[tuple[str, str], ...]
    artifacts: tuple[ArtifactFile, ...]


def artifact_tree(
    ports: Ports, plan: Plan, name: str, progress: Callable[[str], None] | None = None, stack: Sequence[StackFind] = ()
) -> Filed:  # fmt: skip
    """Everything that ``pma artifacts`` writes, with an index that says what is still to be filled in, and what was
    written for another stack than the team's, as far as that is known. ``stack`` overrides what the plan knows of it."""
    plan, team = fitted(ports, plan, stack)
    stack = plan.stack
    artifacts = artifact_files(plan, name, ports.artifact_forms(), team)
    files = [(one.path, one.text) for one in artifacts]
    rows = [_row(one, stack) for one in artifacts]
    by_action = {one.action.id: one for one in simulate(ports, plan, progress).actions}
    for one in artifacts:
        found = by_action.get(one.action)
        if found is None or not found.tests or not is_rules(one.body):
            continue
        path = unit_test_path(one.path)
        head = f"# The incident as it would have looked, for the alerts of {one.action}. Run: promtool test rules {path}\n"
        assumed = dict.fromkeys(text for verdict in found.verdicts for text in verdict.assumed)
        head += "".join(f"# {text}\n" for text in assumed)
        files.append((path, head + ports.unit_test_file(one.path.rpartition("/")[2], one.body, found.tests)))
        rows.append(f"| {path} | {one.action} | nothing | `promtool test rules {path}` |")
    for action in plan.actions:
        if action.priority in (Priority.P0, Priority.P1) and is_for_people(action):
            path = f"docs/verification/{action.id.lower()}.md"
            files.append((path, sheet(action, name)))
            rows.append(f"| {path} | {action.id} | the result | carry it out |")
    if not files:
        return Filed((), ())
    head = f"# Artifacts of {name}\n\n| file | action | still to fill in | check |\n| --- | --- | --- | --- |\n"
    return Filed((*files, (_INDEX, head + "\n".join(rows) + "\n")), artifacts)


def _row(one: ArtifactFile, stack: Sequence[StackFind]) -> str:
    check = f"`{one.check}`" if one.check else "read it"
    return f"| {one.path} | {one.action} | {', '.join(one.todo) or 'nothing'}{_foreign(one, stack)} | {check} |"


def _foreign(one: ArtifactFile, stack: Sequence[StackFind]) -> str:
    """That a file is written for something else than the team uses; empty where that is not known."""
    kind, made_for = "language", _LANGUAGES.get(one.language, "")
    if one.language == "yaml" and is_rules(one.body):
        kind, made_for = "monitoring", "Prometheus"
    used = [found.name for found in stack if found.kind == kind and found.counts]
    if not made_for or not used or made_for in used or (made_for == "Prometheus" and "Grafana" in used):
        return ""
    return f"; written for {made_for}, and the team uses {', '.join(used)}: take it as a pattern"
