"""Sentences with their lines: paragraphs are joined over their lines and split where sentences end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..model import Sentence, Span
from .blocks import BlockKind
from .sections import Unit

_END = re.compile(r"[.!?。！？]+[\"'”’)\]]*\s+(?=[\"'“‘(\[`]*[A-Z0-9\u00c0-\u00dd\u3040-\u9fff@`])|[。！？]")
# A line of a chat or log: each is said for itself.
STAMPED = re.compile(r"^\[?(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?\b")
# "Severity: 2": a key with its value is said for itself, wherever it stands among others.
KEYED = re.compile(r"^[A-Z\u00c0-\u024f][\w-]*(?: [\w-]+){0,3}\s?:\s+\S|^[a-z\u00df-\u024f][\w-]*(?: [\w-]+)?\s?:\s+\S")
_LONGEST_NAME = 4  # words
_HOUR = re.compile(r"\d ?[ap]\.m\.$", re.IGNORECASE)
_BEGINS = re.compile(
    r"(?!(?:Eastern|Pacific|Central|Mountain|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
    r"[A-Z](?:[a-z]+|(?= ))"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|no|nr|etc|cf|fig|dr|mr|mrs|ms|st|inc|ltd|resp|jan|feb|mar|apr|jun|jul|aug|sep|"
    r"sept|oct|nov|dec|a\.m|p\.m|z\.b|u\.a|ca)|\b[A-Za-z])\.$",
    re.IGNORECASE,
)


def sentences(found: Sequence[Unit]) -> list[Sentence]:
    """The sentences of a document, in order. Code, front matter and template residue are left out;
    a table row is one sentence; a heading is one where its words are no mere section name."""
    result: list[Sentence] = []
    group: list[Unit] = []
    for place, unit in enumerate(found):
        if group and (
            unit.block.kind is not BlockKind.LINE
            or unit.block.paragraph != group[0].block.paragraph
            or unit.label is not None
            or unit.residue
            or STAMPED.match(unit.block.text)
            or (KEYED.match(unit.block.text) and (KEYED.match(group[-1].block.text) or _is_keyed_below(found, place)))
        ):
            result.extend(split_group(group))
            group = []
        if unit.residue or unit.block.kind in (BlockKind.CODE, BlockKind.FRONT_MATTER):
            continue
        if unit.label is not None and unit.value == unit.label and unit.roles and len(unit.label.split()) <= _LONGEST_NAME:
            continue  # only a section's name, set above its text; a whole statement in bold is one
        if unit.block.kind is BlockKind.HEADING:
            result.append(Sentence(unit.text, unit.block.span, unit.roles))
        elif unit.block.kind is BlockKind.ROW:
            if unit.block.header or not _is_head(unit):
                result.append(Sentence(unit.text, unit.block.span, unit.roles))
        else:
            group.append(unit)
    result.extend(split_group(group))
    return [sentence for sentence in result if re.search(r"\w", sentence.text)]


def _is_keyed_below(found: Sequence[Unit], place: int) -> bool:
    """Whether the next line of the same paragraph is a key with its value, too."""
    below = found[place + 1] if place + 1 < len(found) else None
    return below is not None and below.block.paragraph == found[place].block.paragraph and KEYED.match(below.block.text) is not None


def _is_head(unit: Unit) -> bool:
    return all(len(cell.split()) <= 4 for cell in unit.block.cells) and not any(
        re.search(r"\d", cell) for cell in unit.block.cells
    )


def _ends_with_hour(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends in "4:19 p.m.": what follows is neither a zone nor a day."""
    return _HOUR.search(text[: match.start() + 1]) is not None and _BEGINS.match(text[match.end() :]) is not None


def split_group(group: Sequence[Unit]) -> Iterator[Sentence]:
    """The sentences of units that are read as one text, each with the lines it stands on."""
    if not group:
        return
    text, starts = "", []
    for unit in group:
        starts.append((len(text), unit.block.span.start))
        text += unit.text + " "
    text = text.rstrip()

    def line(offset: int) -> int:
        return next(number for begin, number in reversed(starts) if begin <= offset)

    begin = 0
    for match in [*_END.finditer(text), None]:
        if match is not None and _ABBREVIATION.search(text[: match.start() + 1]) and not _ends_with_hour(text, match):
            continue
        end = match.end() if match is not None else len(text)
        piece = text[begin:end].strip()
        if piece:
            first = begin + (len(text[begin:end]) - len(text[begin:end].lstrip()))
            yield Sentence(
                piece,
                Span(line(first), line(max(first, end - 1 if match is None else match.start()))),
                group[0].roles,
            )
        begin = end
