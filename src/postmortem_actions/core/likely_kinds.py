"""What a person is asked where no phrase knows a cause: whether the kind taken by its words is right, or which it is.

By the words that a rule uses (``Catalogue.likeness``) the right kind is among the first three for most causes; with the
``semantic`` extra likeness of meaning counts too. The figures are in docs/quality.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .catalogue import Catalogue, Rule
from .failure_modes import FoundMode
from .policy import FailureRole
from .ports import Similarity

_TOLD = 3
_LEAST = 0.6  # likeness of words; below this nothing is like it
_MEANING = 2.0  # what a cosine of 1 counts beside the words


def name_likely_kinds(found: Sequence[FoundMode], catalogue: Catalogue, similarity: Similarity | None = None) -> None:
    """Give every failure mode that no phrase knows the titles of the rules most like it. Raises RequestError where the
    similarity cannot be had."""
    open_ones = [e for e in found if (e.rule is None or e.mode.by_words) and e.mode.role is not FailureRole.NEAR_MISS]
    quotes = [entry.mode.evidence[0].quote for entry in open_ones]
    ranked = [_ranked(quote, catalogue) for quote in quotes]
    if similarity is not None and quotes:
        ranked = _with_meaning(quotes, ranked, catalogue, similarity)
    for entry, order in zip(open_ones, ranked, strict=True):
        titles = [rule.title for _, rule in order if rule is not entry.rule]
        entry.mode = replace(entry.mode, like=tuple(titles[:_TOLD]))


def _ranked(text: str, catalogue: Catalogue) -> list[tuple[float, Rule]]:
    return [(score, rule) for score, rule in catalogue.likeness.ranked(text) if score >= _LEAST]


def _with_meaning(
    quotes: Sequence[str], ranked: Sequence[Sequence[tuple[float, Rule]]], catalogue: Catalogue, similarity: Similarity
) -> list[list[tuple[float, Rule]]]:
    rules = catalogue.likeness.rules
    about = similarity.matrix(list(quotes), [f"{rule.title}. {rule.summary}" for rule in rules])
    orders = []
    for row, order in zip(about, ranked, strict=True):
        by_words = {rule.id: score for score, rule in order}
        both = [(_MEANING * alike + by_words.get(rule.id, 0.0), rule) for alike, rule in zip(row, rules, strict=True)]
        orders.append(sorted((pair for pair in both if pair[0] >= _LEAST), key=lambda pair: (-pair[0], pair[1].id)))
    return orders


__all__ = ["name_likely_kinds"]
