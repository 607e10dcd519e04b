"""When it started, was detected, mitigated and resolved, where no entry says so in so many words.

A timeline begins where the incident begins and ends where it ends, and people say in prose "between 10:00 and
11:30 the API was down". Such readings are marked as inferred: they are shown, but nothing is reckoned from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from ..model import Moment, Sentence, TimelineEvent
from .phase_words import (
    ANOTHER,
    DAYS_BEFORE,
    DETECTED,
    EXPLICIT,
    FINAL,
    HARM,
    MISHAP,
    MITIGATED,
    ONSET,
    RECOVERING,
    RESOLVED,
    SAME_END,
    SAME_INCIDENT,
)
from .prose_phases import Phases, from_prose, tells_of_harm

__all__ = ["Phases", "complete"]


def complete(
    stated: Phases,
    marked: Phases,
    events: Sequence[TimelineEvent],
    sentences: Sequence[Sentence],
    day: date | None,
    pieces: Mapping[str, Sequence[str]],
) -> Phases:
    """What the metadata states, else what an entry of the timeline is marked as, else what can be inferred
    from the timeline, then from the prose. ``pieces`` tell of phases in other languages."""
    line = _from_timeline([event for event in events if event.when.at is not None], day, pieces)
    prose = from_prose(sentences, day, pieces)
    harm = from_prose([s for s in sentences if "timeline" not in s.roles and tells_of_harm(s.text)], day)
    mitigated = stated.mitigated or marked.mitigated or line.mitigated or prose.mitigated
    ended = _later(_later(marked.resolved, _final(events)), harm.resolved)
    resolved = stated.resolved or ended or line.resolved or prose.resolved
    if resolved is not marked.resolved and marked.resolved is not None and stated.mitigated is None:
        mitigated = marked.mitigated or replace(marked.resolved, inferred=True)
    mitigated, resolved = (_after_detection(one, stated.detected or marked.detected or prose.detected) for one in (mitigated, resolved))
    zones = {one.zone for one in (*_told(stated, marked, prose), *(event.when for event in events)) if one.zone}
    # What is over is mitigated at the latest then; and a mitigation after which nothing is told was the end of it.
    whole = Phases(
        stated.started
        or _earliest(marked.started, _onset(events))
        or _earliest(harm.started, _onset(events))
        or _harm_first(_earliest(line.started, prose.started), events)
        or prose.started
        or (replace(stated.detected, inferred=True) if stated.detected and _on(stated.detected, day) else None)
        or (marked.detected if marked.detected and _on(marked.detected, day) else None)
        or (prose.detected if prose.detected and _on(prose.detected, day) else None),
        stated.detected or _earlier(marked.detected, line.detected) or prose.detected or _first_response(events, line.started),
        mitigated or (replace(resolved, inferred=True) if resolved else None),
        resolved or (replace(mitigated, inferred=True) if mitigated else None),
    )
    return _in_zone(whole, zones.pop()) if len(zones) == 1 else whole


def _told(*found: Phases) -> list[Moment]:
    moments = (one for phases in found for one in (phases.started, phases.detected, phases.mitigated, phases.resolved))
    return [one for one in moments if one is not None]


def _in_zone(phases: Phases, zone: str) -> Phases:
    """Times without a zone are of the one zone that the document names with the others."""

    def there(one: Moment | None) -> Moment | None:
        return replace(one, zone=zone) if one is not None and one.zone is None and one.at is not None and one.at.tzinfo is None else one

    return Phases(there(phases.started), there(phases.detected), there(phases.mitigated), there(phases.resolved))


def _after_detection(moment_: Moment | None, detected: Moment | None) -> Moment | None:
    """An inferred end before the detection was told without its day: it is of the day of the detection, or the next."""
    if moment_ is None or detected is None or moment_.at is None or detected.at is None or not moment_.inferred:
        return moment_
    if (moment_.at.tzinfo is None) is not (detected.at.tzinfo is None) or moment_.at >= detected.at:
        return moment_
    days = (detected.at.date() - moment_.at.date()).days
    later = moment_.at + timedelta(days=days if (moment_.at + timedelta(days=days)) >= detected.at else days + 1)
    return replace(moment_, at=later) if 0 < days <= DAYS_BEFORE.days else moment_


def _on(moment_: Moment, day: date | None) -> bool:
    """Whether a moment is of the incident's day, as far as both are known."""
    return day is None or moment_.at is None or moment_.at.date() == day


def _later(marked: Moment | None, harm: Moment | None) -> Moment | None:
    """An entry marked as the end, unless the prose says of the harm itself that it lasted a little longer."""
    if marked is None or harm is None or marked.at is None or harm.at is None:
        return marked
    if (marked.at.tzinfo is None) is not (harm.at.tzinfo is None):
        return marked
    return harm if timedelta(0) < harm.at - marked.at < SAME_END else marked


def _first_response(events: Sequence[TimelineEvent], started: Moment | None) -> Moment | None:
    """Where nobody says how it was noticed: the first entry after the start, since who acts has noticed."""
    if started is None or started.at is None:
        return None
    begun = started.at.replace(tzinfo=None)
    found = next((e for e in events if e.when.at is not None and e.when.at.replace(tzinfo=None) > begun), None)
    return _inferred(found) if found else None


def _harm_first(first: Moment | None, events: Sequence[TimelineEvent]) -> Moment | None:
    """The first entry, unless it tells of no harm and one soon after tells how the harm came up."""
    onset = _onset(events)
    if first is None or onset is None or first.at is None or onset.at is None or first.evidence is None:
        return first
    if (first.at.tzinfo is None) is not (onset.at.tzinfo is None) or HARM.search(first.evidence.quote):
        return first
    return onset if timedelta(0) < onset.at - first.at < SAME_END else first


def _final(events: Sequence[TimelineEvent]) -> Moment | None:
    """The last entry that tells of everything being as it was."""
    found = [event for event in events if event.when.at is not None and FINAL.search(event.text)]
    return _inferred(found[-1]) if found else None


def _earliest(harm: Moment | None, onset: Moment | None) -> Moment | None:
    """What the prose says of the harm, unless an entry shortly before tells of an onset."""
    if harm is None or onset is None or harm.at is None or onset.at is None:
        return harm
    if (harm.at.tzinfo is None) is not (onset.at.tzinfo is None):
        return harm
    return onset if timedelta(0) < harm.at - onset.at < SAME_INCIDENT else harm


def _earlier(known: Moment | None, inferred: Moment | None) -> Moment | None:
    """An entry marked as the detection, unless an earlier one tells of a report or an alert."""
    if known is None or inferred is None or known.at is None or inferred.at is None:
        return known or inferred
    explicit = known.evidence is not None and EXPLICIT.search(known.evidence.quote)
    return known if explicit or inferred.at >= known.at else inferred


def _onset(events: Sequence[TimelineEvent]) -> Moment | None:
    """The first entry that tells how the harm came up."""
    found = next((event for event in events if event.when.at is not None and ONSET.search(event.text)), None)
    return _inferred(found) if found else None


def _inferred(event: TimelineEvent) -> Moment:
    return replace(event.when, evidence=event.evidence, inferred=True)


def _from_timeline(events: Sequence[TimelineEvent], day: date | None, pieces: Mapping[str, Sequence[str]]) -> Phases:
    if len(events) < 2:
        return Phases()
    same = [
        event for event in events if day is None or (event.when.at and event.when.at.date() >= day)
    ]
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
    last = ended[-1] if ended else same[-1]
    before = [e for e in same[1:] if e.when.at and last.when.at and e.when.at < last.when.at]
    mitigated = next((event for event in before if RECOVERING.search(event.text)), None) or next(
        (event for event in same[1:] if tells(event, MITIGATED, "mitigated")), None
    )
    return Phases(
        _inferred(first),
        _inferred(detected) if detected else None,
        _inferred(mitigated) if mitigated else None,
        _inferred(last) if last is not first else None,
    )


def _one_incident(events: list[TimelineEvent]) -> list[TimelineEvent]:
    """The entries without those of another incident, days later, in the same document."""
    for n, (before, one) in enumerate(zip(events, events[1:], strict=False), 1):
        if before.when.at is None or one.when.at is None or (before.when.at.tzinfo is None) is not (one.when.at.tzinfo is None):
            continue
        if one.when.at - before.when.at > SAME_INCIDENT and ANOTHER.search(one.text):
            return events[:n]
    return events
