"""Which rules a line speaks of, even where it is too little to recognise a failure mode by, and which of their
actions the document itself states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .catalogue import Catalogue
from .catalogue.catalogue import HitKind
from .model import Candidate
from .text.words import tokens


def rules_spoken_of(catalogue: Catalogue, candidates: Sequence[Candidate]) -> Mapping[str, frozenset[str]]:
    """Candidate key → ids of the rules one of whose phrases, hints or signals stands on its lines."""
    by_quote: dict[str, frozenset[str]] = {}
    for quote in {evidence.quote for candidate in candidates for evidence in candidate.evidence}:
        uses = (catalogue.use(hit.owner) for hit in catalogue.hits(quote))
        rules = {use.rule.id for use in uses if use.kind is not HitKind.UNLESS}
        by_quote[quote] = frozenset(
            rules | {catalogue.rules[hit.owner].id for hit in catalogue.signal_index.find(tokens(quote))}
        )
    return {
        candidate.key: frozenset().union(*(by_quote[evidence.quote] for evidence in candidate.evidence))
        for candidate in candidates
    }


def stated_as(catalogue: Catalogue, stated: Sequence[Candidate]) -> Mapping[str, frozenset[str]]:
    """Stated action's key → rule-id/action-id of the actions it states, by their ``same_as`` phrases."""
    refs, index = catalogue.action_refs, catalogue.stated_index
    return {
        candidate.key: frozenset(refs[hit.owner] for hit in index.find(tokens(candidate.statement)))
        for candidate in stated
    }
