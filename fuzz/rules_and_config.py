"""Any bytes as a file of rules, slots, names or headings, or as a config. The first byte chooses."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from postmortem_actions.adapters import catalogue_files
from postmortem_actions.adapters.catalogue_files import data_folder, load_knowledge
from postmortem_actions.adapters.config import TomlConfig
from postmortem_actions.adapters.package_data import read_text
from postmortem_actions.core.model import Request
from postmortem_actions.core.pipeline import build_plan, read_rca
from postmortem_actions.errors import CatalogueError, PostmortemActionsError

_FILES = ("rule.yaml", "slots.yaml", "names.yaml", "headings.yaml", "postmortem-actions.toml")
_RCA = "# Outage\n\n## Root cause\n\nThere was no index and no alert; the disk was full because of `a_b`.\n"
_CONFIG = """
[request]
capacity = "low"
[people.ana]
name = "Ana"
roles = ["author"]
owns = ["api"]
[modules]
api = "ana"
[teams.core]
members = ["ana"]
lead = "ana"
[rotation]
order = ["ana"]
[roles]
security = "ana"
[calendar]
country = "DE"
holidays = [2025-01-01, "2025-01-02"]
weekend = ["fri", "sat"]
"""


def seeds() -> Iterator[bytes]:
    """Some of our own data files, and two configs."""
    rules = sorted((data_folder() / "rules").rglob("*.yaml"), key=lambda path: path.stat().st_size)
    for path in rules[:6]:
        yield b"\x00" + path.read_bytes()
    for number, name in enumerate(_FILES[1:4], 1):
        yield bytes([number]) + (data_folder() / name).read_bytes()[:2000]
        yield bytes([number]) + b"a: [b, 1]\nc: {patterns: ['(x)'], otherwise: y, assume: 5}\nd:\n"
    yield b"\x04" + read_text("starting-config.toml").encode()
    yield b"\x04" + _CONFIG.encode()


@lru_cache(maxsize=1)
def _folder() -> Path:
    made = tempfile.TemporaryDirectory(prefix="fuzz-")
    _kept.append(made)
    return Path(made.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


def check(data: bytes) -> None:
    """Only CatalogueError and ConfigError may come out, each with its place; rules that are accepted work."""
    if not data:
        return
    name = _FILES[data[0] % len(_FILES)]
    path = _folder() / name
    path.write_bytes(data[1:])
    try:
        if name.endswith(".toml"):
            TomlConfig(str(path)).read()
        else:
            _check_rules(path)
    except PostmortemActionsError as error:
        assert error.where
        assert error.fix
    finally:
        path.unlink()


def _check_rules(path: Path) -> None:
    """Checked and loaded without ours: reading those each time would cost most of the run."""
    ours, catalogue_files._files = catalogue_files._files, lambda extra: [_kind(path)]
    try:
        for fault in catalogue_files.check_files([path])[1]:
            assert str(fault)
        knowledge = load_knowledge([path], cache=False)
    except CatalogueError:
        return
    finally:
        catalogue_files._files = ours
    build_plan(read_rca(_RCA, "rca.md", knowledge.reading), Request("rca.md", date(2025, 3, 4)), knowledge)


def _kind(path: Path) -> tuple[str, Path]:
    return catalogue_files._USER_FILES.get(path.name, "rule"), path
