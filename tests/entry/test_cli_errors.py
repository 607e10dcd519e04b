"""Whatever goes wrong: one clear message, the documented exit code, and never a traceback."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from postmortem_actions import service
from postmortem_actions.entry.cli.main import run

Call = Callable[..., Any]
PROGRAM = [sys.executable, "-m", "postmortem_actions"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "told"),
    [
        (("plan", "none.md"), b"", 3, "no such file"),
        (("plan", "."), b"", 3, "is a folder"),
        (("plan", "-"), b"", 3, "is empty"),
        (("plan", "-"), b"%PDF-1.7\n", 3, "is a damaged PDF"),
        (("plan", "-"), b"a\x00\x01\x02b", 3, "binary"),
        (("plan", "ftp://example.com/a"), b"", 3, "ftp"),
        (("plan", "rca.md", "rca.md"), b"", 2, "one document a call"),
        (("plan", "rca.md", "--config", "none.toml"), b"", 2, "no such config file"),
        (("plan", "rca.md", "--rules", "none"), b"", 4, "no such folder of rules"),
        (("plan", "rca.md", "--today", "soon"), b"", 2, "--today"),
        (("plan", "rca.md", "--today", "9999-12-31"), b"", 2, "9999-12-31"),
        (("plan", "rca.md", "--today", "0001-01-01"), b"", 2, "0001-01-01"),
        (("plan", "rca.md", "--encoding", "klingon"), b"", 3, "unknown encoding"),
        (("plan", "rca.md", "--format", "docx"), b"", 2, "docx"),
        (("plan", "rca.md", "-o", "rca.md"), b"", 6, "cannot be written"),
        (("explain", "rca.md", "Z9"), b"", 2, "no action 'Z9'"),
        (("explain", "-", "A1"), b'{"actions": 3}', 5, "error"),
        (("explain", "broken.json", "A1"), b"", 5, "broken.json"),
        (("lint", "none.md"), b"", 3, "no such file"),
        (("catalogue", "show", "databases.mising-index"), b"", 2, "databases.missing-index"),
        (("plann",), b"", 2, "did you mean plan?"),
        ((), b"", 2, "Usage"),
        (("catalogue",), b"", 2, "Usage"),
    ],
)
def test_errors_are_told_in_a_sentence_with_their_code(
    pma: Call, folder: Path, *, arguments: tuple[str, ...], stdin: bytes, code: int, told: str
) -> None:
    (folder / "broken.json").write_text("[1, 2]")
    ran = pma(*arguments, stdin=stdin)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_plan_is_not_an_rca(pma: Call) -> None:
    pma("plan", "rca.md", "-o", "out", "-q")
    for name in ("out/plan.md", "out/plan.json"):
        ran = pma("plan", name)
        assert ran.code == 3
        assert "is a plan already" in ran.err


@pytest.mark.parametrize("error", [ValueError("boom"), RecursionError(), MemoryError(), AssertionError()])
def test_an_error_of_our_own_is_short_and_says_how_to_see_more(
    pma: Call, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(service, "plan_document", fail)
    ran = pma("plan", "rca.md")
    assert ran.code == 70
    assert ran.err.startswith("internal error: ")
    assert "PMA_DEBUG=1" in ran.err
    assert "Traceback" not in ran.err
    monkeypatch.setenv("PMA_DEBUG", "1")
    assert "Traceback" in pma("plan", "rca.md").err


def test_interrupting_is_no_error_of_ours(pma: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "plan_document", interrupt)
    ran = pma("plan", "rca.md")
    assert (ran.code, ran.err) == (130, "interrupted\n")


def test_the_message_cannot_write_to_the_terminal(pma: Call) -> None:
    ran = pma("plan", "no\x1b[2Jthing.md")
    assert ran.code == 3
    assert "\x1b" not in ran.err


def test_without_an_argument_on_a_terminal_the_use_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    assert run(["plan"]) == 2
    assert "nothing to read" in capsys.readouterr().err


def test_a_reader_that_stops_early_is_no_error(folder: Path) -> None:
    script = f"{' '.join(PROGRAM)} plan rca.md -q | head -c 10; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("0\n")
    assert done.stderr == ""


def test_an_ascii_terminal_shows_codes_instead_of_failing(folder: Path) -> None:
    (folder / "rca.md").write_text("# Störung 漢字\n\nRoot cause: the disk was full.\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*PROGRAM, "plan", "rca.md"], capture_output=True, env=environment, check=False)
    assert done.returncode == 0
    assert b"St\\xf6rung" in done.stdout


def test_a_terminal_gets_the_table(folder: Path) -> None:
    """Run under a pseudo terminal: what a person sees, without asking for a format."""
    controller, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": "120", "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    command = [*PROGRAM, "plan", "rca.md"]
    process = subprocess.Popen(command, stdout=terminal, stderr=terminal, env=environment)
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(controller, 4096):
            shown += part
    except OSError:
        pass  # the terminal closes with the program
    assert process.wait(20) == 0
    assert b"\x1b[1mMail queue stuck" in shown
    assert b"# Postmortem Action Plan" not in shown


def _unread(pipe: int) -> int:
    """How many bytes wait in the pipe for the process to read."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_interrupting_the_process_gives_130(folder: Path) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "plan", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b"# Disk")
    process.stdin.flush()
    end = time.monotonic() + 60
    while _unread(process.stdin.fileno()) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)  # it has read what there is, and waits for the rest of its input
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in errors
