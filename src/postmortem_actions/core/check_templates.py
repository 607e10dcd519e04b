"""A check for the config, as far as an action tells it: what is not known is a TODO."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from .artifacts.files import is_rules
from .artifacts.paths import safe_path
from .artifacts.runbooks import alerts_in
from .artifacts.sheets import sheet_path
from .model import Action
from .policy import CheckType

# What a check of a type needs, with what stands there until somebody knows better.
_NEEDED: Mapping[CheckType, Sequence[tuple[str, object]]] = {
    CheckType.FILE: (("path", "TODO(path in the repository)"),),
    CheckType.COMMAND: (("run", ["TODO(program)", "TODO(argument)"]),),
    CheckType.HTTP: (("url", "TODO(address)"), ("expect", "== 200")),
    CheckType.PROMQL: (("url", "TODO(address of Prometheus)"), ("query", "TODO(query)"), ("expect", "empty")),
    CheckType.SQL: (("url", "TODO(postgresql://user@host/database)"), ("query", "TODO(query)"), ("expect", "== 0")),
    CheckType.WORKFLOW: (("repository", "TODO(owner/name)"), ("workflow", "TODO(file of the workflow)"), ("expect", "success")),
    CheckType.ALERT: (("url", "TODO(address of Prometheus)"), ("alert", "TODO(name of the alert)"), ("within", "2h")),
    CheckType.LOAD: (("run", ["k6", "run", "TODO(script)"]),),
}  # fmt: skip


# A verification that puts the fault back, or uses what was revoked, has worked where it is stopped.
_STOPPED = re.compile(r"(?i)\b(?:fails?|refuse[sd]?|blocked|rejected|stops?|stopped|red)\b")


def check_template(action: Action, plan: str) -> str:
    """A table ``[checks.…]`` of TOML for an action, with its method and what must be seen as remarks."""
    check = action.verification
    kind = check.type or CheckType.DRILL
    name = re.sub(r"[^a-z0-9-]+", "-", f"{plan}-{action.id}".lower()).strip("-")
    lines = [f"# {action.id} {_one(action.title)}", f"# {_one(check.method)} ({kind.words}): {_one(check.success)}"]
    if kind in (CheckType.DRILL, CheckType.REVIEW):
        return "\n".join([*lines, f"# Write the result into {sheet_path(action.id)}: pma verify --run --repo PATH reads it there."]) + "\n"
    lines += [f"[checks.{name}]", f"plan = {_quoted(plan)}", f"action = {_quoted(action.id)}", f"type = {_quoted(kind.value)}"]
    known = _known(action, kind)
    lines += [f"{key} = {_quoted(value)}" for key, value in (dict(_NEEDED[kind]) | known).items()]
    return "\n".join(lines) + "\n"


def _known(action: Action, kind: CheckType) -> dict[str, object]:
    """What the action's own files tell: the alert's name, the workflow, the script."""
    own, check = action.artifact, action.verification.artifact
    if kind is CheckType.ALERT and own is not None and is_rules(own.body) and (names := alerts_in(own.body)):
        return {"alert": names[0]}
    stopped = bool(_STOPPED.search(action.verification.success))
    if kind is CheckType.HTTP and stopped:
        return {"expect": ">= 400"}
    if kind is CheckType.WORKFLOW:
        file: dict[str, object] = {}
        if own is not None and own.path and "/workflows/" in f"/{own.path}":
            file = {"workflow": own.path.rpartition("/")[2]}
        return file | ({"branch": "TODO(branch with the fault)", "expect": "failure"} if stopped else {})
    if kind is CheckType.LOAD:
        script = next((one for one in (check, own) if one is not None and one.language == "javascript" and one.path), None)
        return {"run": ["k6", "run", safe_path(script.path or "")]} if script else {}
    if kind in (CheckType.PROMQL, CheckType.SQL) and check is not None and "TODO" not in check.body:
        return {"query": " ".join(check.body.split())}
    return {}


def _one(text: str) -> str:
    return " ".join(text.split())


def _quoted(value: object) -> str:
    """A string, or a list of them, as TOML writes it: JSON's notation of both is TOML's too."""
    return json.dumps(value, ensure_ascii=False)
