"""Markdown as a tree of plain nodes, from which Jira's two notations are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

_TASK = re.compile(r"^\[([ xX])\][ \u00a0]+")


@dataclass(slots=True)
class Node:
    """A block, or a piece of a line. ``kind`` is markdown-it's name without ``_open`` (``paragraph``, ``bullet_list``,
    ``strong`` …); ``task`` whether a list item is ticked, None where it is no task."""

    kind: str
    text: str = ""
    info: str = ""
    level: int = 0
    task: bool | None = None
    children: list[Node] = field(default_factory=list)


@cache
def _reader() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")


def tree(markdown: str) -> list[Node]:
    """The blocks of a text. HTML in it is text; it is never passed on."""
    return _nest(iter(_reader().parse(markdown)))


def _nest(tokens: Iterator[Any]) -> list[Node]:
    nodes: list[Node] = []
    for token in tokens:
        if token.nesting == -1:
            break
        if token.type == "inline":
            nodes += _nest(iter(token.children or []))
            continue
        node = Node(token.type.removesuffix("_open"), token.content, token.info.strip())
        if node.kind == "heading":
            node.level = int(token.tag[1:])
        if node.kind == "ordered_list":
            node.level = int(token.attrGet("start") or 1)
        if node.kind == "link":
            node.info = str(token.attrGet("href") or "")
        if node.kind == "image":
            node.info = str(token.attrGet("src") or "")
        if token.nesting == 1:
            node.children = _nest(tokens)
        if node.kind == "list_item":
            _take_task(node)
        nodes.append(node)
    return nodes


def _take_task(item: Node) -> None:
    first = item.children[0] if item.children else None
    if first is None or first.kind != "paragraph" or not first.children or first.children[0].kind != "text":
        return
    found = _TASK.match(first.children[0].text)
    if found:
        item.task = found[1] != " "
        first.children[0].text = first.children[0].text[found.end() :]


def plain_text(nodes: Sequence[Node]) -> str:
    """The words alone."""
    return "".join(
        "\n" if n.kind in ("softbreak", "hardbreak") else n.text + plain_text(n.children) for n in nodes
    )
