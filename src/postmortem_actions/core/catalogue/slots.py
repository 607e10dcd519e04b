"""Finding the values of slots in an RCA: near the failure mode's own lines first, then further away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..model import Evidence, Fact, Sentence
from ..text.words import tokens
from .catalogue import Catalogue
from .rule import Rule, SlotSpec
from .template import SlotValue

_LONGEST_NAME = 3  # words


@lru_cache(maxsize=1024)
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


class Surroundings:
    """The sentences of an RCA as a place to look for slots. What is found is kept, because every failure
    mode and every gap of one RCA looks through the same sentences."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
        self._by_patterns: dict[tuple[str, ...], tuple[str, Evidence] | None] = {}
        self._by_names: dict[tuple[str, ...], tuple[str, Evidence] | None] = {}

    def by_patterns(self, patterns: tuple[str, ...]) -> tuple[str, Evidence] | None:
        """The first value that one of the expressions finds, by sentence and then by expression."""
        if patterns not in self._by_patterns:
            self._by_patterns[patterns] = _by_patterns(patterns, self._sentences)
        return self._by_patterns[patterns]

    def by_names(self, names: tuple[str, ...]) -> tuple[str, Evidence] | None:
        """The first of the names that stands in a sentence."""
        if names not in self._by_names:
            self._by_names[names] = _by_names(names, self._sentences)
        return self._by_names[names]


class SlotReader:
    """Fills the slots of one failure mode.

    ``near`` are its own sentences, ``far`` all that may speak of the incident; ``facts`` are values of the
    incident by name (service, time_to_detect …)."""

    def __init__(
        self,
        catalogue: Catalogue,
        rule: Rule | None,
        near: Sequence[Sentence],
        far: Surroundings,
        facts: Mapping[str, Fact],
    ) -> None:
        self._catalogue = catalogue
        self._rule = rule
        self.near = near
        self._places = (Surroundings(near), far)
        self._facts = facts
        self._found: dict[str, SlotValue] = {}

    def __call__(self, name: str) -> SlotValue:
        """The slot's value: read, assumed, or mere words."""
        if name not in self._found:
            spec = self._catalogue.slot(self._rule, name)
            self._found[name] = self._look(spec) if spec else SlotValue(name, name.replace("_", " "))
        return self._found[name]

    def _look(self, spec: SlotSpec) -> SlotValue:
        if spec.fact and spec.fact in self._facts:
            fact = self._facts[spec.fact]
            return SlotValue(spec.name, fact.text, fact.evidence)
        names = tuple(self._catalogue.names.get(spec.names, ())) if spec.names else ()
        found = next(filter(None, (place.by_patterns(spec.patterns) for place in self._places)), None)
        found = found or next(filter(None, (place.by_names(names) for place in self._places)), None)
        if found is not None:
            return SlotValue(spec.name, *found)
        if spec.assume:
            return SlotValue(spec.name, spec.assume, None, True, spec.why)
        return SlotValue(spec.name, spec.otherwise or spec.name.replace("_", " "))


def _by_patterns(patterns: Sequence[str], sentences: Sequence[Sentence]) -> tuple[str, Evidence] | None:
    compiled = [_compiled(source) for source in patterns]
    for sentence in sentences if compiled else ():
        for pattern in compiled:
            match = pattern.search(sentence.text)
            if match is not None and (value := next((g for g in match.groups() if g), "").strip()):
                return value, sentence.evidence
    return None


def _by_names(names: Sequence[str], sentences: Sequence[Sentence]) -> tuple[str, Evidence] | None:
    wanted = {name.lower(): name for name in names}
    for sentence in sentences if wanted else ():
        words = [token.word for token in tokens(sentence.text, keep_fillers=True)]
        for size in range(1, _LONGEST_NAME + 1):
            for start in range(len(words) - size + 1):
                name = wanted.get(" ".join(words[start : start + size]))
                if name is not None:
                    return name, sentence.evidence
    return None
