"""``[checks.<name>]``: what may be run to show that an action works."""

from __future__ import annotations

from ..core.checking import Check, CheckType, meets
from .config_file import TomlFile

CHECK_KEYS = ("plan", "action", "type", "path", "run", "url", "query", "expect", "timeout")
_NEEDS = {
    CheckType.FILE: ("path",), CheckType.COMMAND: ("run",), CheckType.HTTP: ("url",), CheckType.PROMQL: ("url", "query"),
    CheckType.SQL: ("url", "query"),
}  # fmt: skip


def checks(file: TomlFile) -> tuple[Check, ...]:
    """The checks. Raises ConfigError with path:line."""
    return tuple(_check(file, name, below) for name, below in file.data.get("checks", {}).items())


def _check(file: TomlFile, name: str, below: dict[str, object]) -> Check:
    at = ("checks", name)
    texts = {
        key: file.text(below, "", *at, key) for key in ("plan", "action", "path", "url", "query", "expect")
    }
    word = file.text(below, "", *at, "type")
    if word not in list(CheckType):
        raise file.wrong(f"{word!r} is no type of check", f"Use one of {', '.join(CheckType)}.", *at, "type")
    kind = CheckType(word)
    run = file.texts(below, *at, "run")
    given = {**texts, "run": run}
    for key in ("action", *_NEEDS[kind]):
        if not given[key]:
            raise file.wrong(f"has no {key}", f"A check of type {kind} needs {key}.", *at)
    try:
        meets(texts["expect"], [], 0)
    except ValueError as error:
        raise file.wrong(str(error), 'Write expect = ">= 1".', *at, "expect") from None
    timeout = below.get("timeout", 60)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= 3600:
        raise file.wrong("must be seconds, at most 3600", "Write timeout = 60.", *at, "timeout")
    return Check(
        name, texts["action"].upper(), kind, texts["path"], run, texts["url"], texts["query"], texts["expect"],
        float(timeout), True, texts["plan"], file.where(*at),
    )  # fmt: skip
