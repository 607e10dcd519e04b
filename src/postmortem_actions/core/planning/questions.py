"""Open questions: what people must decide or find out before the plan is theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Action, FailureMode, Incident, Problem, Sentence
from ..policy import OWN_WORDS, FailureRole, Priority
from ..text.things import of_the_same, things

_ASKED = {
    "more-p0-than-room",
    "cannot-fit-window",
    "stated-date-past",
    "stated-date-beyond-policy",
    "dependency-cycle",
}


def open_questions(
    incident: Incident,
    actions: Sequence[Action],
    modes: Sequence[FailureMode],
    problems: Sequence[Problem],
    unanswered: Sequence[Sentence] = (),
) -> tuple[str, ...]:
    """The questions in the order in which they should be answered; ``unanswered`` is what went poorly and has no action."""
    questions = []
    if not incident.root_cause_known:
        questions.append(
            "What is the root cause? The RCA does not say; until it is known, nothing can be said to prevent a repeat."
        )
    elif (
        incident.root_causes
        and incident.root_causes[0].qualifier == "inferred"
        and incident.root_causes[0].evidence
    ):
        root = incident.root_causes[0]
        questions.append(
            f"Is this the root cause: “{root.text}” ({root.evidence.span})? It was inferred from prose."
            if root.evidence
            else ""
        )
    for mode in (mode for mode in modes if mode.by_words):
        like = f" Next like it: {_titles(mode.like)}." if mode.like else ""
        questions.append(
            f"Is “{_short(mode.evidence[0].quote)}” ({mode.evidence[0].span}) what the plan calls {mode.kind}? "
            f"No phrase knows it; it was taken for that by its words.{like}"
        )
    for action in actions:
        if action.owner.person is None and action.priority in (Priority.P0, Priority.P1):
            known = f" Known: {action.owner.known}." if action.owner.known else ""
            questions.append(
                f"Who owns {action.id} “{action.title}” ({action.priority.value})? {_sentence(action.owner.why)}.{known}"
            )
    for problem in problems:
        if problem.code in _ASKED:
            questions.append(f"{_sentence(problem.message)}. {problem.fix or ''}".strip())
    radius = incident.blast_radius
    if not radius.users:
        questions.append("Who was affected, and how many? The RCA does not say.")
    if radius.duration is None:
        questions.append("How long did it last? The RCA does not say.")
    unknown = [
        mode for mode in modes if mode.kind == "unclassified" and mode.role is not FailureRole.NEAR_MISS
    ]
    for mode in unknown[:5]:
        answers = [action for action in actions if mode.id in action.addresses]
        if all(action.origin.ref.startswith(OWN_WORDS) for action in answers):  # which only say what the document says
            like = f" Most like it: {_titles(mode.like)}." if mode.like else ""
            questions.append(
                f"What should be done about “{mode.title}” ({mode.evidence[0].span})? No rule of the catalogue knows it.{like}"
            )
    for sentence in unanswered[:_MOST_UNANSWERED]:
        told = f"“{_short(sentence.text)}” ({sentence.span})"
        questions.append(f"What follows from {told}? It is said to have gone poorly; no action answers it.")
    return tuple(question for question in questions if question)


def unanswered_weaknesses(sentences: Sequence[Sentence], actions: Sequence[Action]) -> list[Sentence]:
    """What stands under the headings for what went poorly, tells of a weakness, and is the evidence of no action."""
    answered = {evidence.span for action in actions for evidence in action.evidence}
    titles = [things(action.title) for action in actions]
    return [
        sentence
        for sentence in sentences
        if set(sentence.roles[:1]) & _POORLY
        and sentence.span not in answered
        and len(sentence.text.split()) >= _FEWEST_WORDS
        and not _LABELLED.match(sentence.text)
        and _WEAKNESS.search(sentence.text)
        and not any(of_the_same(things(sentence.text), title) for title in titles)
    ]


_POORLY = {"went_poorly", "detection_gap"}
_MOST_UNANSWERED = 3
_FEWEST_WORDS = 6
_LABELLED = re.compile(r"^\W*(?:[A-Z][\w ]{2,30}:|no\b)", re.IGNORECASE)  # "Gap 1: …" sorts, and "No …" is read as a gap
_WEAKNESS = re.compile(
    r"\b(?:no|not|never|nobody|no one|none|only|without|too|still|late|slow\w*|manual\w*|by hand|confus\w*|hard|difficult|took|wrong|"
    r"unclear|missed|missing|should have|forgot\w*)\b|n['’]t\b",
    re.IGNORECASE,
)


def _titles(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


def _short(text: str, most: int = 110) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
