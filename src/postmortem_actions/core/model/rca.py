"""The RCA as read: the document's text taken apart, before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ..policy import ActionState, Category, Effort, Priority
from .evidence import Evidence, Fact, Problem, Span
from .incident import Incident


@dataclass(frozen=True, slots=True)
class Why:
    """One step of a chain of whys. ``chain`` counts from 0; a second chain often asks about detection."""

    question: str
    answer: str
    evidence: Evidence
    chain: int = 0
    human_error: bool = False


class GapKind(StrEnum):
    """How a statement of absence or difficulty is put."""

    ABSENT = "absent"  # there was no alert on …
    NOT_DONE = "not done"  # the PR did not include …
    UNKNOWN_HOW = "unknown how"  # the engineer did not know how to …
    BY_HAND = "by hand"  # we had to restart every node by hand
    SLOW = "slow"  # it took 40 minutes to notice
    UNCLEAR = "unclear"  # it was not clear who …
    LEFT_OUT = "left out"  # the gateway was not in the register
    FALLS_SHORT = "falls short"  # the sender does not check whether …
    NO_WAY = "no way"  # the desk has no way to reach …
    NOT_FOUND_OUT = "not found out"  # we do not know why …


@dataclass(frozen=True, slots=True)
class Gap:
    """A statement that something was absent or hard. ``subject`` is the thing, in the document's words,
    without article; ``form`` is what would fill it (``core.policy.Form`` value), where recognised."""

    kind: GapKind
    subject: str
    evidence: Evidence
    form: str | None = None
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class StatedAction:
    """An action the RCA itself states. Only what the document gives is filled.

    ``evidence`` has one entry for every place where it stands (summary, gap, table …), fullest first."""

    text: str
    evidence: tuple[Evidence, ...]
    owner: str | None = None
    due: date | None = None
    due_text: str | None = None
    priority: Priority | None = None
    state: ActionState = ActionState.PROPOSED
    ticket: str | None = None
    ticket_url: str | None = None
    category: Category | None = None
    effort: Effort | None = None
    done_when: str | None = None
    horizon: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or list item, or table row) with the roles of the section it stands in.

    ``roles`` are those of data/headings.yaml, innermost heading first; empty for text under no heading."""

    text: str
    span: Span
    roles: tuple[str, ...] = ()

    @property
    def evidence(self) -> Evidence:
        """The sentence as evidence."""
        return Evidence(self.text, self.span)


@dataclass(frozen=True, slots=True)
class Rca:
    """Everything read from one document. ``source`` is what the user named (path, link or ``-``)."""

    source: str
    text: str
    incident: Incident
    sentences: tuple[Sentence, ...]
    whys: tuple[Why, ...] = ()
    gaps: tuple[Gap, ...] = ()
    stated_actions: tuple[StatedAction, ...] = ()
    related: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()
