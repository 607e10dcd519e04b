"""Chains of whys, in the notations people use: arrows, questions with the answer behind or below them,
numbered answers, tables. The last answer of the first chain is the candidate for the root cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Evidence, Span, Why
from .blocks import BlockKind
from .sections import Unit, is_placeholder

_ARROW = re.compile(r"\s*(?:→|⇒|⟶|➜|↓|->|=>|-->|»)\s*")
_QUESTION = re.compile(
    r"^(?P<q>(?:.{0,200}?\b)?(?:why|how|what|pourquoi|warum|por qu[eé]|perch[eé])\b[^?]{0,300}\?)[\s:—–-]*(?P<a>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ENDS_WITH_WHY = re.compile(r"^(?P<a>.{5,400}?)[,.;]?\s+why\s*\?\s*$", re.IGNORECASE | re.DOTALL)
_Q_AND_A = re.compile(r"^\s*Q\s*[:.]\s*(?P<q>.{3,300}?)\s+A\s*[:.]\s*(?P<a>.+)$", re.DOTALL)
_NUMBERED = re.compile(
    r"^(?:why\s*#?(?P<n>\d{1,2})|\d{1,2}(?:st|nd|rd|th)? why\b|\d{1,2}[.)])\s*[:.)—–-]?\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_BECAUSE = re.compile(r"^(?:because|since|weil|parce que|porque|perch[eé])\s+(?:of\s+)?", re.IGNORECASE)
_ANSWER_MARK = re.compile(r"^(?:A|Answer|Antwort|R[eé]ponse)\s*[:.]\s*", re.IGNORECASE)
_QUESTION_COLUMNS = re.compile(r"why|question|frage|pourquoi", re.IGNORECASE)
_ANSWER_COLUMNS = re.compile(r"answer|because|reason|antwort|r[eé]ponse", re.IGNORECASE)
_HUMAN_ERROR = re.compile(
    r"\b(?:(?i:human error|operator error|user error)|(?i:someone|somebody|(?:an?|"
    r"the) (?:[\w-]+ )?(?:engineer|operator|admin\w*|developer|person|reviewer)|he|she|[A-Z][a-z]+) "
    r"(?:made a mistake|forgot|mistyped|was careless|did not pay attention|failed to|overlooked|misread|ran the wrong))",
)
_ASKS = re.compile(r"^(?:\d{1,2}[.)]\s*)?(?:why|warum|wieso|pourquoi|por qu[eé]|perch[eé])\b[^?]{0,200}\?\s*\S", re.IGNORECASE)
_FEWEST_IN_A_ROW = 3
# Roles whose own headings end a chain of whys although they stand below it.
_OTHER = {"root_cause", "contributing_factor", "action_item", "detection_gap", "timeline", "trigger"}


@dataclass(slots=True)
class _Entry:
    text: str
    span: Span
    number: int | None
    depth: int
    heading: str
    is_heading: bool = False


def whys(found: Sequence[Unit]) -> list[Why]:
    """The chains of whys of a document, in order."""
    inside = [unit for unit in found if _in_whys(unit)] or _asked_in_a_row(found)
    tables = [unit for unit in inside if unit.block.kind is BlockKind.ROW and unit.block.header]
    result = list(_from_tables(tables)) if tables else []
    return result + _from_entries(list(_entries([u for u in inside if u.block.kind is not BlockKind.ROW])), len(
        {why.chain for why in result}))  # fmt: skip


def _asked_in_a_row(found: Sequence[Unit]) -> list[Unit]:
    """Where no heading says so: the first run of items or lines that each ask why and answer it."""
    best: list[Unit] = []
    run: list[Unit] = []
    for unit in [*found, None]:
        if unit is not None and not unit.residue and unit.block.kind in (BlockKind.ITEM, BlockKind.LINE) and _ASKS.match(unit.block.text):
            run.append(unit)
            continue
        if len(run) >= _FEWEST_IN_A_ROW:
            best = best or run
        run = []
    return best


def ends_in_human_error(text: str) -> bool:
    """Whether a cause stops at what a person did, where the question of the system begins."""
    return bool(_HUMAN_ERROR.search(text))


def _in_whys(unit: Unit) -> bool:
    if unit.residue or "five_whys" not in unit.roles:
        return False
    before = unit.roles[: unit.roles.index("five_whys")]
    return not set(before) & _OTHER and unit.block.kind not in (BlockKind.CODE, BlockKind.FRONT_MATTER)


def _entries(found: Sequence[Unit]) -> Iterator[_Entry]:
    current: _Entry | None = None
    paragraph = -1
    for unit in found:
        block = unit.block
        heading = unit.headings[0] if unit.headings else ""
        if block.kind is BlockKind.HEADING or (unit.label is not None and not unit.value.strip()):
            if current:
                yield current
            current = None
            if (
                "five_whys" in unit.roles[:1]
                and not _QUESTION.match(unit.text)
                and not _NUMBERED.match(unit.text)
            ):
                continue
            yield _Entry(unit.block.text, block.span, None, 0, heading, True)
        elif current and block.kind is BlockKind.LINE and block.paragraph == paragraph:
            current.text += " " + block.text
            current.span = Span(current.span.start, block.span.end)
        else:
            if current:
                yield current
            named = _NUMBERED.match(block.text)
            number = int(named["n"]) if named and named["n"] and block.number is None else block.number
            current = _Entry(block.text, block.span, number, block.depth, heading)
            paragraph = block.paragraph
    if current:
        yield current


def _parts(text: str) -> tuple[str, str]:
    """Question and answer of one entry; either may be empty."""
    text = text.strip()
    if match := _Q_AND_A.match(text):
        return match["q"].strip(), match["a"].strip()
    numbered = _NUMBERED.match(text)
    if numbered:
        text = numbered["rest"].strip()
    pieces = _ARROW.split(text, maxsplit=1)
    if len(pieces) == 2:
        return pieces[0].strip(), pieces[1].strip()
    if match := _QUESTION.match(text):
        return match["q"].strip(), match["a"].strip()
    if match := _ENDS_WITH_WHY.match(text):
        return match["a"].strip() + "?", ""
    return "", text


def _from_entries(entries: Sequence[_Entry], first_chain: int) -> list[Why]:
    result: list[Why] = []
    chain, last_number, pending, pending_span = first_chain, 0, "", None
    heading: str | None = None
    symptom = True
    for entry in entries:
        question, answer = _parts(entry.text)
        restarted = entry.number is not None and entry.number == 1 and last_number > 1 and entry.depth <= 1
        moved = heading is not None and entry.heading != heading and not entry.is_heading and not pending
        if result and (
            restarted or (moved and not _NUMBERED.match(entry.heading) and "?" not in entry.heading)
        ):
            chain += 1
            symptom = True
        heading = entry.heading
        if entry.number is not None:
            last_number = entry.number
        answer = _ANSWER_MARK.sub("", answer)
        if question and not answer:
            pending, pending_span, symptom = question, entry.span, False
            continue
        if not answer or is_placeholder(answer):
            continue
        if not question and not pending and symptom and entry.number is None and not result:
            symptom = False
            if not _BECAUSE.match(answer) and len(entries) > 1:
                pending, pending_span = "", None
                # A chain often opens with the symptom itself.
                result_span = entry.span
                heading_question = answer
                pending, pending_span = heading_question, result_span
                continue
        symptom = False
        span = entry.span if pending_span is None else Span(pending_span.start, entry.span.end)
        quote = " ".join(part for part in (question or pending, answer) if part)
        text = _BECAUSE.sub("", answer).strip()
        result.append(Why(question or pending, text, Evidence(quote, span), chain, ends_in_human_error(text)))
        pending, pending_span = "", None
    return result


def _from_tables(rows: Sequence[Unit]) -> Iterator[Why]:
    for row in rows:
        header, cells = row.block.header, row.block.cells
        answers = [n for n, name in enumerate(header) if _ANSWER_COLUMNS.search(name)]
        questions = [
            n for n, name in enumerate(header) if _QUESTION_COLUMNS.search(name) and n not in answers
        ]
        if not answers:
            # "# | Why did this happen? | Why wasn't this caught?": every question column is a chain.
            pairs = [(header[n], cells[n]) for n in questions if n < len(cells)]
        else:
            asked = cells[questions[0]] if questions and questions[0] < len(cells) else ""
            pairs = [(asked, cells[n]) for n in answers if n < len(cells)]
        for chain, (question, answer) in enumerate(pairs):
            if answer and not is_placeholder(answer):
                text = _BECAUSE.sub("", answer).strip()
                yield Why(
                    question, text, Evidence(row.text, row.block.span), chain, ends_in_human_error(text)
                )
