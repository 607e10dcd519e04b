"""Whether a regular expression can take exponential time, proved from its structure.

A backtracking matcher runs away where a text can be matched by a loop in two ways: each turn of the loop then
doubles the ways to fail. Every single-character piece of the expression is a position; ``follow`` tells which
position may come after which, and in how many ways. A loop is ambiguous where from one position two different
walks over the same text lead back to it. This is the test for exponential ambiguity of finite automata
(Weber and Seidl, 1991; used for regular expressions by Weideman et al., 2016).

Look-arounds and back references are taken as matching nothing (their insides are judged on their own), and a
repetition of up to ``_FEW`` counts as once: its ways are bounded. More than that counts as unbounded. So an
expression may be refused that is harmless, but none that runs away is let through.
"""

from __future__ import annotations

import re
import re._constants as op
import re._parser as parser
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

_FEW = 8  # a loop of at most that many turns has few ways
Charset = frozenset[str]
_KINDS = "aZq5_ \n\té根\u00a0-.,:;!?'\"()[]{}<>|*#@/\\=+`~^$%&\x00"


@dataclass
class _Part:
    """A piece of an expression: the positions it may begin and end with, each with the number of ways."""

    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    empty: int = 1


class _Automaton:
    def __init__(self, source: str, flags: int) -> None:
        tree = parser.parse(source, flags)
        self.flags = tree.state.flags
        self.alphabet = _alphabet(tree)
        self.sets: list[Charset] = []
        self.follow: dict[int, Counter[int]] = defaultdict(Counter)
        self.inner: list[Any] = []
        self.whole = self._sequence(tree)
        while self.inner:  # look-arounds are small expressions of their own
            self._sequence(self.inner.pop())

    def _sequence(self, items: Any) -> _Part:
        made = _Part()
        for code, value in items:
            made = self._joined(made, self._part(code, value))
        return made

    def _joined(self, left: _Part, right: _Part) -> _Part:
        self._link(left.last, right.first)
        return _Part(
            left.first + _times(right.first, left.empty),
            right.last + _times(left.last, right.empty),
            left.empty * right.empty,
        )

    def _link(self, ends: Counter[int], begins: Counter[int]) -> None:
        for end, ways in ends.items():
            for begin, more in begins.items():
                self.follow[end][begin] = min(self.follow[end][begin] + ways * more, 4)

    def _part(self, code: Any, value: Any) -> _Part:
        if code in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN, op.CATEGORY):
            self.sets.append(frozenset(c for c in self.alphabet if _accepts(code, value, c, self.flags)))
            here = Counter({len(self.sets) - 1: 1})
            return _Part(here, here.copy(), 0)
        if code is op.BRANCH:
            parts = [self._sequence(branch) for branch in value[1]]
            first, last = Counter[int](), Counter[int]()
            for part in parts:
                first += part.first
                last += part.last
            return _Part(first, last, sum(part.empty for part in parts))
        if code is op.SUBPATTERN:
            return self._sequence(value[3])
        if code is op.ATOMIC_GROUP:
            return self._sequence(value)
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = value
            part = self._sequence(body)
            if most is op.MAXREPEAT or most > _FEW:
                self._link(part.last, part.first)
            return _Part(part.first, part.last, part.empty + (1 if least == 0 else 0))
        if code in (op.ASSERT, op.ASSERT_NOT):
            self.inner.append(value[1])
        elif code is op.GROUPREF_EXISTS:
            return self._part(op.BRANCH, (None, [value[1], value[2] or []]))
        return _Part()  # an anchor or a back reference


def _times(ways: Counter[int], factor: int) -> Counter[int]:
    return Counter({key: min(count * factor, 4) for key, count in ways.items()}) if factor else Counter()


def _alphabet(tree: Any) -> list[str]:
    """Characters enough to tell the expression's pieces apart: those it names, their neighbours, and one of
    every kind."""
    found = set(_KINDS)

    def walk(node: Any) -> None:
        if isinstance(node, parser.SubPattern | list):
            for item in node:
                walk(item)
        elif isinstance(node, tuple):
            if len(node) == 2 and node[0] in (op.LITERAL, op.NOT_LITERAL):
                found.update((chr(node[1]), chr(node[1]).swapcase()[0]))
            elif len(node) == 2 and node[0] is op.RANGE:
                low, high = node[1]
                found.update(chr(n) for n in (low - 1, low, high, high + 1) if 0 <= n < 0x110000)
            else:
                for item in node:
                    walk(item)

    walk(tree)
    return sorted(found)


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _accepts(code: Any, value: Any, char: str, flags: int) -> bool:
    if code is op.ANY:
        return char != "\n" or bool(flags & re.DOTALL)
    if code is op.CATEGORY:
        return re.match(_CATEGORIES[value], char, flags & re.ASCII) is not None
    forms = {char, char.lower(), char.upper()} if flags & re.IGNORECASE else {char}
    if code is op.LITERAL:
        return chr(value) in forms
    if code is op.NOT_LITERAL:
        return chr(value) not in forms
    negated = value[0][0] is op.NEGATE
    inside = any(
        (kind is op.LITERAL and chr(what) in forms)
        or (kind is op.RANGE and any(what[0] <= ord(c) <= what[1] for c in forms if len(c) == 1))
        or (kind is op.CATEGORY and _accepts(kind, what, char, flags))
        for kind, what in value
        if kind is not op.NEGATE
    )
    return inside != negated


def accepted(code: Any, value: Any, characters: str, flags: int) -> list[str]:
    """Those of the characters that a piece of a parsed expression takes."""
    return [char for char in characters if _accepts(code, value, char, flags)]


def ambiguous_loop(source: str, flags: int = 0) -> str | None:
    """A character at which a loop of the expression can be walked in two ways, or None: no loop can."""
    machine = _Automaton(source, flags)
    for loop in _loops(machine.follow):
        found = _ambiguous(machine, loop)
        if found is not None:
            return found
    return None


def _ambiguous(machine: _Automaton, loop: set[int]) -> str | None:
    """Two walks side by side over the same text: ambiguous where they begin together, part, and meet again
    in the place they began."""
    follow, sets = machine.follow, machine.sets
    inside = {p: [q for q in follow[p] if q in loop] for p in loop}
    edges: dict[tuple[int, int], set[tuple[int, int]]] = {}
    todo = [(p, p) for p in loop]
    while todo:
        pair = todo.pop()
        if pair in edges:
            continue
        p, q = pair
        if p == q:
            for after in inside[p]:
                if follow[p][after] > 1:
                    return next(iter(sorted(sets[after])), "")
        edges[pair] = {
            (a, b) if a <= b else (b, a) for a in inside[p] for b in inside[q] if sets[a] & sets[b]
        }
        todo.extend(edges[pair])
    for group in _loops({pair: Counter(after) for pair, after in edges.items()}):
        together = [pair for pair in group if pair[0] == pair[1]]
        apart = [pair for pair in group if pair[0] != pair[1]]
        if together and apart:
            return min(sets[apart[0][0]] & sets[apart[0][1]])
    return None


def _loops(follow: Any) -> list[set[Any]]:
    """The groups of nodes that can reach each other (Tarjan, without recursion)."""
    index: dict[Any, int] = {}
    low: dict[Any, int] = {}
    stack: list[Any] = []
    on_stack: set[Any] = set()
    found: list[set[Any]] = []
    for root in list(follow):
        if root in index:
            continue
        work = [(root, iter(follow.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, after = work[-1]
            for other in after:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(follow.get(other, ()))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = set()
                    while True:
                        other = stack.pop()
                        on_stack.discard(other)
                        group.add(other)
                        if other == node:
                            break
                    if len(group) > 1 or node in follow.get(node, ()):
                        found.append(group)
    return found
