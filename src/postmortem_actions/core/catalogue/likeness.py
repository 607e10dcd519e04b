"""How like a text is to each rule, by the words that the catalogue itself uses of it.

Phrases are precise, and miss a cause told in words nobody has written down. But the words of a rule (title, summary,
examples, phrases) are many, and those of one kind of failure keep company: a cause that shares rare ones with one rule, and
more than with any other, most probably is of its kind. No model: words, counted. docs/quality.md has the figures.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from ..policy import RuleNature
from ..text.words import NEGATIONS, stem, tokens
from .rule import Rule

# What a word counts by where it stands: a title is made of the right words, an example also of its story's.
_TITLE, _SUMMARY, _EXAMPLE, _PHRASE = 3.0, 2.0, 0.5, 0.6
_LENGTH = 0.7  # a rule with many words meets more by chance: how much of that is taken back
_SENTENCE = 16  # words of content; a longer text meets more by chance, too
# They stand in any sentence and tell nothing of its kind.
_COMMON = NEGATIONS | frozenset(
    stem(word)
    for word in (
        "be have do it we they he she his her our their there of to in on for and by at as from was with that which what who why how "
        "where while when then than so if or but after before until since during because through into over under between about "
        "all every each other same own many few more most less only even still again out up down off "
        "will would can could may might should must "
        "one two three four five six seven eight nine ten dozen hundred thousand million first second third several"
    ).split()
)


class Likeness:
    """The words of all rules of failures, weighed; gaps and habits are left out, for they are told in sentences of their own."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rule for rule in rules if rule.nature is not RuleNature.GENERAL and rule.role is None)
        counted = [_words(rule) for rule in self.rules]
        spread = Counter(word for words in counted for word in words)
        rare = {word: math.log((len(counted) + 1) / (count + 0.5)) for word, count in spread.items()}
        self._weights: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, words in enumerate(counted):
            weighed = {word: (1 + math.log1p(count)) * rare[word] for word, count in words.items()}
            length = math.sqrt(sum(weight * weight for weight in weighed.values())) ** _LENGTH
            for word, weight in weighed.items():
                self._weights[word].append((number, weight / length))

    def ranked(self, text: str) -> list[tuple[float, Rule]]:
        """The rules that share a word with the text, most like it first. The figure grows with the number and rarity of the
        words shared: from about 1 on it means something, a sentence that is all of one kind reaches 2."""
        words = _content(text)
        share = min(1.0, math.sqrt(_SENTENCE / len(words))) if words else 1.0
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(words):  # in one order, so that equal texts give equal sums
            for number, weight in self._weights.get(word, ()):
                scores[number] += share * weight
        order = sorted(scores.items(), key=lambda entry: (-entry[1], self.rules[entry[0]].id))
        return [(score, self.rules[number]) for number, score in order]


def _content(text: str) -> set[str]:
    return {t.stem for t in tokens(text) if len(t.stem) > 1 and not t.is_number and t.stem not in _COMMON}


def _words(rule: Rule) -> dict[str, float]:
    words: dict[str, float] = defaultdict(float)
    for texts, weight in (((rule.title,), _TITLE), ((rule.summary,), _SUMMARY), (rule.match, _EXAMPLE)):
        for text in texts:
            for word in _content(text):
                words[word] += weight
    for word in {named for phrase in (*rule.phrases, *rule.hints) for named in phrase.stems} - _COMMON:
        words[word] += _PHRASE
    return words


__all__ = ["Likeness"]
