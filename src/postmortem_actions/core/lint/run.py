"""Lint one document."""

from __future__ import annotations

from datetime import date

from .checks import check_item, check_list
from .findings import Finding, make
from .ignores import apply_ignores
from .items import read_items
from .knowledge import LintKnowledge


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
    return tuple(sorted(apply_ignores(findings, text, path), key=lambda f: (f.line, f.code, f.message)))
