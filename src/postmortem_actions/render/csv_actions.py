"""The actions as CSV (RFC 4180), one row each, kept and deferred, for spreadsheets and imports."""

from __future__ import annotations

import csv
import io
import re

from ..core.model import Action, Plan

COLUMNS = (
    "id", "state", "priority", "category", "title", "statement", "impact", "effort", "strength", "owner", "owner_why",
    "backup", "due", "done_when", "verification", "depends_on", "evidence_lines", "origin", "ticket", "reason_deferred",
)  # fmt: skip
# A spreadsheet would run a cell that begins so; a leading apostrophe makes it text.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def _safe(text: str) -> str:
    figure = re.fullmatch(r"[-+]?\d[\d .,]*%?", text)
    return f"'{text}" if text.startswith(_DANGEROUS) and not figure else text


def _row(action: Action, state: str, reason: str) -> list[str]:
    check = action.verification
    cells = [
        action.id, state, action.priority.value, action.category.value, action.title, action.statement,
        action.impact.value, action.effort.value, action.strength.value, action.owner.person or "unresolved",
        action.owner.why, (action.backup.person or "unresolved") if action.backup else "",
        action.due.on.isoformat() if action.due.on else "", "; ".join(action.done_when),
        f"{check.method}: {check.success}", " ".join(action.depends_on),
        " ".join(str(evidence.span) for evidence in action.evidence), f"{action.origin.kind.value}: {action.origin.ref}",
        action.ticket or "", reason,
    ]  # fmt: skip
    return [_safe(cell) for cell in cells]


class _Csv:
    name = "csv"
    file = "actions.csv"

    def render(self, plan: Plan) -> str:
        """The actions as CSV with a head row."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for action in plan.actions:
            writer.writerow(_row(action, "kept", ""))
        for deferred in plan.deferred:
            writer.writerow(_row(deferred.action, "deferred", deferred.reason))
        return out.getvalue()


RENDERER = _Csv()
