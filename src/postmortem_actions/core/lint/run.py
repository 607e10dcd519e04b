"""Lint one document."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from .checks import check_item, check_list
from .findings import Finding, make
from .ignores import apply_ignores
from .items import read_items
from .knowledge import LintKnowledge

_SLOT = re.compile(r"TODO\((?:action [A-Z]\d+: )?([^()\n]{1,80})\)|\bTODO_(\w{1,60})")


def lint(text: str, path: str, knowledge: LintKnowledge, today: date | None) -> tuple[Finding, ...]:
    """Every finding on the actions of a document, in order of line and code.

    ``today`` is used for overdue dates where the document itself names no planning date."""
    listed = read_items(text, knowledge.headings, knowledge.forms)
    if not listed.items:
        message = (
            "no actions found: looked for a plan of ours, action tables, task lists and bullets under a "
            "heading such as 'Action items'"
        )
        return tuple(apply_ignores([make("PMA900", message, path, 1)], text, path))
    findings = [found for item in listed.items for found in check_item(item, listed, knowledge, path, today)]
    findings += check_list(listed, knowledge, path)
    findings += _unfilled(text, path)
    return tuple(sorted(apply_ignores(findings, text, path), key=lambda f: (f.line, f.code, f.message)))


def _unfilled(text: str, path: str) -> list[Finding]:
    """One finding that counts the slots of artifacts which nobody has filled in, at the first of them."""
    found = [
        (number, one[1] or one[2]) for number, line in enumerate(text.splitlines(), 1) for one in _SLOT.finditer(line)
    ]
    if not found:
        return []
    counts = Counter(slot for _, slot in found)
    named = ", ".join(slot + (f" ({n} times)" if n > 1 else "") for slot, n in sorted(counts.items()))
    what = "slot of artifacts is" if len(counts) == 1 else "slots of artifacts are"
    return [make("PMA701", f"{len(counts)} {what} still to be filled in: {named}", path, found[0][0])]
