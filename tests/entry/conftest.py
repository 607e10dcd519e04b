"""The program run in this process, in a folder of its own, with a made-up RCA at hand."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import postmortem_actions
from postmortem_actions.entry.cli.main import run

RCA = """# Mail queue stuck

- **Incident ID**: MAIL-7
- **Date**: 2026-03-02
- **Severity**: SEV-2
- **Service**: mail-relay

## Summary

Outgoing mail of 300 customers was late by 50 minutes.

## Root cause

The disk was full because the log files were never rotated.

## Detection

There was no alert on disk usage. Customers told us.
"""


@dataclass(frozen=True)
class Ran:
    """What a call left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Path:
    """The working folder, with rca.md in it and nothing of the user's environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("PMA_STORE", str(tmp_path / ".store" / "actions.db"))
    # Processes that a test starts run the same code, installed or not.
    monkeypatch.setenv("PYTHONPATH", str(Path(postmortem_actions.__file__).parents[1]))
    for name in ("NO_COLOR", "FORCE_COLOR", "PMA_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "rca.md").write_text(RCA, encoding="utf-8")
    return tmp_path


@pytest.fixture
def pma(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Call ``pma`` with arguments, and bytes for its standard input."""

    def call(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run(arguments)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call
