"""Key-value metadata in every notation: front matter, bold keys, several on a line, tables, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Evidence
from .blocks import BlockKind
from .inline import plain
from .sections import Unit, is_placeholder
from .sentences import STAMPED
from .words import ReadingWords

_PAIR = re.compile(r"^(?P<key>[^\W\d][\w /().'&-]{0,45}?)\s*(?:[:=：]|\s[-–—]\s)\s*(?P<value>\S.*)$")
_UPPER_PAIRS = re.compile(
    r"(?:^|\s)(?P<key>[A-Z][A-Z_ ]{2,24}):\s+(?P<value>.*?)(?=\s+[A-Z][A-Z_ ]{2,24}:\s|$)", re.DOTALL
)
# "**Detected:** 10:05 **Resolved:** 11:40": several keys in one paragraph, set off by bold.
_BOLD_KEY = re.compile(r"(\*\*|__)\s*(?P<key>[^*_\n:：]{2,46}?)\s*(?:[:：]\s*\1|\1\s*[:：])\s*")
# Metadata that stands inside these sections speaks of something else.
_ELSEWHERE = {
    "related",
    "evidence",
    "action_item",
    "action_class",
    "action_phase",
    "action_preview",
    "went_well",
    "comms",
}
_FEWEST_KEYS = 2
_LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One key and value. ``field`` is the name in data/reading.yaml."""

    field: str
    value: str
    evidence: Evidence
    roles: tuple[str, ...] = ()


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[*_`:：]|[^\w\s/().'-]", "", text)).strip().lower()


def metadata(found: Sequence[Unit], words: ReadingWords) -> list[Entry]:
    """Every known key with its value, in order of the document. Placeholders count as missing."""
    entries = []
    for field, value, unit in _pairs(found, words):
        value = value.strip(" *_|\"'")
        if is_placeholder(value) or len(value) > _LONGEST_VALUE or not re.search(r"\w", value):
            continue
        entries.append(Entry(field, value, Evidence(unit.block.text, unit.block.span), unit.roles))
    return entries


def _pairs(found: Sequence[Unit], words: ReadingWords) -> Iterator[tuple[str, str, Unit]]:
    for place, unit in enumerate(found):
        if unit.residue or set(unit.roles) & _ELSEWHERE or unit.block.kind is BlockKind.CODE:
            continue
        block = unit.block
        if block.kind is BlockKind.ROW:
            yield from ((f, v, unit) for f, v in _row(unit, words))
        elif block.kind is BlockKind.HEADING:
            field = words.keys.get(_key(block.text))
            following = found[place + 1] if place + 1 < len(found) else None
            if (
                field
                and field != "title"
                and following is not None
                and following.block.kind in (BlockKind.LINE, BlockKind.ITEM)
                and len(following.block.text) < 120
                and not _begins_a_log(found, place + 1)
            ):
                yield field, following.value or following.text, following
        elif len(bold := list(_BOLD_KEY.finditer(block.raw))) > 1:
            ends = [*(key.start() for key in bold[1:]), len(block.raw)]
            for key, end in zip(bold, ends, strict=True):
                if field := words.keys.get(_key(key["key"])):
                    yield field, plain(block.raw[key.end() : end]).strip(" |;·•-–—"), unit
        elif block.kind is BlockKind.LINE and len(told := _told_in_a_row(block.text, words)) > 1:
            yield from ((field, value, unit) for field, value in told)
        elif " | " in block.text and block.text.count(":") > 1:
            for part in block.text.split(" | "):
                if (match := _PAIR.match(part.strip())) and (field := words.keys.get(_key(match["key"]))):
                    yield field, match["value"], unit
        elif block.kind is not BlockKind.FRONT_MATTER and len(_UPPER_PAIRS.findall(block.text)) > 1:
            for match in _UPPER_PAIRS.finditer(block.text):
                if field := words.keys.get(_key(match["key"].replace("_", " "))):
                    yield field, match["value"], unit
        elif unit.label is not None and unit.value and unit.value != unit.label and (field := words.keys.get(_key(unit.label))):
            yield field, unit.value, unit
        elif (match := _PAIR.match(block.text)) and (field := words.keys.get(_key(match["key"]))):
            if (
                field in ("title", "services", "date")
                and block.kind is BlockKind.LINE
                and len(match["value"]) > 120
            ):
                continue
            yield field, match["value"], unit


def _begins_a_log(found: Sequence[Unit], place: int) -> bool:
    """Whether what follows a heading are entries with times, of which the first is not its value."""
    below = found[place : place + 2]
    return len(below) > 1 and all(STAMPED.match(unit.block.text) for unit in below)


def _told_in_a_row(text: str, words: ReadingWords) -> list[tuple[str, str]]:
    """ "Severity: high. Date: 17 March 2026. Author: …": known keys with their values, one sentence each."""
    if text.count(":") < _FEWEST_KEYS:
        return []
    pairs = (_PAIR.match(part.strip(" .;")) for part in re.split(r"[.;]\s+(?=[A-Z][\w /-]{1,30}:\s)", text))
    return [(field, match["value"]) for match in pairs if match and (field := words.keys.get(_key(match["key"])))]


def _row(unit: Unit, words: ReadingWords) -> Iterator[tuple[str, str]]:
    """Property/value rows, four-column grids, and one-row tables under a head of keys."""
    cells, header = unit.block.cells, unit.block.header
    known = [words.keys.get(_key(cell)) for cell in cells]
    if len(cells) == 2 and known[0]:
        yield known[0], cells[1]
    elif len(cells) == 4 and known[0] and known[2]:
        yield known[0], cells[1]
        yield known[2], cells[3]
    elif header and len(header) == len(cells) and "timeline" not in unit.roles:
        fields = [words.keys.get(_key(name)) for name in header]
        if sum(field is not None for field in fields) >= 2 and any(
            f in ("severity", "duration", "id") for f in fields
        ):
            for field, cell in zip(fields, cells, strict=True):
                if field:
                    yield field, cell
