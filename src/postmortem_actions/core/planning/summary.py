"""Section 0: theme, primary failure mode and leverage point, in the RCA's own words where it has them."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Action, FailureMode, Incident, Summary
from ..policy import Category, FailureRole, Priority, Strength

_LONGEST = 240
_LEVERS = (Category.PREVENTION, Category.SECURITY, Category.RELIABILITY, Category.PROCESS)
_STRENGTHS = list(Strength)


def summary(incident: Incident, modes: Sequence[FailureMode], actions: Sequence[Action]) -> Summary:
    """What happened in one sentence, what failed first, and the action with the most leverage."""
    primary = next((mode for mode in modes if mode.role is FailureRole.PRIMARY), None)
    root = incident.root_causes[0].text if incident.root_causes else None
    if primary is not None:
        words = root or primary.evidence[0].quote
        named = primary.title if primary.kind != "unclassified" else ""
        failure = f"{named}: {_clip(words)}" if named else _clip(words)
        theme = f"{named or 'A cause the catalogue does not know'}{_where(incident)}"
    elif modes:
        failure = f"{modes[0].title} ({modes[0].role.value}): {_clip(modes[0].evidence[0].quote)}"
        theme = f"{modes[0].title}{_where(incident)}; the root cause is not known yet"
    else:
        failure = _clip(root) if root else "not known: the RCA states no root cause"
        theme = _clip(incident.summary.text) if incident.summary else incident.title
    lever = _lever(actions)
    return Summary(
        theme,
        failure,
        lever.title if lever else "none: no action prevents a recurrence yet",
        lever.id if lever else None,
    )


def _lever(actions: Sequence[Action]) -> Action | None:
    """The strongest, best-ranked preventing action against the primary root cause; else the best there is."""
    own = [a for a in actions if a.role is FailureRole.PRIMARY and a.category in _LEVERS]
    pool = own or [a for a in actions if a.category in _LEVERS] or list(actions)
    bands = list(Priority)
    return min(
        pool,
        key=lambda a: (
            bands.index(a.priority),
            not a.blocks_recurrence,
            _STRENGTHS.index(a.strength),
            _LEVERS.index(a.category) if a.category in _LEVERS else 9,
            pool.index(a),
        ),
        default=None,
    )


def _where(incident: Incident) -> str:
    return f" in {incident.services[0].text}" if incident.services else ""


def _clip(text: str) -> str:
    text = text.rstrip()
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
