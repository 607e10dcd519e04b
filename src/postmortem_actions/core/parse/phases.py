"""When it started, was detected, mitigated and resolved, where no entry says so in so many words.

A timeline begins where the incident begins and ends where it ends, and people say in prose "between 10:00 and
11:30 the API was down". Such readings are marked as inferred: they are shown, but nothing is reckoned from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..model import Moment, Sentence, TimelineEvent
from .dates import find_day, find_time, find_zone, moment

_TOLD = {
    "summary",
    "narrative",
    "impact",
    "background",
    "fault",
    "detection",
    "root_cause",
    "resolution",
    "response",
    "timeline",
}
_RANGE = re.compile(
    r"\b(?:between|from)\b\s+(?:approximately |roughly |about |around )?(?P<first>[^.;()]{3,60}?)\s+"
    r"(?:and|to|until|till|through)\s+(?:approximately |roughly |about |around )?(?P<last>[^.;]{3,60})",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"\b(?:began|begins?|started|starts|onset|went down|goes down|broke|stopped working|"
    r"(?:was|were|we) (?:deployed|merged|pushed|introduced|released)|"
    r"experienced|became unavailable|first (?:error|failure|fail)\w*|outage begins|expired|failed|were deployed|crashed)\b",
    re.IGNORECASE,
)
_DETECTED = re.compile(
    r"\b(?:notic\w+|detect\w+|alert\w*|alarms?|report\w*|paged|warning|complain\w*|discover\w*|learn\w* (?:of|about)|became aware|"
    r"notif\w+|pinged|ping|realis\w+|realiz\w+|flagged|observ\w+|see errors?|tweets?)\b",
    re.IGNORECASE,
)
_MITIGATED = re.compile(
    r"\b(?:workaround|mitigat\w+|rolled back|roll(?:ing|ed)? back|reverted|revert|disabled|scal(?:ed|ing) (?:up|down)|failed over|"
    r"restarted|hotfix|(?<!to )block all|blocked|rolled over|submit\w* (?:a|the) fix|"
    r"revoked|removed|came back|come back|back online|unblocked|applied (?:the|a) fix|all the new)\b",
    re.IGNORECASE,
)
# The service comes back, at least in part: what "mitigated" means where a timeline tells both deed and effect.
_RECOVERING = re.compile(
    r"\b(?:recover\w*|back online|online again|(?:is|are|was|were|come|comes|came) (?:back|online)|working again|confirmed working|"
    r"healthy|restored|(?:fixed|fixes) (?:the |this |an? )?(?:issue|problem)|unblocked|start\w* (?:leaving|responding))\b",
    re.IGNORECASE,
)
_RESOLVED = re.compile(
    r"(?<!not )(?<!n't )(?<!to be )\b(?:resolved|restored|recovered|fully operational|back to normal|normal again|fixed|closed|ended|"
    r"end of (?:the )?(?:incident|outage)|operational|back up)\b",
    re.IGNORECASE,
)


# A sentence that tells of the harm says when it began better than a timeline's first entry, which is often a
# change made long before.
_HARM = re.compile(
    r"\b(?:outage|downtime|incident|disruption|degrad\w+|interruption|unavailab\w+|unreachable|inaccessible|offline|down|"
    r"slow\w*|fail\w*|errors?|crash\w*|impact\w*|affected|broken?|broke|lost|loss|expired|exposed|leak\w*|unresponsive)\b",
    re.IGNORECASE,
)
_HARM_BEGAN = re.compile(
    r"\b(?:outage|downtime|incident|disruption|degradation|problems?|issues?|errors?|failures?|impact)\b[^.;]{0,30}\b(?:began|started)\b"
    r"|\bwent down\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:again|second|third|another|repeated|later|further|previous|earlier)\b", re.IGNORECASE
)


def _tells_of_harm(text: str) -> bool:
    if _AGAIN.search(text):
        return False
    return bool(_HARM_BEGAN.search(text) or (_RANGE.search(text) and _HARM.search(text)))


# "<== Incident Detected": whoever marks it so has thought about it.
_EXPLICIT = re.compile(r"<=|INCIDENT DETECTED|incident (?:was )?detected")


@dataclass(frozen=True, slots=True)
class Phases:
    """The four moments; each is None where nothing tells of it."""

    started: Moment | None = None
    detected: Moment | None = None
    mitigated: Moment | None = None
    resolved: Moment | None = None


def complete(
    stated: Phases,
    marked: Phases,
    events: Sequence[TimelineEvent],
    sentences: Sequence[Sentence],
    day: date | None,
) -> Phases:
    """What the metadata states, else what an entry of the timeline is marked as, else what can be inferred
    from the timeline, then from the prose."""
    line = _from_timeline([event for event in events if event.when.at is not None], day)
    prose = _from_prose(sentences, day)
    harm = _from_prose([s for s in sentences if "timeline" not in s.roles and _tells_of_harm(s.text)], day)
    return Phases(
        stated.started or marked.started or harm.started or line.started or prose.started,
        stated.detected or _earlier(marked.detected, line.detected) or prose.detected,
        stated.mitigated or marked.mitigated or line.mitigated or prose.mitigated,
        stated.resolved or marked.resolved or line.resolved or prose.resolved,
    )


def _earlier(known: Moment | None, inferred: Moment | None) -> Moment | None:
    """An entry marked as the detection, unless an earlier one tells of a report or an alert."""
    if known is None or inferred is None or known.at is None or inferred.at is None:
        return known or inferred
    explicit = known.evidence is not None and _EXPLICIT.search(known.evidence.quote)
    return known if explicit or inferred.at >= known.at else inferred


def _inferred(event: TimelineEvent) -> Moment:
    return replace(event.when, evidence=event.evidence, inferred=True)


def _from_timeline(events: Sequence[TimelineEvent], day: date | None) -> Phases:
    if len(events) < 2:
        return Phases()
    same = [
        event for event in events if day is None or (event.when.at and event.when.at.date() >= day)
    ]
    same = same if len(same) > 1 else list(events)
    first = same[0]
    detected = next((event for event in same if _DETECTED.search(event.text)), None)
    ended = [event for event in same[1:] if _RESOLVED.search(event.text)]
    last = ended[-1] if ended else same[-1]
    before = [e for e in same[1:] if e.when.at and last.when.at and e.when.at < last.when.at]
    mitigated = next((event for event in before if _RECOVERING.search(event.text)), None) or next(
        (event for event in same[1:] if _MITIGATED.search(event.text)), None
    )
    return Phases(
        _inferred(first),
        _inferred(detected) if detected else None,
        _inferred(mitigated) if mitigated else None,
        _inferred(last) if last is not first else None,
    )


def _from_prose(sentences: Sequence[Sentence], day: date | None) -> Phases:
    found: dict[str, Moment] = {}
    for sentence in sentences:
        if sentence.roles and not set(sentence.roles) & _TOLD:
            continue
        if (match := _RANGE.search(sentence.text)) is not None:
            first, last = _at(match["first"], sentence, day), _at(match["last"], sentence, day)
            if first is not None and last is not None:
                found.setdefault("started", first)
                found.setdefault("resolved", last)
        if _at(sentence.text, sentence, day) is None:
            continue
        for name, pattern in (
            ("detected", _DETECTED),
            ("started", _STARTED),
            ("mitigated", _MITIGATED),
            ("resolved", _RESOLVED),
        ):
            if (match := pattern.search(sentence.text)) and (here := _nearest(match, sentence, day)):
                if name == "resolved":
                    found[name] = here  # the last word on it counts
                else:
                    found.setdefault(name, here)
    return Phases(**found)


def _nearest(told: re.Match[str], sentence: Sentence, day: date | None) -> Moment | None:
    """Of the times of a sentence the one that stands nearest to the words that tell of the phase."""
    text, places = sentence.text, []
    at = 0
    while (found := find_time(text[at:])) is not None:
        places.append((at + found.start, at + found.end))
        at += found.end
    for begin, _ in sorted(places, key=lambda p: min(abs(p[0] - told.end()), abs(told.start() - p[1]))):
        cut = max((end for _, end in places if end <= begin), default=0)
        if (moment_ := _at(text[cut:], sentence, day)) is not None:
            return moment_
    return None


def _at(text: str, sentence: Sentence, day: date | None) -> Moment | None:
    at = find_time(text)
    if at is None or not re.search(r":|[ap]\.?m", text[at.start : at.end], re.IGNORECASE):
        return None  # "1.24" in prose is a version
    named = find_day(text)
    own = named.day if named and named.day else day
    if named and named.month_day and day is not None:
        try:
            own = date(day.year, *named.month_day)
        except ValueError:
            own = day
    return Moment(
        text[at.start : at.end].strip(),
        sentence.evidence,
        moment(own, at.at),
        at.zone or find_zone(sentence.text),
        inferred=True,
    )
