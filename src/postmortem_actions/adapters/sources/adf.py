"""Atlassian Document Format, in which Jira Cloud keeps descriptions and comments, as Markdown.

Source: the node types of the ADF schema. A node that is not known gives its text: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_MARKS = {"strong": "**", "em": "*", "code": "`", "strike": "~~"}
_DEEPEST = 60  # nesting of nodes


def to_markdown(node: Any) -> str:
    """The document as Markdown; an empty text for anything that is no document."""
    return "\n\n".join(_blocks(_content(node), 0)).strip()


def _content(node: Any) -> Sequence[Mapping[str, Any]]:
    inner = node.get("content") if isinstance(node, Mapping) else None
    return [item for item in inner if isinstance(item, Mapping)] if isinstance(inner, list) else []


def _attribute(node: Mapping[str, Any], name: str) -> str:
    attributes = node.get("attrs")
    value = attributes.get(name) if isinstance(attributes, Mapping) else None
    return "" if value is None else str(value)


def _blocks(nodes: Sequence[Mapping[str, Any]], depth: int) -> list[str]:
    found = [_block(node, depth) for node in nodes] if depth < _DEEPEST else []
    return [text for text in found if text.strip()]


def _block(node: Mapping[str, Any], depth: int) -> str:
    kind, inner = node.get("type"), _content(node)
    if kind == "heading":
        level = _attribute(node, "level")
        return f"{'#' * (int(level) if level in tuple('123456') else 2)} {_inline(inner)}"
    if kind in ("bulletList", "orderedList", "taskList", "decisionList"):
        return "\n".join(_items(node, inner, depth))
    if kind == "codeBlock":
        return f"```{_attribute(node, 'language')}\n{_inline(inner)}\n```"
    if kind == "blockquote":
        return "\n".join(f"> {line}" for line in "\n\n".join(_blocks(inner, depth + 1)).split("\n"))
    if kind == "table":
        return _table(inner, depth)
    if kind == "rule":
        return "---"
    if kind in ("expand", "nestedExpand"):
        title = _attribute(node, "title")
        return "\n\n".join([*([f"**{title}**"] if title else []), *_blocks(inner, depth + 1)])
    if inner and kind not in ("paragraph", "taskItem", "decisionItem"):
        return "\n\n".join(_blocks(inner, depth + 1))
    return _inline(inner or [node])


def _items(node: Mapping[str, Any], items: Sequence[Mapping[str, Any]], depth: int) -> list[str]:
    lines = []
    for number, item in enumerate(items, 1):
        mark = f"{number}." if node.get("type") == "orderedList" else "-"
        if item.get("type") == "taskItem":
            mark = "- [x]" if _attribute(item, "state") == "DONE" else "- [ ]"
            texts = [_inline(_content(item))]
        elif item.get("type") in ("taskList", "bulletList", "orderedList"):
            lines += [f"  {line}" for line in _block(item, depth + 1).split("\n")]
            continue
        else:
            texts = _blocks(_content(item), depth + 1)
        first, *rest = "\n".join(texts).split("\n")
        lines += [f"{mark} {first}", *(f"{' ' * (len(mark) + 1)}{line}" for line in rest)]
    return lines


def _table(rows: Sequence[Mapping[str, Any]], depth: int) -> str:
    lines = []
    for number, row in enumerate(rows):
        cells = [
            " ".join(" ".join(_blocks(_content(cell), depth + 1)).split()).replace("|", "\\|")
            for cell in _content(row)
        ]
        lines.append(f"| {' | '.join(cells)} |")
        if number == 0:
            lines.append(f"|{' --- |' * len(cells)}")
    return "\n".join(lines)


def _inline(nodes: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for node in nodes:
        kind = node.get("type")
        if kind == "text":
            parts.append(_marked(str(node.get("text", "")), node.get("marks")))
        elif kind == "hardBreak":
            parts.append("\n")
        elif kind == "mention":
            parts.append("@" + _attribute(node, "text").removeprefix("@"))
        elif kind in ("inlineCard", "blockCard", "embedCard"):
            parts.append(_attribute(node, "url"))
        elif kind in ("status", "emoji"):
            parts.append(_attribute(node, "text"))
        elif kind == "date":
            parts.append(_day(_attribute(node, "timestamp")))
        else:
            parts.append(_inline(_content(node)))
    return "".join(parts)


def _day(milliseconds: str) -> str:
    from datetime import UTC, datetime

    if not milliseconds.isdigit() or len(milliseconds) > 14:
        return milliseconds
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC).date().isoformat()


def _marked(text: str, marks: Any) -> str:
    for mark in marks if isinstance(marks, list) else []:
        kind = mark.get("type") if isinstance(mark, Mapping) else None
        if kind == "link":
            text = f"[{text}]({_attribute(mark, 'href')})"
        elif kind in _MARKS and text.strip():
            inner = text.strip()
            text = text.replace(inner, f"{_MARKS[kind]}{inner}{_MARKS[kind]}", 1)
    return text
