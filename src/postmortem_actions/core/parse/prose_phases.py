"""The phases of an incident as its prose tells them: "between 10:00 and 11:30 the API was down"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..model import Moment, Sentence
from .phase_words import (
    AGAIN,
    DASHED,
    DETECTED,
    ENDS,
    FOUND_OUT,
    FROM,
    HARM,
    HARM_BEGAN,
    MITIGATED,
    NO_HELP,
    ONE_DAY,
    RANGE,
    RESOLVED,
    RESTORED,
    SINCE,
    STARTED,
    TIMES,
    TOLD,
    TOOK_UNTIL,
    UNDERSTOOD,
    UNREAL,
    UNTIL,
    UNUSABLE,
)
from .told_moments import Placed, nearest, told_moments, within


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
    return bool(HARM_BEGAN.search(text) or ((RANGE.search(text) or FROM.match(text)) and HARM.search(text)))


def from_prose(sentences: Sequence[Sentence], day: date | None, pieces: Mapping[str, Sequence[str]] | None = None) -> Phases:
    """What the sentences tell of the four moments, all marked as inferred but for spans that leave no doubt. ``pieces`` tell
    of phases in other languages."""
    found: dict[str, Moment] = {}
    for sentence, placed in told_moments([one for one in sentences if not one.roles or set(one.roles) & TOLD], day):
        if not placed or UNREAL.search(sentence.text):
            continue
        spanned = False
        if (match := RANGE.search(sentence.text)) is not None:
            first, last = within(placed, *match.span("first")), within(placed, *match.span("last"))
            spanned = first is not None and last is not None
            if first is not None and last is not None and RESTORED.search(sentence.text[: match.start()]):
                found["mitigated"] = first  # "Access was restored between 11:58 and 15:20"
                found["resolved"] = _not_before(first, last)
                continue
            if first is not None and last is not None:
                of_impact = sentence.roles[:1] in (("impact",), ("impact.users",))
                # "Between 9:12 and 11:47 nobody could log in" leaves no doubt, nor does a range under "Impact".
                said = of_impact or UNUSABLE.search(sentence.text) is not None
                found.setdefault("started", replace(first, zone=first.zone or last.zone, inferred=not said))
                found.setdefault("resolved", replace(_not_before(first, last), inferred=not said))
            elif last is not None and HARM.search(sentence.text) and not AGAIN.search(sentence.text):
                found.setdefault("resolved", last)  # "from late at night until 10:45 there was an outage"
        took = TOOK_UNTIL.search(sentence.text)
        if took and not UNDERSTOOD.search(sentence.text) and (until := within(placed, *took.span("last"))) is not None:
            found["resolved"] = until
        if (ends := UNTIL.match(sentence.text)) and (until := within(placed, *ends.span("last"))) is not None:
            found.setdefault("resolved", until)
        if (match := DASHED.search(sentence.text)) is not None and _tells_of_the_span(sentence):
            first, last = within(placed, *match.span("first")), within(placed, *match.span("last"))
            if first is not None and last is not None:
                zone = first.zone or last.zone
                found.setdefault("started", replace(first, zone=zone))
                found.setdefault("resolved", replace(_not_before(first, last), zone=zone))
        if "trigger" in sentence.roles[:1]:
            found.setdefault("started", placed[0].moment)
        since_then = SINCE.search(sentence.text) or (FROM.match(sentence.text) if HARM.search(sentence.text) else None)
        if (match := since_then) is not None and (since := within(placed, *match.span("first"))) is not None:
            found.setdefault("started", since)
        _by_words(found, sentence, placed, spanned)
        if "detection" in sentence.roles[:1]:
            found.setdefault("detected", placed[0].moment)  # what a section on the detection dates first
        if pieces and any(piece in sentence.text.lower() for piece in pieces.get("detected", ())):
            found.setdefault("detected", placed[0].moment)
    return Phases(**found)


def _by_words(found: dict[str, Moment], sentence: Sentence, placed: Sequence[Placed], spanned: bool) -> None:
    """The phases that the words of a sentence tell, each at the moment that stands nearest to them."""
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
        if (match := pattern.search(sentence.text)) and (here := nearest(placed, match)):
            if name == "resolved":
                found[name] = here  # the last word on it counts
            else:
                found.setdefault(name, here)


def _tells_of_the_span(sentence: Sentence) -> bool:
    return "timeline" not in sentence.roles and (sentence.roles[:1] == ("impact",) or HARM.search(sentence.text) is not None)


def _not_before(first: Moment, last: Moment) -> Moment:
    """The end of "from 23:50 until 08:55", which is that of the next day."""
    if first.at is None or last.at is None or last.at >= first.at or first.at - last.at >= ONE_DAY:
        return last
    return replace(last, at=last.at + ONE_DAY)
