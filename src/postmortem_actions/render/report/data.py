"""A report for machines: JSON with everything, CSV with one count a line."""

from __future__ import annotations

import csv
import io
import json

from ...core.codec import encode
from ...core.tracking.report import Report


def as_json(report: Report) -> str:
    """Everything, as JSON."""
    return json.dumps(
        {
            "scope": encode(report.scope),
            "on": report.on.isoformat(),
            "incidents": report.incidents,
            "unfinished_incidents": report.unfinished_incidents,
            "total": report.total,
            "by_group": {group.value: n for group, n in report.by_group},
            "by_state": {state.value: {p.value: n for p, n in row} for state, row in report.by_state},
            "overdue_by_priority": {p.value: n for p, n in report.late},
            "categories": {name: {g.value: n for g, n in row} for name, row in report.categories},
            "strengths": {name: {g.value: n for g, n in row} for name, row in report.strengths},
            "open_ages": dict(report.ages),
            "claimed_on_time": {"kept": report.on_time[0], "missed": report.on_time[1]},
            "days_to_verified": {"median": report.days[0], "p90": report.days[1]} if report.days else None,
            "coverage": encode(report.coverage),
            "worst_incidents": encode(report.worst),
            "overdue": [encode(action) for action in report.overdue],
            "words": list(report.words),
        },
        ensure_ascii=False,
        indent=2,
    )


def as_csv(report: Report) -> str:
    """One count a line: measure, word, further word, count."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["measure", "of", "by", "count"])
    writer.writerow(["incidents", "", "", report.incidents])
    writer.writerow(["incidents with unfinished actions", "", "", report.unfinished_incidents])
    for state, row in report.by_state:
        writer.writerows(["state", state.value, priority.value, n] for priority, n in row)
    for priority, n in report.late:
        writer.writerow(["overdue", "", priority.value, n])
    for measure, table in (("category", report.categories), ("strength", report.strengths)):
        for name, groups in table:
            writer.writerows([measure, name, group.value, n] for group, n in groups)
    for age, n in report.ages:
        writer.writerow(["open for", age, "", n])
    writer.writerow(["claimed by due date", "kept", "", report.on_time[0]])
    writer.writerow(["claimed by due date", "missed", "", report.on_time[1]])
    if report.days:
        writer.writerow(["days to verified", "median", "", report.days[0]])
        writer.writerow(["days to verified", "90 %", "", report.days[1]])
    for line in report.coverage:
        for what, n in (
            ("signals", line.signals),
            ("before", line.before),
            ("verified", line.verified),
            ("planned", line.planned),
        ):
            writer.writerow(["coverage", line.quarter, what, n])
    return out.getvalue()
