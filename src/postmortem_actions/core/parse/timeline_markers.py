"""What the words of an entry say it is: started, detected, acknowledged, mitigated or resolved.

What a summary names counts before the words of other entries, and those count before the words of a status page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..catalogue.match import said
from ..text.words import Words, tokens
from .status_words import CLOSED, IDENTIFIED, INVESTIGATING, MITIGATED, NOTE, RESOLVED
from .timeline_entries import Told
from .words import ReadingWords

_HARM = r"(?:OUTAGE|INCIDENT|IMPACT|DISRUPTION|DOWNTIME)"
_OVER = rf"{_HARM} (?:ENDS|ENDED|RESOLVED|(?:IS |WAS )?OVER)"
_EXPLICIT = (
    # Whatever an entry tells besides, it is the end where it begins with it.
    ("resolved", re.compile(rf"^\W*(?:THE |CUSTOMER |USER ){{0,2}}{_OVER}\b", re.IGNORECASE)),
    ("started", re.compile(r"(?:OUTAGE|INCIDENT|IMPACT) (?:BEGINS|STARTS|STARTED|BEGAN)|START OF (?:OUTAGE|INCIDENT)", re.IGNORECASE)),
    ("detected", re.compile(r"<==? ?Incident Detected|INCIDENT DETECTED", re.IGNORECASE)),
    ("mitigated", re.compile(r"(?:OUTAGE|INCIDENT) MITIGATED", re.IGNORECASE)),
    (
        "resolved",
        re.compile(r"(?:OUTAGE|INCIDENT) (?:ENDS|ENDED|RESOLVED)|END OF (?:OUTAGE|INCIDENT)|^\W*Resolved\b", re.IGNORECASE),
    ),
)
_HEAD = 12  # words
_LONGEST = 300  # characters
_OF_STATUS = {INVESTIGATING: "detected", MITIGATED: "mitigated", RESOLVED: "resolved", CLOSED: "resolved"}


def markers(line: Sequence[Told], words: ReadingWords) -> list[str | None]:
    """The marker of each entry; the oldest entry comes first, where that can be told."""
    named = {one.marker for one in line if one.apart}
    naming = {id(one.said_in) for one in line if one.said_in is not None}
    counted = [one.after is not None or one.stamp.when.at is not None or one.stamp.dated for one in line]
    result: list[str | None] = []
    for one, has_moment in zip(line, counted, strict=True):
        if one.apart:
            result.append(one.marker)
        elif not has_moment or id(one) in naming or one.status is not None:
            result.append(None)  # the count has no beginning, or its phases are named one by one, or see below
        else:
            marker = _marker(one.text, words) or ("detected" if one.opens else None)
            result.append(None if marker in named else marker)
    return _with_status(line, result, words)


def _with_status(line: Sequence[Told], known: Sequence[str | None], words: ReadingWords) -> list[str | None]:
    """The markers that the words of a status page give, where no other entry is marked so."""
    result = list(known)
    marked = {marker for marker in known if marker is not None}
    statuses = {one.status for one in line}
    told_by_status = {_OF_STATUS[status] for status in statuses if status in _OF_STATUS}
    held: int | None = None  # the first mitigation since the last time that it was looked for
    for n, one in enumerate(line):
        if one.status is None or one.apart:
            continue
        explicit = next((name for name, pattern in _EXPLICIT if pattern.search(one.text)), None)
        if one.status in (INVESTIGATING, IDENTIFIED):
            held = None
        if explicit is not None and one.status not in (RESOLVED, NOTE):
            result[n] = explicit
        elif one.status == INVESTIGATING and "detected" not in marked:
            result[n] = "detected"
            marked.add("detected")
        elif one.status == MITIGATED and "mitigated" not in marked:
            held = n if held is None else held
        elif one.status == RESOLVED or (one.status == CLOSED and RESOLVED not in statuses):
            result[n] = "resolved"
        elif one.status not in _OF_STATUS and one.status not in (IDENTIFIED, NOTE):
            marker = _marker(one.text, words)
            result[n] = None if marker in told_by_status or marker == "detected" else marker
    if held is not None:
        result[held] = "mitigated"
    return result


def _marker(text: str, words: ReadingWords) -> str | None:
    for name, pattern in _EXPLICIT:
        if pattern.search(text):
            return name
    found = tokens(text[:_LONGEST])
    # "… the logs around the start of the outage": only what an entry begins with says that it started then.
    head = Words(found[:_HEAD])
    return next(
        (name for name, phrases in words.markers if said(phrases, head if name == "started" else found)), None
    )
