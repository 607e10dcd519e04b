"""The facts of the incident put together from metadata, timeline and prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from ..catalogue.match import said
from ..model import Evidence, Fact, Incident, Length, Moment, Problem, Sentence, TimelineEvent
from ..text.words import tokens
from .blocks import BlockKind
from .dates import find_day, find_time, find_zone, moment
from .impact import blast_radius, clip, stated_duration
from .incident_day import incident_day, with_year
from .incident_title import is_headline, title_of
from .metadata import Entry, metadata
from .phases import Phases, complete
from .quantities import duration
from .sections import Unit
from .sentences import KEYED
from .services import services
from .timeline import timeline
from .words import ReadingWords

_INCIDENT_ID = re.compile(
    r"\b(?:INC|SPM|PM|IR|PIR|COE|RCA|CASE|OPS|SRE|PIM|PRB|MIR|PMR|POSTMORTEM)[-#]?\d[\w-]*\b|\bSEV[-#]?\d{3,}[\w-]*\b"
)
_NUMBERED_INCIDENT = re.compile(
    r"^\W*(?:incident|outage|postmortem|post-mortem|case)\s*(?:#|no\.? ?|number )?(?P<id>\d{3,6})\b(?!-\d)(?!\s*(?:users|customers))",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?"
_SPAN = re.compile(
    rf"(?P<first>{_CLOCK}(?:\s?[A-Z]{{2,4}}\b)?)\s*(?:-|–|—|to|until|till|through|bis|à|a|hasta|até|～|〜|"
    rf"から)\s*(?P<last>(?:[\d./年月日-]{{6,12}}[ T]+)?{_CLOCK}(?:\s?[A-Z]{{2,4}}\b)?)",
    re.IGNORECASE,
)
# "Sunday, 8 November, 07:30 UTC (deploy of 4.18) until Monday, 9 November, 09:40 UTC"
_WORDY_SPAN = re.compile(
    rf"(?P<first>{_CLOCK}(?:\s?[A-Z]{{2,4}}\b)?)[^:]{{0,60}}?\b(?:to|until|till|through|bis)\b\s*(?P<last>[^:]{{0,40}}?{_CLOCK}(?:\s?[A-Z]{{2,4}}\b)?)",
    re.IGNORECASE,
)
_SEVERITY = re.compile(r"\bSEV(?:ERITY)?[- ]?[0-5]\b", re.IGNORECASE)
_LONGEST_MOMENT = 60
_PHASES = ("started", "detected", "mitigated", "resolved")
_MOST_DIFFERENCE = 0.1  # a stated length may differ from the computed one by a tenth …
_LEAST_DIFFERENCE = 1.0  # … or by a minute, before it is told


def read_incident(
    found: Sequence[Unit], sentences: Sequence[Sentence], words: ReadingWords, *, foreign: bool = False
) -> tuple[Incident, list[Problem]]:
    """Read what the document says of the incident; causes and people are read elsewhere. ``foreign`` where it is not
    in English."""
    problems: list[Problem] = []
    entries = metadata(found, words)
    title, title_evidence = title_of(found, sentences, entries)
    when, when_evidence = incident_day(found, entries, words, problems)
    events, wrong = timeline(found, words, when)
    problems += wrong[:1] if len(wrong) > 3 else wrong
    if when is None:
        first = next((e for e in events if e.when.at is not None), None)
        if first is not None and first.when.at is not None:
            when, when_evidence = first.when.at.date(), first.evidence
    phases = complete(
        _with_range(Phases(*(_moment(name, entries, when) for name in _PHASES)), entries, when),
        Phases(*(_event(events, name, last=name in ("mitigated", "resolved")) for name in _PHASES)),
        events,
        sentences,
        when,
        words.phases if foreign else {},
    )
    computed = _between(phases.started, phases.resolved)
    stated = stated_duration(sentences, entries)
    _disagree("duration", stated, computed, problems)
    to_detect = _told(entries, "time_to_detect") or _told_by(sentences)
    to_resolve = _told(entries, "time_to_resolve")
    _disagree("time to detect", to_detect, _between(phases.started, phases.detected), problems)
    incident = Incident(
        title=title,
        title_evidence=title_evidence,
        id=_id(entries, found, title_evidence),
        date=when,
        date_evidence=when_evidence,
        severity=_severity(entries, sentences),
        services=tuple(services(sentences, entries, title, title_evidence)),
        started=phases.started,
        detected=phases.detected,
        mitigated=phases.mitigated,
        resolved=phases.resolved,
        time_to_detect=to_detect or _between(phases.started, phases.detected),
        time_to_resolve=to_resolve or computed,
        blast_radius=blast_radius(sentences, entries, computed),
        detected_by=_detected_by(found, sentences, entries, words),
        timeline=tuple(events),
        summary=_summary(sentences),
    )
    if incident.date is None:
        problems.append(
            Problem("no-date", "the document does not say when the incident was", None,
                    fix="Add a line 'Date: YYYY-MM-DD'; until then dates count from the planning date.")
        )  # fmt: skip
    return incident, problems


def _id(entries: Sequence[Entry], found: Sequence[Unit], title: Evidence | None) -> Fact | None:
    entry = next(
        (e for e in entries if e.field == "id" and len(e.value) <= 40 and re.search(r"\d", e.value)), None
    )
    if entry is not None:
        return Fact(entry.value, entry.evidence)
    for entry in entries:
        if entry.field == "title" and (match := _INCIDENT_ID.search(entry.value)):
            return Fact(match.group(0), entry.evidence)
    for place, unit in enumerate(found[:6]):
        if unit.block.kind not in (BlockKind.HEADING, BlockKind.FRONT_MATTER) and (place or not is_headline(found)):
            continue
        if match := _INCIDENT_ID.search(unit.block.text):
            return Fact(match.group(0), Evidence(unit.block.text, unit.block.span))
        if match := _NUMBERED_INCIDENT.match(unit.block.text):
            return Fact(match["id"], Evidence(unit.block.text, unit.block.span))
    return None


def _severity(entries: Sequence[Entry], sentences: Sequence[Sentence]) -> Fact | None:
    entry = next((e for e in entries if e.field == "severity" and len(e.value) <= 40), None)
    if entry is not None:
        return Fact(entry.value, entry.evidence)
    for sentence in sentences[:40]:
        if not set(sentence.roles) & {"action_item", "related"} and (
            match := _SEVERITY.search(sentence.text)
        ):
            return Fact(match.group(0), sentence.evidence)
    return None


def _moment(field: str, entries: Sequence[Entry], day: date | None) -> Moment | None:
    for entry in entries:
        if entry.field != field or set(entry.roles) & {"related"}:
            continue
        found, at = find_day(entry.value), find_time(entry.value)
        if (found is None and at is None) or (len(entry.value) > _LONGEST_MOMENT and (at is None or at.start > _LONGEST_MOMENT)):
            continue  # a paragraph under "Detection" tells more than when
        own = (found.day or with_year(found.month_day, day.year if day else None)) if found else day
        return Moment(
            clip(entry.value),
            entry.evidence,
            moment(own, at.at if at else None),
            (at.zone if at else None) or find_zone(entry.value),
        )
    return None


def _with_range(phases: Phases, entries: Sequence[Entry], day: date | None) -> Phases:
    """Start and end from a key whose value is a span of time ("When: 2026-01-22 10:04-10:30 UTC")."""
    if phases.started is not None or phases.resolved is not None:
        return phases
    for entry in entries:
        match = (_SPAN.search(entry.value) or _WORDY_SPAN.search(entry.value)) if entry.field in ("date", "duration", "started") else None
        if match is None:
            continue
        first, last = find_time(match["first"]), find_time(match["last"])
        named, later = find_day(entry.value), find_day(entry.value[match.start("last") :])
        own = (named.day or with_year(named.month_day, day.year if day else None)) if named else day
        if first is None or last is None or first.at is None or last.at is None:
            continue
        begin = moment(own, first.at)
        end = moment((later.day if later and later.day else own), last.at)
        if begin is not None and end is not None and end < begin:
            end += timedelta(days=1)  # over midnight
        zone = first.zone or last.zone or find_zone(entry.value)
        return replace(
            phases,
            started=Moment(match["first"].strip(), entry.evidence, begin, zone),
            resolved=Moment(match["last"].strip(), entry.evidence, end, zone),
        )
    return phases


def _event(events: Sequence[TimelineEvent], marker: str, *, last: bool = False) -> Moment | None:
    marked = [event for event in events if event.marker == marker]
    if not marked:
        return None
    chosen = marked[-1] if last else marked[0]
    return replace(chosen.when, evidence=chosen.evidence)


def _between(first: Moment | None, second: Moment | None) -> Length | None:
    if first is None or second is None or first.at is None or second.at is None:
        return None
    if first.inferred or second.inferred:
        return None  # nothing is reckoned from a guess
    if first.zone and second.zone and first.zone != second.zone:
        return None
    minutes = (second.at - first.at).total_seconds() / 60
    return Length(minutes, _in_words(first.at, second.at), second.evidence, True) if minutes > 0 else None


def _in_words(first: datetime, second: datetime) -> str:
    seconds = int((second - first).total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = [
        f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (rest // 60, "min"), (rest % 60, "s")) if n
    ]
    return " ".join(parts[:2])


def _told(entries: Sequence[Entry], field: str) -> Length | None:
    for entry in entries:
        if entry.field == field and (span := duration(entry.value)):
            return Length(round(span.value, 3), entry.value[span.start : span.end], entry.evidence)
    return None


_NOTICED_LATE = re.compile(
    (
        r"\b(?:took (?:us )?|undetected for |unnoticed for |not (?:noticed|detected) for |went on for |"
        r"complain\w* after |notic\w* after |detected after |discovered after |reported after )"
    ),
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\b(?:notice|detect|discover|undetected|unnoticed|alert|complain|realis|realiz|report)\w*", re.IGNORECASE
)


def _told_by(sentences: Sequence[Sentence]) -> Length | None:
    """ "It took 40 minutes to notice", "undetected for 45 minutes until customers complained"."""
    for sentence in sentences:
        if set(sentence.roles) & {
            "action_item",
            "action_class",
            "related",
            "five_whys",
        } or not _NOTICE.search(sentence.text):
            continue
        for match in _NOTICED_LATE.finditer(sentence.text):
            span = duration(sentence.text[match.end() : match.end() + 40])
            if span is not None and span.start <= 12:
                start = match.end() + span.start
                return Length(
                    round(span.value, 3), sentence.text[start : match.end() + span.end], sentence.evidence
                )
    return None


def _disagree(what: str, stated: Length | None, computed: Length | None, problems: list[Problem]) -> None:
    if stated is None or computed is None or stated.evidence is None:
        return
    difference = abs(stated.minutes - computed.minutes)
    if difference > max(_LEAST_DIFFERENCE, _MOST_DIFFERENCE * computed.minutes):
        problems.append(
            Problem(
                f"{what.replace(' ', '-')}-disagrees",
                f"the document states a {what} of {stated.text}, its times give {computed.text}; the stated one is used",
                stated.evidence.span.start,
            )
        )


_UNSEEN = re.compile(
    r"\b(?:nobody|no one|not|never|without|wasn't|didn't|nor|neither|failed to)\b(?: \w+){0,2} (?:notic|detect|spot|"
    r"discover|realis|realiz)",
    re.IGNORECASE,
)


def _detected_by(
    found: Sequence[Unit], sentences: Sequence[Sentence], entries: Sequence[Entry], words: ReadingWords
) -> Fact | None:
    headings = {unit.block.span for unit in found if unit.block.kind is BlockKind.HEADING}
    entry = next((e for e in entries if e.field == "detected_by" and len(e.value.split()) > 1), None)
    if entry is not None and not find_day(entry.value):
        return Fact(clip(entry.value), entry.evidence)
    own = [s for s in sentences if "detection" in s.roles[:1] and len(s.text.split()) > 3]
    rest = [
        s
        for s in sentences
        if not set(s.roles) & {"action_item", "action_class", "related", "went_well", "five_whys", "evidence"}
    ]
    for group in (own, rest):
        for sentence in group:
            unseen = _UNSEEN.search(sentence.text) or sentence.text.endswith("?") or KEYED.match(sentence.text)
            if not unseen and sentence.span not in headings and said(words.detection, tokens(sentence.text)):
                return Fact(clip(sentence.text), sentence.evidence)
    own = [s for s in own if s.span not in headings]
    return Fact(clip(own[0].text), own[0].evidence) if own else None


def _summary(sentences: Sequence[Sentence]) -> Fact | None:
    own = next((s for s in sentences if "summary" in s.roles[:1] and len(s.text.split()) > 4), None)
    first = own or next((s for s in sentences if not s.roles and len(s.text.split()) > 4), None)
    return Fact(first.text, first.evidence) if first else None
