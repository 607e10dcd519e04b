"""Figures, names and dates in a rendered plan that nobody gave."""

from __future__ import annotations

import re

from postmortem_actions import Plan

_FIGURE = re.compile(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d")
_FENCE = re.compile(r"(?ms)^(`{3,}).*?^\1`*\s*$")
_MASK = re.compile(r"\bL\d+(?:-\d+)?\b|\b[ADF]\d+\b|\bP[0-3]\b|\bSEV-?\d\b|p\d{2,3}\b", re.IGNORECASE)


def find(text: str, plan: Plan, rendered: str) -> list[str]:
    """What stands in the rendered prose and is neither in the document, nor asked for, nor reckoned from it
    by a stated policy, nor shown as an assumption. Artifacts are code and left out here."""
    allowed = set(_figures(text))
    for assumption in plan.assumptions:
        allowed |= set(_figures(assumption.value))
    allowed |= _reckoned(plan)
    for problem in plan.problems:  # what was counted while reading ("29 lines still hold …")
        allowed |= set(_figures(f"{problem.message} {problem.fix or ''}"))
    for load in plan.loads:  # sums of the effort scale over a person's own actions, and the day they end
        allowed |= set(_figures(f"{load.days_before:g} {load.days_after:g} {load.share:.0%} {load.busy_until or ''}"))
        allowed |= set(str(load.busy_until or "").split("-"))
    found = []
    for line in _FENCE.sub("", rendered).split("\n"):
        if re.match(r"\s*(?:#|\d+\. |>|\*\*(?:Effort|Due)\*\*)", line):
            line = re.sub(r"^\s*\d+\. ", "", line)
            if line.startswith(("**Effort", "**Due", "#")):
                continue
        for figure in _figures(_MASK.sub(" ", line)):
            if figure not in allowed:
                found.append(f"{figure}: {line.strip()[:100]}")
    for action in plan.actions:
        for owner in (action.owner, action.backup, action.coordinator, action.sponsor):
            if (
                owner is not None
                and owner.person
                and owner.person.lstrip("@").split()[0].lower() not in text.lower()
            ):
                found.append(f"{action.id}: owner {owner.person}")
    return found


def _figures(text: str) -> list[str]:
    found = []
    for figure in _FIGURE.findall(text):
        plain = figure.replace(",", "").rstrip(".")
        found += [plain, *plain.split(".")]
    return found


def _reckoned(plan: Plan) -> set[str]:
    """Dates and counts that the plan itself makes: due dates, meetings, counts of actions and signals."""
    days = [action.due.on for action in plan.actions] + [meeting.on for meeting in plan.tracking.meetings]
    days += [plan.request.today, plan.incident.date, *(action.due.window_end for action in plan.actions)]
    made = {
        part for day in days if day for part in (*day.isoformat().split("-"), str(day.day), str(day.month))
    }
    made |= {str(n) for n in range(len(plan.actions) + len(plan.deferred) + len(plan.coverage.rows) + 12)}
    for length in (plan.incident.time_to_detect, plan.incident.time_to_resolve):
        if length is not None:
            made |= set(_figures(length.text)) | {str(int(length.minutes))}
    return made
