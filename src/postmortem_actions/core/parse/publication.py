"""The day a document was published, where its own head says so, and the days that it tells counted back from it.

A mail, a blog post or a forum post tells of "Saturday" and "the 22nd": days before it was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..model import Evidence
from .blocks import BlockKind
from .dates import find_day, find_time
from .phase_words import HARM
from .sections import Unit
from .timeline_moments import weekday_number

_HEAD = 10  # units: a byline stands near the title
_LONGEST_BYLINE = 30  # words
_BYLINE = re.compile(
    r"^\W*(?:(?:first |originally )?(?:posted|published|written|sent|submitted|drafted|authored)\b|by [A-Z]|"
    r"date: (?:mon|tue|wed|thu|fri|sat|sun)\w*, )",
    re.IGNORECASE,
)
_MAIL_KEY = re.compile(r"^(?:from|to|cc|subject|reply-to|message-id)\s*:\s*\S", re.IGNORECASE)
_MAIL_DATE = re.compile(r"^(?:date|sent)\s*:\s*\S", re.IGNORECASE)
_FEWEST_KEYS = 2  # of a mail's head, beside its date
_WEEKDAY = re.compile(r"\b(?P<name>mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
_OF_MONTH = re.compile(r"(?:\bthe |\()(?P<day>[0-2]?\d|3[01])(?:st|nd|rd|th)\b", re.IGNORECASE)
_COMING = re.compile(r"\b(?:next|until|every|each|coming|by)\s+$", re.IGNORECASE)
_MOST_DAYS_BACK = 31
# Beside the words for harm: what befalls things in stories.
_BEFELL = re.compile(
    r"\b(?:stuck|gone|delet\w+|wiped|hung|froze|refused|rejected|late|delayed|wrong|killed|evicted|full|ran out|stopped|vanished|"
    r"disappeared)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Published:
    """The day a document was published, and the units that say so."""

    day: date
    units: tuple[Unit, ...]


def published_on(found: Sequence[Unit]) -> Published | None:
    """The day that a mail's head or a byline near the title names; None where there is neither."""
    head = [unit for unit in found if unit.block.kind is not BlockKind.FRONT_MATTER][:_HEAD]
    keys = [unit for unit in head if _MAIL_KEY.match(unit.block.text)]
    for unit in head:
        text = unit.block.text
        mail = len(keys) >= _FEWEST_KEYS and _MAIL_DATE.match(text)
        byline = _BYLINE.match(text) and len(text.split()) <= _LONGEST_BYLINE
        named = find_day(text) if mail or byline else None
        if named is not None and named.day is not None:
            return Published(named.day, (unit, *keys) if mail else (unit,))
    return None


def told_loosely(told: Sequence[Unit], published: date) -> tuple[date, Evidence] | None:
    """The first weekday or day of the month by which the text tells of harm, or of a time, counted back from ``published``."""
    for unit in told:
        text = unit.block.text
        for match in sorted((*_WEEKDAY.finditer(text), *_OF_MONTH.finditer(text)), key=lambda m: m.start()):
            around = text[max(0, match.start() - 160) : match.end() + 160]
            if _COMING.search(text[: match.start()]) or not (HARM.search(around) or _BEFELL.search(around) or find_time(around)):
                continue
            day = _weekday_before(match["name"], published) if match.re is _WEEKDAY else _day_before(int(match["day"]), published)
            if day is not None:
                return day, Evidence(text, unit.block.span)
    return None


def _weekday_before(name: str, published: date) -> date:
    """The last such weekday before the day of publication; a week before it where it is that weekday itself."""
    back = (published.weekday() - weekday_number(name)) % 7
    return published - timedelta(days=back or 7)


def _day_before(day: int, published: date) -> date | None:
    for back in range(_MOST_DAYS_BACK):
        if (published - timedelta(days=back)).day == day:
            return published - timedelta(days=back)
    return None


__all__ = ["Published", "published_on", "told_loosely"]
