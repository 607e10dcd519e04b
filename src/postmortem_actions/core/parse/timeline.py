"""The timeline: what happened when, however it is written; with midnight rollover and newest-first logs.

How an entry tells its moment is read by timeline_entries (in front), timeline_status (status pages), timeline_threads
(chats and comments), timeline_offsets (counted from a beginning) and phase_lines (several in one line)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ..model import Evidence, Moment, Problem, TimelineEvent
from .blocks import BlockKind
from .dates import find_zone
from .sections import Unit
from .timeline_days import dated
from .timeline_markers import markers
from .timeline_reader import read_entries
from .words import ReadingWords


def timeline(
    found: Sequence[Unit], words: ReadingWords, incident: date | None
) -> tuple[list[TimelineEvent], list[Problem]]:
    """The events in document order, or the oldest first where the document has the newest first."""
    told, problems = read_entries(found)
    zone = _zone(found)
    line = dated(told, incident, found)
    result = []
    for (one, at), marker in zip(line, markers([one for one, _ in line], words), strict=True):
        when = Moment(one.written, Evidence(one.quote, one.span), at, one.stamp.when.zone or zone)
        text = ": ".join(part for part in (one.heading, one.text) if part)
        result.append(TimelineEvent(when, text, Evidence(one.quote, one.span), marker))
    return result, problems


def _zone(found: Sequence[Unit]) -> str | None:
    """The zone the document states for its times, in a timeline's heading or first lines, or anywhere."""
    for unit in found:
        if (
            "timeline" in unit.roles
            and (zone := find_zone(unit.block.text))
            and (
                unit.block.kind is BlockKind.HEADING
                or (unit.label is not None and unit.value == unit.label)
                or re.search(r"\btimes?\b", unit.block.text, re.IGNORECASE)
            )
        ):
            return zone
    for unit in found:
        if re.search(
            r"\b(?:all )?times? (?:are |given |is |below )*(?:in |as )?", unit.block.text[:80], re.IGNORECASE
        ) and (zone := find_zone(unit.block.text[:80])):
            return zone
    return None
