"""Blocks of a document with the lines they stand on: headings, paragraphs, list items, table rows, code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from ..model import Span
from .inline import plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    LINE = "line"  # one line of a paragraph
    ITEM = "item"  # the first line of a list item
    ROW = "row"
    CODE = "code"
    FRONT_MATTER = "front matter"


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph line, list item, table row, code block or front matter line.

    ``text`` has no inline markup, ``raw`` has. ``paragraph`` numbers the paragraph a line belongs to, so
    that sentences can run over lines. ``depth`` is the nesting of lists (0 outside). ``cells`` and
    ``header`` are for rows; ``checked`` for task items; ``number`` for ordered items."""

    kind: BlockKind
    text: str
    raw: str
    span: Span
    paragraph: int = 0
    level: int = 0
    depth: int = 0
    number: int | None = None
    checked: bool | None = None
    cells: tuple[str, ...] = ()
    raw_cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    quoted: bool = False


_TASK = re.compile(r"^\[([ xX✓✔-])\]\s+")
_PIPE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_RULER = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable(["inline", "reference"])


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a table row written with pipes; ``\\|`` and pipes in code do not separate."""
    inner = line.strip().removeprefix("|")
    inner = inner.removesuffix("|") if not inner.endswith("\\|") else inner
    cells: list[str] = []
    current, ticks = "", False
    previous = ""
    for char in inner:
        if char == "`":
            ticks = not ticks
        if char == "|" and previous != "\\" and not (ticks and "`" in inner[len("".join(cells)) :]):
            cells.append(current)
            current = ""
        else:
            current += char
        previous = char
    return tuple(cell.strip().replace("\\|", "|") for cell in (*cells, current))


def blocks(lines: Sequence[str]) -> list[Block]:
    """The blocks of a document, in order. ``lines`` come from ``normalise``."""
    result: list[Block] = []
    start = _front_matter(lines, result)
    body = "\n".join([*([""] * start), *lines[start:]])
    result.extend(_walk(_parser().parse(body)))
    return result


def _front_matter(lines: Sequence[str], result: list[Block]) -> int:
    """Add YAML (---) or TOML (+++) front matter line by line; return how many lines it takes."""
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].strip() not in ("---", "+++"):
        return 0
    fence = lines[first].strip()
    end = next((n for n in range(first + 1, min(len(lines), first + 200)) if lines[n].strip() == fence), None)
    if end is None or not any(":" in line or "=" in line for line in lines[first + 1 : end]):
        return 0
    for n in range(first + 1, end):
        if lines[n].strip():
            result.append(Block(BlockKind.FRONT_MATTER, lines[n].strip(), lines[n], Span(n + 1, n + 1)))
    return end + 1


def _walk(stream: Sequence[Token]) -> Iterator[Block]:  # noqa: PLR0915 - one pass over the kinds of token
    depth, quotes, paragraph, level = 0, 0, 0, 0
    numbers: list[int | None] = []
    fresh_item = False
    header: tuple[str, ...] = ()
    row: list[str] = []
    row_line = 0
    in_head = False
    for token in stream:
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            depth += 1
            begin = int(token.attrGet("start") or 1) if kind.startswith("ordered") else None
            numbers.append(begin)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            numbers.pop()
        elif kind == "list_item_open":
            fresh_item = True
            if numbers and numbers[-1] is not None:
                # The number as written: a list that starts again at 1 is one list to the parser.
                numbers[-1] = int(token.info) if token.info.isdigit() else numbers[-1]
        elif kind == "blockquote_open":
            quotes += 1
        elif kind == "blockquote_close":
            quotes -= 1
        elif kind == "heading_open":
            level = int(token.tag[1])
        elif kind == "heading_close":
            level = 0
        elif kind == "table_open":
            header = ()
        elif kind == "thead_open":
            in_head = True
        elif kind == "thead_close":
            in_head = False
        elif kind == "tr_open":
            row, row_line = [], (token.map or [0, 0])[0] + 1
        elif kind == "tr_close":
            cells = tuple(plain(cell) for cell in row)
            if in_head:
                header = cells
            if any(cells):
                yield Block(
                    BlockKind.ROW, " | ".join(filter(None, cells)), " | ".join(row), Span(row_line, row_line),
                    depth=depth, cells=cells, raw_cells=tuple(row), header=() if in_head else header,
                    quoted=quotes > 0,
                )  # fmt: skip
        elif kind in ("fence", "code_block"):
            first, last = token.map or [0, 0]
            yield Block(
                BlockKind.CODE, token.content, token.content, Span(first + 1, max(last, first + 1)),
                depth=depth, quoted=quotes > 0,
            )  # fmt: skip
        elif kind == "html_block":
            paragraph += 1
            first = (token.map or [0, 0])[0]
            yield from _lines(token.content.split("\n"), first, paragraph, depth, quotes > 0)
        elif kind == "inline":
            span = token.map or [0, 0]
            if level:
                text = token.content.replace("\n", " ")
                yield Block(
                    BlockKind.HEADING, plain(text), text, Span(span[0] + 1, max(span[1], span[0] + 1)),
                    level=level, quoted=quotes > 0,
                )  # fmt: skip
            elif row_line and token.level and _inside_table(token):
                row.append(token.content)
            else:
                paragraph += 1
                parts = token.content.split("\n")
                if fresh_item and depth:
                    yield _item(parts[0], span[0] + 1, paragraph, depth, numbers[-1], quotes > 0)
                    yield from _lines(parts[1:], span[0] + 1, paragraph, depth, quotes > 0)
                else:
                    yield from _lines(parts, span[0], paragraph, depth, quotes > 0)
                fresh_item = False
        if kind == "table_close":
            row_line = 0


def _inside_table(token: Token) -> bool:
    return token.map is None or token.map[1] - token.map[0] <= 1


def _item(text: str, line: int, paragraph: int, depth: int, number: int | None, quoted: bool) -> Block:
    checked = None
    task = _TASK.match(text)
    if task:
        checked = task.group(1) in "xX✓✔"
        text = text[task.end() :]
    return Block(
        BlockKind.ITEM, plain(text), text, Span(line, line), paragraph=paragraph, depth=depth,
        number=number, checked=checked, quoted=quoted,
    )  # fmt: skip


def _pieces(parts: Sequence[str], before: int) -> Iterator[tuple[str, Span]]:
    """The lines as written; where the writer breaks them with ``<br>``, each piece with the lines it runs over."""
    if not any(_BREAK.search(part) for part in parts):
        yield from ((part, Span(n, n)) for n, part in enumerate(parts, before + 1))
        return
    pending, first = "", before + 1
    for n, part in enumerate(parts, before + 1):
        *ended, rest = _BREAK.split(part)
        for piece in ended:
            yield f"{pending} {piece}".strip(), Span(first if pending else n, n)
            pending = ""
        first = first if pending else n
        pending = f"{pending} {rest}".strip()
    if pending:
        yield pending, Span(first, before + len(parts))


def _lines(parts: Sequence[str], before: int, paragraph: int, depth: int, quoted: bool) -> Iterator[Block]:
    """Paragraph lines; lines that are rows between pipes (a table without a ruler) become rows."""
    for part, span in _pieces(parts, before):
        text = plain(part)
        if not text or _RULER.match(part):
            continue
        if _PIPE_ROW.match(part) and part.count("|") >= 3:
            raw = split_cells(part)
            cells = tuple(plain(cell) for cell in raw)
            yield Block(
                BlockKind.ROW, " | ".join(filter(None, cells)), part, span, depth=depth, cells=cells,
                raw_cells=raw, quoted=quoted,
            )  # fmt: skip
        else:
            yield Block(BlockKind.LINE, text, part, span, paragraph=paragraph, depth=depth, quoted=quoted)
