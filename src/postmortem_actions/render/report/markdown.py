"""A report in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.policy import Priority
from ...core.tracking.counts import Group
from ...core.tracking.report import Report


def as_markdown(report: Report) -> str:
    """The report: words first, then the tables."""
    lines = [f"# Postmortem actions: {report.scope}", "", f"As of {report.on}.", ""]
    lines += [f"- {sentence}" for sentence in report.words]
    lines += ["", "## By state and priority", ""]
    lines += _table(
        ["State", *(p.value for p in Priority), "All"],
        [
            [state.value, *(str(n) for _, n in row), str(sum(n for _, n in row))]
            for state, row in report.by_state
        ],
    )
    lines += ["", "Past the due date: " + ", ".join(f"{n} {p.value}" for p, n in report.late) + "."]
    for title, table in (("By category", report.categories), ("By strength", report.strengths)):
        lines += ["", f"## {title}", ""]
        lines += _table(
            ["", *(g.value for g in Group)], [[name, *(str(n) for _, n in row)] for name, row in table]
        )
    lines += ["", "## How long open actions have been open", ""]
    lines += _table(["Open for", "Actions"], [[age, str(n)] for age, n in report.ages])
    kept, missed = report.on_time
    lines += ["", "## Time", "", f"- Claimed done by the due date: {kept} of {kept + missed}"]
    if report.days:
        lines.append(
            f"- Planned to verified: half within {report.days[0]} days, nine in ten within {report.days[1]}"
        )
    else:
        lines.append("- Planned to verified: nothing is verified yet")
    if report.coverage:
        lines += [
            "",
            "## Detection coverage",
            "",
            "Signals of the incidents of each quarter, and how many are covered.",
            "",
        ]
        lines += _table(
            ["Quarter", "Signals", "Before", "Verified now", "With everything planned"],
            [
                [c.quarter, str(c.signals), str(c.before), str(c.verified), str(c.planned)]
                for c in report.coverage
            ],
        )
    if report.worst:
        lines += ["", "## Incidents with unfinished actions", ""]
        rows = [[w.plan, w.title, str(w.date or ""), f"{w.unfinished} of {w.total}"] for w in report.worst]
        lines += _table(["Plan", "Incident", "Date", "Unfinished"], rows)
    if report.overdue:
        lines += ["", "## Longest overdue", ""]
        rows = [[a.name, a.priority.value, a.title, a.owner or "nobody", str(a.due)] for a in report.overdue]
        lines += _table(["Action", "Priority", "Title", "Owner", "Due"], rows)
    return "\n".join(lines) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(head), "|" + "---|" * len(head), *(line(row) for row in rows)]
