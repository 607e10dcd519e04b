"""Runbooks made whole: the sections that every runbook has, where an artifact lacks one, and links to and from the alerts.

What stands in an added section comes from the plan; what the plan does not know is a TODO.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Action, Plan

_HEAD = re.compile(r"(?m)^##\s+(.+)$")
_KNOWN: Sequence[tuple[str, re.Pattern[str]]] = (
    ("Symptoms", re.compile(r"(?i)symptom|when|signs|alert|use this|page says")),
    ("Diagnosis", re.compile(r"(?i)diagnos|find|first look|look|check|scope|measure|establish|where|which")),
    ("Mitigation", re.compile(r"(?i)mitigat|stop|contain|remed|recover|act\b|repair|restore|fix|do\b|steps|relief|revoke|in order|move")),
    ("Verification", re.compile(r"(?i)verif|afterwards it|works again|back to|prove|confirm")),
    ("Escalation", re.compile(r"(?i)escalat|who\b|contact|call")),
    ("Follow-up", re.compile(r"(?i)follow|after|later|record|then")),
)  # fmt: skip
_SECTION = re.compile(r"(?m)^(?=## )")
_MINUTES = re.compile(r"(?i)\bminutes?\b|\bmin\b|time box")
_OPTION = re.compile(r"(?m)^\d+\. .*(?:\n(?: {2,}|\t)\S.*)*$")
_ALERT = re.compile(r"(?m)^\s*-\s*alert:\s*(\S+)")


def is_runbook(path: str) -> bool:
    """Whether a file is a runbook, by where it goes."""
    return path.endswith(".md") and "runbook" in path


def whole(body: str, action: Action, plan: Plan, alerts: Sequence[tuple[str, str]]) -> str:
    """The runbook with the sections that it lacks, a time box on its diagnosis, and a place for the risk of each option;
    ``alerts`` are (name, path of its rule file)."""
    body = _bounded(body)
    heads = _HEAD.findall(body)
    parts = [body.rstrip("\n")]
    for name, words in _KNOWN:
        if not any(words.search(head) for head in heads):
            text = "\n".join([f"## {name}", *_section(name, action, plan, alerts)])
            if name == "Symptoms":  # it is read first
                parts[0] = _before_first_section(parts[0], text)
            else:
                parts.append(text)
    return "\n\n".join(parts) + "\n"


def named(body: str, alerts: Sequence[tuple[str, str]]) -> str:
    """The runbook with the alerts that lead to it under its symptoms, as far as it does not name them itself."""
    lines = [f"- Alert `{name}` ({path})" for name, path in alerts if name not in body]
    if not lines:
        return body
    parts = _SECTION.split(body)
    for n, part in enumerate(parts):
        head, _, text = part.partition("\n")
        if head.startswith("## ") and _KNOWN[0][1].search(head):
            parts[n] = "\n".join([head, *lines, text])
            return "".join(parts)
    return body


def _bounded(body: str) -> str:
    """Diagnosis ends after a time, and each option to mitigate says what it may break: as a TODO where nobody said it."""
    parts = _SECTION.split(body)
    made = [parts[0]]
    for part in parts[1:]:
        head, _, text = part.partition("\n")
        if _KNOWN[1][1].search(head) and not _KNOWN[2][1].search(head) and not _MINUTES.search(part):
            text = f"Time box: 10 minutes, then mitigate by what is known.\n{text}"
        elif _KNOWN[2][1].search(head):
            text = _OPTION.sub(lambda found: found[0] if "risk" in found[0].lower() else f"{found[0]} Risk: TODO(risk)", text)
        made.append(f"{head}\n{text}")
    return "".join(made)


def _before_first_section(body: str, text: str) -> str:
    found = _HEAD.search(body)
    if found is None:
        return f"{body}\n\n{text}"
    return f"{body[: found.start()].rstrip()}\n\n{text}\n\n{body[found.start() :]}"


def _section(name: str, action: Action, plan: Plan, alerts: Sequence[tuple[str, str]]) -> list[str]:
    if name == "Symptoms":
        lines = [f"- Alert `{alert}` ({path})" for alert, path in alerts]
        return lines or ["- TODO(symptoms)"]
    if name == "Diagnosis":
        return ["Time box: 10 minutes, then mitigate by what is known.", "1. TODO(diagnosis)"]
    if name == "Mitigation":
        return ["Least risk first; say what each may break.", "1. TODO(mitigation): risk TODO(risk)"]
    if name == "Verification":
        signals = [row.signal for row in plan.coverage.rows if action.id in row.after_p2.by][:2]
        named = f" ({', '.join(signals)})" if signals else ""
        return [f"- The signal that paged is back at its ordinary level for 15 minutes{named}"]
    if name == "Escalation":
        owner = action.owner.person or "TODO(escalation_contact)"
        return [f"- After 15 minutes without effect: {owner}", "- After 30 minutes: TODO(second_escalation)"]
    number = plan.incident.id.text if plan.incident.id else plan.incident.title
    return [
        f"- Write down what was done and when; this runbook comes from {number}, action {action.id}",
        "- Mend this page",
    ]


def alerts_in(body: str) -> list[str]:
    """The names of the alerts in a rule file."""
    return _ALERT.findall(body)


def led_to(body: str, runbook: str) -> str:
    """A rule file whose alerts lead to that runbook."""
    return body.replace("TODO(runbook_url)", f"TODO(repository_url)/{runbook}")
