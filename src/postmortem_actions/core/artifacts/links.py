"""What leads from an alert to its runbook, and back."""

from __future__ import annotations

from dataclasses import replace

from ..model import Action, Artifact, Plan
from .paths import safe_path
from .runbooks import alerts_in, is_runbook, led_to, named, whole

_TO_RUNBOOK = "TODO(runbook_url)"


def linked(artifact: Artifact, action: Action, plan: Plan) -> Artifact:
    """A runbook with all its sections, an alert that leads to its runbook; others as they are."""
    path = safe_path(artifact.path) if artifact.path else ""
    if is_runbook(path):
        kin = [other for other in _kin(action, plan) if other.artifact is not None]
        leading = [
            one
            for other in kin
            if other.artifact is not None
            and _TO_RUNBOOK in other.artifact.body
            and _book_of(other, plan) == path
            for one in _alerts_of(other)
        ]
        same = [other for other in kin if set(other.addresses) & set(action.addresses)]
        alerts = leading or [one for other in same for one in _alerts_of(other)]
        return replace(artifact, body=named(whole(artifact.body, action, plan, alerts), leading))
    if _TO_RUNBOOK in artifact.body and (book := _book_of(action, plan)):
        return replace(artifact, body=led_to(artifact.body, book))
    return artifact


def _alerts_of(action: Action) -> list[tuple[str, str]]:
    """An action's alerts as (name, path of their rule file)."""
    own = action.artifact
    return [(name, safe_path(own.path or "")) for name in alerts_in(own.body)] if own is not None else []


def _book_of(action: Action, plan: Plan) -> str | None:
    """The runbook to which an action's alerts lead."""
    paths = [safe_path(one.artifact.path) for one in _kin(action, plan) if one.artifact and one.artifact.path]
    return next((path for path in paths if is_runbook(path)), None)


def _kin(action: Action, plan: Plan) -> list[Action]:
    """The plan's other actions, those first that answer the same failures."""
    own = set(action.addresses)
    others = [other for other in plan.actions if other.id != action.id]
    return sorted(others, key=lambda other: not own & set(other.addresses))
