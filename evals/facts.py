"""Which facts of a document were read right, against source.yaml."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import matching

from postmortem_actions import Plan

# A cause in other words is the same cause from here on (set like the threshold for actions).
_SAME_CAUSE = 0.3


def compare(source: dict[str, Any], plan: Plan) -> tuple[list[str], list[str]]:
    """The names of the facts that agree, and of those that do not. Only what the source gives is asked."""
    right: list[str] = []
    wrong: list[str] = []

    def note(name: str, agrees: bool) -> None:
        (right if agrees else wrong).append(name)

    incident = plan.incident
    if source.get("incident_date"):
        found = incident.date or (
            incident.started.at.date() if incident.started and incident.started.at else None
        )
        note("date", _dates(source["incident_date"], found))
    times = source.get("timeline") or {}
    for name in ("started", "detected", "mitigated", "resolved"):
        stated = times.get(name)
        clock = _clock(stated)
        if clock is not None:
            moment = getattr(incident, name)
            note(name, moment is not None and clock in _clocks(moment))
    radius = source.get("blast_radius") or {}
    users = str(radius.get("users") or "")
    figures = _figures(users)
    if figures:
        said = " ".join(fact.text for fact in incident.blast_radius.users)
        note("users", bool(figures & _figures(said)))
    if source.get("root_cause"):
        ours = [mode.title for mode in plan.failure_modes[:3]] + [
            fact.text for fact in incident.root_causes[:3]
        ]
        ours += [ev.quote for mode in plan.failure_modes[:3] for ev in mode.evidence[:2]]
        scores = matching.similarities([str(source["root_cause"])], ours or ["nothing"])[0]
        note("root cause", float(max(scores)) >= _SAME_CAUSE)
    return right, wrong


def _dates(stated: Any, found: date | None) -> bool:
    if found is None:
        return False
    text = stated.isoformat() if isinstance(stated, date | datetime) else str(stated)
    return found.isoformat() in text or text.startswith(found.isoformat()[: len(text)])


def _clock(stated: Any) -> str | None:
    if isinstance(stated, datetime):
        return stated.strftime("%H:%M")
    match = re.search(r"\b(\d{1,2}):(\d{2})", str(stated or ""))
    return f"{int(match[1]):02d}:{match[2]}" if match else None


def _clocks(moment: Any) -> set[str]:
    found = set()
    if moment.at is not None:
        found.add(moment.at.strftime("%H:%M"))
    clock = _clock(getattr(moment, "text", ""))
    if clock:
        found.add(clock)
    return found


def _figures(text: str) -> set[str]:
    return {re.sub(r"[,\s]", "", figure).rstrip(".") for figure in re.findall(r"\d[\d,.]*", text)}
