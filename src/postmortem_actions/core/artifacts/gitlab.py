"""A workflow of GitHub Actions as jobs of GitLab CI: from plain data to plain data.

What has no like there is left as a step that fails and says what is still to be written, never as one that passes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_IMAGES = {
    "actions/setup-python": ("python", "python-version"), "actions/setup-node": ("node", "node-version"),
    "actions/setup-go": ("golang", "go-version"), "ruby/setup-ruby": ("ruby", "ruby-version"),
    "actions/setup-java": ("eclipse-temurin", "java-version"),
}  # fmt: skip
_NEEDLESS = ("actions/checkout", "actions/cache")  # GitLab fetches the sources by itself; a cache only saves time
_VALUES = {
    "github.sha": "$CI_COMMIT_SHA", "github.ref_name": "$CI_COMMIT_REF_NAME", "github.repository": "$CI_PROJECT_PATH",
    "github.base_ref": "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "github.head_ref": "$CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "github.event.pull_request.number": "$CI_MERGE_REQUEST_IID", "github.actor": "$GITLAB_USER_LOGIN",
    "github.event.pull_request.base.sha": "$CI_MERGE_REQUEST_DIFF_BASE_SHA", "github.run_id": "$CI_PIPELINE_ID",
    "github.event.pull_request.head.sha": "$CI_COMMIT_SHA", "github.workspace": "$CI_PROJECT_DIR",
    "github.event.pull_request.title": "$CI_MERGE_REQUEST_TITLE", "github.event.pull_request.body": "$CI_MERGE_REQUEST_DESCRIPTION",
    "github.token": "$GITLAB_TOKEN", "secrets.GITHUB_TOKEN": "$GITLAB_TOKEN",
}  # fmt: skip
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_NAMED = re.compile(r"(?:secrets|vars|env|matrix|inputs|github\.event\.inputs)\.([\w-]+)\Z")


def pipeline(workflow: Mapping[Any, Any], stem: str) -> tuple[dict[str, Any], list[str]]:
    """The jobs, named after the file, and remarks for its head."""
    events = workflow.get("on", workflow.get(True))  # YAML 1.1 reads the key 'on' as true
    rules, remarks = _rules(events)
    shared = {str(k): told(v) for k, v in (workflow.get("env") or {}).items()}
    names = {str(name): f"{stem}-{name}" for name in workflow.get("jobs") or {}}
    made = {
        names[str(name)]: _job(job, rules, shared, names)
        for name, job in (workflow.get("jobs") or {}).items()
        if isinstance(job, Mapping)
    }
    return made, remarks


def _rules(events: Any) -> tuple[list[dict[str, Any]], list[str]]:
    if isinstance(events, str):
        events = {events: None}
    if isinstance(events, Sequence):
        events = dict.fromkeys(events)
    rules: list[dict[str, Any]] = []
    remarks = []
    for event, detail in (events or {}).items():
        inside = detail if isinstance(detail, Mapping) else {}
        changes = {"changes": list(inside["paths"])} if inside.get("paths") else {}
        if event in ("pull_request", "pull_request_target", "merge_group"):
            rules.append({"if": '$CI_PIPELINE_SOURCE == "merge_request_event"', **changes})
        elif event == "push":
            branches = inside.get("branches") or []
            wanted = " || ".join(f'$CI_COMMIT_BRANCH == "{name}"' for name in branches) or "$CI_COMMIT_BRANCH"
            rules.append({"if": wanted, **changes})
        elif event == "schedule":
            crons = ", ".join(str(one.get("cron")) for one in detail or [] if isinstance(one, Mapping))
            rules.append({"if": '$CI_PIPELINE_SOURCE == "schedule"'})
            remarks.append(f"Make a pipeline schedule in the project's settings: {crons} (UTC).")
        elif event == "workflow_dispatch":
            rules.append({"if": '$CI_PIPELINE_SOURCE == "web"'})
        else:
            remarks.append(f"TODO(trigger): it began on {event}, for which GitLab has no pipeline.")
    return [dict(text) for text in {tuple(_frozen(rule)): rule for rule in rules}.values()], remarks


def _frozen(rule: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, str(value)) for key, value in rule.items()]


def _job(job: Mapping[str, Any], rules: list[dict[str, Any]], shared: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    steps = [one for one in job.get("steps") or [] if isinstance(one, Mapping)]
    made: dict[str, Any] = {"image": _image(job, steps)}
    variables = {**shared, **{str(k): told(v) for k, v in (job.get("env") or {}).items()}}
    if any((one.get("with") or {}).get("fetch-depth") == 0 for one in steps):
        variables["GIT_DEPTH"] = "0"
    if variables:
        made["variables"] = variables
    if services := job.get("services"):
        made["services"] = [_service(str(name), one) for name, one in services.items()]
    if rules:
        made["rules"] = rules
    if needed := job.get("needs"):
        made["needs"] = [names.get(one, one) for one in ([needed] if isinstance(needed, str) else needed)]
    matrix = (job.get("strategy") or {}).get("matrix")
    if isinstance(matrix, Mapping):
        made["parallel"] = {"matrix": [{str(k): [str(x) for x in v] for k, v in matrix.items() if isinstance(v, list)}]}
    if "timeout-minutes" in job:
        made["timeout"] = f"{job['timeout-minutes']} minutes"
    if job.get("environment"):
        where = job["environment"]
        made["environment"] = {"name": told(where.get("name") if isinstance(where, Mapping) else where)}
    if group := job.get("concurrency"):
        made["resource_group"] = told(group.get("group") if isinstance(group, Mapping) else group)
    script = [line for step in steps for line in _step(step)]
    if job.get("if"):
        script.insert(0, f"# TODO(condition): it ran only if {told(' '.join(str(job['if']).split()))}")
    made["script"] = script or [_unwritten("the job's steps")]
    return made


def _image(job: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> str:
    container = job.get("container")
    if container:
        return told(container.get("image") if isinstance(container, Mapping) else container)
    for step in steps:
        name = str(step.get("uses", "")).partition("@")[0]
        if name in _IMAGES:
            image, key = _IMAGES[name]
            version = (step.get("with") or {}).get(key)
            return f"{image}:{told(version)}" if version else f"{image}:latest"
    return "TODO(image)"


def _service(name: str, one: Any) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        return {"name": told(one), "alias": name}
    made: dict[str, Any] = {"name": told(one.get("image")), "alias": name}
    if one.get("env"):
        made["variables"] = {str(k): told(v) for k, v in one["env"].items()}
    return made


def _step(step: Mapping[str, Any]) -> list[str]:
    lines = []
    if step.get("if"):
        lines.append(f"# TODO(condition): the next step ran only if {told(' '.join(str(step['if']).split()))}")
    lines += [f'export {name}="{told(value)}"' for name, value in (step.get("env") or {}).items()]
    if "run" in step:
        body = told(step["run"]).rstrip("\n")
        folder = step.get("working-directory")
        return [*lines, f"cd {told(folder)}\n{body}\ncd -" if folder else body]
    uses = str(step.get("uses", ""))
    name = uses.partition("@")[0]
    if name in _NEEDLESS or name in _IMAGES:
        return []
    return [*lines, _unwritten(uses or "an empty step")]


def _unwritten(what: str) -> str:
    return f"echo 'TODO(step): do here what {what} does' >&2; exit 1"


def told(value: Any) -> str:
    """A value with the expressions of GitHub as GitLab's variables; one that has no like is a TODO."""

    def other(found: re.Match[str]) -> str:
        inside = found[1]
        named = _NAMED.match(inside)
        if inside in _VALUES:
            return _VALUES[inside]
        return f"${named[1].replace('-', '_')}" if named else f"TODO({re.sub(r'[^A-Za-z0-9_.]+', '_', inside).strip('_')})"

    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _EXPRESSION.sub(other, text)
