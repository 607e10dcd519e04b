"""Causes that no phrase knows: which rules are most like them (the ``semantic`` extra).

Phrases are precise and come first. Where they leave a cause unclassified, sentence similarity ranks the rules
by title and summary (the examples, written to differ, made it worse). Likeness alone names no failure and
proposes no action, because it is wrong too often (docs/quality.md has the figures): it is told as a question,
which a person answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from .catalogue import Catalogue
from .failure_modes import FoundMode
from .model import Problem
from .policy import FailureRole, RuleNature
from .ports import Similarity

_TOLD = 3
_LEAST = 0.25  # cosine; below this nothing is like it


def likely_kinds(found: Sequence[FoundMode], catalogue: Catalogue, similarity: Similarity) -> list[Problem]:
    """For every cause that no rule knows, the three rules most like it, as a question. Raises RequestError
    where the similarity cannot be had."""
    open_ones = [e for e in found if e.rule is None and e.mode.role is not FailureRole.NEAR_MISS]
    rules = [rule for rule in catalogue.rules if rule.nature is RuleNature.FAILURE]
    if not open_ones or not rules:
        return []
    quotes = [entry.mode.evidence[0].quote for entry in open_ones]
    about = similarity.matrix(quotes, [f"{rule.title}. {rule.summary}" for rule in rules])
    problems = []
    for entry, row in zip(open_ones, about, strict=True):
        ranked = sorted(zip(rules, row, strict=True), key=lambda pair: (-pair[1], pair[0].id))
        like = [f"“{rule.title}” ({likeness:.2f})" for rule, likeness in ranked[:_TOLD] if likeness >= _LEAST]
        if like:
            span = entry.mode.evidence[0].span
            problems.append(
                Problem(
                    "likely-kinds",
                    f"no rule knows the cause on {span}; by likeness it may be {', '.join(like)}",
                    span.start,
                    fix="Where one is right, say so in the RCA in its words, or add a phrase to the rule.",
                )
            )
    return problems

