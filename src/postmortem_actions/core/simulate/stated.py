"""What an RCA says of how its metrics looked: shares of failures, latencies, use of a capacity, each with its line and, from
the timeline, its time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..model import Evidence, Incident, Plan


class Kind(StrEnum):
    """What a figure is of."""

    SHARE = "share of failures"
    LATENCY = "latency"
    USE = "use of a capacity"


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure that the RCA states: a share or use as 0 to 1, a latency in seconds; ``minute`` since the incident began, None
    where its time is not told; ``line`` of the RCA."""

    kind: Kind
    value: float
    line: int
    text: str
    minute: float | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """All readings. ``gradual`` is the line that says that it came slowly, None where none does."""

    readings: tuple[Reading, ...] = ()
    gradual: int | None = None

    def of(self, kind: Kind) -> tuple[Reading, ...]:
        """The readings of a kind, those with a time first, in the order of their times."""
        own = [one for one in self.readings if one.kind is kind]
        return tuple(sorted(own, key=lambda one: (one.minute is None, one.minute or 0.0, one.line)))


_CLAUSE = re.compile(r"(?<=[;.!?])\s+|\s+(?:but|while|whereas)\s+|,\s+(?=(?:and|but|while|with)\b)")
# Figures of ordinary days, of limits and of the way back are not those of the incident.
_NOT_THEN = re.compile(
    r"(?i)\b(?:normal(?:ly)?|usual(?:ly)?|ordinar(?:y|ily)|baseline|typical(?:ly)?|target|threshold|slos?|slas?|objective|should|expected|"
    r"limit of|time-?outs? (?:of|at|after|is|was)|\d+\s?m?s (?:\w+ )?time-?out|"
    r"alert(?:s|ed|ing)? (?:at|above|when|if)|back to|recover(?:ed|s)?|return(?:ed|s)? to|"
    r"(?:fell|dropped|down|decreased|reduced) to|canary|rollout|rolled out|of traffic|discount|sample)\b"
)
_CHANGE = re.compile(r"(?i)\bfrom (?:about |around |roughly )?[\d.,]+\s?\S{0,12} (?:up )?to ")
_NUMBER = r"(\d{1,4}(?:[.,]\d{1,3})?)"
_SHARE = re.compile(rf"{_NUMBER}\s?(?:%|percent|per cent)", re.IGNORECASE)
_FAILURES = re.compile(
    r"(?i)\b(?:error[- ]?rates?|errors?|fail(?:s|ed|ing|ures?)?|5\d\d|5xx|reject(?:ed|ions?)|timed? ?outs?|"
    r"unsuccessful|refused|lost|dropped|unavailable|affected|impacted)\b"
)
_CAPACITY = re.compile(
    r"(?i)\b(?:cpu|memory|ram|heap|disks?|storage|volume|connections?|pool|workers?|threads?|slots?|capacity|utili[sz]ation|usage|"
    r"full|quota|file descriptors|inodes)\b"
)
_OF = re.compile(r"\b(\d{1,6})\s?(?:/|of|out of)\s?(?:the |all )?(\d{1,6})\b(?!\s?%)")
_LATENCY = re.compile(
    r"(?i)\b(?:latenc(?:y|ies)|response times?|p50|p90|p95|p99|percentile|median|quer(?:y|ies) (?:took|taking|ran)|"
    r"(?:requests?|responses?|calls?|pages?) (?:took|taking))\b"
)
_TIME = re.compile(rf"{_NUMBER}\s?(ms|milliseconds?|s|sec|secs|seconds?|minutes?|mins?)\b(?!\s+(?:later|after|before|ago))", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "mi": 0.001, "s": 1.0, "se": 1.0}
_GRADUAL = re.compile(
    r"(?i)\b(?:gradual(?:ly)?|slowly (?:grew|rose|filled|increas\w+|degrad\w+)|crept|creeping|steadily (?:grew|rose|increas\w+|climb\w+)|"
    r"over the (?:course|next|following)|kept (?:growing|rising|climbing)|leak(?:ed|ing)? memory|memory leak)\b"
)
_LONGEST = 24 * 60.0  # minutes after the begin that still belong to the incident


def stated(plan: Plan) -> Stated:
    """What the plan's RCA says, as far as the plan keeps its lines: the timeline, the facts, and what the actions rest on."""
    incident = plan.incident
    begin = incident.started.at if incident.started else None
    timed = {event.evidence.span.start: event.when.at for event in incident.timeline}
    found: dict[tuple[Kind, float, int], Reading] = {}
    gradual = None
    for evidence in _lines(plan):
        line = evidence.span.start
        if gradual is None and _GRADUAL.search(evidence.quote):
            gradual = line
        for kind, value, text in figures(evidence.quote):
            minute = _minute(begin, timed.get(line))
            found.setdefault((kind, value, line), Reading(kind, value, line, text, minute))
    return Stated(tuple(found.values()), gradual)


def _lines(plan: Plan) -> Iterator[Evidence]:
    yield from _of_incident(plan.incident)
    for mode in plan.failure_modes:
        yield from mode.evidence
    for action in plan.actions:
        yield from action.evidence


def _of_incident(incident: Incident) -> Iterator[Evidence]:
    for event in incident.timeline:
        yield Evidence(event.text, event.evidence.span)
    radius = incident.blast_radius
    facts = [*incident.root_causes, *incident.contributing, *radius.users, *radius.business, *incident.detection_gaps]
    for fact in (incident.summary, incident.trigger, *facts):
        if fact is not None and fact.evidence is not None:
            yield fact.evidence


def _minute(begin: datetime | None, at: datetime | None) -> float | None:
    if begin is None or at is None or (begin.tzinfo is None) is not (at.tzinfo is None):
        return None
    minutes = (at - begin).total_seconds() / 60
    return minutes if 0 <= minutes <= _LONGEST else None


def figures(text: str) -> list[tuple[Kind, float, str]]:
    """The figures of an incident in a text: of each clause that says what they are of, with their words."""
    found: list[tuple[Kind, float, str]] = []
    for clause in _CLAUSE.split(text):
        if clause is None:
            continue
        change = _CHANGE.search(clause)
        told = clause[: change.start()] + " " + clause[change.end() - 3 :] if change else clause
        if _NOT_THEN.search(told):
            continue
        found += _figures_of(told)
    return found


def _figures_of(clause: str) -> list[tuple[Kind, float, str]]:
    found = []
    for one in _SHARE.finditer(clause):
        value = _value(one[1]) / 100
        if not 0 < value <= 1:
            continue
        if _CAPACITY.search(clause):
            found.append((Kind.USE, value, one[0]))
        elif _FAILURES.search(clause):
            found.append((Kind.SHARE, value, one[0]))
    if _CAPACITY.search(clause):
        for one in _OF.finditer(clause):
            used, whole = int(one[1]), int(one[2])
            if whole >= 5 and 0.5 <= used / whole <= 1:
                found.append((Kind.USE, used / whole, one[0]))
    if _LATENCY.search(clause):
        for one in _TIME.finditer(clause):
            unit = one[2].lower()
            factor = 60.0 if unit.startswith("min") else _SECONDS.get(unit[:2], 1.0)
            found.append((Kind.LATENCY, _value(one[1]) * factor, one[0]))
    return found


def _value(text: str) -> float:
    whole, comma, part = text.partition(",")
    return float(f"{whole}{part}" if comma and len(part) == 3 else f"{whole}.{part}" if comma else text)


def shape_of(readings: Sequence[Reading]) -> tuple[tuple[float, float], ...]:
    """How a figure went, as (seconds since the begin, share of its highest): from nothing through the readings that have a
    time; empty where none has."""
    timed = [one for one in readings if one.minute is not None]
    most = max((one.value for one in readings), default=0.0)
    if not timed or not most:
        return ()
    points = [(one.minute * 60, one.value / most) for one in timed if one.minute is not None]
    rising: list[tuple[float, float]] = [] if points[0][0] == 0 else [(0.0, 0.0)]
    for at, share in points:
        if not rising or at > rising[-1][0]:
            rising.append((at, share))
        else:
            rising[-1] = (at, max(share, rising[-1][1]))
    return tuple(rising)
