"""Markdown to the Atlassian Document Format (Jira Cloud, API v3), and its text back.

Source: the JSON schema of ADF, version 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .markdown_tree import Node, plain_text, tree

_MARKS = {"strong": "strong", "em": "em", "s": "strike"}
_BREAKS = ("softbreak", "hardbreak")


def adf(markdown: str) -> dict[str, Any]:
    """The document."""
    return {"type": "doc", "version": 1, "content": _Writer().blocks(tree(markdown)) or [_paragraph([])]}


class _Writer:
    def __init__(self) -> None:
        self.ids = 0  # tasks need ids that are unique in the document

    def blocks(self, nodes: Sequence[Node]) -> list[dict[str, Any]]:
        return [made for node in nodes for made in self._block(node)]

    def _block(self, node: Node) -> list[dict[str, Any]]:
        if node.kind == "paragraph":
            return [_paragraph(_inline(node.children))]
        if node.kind == "heading":
            return [_with("heading", _inline(node.children), level=node.level)]
        if node.kind in ("fence", "code_block"):
            text = node.text.rstrip("\n")
            made = _with("codeBlock", [{"type": "text", "text": text}] if text else [])
            if node.info:
                made["attrs"] = {"language": node.info.split()[0]}
            return [made]
        if node.kind == "hr":
            return [{"type": "rule"}]
        if node.kind == "blockquote":
            return [
                _with(
                    "blockquote",
                    [b for b in self.blocks(node.children) if b["type"] in _IN_QUOTE] or [_paragraph([])],
                )
            ]
        if node.kind in ("bullet_list", "ordered_list"):
            return self._list(node)
        if node.kind == "table":
            rows = [row for part in node.children for row in part.children]
            return [
                _with(
                    "table", [_with("tableRow", [self._cell(cell) for cell in row.children]) for row in rows]
                )
            ]
        return [_paragraph([{"type": "text", "text": node.text}])] if node.text else []

    def _cell(self, node: Node) -> dict[str, Any]:
        kind = "tableHeader" if node.kind == "th" else "tableCell"
        return _with(kind, [_paragraph(_inline(node.children))])

    def _list(self, node: Node) -> list[dict[str, Any]]:
        if all(item.task is not None for item in node.children) and node.kind == "bullet_list":
            return [self._tasks(node)]
        items = [_with("listItem", self._item(item)) for item in node.children]
        if node.kind == "ordered_list":
            return [_with("orderedList", items, order=node.level)]
        return [_with("bulletList", items)]

    def _item(self, item: Node) -> list[dict[str, Any]]:
        content = [b for b in self.blocks(item.children) if b["type"] in _IN_ITEM]
        first = content[0]["type"] if content else ""
        return content if first in ("paragraph", "codeBlock") else [_paragraph([]), *content]

    def _tasks(self, node: Node) -> dict[str, Any]:
        items = []
        for item in node.children:
            self.ids += 1
            line: list[dict[str, Any]] = []
            for part in item.children:
                line += [{"type": "hardBreak"}] if line else []
                line += _inline(part.children) if part.kind == "paragraph" else _text(plain_text([part]), [])
            made = _with("taskItem", line, localId=f"task-{self.ids}", state="DONE" if item.task else "TODO")
            items.append(made)
        self.ids += 1
        return _with("taskList", items, localId=f"tasks-{self.ids}")


_IN_QUOTE = ("paragraph", "bulletList", "orderedList", "codeBlock")
_IN_ITEM = ("paragraph", "bulletList", "orderedList", "codeBlock", "taskList")


def _with(kind: str, content: list[dict[str, Any]], **attributes: object) -> dict[str, Any]:
    made: dict[str, Any] = {"type": kind, "content": content}
    return made | ({"attrs": attributes} if attributes else {})


def _paragraph(content: list[dict[str, Any]]) -> dict[str, Any]:
    return _with("paragraph", content)


def _inline(nodes: Sequence[Node], marks: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for node in nodes:
        if node.kind == "text":
            made += _text(node.text, marks)
        elif node.kind == "code_inline":
            # A code mark allows no other but a link.
            made += _text(node.text, [*(m for m in marks if m["type"] == "link"), {"type": "code"}])
        elif node.kind in _BREAKS:
            made += [{"type": "hardBreak"}] if node.kind == "hardbreak" else _text(" ", marks)
        elif node.kind in _MARKS:
            mark = {"type": _MARKS[node.kind]}
            made += _inline(node.children, marks if mark in marks else [*marks, mark])
        elif node.kind == "link":
            link = {"type": "link", "attrs": {"href": node.info}}
            made += _inline(node.children, [*marks, link] if node.info else marks)
        else:
            made += _text(node.text or plain_text(node.children), marks)
    return made


def _text(text: str, marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if not text:
        return []
    node: dict[str, Any] = {"type": "text", "text": text}
    return [node | ({"marks": [dict(mark) for mark in marks]} if marks else {})]


_OWN_LINE = frozenset({"paragraph", "heading", "codeBlock", "listItem", "taskItem", "tableRow", "rule"})


def adf_text(node: Any) -> str:
    """The words of a document, one line for each block. What is no document gives its text, if it has any."""
    if isinstance(node, str):
        return node
    if not isinstance(node, Mapping):
        return ""
    return "\n".join(line.rstrip() for line in _words(node).splitlines() if line.strip())


def _words(node: Mapping[str, Any]) -> str:
    kind = node.get("type")
    if kind == "text":
        return str(node.get("text") or "")
    if kind == "hardBreak":
        return "\n"
    attributes = node.get("attrs") or {}
    if kind in ("mention", "emoji", "status"):
        return str(attributes.get("text") or attributes.get("shortName") or "")
    if kind in ("inlineCard", "blockCard"):
        return str(attributes.get("url") or "")
    inner = "".join(_words(child) for child in node.get("content") or [] if isinstance(child, Mapping))
    return f"{inner}\n" if kind in _OWN_LINE else inner
