"""Reading one document: text → lines → blocks → units → sentences → facts, causes, gaps, actions, people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..model import Problem, Rca, Sentence, Severity, StatedAction
from .blocks import blocks
from .causes import causes
from .dates import day_first, writes_day_first
from .gaps import gaps
from .incident import read_incident
from .language import DAY_FIRST, language, language_problems
from .normalise import normalise
from .people import people
from .sections import Unit, units
from .sentences import sentences
from .stated_actions import stated_actions
from .whys import whys

if TYPE_CHECKING:
    from ..knowledge import Reading

# A document this short, with nothing recognised, is told to be no incident.
_LONGEST_SILENT = 3


def read_rca(text: str, source: str, reading: Reading) -> Rca:
    """Read a document as far as it can be understood; what could not is in ``problems`` with its line.

    Never raises on any text. ``source`` is what the user named and only kept."""
    lines, cut = normalise(text)
    found = units(blocks(lines), reading.headings)
    told = sentences(found)
    chain = whys(found)
    cause = causes(found, told, chain)
    tongue = language(told)
    foreign = tongue not in (None, "English")
    with day_first(writes_day_first(text) or tongue in DAY_FIRST):
        incident, problems = read_incident(found, told, reading.words, foreign=foreign)
        stated, wrong = stated_actions(found, told, incident.date)
    incident = replace(
        incident,
        trigger=cause.trigger,
        root_causes=tuple(cause.root),
        root_cause_known=cause.known,
        contributing=tuple(cause.contributing),
        near_misses=tuple(cause.near_misses),
        detection_gaps=tuple(cause.detection_gaps),
        people=tuple(people(found, told, stated)),
    )
    for line in cut:
        problems.append(
            Problem("line-too-long", "this line is too long to be prose; only its beginning was read", line)
        )
    return Rca(
        source=source,
        text=text,
        incident=incident,
        sentences=tuple(told),
        whys=tuple(chain),
        gaps=() if foreign else tuple(gaps(told, reading.gaps)),  # these statements are English
        stated_actions=tuple(stated),
        problems=(
            *problems,
            *cause.problems,
            *wrong,
            *_residue(found),
            *_empty(told, stated),
            *language_problems(tongue),
        ),
    )


def _residue(found: list[Unit]) -> list[Problem]:
    left = [unit.block.span.start for unit in found if unit.residue]
    if len(left) < 2:
        return []
    return [
        Problem(
            "template-residue", f"{len(left)} lines still hold the template's own words (first here)", left[0],
            severity=Severity.INFO, fix="Fill them in or delete them; the plan can only use what the document says.",
        )
    ]  # fmt: skip


def _empty(told: list[Sentence], stated: list[StatedAction]) -> list[Problem]:
    if len(told) > _LONGEST_SILENT or stated:
        return []
    return [Problem("little-text", "there are hardly any sentences to read", None)]
