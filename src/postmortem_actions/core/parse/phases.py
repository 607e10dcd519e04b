"""When it started, was detected, mitigated and resolved, where no entry says so in so many words.

A timeline begins where the incident begins and ends where it ends, and people say in prose "between 10:00 and
11:30 the API was down". Such readings are marked as inferred: they are shown, but nothing is reckoned from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

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
    r"\b(?:between|from)\b\s+(?:approximately |roughly |about |around )?(?P<first>[^.;]{3,60}?)\s+"
    r"(?:and|to|until|till|through)\s+(?:approximately |roughly |about |around )?(?P<last>[^.;]{3,60})",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:from|since) (?P<first>[^.;,]{3,30}?) on(?:wards?)?\b", re.IGNORECASE)
_STARTED = re.compile(
    r"\b(?:began|begins?|started|starts|onset|went down|goes down|broke|stopped working|"
    r"(?:was|were|we) (?:deployed|merged|pushed|introduced|released)|"
    r"experienced|became unavailable|deleted|wiped|purged|overwrote|first (?:error|failure|fail)\w*|outage begins|"
    r"expired|failed|were deployed|crashed)\b",
    re.IGNORECASE,
)
_DETECTED = re.compile(
    r"\b(?:notic\w+|detect\w+|alert\w*|alarms?|report\w*|paged|warning|complain\w*|discover\w*|learn\w* (?:of|about)|became aware|"
    r"(?:wrote|writes|mailed|mails) (?:to|in|us)|sees|spot(?:s|ted)|phones|rings|wonders|asks (?:in|on|whether|why|if|us)|mentions|"
    r"(?:opens?|opened|declares?|declared|raises?|raised) an incident|"
    r"incident (?:is |was )?(?:opened|declared|raised)|"
    r"inform\w* (?:the |our )?[#\w-]* ?(?:channel|team|on-?call|security)|received (?:an? )?(?:\w+ )?(?:e-?mail|notification|alert)|"
    r"raised an? (?:\w+ )?issue|notif\w+|pinged|ping|realis\w+|realiz\w+|flagged|observ\w+|see errors?|tweets?|"
    r"(?<!status )(?<!web )(?<!home )(?<!the )page(?=:| (?:came|fires?|fired|went|goes|received|sent|to|for|from)\b)|pager)\b"
    r"(?! (?:reports? )?(?:stop|ceas|subsid|end)\w*)",
    re.IGNORECASE,
)
# In prose: how people came to know of it, said more loosely than in a timeline.
_FOUND_OUT = re.compile(
    r"\b(?:found out|heard (?:of|about|from)|came to (?:our|the \w+'s) attention|(?:we|team|on-call) (?:already )?knew|"
    r"told (?:us|by|the|of)|tipped off|rang|phoned|called (?:us|in|the|our)|first (?:call|ticket|complaint|mail)s?|spotted|"
    r"picked (?:it )?up|caught (?:it|by))\b",
    re.IGNORECASE,
)
_MITIGATED = re.compile(
    r"\b(?:workaround|mitigat\w+|rolled back|roll(?:ing|ed)? back|reverted|revert|disabled|scal(?:ed|ing) (?:up|down|to (?:zero|0))|"
    r"switched off|turned off|cordoned|failed over|(?:puts?|gives?|gave|moved?|switched) [^.;]{0,40}\bback\b|"
    r"restarted|hotfix|(?<!to )block all|blocked|rolled over|submit\w* (?:a|the) fix|"
    r"revoked|removed|came back|come back|back online|unblocked|applied (?:the|a) fix|all the new)\b",
    re.IGNORECASE,
)
# The service comes back, at least in part: what "mitigated" means where a timeline tells both deed and effect.
_RECOVERING = re.compile(
    r"\b(?:recover\w*|back online|online again|(?:is|are|was|were|come|comes|came) (?:back|online)|working again|confirmed working|"
    r"(?:is|are|was|were|now|became|regained) healthy|restored|(?:running|launch\w*|successful) again|"
    r"returning \w+ \w+ to working|verified [^.;]{0,40}\bworking|"
    r"(?:fixed|fixes) (?:the |this |an? )?(?:issue|problem)|unblocked|start\w* (?:leaving|responding))\b",
    re.IGNORECASE,
)
_RESOLVED = re.compile(
    r"(?<!not )(?<!n't )(?<!to be )\b(?:resolved|restored|recovered|fully operational|back to normal|normal again|fixed|closed|ended|"
    r"end of (?:the )?(?:incident|outage)|operational|back up|deployed (?:on|to|in) production|"
    r"everything is (?:now )?(?:okay|ok|fine|good|up[- ]to[- ]date)(?: again)?)\b",
    re.IGNORECASE,
)


# A sentence that tells of the harm says when it began better than a timeline's first entry, which is often a
# change made long before.
_HARM = re.compile(
    r"\b(?:outage|downtime|incident|disruption|degrad\w+|interruption|unavailab\w+|unreachable|inaccessible|offline|down|"
    r"slow\w*|fail\w*|errors?|crash\w*|impact\w*|affected|broken?|broke|lost|loss|expired|exposed|leak\w*|unresponsive|"
    r"timed out|interrupted|empty|(?:nobody|no one) could|could not|couldn't|unable)\b",
    re.IGNORECASE,
)
_UNUSABLE = re.compile(
    r"\b(?:could not|couldn't|(?:nobody|no one) could|cannot|unable to|timed out|interrupted|"
    r"(?:was|were) (?:down|unavailable|unreachable|offline)|"
    r"outage|downtime|disruption|failed|unavailable|stood still)\b",
    re.IGNORECASE,
)
_HARM_BEGAN = re.compile(
    r"\b(?:outage|downtime|incident|disruption|degradation|problems?|issues?|errors?|failures?|impact)\b[^.;]{0,30}\b(?:began|started)\b"
    r"|\bexperienced (?:an? )?(?:[\w-]+ ){0,4}(?:outage|failure|degradation|disruption|downtime)"
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


# An entry that tells how the harm came up: what the incident began with, whatever was done before.
_ONSET = re.compile(
    r"\b(?:start\w*|began|begins?) (?:to )?(?:fail\w*|rapidly|see\w*|error\w*|crash\w*|drop\w*|tim\w+ out|return\w* errors?|reject\w*)"
    r"|\binitial signs?\b|\b(?:exits|aborts) (?:after|with|at once)\b"
    r"|\bfirst (?:[\w-]+ ){0,4}(?:fail\w*|errors?|timeouts?|40[34]s?|50[0-4]s?)\b"
    r"|\b(?:becomes?|became|goes|went|is|are) (?:read[- ]only|unavailable|unreachable|unresponsive|offline|blank|empty)\b"
    r"|\b(?:stops|stopped) (?:reading|answering|responding|working|accepting|processing|serving|sending)\b",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"(?<!not )(?<!not yet )\b(?:(?:is|are|was|were) (?:fully )?restored|fully (?:restored|recovered|operational)|"
    r"fix (?:is |was )?deployed (?:on|to|in) production|"
    r"all systems|back to normal|verified operational)\b",
    re.IGNORECASE,
)
_MISHAP = re.compile(r"\b(?:unexpectedly|ungracefully|accidentally|inadvertently|by mistake|erroneously)\b", re.IGNORECASE)
_ANOTHER = re.compile(
    r"\b(?:another|a second|a new|a further)\b[^.;]{0,30}\b(?:node|host|server|outage|incident|failure|wave|attack|spike)\b", re.IGNORECASE
)
_SAME_INCIDENT = timedelta(days=2)
_SAME_END = timedelta(hours=6)  # of one start, too
_DAYS_BEFORE = timedelta(days=14)
_ONE_DAY = timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    r"\b(?:on |by |of |until )?(?P<name>mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening|"
    r"night))?(?: at)?,? ?(?:around |about )?$",
    re.IGNORECASE,
)
_NEXT_DAY = re.compile(r"\b(?:(?:the )?(?:next|following) (?:morning|day|afternoon)|the day after)\b", re.IGNORECASE)


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
    pieces: Mapping[str, Sequence[str]],
) -> Phases:
    """What the metadata states, else what an entry of the timeline is marked as, else what can be inferred
    from the timeline, then from the prose. ``pieces`` tell of phases in other languages."""
    line = _from_timeline([event for event in events if event.when.at is not None], day, pieces)
    prose = _from_prose(sentences, day, pieces)
    harm = _from_prose([s for s in sentences if "timeline" not in s.roles and _tells_of_harm(s.text)], day)
    mitigated = stated.mitigated or marked.mitigated or line.mitigated or prose.mitigated
    ended = _later(_later(marked.resolved, _final(events)), harm.resolved)
    resolved = stated.resolved or ended or line.resolved or prose.resolved
    if resolved is not marked.resolved and marked.resolved is not None and stated.mitigated is None:
        mitigated = marked.mitigated or replace(marked.resolved, inferred=True)
    # What is over is mitigated at the latest then; and a mitigation after which nothing is told was the end of it.
    return Phases(
        stated.started
        or _earliest(marked.started, _onset(events))
        or _earliest(harm.started, _onset(events))
        or _harm_first(_earliest(line.started, prose.started), events)
        or prose.started
        or (replace(stated.detected, inferred=True) if stated.detected else None)
        or marked.detected
        or prose.detected,
        stated.detected or _earlier(marked.detected, line.detected) or prose.detected or _first_response(events, line.started),
        mitigated or (replace(resolved, inferred=True) if resolved else None),
        resolved or (replace(mitigated, inferred=True) if mitigated else None),
    )


def _later(marked: Moment | None, harm: Moment | None) -> Moment | None:
    """An entry marked as the end, unless the prose says of the harm itself that it lasted a little longer."""
    if marked is None or harm is None or marked.at is None or harm.at is None:
        return marked
    if (marked.at.tzinfo is None) is not (harm.at.tzinfo is None):
        return marked
    return harm if timedelta(0) < harm.at - marked.at < _SAME_END else marked


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
    if (first.at.tzinfo is None) is not (onset.at.tzinfo is None) or _HARM.search(first.evidence.quote):
        return first
    return onset if timedelta(0) < onset.at - first.at < _SAME_END else first


def _final(events: Sequence[TimelineEvent]) -> Moment | None:
    """The last entry that tells of everything being as it was."""
    found = [event for event in events if event.when.at is not None and _FINAL.search(event.text)]
    return _inferred(found[-1]) if found else None


def _earliest(harm: Moment | None, onset: Moment | None) -> Moment | None:
    """What the prose says of the harm, unless an entry shortly before tells of an onset."""
    if harm is None or onset is None or harm.at is None or onset.at is None:
        return harm
    if (harm.at.tzinfo is None) is not (onset.at.tzinfo is None):
        return harm
    return onset if timedelta(0) < harm.at - onset.at < _SAME_INCIDENT else harm


def _earlier(known: Moment | None, inferred: Moment | None) -> Moment | None:
    """An entry marked as the detection, unless an earlier one tells of a report or an alert."""
    if known is None or inferred is None or known.at is None or inferred.at is None:
        return known or inferred
    explicit = known.evidence is not None and _EXPLICIT.search(known.evidence.quote)
    return known if explicit or inferred.at >= known.at else inferred


def _onset(events: Sequence[TimelineEvent]) -> Moment | None:
    """The first entry that tells how the harm came up."""
    found = next((event for event in events if event.when.at is not None and _ONSET.search(event.text)), None)
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
    whole = [e for e in events if e.when.at and (day is None or e.when.at.date() - day >= -_DAYS_BEFORE)]
    first = min(whole or same, key=lambda event: event.when.at.replace(tzinfo=None) if event.when.at else datetime.max)
    first = next((event for event in same if _MISHAP.search(event.text)), first)

    def tells(event: TimelineEvent, pattern: re.Pattern[str], phase: str) -> bool:
        lowered = event.text.lower() if pieces else ""
        return bool(pattern.search(event.text)) or any(piece in lowered for piece in pieces.get(phase, ()))

    detected = next((event for event in same if tells(event, _DETECTED, "detected")), None)
    same = _one_incident(same)
    ended = [event for event in same[1:] if tells(event, _RESOLVED, "resolved")]
    last = ended[-1] if ended else same[-1]
    before = [e for e in same[1:] if e.when.at and last.when.at and e.when.at < last.when.at]
    mitigated = next((event for event in before if _RECOVERING.search(event.text)), None) or next(
        (event for event in same[1:] if tells(event, _MITIGATED, "mitigated")), None
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
        if one.when.at - before.when.at > _SAME_INCIDENT and _ANOTHER.search(one.text):
            return events[:n]
    return events


def _from_prose(sentences: Sequence[Sentence], day: date | None, pieces: Mapping[str, Sequence[str]] | None = None) -> Phases:
    found: dict[str, Moment] = {}
    for sentence in sentences:
        if sentence.roles and not set(sentence.roles) & _TOLD:
            continue
        if (match := _RANGE.search(sentence.text)) is not None:
            first, last = _at(match["first"], sentence, day), _at(match["last"], sentence, day)
            if first is not None and last is not None:
                of_impact = sentence.roles[:1] in (("impact",), ("impact.users",))
                # "Between 9:12 and 11:47 nobody could log in" leaves no doubt, nor does a range under "Impact".
                said = of_impact or _UNUSABLE.search(sentence.text) is not None
                found.setdefault("started", replace(first, zone=first.zone or last.zone, inferred=not said))
                found.setdefault("resolved", replace(_not_before(first, last), inferred=not said))
            elif last is not None and _HARM.search(sentence.text) and match["last"] and not _AGAIN.search(sentence.text):
                found.setdefault("resolved", last)  # "from late at night until 10:45 there was an outage"
        if (match := _SINCE.search(sentence.text)) is not None and (since := _at(match["first"], sentence, day)) is not None:
            found.setdefault("started", since)
        if _at(sentence.text, sentence, day) is None:
            continue
        for name, pattern in (
            ("detected", _DETECTED),
            ("detected", _FOUND_OUT),
            ("started", _STARTED),
            ("mitigated", _MITIGATED),
            ("resolved", _RESOLVED),
        ):
            if (match := pattern.search(sentence.text)) and (here := _nearest(match, sentence, day)):
                if name == "resolved":
                    found[name] = here  # the last word on it counts
                else:
                    found.setdefault(name, here)
        if "detection" in sentence.roles[:1] and "detected" not in found and (first := _at(sentence.text, sentence, day)) is not None:
            found["detected"] = first  # what a section on the detection dates first
        if pieces and any(piece in sentence.text.lower() for piece in pieces.get("detected", ())):
            here = _at(sentence.text, sentence, day)
            if here is not None:
                found.setdefault("detected", here)
    return Phases(**found)


def _not_before(first: Moment, last: Moment) -> Moment:
    """The end of "from 23:50 until 08:55", which is that of the next day."""
    if first.at is None or last.at is None or last.at >= first.at or first.at - last.at >= _ONE_DAY:
        return last
    return replace(last, at=last.at + _ONE_DAY)


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


def _told_day(text: str, place: int, day: date) -> date:
    """The day that "on Monday at 09:20" or "at 08:10 the next morning" tells, counted from the incident's."""
    if weekday := _WEEKDAY.search(text[max(0, place - 40) : place]):
        return day + timedelta(days=(_WEEKDAYS.index(weekday["name"][:3].lower()) - day.weekday()) % 7)
    return day + _ONE_DAY if _NEXT_DAY.search(text[max(0, place - 30) : place + 40]) else day


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
    if named is None and own is not None:
        own = _told_day(text, at.start, own)
    return Moment(
        text[at.start : at.end].strip(),
        sentence.evidence,
        moment(own, at.at),
        at.zone or find_zone(sentence.text),
        inferred=True,
    )
