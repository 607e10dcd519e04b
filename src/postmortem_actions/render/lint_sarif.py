"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

from .. import __version__
from ..core.lint import CODES, Finding
from ..core.model import Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(findings: Sequence[Finding]) -> str:
    """One run with all rules and a result a finding."""
    rules = [
        {
            "id": code, "name": "".join(word.capitalize() for word in entry.name.replace("-", " ").split()),
            "shortDescription": {"text": entry.name}, "help": {"text": entry.fix},
            "defaultConfiguration": {"level": _LEVELS[entry.severity]},
        }
        for code, entry in CODES.items()
    ]  # fmt: skip
    order = list(CODES)
    results = [
        {
            "ruleId": f.code, "ruleIndex": order.index(f.code), "level": _LEVELS[f.severity],
            "message": {"text": f"{f.message}. {f.fix}"},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": quote(f.path.replace("\\", "/"))}, "region": {"startLine": f.line}}}
            ],
        }
        for f in findings
    ]  # fmt: skip
    driver = {"name": "postmortem-actions", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    return (
        json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)
        + "\n"
    )
