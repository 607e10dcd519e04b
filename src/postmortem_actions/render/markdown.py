"""The plan as Markdown: sections 0 to 7 of the specification, then deferred actions, assumptions and
open questions, and traceability. Nothing here carries a tick: nothing is verified yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..core.model import CoverageCell, CoverageRow, Fact, Plan
from ..core.policy import CoverageLevel, Priority
from ..core.text.spans import minutes_in_words
from .markdown_actions import details, table, verification
from .markdown_text import cell, inline, line, quoted

NOT_STATED = "not stated in the RCA"


def _header(plan: Plan) -> list[str]:
    request, incident = plan.request, plan.incident
    name = incident.id.text if incident.id else ""
    facts = [
        ("Incident", incident.title if not name or name in incident.title else f"{name}: {incident.title}"),
        ("Date", incident.date.isoformat() if incident.date else NOT_STATED),
        ("RCA", request.rca),
        ("Scope", f"{request.scope.value}{f' ({incident.services[0].text})' if incident.services else ''}"),
        ("Prioritization", request.prioritization.value),
        ("Capacity", request.capacity.value),
        ("Ownership model", request.ownership_model.value),
        ("Due dates", f"{request.due_date_policy.value}, planned on {request.today.isoformat()}"),
    ]
    if incident.severity:
        facts.insert(2, ("Severity", incident.severity.text))
    return ["# Postmortem Action Plan", "", *(f"**{name}**: {inline(text)}  " for name, text in facts)]


def _facts(facts: Sequence[Fact]) -> str:
    if not facts:
        return NOT_STATED
    return "; ".join(f"{inline(f.text)}{f' ({f.evidence.span})' if f.evidence else ''}" for f in facts[:3])


def _summary(plan: Plan) -> list[str]:
    radius, brief = plan.incident.blast_radius, plan.summary
    length = NOT_STATED
    if radius.duration is not None:
        where = f" ({radius.duration.evidence.span})" if radius.duration.evidence else ""
        length = f"{inline(radius.duration.text)}{', computed from the times' if radius.duration.computed else ''}{where}"
    lever = f"{inline(brief.leverage_point)}{f' ({brief.leverage_action})' if brief.leverage_action else ''}"
    counts = {priority: sum(1 for a in plan.actions if a.priority is priority) for priority in Priority}
    words = {
        Priority.P0: "P0 (Critical)",
        Priority.P1: "P1 (High)",
        Priority.P2: "P2 (Medium)",
        Priority.P3: "P3 (Low)",
    }
    shown = [p for p in Priority if p is not Priority.P3 or counts[p]]
    return [
        f"**Incident theme**: {inline(brief.theme)}", "",
        f"**Primary failure mode**: {inline(brief.primary_failure_mode)}", "",
        f"**Top prevention leverage point**: {lever}", "",
        "**Blast radius**:", "",
        f"- **Users affected**: {_facts(radius.users)}",
        f"- **Duration**: {length}",
        f"- **Business impact**: {_facts(radius.business)}", "",
        "**Action summary**:", "",
        f"- **Total actions**: {len(plan.actions)}",
        *(f"- **{words[p]}**: {counts[p]} action{'' if counts[p] == 1 else 's'}" for p in shown),
        f"- **Deferred**: {len(plan.deferred)}",
    ]  # fmt: skip


def _cell(cell_: CoverageCell, *, before: bool) -> str:
    means = " and ".join(m.value for m in cell_.means)
    if before:
        lines = ", ".join(str(ev.span) for ev in cell_.evidence[:2])
        known = (
            f", {lines}" if lines else ", the RCA does not say" if cell_.level is CoverageLevel.NONE else ""
        )
        return f"{cell_.level.value}{f': {means}' if means else ''}{known}"
    if not cell_.by:
        return f"{cell_.level.value}{f': {means}' if means else ''}"
    partly = "partly " if cell_.level is CoverageLevel.PARTIAL else ""
    return f"planned: {partly}{means} ({', '.join(cell_.by)})"


def _after(row: CoverageRow) -> list[str]:
    """The cells after P0, P1 and P2; at the first whose actions bring the alert, what the simulation says of it."""
    told, proof, cells = False, row.proof, []
    for one in (row.after_p0, row.after_p1, row.after_p2):
        text = _cell(one, before=False)
        if proof is not None and not told and set(proof.by) & set(one.by):
            text += f"; proved by simulation: fires after {minutes_in_words(proof.minutes_after)}"
            if proof.minutes_before is not None:
                text += f", people noticed after {minutes_in_words(proof.minutes_before)}"
            told = True
        cells.append(text)
    return cells


def coverage_words(plan: Plan) -> list[list[str]]:
    """Each signal with its four cells in words: no tick for what nobody has verified."""
    return [
        [
            row.signal,
            _cell(row.before, before=True),
            *_after(row),
        ]
        for row in plan.coverage.rows
    ]


def _coverage(plan: Plan) -> list[str]:
    rows = plan.coverage.rows
    if not rows:
        return ["None. No signal is known for these failure modes."]
    lines = ["| Signal | Before | After P0 | After P1 | After P2 |", "| --- | --- | --- | --- | --- |"]
    for cells in coverage_words(plan):
        lines.append("| " + " | ".join(cell(text) for text in cells) + " |")
    total, covered = len(rows), plan.coverage.covered
    proved = sum(row.proof is not None for row in rows)
    shown = f" {proved} of {total} are proved by simulation." if proved else ""
    return [*lines, "",
                f"**Detection improvement**: {covered[0]} of {total} signals covered before; {covered[1]} of "
                f"{total} once the P0 actions are done and "
            f"verified, {covered[2]} of {total} after P1, {covered[3]} of {total} after P2.{shown}"]  # fmt: skip


def _validation(plan: Plan) -> list[str]:
    titles = {action.id: action.title for action in plan.actions}
    lines = [f"**Objective**: {inline(plan.validation.objective)}", ""]
    for entry in plan.validation.actions:
        lines += [
            f"### Validation: {entry.action} ({inline(titles.get(entry.action, ''))})",
            "",
            *verification(entry.verification),
        ]
    lines += ["### Validation: Full system (all actions)", "", *verification(plan.validation.system)]
    return lines[:-1]


def _tracking(plan: Plan) -> list[str]:
    tracking = plan.tracking
    system = tracking.system.value
    lines = [
        f"**Tracking system**: {'none' if system == 'none' else system.capitalize()}  ",
        f"**Epic**: {inline(tracking.epic)}",
        "",
        "**Tickets**:",
        "",
    ]
    lines += [
        f"- {inline(t.title)}: {f'{inline(t.ref)} (stated in the RCA)' if t.ref else 'to be created' if system != 'none' else 'no ticket'}"
        for t in tracking.tickets
    ] or ["- none"]
    lines += ["", "**Follow-up meetings**:", ""]
    lines += [
        f"- **{m.on.isoformat() if m.on else 'no date'}**: {m.name} ({', '.join(m.actions)}). {inline(m.agenda)}"
        for m in tracking.meetings
    ] or ["- none"]
    lines += _loads(plan)
    roll = tracking.rollup
    counts = ", ".join(f"{n} {p.value}" for p, n in roll.counts) or "no"
    lines += ["", "**Rollup reporting** (for leadership):", "",
              f"- **Incident**: {inline(roll.incident)}", f"- **Impact**: {inline(roll.impact)}",
              f"- **Root cause**: {inline(roll.root_cause)}",
              f"- **Actions planned**: {counts}", f"- **Status**: {inline(roll.status)}"]  # fmt: skip
    return [*lines, *(f"- **{when}**: {inline(what)}" for when, what in roll.milestones)]


def _loads(plan: Plan) -> list[str]:
    if not plan.loads:
        return []
    lines = [
        "", "**Load of the owners** (working days of effort; room is the share of a working day for follow-up work):", "",
        "| Owner | Room | Days before | Days after | P0 before | P0 after | Busy until |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for load in plan.loads:
        cells = (
            load.person, f"{load.share:.0%}", f"{load.days_before:g}", f"{load.days_after:g}", str(load.p0s_before),
            str(load.p0s_after), str(load.busy_until or "no end in sight"),
        )  # fmt: skip
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
    return lines


def _deferred(plan: Plan) -> list[str]:
    if not plan.deferred:
        return ["None. Everything that was proposed is in the plan."]
    lines = [
        "| ID | Category | Action | Priority | Effort | Reason |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for d in plan.deferred:
        a = d.action
        lines.append(
            "| "
            + " | ".join(
                cell(t)
                for t in (
                    a.id,
                    a.category.value.capitalize(),
                    a.title,
                    a.priority.value,
                    a.effort.value,
                    d.reason,
                )
            )
            + " |"
        )
    return lines


def _assumptions(plan: Plan) -> list[str]:
    lines = ["**Assumptions** (defaults that nobody stated; confirm or change them):", ""]
    lines += ["- " + _assumed(a.name, a.value, a.why, a.used_by) for a in plan.assumptions] or ["- none"]
    lines += ["", "**Open questions**:", "", *(f"- {line(q)}" for q in plan.open_questions)]
    lines += [] if plan.open_questions else ["- none"]
    lines += ["", "**Problems in the RCA and the plan**:", ""]
    lines += [
        f"- {line(' '.join(filter(None, (f'L{p.line}:' if p.line else '', p.message, p.fix))))}"
        for p in plan.problems
    ] or ["- none"]
    return lines


def _assumed(name: str, value: str, why: str, used_by: tuple[str, ...]) -> str:
    reason = f" ({why})" if why else ""
    used = f"; used by {', '.join(used_by)}" if used_by else ""
    return inline(f"{name.replace('_', ' ')}: {value}{reason}{used}")


def _traceability(plan: Plan) -> list[str]:
    lines = ["| Action | Answers | Lines of the RCA | Origin |", "| --- | --- | --- | --- |"]
    for action in plan.actions:
        quotes = "; ".join(quoted(evidence, 90) for evidence in action.evidence[:3])
        origin = f"{action.origin.kind.value}: {action.origin.ref}"
        row = [action.id, ", ".join(action.addresses) or "a gap", quotes, origin]
        lines.append(
            "| "
            + " | ".join(text.replace("|", "\\|") if n == 2 else cell(text) for n, text in enumerate(row))
            + " |"
        )
    modes = ["", "**Failure modes**:", ""]
    modes += [
        f"- {m.id}: {inline(m.title)} ({m.role.value}, {m.kind}), {', '.join(str(ev.span) for ev in m.evidence[:4])}"
        for m in plan.failure_modes
    ]
    if not plan.failure_modes:
        modes.append("- none found")
    return [*(lines if plan.actions else ["None. There is no action to trace."]), *modes]


SECTIONS: tuple[tuple[str, Callable[[Plan], list[str]]], ...] = (
    ("0) Summary", _summary),
    ("1) Action Items (Prioritized Table)", lambda plan: table(plan.actions)),
    ("2) Immediate Actions (P0)", lambda plan: details(plan, (Priority.P0,))),
    ("3) Short-Term Actions (P1)", lambda plan: details(plan, (Priority.P1,))),
    ("4) Longer-Term Actions (P2)", lambda plan: details(plan, (Priority.P2, Priority.P3))),
    ("5) Detection Coverage Map", _coverage),
    ("6) Validation Plan", _validation),
    ("7) Tracking Notes", _tracking),
    ("8) Deferred Actions", _deferred),
    ("9) Assumptions and Open Questions", _assumptions),
    ("10) Traceability", _traceability),
)


class _Markdown:
    name = "markdown"
    file = "plan.md"

    def render(self, plan: Plan) -> str:
        """The whole plan."""
        lines = _header(plan)
        for heading, section in SECTIONS:
            lines += ["", "---", "", f"## {heading}", "", *section(plan)]
        return "\n".join(lines).rstrip() + "\n"


RENDERER = _Markdown()
