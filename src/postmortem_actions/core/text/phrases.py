"""The phrase language of the catalogue: how a rule says what it recognises.

A phrase is a sequence of words compared by stem, within one sentence, whatever its case:

    missing index              the words next to each other (articles and fillers do not count)
    (no|lack of) index         one of several; an alternative may have several words
    no .. alert                up to 3 words between
    retry ... without ... backoff    up to 8 words between
    certificat*                any word that begins so
    # rows                     any figure, with or without a unit
    full? table scan           the word before "?" may be missing

"no", "not", "without", "never" are one word, so "without index" also matches "no index". There is no
unbounded repetition, so matching is linear in the sentence for a given phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .words import FILLERS, NEGATIONS, Token, stem, tokens

_PIECE = re.compile(r"\(([^()]*)\)(\?)?|(\.\.\.|\.\.)|([^\s()]+)")
_GAPS = {"..": 3, "...": 8}
_LONGEST_SENTENCE = 400  # tokens; longer "sentences" (a pasted log) are matched in pieces of this size


class PhraseError(ValueError):
    """A phrase that cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase: a stem, a prefix (``word*``) or any figure (``#``)."""

    stem: str
    prefix: bool = False
    number: bool = False

    def matches(self, token: Token) -> bool:
        if self.number:
            return token.is_number
        if self.prefix:
            return token.word.startswith(self.stem) or token.stem.startswith(self.stem)
        return token.stem == self.stem


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place of a phrase: its alternatives, whether it may be missing, words allowed before it."""

    options: tuple[tuple[_Word, ...], ...]
    optional: bool = False
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase. ``source`` is as written in the rule."""

    source: str
    slots: tuple[_Slot, ...]
    needs: tuple[frozenset[str], ...] = ()  # of each set, one key must be among the sentence's (see keys_of)

    def possible(self, keys: frozenset[str]) -> bool:
        """Whether the words of a sentence allow a match at all; False is certain, True is not."""
        return not any(need.isdisjoint(keys) for need in self.needs)

    def find(self, words: tuple[Token, ...], start: int = 0) -> tuple[int, int] | None:
        """First match as (first token, token after the last) at or after ``start``, else None."""
        for begin in range(start, len(words)):
            end = self._match(words, begin, 0, first=True)
            if end is not None:
                return begin, end
        return None

    def match_at(self, words: tuple[Token, ...], begin: int) -> int | None:
        """The token after the last one matched when the phrase starts at ``begin``, else None."""
        return self._match(words, begin, 0, first=True)

    def _match(self, words: tuple[Token, ...], at: int, index: int, *, first: bool = False) -> int | None:
        if index == len(self.slots):
            return at
        slot = self.slots[index]
        for skipped in range(0, 1 if first else slot.gap + 1):
            place = at + skipped
            if place > len(words):
                break
            for option in slot.options:
                after = place + len(option)
                if after <= len(words) and all(
                    part.matches(words[place + n]) for n, part in enumerate(option)
                ):
                    end = self._match(words, after, index + 1)
                    if end is not None:
                        return end
        if slot.optional:
            return self._match(words, at, index + 1, first=first)
        return None

    def first_words(self) -> Iterable[_Word]:
        """The words with which a match can begin."""
        for slot in self.slots:
            for option in slot.options:
                yield option[0]
            if not slot.optional:
                return


def keys_of(words: Iterable[Token]) -> frozenset[str]:
    """What a sentence offers to phrases: its stems, beginnings of three letters, and whether it has figures."""
    keys: set[str] = set()
    for token in words:
        keys.add(token.stem)
        keys.add(token.word[:3] + "*")
        keys.add(token.stem[:3] + "*")
        if token.is_number:
            keys.add("#")
    return frozenset(keys)


def _needs(slots: Iterable[_Slot]) -> tuple[frozenset[str], ...]:
    """For each place that must be filled, the keys of the words that can begin it."""
    needs = []
    for slot in slots:
        firsts = [option[0] for option in slot.options]
        if slot.optional or any(word.prefix and len(word.stem) < 3 for word in firsts):
            continue
        needs.append(frozenset("#" if w.number else w.stem[:3] + "*" if w.prefix else w.stem for w in firsts))
    return tuple(needs)


@lru_cache(maxsize=16384)
def _words(text: str) -> tuple[_Word, ...]:
    if text.isascii() and text.isalpha() and text.islower():  # the ordinary case, and by far the most frequent
        return () if text in FILLERS else (_Word("no" if text in NEGATIONS else stem(text)),)
    parts: list[_Word] = []
    for raw in text.split():
        if raw == "#":
            parts.append(_Word("#", number=True))
        elif raw.endswith("*"):
            parts.append(_Word(raw[:-1].lower(), prefix=True))
        else:
            for token in tokens(raw, keep_fillers=True):
                if token.word not in FILLERS:
                    parts.append(_Word(token.stem))
    # "time out" in a phrase joins just as it does in a text.
    if len(parts) > 1 and not any(part.prefix or part.number for part in parts):
        parts = [_Word(token.stem) for token in tokens(text)]
    return tuple(parts)


def _flatten(source: str) -> str:
    """Groups inside a group are written out: ``(a (b|c)|d)`` becomes ``(a b|a c|d)``."""
    for _ in range(20):
        match = re.search(r"\(([^()]*)\(([^()]*)\)(\??)", source)
        if match is None:
            return source
        lead, inner, optional = match.groups()
        close, depth = match.end(), 1
        while close < len(source) and depth:
            depth += {"(": 1, ")": -1}.get(source[close], 0)
            close += 1
        rest = source[match.end() : close - 1]
        cut = next((n for n, char in enumerate(rest) if char == "|" and rest[:n].count("(") == rest[:n].count(")")), len(rest))
        before, _, head = lead.rpartition("|")
        foot, after = rest[:cut], rest[cut:]
        options = [*inner.split("|"), *([""] if optional else [])]
        written = "|".join(f"{head}{option}{foot}" for option in options)
        source = f"{source[: match.start()]}({before + '|' if before else ''}{written}{after}){source[close:]}"
    raise PhraseError("too many groups inside groups")


def compile_phrase(source: str) -> Phrase:
    """Compile one phrase. Raises PhraseError where it is empty, unbalanced, or begins with a gap."""
    slots: list[_Slot] = []
    gap = 0
    if source.count("(") != source.count(")"):
        raise PhraseError("the brackets do not pair")
    written_as, source = source, _flatten(source)
    pending: list[str] = []

    def flush() -> None:
        nonlocal gap
        if pending:
            for n, word in enumerate(_words(" ".join(pending))):
                slots.append(_Slot(((word,),), gap=gap if n == 0 else 0))
            gap = 0
            pending.clear()

    for match in _PIECE.finditer(source):
        group, group_optional, dots, word = match.groups()
        if dots:
            flush()
            if not slots:
                raise PhraseError("a phrase cannot begin with a gap")
            gap = _GAPS[dots]
        elif group is not None:
            flush()
            written = [_words(part) for part in group.split("|")]
            options = tuple(option for option in written if option)
            if not group.strip(" |"):
                raise PhraseError("an empty group")
            if options:  # an alternative of fillers only ("the") means that the place may be empty
                loose = bool(group_optional) or len(options) < len(written)
                slots.append(_Slot(options, optional=loose, gap=gap))
                gap = 0
        elif word.endswith("?") and len(word) > 1:
            flush()
            inner = _words(word[:-1])
            if inner:
                slots.append(_Slot((inner,), optional=True, gap=gap))
                gap = 0
        else:
            pending.append(word)
    flush()
    if gap:
        raise PhraseError("a phrase cannot end with a gap")
    if not any(not slot.optional for slot in slots):
        raise PhraseError("no word that must be there")
    return Phrase(written_as, tuple(slots), _needs(slots))


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: whose (``owner``), which, and the tokens it covers."""

    owner: int
    phrase: Phrase
    begin: int
    end: int


class PhraseIndex:
    """Many phrases, found together: only those whose first word occurs at a place are tried there."""

    def __init__(self) -> None:
        self._exact: dict[str, list[tuple[int, Phrase]]] = {}
        self._prefix: dict[str, list[tuple[int, _Word, Phrase]]] = {}
        self._number: list[tuple[int, Phrase]] = []

    def add(self, owner: int, phrase: Phrase) -> None:
        """Add a phrase under the number of whoever asked for it."""
        seen: set[tuple[str, bool]] = set()
        for word in phrase.first_words():
            if (word.stem, word.prefix) in seen:
                continue
            seen.add((word.stem, word.prefix))
            if word.number:
                self._number.append((owner, phrase))
            elif word.prefix:
                self._prefix.setdefault(word.stem[:3], []).append((owner, word, phrase))
            else:
                self._exact.setdefault(word.stem, []).append((owner, phrase))

    def find(self, words: tuple[Token, ...]) -> list[Hit]:
        """Every match, in order of place, then of adding."""
        hits: list[Hit] = []
        for offset in range(0, max(len(words), 1), _LONGEST_SENTENCE):
            part = words[offset : offset + _LONGEST_SENTENCE]
            keys = keys_of(part)
            for place, token in enumerate(part):
                for owner, phrase in self._exact.get(token.stem, ()):
                    if phrase.possible(keys):
                        self._try(hits, owner, phrase, part, place, offset)
                for owner, word, phrase in self._prefix.get(token.word[:3], ()):
                    if word.matches(token) and phrase.possible(keys):
                        self._try(hits, owner, phrase, part, place, offset)
                if self._number and token.is_number:
                    for owner, phrase in self._number:
                        self._try(hits, owner, phrase, part, place, offset)
        return hits

    @staticmethod
    def _try(
        hits: list[Hit], owner: int, phrase: Phrase, words: tuple[Token, ...], place: int, offset: int
    ) -> None:
        end = phrase.match_at(words, place)
        if end is not None:
            hits.append(Hit(owner, phrase, place + offset, end + offset))


__all__ = ["Hit", "Phrase", "PhraseError", "PhraseIndex", "compile_phrase", "keys_of", "stem"]
