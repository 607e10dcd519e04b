"""What the use cases need from outside, as protocols. ``wire`` says which adapter gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from .model import Problem

if TYPE_CHECKING:
    from .catalogue import Catalogue, Fault
    from .checking import Check, Outcome
    from .context import Calendar
    from .knowledge import Knowledge
    from .owners.evidence import OwnershipEvidence, OwnershipQuestion, OwnershipSettings
    from .settings import CalendarSettings, Config
    from .simulate.unit_tests import UnitTest


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what was odd about getting it. ``name`` is what the user called it, without secrets: a
    link has lost its user, password, query and fragment."""

    name: str
    text: str
    problems: tuple[Problem, ...] = ()


class SourceReader(Protocol):
    """Reads a path, ``-``, a link or pasted text."""

    def read(self, name: str, *, beside: str | None = None) -> Document:
        """The text of ``name``; a relative path is looked up ``beside`` that file where one is given.

        Raises SourceError."""
        ...


class ConfigReader(Protocol):
    """Finds and reads the config file."""

    def read(self) -> Config:
        """The config, or an empty one where there is no file. Raises ConfigError."""
        ...


class KnowledgeReader(Protocol):
    """Reads what the program knows: word lists, and rules from the built-in and the user's folders."""

    def load(self, folders: Sequence[str]) -> Knowledge:
        """Everything; rules of the folders add to the built-in ones. Raises CatalogueError."""
        ...

    def check(self, folders: Sequence[str]) -> tuple[Catalogue, Sequence[Fault]]:
        """The catalogue with every fault; only the folders' own faults where there are folders."""
        ...


class HolidayReader(Protocol):
    """Knows public holidays."""

    def calendar(self, settings: CalendarSettings, years: Sequence[int]) -> Calendar:
        """The days on which nobody works in those years. Raises ConfigError for an unknown country."""
        ...


class OwnerFinder(Protocol):
    """Asks git, ownership files and rotation feeds."""

    def ask(
        self, settings: OwnershipSettings, question: OwnershipQuestion
    ) -> tuple[OwnershipEvidence, tuple[Problem, ...]]:
        """What they say, and what was odd; a source that fails is a problem, never an error."""
        ...


class Similarity(Protocol):
    """Knows how like sentences are."""

    def matrix(self, first: Sequence[str], second: Sequence[str]) -> Sequence[Sequence[float]]:
        """How like each of ``first`` is to each of ``second``, from -1 to 1. Raises RequestError."""
        ...


class Clock(Protocol):
    """Knows the date and the time."""

    def now(self) -> datetime:
        """This instant, in UTC."""
        ...

    def today(self) -> date:
        """Today, where the program runs."""
        ...


class Output(Protocol):
    """Writes results."""

    def write(self, folder: str, files: Sequence[tuple[str, str]], *, force: bool) -> tuple[str, ...]:
        """Write (name, text) pairs, all or none, and return their paths. Raises OutputError, also where a
        file is there already and ``force`` is not set."""
        ...


class RuleChecker(Protocol):
    """What judges alert rules besides ourselves."""

    def complaint(self, rules: str, tests: Sequence[UnitTest]) -> str | None:
        """What it says against a rule file and its unit tests; empty where they pass, None where it cannot be asked."""
        ...


class Repository(Protocol):
    """The files of a repository."""

    def paths(self) -> list[str]:
        """Paths seen from its folder, in order."""
        ...

    def content(self, path: str) -> str:
        """The beginning of a file; empty where it cannot be read."""
        ...


class CheckRunner(Protocol):
    """Runs checks that somebody has allowed."""

    def run(self, check: Check) -> Outcome:
        """Make one check; what goes wrong is told in the outcome."""
        ...
