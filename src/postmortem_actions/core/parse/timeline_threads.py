"""Chats and comment threads: head lines with a person and a moment, the message on the lines below.

    **tvdberg** (maintainer) 10:21        Mia Chen  9:41 AM        brightwell commented 2023-08-14 07:58 UTC
    Halted the roll-out.                  anyone looking at the    Same here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .blocks import BlockKind
from .sections import Unit
from .status_words import status_of
from .timeline_entries import Heads, Told, is_stamped, told
from .timeline_moments import Stamp, day_alone, leading

_LONGEST_HEAD = 120  # characters
_DIGIT = re.compile(r"\d")
_FEWEST_SURE = 2  # heads in bold or with "commented"
_FEWEST = 3
_NAME = r"@?[^\W\d_][\w.'’-]{1,30}(?: [^\W\d_][\w.'’-]{0,20}){0,3}"
_ROLE = r"(?:\s?[(\[][^()\[\]]{1,40}[)\]])?"
_ABOUT = r"(?: on)?(?: (?:this|the|an?)(?: (?:issue|ticket|pull request|incident|thread|bug|comment))?)?"
_SAYING = re.compile(
    rf"^\W{{0,4}}(?P<who>{_NAME}){_ROLE}\s+(?P<deed>commented|wrote|replied|answered|said|posted|added a comment|left a comment|"
    rf"(?:re)?opened(?= (?:this|the|an?|on)\b)|closed(?= (?:this|the)\b)){_ABOUT}(?=\W)",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"^(?P<who>{_NAME}){_ROLE}(?=\W)")
_TIMED = re.compile(r"^\W{0,3}\d.{3,70}$", re.DOTALL)
_NAMED = re.compile(rf"^[\s\-–—|:\])]{{0,5}}(?P<who>{_NAME}){_ROLE}\W{{0,3}}$")
_BOLD = re.compile(rf"^\s{{0,3}}(?:\*\*|__){_NAME}(?:\*\*|__)(?=\W)")
_LINK = re.compile(r"^(?:\s?[-–—,·•|:@(\[]|\s(?:on|at|today at|today)\b){0,2}\s{0,3}[(\[]?", re.IGNORECASE)
_ENDS = re.compile(r"^[\s)\]*_.:|•·-]{0,6}(?:\(?edited\)?|\d{1,4} comments?)?[\s•·]*$")
_A_DAY = (
    r"(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:day|sday|nesday|rsday|urday|s|rs|t|ch|il|e|y|"
    r"uary|ruary|ust|tember|ober|ember)?\b"
)
_TRAILING_DAY = re.compile(rf"\s{_A_DAY}.*$", re.IGNORECASE)
# What stands before a moment and is no person.
_NO_NAME = re.compile(
    r"\b(?:start\w*|begin\w*|began|end\w*|detect\w*|mitigat\w*|resol\w*|clos\w*|open\w*|outage|incident|impact|deploy\w*|rollback|alert\w*|"
    r"errors?|time\w*|dates?|created|updated|published|posted|written|reported|last|first|next|due|from|until|to|since|by|was|were|is|has|"
    r"been|the|this|that|at|on|in|it|we|they|window|duration|fix\w*|recover\w*|status|version|release|today|yesterday|root|page|failover|"
    r"restart\w*|revert\w*|lunch|break|restored)\b|^\w+day$",
    re.IGNORECASE,
)
_FULL_NAME = re.compile(r"^[^\W\d_a-z][\w'’.-]+(?: [^\W\d_a-z][\w'’.-]*){1,3}$|^@|^\S*[\d_.-]\S*$")


@dataclass(frozen=True, slots=True)
class _Head:
    """``sure``: in bold or with "commented", as no other line is written."""

    who: str
    stamp: Stamp
    written: str
    sure: bool = False
    opens: bool = False
    lines: int = 1


def messages(found: Sequence[Unit]) -> Heads:
    """The head of each message by its place; none where the document is no chat or thread."""
    heads = {n: head for n, unit in enumerate(found) if (head := _head(unit) or _over_two_lines(found, n)) is not None}
    heads = {n: head for n, head in heads.items() if _is_followed(found, n, heads)}
    if sum(head.sure for head in heads.values()) < _FEWEST_SURE:
        names = Counter(head.who for head in heads.values())
        again = any(times > 1 for times in names.values())
        if len(heads) < _FEWEST or not (again or all(_FULL_NAME.match(name) for name in names)):
            return Heads({}, frozenset())
    taken = frozenset(n + 1 for n, head in heads.items() if head.lines > 1)
    return Heads({n: _entry(found[n], head) for n, head in heads.items() if n not in taken}, taken)


def _entry(unit: Unit, head: _Head) -> Told:
    return replace(told(unit, head.stamp, head.written, ""), heading=head.who, spoken=True, opens=head.opens)


def _head(unit: Unit) -> _Head | None:
    block = unit.block
    if block.kind not in (BlockKind.LINE, BlockKind.HEADING) or len(block.text) > _LONGEST_HEAD or unit.residue:
        return None
    if not _DIGIT.search(block.text):
        return None
    if said := _SAYING.match(block.text):
        closing = _closing(block.text[said.end() :])
        if closing is not None and _is_name(said["who"]):
            return _Head(said["who"], *closing, sure=True, opens=said["deed"].lower() == "opened")
    if plain := _PLAIN.match(block.text):
        who = _TRAILING_DAY.sub("", plain["who"])  # "Mia Chen Jun 6, 10:21"
        rest = block.text[plain.end() if who == plain["who"] else len(who) :]
        if _is_name(who) and (closing := _closing(rest)) is not None:
            return _Head(who, *closing, sure=_BOLD.match(block.raw) is not None)
    stamp = leading(block.text) if _TIMED.match(block.text) else None  # "[9:41 AM] Mia Chen"
    named = _NAMED.match(block.text[stamp.end :]) if stamp is not None and stamp.when.at is not None else None
    if stamp is None or named is None or not _FULL_NAME.match(named["who"]) or not _is_name(named["who"]):
        return None
    return _Head(named["who"], stamp, block.text[stamp.begin : stamp.when.end].strip(" []()"))


def _over_two_lines(found: Sequence[Unit], place: int) -> _Head | None:
    """The name on one line and the time alone on the next, as browsers copy it from Slack."""
    block = found[place].block
    below = found[place + 1].block if place + 1 < len(found) else None
    if below is None or block.kind is not BlockKind.LINE or below.kind is not BlockKind.LINE:
        return None
    if not _TIMED.match(f"{below.text} {block.text}"):
        return None
    named = _NAMED.match(block.text)
    stamp = leading(below.text) if named is not None and _FULL_NAME.match(named["who"]) and _is_name(named["who"]) else None
    if named is None or stamp is None or stamp.when.at is None or not _ENDS.match(below.text[stamp.end :]):
        return None
    return _Head(named["who"], stamp, below.text[stamp.begin : stamp.when.end].strip(" []()"), lines=2)


def _is_name(who: str) -> bool:
    return _NO_NAME.search(who) is None and status_of(who) is None


def _closing(text: str) -> tuple[Stamp, str] | None:
    """The moment that the rest of a head line is, and how it is written."""
    link = _LINK.match(text)
    rest = text[link.end() if link else 0 :]
    stamp = leading(rest) or day_alone(rest)
    if stamp is None or not _ENDS.match(rest[stamp.end :]):
        return None
    return stamp, rest[stamp.begin : stamp.when.end].strip(" -–—:|*_[]()")


def _is_followed(found: Sequence[Unit], place: int, heads: Mapping[int, _Head]) -> bool:
    """Whether a message stands below: a head line alone is an entry of a terse timeline, or a time of something."""
    head = heads[place]
    next_ = place + head.lines
    if next_ >= len(found) or next_ in heads or found[next_].block.kind is BlockKind.HEADING:
        return False
    timed = is_stamped(found[place]) and leading(found[place].block.text) is not None
    return head.sure or not timed or not is_stamped(found[next_])
