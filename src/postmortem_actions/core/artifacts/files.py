"""From the artifacts of a plan to files: where each goes, what stands at its head, and what is still to be filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..model import Action, Artifact, Plan
from .forms import artifact_of_form
from .links import linked
from .paths import safe_path, settled
from .patterns import TeamPatterns

# What begins a comment in a language; where there are none, the head stands in a file beside it.
_COMMENTS: Mapping[str, str] = {
    "yaml": "#", "python": "#", "bash": "#", "sh": "#", "shell": "#", "toml": "#", "ini": "#", "conf": "#", "nginx": "#", "hcl": "#",
    "gherkin": "#",
    "ruby": "#", "dockerfile": "#", "text": "#", "sql": "--", "javascript": "//", "typescript": "//", "go": "//", "java": "//",
    "groovy": "//", "rust": "//",
}  # fmt: skip
_ENDINGS: Mapping[str, str] = {
    "yaml": "yml", "python": "py", "bash": "sh", "shell": "sh", "javascript": "js", "typescript": "ts", "markdown": "md",
    "hcl": "tf", "gherkin": "feature", "text": "txt", "ruby": "rb",
}  # fmt: skip
_TODO = re.compile(r"TODO\(([^()\n]{1,80})\)|\bTODO_(\w{1,60})")
# SQL of ours says at its head what it is written for, where that is not PostgreSQL.
_MYSQL = re.compile(r"\s*--\s*MySQL")
_DOCUMENTS = re.compile(r"(?m)^---[ \t]*\n")
_PARTS = frozenset({".github/pull_request_template.md", ".gitlab/merge_request_templates/Default.md"})  # several actions may add to these


@dataclass(frozen=True, slots=True)
class ArtifactFile:
    """A file. ``path`` is relative and stays below its folder; ``todo`` are the slots that nobody has filled; ``check`` is
    how it is checked; ``body`` is the artifact without the head."""

    path: str
    action: str
    language: str
    text: str
    body: str
    todo: tuple[str, ...] = ()
    check: str = ""


def artifact_files(
    plan: Plan, name: str, forms: Mapping[str, Any] | None = None, team: TeamPatterns | None = None
) -> tuple[ArtifactFile, ...]:
    """The files of a plan's actions; ``name`` is what the plan is called by; ``forms`` are data/artifact-forms.yaml, for
    urgent actions without an artifact; ``team`` are the patterns for what goes with an artifact. Two actions never write over each other:
    parts of one document are put together, other files get the action's id into their name."""
    found: list[ArtifactFile] = []
    plan = replace(plan, actions=tuple(_settled(action) for action in plan.actions))
    for action in plan.actions:
        own = action.artifact or settled(artifact_of_form(action, forms or {}, team), action.title, action.id)
        artifacts = [(own, "")] if own is not None else []
        if own is not None and team is not None:
            artifacts += [(one, "") for one in team.companions(own, action)]
        if action.verification.artifact is not None:
            artifacts.append((action.verification.artifact, "-check"))
        for plain, suffix in [(part, suffix) for one, suffix in artifacts for part in parts_of(one)]:
            artifact = linked(plain, action, plan)
            made = _file(action, artifact, suffix, name)
            same = next((n for n, other in enumerate(found) if other.path == made.path), None)
            if same is None:
                found.append(made)
            elif made.path in _PARTS:
                found[same] = _together(found[same], made)
            elif found[same].body == made.body:  # one file serves both
                found[same] = replace(found[same], action=f"{found[same].action}, {action.id}")
            else:
                own_path = replace(artifact, path=_with_id(made.path, action.id))
                found.append(_file(action, own_path, suffix, name))
    return tuple(found)


def _settled(action: Action) -> Action:
    """The action with paths that hold no open slot, as plans of earlier versions may have."""
    check = settled(action.verification.artifact, action.title, action.id)
    own = settled(action.artifact, action.title, action.id)
    return replace(action, artifact=own, verification=replace(action.verification, artifact=check))


def parts_of(artifact: Artifact) -> list[Artifact]:
    """An artifact of several YAML documents, of which some are alert rules, as two: Prometheus takes rules alone."""
    if artifact.language != "yaml":
        return [artifact]
    documents = _DOCUMENTS.split(artifact.body)
    rules = [one for one in documents if is_rules(one)]
    if not rules or len(rules) == len(documents):
        return [artifact]
    stem = (artifact.path or "alerts").rpartition("/")[2].split(".")[0]
    others = "---\n".join(one for one in documents if not is_rules(one))
    return [
        replace(artifact, body=others),
        replace(artifact, body="---\n".join(rules), path=f"alerts/{stem}.rules.yml"),
    ]


def open_slots(body: str) -> tuple[str, ...]:
    """The names of the slots that nobody has filled in, each once, whether written TODO(name) or TODO_name."""
    return tuple(dict.fromkeys(one or other for one, other in _TODO.findall(body)))


def is_rules(body: str) -> bool:
    """Whether a YAML document holds alert rules of Prometheus."""
    return "groups:" in body and "expr:" in body


def _file(action: Action, artifact: Artifact, suffix: str, name: str) -> ArtifactFile:
    path = safe_path(artifact.path) if artifact.path else ""
    if not path:
        path = (
            f"docs/{action.id.lower()}{suffix}.{_ENDINGS.get(artifact.language, artifact.language or 'txt')}"
        )
    body = artifact.body.rstrip("\n") + "\n"
    todo = open_slots(body)
    check = check_of(artifact.language, path, body)
    head = _head(action, artifact, todo, check, name)
    text = body
    if artifact.language == "markdown":
        text = "<!--\n" + "\n".join(line.replace("--", "- -") for line in head) + "\n-->\n\n" + body
    elif artifact.language in _COMMENTS:
        mark = _COMMENTS[artifact.language]
        lines = [f"{mark} {line}".rstrip() for line in head]
        first, rest = (
            (body.split("\n", 1)[0] + "\n", body.split("\n", 1)[1]) if body.startswith("#!") else ("", body)
        )
        text = first + "\n".join(lines) + "\n" + rest
    return ArtifactFile(path, action.id, artifact.language, text, body, todo, check)


def _head(action: Action, artifact: Artifact, todo: Sequence[str], check: str, name: str) -> list[str]:
    title = f": {artifact.title}" if artifact.title else ""
    lines = [f"Action {action.id} of {name} ({action.priority.value}){title}", " ".join(action.title.split())]
    lines += [f"Done when: {' '.join(item.split())}" for item in action.done_when[:2]]
    lines += [f"TODO(action {action.id}): fill in {slot}" for slot in todo]
    return [*lines, *([f"Check it with: {check}"] if check else [])]


def check_of(language: str, path: str, body: str) -> str:
    """The command that checks a file of this kind; empty where people have to read it."""
    if language == "yaml" and is_rules(body):
        return f"promtool check rules {path}"
    if path.startswith(".github/workflows/"):
        return f"actionlint {path}"
    if path.startswith(".gitlab/ci/"):
        return f"check-jsonschema --builtin-schema vendor.gitlab-ci {path}"
    if language == "yaml" and "AWSTemplateFormatVersion" in body:
        return f"cfn-lint {path}"
    if path.endswith("alertmanager.yml"):
        return f"amtool check-config {path}"
    dialect = "mysql" if _MYSQL.match(body) else "postgres"
    return {
        "yaml": f"yamllint -d relaxed {path}", "bash": f"shellcheck {path}", "sh": f"shellcheck {path}",
        "python": f"python -m py_compile {path}", "javascript": f"node --check {path}", "typescript": f"tsc --noEmit {path}",
        "sql": f"sqlfluff lint --dialect {dialect} {path}", "go": f"gofmt -l {path}",
        "java": f"javac -d build {path}", "ruby": f"ruby -c {path}", "json": f"python -m json.tool {path}",
        "hcl": "terraform validate", "toml": f"python -c \"import tomllib; tomllib.load(open('{path}', 'rb'))\"",
    }.get(language, "")  # fmt: skip


def _with_id(path: str, action: str) -> str:
    folder, _, name = path.rpartition("/")
    stem, dot, rest = name.partition(".") if not name.startswith(".") else (name, "", "")
    return (f"{folder}/" if folder else "") + f"{stem}-{action.lower()}{dot}{rest}"


def _together(one: ArtifactFile, other: ArtifactFile) -> ArtifactFile:
    return replace(
        one, text=f"{one.text}\n{other.text}", body=f"{one.body}\n{other.body}", action=f"{one.action}, {other.action}",
        todo=tuple(dict.fromkeys([*one.todo, *other.todo])),
    )  # fmt: skip


def unit_test_path(path: str) -> str:
    """Where the unit test of a rule file goes: ``alerts/x.rules.yml`` → ``alerts/x.rules.test.yml``."""
    return re.sub(r"\.ya?ml$", ".test.yml", path)
