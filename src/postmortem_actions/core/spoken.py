"""Which rules a gap's line speaks of, even where it is too little to recognise a failure mode by, and which
of their actions the document itself states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .catalogue import Catalogue
from .catalogue.catalogue import HitKind
from .model import Candidate
from .text.phrases import PhraseIndex
from .text.words import Token, tokens


def rules_spoken_of(catalogue: Catalogue, candidates: Sequence[Candidate]) -> Mapping[str, frozenset[str]]:
    """Candidate key → ids of the rules one of whose phrases, hints or signals stands on its lines."""
    signals = PhraseIndex()
    for number, rule in enumerate(catalogue.rules):
        for signal in rule.signals:
            for phrase in (*signal.seen_by, *signal.unseen_by):
                signals.add(number, phrase)
    result: dict[str, frozenset[str]] = {}
    by_quote: dict[str, frozenset[str]] = {}
    for candidate in candidates:
        rules: set[str] = set()
        for evidence in candidate.evidence:
            quote = evidence.quote
            if quote not in by_quote:
                by_quote[quote] = _spoken_of(catalogue, signals, tokens(quote))
            rules |= by_quote[quote]
        result[candidate.key] = frozenset(rules)
    return result


def stated_as(catalogue: Catalogue, stated: Sequence[Candidate]) -> Mapping[str, frozenset[str]]:
    """Stated action's key → rule-id/action-id of the actions it states, by their ``same_as`` phrases."""
    index = PhraseIndex()
    refs: list[str] = []
    for rule in catalogue.rules:
        for action in rule.actions:
            for phrase in action.same_as:
                index.add(len(refs), phrase)
            refs.append(f"{rule.id}/{action.id}")
    return {c.key: frozenset(refs[hit.owner] for hit in index.find(tokens(c.statement))) for c in stated}


def _spoken_of(catalogue: Catalogue, signals: PhraseIndex, words: tuple[Token, ...]) -> frozenset[str]:
    uses = (catalogue.use(hit.owner) for hit in catalogue.index.find(words))
    rules = {use.rule.id for use in uses if use.kind is not HitKind.UNLESS}
    return frozenset(rules | {catalogue.rules[hit.owner].id for hit in signals.find(words)})
