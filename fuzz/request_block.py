"""Any text → request block → settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fuzz.engine import examples

from postmortem_actions.core.request_block import parse_request_block
from postmortem_actions.core.settings import GivenBy, GivenValue, resolve_request
from postmortem_actions.errors import PostmortemActionsError

_MORE = (
    b"```\n/postmortem-actions\nRCA: <paste>\nSCOPE: team\nCAPACITY: low|high\n```\n",
    b"RCA: [page](https://a.example/x_(y))\nDUE_DATE_POLICY: none\n",
    b"RCA: |\n  # Outage\n  Root cause: x\nTRACKING_SYSTEM: jira\r\nprioritization: `impact-first`\r\n",
    b"/postmortem-actions\nRCA: ./a b.md\nloose text\n",
)


def seeds() -> Iterator[bytes]:
    """The examples' request blocks, and other ways in which people write one."""
    yield from examples("*/request.md")
    yield from _MORE


def check(data: bytes) -> None:
    """Only RequestError may come out; at most one of text and reference is there, lines are in the text."""
    text = data.decode("utf-8", "replace")
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    try:
        block = parse_request_block(text, "request.md")
        if block is None:
            return
        assert block.rca is None or block.reference is None
        assert 1 <= block.rca_line <= last
        for value in block.values:
            assert 1 <= value.line <= last
        for problem in block.problems:
            assert problem.line is None or 1 <= problem.line <= last
        if block.rca is not None:
            assert block.rca.count("\n") <= last
        given = [GivenValue(v.name, v.text, GivenBy.BLOCK, f"request.md:{v.line}") for v in block.values]
        resolve_request("request.md", date(2025, 3, 4), given)
    except PostmortemActionsError as error:
        assert error.fix
