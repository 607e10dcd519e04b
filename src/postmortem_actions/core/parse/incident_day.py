"""Which day the incident was: metadata, title, timeline, then prose; never a day of publication or review."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ..model import Evidence, Problem
from .blocks import BlockKind
from .dates import find_day, find_time
from .day_ranges import days_between
from .metadata import Entry
from .publication import published_on, told_loosely
from .sections import Unit
from .words import ReadingWords

_TELLS_DATE = {"summary", "narrative", "timeline", "background", "impact", "detection", "fault", "milestones"}
# Write-ups appear within weeks: a day further back in the text tells of something else.
_MOST_DAYS_TO_PUBLISH = 60
_MOST_DAYS_TOLD = 14
# "Report (added Feb 16, 2026)": when something was written, not what it tells of.
_WRITTEN = re.compile(
    r"\b(?:added|updated|published|posted|written|revised|amended|edited|modified|released|last (?:change|review)\w*|as of) (?:on |at )?$",
    re.IGNORECASE,
)
_BEGINS_WITH = {"summary", "narrative", "impact"}
_FIRST_TOLD = 6  # lines: where the text begins
_MISHAP = re.compile(
    r"\b(?:could(?: not|n['’]t)|unable|fail\w*|outage|down|unavailable|lost|wrong|broken|affected|removed|deleted|published|truncated|"
    r"received|without|missing|errors?|slow\w*|degraded|exposed|leaked|incident|disruption|interrupt\w*|instab\w*|suffered|experienced)\b",
    re.IGNORECASE,
)
_ON_DAY = re.compile(
    r"^\W*on\s+(?:the\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?:the\s+)?(?=\d|[A-Z][a-z]{2,8}\.? \d)", re.IGNORECASE
)
_BEGINNING = 24  # characters: an entry that is dated begins with its day


def incident_day(
    found: Sequence[Unit],
    entries: Sequence[Entry],
    words: ReadingWords,
    problems: list[Problem],
) -> tuple[date | None, Evidence | None]:
    """The incident's day: metadata, title, timeline, then prose; never a day of publication or review."""
    year = _year(found)
    matter = {u.block.span for u in found if u.block.kind is BlockKind.FRONT_MATTER}
    byline = published_on(found)
    if byline is not None:
        matter |= {unit.block.span for unit in byline.units}
    for field in ("date", "started", "detected"):
        for entry in entries:
            if entry.evidence.span in matter and field == "date":
                continue  # the day a page was published, unless the text says nothing else
            if entry.field == field and (day := find_day(entry.value)):
                if day.ambiguous:
                    problems.append(
                        Problem(
                            "date-ambiguous",
                            f"{entry.value!r} is read as month first",
                            entry.evidence.span.start,
                            fix="Write it as YYYY-MM-DD.",
                        )
                    )
                made = day.day or with_year(day.month_day, year)
                if made:
                    return made, entry.evidence
    if (named := _in_its_title(found) or _told_as_span(found, words, year)) is not None:
        return named
    heads = [
        u
        for u in found
        if u.block.kind is BlockKind.HEADING or "timeline" in u.roles or "milestones" in u.roles
    ]
    told = [
        u
        for u in found
        if u.block.kind is not BlockKind.FRONT_MATTER and (not u.roles or set(u.roles) & _TELLS_DATE)
    ]
    front = [
        u
        for u in found
        if u.block.kind is BlockKind.FRONT_MATTER and re.match(r"(?i)date\s*[:=]|title\s*[:=]", u.block.text)
    ]
    late = 0
    published = next((d.day for u in front if (d := find_day(u.block.text)) and d.day), None)
    if published is None and byline is not None:
        published, front = byline.day, list(byline.units)
        told = [u for u in told if u not in front]
    if published is not None:
        if (dated := _dated_by_its_incident(published, front, heads, told)) is not None:
            return dated
        late = found[-1].block.span.end // 3
        heads, told = told, heads
    undated: tuple[tuple[int, int], Evidence] | None = None
    for unit in (*[u for u in heads if "title" in u.roles], *_summaries(told), *heads, *told, *front):
        if unit in front and published is not None and (loosely := told_loosely(heads, published)) is not None:
            return loosely
        if (
            unit.residue
            or _mentions(unit.block.text, words)
            or set(unit.roles) & {"related", "action_item", "action_class", "evidence"}
        ):
            continue
        day = find_day(unit.block.text)
        if day is None or unit.block.kind is BlockKind.CODE or _WRITTEN.search(unit.block.text[: day.start]):
            continue
        if published is not None and unit not in front:
            beginning = find_day(unit.block.text[:_BEGINNING]) is not None
            if unit.block.span.start > late and not beginning and find_time(unit.block.text) is None:
                continue  # a day mentioned by the way, far from where the incident is told
            own = day.day or with_year(day.month_day, published.year)
            if own is None or not 0 <= (published - own).days <= _MOST_DAYS_TO_PUBLISH:
                continue
            return own, Evidence(unit.block.text, unit.block.span)
        evidence = Evidence(unit.block.text, unit.block.span)
        if day.day is not None:
            return day.day, evidence
        undated = undated or ((day.month_day, evidence) if day.month_day else None)
        if undated and year:
            made = with_year(undated[0], year)
            if made:
                return made, undated[1]
    if undated:
        problems.append(
            Problem(
                "date-without-year",
                "the incident's day is told without its year",
                undated[1].span.start,
                fix="Add a line 'Date: YYYY-MM-DD'.",
            )
        )
    return None, None


def _dated_by_its_incident(
    published: date, front: Sequence[Unit], heads: Sequence[Unit], told: Sequence[Unit]
) -> tuple[date, Evidence] | None:
    """The day of publication where the text names it too, or the day before it on which its timeline begins."""
    days = {d.day for u in (*heads, *told) if (d := find_day(u.block.text)) and d.day}
    line = [d.day for u in heads if (d := find_day(u.block.text)) and d.day]
    before = min((day for day in line if 0 < (published - day).days <= _MOST_DAYS_TOLD), default=None)
    if before is not None and max(line) == published and line.count(published) * 2 < len(line):
        # written on the last day of what it tells
        return before, next(
            Evidence(u.block.text, u.block.span) for u in heads if (d := find_day(u.block.text)) and d.day == before
        )
    if published in days:  # the page is dated by its incident
        return published, next(Evidence(u.block.text, u.block.span) for u in front if find_day(u.block.text))
    return None


def _in_its_title(found: Sequence[Unit]) -> tuple[date, Evidence] | None:
    """The day that the title in the front matter names whole: "Incident of 4 November 2015"."""
    titles = [u for u in found if u.block.kind is BlockKind.FRONT_MATTER and re.match(r"(?i)title\s*[:=]", u.block.text)]
    days = [(day.day, Evidence(u.block.text, u.block.span)) for u in titles if (day := find_day(u.block.text)) and day.day]
    return days[0] if days else None


def _told_as_span(found: Sequence[Unit], words: ReadingWords, year: int | None) -> tuple[date, Evidence] | None:
    """The first day of the span that the beginning of the text tells: "between 9th and 12th October 2020 we published …"."""
    told = [
        u
        for u in found
        if u.block.kind in (BlockKind.LINE, BlockKind.ITEM) and not u.residue and (not u.roles or set(u.roles[:1]) & _BEGINS_WITH)
    ]
    for unit in told[:_FIRST_TOLD]:
        text = unit.block.text
        if not _mentions(text, words) and (span := days_between(text, year)) is not None and _MISHAP.search(text):
            return span[0], Evidence(text, unit.block.span)
    return None


def _summaries(told: Sequence[Unit]) -> list[Unit]:
    """What sums up and names the day: with a time, or as the day on which it happened ("On Tuesday 3 January 2023, customers …")."""
    summary = [u for u in told if "summary" in u.roles and u.block.kind is not BlockKind.HEADING]
    found = [u for u in summary if find_day(u.block.text)]
    first = next((u for u in summary[:1] if _ON_DAY.match(u.block.text) and _MISHAP.search(u.block.text)), None)
    return [u for u in found if u is first or find_time(u.block.text)]


def _mentions(text: str, words: ReadingWords) -> bool:
    match = re.match(r"^\W*([A-Za-z ]{3,25}?)\s*[:=]", text)
    return bool(match and match[1].strip().lower().replace("_", " ") in words.not_incident_dates)


def _year(found: Sequence[Unit]) -> int | None:
    """The year most days of the document carry, title and front matter included."""
    years: dict[int, int] = {}
    for unit in found:
        day = find_day(unit.block.text[:200]) if unit.block.kind is not BlockKind.CODE else None
        if day and day.day:
            years[day.day.year] = years.get(day.day.year, 0) + 1
        elif unit.block.kind in (BlockKind.HEADING, BlockKind.FRONT_MATTER) and (
            match := re.search(r"\b(20[0-4]\d)\b", unit.block.text)
        ):
            years[int(match[1])] = years.get(int(match[1]), 0) + 1
    return max(years, key=lambda y: (years[y], -y), default=None)


def with_year(month_day: tuple[int, int] | None, year: int | None) -> date | None:
    """The (month, day) in that year, or None where either is missing or there is no such day."""
    if month_day is None or year is None:
        return None
    try:
        return date(year, *month_day)
    except ValueError:
        return None
