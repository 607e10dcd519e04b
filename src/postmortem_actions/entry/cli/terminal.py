"""What stands between the program and a terminal: colour, control characters, notes and results."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING

from ...errors import PostmortemActionsError

if TYPE_CHECKING:
    from ...core.model import Problem

# Text of a document could otherwise move the cursor or change the window's title.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MOST_NOTES = 5


def plain(text: str) -> str:
    """The text without control characters (tabs and line ends stay)."""
    return _CONTROL.sub("", text)


def wants_colour(stream: IO[str], no_color: bool = False) -> bool:
    """Whether to colour what goes to ``stream``: never with ``--no-color`` or NO_COLOR, always with
    FORCE_COLOR, else where it is a terminal. Source: no-color.org and force-color.org."""
    if no_color or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str, stream: IO[str]) -> str:
    """The text in an ANSI colour where the stream wants colour."""
    codes = {"red": 31, "yellow": 33, "dim": 2}
    return f"\x1b[{codes[colour]}m{text}\x1b[0m" if wants_colour(stream) else text


def error_text(error: PostmortemActionsError) -> str:
    """What happened, where, and what to do next."""
    head = f"{error.where}: {error.message}" if error.where else error.message
    text = f"{paint('error:', 'red', sys.stderr)} {plain(head)}"
    return f"{text}\n  {plain(error.fix)}" if error.fix else text


def result(text: str) -> None:
    """Print a result: the only thing that goes to standard output."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def note(text: str) -> None:
    """Print something about the result, to standard error."""
    print(plain(text), file=sys.stderr)


def note_problems(problems: Iterable[Problem], more: str) -> None:
    """Print the weightiest problems; ``more`` says where the others are to be found."""
    told = [problem for problem in problems if problem.severity.value != "info"]
    for problem in told[:_MOST_NOTES]:
        line = f"L{problem.line}: " if problem.line else ""
        word = paint(f"{problem.severity.value}:", "yellow", sys.stderr)
        print(f"{word} {plain(line + problem.message)}", file=sys.stderr)
        if problem.fix:
            note(f"  {problem.fix}")
    if len(told) > _MOST_NOTES:
        note(f"({len(told) - _MOST_NOTES} more: {more})")


def progress_of(stream: IO[str] | None) -> Callable[[str], None] | None:
    """Shows what takes long on a terminal, each step in the place of the one before (an empty one clears
    it); nothing elsewhere."""
    if stream is None or not stream.isatty():
        return None

    def show(step: str) -> None:
        stream.write("\r\033[2K" + (f"{plain(step)} …" if step else ""))
        stream.flush()

    return show
