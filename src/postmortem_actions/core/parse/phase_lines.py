"""Lines that name several phases with a moment each: "start fri 8th 22:40, found tues 12th 10:22, back tues 13:06".

Only what is little more than phase words and moments is read so; a sentence that tells what happened is prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .dates import When, find_day, find_time
from .sections import Unit
from .timeline_moments import Stamp, weekday_number

_PHASES = {
    "started": "start starts started began begin begins beginning onset broke down",
    "detected": "found noticed detected detection discovered spotted alerted reported paged seen known",
    "mitigated": "mitigated mitigation contained workaround stabilised stabilized",
    "resolved": "resolved resolution over ended end ends back fixed restored recovered recovery clear up",
}
_MARKERS = {word: marker for marker, words in _PHASES.items() for word in words.split()}
# Words that may stand with a phase word and say nothing else …
_LITTLE = frozenset(
    "the was were is at on around about approx ca by then first finally fully again outage incident impact problem issue service harm of "
    "time a customer user".split()
)
_VAGUE = frozenset("it they we all".split())  # … and those that may speak of something else
_SEPARATOR = re.compile(r"\s*(?:[,;|•·→]|->|\s/\s|\s[-–—]\s|\band\b|\bthen\b)\s*", re.IGNORECASE)
_CLOSES = re.compile(r"[,;|•·(\[]|[.:!?]\s|\s[-–—]\s")
_WEEKDAY = re.compile(r"\b(?P<name>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?", re.IGNORECASE)
_NTH = re.compile(r"\b(?P<nth>[12]?\d|3[01])(?:st|nd|rd|th)\b", re.IGNORECASE)
_LEAD = re.compile(r"^.*[:：]\s", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_CLOCK = re.compile(r"\d(?:[:.hu]\d\d|\s?[ap]\.?\s?m)", re.IGNORECASE)
_FEWEST, _FEWEST_VAGUE = 2, 3
_MOST_TIMES = 6
_MOST_WORDS = 5
_LONGEST = 240  # characters


@dataclass(frozen=True, slots=True)
class Named:
    """A phase with its moment as a line names it; ``word`` is the line's own for it."""

    marker: str
    stamp: Stamp
    written: str
    word: str


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands before or behind a time: words, and the day of the time with the place where it begins and ends."""

    words: tuple[str, ...]
    day: When | None = None
    weekday: int | None = None
    nth: int | None = None
    begin: int = 0
    end: int = 0

    @property
    def dated(self) -> bool:
        return self.day is not None or self.weekday is not None or self.nth is not None


def is_metadata(unit: Unit) -> bool:
    """Whether a line is a row of keys with values, which metadata.py reads."""
    return unit.block.raw.count("**") >= 4 or (" | " in unit.block.text and unit.block.text.count(": ") > 1)


def may_name(text: str) -> bool:
    """Whether a line has moments enough."""
    return len(text) <= _LONGEST and len(_CLOCK.findall(text)) >= _FEWEST


def named_phases(text: str) -> list[Named]:
    """The phases a line names with their moments; none where it names fewer than two."""
    if not may_name(text):
        return []
    times = _times(text)
    if not _FEWEST <= len(times) <= _MOST_TIMES:
        return []
    found, vague = [], False
    for at, before, behind in _parts(text, times):
        words = (*before.words, *behind.words)
        if (word := _telling(words)) is None:
            continue
        vague = vague or bool(_VAGUE & set(words))
        told = before if before.dated or not behind.dated else behind  # "fri 22:40", "22:40 on friday"
        when = replace(at, day=told.day.day if told.day else None, month_day=told.day.month_day if told.day else None)
        begin, end = (min(told.begin, at.start), max(told.end, at.end)) if told.dated else (at.start, at.end)
        written = text[begin:end].strip(" ,;-–—(")
        found.append(Named(_MARKERS[word], Stamp(when, begin, end, told.weekday, told.nth), written, word))
    several = len({one.marker for one in found}) >= (_FEWEST_VAGUE if vague else _FEWEST)
    once = len({one.marker for one in found}) == len(found)
    return found if several and once and len(found) >= len(times) - 1 else []


def _times(text: str) -> list[When]:
    found: list[When] = []
    start = 0
    while len(found) <= _MOST_TIMES and (at := find_time(text[start:])) is not None:
        found.append(replace(at, start=start + at.start, end=start + at.end))
        start += at.end
    return found


def _parts(text: str, times: Sequence[When]) -> list[tuple[When, _Beside, _Beside]]:
    """Each time with what stands before it, and what behind it that does not belong to the next."""
    begins, ends = [0, *(at.end for at in times)], [*(at.start for at in times), len(text)]
    gaps = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
    words_first = _telling(_beside(gaps[0], 0).words) is not None
    lead = None if words_first else _LEAD.match(gaps[0])
    cuts = [(0, lead.end() if lead else 0)]
    for gap in gaps[1:-1]:
        parted = _SEPARATOR.search(gap)
        cuts.append(parted.span() if parted else (0, 0) if words_first else (len(gap), len(gap)))
    closed = _CLOSES.search(gaps[-1])
    cuts.append((closed.start(), closed.start()) if closed else (len(gaps[-1]), len(gaps[-1])))
    before = [_beside(gap[cut:], begin + cut) for gap, (_, cut), begin in zip(gaps[:-1], cuts[:-1], begins[:-1], strict=True)]
    behind = [_beside(gap[:cut], begin) for gap, (cut, _), begin in zip(gaps[1:], cuts[1:], begins[1:], strict=True)]
    return list(zip(times, before, behind, strict=True))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(text))


def _beside(text: str, offset: int) -> _Beside:
    """The words of a piece, apart from the day it tells."""
    weekday, day = _WEEKDAY.search(text), find_day(text)
    nth = _NTH.search(text) if day is None else None
    spans = sorted([match.span() for match in (weekday, nth) if match] + ([(day.start, day.end)] if day else []))
    if not spans:
        return _Beside(_words(text))
    words: list[str] = []
    start = 0
    for begin, end in spans:
        words += _words(text[start:begin])
        start = max(start, end)
    words += _words(text[start:])
    number = int(nth["nth"]) if nth else None
    return _Beside(
        tuple(words), day, weekday_number(weekday["name"]) if weekday else None, number, offset + spans[0][0], offset + start
    )


def _telling(words: Sequence[str]) -> str | None:
    """The phase word among words that say little else."""
    told = [word for word in words if word not in _LITTLE and word not in _VAGUE]
    return told[0] if len(told) == 1 and len(words) <= _MOST_WORDS and told[0] in _MARKERS else None
