"""The phases of an incident as its prose tells them: "between 10:00 and 11:30 the API was down"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..model import Moment, Sentence
from .dates import find_day, find_time, find_zone, moment
from .phase_words import (
    AGAIN,
    DASHED,
    DETECTED,
    ENDS,
    FOUND_OUT,
    HARM,
    HARM_BEGAN,
    MITIGATED,
    NEXT_DAY,
    NO_HELP,
    ONE_DAY,
    RANGE,
    RESOLVED,
    SINCE,
    STARTED,
    TIMES,
    TOLD,
    TOOK_UNTIL,
    UNDERSTOOD,
    UNTIL,
    UNUSABLE,
    WEEKDAY,
    WEEKDAYS,
)


@dataclass(frozen=True, slots=True)
class Phases:
    """The four moments; each is None where nothing tells of it."""

    started: Moment | None = None
    detected: Moment | None = None
    mitigated: Moment | None = None
    resolved: Moment | None = None


def tells_of_harm(text: str) -> bool:
    """Whether a sentence tells when the harm itself began or was."""
    if AGAIN.search(text):
        return False
    return bool(HARM_BEGAN.search(text) or (RANGE.search(text) and HARM.search(text)))


def from_prose(sentences: Sequence[Sentence], day: date | None, pieces: Mapping[str, Sequence[str]] | None = None) -> Phases:
    """What the sentences tell of the four moments, all marked as inferred but for spans that leave no doubt. ``pieces`` tell
    of phases in other languages."""
    found: dict[str, Moment] = {}
    for sentence in sentences:
        if sentence.roles and not set(sentence.roles) & TOLD:
            continue
        spanned = False
        if (match := RANGE.search(sentence.text)) is not None:
            first, last = _at(match["first"], sentence, day), _at(match["last"], sentence, day)
            spanned = first is not None and last is not None
            if first is not None and last is not None:
                of_impact = sentence.roles[:1] in (("impact",), ("impact.users",))
                # "Between 9:12 and 11:47 nobody could log in" leaves no doubt, nor does a range under "Impact".
                said = of_impact or UNUSABLE.search(sentence.text) is not None
                found.setdefault("started", replace(first, zone=first.zone or last.zone, inferred=not said))
                found.setdefault("resolved", replace(_not_before(first, last), inferred=not said))
            elif last is not None and HARM.search(sentence.text) and match["last"] and not AGAIN.search(sentence.text):
                found.setdefault("resolved", last)  # "from late at night until 10:45 there was an outage"
        took = TOOK_UNTIL.search(sentence.text)
        if took and not UNDERSTOOD.search(sentence.text) and (until := _at(took["last"], sentence, day)) is not None:
            found["resolved"] = until
        if (ends := UNTIL.match(sentence.text)) and (until := _at(ends["last"], sentence, day)) is not None:
            found.setdefault("resolved", until)
        if (match := DASHED.search(sentence.text)) is not None and _tells_of_the_span(sentence):
            first, last = _at(match["first"], sentence, day), _at(match["last"], sentence, day)
            if first is not None and last is not None:
                zone = first.zone or last.zone
                found.setdefault("started", replace(first, zone=zone))
                found.setdefault("resolved", replace(_not_before(first, last), zone=zone))
        if "trigger" in sentence.roles[:1] and "started" not in found and (set_off := _at(sentence.text, sentence, day)) is not None:
            found["started"] = set_off
        if (match := SINCE.search(sentence.text)) is not None and (since := _at(match["first"], sentence, day)) is not None:
            found.setdefault("started", since)
        if _at(sentence.text, sentence, day) is None:
            continue
        for name, pattern in (
            ("detected", DETECTED),
            ("detected", FOUND_OUT),
            ("started", STARTED),
            ("mitigated", MITIGATED),
            ("resolved", RESOLVED),
        ):
            if name == "mitigated" and NO_HELP.search(sentence.text):
                continue
            if name == "detected" and spanned and len(TIMES.findall(sentence.text)) <= ENDS:
                continue  # its times are those of the harm: "What users did notice: no log-in between 15:20 and 16:50"
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


def _tells_of_the_span(sentence: Sentence) -> bool:
    return "timeline" not in sentence.roles and (sentence.roles[:1] == ("impact",) or HARM.search(sentence.text) is not None)


def _not_before(first: Moment, last: Moment) -> Moment:
    """The end of "from 23:50 until 08:55", which is that of the next day."""
    if first.at is None or last.at is None or last.at >= first.at or first.at - last.at >= ONE_DAY:
        return last
    return replace(last, at=last.at + ONE_DAY)


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
    if weekday := WEEKDAY.search(text[max(0, place - 40) : place]):
        return day + timedelta(days=(WEEKDAYS.index(weekday["name"][:3].lower()) - day.weekday()) % 7)
    return day + ONE_DAY if NEXT_DAY.search(text[max(0, place - 30) : place + 40]) else day


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
