"""The phases of an incident as the entries of its timeline tell them, or the moments of its story where it has none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from ..model import Moment, Sentence, TimelineEvent
from .phase_words import (
    AFTERMATH,
    ANOTHER,
    DAYS_BEFORE,
    DETECTED,
    FINAL,
    MISHAP,
    MITIGATED,
    NO_HELP,
    ONSET,
    RECOVERING,
    RESOLVED,
    SAME_INCIDENT,
    TOLD,
    UNREAL,
)
from .prose_phases import Phases
from .told_moments import told_moments


def first_response(events: Sequence[TimelineEvent], started: Moment | None) -> Moment | None:
    """Where nobody says how it was noticed: the first entry after the start, since who acts has noticed."""
    if started is None or started.at is None:
        return None
    begun = started.at.replace(tzinfo=None)
    found = next((e for e in events if e.when.at is not None and e.when.at.replace(tzinfo=None) > begun), None)
    return _inferred(found) if found else None


def final(events: Sequence[TimelineEvent]) -> Moment | None:
    """The last entry that tells of everything being as it was."""
    found = [event for event in events if event.when.at is not None and FINAL.search(event.text)]
    return _inferred(found[-1]) if found else None


def onset(events: Sequence[TimelineEvent]) -> Moment | None:
    """The first entry that tells how the harm came up."""
    found = next((event for event in events if event.when.at is not None and ONSET.search(event.text)), None)
    return _inferred(found) if found else None


def _inferred(event: TimelineEvent) -> Moment:
    return replace(event.when, evidence=event.evidence, inferred=True)


def from_timeline(events: Sequence[TimelineEvent], day: date | None, pieces: Mapping[str, Sequence[str]]) -> Phases:
    """What the entries tell by their words and their order, all marked as inferred; ``day`` is the incident's."""
    if len(events) < 2:
        return Phases()
    same = [event for event in events if day is None or (event.when.at and event.when.at.date() >= day)]
    same = same if len(same) > 1 else list(events)
    whole = [e for e in events if e.when.at and (day is None or e.when.at.date() - day >= -DAYS_BEFORE)]
    first = min(whole or same, key=lambda event: event.when.at.replace(tzinfo=None) if event.when.at else datetime.max)
    first = next((event for event in same if MISHAP.search(event.text)), first)

    def tells(event: TimelineEvent, pattern: re.Pattern[str], phase: str) -> bool:
        lowered = event.text.lower() if pieces else ""
        return bool(pattern.search(event.text)) or any(piece in lowered for piece in pieces.get(phase, ()))

    detected = next((event for event in same if tells(event, DETECTED, "detected")), None)
    same = _one_incident(same)
    ended = [event for event in same[1:] if tells(event, RESOLVED, "resolved")]
    last = ended[-1] if ended else _last(same)
    before = [e for e in same[1:] if e.when.at and last is not None and last.when.at and e.when.at < last.when.at]
    noticed = detected.when.at if detected is not None else None
    after = [e for e in same[1:] if noticed is None or e.when.at is None or not _before(e.when.at, noticed)]
    mitigated = next((event for event in before if event in after and RECOVERING.search(event.text)), None) or next(
        (event for event in after if tells(event, MITIGATED, "mitigated") and not NO_HELP.search(event.text)), None
    )
    return Phases(
        _inferred(first),
        _inferred(detected) if detected else None,
        _inferred(mitigated) if mitigated else None,
        _inferred(last) if last is not None and last is not first else None,
    )


def _before(one: datetime, other: datetime) -> bool:
    return one.replace(tzinfo=None) < other.replace(tzinfo=None)


def _last(events: Sequence[TimelineEvent]) -> TimelineEvent | None:
    """The last entry that belongs to the incident, where none tells of the end; None where that one tells of harm."""
    within = [event for event in events if not AFTERMATH.search(event.text)] or events
    return within[-1] if len(within) == 1 or not ONSET.search(within[-1].text) else None


def _one_incident(events: list[TimelineEvent]) -> list[TimelineEvent]:
    """The entries without those of another incident, days later, in the same document."""
    for n, (before, one) in enumerate(zip(events, events[1:], strict=False), 1):
        if before.when.at is None or one.when.at is None or (before.when.at.tzinfo is None) is not (one.when.at.tzinfo is None):
            continue
        if one.when.at - before.when.at > SAME_INCIDENT and ANOTHER.search(one.text):
            return events[:n]
    return events


def from_story(sentences: Sequence[Sentence], day: date | None) -> Phases:
    """Where no timeline is: what the moments of the story tell, each with the words about it, read like entries."""
    told = [one for one in sentences if (not one.roles or set(one.roles) & TOLD) and not UNREAL.search(one.text)]
    events = []
    for sentence, placed in told_moments(told, day):
        ends = [one.end for one in placed]
        for one, before, behind in zip(placed, [0, *ends], [*(next_.start for next_ in placed[1:]), len(sentence.text)], strict=False):
            if one.moment.at is not None:
                events.append(TimelineEvent(one.moment, sentence.text[before:behind], sentence.evidence))
    phases = from_timeline(events, day, {})
    ended = [event for event in events[1:] if RESOLVED.search(event.text) or RECOVERING.search(event.text)]
    return replace(phases, resolved=_inferred(ended[-1]) if ended else None)
