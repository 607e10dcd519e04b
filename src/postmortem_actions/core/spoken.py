"""Which rules a gap's line speaks of, even where it is too little to recognise a failure mode by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .catalogue import Catalogue
from .catalogue.catalogue import HitKind
from .catalogue.match import said
from .model import Candidate
from .text.words import tokens


def rules_spoken_of(catalogue: Catalogue, candidates: Sequence[Candidate]) -> Mapping[str, frozenset[str]]:
    """Candidate key → ids of the rules one of whose phrases, hints or signals stands on its lines."""
    signals = [
        (rule.id, (*signal.seen_by, *signal.unseen_by)) for rule in catalogue.rules for signal in rule.signals
    ]
    result: dict[str, frozenset[str]] = {}
    for candidate in candidates:
        rules: set[str] = set()
        for evidence in candidate.evidence:
            words = tokens(evidence.quote)
            for hit in catalogue.index.find(words):
                use = catalogue.use(hit.owner)
                if use.kind is not HitKind.UNLESS:
                    rules.add(use.rule.id)
            rules.update(rule for rule, phrases in signals if phrases and said(phrases, words))
        result[candidate.key] = frozenset(rules)
    return result
