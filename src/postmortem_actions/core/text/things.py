"""Whether two short texts speak of the same things: by the words that both hold."""

from __future__ import annotations

from .words import tokens

_SHORT = 3  # letters: what is shorter joins words, it names nothing
_SAME = 2  # words in common


def things(text: str) -> frozenset[str]:
    """The stems of the words of a text that may name something."""
    return frozenset(token.stem for token in tokens(text) if len(token.stem) > _SHORT)


def of_the_same(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two texts have words enough in common."""
    return len(first & second) >= _SAME
