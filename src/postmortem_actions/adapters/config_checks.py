"""``[checks.<name>]``: what may be run to show that an action works."""

from __future__ import annotations

import re

from ..core.checking import Check, meets
from ..core.policy import CheckType
from .config_file import TomlFile

_TEXTS = ("plan", "action", "path", "url", "query", "expect", "alert", "within", "repository", "workflow", "branch")
CHECK_KEYS = (
    "plan", "action", "type", "path", "run", "url", "query", "alert", "within", "repository", "workflow", "branch", "expect", "timeout"
)  # fmt: skip
_NEEDS = {
    CheckType.FILE: ("path",), CheckType.COMMAND: ("run",), CheckType.HTTP: ("url",), CheckType.PROMQL: ("url", "query"),
    CheckType.SQL: ("url", "query"), CheckType.LOAD: ("run",), CheckType.ALERT: ("url", "alert"),
    CheckType.WORKFLOW: ("repository", "workflow"), CheckType.DRILL: ("path",), CheckType.REVIEW: ("path",),
}  # fmt: skip
_DEFAULTS = {"branch": "main", "within": "1h"}
_LONG = 4 * 3600  # seconds that a load test may take; others an hour
_RESULTS = ("success", "failure")  # of a workflow
_WITHIN = re.compile(r"[1-9]\d{0,4}[smhdw]")


def checks(file: TomlFile) -> tuple[Check, ...]:
    """The checks. Raises ConfigError with path:line."""
    return tuple(_check(file, name, below) for name, below in file.data.get("checks", {}).items())


def _check(file: TomlFile, name: str, below: dict[str, object]) -> Check:
    at = ("checks", name)
    texts = {key: file.text(below, _DEFAULTS.get(key, ""), *at, key) for key in _TEXTS}
    word = file.text(below, "", *at, "type")
    if word not in list(CheckType):
        raise file.wrong(f"{word!r} is no type of check", f"Use one of {', '.join(CheckType)}.", *at, "type")
    kind = CheckType(word)
    run = file.texts(below, *at, "run")
    given = {**texts, "run": run}
    for key in ("action", *_NEEDS[kind]):
        if not given[key]:
            raise file.wrong(f"has no {key}", f"A check of type {kind} needs {key}.", *at)
    if kind is CheckType.WORKFLOW:
        if texts["expect"] not in ("", *_RESULTS):
            raise file.wrong("must be success or failure", 'Write expect = "success".', *at, "expect")
    else:
        try:
            meets(texts["expect"], [], 0)
        except ValueError as error:
            raise file.wrong(str(error), 'Write expect = ">= 1".', *at, "expect") from None
    if not _WITHIN.fullmatch(texts["within"]):
        raise file.wrong("must be a length of time", 'Write within = "2h".', *at, "within")
    most = _LONG if kind is CheckType.LOAD else 3600
    timeout = below.get("timeout", most if kind is CheckType.LOAD else 60)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= most:
        raise file.wrong(f"must be seconds, at most {most}", "Write timeout = 60.", *at, "timeout")
    return Check(
        name, texts["action"].upper(), kind, texts["path"], run, texts["url"], texts["alert"] or texts["query"], texts["expect"],
        float(timeout), True, texts["plan"], file.where(*at), texts["repository"], texts["workflow"], texts["branch"],
        texts["within"],
    )  # fmt: skip
