"""YAML files read safely: plain data, and the line of every key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..core.catalogue import Fault
from ..core.catalogue.fields import KeyPath

_LARGEST_FILE = 512 * 1024  # bytes; a rule file is far smaller, and this also bounds hostile YAML

Document = tuple[str, str, Any]  # kind, path, data (or a text that says what is wrong)


# "- hit # clients": YAML takes what follows " #" for a comment, and the phrase silently loses it.
_LOST = re.compile(r"""^\s*-\s+(?!["'|>{\[]).*\S\s#(?!\s*$)""")
_RECOGNISE = re.compile(r"^recognise:\n(?:[ \t].*\n|\n)*", re.MULTILINE)


def documents(listed: Sequence[tuple[str, Path]]) -> list[Document]:
    """The data of the listed (kind, path) files, in order."""
    return [(kind, str(path), _read(path)) for kind, path in listed]


def _read(path: Path) -> Any:
    """The file's data, or a text that says what is wrong with it (with its line)."""
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return f"is larger than {_LARGEST_FILE // 1024} KiB: split it into one file a rule"
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return f"cannot be read: {error}"
    return _lost(text) or _parse(text)[0]


def _lost(text: str) -> str | None:
    """What is wrong with a phrase that a bare number sign cuts short, with its line."""
    found = _RECOGNISE.search(text)
    for number, line in enumerate(found.group(0).split("\n") if found else ()):
        if _LOST.match(line):
            at = text.count("\n", 0, found.start() if found else 0) + number + 1
            return f"line {at}: a bare ' #' begins a comment and cuts the phrase short: put the phrase in quotes"
    return None


def _parse(text: str) -> tuple[Any, dict[KeyPath, int]]:
    """Data and the line of every key. Aliases, tags and duplicate keys are refused: they hide things,
    and aliases are how a small YAML file becomes a huge one."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    lines: dict[KeyPath, int] = {}

    def plain(node: Any, at: KeyPath) -> Any:
        lines.setdefault(at, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            result: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value)
                if key in result:
                    raise ValueError(f"line {key_node.start_mark.line + 1}: the key {key!r} stands twice")
                lines[(*at, key)] = key_node.start_mark.line + 1
                result[key] = plain(value_node, (*at, key))
            return result
        if isinstance(node, yaml.SequenceNode):
            return [plain(item, (*at, n)) for n, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:bool":
            return node.value.lower() in ("true", "yes", "on")
        if node.tag == "tag:yaml.org,2002:null":
            return None
        return str(node.value)

    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                return f"line {line}: aliases (*name) are not allowed here", lines
        node = yaml.compose(text, Loader=loader)
        return (plain(node, ()) if node is not None else "is empty"), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}: " if mark else ""
        return f"{where}not valid YAML: {error.problem}", lines
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        return str(error), lines


def with_lines(faults: Iterable[Fault]) -> list[Fault]:
    """The faults with the line of the key they speak of (of the nearest key above it)."""
    known: dict[str, dict[KeyPath, int]] = {}
    result = []
    for fault in faults:
        if fault.path not in known:
            try:
                known[fault.path] = _parse(Path(fault.path).read_text(encoding="utf-8"))[1]
            except (OSError, UnicodeDecodeError):
                known[fault.path] = {}
        lines = known[fault.path]
        at = fault.at
        while at and at not in lines:
            at = at[:-1]
        line = lines.get(at, 1)
        if not fault.at and fault.message.startswith("line "):
            number, _, rest = fault.message[5:].partition(": ")
            result.append(Fault(rest, (), fault.path, int(number)))
        else:
            result.append(Fault(fault.message, fault.at, fault.path, line))
    return result
