"""What the times of an incident say by themselves: how long a report waited until somebody called it an incident, and how
long it took from then on to hold the harm. Only times that entries of the timeline state are reckoned with."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from .candidates import answer_candidate
from .knowledge import Knowledge
from .model import Candidate, Origin, Rca, TimelineEvent
from .parse.phase_words import DETECTED, RECOVERING, RESOLVED
from .policy import FailureRole, OriginKind

# From so long on it is worth an action. Source: the specification asks for detection within minutes; half an hour from a
# report to a declaration, and two hours from there to the first relief, are what a severe incident does not forgive.
_LONG_TO_DECLARE = timedelta(minutes=30)
_LONG_TO_HOLD = timedelta(hours=2)
_ONE_INCIDENT = timedelta(days=1)
_DECLARED = re.compile(
    r"\b(?:declar\w+ (?:an? |the )?(?:\w+ )?(?:incident|outage|emergency)|"
    r"(?:incident|outage|emergency|sev\W?\d|p[12]) (?:\w+ ){0,2}declared|"
    r"(?:incident|case|war room|bridge|incident call|incident channel) (?:was |is )?(?:opened|raised|started|created)|"
    r"(?:opens?|opened|raises?|raised|starts?|started) (?:an? |the )?(?:major )?(?:incident|war room|bridge|incident call)|"
    r"declaring (?:this|an?) (?:as )?(?:an? )?\w+)\b",
    re.IGNORECASE,
)


def slow_phase_candidates(rca: Rca, knowledge: Knowledge) -> list[Candidate]:
    """Candidates for phases that took long, each with the two entries that say so."""
    stamped = [(event.when.at.replace(tzinfo=None), event) for event in rca.incident.timeline if event.when.at is not None]
    events = [event for _, event in sorted(stamped, key=lambda entry: entry[0])]
    declared = next((e for e in events if _DECLARED.search(e.text)), None)
    if declared is None:
        return []
    reported = next((e for e in events if e is not declared and _noticed(e)), None)
    held = next((e for e in events[events.index(declared) + 1 :] if _held(e)), None)
    found = []
    for name, first, last, least in (
        ("declare-sooner", reported, declared, _LONG_TO_DECLARE),
        ("hold-sooner", declared, held, _LONG_TO_HOLD),
    ):
        made = _candidate(name, first, last, least, rca, knowledge) if first is not None and last is not None else None
        if made is not None:
            found.append(made)
    return found


def _noticed(event: TimelineEvent) -> bool:
    return event.marker == "detected" or DETECTED.search(event.text) is not None


def _held(event: TimelineEvent) -> bool:
    return event.marker in ("mitigated", "resolved") or any(words.search(event.text) for words in (RECOVERING, RESOLVED))


def _candidate(
    name: str, first: TimelineEvent, last: TimelineEvent, least: timedelta, rca: Rca, knowledge: Knowledge
) -> Candidate | None:
    begin, end = first.when.at, last.when.at
    if begin is None or end is None or (begin.tzinfo is None) is not (end.tzinfo is None) or first.when.zone != last.when.zone:
        return None
    answer = next((a for a in knowledge.phase_answers if a.id == name), None)
    if answer is None or not least <= end - begin <= _ONE_INCIDENT:
        return None
    made = answer_candidate(answer.action, f"from {first.when.text} to {last.when.text}", last.evidence, knowledge.catalogue, rca)
    return replace(
        made,
        key=f"phase/{name}",
        evidence=tuple(dict.fromkeys((first.evidence, last.evidence))),
        origin=Origin(OriginKind.GAP, f"times of the timeline, {first.evidence.span} and {last.evidence.span}"),
        role=FailureRole.RESPONSE_GAP,
        weight=_WEIGHT,
    )


_WEIGHT = 1.2  # a fact of the timeline, that nobody called a failure

__all__ = ["slow_phase_candidates"]
