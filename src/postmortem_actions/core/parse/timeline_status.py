"""Status pages: updates whose head line is a status word with a moment, before or behind it.

    Resolved - Fri 17 May, 09:05          **Fri 30 June, 1:35pm – Fix in place**
    Two clear days.                       Our provider tells us that …

    Monitoring - A fix is out.            Identified
    May 17, 09:05 UTC                     The cause is … Posted May 17, 2025 - 08:30 UTC
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..model import Span
from .blocks import BlockKind
from .sections import Unit
from .status_words import ANY_STATUS, SOME_STATUS, status_of
from .timeline_entries import Heads, Told, told
from .timeline_moments import Stamp, leading

_LONGEST_HEAD = 160  # characters
_LONGEST_UPDATE = 12  # lines until its moment
_LONGEST_TEXT = 300
_FEWEST = 2  # heads, with different words: one alone may be a line of anything
_BEFORE = re.compile(
    rf"^\W{{0,4}}(?:status: )?(?P<status>{ANY_STATUS})(?: ?#?\d{{1,2}}(?=\W{{1,3}}\s))?"
    r"[\])]?(?:\s?[-–—|,(·•@]\s?|\s(?:at|on|as of)\s|\s)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"^[\s\-–—|,:·•\[(]{{0,6}}(?P<status>{ANY_STATUS})[\])]?(?:\s*$|\s?[-–—|:.]\s*(?P<text>.*)$)", re.IGNORECASE | re.DOTALL
)
_OPENS = re.compile(rf"^\W{{0,4}}(?P<status>{ANY_STATUS})(?:\W{{0,3}}$|\s[-–—]\s(?P<text>.*)$)", re.IGNORECASE | re.DOTALL)
_POSTED = re.compile(
    r"^\W{0,3}(?:posted|updated)(?: (?:on|at)\b)?(?: (?:about |over |almost )?(?:\d{1,3}|an?) \w{1,8} ago)?[.,:]?\s", re.IGNORECASE
)
_ENDS = re.compile(r"^[\s)\]*_.:|–—-]*$")
_AFTER = re.compile(r"^[)\]*_]{0,3}\s?[-–—:|.,]\s*(?P<text>\S.*)$", re.DOTALL)
_HEADS = (BlockKind.HEADING, BlockKind.LINE, BlockKind.ITEM)


def updates(found: Sequence[Unit]) -> Heads:
    """The updates of a status page; none where too few lines look like one."""
    heads = {n: head for n, unit in enumerate(found) if (head := _head(unit)) is not None}
    closed, taken = _posted_below(found, heads)
    heads |= closed
    if len(heads) < _FEWEST or len({head.status for head in heads.values()}) < _FEWEST:
        return Heads({}, frozenset())
    return Heads(heads, frozenset(taken))


def _head(unit: Unit) -> Told | None:
    """A line that tells a status and its moment."""
    text = unit.block.text
    if unit.block.kind not in _HEADS or len(text) > _LONGEST_HEAD or unit.residue or not SOME_STATUS.search(text):
        return None
    if (match := _BEFORE.match(text)) and (stamp := leading(text[match.end() :])) is not None and stamp.when.at is not None:
        behind = text[match.end() + stamp.end :]
        more = _AFTER.match(behind)
        if more is None and not _ENDS.match(behind):
            return None  # "Updated 10:40 after the vendor called": a sentence
        return _told(unit, stamp, text[match.end() :], match["status"], more["text"] if more else "")
    stamp = leading(text)
    if stamp is None or stamp.when.at is None or (match := _BEHIND.match(text[stamp.end :])) is None:
        return None
    return _told(unit, stamp, text, match["status"], match["text"] or "")


def _told(unit: Unit, stamp: Stamp, text: str, status: str, more: str) -> Told:
    written = text[stamp.begin : stamp.when.end].strip(" -–—:|*_[]()")
    return replace(told(unit, stamp, written, more.strip()), heading=status, status=status_of(status))


def _posted_below(found: Sequence[Unit], heads: Mapping[int, Told]) -> tuple[dict[int, Told], set[int]]:
    """Updates whose moment closes them, on a line of its own."""
    closed: dict[int, Told] = {}
    taken: set[int] = set()
    for place, unit in enumerate(found):
        match = _OPENS.match(unit.block.text) if unit.block.kind in _HEADS and place not in heads else None
        if match is None:
            continue
        pieces = [(match["text"] or "").strip()]
        for n in range(place + 1, min(place + 1 + _LONGEST_UPDATE, len(found))):
            below = found[n].block
            if n in heads or below.kind not in (BlockKind.LINE, BlockKind.ITEM) or _OPENS.match(below.text):
                break
            if (stamp := _moment_alone(below.text)) is not None:
                text = " ".join(piece for piece in pieces if piece)[:_LONGEST_TEXT].strip()
                head = _told(unit, stamp, below.text, match["status"], text)
                lead = _POSTED.match(below.text)
                head.whole = True
                head.written = below.text[lead.end() if lead else 0 :].strip(" -–—:|*_[]()")
                head.span = Span(unit.block.span.start, below.span.end)
                closed[place] = head
                taken.update(range(place + 1, n + 1))
                break
            pieces.append(below.text)
    return closed, taken


def _moment_alone(text: str) -> Stamp | None:
    if len(text) > _LONGEST_HEAD:
        return None
    lead = _POSTED.match(text)
    rest = text[lead.end() :] if lead else text
    stamp = leading(rest)
    return stamp if stamp is not None and stamp.when.at is not None and _ENDS.match(rest[stamp.end :]) else None
