"""Writing a plan's artifacts as files, alert rules with unit tests that promtool runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.artifacts.files import ArtifactFile, artifact_files, is_rules, unit_test_path
from ..core.model import Plan
from .planning import Ports
from .simulating import simulate

_INDEX = "ARTIFACTS.md"  # not README.md, which a folder may have


@dataclass(frozen=True, slots=True)
class Filed:
    """Files as (path, text), with the artifacts that they hold."""

    files: tuple[tuple[str, str], ...]
    artifacts: tuple[ArtifactFile, ...]


def artifact_tree(
    ports: Ports, plan: Plan, name: str, progress: Callable[[str], None] | None = None
) -> Filed:
    """Everything that ``pma artifacts`` writes, with an index that says what is still to be filled in."""
    artifacts = artifact_files(plan, name)
    files = [(one.path, one.text) for one in artifacts]
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
    return Filed((*files, (_INDEX, _index(name, artifacts, files))) if files else (), artifacts)


def _index(name: str, artifacts: Sequence[ArtifactFile], files: Sequence[tuple[str, str]]) -> str:
    lines = [
        f"# Artifacts of {name}",
        "",
        "| file | action | still to fill in | check |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {one.path} | {one.action} | {', '.join(one.todo) or 'nothing'} | {f'`{one.check}`' if one.check else 'read it'} |"
        for one in artifacts
    ]
    known = {one.path for one in artifacts}
    lines += [
        f"| {path} |  | nothing | `promtool test rules {path}` |" for path, _ in files if path not in known
    ]
    return "\n".join(lines) + "\n"
