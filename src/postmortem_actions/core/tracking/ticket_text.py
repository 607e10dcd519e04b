"""What stands in a ticket: everything that somebody needs who has never seen the plan."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..model import Action, Artifact, Evidence, Plan
from ..policy import ActionState
from .record import PlanRecord, TrackedAction

_EVIDENCE = 5  # quotes in one ticket; the rest stands in the plan
_SLOT = re.compile(r"\{([a-z]+)\}")
_TITLE = re.compile(r"^(A\d+): (.*) \((P[0-3])\)$", re.DOTALL)


def ticket_title(action: TrackedAction) -> str:
    """``A3: Add a timeout (P1)``."""
    return f"{action.id}: {action.title} ({action.priority.value})"


def title_of(text: str) -> str:
    """The action's title in a ticket's; a title that was written anew is taken whole."""
    found = _TITLE.match(text.strip())
    return found[2].strip() if found else text.strip()


def group_of(plan: str) -> str:
    """The word that all tickets of a plan carry."""
    return re.sub(r"[^a-z0-9-]+", "-", plan.lower()).strip("-")


def filled(
    fields: Sequence[tuple[str, str]], record: PlanRecord, action: TrackedAction | None = None
) -> tuple[tuple[str, str], ...]:
    """The config's further fields, with ``{team}``, ``{service}``, ``{plan}``, ``{incident}`` and what an action has put in.

    A field left empty by that is left out."""
    words = {
        "team": record.team, "service": ", ".join(record.services[:1]), "plan": record.id, "incident": record.incident,
        "action": action.id if action else "", "priority": action.priority.value if action else "",
        "category": action.category.value if action else "", "effort": action.effort.value if action else "",
        "due": str(action.due or "") if action else "",
    }  # fmt: skip
    made = [(name, _SLOT.sub(lambda found: words.get(found[1], found[0]), value)) for name, value in fields]
    return tuple((name, value) for name, value in made if value)


def parent_title(plan: Plan) -> str:
    """The title of the plan's own ticket."""
    return plan.tracking.epic


def parent_body(plan: Plan, record: PlanRecord, actions: Sequence[TrackedAction]) -> str:
    """What the plan's own ticket says."""
    summary, radius = plan.summary, plan.incident.blast_radius
    lines = [
        f"Actions of the postmortem **{plan.incident.title}**" + (f" ({record.incident})" if record.incident else "") + ".",
        "", f"- **Primary failure mode**: {summary.primary_failure_mode}",
        f"- **Top prevention leverage point**: {summary.leverage_point}",
    ]  # fmt: skip
    if record.date:
        lines.append(f"- **Date of the incident**: {record.date}")
    lines += [f"- **Users affected**: {fact.text}" for fact in radius.users[:1]]
    lines += [f"- **Duration**: {radius.duration.text}"] if radius.duration else []
    lines += ["", "| # | Action | Priority | Owner | Due |", "|---|---|---|---|---|"]
    lines += [
        f"| {a.id} | {_cell(a.title)} | {a.priority.value} | {_cell(a.owner or 'unresolved')} | {a.due or 'no date'} |"
        for a in actions if a.state is not ActionState.WITHDRAWN
    ]  # fmt: skip
    return "\n".join([*lines, "", *_links(record)])


def ticket_body(
    planned: Action | None, action: TrackedAction, record: PlanRecord, titles: Mapping[str, str]
) -> str:
    """What an action's ticket says; ``titles`` of the plan's actions by id. What the RCA says is quoted with its lines."""
    facts = [
        f"**Category**: {action.category.value}", f"**Priority**: {action.priority.value}", f"**Effort**: {action.effort.value}",
        f"**Owner**: {action.owner or 'unresolved'}", f"**Due**: {action.due or 'no date'}",
    ]  # fmt: skip
    lines = [" · ".join(facts), ""]
    if planned is None:
        return "\n".join([*lines, *_links(record)])
    lines += [planned.statement, "", "## Rationale", "", planned.rationale]
    if planned.steps:
        lines += ["", "## Steps", "", *(f"{n}. {step}" for n, step in enumerate(planned.steps, 1))]
    if planned.artifact is not None:
        lines += ["", "## Ready to use", "", *_artifact(planned.artifact)]
    lines += ["", "## Done when", "", *(f"- [ ] {item}" for item in planned.done_when)]
    check = planned.verification
    lines += ["", "## Verification", "", f"{check.method}: {check.success}"]
    lines += [f"{n}. {step}" for n, step in enumerate(check.steps, 1)]
    if check.artifact is not None:
        lines += ["", *_artifact(check.artifact)]
    if action.depends_on:
        lines += [
            "",
            "## After",
            "",
            *(f"- {need}: {titles.get(need, '')}".rstrip(": ") for need in action.depends_on),
        ]
    lines += ["", "## Evidence", "", *(_quote(evidence) for evidence in planned.evidence[:_EVIDENCE])]
    if len(planned.evidence) > _EVIDENCE:
        lines.append(f"- and {len(planned.evidence) - _EVIDENCE} more in the plan")
    if planned.assumptions:
        lines += ["", "## Assumed, not stated in the RCA", ""]
        lines += [f"- {a.name}: {a.value}" + (f" ({a.why})" if a.why else "") for a in planned.assumptions]
    return "\n".join([*lines, "", *_links(record)])


def _links(record: PlanRecord) -> list[str]:
    source = f"<{record.source}>" if "://" in record.source else f"`{record.source}`"
    return ["---", "", f"RCA: {source} · Plan: `{record.id}`"]


def _quote(evidence: Evidence) -> str:
    return f"- {evidence.span}: “{evidence.quote}”"


def _artifact(artifact: Artifact) -> list[str]:
    """A fence longer than any inside, so that the artifact stays as it is."""
    longest = max((len(run) for run in re.findall(r"`{3,}", artifact.body)), default=2)
    fence = "`" * (longest + 1)
    head = (
        [f"{artifact.title}" + (f" (`{artifact.path}`)" if artifact.path else ""), ""]
        if artifact.title
        else []
    )
    return [*head, f"{fence}{artifact.language}", artifact.body.rstrip("\n"), fence]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
