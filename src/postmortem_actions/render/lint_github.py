"""Findings as GitHub workflow commands, which show as annotations on the changed lines."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.lint import Finding
from ..core.model import Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def render(findings: Sequence[Finding]) -> str:
    """One ``::error file=…,line=…,title=…::message`` a finding."""
    return "".join(
        f"::{_COMMANDS[f.severity]} file={_property(f.path)},line={f.line},title={_property(f.code)}::{_message(f'{f.message}. {f.fix}')}\n"
        for f in findings
    )
