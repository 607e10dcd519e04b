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
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .words import FILLERS, NEGATIONS, Token, Words, stem, tokens

_PIECE = re.compile(r"\(([^()]*)\)(\?)?|(\.\.\.|\.\.)|([^\s()]+)")
_GAPS = {"..": 3, "...": 8}
_LONGEST_WRITTEN_OUT = 4_000  # characters of a phrase whose inner groups are written out
_LONGEST_SENTENCE = 400  # tokens; longer "sentences" (a pasted log) are matched in pieces of this size


class PhraseError(ValueError):
    """A phrase that cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase: a stem, a prefix (``word*``) or any figure (``#``)."""

    stem: str
    prefix: bool = False
    number: bool = False

    # Many thousands of these are kept between runs: by their fields they are read back several times faster
    # than by the state that a frozen dataclass sets field by field.
    def __reduce__(self) -> tuple[type[_Word], tuple[str, bool, bool]]:
        return _Word, (self.stem, self.prefix, self.number)

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

    def __reduce__(self) -> tuple[type[_Slot], tuple[tuple[tuple[_Word, ...], ...], bool, int]]:
        return _Slot, (self.options, self.optional, self.gap)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase. ``source`` is as written in the rule."""

    source: str
    slots: tuple[_Slot, ...]
    needs: tuple[frozenset[str], ...] = ()  # of each set, one key must be among Words.keys of the sentence
    starts: frozenset[str] | None = None  # keys of the words a match can begin with; None: any word

    def __reduce__(self) -> tuple[type[Phrase], tuple[object, ...]]:
        return Phrase, (self.source, self.slots, self.needs, self.starts)

    def possible(self, keys: frozenset[str]) -> bool:
        """Whether the words of a sentence allow a match at all; False is certain, True is not."""
        for need in self.needs:  # noqa: SIM110 - asked so often that a generator would be most of its cost
            if need.isdisjoint(keys):
                return False
        return True

    @property
    def stems(self) -> frozenset[str]:
        """Every stem and beginning of a word that the phrase names."""
        return frozenset(
            word.stem for slot in self.slots for option in slot.options for word in option if not word.number
        )

    def find(self, words: Words) -> tuple[int, int] | None:
        """First match as (first token, token after the last), else None."""
        return next(self.matches(words), None) if self.possible(words.keys) else None

    def matches(self, words: Words) -> Iterator[tuple[int, int]]:
        """Every match as (first token, token after the last), at most one for each first token."""
        places: Iterable[int] = range(len(words))
        if self.starts is not None:
            at = words.places
            places = sorted({place for key in self.starts for place in at.get(key, ())})
        for begin in places:
            end = self.match_at(words, begin)
            if end is not None:
                yield begin, end

    def match_at(self, words: Words, begin: int) -> int | None:
        """The token after the last one matched when the phrase starts at ``begin``, else None."""
        return self._match(words, begin, 0, first=True)

    def _match(self, words: Words, at: int, index: int, *, first: bool = False) -> int | None:
        if index == len(self.slots):
            return at
        slot = self.slots[index]
        count = len(words)
        for place in range(at, min(count, at + 1 if first else at + slot.gap + 1)):
            token = words[place]
            for option in slot.options:
                if not option[0].matches(token):
                    continue
                after = place + len(option)
                if after <= count and (
                    len(option) == 1
                    or all(option[n].matches(words[place + n]) for n in range(1, len(option)))
                ):
                    end = self._match(words, after, index + 1)
                    if end is not None:
                        return end
        if slot.optional:
            return self._match(words, at, index + 1, first=first)
        return None


def _keys(slot: _Slot) -> frozenset[str] | None:
    """The keys of the words with which the place can begin; None where a short beginning has no key."""
    firsts = [option[0] for option in slot.options]
    if any(word.prefix and len(word.stem) < 3 for word in firsts):
        return None
    return frozenset("#" if w.number else w.stem[:3] + "*" if w.prefix else w.stem for w in firsts)


def _needs(slots: Iterable[_Slot]) -> tuple[frozenset[str], ...]:
    """For each place that must be filled, the keys of the words that can begin it."""
    return tuple(keys for slot in slots if not slot.optional and (keys := _keys(slot)) is not None)


def _starts(slots: Iterable[_Slot]) -> frozenset[str] | None:
    """The keys of the words with which the whole can begin."""
    starts: frozenset[str] = frozenset()
    for slot in slots:
        keys = _keys(slot)
        if keys is None:
            return None
        starts |= keys
        if not slot.optional:
            break
    return starts


@lru_cache(maxsize=16384)
def _words(text: str) -> tuple[_Word, ...]:
    if (
        text.isascii() and text.isalpha() and text.islower()
    ):  # the ordinary case, and by far the most frequent
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
        if len(source) > _LONGEST_WRITTEN_OUT:
            raise PhraseError("groups inside groups say too much at once: write several phrases")
        match = re.search(r"\(([^()]*)\(([^()]*)\)(\??)", source)
        if match is None:
            return source
        lead, inner, optional = match.groups()
        close, depth = match.end(), 1
        while close < len(source) and depth:
            depth += {"(": 1, ")": -1}.get(source[close], 0)
            close += 1
        rest = source[match.end() : close - 1]
        cut = next(
            (n for n, char in enumerate(rest) if char == "|" and rest[:n].count("(") == rest[:n].count(")")),
            len(rest),
        )
        before, _, head = lead.rpartition("|")
        foot, after = rest[:cut], rest[cut:]
        options = [*inner.split("|"), *([""] if optional else [])]
        written = "|".join(f"{head}{option}{foot}" for option in options)
        source = (
            f"{source[: match.start()]}({before + '|' if before else ''}{written}{after}){source[close:]}"
        )
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
            if not group_optional and len(options) < sum(bool(part.strip()) for part in group.split("|")):
                raise PhraseError(f"({group}) holds a word that is left out of every sentence; take it out, or end the group with ?")
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
    return Phrase(written_as, tuple(slots), _needs(slots), _starts(slots))


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: whose (``owner``), which, and the tokens it covers."""

    owner: int
    phrase: Phrase
    begin: int
    end: int


class PhraseIndex:
    """Many phrases, found together. A phrase is looked at only where the rarest of the words it needs stands
    in the sentence, so the cost hardly grows with the number of phrases."""

    def __init__(self) -> None:
        self._phrases: list[tuple[int, Phrase]] = []
        self._by_key: dict[str, list[int]] | None = None
        self._always: list[int] = []

    def add(self, owner: int, phrase: Phrase) -> None:
        """Add a phrase under the number of whoever asked for it."""
        self._phrases.append((owner, phrase))
        self._by_key = None

    def find(self, words: Words) -> list[Hit]:
        """Every match, in order of place, then of adding."""
        if len(words) <= _LONGEST_SENTENCE:
            return self._find(words, 0)
        hits = []
        for offset in range(0, len(words), _LONGEST_SENTENCE):
            hits += self._find(Words(words[offset : offset + _LONGEST_SENTENCE]), offset)
        return hits

    def _find(self, words: Words, offset: int) -> list[Hit]:
        by_key = self._by_key if self._by_key is not None else self._arrange()
        keys = words.keys
        asked = set(self._always)
        for key in keys:
            asked.update(by_key.get(key, ()))
        found = []
        for number in asked:
            owner, phrase = self._phrases[number]
            if not phrase.possible(keys):
                continue
            for begin, end in phrase.matches(words):
                found.append((begin, number, Hit(owner, phrase, begin + offset, end + offset)))
        found.sort(key=lambda entry: entry[:2])
        return [hit for _, _, hit in found]

    def _arrange(self) -> dict[str, list[int]]:
        """Put each phrase under the keys of the place whose words the fewest phrases need."""
        often = Counter(key for _, phrase in self._phrases for need in phrase.needs for key in need)
        by_key: dict[str, list[int]] = {}
        self._always = []
        for number, (_, phrase) in enumerate(self._phrases):
            rarest = min(phrase.needs, key=lambda need: sum(often[key] for key in need), default=None)
            for key in rarest or ():
                by_key.setdefault(key, []).append(number)
            if rarest is None:
                self._always.append(number)
        self._by_key = by_key
        return by_key


__all__ = ["Hit", "Phrase", "PhraseError", "PhraseIndex", "compile_phrase", "stem"]
