"""Writing a plan's artifacts as files: alert rules with unit tests that promtool runs, the same alerts for other monitoring, a
dashboard of what they watch, and sheets for what people verify."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.artifacts.dashboards import Watched, dashboard
from ..core.artifacts.files import ArtifactFile, artifact_files, is_rules, open_slots, unit_test_path
from ..core.artifacts.sheets import is_for_people, sheet
from ..core.model import Plan
from ..core.policy import Form, Priority
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


@dataclass(frozen=True, slots=True)
class _Extra:
    """A file that is made from others: with a row of the index."""

    path: str
    text: str
    action: str
    todo: str
    check: str

    @property
    def row(self) -> str:
        """Its row."""
        return f"| {self.path} | {self.action} | {self.todo} | {self.check} |"


def artifact_tree(
    ports: Ports, plan: Plan, name: str, progress: Callable[[str], None] | None = None, stack: Sequence[StackFind] = ()
) -> Filed:  # fmt: skip
    """Everything that ``pma artifacts`` writes, with an index that says what is still to be filled in, and what was
    written for another stack than the team's, as far as that is known. ``stack`` overrides what the plan knows of it."""
    plan, team = fitted(ports, plan, stack)
    artifacts = artifact_files(plan, name, ports.artifact_forms(), team)
    extras = _dashboards(ports, plan, name, artifacts)
    drawn = {action for one in extras for action in one.action.split(", ")}
    # What watches is drawn from the alerts, so a dashboard whose metrics are still to be named is not needed beside it.
    by_id = {action.id: action for action in plan.actions}
    artifacts = tuple(
        one for one in artifacts
        if not (one.action in drawn and by_id[one.action].form is Form.DASHBOARD and by_id[one.action].artifact is None)
    )  # fmt: skip
    rows = [_row(one, plan.stack) for one in artifacts]
    extras += [
        *_tests(ports, plan, artifacts, progress), *_monitors(ports, plan, artifacts), *_sheets(plan, name)
    ]  # fmt: skip
    files = [*((one.path, one.text) for one in artifacts), *((one.path, one.text) for one in extras)]
    if not files:
        return Filed((), ())
    head = f"# Artifacts of {name}\n\n| file | action | still to fill in | check |\n| --- | --- | --- | --- |\n"
    index = head + "\n".join([*rows, *(one.row for one in extras)]) + "\n"
    return Filed((*files, (_INDEX, index)), artifacts)


def _tests(
    ports: Ports, plan: Plan, artifacts: Sequence[ArtifactFile], progress: Callable[[str], None] | None
) -> list[_Extra]:
    by_action = {one.action.id: one for one in simulate(ports, plan, progress).actions}
    made = []
    for one in artifacts:
        found = by_action.get(one.action)
        if found is None or not found.tests or not is_rules(one.body):
            continue
        path = unit_test_path(one.path)
        head = f"# The incident as it would have looked, for the alerts of {one.action}. Run: promtool test rules {path}\n"
        assumed = dict.fromkeys(text for verdict in found.verdicts for text in verdict.assumed)
        head += "".join(f"# {text}\n" for text in assumed)
        text = head + ports.unit_test_file(one.path.rpartition("/")[2], one.body, found.tests)
        made.append(_Extra(path, text, one.action, "nothing", f"`promtool test rules {path}`"))
    return made


def _monitors(ports: Ports, plan: Plan, artifacts: Sequence[ArtifactFile]) -> list[_Extra]:
    """The alerts for the other monitoring that the team uses; what cannot be told there is said."""
    made = []
    for product in _monitoring(plan):
        for one in artifacts:
            if not is_rules(one.body):
                continue
            remark = f"Action {one.action}"
            found = ports.monitors(product, one.body, remark)
            if found is None:
                continue
            text, left = found
            stem = one.path.rpartition("/")[2].split(".")[0]
            folder, end, check = {
                "Datadog": ("datadog", "tf.json", "`terraform validate`"),
                "CloudWatch": ("cloudwatch", "template.json", "`cfn-lint {path}`"),
            }[product]
            path = f"monitors/{folder}/{stem}.{end}"
            slots = ", ".join(open_slots(text)) or "nothing"
            if slots != "nothing":
                text = text.replace(remark, f"{remark}. TODO(action {one.action}): fill in {slots}", 1)
            told = "".join(f"; {alert} cannot be told there: {why}" for alert, why in left)
            if text:
                made.append(_Extra(path, text, one.action, slots + told, check.format(path=path)))
    return made


def _monitoring(plan: Plan) -> list[str]:
    used = [one.name for one in plan.stack if one.kind == "monitoring" and one.counts]
    return [name for name in ("Datadog", "CloudWatch") if name in used]


def _dashboards(ports: Ports, plan: Plan, name: str, artifacts: Sequence[ArtifactFile]) -> list[_Extra]:
    """One dashboard of all that the plan's alerts watch, where the team may have Grafana."""
    used = {one.name for one in plan.stack if one.kind == "monitoring" and one.counts}
    if used and not used & {"Grafana", "Prometheus"}:
        return []
    watched = [
        Watched(one.action, rule, one.path) for one in artifacts if is_rules(one.body) for rule in ports.alert_rules(one.body)[0]
        if not rule.name.startswith("TODO")
    ]  # fmt: skip
    if not watched:
        return []
    slug = "-".join(re.findall(r"[a-z0-9]+", name.lower())[:6]) or "plan"
    path = f"dashboards/{slug}.json"
    boards = [action.id for action in plan.actions if action.form is Form.DASHBOARD and action.artifact is None]
    serves = ", ".join(boards or dict.fromkeys(one.action for one in watched))
    text = dashboard(f"{name}: what its alerts watch", slug, watched)
    return [_Extra(path, text, serves, ", ".join(open_slots(text)) or "nothing", f"`python -m json.tool {path}`")]


def _sheets(plan: Plan, name: str) -> list[_Extra]:
    return [
        _Extra(f"docs/verification/{action.id.lower()}.md", sheet(action, name), action.id, "the result", "carry it out")
        for action in plan.actions
        if action.priority in (Priority.P0, Priority.P1) and is_for_people(action)
    ]


def _row(one: ArtifactFile, stack: Sequence[StackFind]) -> str:
    check = f"`{one.check}`" if one.check else "read it"
    return f"| {one.path} | {one.action} | {', '.join(one.todo) or 'nothing'}{_foreign(one, stack)} | {check} |"


def _foreign(one: ArtifactFile, stack: Sequence[StackFind]) -> str:
    """That a file is written for something else than the team uses; empty where that is not known."""
    used = [found.name for found in stack if found.kind == "monitoring" and found.counts]
    if one.language == "yaml" and is_rules(one.body):
        if not used or "Prometheus" in used or "Grafana" in used:
            return ""
        other = [name for name in ("Datadog", "CloudWatch") if name in used]
        where = f"; the form in which it is simulated, {' and '.join(other)} stand in monitors/" if other else ""
        return where or f"; written for Prometheus, and the team uses {', '.join(used)}: take it as a pattern"
    if one.path.startswith("dashboards/") and used and not {"Grafana", "Prometheus"} & set(used):
        return f"; written for Grafana, and the team uses {', '.join(used)}: take it as a pattern"
    made_for = _LANGUAGES.get(one.language, "")
    used = [found.name for found in stack if found.kind == "language" and found.counts]
    same = {made_for, "TypeScript" if made_for == "JavaScript" else "JavaScript" if made_for == "TypeScript" else made_for}
    if not made_for or not used or same & set(used) or one.path.startswith(("load/", "tests/load/")):
        return ""
    return f"; written for {made_for}, and the team uses {', '.join(used)}: take it as a pattern"
