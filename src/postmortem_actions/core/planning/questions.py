"""Open questions: what people must decide or find out before the plan is theirs."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Action, FailureMode, Incident, Problem
from ..policy import FailureRole, Priority

_ASKED = {
    "more-p0-than-room",
    "cannot-fit-window",
    "stated-date-past",
    "stated-date-beyond-policy",
    "dependency-cycle",
}


def open_questions(
    incident: Incident, actions: Sequence[Action], modes: Sequence[FailureMode], problems: Sequence[Problem]
) -> tuple[str, ...]:
    """The questions in the order in which they should be answered."""
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
        if not any(mode.id in action.addresses for action in actions):
            like = f" Most like it: {_titles(mode.like)}." if mode.like else ""
            questions.append(
                f"What should be done about “{mode.title}” ({mode.evidence[0].span})? No rule of the catalogue knows it.{like}"
            )
    return tuple(question for question in questions if question)


def _titles(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


def _short(text: str, most: int = 110) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
