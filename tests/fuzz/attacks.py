"""Texts made to keep a regular expression busy: what leads to each of its loops, the loop's own food again and
again, and an end at which it fails."""

from __future__ import annotations

import re._constants as op
import re._parser as parser
from collections.abc import Iterator
from typing import Any

from tests.fuzz.ambiguity import accepted

_ENDS = ("", "\x00", " !", "\n")
# Of the characters that a loop takes, these are tried first: other loops beside it are likely to take them too.
_LIKELY = "a Z5-_.:,\"'`*|([<"
_LONG = 30  # a loop of fewer turns is no loop worth feeding


def attacks(source: str, flags: int, length: int) -> list[str]:
    """Hostile texts of about that length, each once, in a fixed order."""
    tree = parser.parse(source, flags)
    made: dict[str, None] = {}
    for before, food in _loops(tree, "", tree.state.flags):
        if not food:
            continue
        for end in _ENDS:
            made[before + food * (length // len(food)) + end] = None
        whole = before + food
        made[whole * (length // len(whole))] = None  # the search starts anew at each of them
        made[before * (length // max(len(before), 1))] = None
    return [text for text in made if text]


def _loops(items: Any, before: str, flags: int) -> Iterator[tuple[str, str]]:
    """(a text that leads to it, what it takes in one turn) of every loop, the inner ones too."""
    for code, value in items:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = value
            yield from _loops(body, before, flags)
            if most is op.MAXREPEAT or most >= _LONG:
                for food in _samples(body, flags):
                    yield before, food
            before += _shortest(body, flags) * max(least, 0)
            continue
        if code is op.BRANCH:
            for branch in value[1]:
                yield from _loops(branch, before, flags)
        elif code is op.SUBPATTERN:
            yield from _loops(value[3], before, flags)
        elif code is op.ATOMIC_GROUP:
            yield from _loops(value, before, flags)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from _loops(value[1], before, flags)
        before += _shortest([(code, value)], flags)


def _samples(body: Any, flags: int) -> list[str]:
    """A few different turns of a loop: several characters of a set, each branch of an alternation."""
    items = list(body)
    if len(items) == 1 and items[0][0] in (op.IN, op.ANY, op.LITERAL, op.NOT_LITERAL):
        return accepted(*items[0], _LIKELY, flags) or [_shortest(items, flags)]
    found = [_shortest(items, flags)]
    for n, (code, value) in enumerate(items):
        inner = value[3] if code is op.SUBPATTERN else [(code, value)]
        for kind, what in inner:
            if kind is op.BRANCH:
                for branch in what[1]:
                    turn = _shortest(items[:n], flags) + _shortest(branch, flags)
                    found.append(turn + _shortest(items[n + 1 :], flags))
            elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
                for more in _samples(what[2], flags)[:3]:
                    found.append(_shortest(items[:n], flags) + more + _shortest(items[n + 1 :], flags))
    return list(dict.fromkeys(found))[:8]


def _shortest(items: Any, flags: int) -> str:
    """A short text that the pieces take (look-arounds and back references are taken as empty)."""
    made = ""
    for code, value in items:
        if code in (op.IN, op.ANY, op.LITERAL, op.NOT_LITERAL):
            made += chr(value) if code is op.LITERAL else (accepted(code, value, _LIKELY, flags) or ["é"])[0]
        elif code is op.BRANCH:
            made += min((_shortest(branch, flags) for branch in value[1]), key=len)
        elif code is op.SUBPATTERN:
            made += _shortest(value[3], flags)
        elif code is op.ATOMIC_GROUP:
            made += _shortest(value, flags)
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            made += _shortest(value[2], flags) * value[0]
    return made
