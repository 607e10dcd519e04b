"""Any text → findings → every format of the linter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import import_module

from fuzz.engine import examples

from postmortem_actions import lint

_FORMATS = ("text", "json", "sarif", "github")
_MORE = (
    b"- Improve monitoring\n  Owner: team\n  Due: ASAP\n- [x] Fix it @bob 2025-02-30\n<!-- pma-lint: ignore PMA101 reason: x -->\n",
    b"# Postmortem Action Plan\n\nCapacity: low\nDue dates: none, from 2025-01-01\n\n## 1) Action Items (Prioritized Table)\n\n"
    b"| ID | Action | Owner | Due | Priority | Category | Done when |\n|---|---|---|---|---|---|---|\n"
    b"| A1 | Add an alert | @bob | 2025-02-01 | P0 | detection | it fires |\n\n## 2) P0\n\n### A1: Add an alert\n\n"
    b"Owner: bob (x)\nDue: 2025-02-01: soon\nDone when:\n- it fires\nImpact: high; strength strong\n",
    b'{"actions": [{"id": "A1", "title": "x", "statement": "y", "owner": {"person": null, "known": "z", "why": "w"},'
    b' "due": {"on": "2025-01-01"}, "done_when": ["a"], "priority": "P0", "category": "detection", "strength": "weak"}],'
    b' "request": {"today": "2025-01-01"}, "incident": {"date": null}}',
)


def seeds() -> Iterator[bytes]:
    """The examples' RCAs, a list, and plans in both forms."""
    yield from examples("*/rca.md")
    yield from _MORE


def check(data: bytes) -> None:
    """Nothing may be raised; every finding stands on a line of the text and can be shown."""
    text = data.decode("utf-8", "replace")
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    findings = lint(text, "notes.md", date(2025, 3, 4))
    for finding in findings:
        assert 1 <= finding.line <= last, finding
    for name in _FORMATS:
        import_module(f"postmortem_actions.render.lint_{name}").render(findings)
