"""Recognising failure modes: which rules the sentences of an RCA speak of, and how strongly.

A sentence speaks of a rule where one of its phrases or patterns stands in it, or two different hints
stand in it (or, where a phrase of the rule stands elsewhere, in it and its neighbours); not where an
``unless`` phrase stands in it, nor where the sentence denies it ("was not caused by DNS").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..model import Sentence
from ..text.phrases import Phrase, PhraseIndex, compile_phrase
from ..text.words import Words, tokens
from .catalogue import Catalogue, HitKind
from .rule import Rule

# A hint counts together with another hint at most this many sentences away.
_NEIGHBOURS = 1
# Denials reach this many words to the right.
_DENIAL_REACH = 6
_DENIALS = (
    "not (caused|triggered) by", "not due to", "not (related|relate) to", "unrelated to", "ruled out", "rule out",
    "no (evidence|sign|indication) of", "not a result of", "at first (suspected|thought|blamed)",
    "(initially|first) (suspected|thought|assumed|believed|blamed)", "turned out not to be", "red herring",
    "(ask|wonder|check|look|unclear) (whether|if)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentenceHit:
    """Why one sentence speaks of a rule: the phrases found, in the rule's own writing, and the places of the
    words that the phrases cover (none for hints and patterns)."""

    sentence: int
    phrases: tuple[str, ...]
    strong: bool
    words: frozenset[int] = frozenset()


@dataclass(slots=True)
class RuleMatch:
    """A rule and every sentence that speaks of it."""

    rule: Rule
    hits: list[SentenceHit] = field(default_factory=list)

    @property
    def strong(self) -> bool:
        """Whether a phrase or pattern was found, not hints alone."""
        return any(hit.strong for hit in self.hits)


@dataclass(frozen=True, slots=True)
class _Hint:
    source: str
    begin: int
    end: int

    def beside(self, other: _Hint) -> bool:
        """Whether the two say different things with different words."""
        return self.source != other.source and (self.end <= other.begin or other.end <= self.begin)


@dataclass(slots=True)
class _Found:
    phrases: dict[int, list[str]] = field(default_factory=dict)
    words: dict[int, set[int]] = field(default_factory=dict)
    hints: dict[int, list[_Hint]] = field(default_factory=dict)
    vetoed: set[int] = field(default_factory=set)


@lru_cache(maxsize=1)
def _denial_index() -> PhraseIndex:
    index = PhraseIndex()
    for source in _DENIALS:
        index.add(0, compile_phrase(source))
    return index


@lru_cache(maxsize=512)
def _regex(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


def said(phrases: Sequence[Phrase], words: Words) -> Phrase | None:
    """The first of the phrases that stands in the words."""
    return next((phrase for phrase in phrases if phrase.find(words) is not None), None)


def _note(found: dict[str, _Found], rule: Rule) -> _Found:
    return found.setdefault(rule.id, _Found())


def match_rules(catalogue: Catalogue, sentences: Sequence[Sentence]) -> list[RuleMatch]:
    """Every rule the sentences speak of, in order of rule id, with its sentences in order."""
    found: dict[str, _Found] = {}
    by_pattern = [(rule, source, anchor) for rule in catalogue.rules for source, anchor in rule.patterns]
    for number, sentence in enumerate(sentences):
        hits = catalogue.hits(sentence.text)
        denied = [hit.end for hit in _denial_index().find(tokens(sentence.text))] if hits else []
        for hit in hits:
            use = catalogue.use(hit.owner)
            if use.kind is HitKind.UNLESS:
                _note(found, use.rule).vetoed.add(number)
            elif not any(0 <= hit.begin - end <= _DENIAL_REACH for end in denied):
                entry = _note(found, use.rule)
                if use.kind is HitKind.HINT:
                    entry.hints.setdefault(number, []).append(_Hint(hit.phrase.source, hit.begin, hit.end))
                else:
                    entry.words.setdefault(number, set()).update(range(hit.begin, hit.end))
                    if hit.phrase.source not in (place := entry.phrases.setdefault(number, [])):
                        place.append(hit.phrase.source)
        lowered = sentence.text.lower()
        for rule, source, anchor in by_pattern:
            if anchor in lowered and _regex(source).search(sentence.text):
                _note(found, rule).phrases.setdefault(number, []).append(f"/{source}/")
    matches = []
    for rule in catalogue.rules:
        known = found.get(rule.id)
        if known is not None and (own := _hits(known)):
            matches.append(RuleMatch(rule, own))
    return matches


def _hits(entry: _Found) -> list[SentenceHit]:
    hits = []
    reach = _NEIGHBOURS if set(entry.phrases) - entry.vetoed else 0
    for number in sorted({*entry.phrases, *entry.hints} - entry.vetoed):
        strong = entry.phrases.get(number, [])
        if strong:
            hits.append(SentenceHit(number, tuple(strong), True, frozenset(entry.words.get(number, ()))))
            continue
        own = entry.hints.get(number, [])
        near = [
            hint
            for other in range(number - reach, number + reach + 1)
            if other != number and other not in entry.vetoed
            for hint in entry.hints.get(other, [])
        ]
        both = any(first.beside(second) for first in own for second in own)
        if both or any(first.source != second.source for first in own for second in near):
            hits.append(
                SentenceHit(number, tuple(dict.fromkeys(hint.source for hint in (*own, *near))), False)
            )
    return hits
