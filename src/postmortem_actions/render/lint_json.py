"""Findings for machines: a list of objects."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..core.lint import Finding


def render(findings: Sequence[Finding]) -> str:
    """A JSON list with code, severity, message, fix, path and line."""
    rows = [
        {
            "code": f.code,
            "severity": f.severity.value,
            "message": f.message,
            "fix": f.fix,
            "path": f.path,
            "line": f.line,
        }
        for f in findings
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
