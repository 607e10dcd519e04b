"""The validation plan: how each action, and the plan as a whole, is shown to work."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Action, ActionValidation, FailureMode, Incident, Validation, Verification
from ..policy import Category, CheckType, FailureRole, Form

OBJECTIVE = "Show that the actions work before the next incident does: each one by itself, then the incident played again."


def validation(actions: Sequence[Action], incident: Incident, modes: Sequence[FailureMode]) -> Validation:
    """A validation for every action, and one for the system. Figures come from the RCA or from the
    actions' own assumptions; no result is stated."""
    each = tuple(ActionValidation(action.id, action.verification) for action in actions)
    return Validation(OBJECTIVE, each, _system(actions, incident, modes))


def _system(actions: Sequence[Action], incident: Incident, modes: Sequence[FailureMode]) -> Verification:
    primary = next((mode for mode in modes if mode.role is FailureRole.PRIMARY), None)
    if incident.trigger is not None and incident.trigger.evidence is not None:
        cause = f"Bring about the trigger of this incident in staging ({incident.trigger.evidence.span})."
    elif primary is not None:
        cause = (
            f"Bring about the primary failure mode in staging: {primary.title} ({primary.evidence[0].span})."
        )
    else:
        cause = "Bring about the symptoms of this incident in staging."
    steps = [cause, "Put the load of an ordinary working day on it."]
    steps += [f"{action.id}: {action.verification.success}." for action in actions if _plays_a_part(action)]
    success = []
    if incident.time_to_detect is not None:
        success.append(
            f"it is noticed sooner than the {incident.time_to_detect.text} of this incident{_line(incident.time_to_detect)}"
        )
    length = incident.time_to_resolve or incident.blast_radius.duration
    if length is not None:
        success.append(
            f"users have their service back sooner than the {length.text} of this incident{_line(length)}"
        )
    if not success:
        success.append(
            "a monitor notices it before a person does, and the on-call mitigates it with the runbook alone"
        )
    return Verification(
        "Play the incident again in staging",
        _sentence(" and ".join(success)),
        tuple(step.replace("..", ".") for step in steps),
        type=CheckType.DRILL,
    )


def _plays_a_part(action: Action) -> bool:
    return (
        action.category in (Category.DETECTION, Category.RESPONSE, Category.RELIABILITY)
        and action.form is not Form.DASHBOARD
    )


def _line(length: object) -> str:
    evidence = getattr(length, "evidence", None)
    return f" ({evidence.span})" if evidence is not None else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
