"""Timelines told from a stated beginning: "T+5", "+12 min", "T+01:30", or a column of minutes.

The beginning has to be told ("T0 = 14:03 UTC", "Times are minutes after the apply was started, 6:02 p.m."); without
it an entry keeps what was written and has no moment."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from .blocks import BlockKind
from .dates import When
from .sections import Unit
from .timeline_bases import HEAD_UNIT, UNIT, Base, bases
from .timeline_entries import Told, told
from .timeline_moments import Stamp, leading

_FEWEST = 3  # entries, outside of a timeline
_LENGTH = (
    r"(?:(?P<first>\d{1,3}):(?P<second>[0-5]\d)(?::(?P<third>[0-5]\d))?|(?P<hours>\d{1,3})\s?h(?:ours?|rs?)?\s?(?P<minutes>\d{1,2})"
    rf"(?:\s?m(?:in(?:ute)?s?)?)?|(?P<number>\d{{1,5}})(?:\s?(?P<unit>{UNIT}))?)(?!\w|[:.]\d)"
)
_FROM_T = re.compile(rf"^\W{{0,3}}T\s?(?P<sign>[+\-−–])\s?{_LENGTH}", re.IGNORECASE)
_T_ZERO = re.compile(r"^\W{0,3}T\s?[=+]?\s?(?P<number>0{1,2})(?!\w|[:.]\d)", re.IGNORECASE)
_PLUS = re.compile(rf"^[\W]{{0,2}}\+\s?(?=\d{{1,3}}(?::|\s?[dhms]))(?P<sign>){_LENGTH}", re.IGNORECASE)
_BARE = re.compile(rf"^(?P<sign>[+\-−–]?)\s?{_LENGTH}\s*$", re.IGNORECASE)
_COLUMN = re.compile(r"^(?P<sign>)(?P<number>\d{1,4})\s{2,}(?P<text>\S.*)$", re.DOTALL)
_HEAD = re.compile(
    rf"^\W{{0,2}}(?:T\s?\+|T\b|Δ\s?t?\b|delta|offset|elapsed|(?:{UNIT})\b)(?P<more>.*)$", re.IGNORECASE | re.DOTALL
)
_LINK = re.compile(r"^[\s=:(–—-]{0,4}(?:is|was|at)?\s", re.IGNORECASE)
_STATISTICS = re.compile(r"^\W*(?:min|max|avg|mean|median|average|p\d\d|count|total)\W*$", re.IGNORECASE)
_SECONDS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Count:
    """An entry with the length of time it begins with. ``unit`` is what its column counts in."""

    entry: Told
    length: re.Match[str]
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The entries by their places, and the places of the lines that only tell where the count begins."""

    entries: Mapping[int, Told]
    beginnings: frozenset[int] = frozenset()


def counted(found: Sequence[Unit]) -> Counted:
    """The entries that count from a beginning; outside of a timeline only where one is told."""
    counts = dict(_in_lines(found)) | dict(_in_columns(found)) | dict(_in_rows(found))
    if not counts:
        return Counted({})
    known = bases(found, min(counts), max(counts))
    places = [base.place for base in known]
    result = {}
    for place, count in counts.items():
        inside = "timeline" in found[place].roles
        base = known[max(0, bisect_right(places, place) - 1)] if known else None
        if base is None and inside:
            result[place] = count.entry
        elif base is not None and (inside or len(counts) >= _FEWEST) and (entry := _reckoned(count, base)) is not None:
            result[place] = entry
    return Counted(result, frozenset(base.place for base in known if leading(found[base.place].block.text) is None))


def _reckoned(count: _Count, base: Base) -> Told | None:
    length = _length(count.length, count.unit or base.unit or "m", clocked=base.clocked)
    if length > _LONGEST:
        return None
    stamp = replace(count.entry.stamp, when=When(0, 0, zone=base.stamp.when.zone))
    return replace(count.entry, stamp=stamp, after=length, base=base.stamp)


def _length(match: re.Match[str], unit: str, *, clocked: bool) -> timedelta:
    parts = match.groupdict()
    if parts.get("first"):
        first, second, third = int(parts["first"]), int(parts["second"]), int(parts["third"] or 0)
        # Two numbers are hours and minutes, unless the document says that they are minutes and seconds.
        by_minutes = clocked and not parts["third"]
        length = timedelta(minutes=first, seconds=second) if by_minutes else timedelta(hours=first, minutes=second, seconds=third)
    elif parts.get("hours"):
        length = timedelta(hours=int(parts["hours"]), minutes=int(parts["minutes"]))
    else:
        length = timedelta(seconds=int(parts["number"]) * _SECONDS[(parts.get("unit") or unit)[0].lower()])
    return -length if (parts.get("sign") or "+") in "-−–" else length


def _written(number: str, head: str, unit: re.Match[str] | None) -> str:
    """A number with what the head of its column says it is: "T+21", "21 min"."""
    if not number.strip().isdigit():
        return number
    return f"{number} {unit['unit']}" if unit else f"T+{number}" if head.upper().startswith("T") else number


def _stamp() -> Stamp:
    return Stamp(When(0, 0), 0, 0)


def _in_lines(found: Sequence[Unit]) -> Iterator[tuple[int, _Count]]:
    """ "T+5 the first alert", "+1h05: …", "T0 – deploy"."""
    for place, unit in enumerate(found):
        if unit.block.kind not in (BlockKind.LINE, BlockKind.ITEM, BlockKind.HEADING) or unit.residue:
            continue
        head = unit.block.text[:40]
        match = _FROM_T.match(head) or _PLUS.match(head) or _T_ZERO.match(head)
        if match is not None:
            text = unit.block.text[match.end() :]
            if (own := leading(_LINK.sub("", text))) is not None and own.when.at is not None:
                text = _LINK.sub("", text)[own.end :]  # "T+0 (14:03) the deploy"
            text = text.strip(" -–—:|`)]")
            if text or own is None:  # "T0 = 14:03" alone is the beginning and no entry
                yield place, _Count(told(unit, _stamp(), match[0].strip(" -–—:|`([*_"), text), match)


def _in_rows(found: Sequence[Unit]) -> Iterator[tuple[int, _Count]]:
    """Rows whose first column counts: its head says so, or its cells ("T+5") do."""
    tables: dict[tuple[str, ...], list[tuple[int, _Count]]] = {}
    for place, unit in enumerate(found):
        cells, header = unit.block.cells, unit.block.header
        if unit.block.kind is not BlockKind.ROW or unit.residue or len(cells) < 2:
            continue
        counts = bool(header) and _HEAD.match(header[0]) is not None and not any(_STATISTICS.match(name) for name in header[1:])
        match = (_BARE.match(cells[0]) if counts else None) or _FROM_T.match(cells[0]) or _PLUS.match(cells[0]) or _T_ZERO.match(cells[0])
        text = next((cell for cell in cells[1:] if cell), "")
        if match is not None and match.end() >= len(cells[0].rstrip(" )]*_")) and len(text.split()) > 1:
            unit_ = HEAD_UNIT.search(header[0]) if counts else None
            written = _written(cells[0], header[0], unit_) if counts else cells[0]
            count = _Count(told(unit, _stamp(), written, text), match, unit_["unit"] if unit_ else None)
            tables.setdefault(header, []).append((place, count))
    for rows in tables.values():
        if _rises([count for _, count in rows]):
            yield from rows


def _in_columns(found: Sequence[Unit]) -> Iterator[tuple[int, _Count]]:
    """Columns set with spaces, as in reStructuredText: "T+  Event" and below it "21  Service desk calls"."""
    head: re.Match[str] | None = None
    rows: list[tuple[int, _Count]] = []
    for place, unit in enumerate(found):
        block = unit.block
        if block.kind is BlockKind.HEADING and not any(char.isalnum() for char in block.text):
            continue  # a ruler
        match = _COLUMN.match(block.raw) if block.kind is BlockKind.LINE else None
        if head is not None and match is not None:
            title = head[0].split("  ")[0].strip()
            named = HEAD_UNIT.search(title)
            one = told(unit, _stamp(), _written(match["number"], title, named), block.text.split(" ", 1)[-1])
            rows.append((place, _Count(one, match, named["unit"] if named else None)))
        elif not rows or block.kind is not BlockKind.LINE or block.paragraph != found[rows[-1][0]].block.paragraph:
            if _rises([count for _, count in rows]):
                yield from rows
            rows = []
            head = _HEAD.match(block.raw) if block.kind is BlockKind.LINE and "  " in block.raw.strip() else None
    if _rises([count for _, count in rows]):
        yield from rows


def _rises(counts: Sequence[_Count]) -> bool:
    """Whether the numbers of a column are times that pass: some of them, and none goes back."""
    lengths = [_length(count.length, count.unit or "m", clocked=False) for count in counts]
    return len(lengths) >= _FEWEST and all(a <= b for a, b in zip(lengths, lengths[1:], strict=False))
