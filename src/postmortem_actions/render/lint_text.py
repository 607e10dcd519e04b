"""Findings for people: path:line, severity, code, message, and the fix below."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.lint import Finding
from ..core.model import Severity


def render(findings: Sequence[Finding]) -> str:
    """One block a finding, then the counts."""
    if not findings:
        return "No findings: every action has an owner, a date, a checkable done-when and clear words.\n"
    lines = []
    for f in findings:
        lines += [f"{f.path}:{f.line}: {f.severity.value} {f.code} {f.message}", f"    {f.fix}"]
    counts = ", ".join(f"{sum(1 for f in findings if f.severity is s)} {s.value}" for s in Severity)
    return "\n".join([*lines, "", f"{len(findings)} findings: {counts}"]) + "\n"
