"""Progress is for people at a terminal."""

from __future__ import annotations

import io

from postmortem_actions.entry.cli.terminal import progress_of


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_step_takes_the_place_of_the_one_before_and_the_end_clears_it() -> None:
    stream = _Terminal()
    show = progress_of(stream)
    assert show is not None
    show("reading the history of 3 files")
    show("reading\x1b[2J more")
    show("")
    shown = stream.getvalue().split("\r\033[2K")
    assert shown == ["", "reading the history of 3 files …", "reading[2J more …", ""]


def test_nothing_is_shown_in_a_pipe() -> None:
    assert progress_of(io.StringIO()) is None
    assert progress_of(None) is None
