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


@lru_cache(maxsize=1024)
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source)


class SlotReader:
    """Fills the slots of one failure mode.

    ``near`` are its own sentences, ``far`` all others that may speak of the incident, in order of
    closeness; ``facts`` are values of the incident by name (service, time_to_detect …)."""

    def __init__(
        self,
        catalogue: Catalogue,
        rule: Rule | None,
        near: Sequence[Sentence],
        far: Sequence[Sentence],
        facts: Mapping[str, Fact],
    ) -> None:
        self._catalogue = catalogue
        self._rule = rule
        self._sentences = (*near, *far)
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
        for sentence in self._sentences:
            for source in spec.patterns:
                match = _compiled(source).search(sentence.text)
                if match is not None and (value := next((g for g in match.groups() if g), "").strip()):
                    return SlotValue(spec.name, value, sentence.evidence)
        if spec.names:
            found = self._name(self._catalogue.names.get(spec.names, ()))
            if found is not None:
                return SlotValue(spec.name, *found)
        if spec.assume:
            return SlotValue(spec.name, spec.assume, None, True, spec.why)
        return SlotValue(spec.name, spec.otherwise or spec.name.replace("_", " "))

    def _name(self, names: Sequence[str]) -> tuple[str, Evidence] | None:
        wanted = {name.lower(): name for name in names}
        for sentence in self._sentences:
            words = [token.word for token in tokens(sentence.text, keep_fillers=True)]
            for size in (1, 2, 3):
                for start in range(len(words) - size + 1):
                    name = wanted.get(" ".join(words[start : start + size]))
                    if name is not None:
                        return name, sentence.evidence
        return None
