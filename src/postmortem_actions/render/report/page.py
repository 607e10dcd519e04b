"""A report as one HTML page, whose charts are inline SVG: no script, nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ...core.policy import Priority
from ...core.tracking.counts import Group
from ...core.tracking.report import Report

_COLOURS = {
    Group.OPEN: "#c0522a",
    Group.CLAIMED: "#c79a1e",
    Group.VERIFIED: "#2d7d46",
    Group.ENDED: "#8a8f98",
}
_WIDTH, _BAR, _GAP, _LABEL = 640, 22, 8, 150
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; }
th, td { padding: 0.25rem 0.75rem; text-align: left; border-bottom: 1px solid #8884; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; } svg text { font-size: 13px; fill: currentColor; }
.key span { display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.3em 0 1em; }
ul.words { font-size: 1.1rem; padding-left: 1.2rem; }
"""


def as_html(report: Report) -> str:
    """The page: words, charts and tables."""
    parts = [
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Postmortem actions: {escape(str(report.scope))}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>Postmortem actions: {escape(str(report.scope))}</h1><p>As of {report.on}.</p>",
        '<ul class="words">', *(f"<li>{escape(word)}</li>" for word in report.words), "</ul>", _key(),
    ]  # fmt: skip
    parts.append(
        _section("By category", _bars("Actions by category", [(n, dict(r)) for n, r in report.categories]))
    )
    parts.append(
        _section("By strength", _bars("Actions by strength", [(n, dict(r)) for n, r in report.strengths]))
    )
    ages = [(name, {Group.OPEN: n}) for name, n in report.ages]
    parts.append(_section("How long open actions have been open", _bars("Open actions by age", ages)))
    rows = [[state.value, *(n for _, n in row), sum(n for _, n in row)] for state, row in report.by_state]
    parts.append(
        _section("By state and priority", _table(["State", *(p.value for p in Priority), "All"], rows))
    )
    parts.append(
        _section("Past the due date", _table([p.value for p in Priority], [[n for _, n in report.late]]))
    )
    if report.coverage:
        head = ["Quarter", "Signals", "Before", "Verified now", "With everything planned"]
        lines = [[c.quarter, c.signals, c.before, c.verified, c.planned] for c in report.coverage]
        parts.append(_section("Detection coverage", _table(head, lines)))
    if report.worst:
        rows = [[w.plan, w.title, str(w.date or ""), f"{w.unfinished} of {w.total}"] for w in report.worst]
        parts.append(
            _section(
                "Incidents with unfinished actions", _table(["Plan", "Incident", "Date", "Unfinished"], rows)
            )
        )
    if report.overdue:
        rows = [[a.name, a.priority.value, a.title, a.owner or "nobody", str(a.due)] for a in report.overdue]
        parts.append(
            _section("Longest overdue", _table(["Action", "Priority", "Title", "Owner", "Due"], rows))
        )
    return "\n".join([*parts, "</main></body></html>"]) + "\n"


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{body}</section>"


def _key() -> str:
    words = "".join(f'<span style="background:{_COLOURS[g]}"></span>{g.value}' for g in Group)
    return f'<p class="key">{words}</p>'


def _bars(title: str, rows: Sequence[tuple[str, dict[Group, int]]]) -> str:
    """Bars of stacked groups, each with its number beside it, so that colour is never all there is."""
    most = max((sum(groups.values()) for _, groups in rows), default=0) or 1
    height = len(rows) * (_BAR + _GAP)
    room = _WIDTH - _LABEL - 150
    out = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" aria-label="{escape(title)}">'
    ]
    for n, (name, groups) in enumerate(rows):
        y = n * (_BAR + _GAP)
        out.append(f'<text x="{_LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        x = float(_LABEL)
        for group, count in groups.items():
            if count:
                width = count / most * room
                out.append(
                    f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{_COLOURS[group]}">'
                    f"<title>{escape(name)}: {count} {group.value}</title></rect>"
                )
                x += width
        told = " / ".join(str(count) for count in groups.values())
        out.append(f'<text x="{x + 6:.1f}" y="{y + 16}">{told}</text>')
    return "\n".join([*out, "</svg>"])


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [
        "<table><thead><tr>",
        *(f'<th scope="col">{escape(name)}</th>' for name in head),
        "</tr></thead><tbody>",
    ]
    for row in rows:
        cells = "".join(
            f"<td{' class=n' if isinstance(cell, int) else ''}>{escape(str(cell))}</td>" for cell in row
        )
        lines.append(f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</tbody></table>"])
