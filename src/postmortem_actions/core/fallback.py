"""A cause or factor that no rule knows, or nobody knows, still gets actions: find it, remove it, test for it."""

from __future__ import annotations

from dataclasses import replace

from .candidates import LOWER, GapAnswer, answer_candidate
from .catalogue.match import said
from .failure_modes import FoundMode
from .knowledge import Knowledge
from .model import Candidate, Evidence, Origin, Rca, Span
from .policy import OWN_WORDS, Category, FailureRole, Form, Impact, OriginKind
from .text.things import of_the_same, things
from .text.words import tokens


def cause_candidates(rca: Rca, found: list[FoundMode], knowledge: Knowledge) -> list[Candidate]:
    """Candidates for a primary failure mode that no phrase knows, from the answers to ``cause`` in data/gaps.yaml: they
    hold whatever its kind is."""
    primary = next((e for e in found if e.mode.role is FailureRole.PRIMARY), None)
    if primary is None or not (primary.rule is None or primary.mode.by_words):
        return []
    cause = primary.mode.title if primary.rule is None else primary.sentences[0].text
    ref = f"unclassified cause, {primary.mode.evidence[0].span}"
    # An answer with words is for causes that hold them, and stands in place of what would be done to a cause in the system.
    own = [a for a in knowledge.cause_answers if a.words and said(a.words, tokens(cause))]
    general = [a for a in knowledge.cause_answers if not a.words and (not own or a.action.category is Category.DETECTION)]
    made = [_answer(primary, answer, cause, f"cause/{answer.id}", ref, rca, knowledge) for answer in (*own, *general)]
    roots = rca.incident.root_causes
    if primary.rule is None and roots and roots[0].qualifier == "inferred":
        # A sentence that only sounds like the cause makes nothing urgent before somebody has confirmed it.
        remark = "the cause was inferred from prose, so confirm it first"
        made = [replace(one, impact=LOWER[one.impact], blocks_recurrence=False, remarks=(*one.remarks, remark)) for one in made]
    return made


def _answer(entry: FoundMode, answer: GapAnswer, text: str, key: str, ref: str, rca: Rca, knowledge: Knowledge) -> Candidate:
    """An answer to a failure mode that no rule knows, on its own line."""
    made = answer_candidate(answer.action, text, entry.mode.evidence[0], knowledge.catalogue, rca)
    origin = Origin(OriginKind.GAP, ref)
    return replace(made, key=key, origin=origin, role=entry.mode.role, weight=entry.mode.score, addresses=(entry.mode.id,))


def factor_candidates(rca: Rca, found: list[FoundMode], proposed: list[Candidate], knowledge: Knowledge) -> list[Candidate]:
    """Candidates for contributing factors that the document names, that no phrase knows and that nothing proposed answers: what
    people took the trouble to write down is not passed over."""
    answered = {ev.span for candidate in proposed for ev in candidate.evidence}
    result: list[Candidate] = []
    for entry in found:
        evidence = entry.mode.evidence[0]
        if entry.rule is not None or entry.mode.role is not FailureRole.CONTRIBUTING or evidence.span in answered:
            continue
        text = tokens(evidence.quote)
        answers = knowledge.factor_answers
        answer = next((a for a in answers if a.words and said(a.words, text)), None) or next((a for a in answers if not a.words), None)
        if answer is not None and len(result) < _MOST_FACTORS:
            key, ref = f"factor:{len(result)}/{answer.id}", f"{OWN_WORDS}{evidence.span}"
            result.append(_answer(entry, answer, entry.sentences[0].text, key, ref, rca, knowledge))
    return result


_MOST_FACTORS = 4


def without_stated(proposed: list[Candidate], stated: list[Candidate]) -> list[Candidate]:
    """The candidates without those in the document's own words of which an action that the document states speaks already;
    the others of that sort take no room from what it states."""
    titles = [things(candidate.title) for candidate in stated]
    kept = []
    for candidate in proposed:
        if stated and (candidate.key.startswith("factor:") or candidate.key.endswith("/put-in-place")):
            if any(of_the_same(things(candidate.target), title) for title in titles):
                continue
            candidate = replace(candidate, impact=Impact.LOW)
        kept.append(candidate)
    return kept


def finding_candidates(rca: Rca, proposed: list[Candidate], knowledge: Knowledge) -> list[Candidate]:
    """Where the root cause is not known and nothing proposed yet looks for it: the action that does."""
    if rca.incident.root_cause_known or any(c.form is Form.INVESTIGATION for c in proposed):
        return []
    answer = next((a for a in knowledge.gap_answers if a.action.form is Form.INVESTIGATION), None)
    if answer is None:
        return []
    evidence = rca.incident.title_evidence or _first_line(rca)
    made = answer_candidate(answer.action, "root cause", evidence, knowledge.catalogue, rca)
    return [
        replace(
            made,
            key=f"cause/{answer.id}",
            origin=Origin(OriginKind.GAP, "root cause not stated"),
            role=FailureRole.PRIMARY,
            weight=_FIRST,
        )
    ]


_FIRST = 10.0  # before everything else: without a cause nothing else can be shown to help


def _first_line(rca: Rca) -> Evidence:
    if rca.sentences:
        return rca.sentences[0].evidence
    return Evidence("", Span(1, 1))
