"""Evidence, facts and problems: everything the plan says points back to lines of the RCA."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Lines of the RCA, 1-based, both ends included."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"L{self.start}" if self.start == self.end else f"L{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote of the RCA (markup stripped, white space folded) with the lines it stands on."""

    quote: str
    span: Span


class Severity(StrEnum):
    """How bad a problem or a lint finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in the input. A value, not an exception: the plan is still made.

    ``code`` is kebab-case and stable; ``line`` is 1-based in the RCA, None where no line applies.
    """

    code: str
    message: str
    line: int | None = None
    severity: Severity = Severity.WARNING
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A value read from the RCA, as text, with its evidence. ``qualifier`` keeps words such as
    "about", "estimated" or "potential" that must survive."""

    text: str
    evidence: Evidence | None = None
    qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that no document gave: the default of a rule or of the program, always shown as such.

    ``source`` names the default (``slot``, ``rule id``, ``policy`` …); ``used_by`` are action ids.
    """

    name: str
    value: str
    source: str
    why: str = ""
    used_by: tuple[str, ...] = ()
