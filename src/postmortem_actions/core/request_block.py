"""The request block: ``/postmortem-actions`` and ``KEY: value`` lines, with the RCA inside or named by them.

Source: the specification's INPUTS. A document is a block where its first line that is not blank is the
command, or where it starts with key lines and one of them is ``RCA``. An RCA may itself hold a line such as
``Scope: all of Europe``; so a line counts as a key line only where its value is one of the setting's words,
or where the key is in capitals and its value a single word (which lets a slip of the pen be told).

The RCA keeps its line numbers: every line that is not of it is blank in ``RequestBlock.rca``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import RequestError
from .model import Problem, Severity
from .settings import BY_NAME, choose, nearest

_COMMAND = re.compile(r"^/(?:postmortem-actions|pma)\s*$")
_KEY_LINE = re.compile(
    r"^\s{0,3}(?:\*\*)?(?P<key>[A-Za-z][A-Za-z _-]{1,20}?)(?:\*\*)?\s*:(?:\*\*)?(?P<value>.*)$"
)
_FENCE = re.compile(r"^\s{0,3}(?P<mark>`{3,}|~{3,})(?P<rest>.*)$")
_BLOCK_MARK = re.compile(r"^[|>][+-]?\d?$")
_PLACEHOLDER = re.compile(r"^<.*>$")
_LINK = re.compile(r"^<?(?P<url>https?://[^\s<>]+)>?$", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"^\[[^\]]*\]\((?P<url>[^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)$")
_PATH = re.compile(
    r"^(?:~?\.{0,2}/\S.*|[\w@. /\\-]{1,300}\.(?:md|markdown|mdx|txt|html?|rst|adoc|org|wiki))$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class BlockValue:
    """A setting's value as written, and the line (1-based) of the file it stands on."""

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class RequestBlock:
    """A request block taken apart. Of ``rca`` (the text, on its own lines) and ``reference`` (a path or
    link) at most one is set; ``rca_line`` is where it starts."""

    values: tuple[BlockValue, ...]
    rca: str | None = None
    reference: str | None = None
    rca_line: int = 1
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Key:
    name: str
    text: str
    line: int  # 0-based
    capitals: bool

    @property
    def counts(self) -> bool:
        """Whether this is a key line even where running text could stand."""
        if self.name == "rca":
            return self.capitals
        setting = BY_NAME[self.name]
        if _placeholder(self.text) or _is_choice(self.name, self.text):
            return True
        one_word = len(self.text.split()) == 1
        return (self.capitals and len(self.text.split()) <= 1) or (
            one_word and nearest(self.text, setting.values) is not None
        )


def _is_choice(name: str, text: str) -> bool:
    try:
        choose(BY_NAME[name], text)
    except RequestError:
        return False
    return True


def parse_request_block(text: str, source: str = "") -> RequestBlock | None:
    """The block that ``text`` holds, or None where it is a plain document.

    Raises RequestError where a key is given twice; ``source`` is the file's name in its message. Values are
    not checked here: ``settings.choose`` does, with the place of each."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or not _may_be_block(lines[first].strip()):
        return None
    lines, first = _without_outer_fence(lines, first)
    command = _COMMAND.match(lines[first].strip())
    if command is not None:
        lines[first] = ""
    keys = _keys(lines, first, strict=command is None)
    if command is None and not _starts_a_block(keys, lines, first):
        return None
    return _take_apart(lines, first, keys, source)


def _may_be_block(line: str) -> bool:
    """A quick look, so that a plain document costs nothing."""
    return line.startswith(("/", "`", "~")) or ":" in line


def _starts_a_block(keys: list[_Key], lines: list[str], first: int) -> bool:
    """Without the command: key lines from the first line on, with RCA and at least one setting."""
    names = {key.name for key in keys}
    return bool(keys) and keys[0].line == first and "rca" in names and len(names) > 1


def _without_outer_fence(lines: list[str], first: int) -> tuple[list[str], int]:
    """A block pasted with its code fence: the fence's own lines become blank."""
    lines = list(lines)
    opened = _FENCE.match(lines[first])
    following = next((n for n in range(first + 1, len(lines)) if lines[n].strip()), None)
    if opened is None or following is None or _COMMAND.match(lines[following].strip()) is None:
        return lines, first
    lines[first] = ""
    last = max(n for n, line in enumerate(lines) if line.strip())
    if lines[last].strip() == opened["mark"]:
        lines[last] = ""
    return lines, following


def _keys(lines: list[str], first: int, *, strict: bool) -> list[_Key]:
    """The key lines, none inside a code fence. Among keys every known key counts (unless ``strict``); where
    running text has begun, only those that cannot be part of it."""
    fenced = _fenced(lines)
    found: list[_Key] = []
    running = False
    for number in range(first, len(lines)):
        key = None if number in fenced else _key(lines[number], number)
        rca_seen = any(other.name == "rca" for other in found)
        if key is not None and (key.counts or not (running or (strict and key.name != "rca"))):
            if key.name != "rca":
                found.append(key)
                continue
            if not rca_seen:
                found.append(key)
                running = _reference(key.text) is None
                continue
        if lines[number].strip():
            if strict and not rca_seen:
                return []
            running = True
    return found


def _key(line: str, number: int) -> _Key | None:
    match = _KEY_LINE.match(line)
    if match is None:
        return None
    name = re.sub(r"[ -]+", "_", match["key"].strip()).lower()
    if name != "rca" and name not in BY_NAME:
        return None
    return _Key(name, _clean(match["value"]), number, match["key"].upper() == match["key"])


def _take_apart(lines: list[str], first: int, keys: list[_Key], source: str) -> RequestBlock:
    values: list[BlockValue] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for key in keys:
        if key.name in seen:
            raise RequestError(
                f"{key.name.upper()} is given twice, on lines {seen[key.name] + 1} and {key.line + 1}",
                where=f"{source}:{key.line + 1}",
                fix="Keep one of them.",
            )
        seen[key.name] = key.line
        if _placeholder(key.text):
            text = f"{key.name.upper()} still holds its placeholder, which was not read"
            problems.append(Problem("request-placeholder", text, key.line + 1, Severity.INFO))
        elif key.name != "rca" and key.text:
            values.append(BlockValue(key.name, key.text, key.line + 1))
    rca = next((key for key in keys if key.name == "rca"), None)
    key_lines = {key.line for key in keys}
    text_lines = {n: lines[n] for n in range(first, len(lines)) if lines[n].strip() and n not in key_lines}
    if rca is None:
        return RequestBlock(tuple(values), *_inline(text_lines), problems=tuple(problems))
    end = min((line for line in key_lines if line > rca.line), default=len(lines))
    below = [n for n in text_lines if rca.line < n < end]
    indent = min((len(text_lines[n]) - len(text_lines[n].lstrip(" ")) for n in below), default=0)
    text_lines.update({n: text_lines[n][indent:] for n in below})
    if rca.text and not _BLOCK_MARK.match(rca.text) and not _placeholder(rca.text):
        text_lines[rca.line] = rca.text
        below.append(rca.line)
    reference = _reference(text_lines[below[0]].strip()) if len(below) == 1 else None
    if reference is None:
        return RequestBlock(tuple(values), *_inline(text_lines), problems=tuple(problems))
    loose = sorted(text_lines.keys() - set(below))
    if loose:
        text = f"the RCA is {reference}: the text beside the request block was not read"
        problems.append(Problem("request-text", text, loose[0] + 1, fix="Put it under 'RCA:' instead."))
    return RequestBlock(tuple(values), None, reference, below[0] + 1, tuple(problems))


def _inline(text_lines: dict[int, str]) -> tuple[str | None, None, int]:
    """The RCA on its own lines, with blank lines where others stood; None where there is none."""
    if not text_lines:
        return None, None, 1
    last = max(text_lines)
    return "\n".join(text_lines.get(n, "") for n in range(last + 1)) + "\n", None, min(text_lines) + 1


def _reference(text: str) -> str | None:
    """The link or path that ``text`` is, or None where it is prose."""
    for pattern in (_LINK, _MARKDOWN_LINK):
        if match := pattern.match(text):
            return match["url"]
    return text if _PATH.match(text) else None


def _fenced(lines: list[str]) -> set[int]:
    """Lines inside closed code fences, the fences' own lines included. An unclosed one fences nothing."""
    result: set[int] = set()
    opened: tuple[int, str] | None = None
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if match is None:
            continue
        if opened is None:
            opened = (number, match["mark"])
        elif match["mark"].startswith(opened[1]) and not match["rest"].strip():
            result.update(range(opened[0], number + 1))
            opened = None
    return result


def _clean(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "`\"'":
        value = value[1:-1].strip()
    return value


def _placeholder(value: str) -> bool:
    """Whether the template's own ``<a|b|c>`` or ``<paste …>`` was left as it is."""
    return bool(_PLACEHOLDER.match(value)) and not _LINK.match(value)
