"""The action table and the details of each action."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.model import Action, Due, Owner, Plan, Verification
from ..core.policy import Effort, Priority
from .markdown_text import cell, fence, heading, inline, line, quoted

EFFORT_WORDS = {Effort.S: "S (< 1 day)", Effort.M: "M (1-5 days)", Effort.L: "L (> 5 days)"}
_QUOTES = 3


def owner_words(owner: Owner) -> str:
    """ "@alice", or "unresolved (what is known)"."""
    if owner.person is not None:
        return owner.person
    return f"unresolved ({owner.known})" if owner.known else "unresolved"


def due_words(due: Due) -> str:
    """The day, or why there is none; what lies beyond its window says so."""
    if due.on is None:
        return "no date"
    return f"{due.on.isoformat()} (beyond its window)" if due.late else due.on.isoformat()


def table(actions: Sequence[Action]) -> list[str]:
    """The prioritised table of section 1."""
    if not actions:
        return ["None. The RCA gave nothing to act on; see the open questions."]
    rows = [
        "| ID | Category | Action | Priority | Effort | Owner | Done When | Due |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for a in actions:
        cells = [
            a.id,
            a.category.value.capitalize(),
            a.title,
            a.priority.value,
            a.effort.value,
            owner_words(a.owner),
            a.done_when[0] if a.done_when else "",
            due_words(a.due),
        ]
        rows.append("| " + " | ".join(cell(text) for text in cells) + " |")
    return rows


def details(plan: Plan, priorities: Sequence[Priority]) -> list[str]:
    """Sections 2 to 4: every action of the priorities, whole."""
    actions = [action for action in plan.actions if action.priority in priorities]
    if not actions:
        waiting = sum(
            1 for d in plan.deferred if d.action.priority in priorities and d.code in ("capacity", "priority")
        )
        return [f"None.{f' {waiting} deferred: see section 8.' if waiting else ''}"]
    lines: list[str] = []
    for number, action in enumerate(actions):
        if number:
            lines += ["---", ""]
        lines += [f"### {action.id}: {heading(action.title)}", "", *_facts(action), "", *_body(action, plan)]
    return lines[:-1] if lines and lines[-1] == "" else lines


def _facts(action: Action) -> list[str]:
    facts = [
        ("Category", action.category.value.capitalize()),
        (
            "Owner",
            f"{owner_words(action.owner)}: {action.owner.why}"
            if action.owner.person is None
            else f"{action.owner.person} ({'' if action.owner.accepted else 'proposed: '}{action.owner.why})",
        ),
    ]
    if action.backup is not None:
        facts.append(("Backup", f"{owner_words(action.backup)} ({action.backup.why})"))
    if action.coordinator is not None:
        facts.append(("Coordinator", f"{owner_words(action.coordinator)} ({action.coordinator.why})"))
    if action.collaborators:
        facts.append(("Collaborators", ", ".join(action.collaborators)))
    if action.sponsor is not None:
        facts.append(("Executive sponsor", f"{owner_words(action.sponsor)} ({action.sponsor.why})"))
    facts.append(("Effort", EFFORT_WORDS[action.effort]))
    facts.append(("Impact", f"{action.impact.value}; strength {action.strength.value}"))
    facts.append(("Due", f"{due_words(action.due)}: {action.due.why}"))
    if action.depends_on:
        facts.append(("Depends on", ", ".join(action.depends_on)))
    return [f"**{name}**: {inline(text)}  " for name, text in facts]


def _body(action: Action, plan: Plan) -> list[str]:
    lines = [f"**Rationale**: {inline(action.rationale)}", ""]
    more = [evidence for evidence in action.evidence if evidence.quote[:40] not in action.rationale][:_QUOTES]
    if more:
        lines += [*(f"> {quoted(evidence)}  " for evidence in more), ""]
    lines += [f"**Action**: {inline(action.statement)}", ""]
    if action.steps:
        lines += [*(f"{n}. {line(step)}" for n, step in enumerate(action.steps, 1)), ""]
    if action.artifact is not None:
        named = action.artifact.title or "Artifact"
        where = f" (`{action.artifact.path}`)" if action.artifact.path else ""
        lines += [f"{inline(named)}{where}:", "", *fence(action.artifact), ""]
    lines += ["**Done when**:", "", *(f"- {line(text)}" for text in action.done_when), ""]
    lines += [
        f"**Verification**: {inline(action.verification.method)}. Success: {inline(action.verification.success)}",
        "",
    ]
    if action.assumptions:
        assumed = "; ".join(f"{a.name.replace('_', ' ')} {a.value}" for a in action.assumptions)
        lines += [f"**Assumed**: {inline(assumed)} (see section 9)", ""]
    if action.remarks:
        lines += [f"**Remarks**: {inline('; '.join(action.remarks))}", ""]
    lines += [f"**Tracking**: {_ticket(action, plan)}", ""]
    return lines


def _ticket(action: Action, plan: Plan) -> str:
    if action.ticket:
        return f"{inline(action.ticket)} (stated in the RCA)"
    if plan.request.tracking_system.value == "none":
        return "no tracking system"
    return f"no ticket yet in {plan.request.tracking_system.value.capitalize()}"


def verification(check: Verification) -> list[str]:
    """Method, steps, artifact and success criterion."""
    made = f" ({check.type.words})" if check.type else ""
    lines = [f"**Method**: {inline(check.method)}{made}", ""]
    if check.steps:
        lines += [*(f"{n}. {line(step)}" for n, step in enumerate(check.steps, 1)), ""]
    if check.artifact is not None:
        lines += [*fence(check.artifact), ""]
    return [*lines, f"**Success criteria**: {inline(check.success)}", ""]
