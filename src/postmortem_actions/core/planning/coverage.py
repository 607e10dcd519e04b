"""Detection coverage: every signal before the plan and once P0, P1 and P2 actions are done and verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model import Action, Coverage, CoverageCell, CoverageRow
from ..policy import CoverageLevel, CoverageMeans, Priority

_FULL = {CoverageMeans.ALERT, CoverageMeans.CHECK}
_LEVELS = list(CoverageLevel)
_MEANS = list(CoverageMeans)


@dataclass(frozen=True, slots=True)
class SignalBefore:
    """A signal, and how it was watched before the incident as far as the RCA tells."""

    signal: str
    before: CoverageCell


def coverage(signals: Sequence[SignalBefore], actions: Sequence[Action]) -> Coverage:
    """The coverage map. An alert or a check covers a signal; a dashboard, a log or a partial measure helps."""
    before = {signal.signal: signal.before for signal in signals}
    for action in actions:
        for cover in action.covers:
            before.setdefault(cover.signal, CoverageCell(CoverageLevel.NONE))
    rows = []
    for signal, cell in before.items():
        cells = [cell]
        for priorities in ({Priority.P0}, {Priority.P1}, {Priority.P2, Priority.P3}):
            cells.append(_after(cells[-1], signal, [a for a in actions if a.priority in priorities]))
        rows.append(CoverageRow(signal, cells[0], cells[1], cells[2], cells[3]))
    counts = [
        sum(1 for row in rows if getattr(row, stage).level is CoverageLevel.COVERED)
        for stage in ("before", "after_p0", "after_p1", "after_p2")
    ]
    return Coverage(tuple(rows), (counts[0], counts[1], counts[2], counts[3]))


def _after(before: CoverageCell, signal: str, actions: Sequence[Action]) -> CoverageCell:
    level, means, by = before.level, set(before.means), list(before.by)
    for action in actions:
        for cover in action.covers:
            if cover.signal != signal:
                continue
            gained = (
                CoverageLevel.COVERED if cover.means in _FULL and not cover.partial else CoverageLevel.PARTIAL
            )
            level = max(level, gained, key=_LEVELS.index)
            means.add(cover.means)
            if action.id not in by:
                by.append(action.id)
    return CoverageCell(level, tuple(sorted(means, key=_MEANS.index)), tuple(by), before.evidence)
