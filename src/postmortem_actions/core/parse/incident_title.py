"""The title of an incident: from the heading, the front matter, a key or an infobox, else from what the text begins with."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from ..model import Evidence, Sentence
from .blocks import BlockKind
from .dates import find_day
from .metadata import Entry
from .sections import Unit, is_placeholder
from .sentences import KEYED, STAMPED

_TITLE_PREFIX = re.compile(
    (
        r"^(?:(?:root cause analysis|rca|incident (?:report|review|postmortem)|post[- ]?mortem(?: report|"
        r" of| for)?|outage report|reason for outage|rfo|post[- ]incident review|pir|coe|blameless postmortem|retro(?:spective)?|"
        r"störungsbericht|vorfallsbericht|rapport d['’]incident|informe del? incidente|relatório de incidente|"
        r"rapporto (?:di |sull['’])incidente|障害報告書?|インシデントレポート|事故报告|故障报告|"
        r"incident)(?!\w)\s*(?:(?:[:：–—|-]|for|of|on)\s*)?){1,4}"
    ),
    re.IGNORECASE,
)
_TITLE_DATE = re.compile(r"^(?:on )?\d{4}-\d{2}-\d{2}[\s:,–—-]*|(?<![\s–—(,-])[\s–—(,-]*\d{4}-\d{2}-\d{2}\)?$")
_LEADING_ID = re.compile(r"^\W{0,2}[A-Z]{2,10}[-#]\d[\w-]*\W+(?=\w)")
_LEADING_NUMBER = re.compile(r"^(?:#|no\.? ?)?\d{3,6}\s*[–—:|-]\s*(?=\D)", re.IGNORECASE)  # "Incident 2231 – …"
_BEFORE_DATE = re.compile(r"(?:\s+(?:on|am|vom|of|from|du|del|do|il|le))?[\s,(（–—-]*$", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")
# Names of sections that stand as the first heading of documents without a title.
_NO_TITLES = frozenset(
    "rfo coe pir rca status timeline summary overview details introduction background impact report incident postmortem tl;dr".split()
)
_LONGEST_HEADLINE = 120
_HEAD = 12  # units or sentences
_STATE_KEY = re.compile(r"^\W*(?:status|state|owners?|authors?|created|updated|date|severity|duration|team)\s*:", re.IGNORECASE)
_INFOBOX_TITLE = re.compile(r"(?:^|\|)\s*(?:title|titel|titre)\s*=\s*([^|}\n]{3,120})", re.IGNORECASE)
# "Description: the docs disappeared from search engines"
_DESCRIBED = re.compile(r"^(?:Description|Summary|Issue|What happened)\s*:\s+(\S.{8,})", re.IGNORECASE | re.DOTALL)


def title_of(
    found: Sequence[Unit], sentences: Sequence[Sentence], entries: Sequence[Entry]
) -> tuple[str, Evidence | None]:
    """What the document says that it was, with where: its heading, front matter, key or first line, else its first sentence."""
    named = next((e for e in entries if e.field == "title" and len(e.value.split()) >= 2), None)
    heading = next(
        (
            u
            for u in found
            if u.block.kind is BlockKind.HEADING and (u.roles[:1] in ((), ("title",)) or "title" in u.roles)
        ),
        None,
    )
    choices: list[tuple[str, Evidence]] = []
    for unit in found:
        if unit.block.kind is BlockKind.FRONT_MATTER and (
            match := re.match(r"(?i)title\s*[:=]\s*(.+)$", unit.block.text)
        ):
            own = match[1].strip(" \"'")
            choices.append((html.unescape(own), Evidence(own, unit.block.span)))
    if heading is not None and (heading.block.level == 1 or "title" in heading.roles or heading is _first(found)):
        choices.insert(0, (heading.block.text, Evidence(heading.block.text, heading.block.span)))
    if named is not None:
        choices.append((named.value, named.evidence))
    boxes = [(_INFOBOX_TITLE.search(u.block.text), u.block.span) for u in found[:_HEAD]]
    choices += [(match[1].strip(), Evidence(match[0], span)) for match, span in boxes if match is not None]
    for text, evidence in choices:
        cleaned = clean_title(text)
        if cleaned and not is_placeholder(cleaned) and cleaned.lower().strip(" :") not in _NO_TITLES:
            return cleaned, evidence
    opening = found[0] if found and found[0].block.kind is BlockKind.LINE else None
    if opening is not None and is_headline(found):
        cleaned = clean_title(opening.block.text)
        if len(cleaned.split()) >= 2:
            return cleaned, Evidence(opening.block.text, opening.block.span)
    described = next((match[1] for s in sentences[:_HEAD] if (match := _DESCRIBED.match(s.text))), None)
    if described is not None:
        clause = _clause(described)
        shown = clause[:1].upper() + clause[1:] if clause.split()[0].isalpha() else clause  # "docs.example.org went away"
        return shown, next(s.evidence for s in sentences if described in s.text)
    told = [s for s in sentences if len(s.text.split()) >= 3 and not STAMPED.match(s.text) and not s.text.startswith("{{")]
    headings = {u.block.span for u in found if u.block.kind is BlockKind.HEADING and u.roles}
    plain_ones = (s for s in told if s.span not in headings and "[" not in s.text and not KEYED.match(s.text) and _names(s.text))
    first = next(plain_ones, next(iter(told), None))
    if first is None:
        return "Untitled incident", None
    clause = _clause(first.text)
    return clause[:1].upper() + clause[1:], first.evidence


def _first(found: Sequence[Unit]) -> Unit | None:
    return next((u for u in found if u.block.kind not in (BlockKind.FRONT_MATTER, BlockKind.CODE)), None)


def _names(text: str) -> bool:
    """Whether a text says more than what kind of document this is ("RFO – Reason for outage")."""
    cleaned = clean_title(text).lower().strip(" :.")
    return bool(cleaned) and cleaned not in _NO_TITLES and _TITLE_PREFIX.sub("", f"{text} x") != "x"


def is_headline(found: Sequence[Unit]) -> bool:
    """Whether the document's first line is a title that nobody marked as one: short, alone, and no sentence."""
    first = found[0].block
    alone = len(found) < 2 or found[1].block.paragraph != first.paragraph or KEYED.match(found[1].block.text) is not None
    if not alone or len(first.text) > _LONGEST_HEADLINE or _STATE_KEY.match(first.text):
        return False
    return not re.search(r"[.!?:;]\s*$", first.text) and not STAMPED.match(first.text)


def clean_title(text: str) -> str:
    """The title without "Root Cause Analysis:", a leading date or an incident number."""
    text = _LEADING_ID.sub("", _NUMBERED.sub("", text.strip()))
    text = _LEADING_NUMBER.sub("", _LEADING_ID.sub("", _TITLE_PREFIX.sub("", text)))
    text = _TITLE_DATE.sub("", text)
    text = re.sub(r"^(?:\d{1,4}\s*-\s*)?(?:post-?mortem (?:for|of)\s+)", "", text, flags=re.IGNORECASE)
    text = _TITLE_DATE.sub("", _TITLE_PREFIX.sub("", text)).strip(" -–—:,|")
    text = re.sub(r"\s+(?:for|on|of|from)$", "", text)  # which stood before the date
    day = find_day(text)
    if day is not None and day.day is not None and not text[day.end :].strip(" )）"):
        short = _BEFORE_DATE.sub("", text[: day.start])
        text = short if len(short.split()) > 1 or (short and not short.isascii()) else text  # the date is shown beside the title
    return text[:1].upper() + text[1:]


def _clause(text: str, most: int = 80) -> str:
    cut = re.split(r"(?<=\w)[.;:]\s|,\s(?:which|causing|so)\b|\s[–—]\s", text, maxsplit=1)[0].strip(" .")
    return cut if len(cut) <= most else cut[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
