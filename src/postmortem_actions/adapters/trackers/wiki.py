"""Markdown to the wiki markup of Jira Data Center (API v2).

What would be markup to Jira in plain text is written so that it shows as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from .markdown_tree import Node, plain_text, tree

_LANGUAGES = {
    "yaml": "yaml", "yml": "yaml", "sql": "sql", "python": "python", "py": "python", "java": "java", "javascript": "javascript",
    "js": "javascript", "json": "javascript", "go": "go", "ruby": "ruby", "bash": "bash", "sh": "bash", "shell": "bash",
    "xml": "xml", "html": "html", "css": "css",
}  # fmt: skip
# Braces and brackets are markup wherever they stand; the others only at the edge of a word.
_ALWAYS = re.compile(r"[{}\[\]|!]")
_AT_EDGE = re.compile(r"(?<![\w\\])([*_+^~?-])(?=\S)|(?<=\S)([*_+^~?])(?!\w)")
_AT_START = re.compile(r"^(\s*)(#+|-+|\*+|h[1-6]\.|bq\.)(?=\s)", re.MULTILINE)


def wiki(markdown: str) -> str:
    """The markup."""
    return "\n\n".join(part for part in _blocks(tree(markdown)) if part)


def _blocks(nodes: Sequence[Node], bullets: str = "") -> list[str]:
    return [_block(node, bullets) for node in nodes]


def _block(node: Node, bullets: str) -> str:
    if node.kind == "paragraph":
        return _AT_START.sub(r"\1\\\2", _inline(node.children))
    if node.kind == "heading":
        return f"h{node.level}. {_inline(node.children)}"
    if node.kind in ("fence", "code_block"):
        return _code(node)
    if node.kind == "hr":
        return "----"
    if node.kind == "blockquote":
        return "{quote}\n" + "\n\n".join(_blocks(node.children)) + "\n{quote}"
    if node.kind in ("bullet_list", "ordered_list"):
        mark = bullets + ("#" if node.kind == "ordered_list" else "*")
        return "\n".join(_item(item, mark) for item in node.children)
    if node.kind == "table":
        return "\n".join(_row(row) for part in node.children for row in part.children)
    return _escaped(node.text)


def _code(node: Node) -> str:
    language = _LANGUAGES.get(node.info.split()[0].lower() if node.info else "", "")
    body = node.text.rstrip("\n")
    # {code} cannot hold itself; {noformat} can.
    if "{code" in body:
        return "{noformat}\n" + body.replace("{noformat", "{ noformat") + "\n{noformat}"
    return ("{code:" + language + "}" if language else "{code}") + f"\n{body}\n" + "{code}"


def _item(item: Node, mark: str) -> str:
    box = "" if item.task is None else ("☑ " if item.task else "☐ ")
    lines = []
    for n, part in enumerate(item.children):
        if part.kind in ("bullet_list", "ordered_list"):
            lines.append(_block(part, mark))
        elif n == 0:
            lines.append(f"{mark} {box}{_block(part, '')}")
        else:
            lines.append(_block(part, ""))
    return "\n".join(lines) or f"{mark} {box}".rstrip()


def _row(row: Node) -> str:
    head = any(cell.kind == "th" for cell in row.children)
    bar = "||" if head else "|"
    # An empty cell would join its neighbours.
    return bar + bar.join(_inline(cell.children).replace("\n", " ") or " " for cell in row.children) + bar


def _inline(nodes: Sequence[Node]) -> str:
    made = []
    for node in nodes:
        if node.kind == "text":
            made.append(_escaped(node.text))
        elif node.kind == "code_inline":
            made.append("{{" + _ALWAYS.sub(r"\\\g<0>", node.text) + "}}")
        elif node.kind == "hardbreak":
            made.append("\n")
        elif node.kind == "softbreak":
            made.append(" ")
        elif node.kind == "strong":
            made.append(f"*{_inline(node.children)}*")
        elif node.kind == "em":
            made.append(f"_{_inline(node.children)}_")
        elif node.kind == "s":
            made.append(f"-{_inline(node.children)}-")
        elif node.kind == "link":
            words = plain_text(node.children)
            safe = node.info.replace("|", "%7C").replace("]", "%5D")
            same = not words or unquote(words) == unquote(node.info)
            made.append(f"[{safe}]" if same else f"[{_escaped(words)}|{safe}]")
        else:
            made.append(_escaped(node.text or plain_text(node.children)))
    return "".join(made)


def _escaped(text: str) -> str:
    text = _ALWAYS.sub(r"\\\g<0>", text.replace("\\", "\\\\"))
    return _AT_EDGE.sub(lambda found: f"\\{found[0]}", text)
