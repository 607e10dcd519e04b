"""Why this action, this priority, this owner, this date: every choice of a plan can be asked."""

from __future__ import annotations

from dataclasses import dataclass

from .model import Action, Owner, Plan
from .policy import OriginKind


@dataclass(frozen=True, slots=True)
class Explanation:
    """``answers`` are (question, answer) pairs in the order in which people ask them."""

    title: str
    answers: tuple[tuple[str, str], ...]


def explain(plan: Plan, action_id: str) -> Explanation | None:
    """Explain a kept action (A3) or a deferred one (D2); None where the plan has no such id."""
    wanted = action_id.strip().upper()
    action = next((a for a in plan.actions if a.id == wanted), None)
    if action is not None:
        return Explanation(f"{action.id}: {action.title}", tuple(_kept(plan, action)))
    deferred = next((d for d in plan.deferred if d.action.id == wanted), None)
    if deferred is None:
        return None
    answers = [("Why is it deferred?", deferred.reason), *_why(plan, deferred.action)]
    return Explanation(f"{deferred.action.id}: {deferred.action.title} (deferred)", tuple(answers))


def _why(plan: Plan, action: Action) -> list[tuple[str, str]]:
    lines = "\n".join(f"{evidence.span}: “{evidence.quote}”" for evidence in action.evidence)
    modes = {mode.id: mode for mode in plan.failure_modes}
    answered = "; ".join(
        f"{mode} {modes[mode].title} ({modes[mode].role.value})" for mode in action.addresses if mode in modes
    )
    answers = [
        ("Why this action?", action.rationale),
        ("Where does it come from?", _sentence(action.chosen_why)),
        ("What does it answer?", answered or "no failure mode by name; see the lines"),
        ("On which lines?", lines or "none"),
        (
            "Why this priority?",
            f"{action.priority.value}: {action.priority_why} (impact {action.impact.value}, effort {action.effort.value}, "
            f"strategy {plan.request.prioritization.value}).",
        ),
        (
            "How strong is it?",
            f"{action.strength.value} (strong changes the system, intermediate helps people, weak asks people).",
        ),
    ]
    if action.remarks:
        answers.append(("What else should one know?", "; ".join(action.remarks)))
    return answers


def _kept(plan: Plan, action: Action) -> list[tuple[str, str]]:
    answers = _why(plan, action)
    answers.append(("Why this owner?", _owner(action.owner)))
    for question, owner in (
        ("Why this backup?", action.backup),
        ("Who coordinates?", action.coordinator),
        ("Who sponsors it?", action.sponsor),
    ):
        if owner is not None:
            answers.append((question, _owner(owner)))
    if action.collaborators:
        answers.append(("Who works along?", ", ".join(action.collaborators)))
    due = action.due
    answers.append(
        (
            "Why this date?",
            f"{due.on.isoformat() if due.on else 'no date'}: {due.why}"
            + (" — this lies beyond its window." if due.late else "."),
        )
    )
    if action.depends_on:
        answers.append(("What comes first?", ", ".join(_named(plan, other) for other in action.depends_on)))
    waiting = [other.id for other in plan.actions if action.id in other.depends_on]
    if waiting:
        answers.append(("What waits for it?", ", ".join(_named(plan, other) for other in waiting)))
    if action.assumptions:
        answers.append(
            (
                "What is assumed?",
                "; ".join(f"{a.name} = {a.value}: {a.why or a.source}" for a in action.assumptions),
            )
        )
    if action.origin.kind is OriginKind.STATED:
        answers.append(("Was it reworded?", "No: the title is what the RCA says; the rest was added."))
    return answers


def _named(plan: Plan, action_id: str) -> str:
    title = next((a.title for a in plan.actions if a.id == action_id), "")
    return f"{action_id} “{title}”"


def _owner(owner: Owner) -> str:
    if owner.person is None:
        return f"Unresolved: {owner.why}{f' (known: {owner.known})' if owner.known else ''}."
    return f"{owner.person}: {owner.why}. {'Accepted.' if owner.accepted else 'Proposed, not accepted yet.'}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
