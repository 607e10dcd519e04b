"""How the signals of the found failure modes were watched before the incident, as far as the RCA tells."""

from __future__ import annotations

from collections.abc import Sequence

from .candidates import slot_facts
from .catalogue import Catalogue
from .catalogue.match import said
from .catalogue.rule import SignalSpec
from .catalogue.slots import SlotReader, Surroundings
from .catalogue.template import fill
from .failure_modes import FoundMode
from .model import CoverageCell, Evidence, Incident, Sentence
from .policy import CoverageLevel, CoverageMeans
from .text.phrases import Phrase
from .text.words import Words, tokens


def signals_before(
    found: Sequence[FoundMode], sentences: Sequence[Sentence], catalogue: Catalogue, incident: Incident
) -> list[tuple[str, CoverageCell]]:
    """Each signal of the found rules once, with what the RCA says of it. A signal it does not speak of
    counts as not covered, with no evidence: the plan says so instead of guessing. Slots in a signal's name are
    filled as in the actions that cover it."""
    far, facts = Surroundings(sentences), slot_facts(incident)
    words = [(sentence, tokens(sentence.text)) for sentence in sentences]
    result: dict[str, CoverageCell] = {}
    for entry in found:
        if entry.rule is None:
            continue
        reader = SlotReader(catalogue, entry.rule, entry.sentences, far, facts)
        for signal in entry.rule.signals:
            name = fill(signal.name, reader)
            if name not in result:
                result[name] = _cell(signal, words)
    return list(result.items())


def _cell(signal: SignalSpec, words: Sequence[tuple[Sentence, Words]]) -> CoverageCell:
    unseen = _spoken(signal.unseen_by, words)
    if unseen:
        return CoverageCell(CoverageLevel.NONE, evidence=unseen[:2])
    seen = _spoken(signal.seen_by, words)
    if seen:
        return CoverageCell(CoverageLevel.COVERED, (CoverageMeans.ALERT,), evidence=seen[:2])
    return CoverageCell(CoverageLevel.NONE)


def _spoken(phrases: Sequence[Phrase], words: Sequence[tuple[Sentence, Words]]) -> tuple[Evidence, ...]:
    return tuple(sentence.evidence for sentence, found in words if phrases and said(phrases, found))
