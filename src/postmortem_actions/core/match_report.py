"""Why rules matched an RCA, and why others nearly did: what a rule's author needs to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .candidates import slot_facts
from .catalogue import Catalogue, Rule, RuleMatch, match_rules
from .catalogue.catalogue import HitKind
from .catalogue.slots import SlotReader, Surroundings
from .catalogue.template import SlotValue, slots_in
from .failure_modes import FoundMode, find_failure_modes, usable_sentences
from .model import Evidence, Rca, Sentence
from .policy import FailureRole
from .text.words import tokens


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """A line of the RCA and the phrases of the rule that stand in it. ``strong`` where one phrase was
    enough; else two hints, here or in a neighbour, were needed."""

    evidence: Evidence
    phrases: tuple[str, ...]
    strong: bool


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule that matched: as which failure mode, by which lines, and with which values in its slots. ``by_words`` where
    no phrase found it: its words are like those of a cause that the document names."""

    rule: Rule
    mode: str
    role: FailureRole
    score: float
    lines: tuple[PhraseLine, ...]
    slots: tuple[SlotValue, ...]
    by_words: bool = False


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that did not match, one of its phrases or hints that stands in the RCA, and why it was not
    enough."""

    rule: Rule
    evidence: Evidence
    phrase: str
    why: str


@dataclass(frozen=True, slots=True)
class MatchReport:
    """The whole, failure modes in the plan's order. ``unclassified`` are causes no rule knows."""

    matched: tuple[RuleReport, ...]
    near: tuple[NearMiss, ...]
    unclassified: tuple[Evidence, ...]


def match_report(rca: Rca, catalogue: Catalogue) -> MatchReport:
    """Everything the catalogue found in the RCA, and what it nearly found."""
    sentences = usable_sentences(rca)
    matches = {match.rule.id: match for match in match_rules(catalogue, sentences)}
    facts = slot_facts(rca.incident)
    found = find_failure_modes(rca, catalogue)
    matched = []
    for entry in found:
        if entry.rule is not None:
            reader = SlotReader(catalogue, entry.rule, entry.sentences, Surroundings(sentences), facts)
            slots = tuple(reader(name) for name in _slot_names(entry.rule))
            matched.append(_report(entry, entry.rule, matches.get(entry.rule.id), sentences, slots))
    kept = {report.rule.id for report in matched}
    near = [
        NearMiss(
            match.rule,
            sentences[match.hits[0].sentence].evidence,
            match.hits[0].phrases[0],
            "only mentioned in passing: other failure modes weigh more",
        )
        for match in matches.values()
        if match.rule.id not in kept
    ]
    near += _near_misses(rca, catalogue, sentences, set(matches))
    near.sort(key=lambda miss: (miss.evidence.span, miss.rule.id))
    return MatchReport(
        tuple(matched), tuple(near), tuple(entry.mode.evidence[0] for entry in found if entry.rule is None)
    )


def _report(
    entry: FoundMode,
    rule: Rule,
    match: RuleMatch | None,
    sentences: Sequence[Sentence],
    slots: tuple[SlotValue, ...],
) -> RuleReport:
    hits = match.hits if match else ()
    lines = tuple(PhraseLine(sentences[hit.sentence].evidence, hit.phrases, hit.strong) for hit in hits)
    lines = lines or tuple(PhraseLine(evidence, (), False) for evidence in entry.mode.evidence)
    return RuleReport(rule, entry.mode.id, entry.mode.role, entry.mode.score, lines, slots, entry.mode.by_words)


def _slot_names(rule: Rule) -> tuple[str, ...]:
    texts: list[str] = []
    for action in rule.actions:
        texts += action.texts()
        texts += [a.body for a in (action.artifact, action.verification.artifact) if a is not None]
    return tuple(dict.fromkeys(name for text in texts for name in slots_in(text)))


def _near_misses(
    rca: Rca, catalogue: Catalogue, usable: Sequence[Sentence], matched: set[str]
) -> list[NearMiss]:
    """One for every rule that did not match: the first line that speaks of it, phrases before hints."""
    looked_at = set(usable)
    best: dict[str, tuple[bool, NearMiss]] = {}
    for sentence in rca.sentences:
        hits = [
            (catalogue.use(hit.owner), hit.phrase.source)
            for hit in catalogue.index.find(tokens(sentence.text))
        ]
        vetoes = {use.rule.id: source for use, source in hits if use.kind is HitKind.UNLESS}
        for use, source in hits:
            if use.kind is HitKind.UNLESS or use.rule.id in matched:
                continue
            is_phrase = use.kind is HitKind.PHRASE
            if sentence not in looked_at:
                why = "stands in a section that does not tell of the failure"
            elif use.rule.id in vetoes:
                why = f"the sentence also says {vetoes[use.rule.id]!r}, which rules it out"
            elif is_phrase:
                why = "the sentence denies it"
            else:
                why = "a single hint; a second one in the same or a neighbouring sentence is needed"
            known = best.get(use.rule.id)
            if known is None or (is_phrase and not known[0]):
                best[use.rule.id] = (is_phrase, NearMiss(use.rule, sentence.evidence, source, why))
    return [miss for _, miss in best.values()]
