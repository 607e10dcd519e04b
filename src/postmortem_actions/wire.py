"""The only place that chooses adapters: it puts together what the use cases need."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from .adapters.clock import SystemClock
from .adapters.config import FILE_NAME, TomlConfig
from .adapters.holiday_calendar import HolidayCalendar
from .adapters.output import FolderOutput
from .adapters.sources import DEFAULT_LIMIT, AnySource
from .core.model import Plan
from .service import Ports

if TYPE_CHECKING:
    from .core.catalogue import Catalogue, Fault
    from .core.knowledge import Knowledge
    from .core.lint import LintKnowledge
    from .core.ports import OwnerFinder, Similarity

CONFIG_FILE = FILE_NAME


@dataclass(frozen=True, slots=True)
class Choices:
    """What a caller may choose of the adapters. ``config`` is a path (None: look for the file);
    ``limit`` is in bytes (None: the default); ``stdin`` is what ``-`` reads."""

    config: str | None = None
    stdin: BinaryIO | None = None
    limit: int | None = None
    encoding: str | None = None
    allow_private: bool = False
    progress: Callable[[str], None] | None = None


class _Knowledge:
    """The data files of the package, and the user's folders of rules."""

    def load(self, folders: Sequence[str]) -> Knowledge:
        from .adapters.catalogue_files import load_knowledge

        return load_knowledge([Path(folder) for folder in folders])

    def check(self, folders: Sequence[str]) -> tuple[Catalogue, Sequence[Fault]]:
        from .adapters.catalogue_files import check_files

        return check_files([Path(folder) for folder in folders], builtin=not folders)


def ports(choices: Choices | None = None) -> Ports:
    """Adapters for the files, links, clock and config of this machine."""
    chosen = choices or Choices()
    limit = chosen.limit or DEFAULT_LIMIT
    return Ports(
        sources=AnySource(chosen.stdin, limit, chosen.encoding, chosen.allow_private, os.environ),
        config=TomlConfig(chosen.config),
        knowledge=_Knowledge(),
        holidays=HolidayCalendar(),
        clock=SystemClock(),
        output=FolderOutput(),
        plan_from_json=_plan_from_json,
        lint_knowledge=_lint_knowledge,
        similarity=_similarity,
        owners=lambda: _owners(chosen),
    )


def _owners(choices: Choices) -> OwnerFinder:
    from .adapters.owners.sources import OwnerSources

    return OwnerSources(os.environ, choices.progress)


def _similarity() -> Similarity:
    from .adapters.sentence_similarity import WordVectors

    return WordVectors()


def _plan_from_json(text: str) -> Plan:
    from .render.json_plan import from_json

    return from_json(text)


def _lint_knowledge() -> LintKnowledge:
    from .adapters.package_data import read_yaml
    from .core.lint import LintKnowledge

    data = (read_yaml(name) for name in ("lint.yaml", "headings.yaml", "forms.yaml"))
    return LintKnowledge.from_data(*data)


def starting_config() -> str:
    """The text that ``pma init`` writes."""
    from .adapters.package_data import read_text

    return read_text("starting-config.toml")


def plan_schema() -> str:
    """The JSON Schema of a plan."""
    from .adapters.package_data import read_text

    return read_text("schema/plan.schema.json")
