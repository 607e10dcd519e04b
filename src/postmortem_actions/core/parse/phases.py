"""When it started, was detected, mitigated and resolved, where no entry says so in so many words.

A timeline begins where the incident begins and ends where it ends, and people say in prose "between 10:00 and
11:30 the API was down". Such readings are marked as inferred: they are shown, but nothing is reckoned from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ..model import Moment, Sentence, TimelineEvent
from .phase_words import (
    DAYS_BEFORE,
    DETECTED,
    EXPLICIT,
    HARM,
    RESOLVED,
    SAME_END,
    SAME_INCIDENT,
)
from .prose_phases import Phases, from_prose, tells_of_harm
from .timeline_phases import final, first_response, from_story, from_timeline, onset
from .told_moments import told_moments

__all__ = ["Phases", "complete"]


_CHANGED = re.compile(
    r"\b(?:merged?|deploy\w*|releas\w+|push\w*|roll\w* out|appl(?:y|ied)|upgrad\w+|migrat\w+|chang\w+|update\w*)\b",
    re.IGNORECASE,
)
_FIRST = 4  # sentences
# "On 13 September at 11:06", "At 18:22 UTC on Saturday": what begins with its moment
_ON_THE_DAY = re.compile(r"^\W*(?:on|at|around|about|shortly after)\b[^.;:]{0,40}$", re.IGNORECASE)


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
    line = from_timeline([event for event in events if event.when.at is not None], day, pieces)
    prose = from_prose(sentences, day, pieces)
    if not any(event.when.at for event in events):
        prose = _filled(prose, from_story(sentences, day))
    harm = from_prose([s for s in sentences if "timeline" not in s.roles and tells_of_harm(s.text)], day)
    section = from_prose([s for s in sentences if "detection" in s.roles[:1]], day)
    told = from_prose([s for s in sentences if "timeline" not in s.roles], day)
    mitigated = stated.mitigated or marked.mitigated or line.mitigated or prose.mitigated
    ended = _later(_later(marked.resolved, final(events)), harm.resolved)
    resolved = stated.resolved or ended or _later(line.resolved, _in_words(told.resolved)) or prose.resolved
    if resolved is not marked.resolved and marked.resolved is not None and stated.mitigated is None:
        mitigated = marked.mitigated or replace(marked.resolved, inferred=True)
    mitigated, resolved = (_after_detection(one, stated.detected or marked.detected or prose.detected) for one in (mitigated, resolved))
    zones = {one.zone for one in (*_told(stated, marked, prose), *(event.when for event in events)) if one.zone}
    # What is over is mitigated at the latest then; and a mitigation after which nothing is told was the end of it.
    started = (
        stated.started
        or _earliest(marked.started, onset(events))
        or _earliest(harm.started, onset(events))
        or _earliest(_lead(sentences, day), onset(events))
        or _harm_first(_earliest(line.started, prose.started), events, day)
        or prose.started
        or (replace(stated.detected, inferred=True) if stated.detected and _on(stated.detected, day) else None)
        or (marked.detected if marked.detected and _on(marked.detected, day) else None)
        or (prose.detected if prose.detected and _on(prose.detected, day) else None)
    )
    if started is not None and resolved is not None and started.at is not None and started.at == resolved.at and started.inferred:
        started = None  # the one moment that is told is the end
    whole = Phases(
        started,
        stated.detected
        or _earlier(_earlier(marked.detected, line.detected), section.detected)
        or prose.detected
        or first_response(events, started),
        mitigated or (replace(resolved, inferred=True) if resolved else None),
        resolved or (replace(mitigated, inferred=True) if mitigated else None),
    )
    return _in_zone(whole, zones.pop()) if len(zones) == 1 else whole


def _in_words(end: Moment | None) -> Moment | None:
    """An end that a sentence tells as one, not as how long something took."""
    return end if end is not None and end.evidence is not None and RESOLVED.search(end.evidence.quote) else None


def _lead(sentences: Sequence[Sentence], day: date | None) -> Moment | None:
    """When it happened as the first sentences sum it up: "On 13 September at 11:06 our tool removed 241 people"."""
    first = [s for s in sentences if not s.roles or s.roles[:1] in (("summary",), ("narrative",), ("impact",))][:_FIRST]
    for sentence, placed in told_moments(first, day):
        if placed and _ON_THE_DAY.match(sentence.text[: placed[0].start]) and not (
            DETECTED.search(sentence.text) or _CHANGED.search(sentence.text)
        ):
            return placed[0].moment
    return None


def _filled(known: Phases, besides: Phases) -> Phases:
    return Phases(
        known.started or besides.started,
        known.detected or besides.detected,
        known.mitigated or besides.mitigated,
        known.resolved or besides.resolved,
    )


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


def _harm_first(first: Moment | None, events: Sequence[TimelineEvent], day: date | None) -> Moment | None:
    """The first entry, unless it tells of no harm and one soon after tells how the harm came up."""
    begun = onset(events)
    if first is None or begun is None or first.at is None or begun.at is None or first.evidence is None:
        return first
    if (first.at.tzinfo is None) is not (begun.at.tzinfo is None) or HARM.search(first.evidence.quote):
        return first
    before = day is not None and first.at.date() < day == begun.at.date()  # what was done before the day on which it happened
    return begun if before or timedelta(0) < begun.at - first.at < SAME_END else first


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
