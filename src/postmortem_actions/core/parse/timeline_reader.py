"""The entries of a timeline in the order of the document, before their days are known."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Problem, Span
from .blocks import BlockKind
from .phase_lines import is_metadata, may_name, named_phases
from .sections import Unit
from .timeline_entries import Told, entry, in_parts, is_prose, is_stamped, told
from .timeline_moments import day_alone, leading
from .timeline_offsets import counted
from .timeline_status import updates
from .timeline_threads import messages

_BAD_TIME = re.compile(
    r"^\W{0,3}(?:(?:2[4-9]|[3-9]\d):[0-5]\d|\d{1,2}:[6-9]\d|(?:1[3-9]|2\d):[0-5]\d ?[ap]m)\b", re.IGNORECASE
)
_PART = re.compile(r"^\s{0,20}<(?:p|h[1-6]|div|ul|ol|section)\b", re.IGNORECASE)  # of a page: what begins a part of its own
_SENTENCE_ENDS = re.compile(r"[.!?:…][\"')*_]{0,3}\s*$")
_NEVER = {"action_item", "action_class", "action_phase", "related", "evidence", "five_whys"}
_FEWEST_LOOSE = 3  # stamped lines make a timeline where no heading says that there is one
_LONGEST_TEXT = 300  # characters


def read_entries(found: Sequence[Unit]) -> tuple[list[Told], list[Problem]]:
    """All entries of a document, with what is odd about them."""
    reader = _Reader(found)
    for place, unit in enumerate(found):
        reader.read(place, unit)
    return reader.told, reader.problems


def _in_timeline(unit: Unit) -> bool:
    return "timeline" in unit.roles or "milestones" in unit.roles


class _Reader:
    """Goes through a document once; what stands below an entry and has no moment of its own belongs to it."""

    def __init__(self, found: Sequence[Unit]) -> None:
        self.told: list[Told] = []
        self.problems: list[Problem] = []
        self._found = found
        page, chat = updates(found), messages(found)
        self._heads = {**chat.heads, **page.heads}
        self._taken = (chat.taken | page.taken) - set(self._heads)
        count = counted(found)
        self._counted, self._beginnings = count.entries, count.beginnings
        self._stamped = {n for n, unit in enumerate(found) if n not in self._heads and n not in self._taken and is_stamped(unit)}
        if sum(_in_timeline(found[n]) for n in self._stamped) >= _FEWEST_LOOSE:
            # Where a document has its own timeline, a chat or a page pasted below it is what that was made from.
            self._heads = {n: head for n, head in self._heads.items() if _in_timeline(found[n])}
            self._taken = frozenset(n for n in self._taken if _in_timeline(found[n]))
        # A sentence that begins with a time is an entry only where the document has no timeline of its own.
        own = sum(_in_timeline(found[n]) for n in self._stamped) >= _FEWEST_LOOSE
        told = {n for n in self._stamped if not _in_timeline(found[n])}
        self._stamped -= {n for n in told if _goes_on_from_above(found, n) or (own and is_prose(found[n]))}
        self._loose = len(self._stamped) >= _FEWEST_LOOSE
        self._open: Told | None = None  # the entry to which text may still belong
        self._below_head = False  # and whether it is the head of a message or an update
        self._begun = 0  # entries of the paragraph at hand
        self._paragraph = -1

    def read(self, place: int, unit: Unit) -> None:
        """Read one unit: an entry of its own, a day for what follows, or text of the entry above."""
        if place in self._taken:
            return
        if (head := self._heads.get(place)) is not None:
            self._add(head)
            self._below_head = not head.whole
            self._open = None if head.whole else head
            return
        kind = unit.block.kind
        if (set(unit.roles) & _NEVER and not self._below_head) or unit.residue or kind in (BlockKind.CODE, BlockKind.FRONT_MATTER):
            return
        inside = _in_timeline(unit)
        message = self._below_head and self._open is not None and self._open.spoken and kind is BlockKind.LINE
        stamped = (inside or (self._loose and place in self._stamped)) and not message and place not in self._beginnings
        if stamped and _BAD_TIME.match(unit.block.text):
            word = unit.block.text[:20].split(" ", 1)[0]
            self.problems.append(Problem("time-malformed", f"{word!r} is no time of day", unit.block.span.start))
        own = self._counted.get(place) or self._day(place, unit) or (entry(unit) if stamped else None)
        if own is not None and (own.text or own.alone or own.stamp.when.at is not None or own.after is not None):
            if not self._is_named(unit, own):
                for one in in_parts(own):
                    self._add(one)
        else:
            self._go_on(unit, inside)
            self._is_named(unit, None)

    def _add(self, one: Told) -> None:
        self.told.append(one)
        self._below_head = False
        self._begun = self._begun + 1 if one.kind is BlockKind.LINE and one.paragraph == self._paragraph else 1
        self._paragraph = one.paragraph
        self._open = None if one.alone else one

    def _day(self, place: int, unit: Unit) -> Told | None:
        """A day that stands alone above entries outside of a timeline; in a timeline any entry may be one."""
        below = place + 1
        if unit.block.kind in (BlockKind.LINE, BlockKind.HEADING) and ((self._loose and below in self._stamped) or below in self._heads):
            alone = day_alone(unit.block.text)
            return entry(unit) if alone is not None else None
        return None

    def _is_named(self, unit: Unit, own: Told | None) -> bool:
        """Add the phases that a line names; whether they are all that it tells."""
        if unit.block.kind not in (BlockKind.LINE, BlockKind.ITEM) or is_metadata(unit):
            return False
        named = named_phases(unit.block.text)
        whole = bool(named)
        if not named and may_name(unit.block.text) and (stamp := leading(unit.block.text)) is not None:
            named = named_phases(unit.block.text[stamp.end :])
            if named and own is None and not self._below_head and (own := entry(unit)) is not None:
                self._add(own)
        if not named:
            return False
        said_in = None if whole and own is not None else own or (self._open if self._below_head else None)
        for one in named:
            part = told(unit, one.stamp, one.written, one.word)
            part.apart, part.marker, part.said_in = True, one.marker, said_in
            self.told.append(part)
        return whole and own is not None

    def _go_on(self, unit: Unit, inside: bool) -> None:
        """Add a text without a moment to the entry above it, where it belongs to it."""
        one = self._open
        if one is None:
            return
        if unit.block.kind is BlockKind.HEADING or (self._below_head and _is_section(unit)):
            self._open, self._below_head = None, False
            return
        if self._below_head:
            if len(one.text) < _LONGEST_TEXT:
                one.text = _clipped(f"{one.text} {unit.block.text}".strip())
                one.span = Span(one.span.start, unit.block.span.end)
        elif inside or not one.text or _goes_on(unit, one):
            if not self._belongs(unit, one):
                self._open = None
            elif len(one.text) < _LONGEST_TEXT:
                one.text = f"{one.text} {unit.block.text}".strip()
                one.span = Span(one.span.start, unit.block.span.end)

    def _belongs(self, unit: Unit, one: Told) -> bool:
        """What follows a list or a table is not part of its last entry, nor a paragraph of the last line of another."""
        block = unit.block
        if one.kind is BlockKind.ROW or block.kind is BlockKind.ROW:
            return one.kind is block.kind and not block.cells[0]
        if one.text and _PART.match(block.raw):
            return False
        if one.kind is BlockKind.LINE and one.text and self._begun > 1:
            return block.paragraph == one.paragraph
        return block.depth >= one.depth


def _goes_on(unit: Unit, one: Told) -> bool:
    """Whether a line is the next of the item that an entry is."""
    return one.kind is BlockKind.ITEM and unit.block.kind is BlockKind.LINE and unit.block.paragraph == one.paragraph


def _goes_on_from_above(found: Sequence[Unit], place: int) -> bool:
    """Whether a line goes on in the middle of the sentence of the line above it."""
    block, above = found[place].block, found[place - 1].block if place else None
    if above is None or block.kind is not BlockKind.LINE or above.kind is not BlockKind.LINE or above.paragraph != block.paragraph:
        return False
    return not is_stamped(found[place - 1]) and not _SENTENCE_ENDS.search(above.text)


def _is_section(unit: Unit) -> bool:
    """Whether a line is the name of a section, set above its text."""
    return unit.label is not None and unit.value == unit.label and bool(unit.roles)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
