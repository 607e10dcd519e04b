"""The RCA's own actions as candidates: their words kept, and completed with what a plan needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .catalogue.slots import SlotReader, Surroundings
from .catalogue.template import SlotValue, fill, slots_in
from .classify import FormEntry
from .knowledge import Knowledge
from .model import Assumption, Candidate, Covers, Fact, FailureMode, Origin, Rca, StatedAction, Verification
from .policy import (
    ActionState,
    Category,
    CoverageMeans,
    FailureRole,
    Form,
    Impact,
    OriginKind,
    Priority,
    Strength,
)
from .text.words import content_stems, similarity

_LONGEST_TITLE = 120
# A stated action whose words share this much with a failure mode's lines answers it.
_ANSWERS = 0.22
_RELATED = 0.16
# Two stated actions with so similar words ask for the same (less is enough where both deliver the same form).
_TWICE = 0.8
_TWICE_IN_FORM = 0.6
_WATCHED_BY = {
    Form.ALERT: CoverageMeans.ALERT,
    Form.PROBE: CoverageMeans.CHECK,
    Form.DASHBOARD: CoverageMeans.DASHBOARD,
    Form.LOGGING: CoverageMeans.LOG,
}
_PRIORITY_BY_HORIZON = (
    ("immediate", Priority.P0),
    ("short", Priority.P1),
    ("medium", Priority.P2),
    ("long", Priority.P2),
)


def from_stated(rca: Rca, modes: Sequence[FailureMode], knowledge: Knowledge) -> list[Candidate]:
    """One candidate for every stated action, in the order of the document. Nothing is reworded: the title
    is the stated text, shortened only at a word; the statement is the whole of it."""
    reader = SlotReader(knowledge.catalogue, None, (), Surroundings(rca.sentences), _facts(rca))
    made = [_candidate(action, rca, modes, knowledge, reader) for action in rca.stated_actions]
    return [_told_if_twice(candidate, made[:n]) for n, candidate in enumerate(made)]


def _told_if_twice(candidate: Candidate, before: Sequence[Candidate]) -> Candidate:
    """Both stay, since the document has both; the later one says that it asks for much the same."""
    words = content_stems(candidate.title)
    for other in before:
        near = similarity(words, content_stems(other.title))
        if near >= (_TWICE_IN_FORM if other.form is candidate.form else _TWICE):
            remark = f"asks for much the same as the action on {other.evidence[0].span}: merge the two or say how they differ"
            return replace(candidate, remarks=(*candidate.remarks, remark))
    return candidate


def _facts(rca: Rca) -> dict[str, Fact]:
    return {"service": rca.incident.services[0]} if rca.incident.services else {}


def _candidate(
    action: StatedAction, rca: Rca, modes: Sequence[FailureMode], knowledge: Knowledge, reader: SlotReader
) -> Candidate:
    entry = knowledge.forms.classify(action.text)
    category = action.category or entry.category
    mode, closeness = _mode(action, category, modes)
    role = mode.role if mode and closeness >= _RELATED else _role(category)
    blocks = _blocks(entry, category, role, closeness)
    texts = (*entry.family.done_when, entry.family.method, entry.family.success)
    values = [reader(name) for name in dict.fromkeys(n for text in texts for n in slots_in(text))]
    used = (
        values
        if action.done_when is None
        else [v for v in values if v.name in slots_in(entry.family.success)]
    )
    line = action.evidence[0].span
    return Candidate(
        key=f"stated:{line}:{action.text[:40]}",
        category=category,
        form=entry.form,
        title=_title(action.text),
        statement=action.text,
        impact=entry.impact if blocks or entry.impact is not Impact.HIGH else Impact.MEDIUM,
        effort=action.effort or entry.effort,
        strength=entry.strength,
        blocks_recurrence=blocks,
        rationale=_rationale(action, mode if closeness >= _RELATED else None),
        done_when=(action.done_when,)
        if action.done_when
        else tuple(fill(t, reader) for t in entry.family.done_when),
        verification=Verification(fill(entry.family.method, reader), fill(entry.family.success, reader)),
        evidence=action.evidence,
        origin=Origin(OriginKind.STATED, str(line)),
        role=role,
        target=action.text,
        covers=_covers(entry, action),
        addresses=(mode.id,) if mode and closeness >= _RELATED else (),
        assumptions=_assumed(used, str(line)),
        weight=(mode.score if mode and closeness >= _RELATED else 1.0),
        components=_components(action, rca, category, entry),
        state=action.state,
        owner_hint=action.owner,
        due_hint=action.due,
        priority_hint=action.priority or _by_horizon(action),
        ticket=action.ticket or action.ticket_url,
        remarks=_remarks(action, entry, knowledge),
    )


def _mode(
    action: StatedAction, category: Category, modes: Sequence[FailureMode]
) -> tuple[FailureMode | None, float]:
    words = content_stems(action.text)
    best: FailureMode | None = None
    closest = 0.0
    for mode in modes:
        close = max(
            similarity(words, content_stems(text))
            for text in (mode.title, *(ev.quote for ev in mode.evidence[:4]))
        )
        if mode.role is FailureRole.DETECTION_GAP and category is Category.DETECTION:
            close += 0.05
        if close > closest:
            best, closest = mode, close
    return best, closest


def _role(category: Category) -> FailureRole:
    if category is Category.DETECTION:
        return FailureRole.DETECTION_GAP
    return FailureRole.RESPONSE_GAP if category is Category.RESPONSE else FailureRole.CONTRIBUTING


def _blocks(entry: FormEntry, category: Category, role: FailureRole, closeness: float) -> bool:
    """Whether a repeat could come back unhindered or unseen without it, as far as its words tell."""
    if entry.strength is Strength.WEAK or closeness < _ANSWERS or entry.impact is not Impact.HIGH:
        return False
    if category is Category.DETECTION:
        return role in (FailureRole.DETECTION_GAP, FailureRole.PRIMARY)
    return role is FailureRole.PRIMARY and category in (
        Category.PREVENTION,
        Category.RELIABILITY,
        Category.SECURITY,
    )


def _by_horizon(action: StatedAction) -> Priority | None:
    words = (action.horizon or "").lower()
    return next((priority for word, priority in _PRIORITY_BY_HORIZON if words.startswith(word)), None)


def _title(text: str) -> str:
    if len(text) <= _LONGEST_TITLE:
        return text
    return text[:_LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _rationale(action: StatedAction, mode: FailureMode | None) -> str:
    where = ", ".join(str(evidence.span) for evidence in action.evidence[:3])
    answers = f" It answers “{mode.title}”." if mode else ""
    return f"The RCA itself states this action ({where}).{answers}"


def _covers(entry: FormEntry, action: StatedAction) -> tuple[Covers, ...]:
    means = _WATCHED_BY.get(entry.form)
    return (Covers(_title(action.text), means),) if means else ()


def _assumed(values: Sequence[SlotValue], source: str) -> tuple[Assumption, ...]:
    return tuple(Assumption(v.name, v.text, f"stated action {source}", v.why) for v in values if v.assumed)


def _components(action: StatedAction, rca: Rca, category: Category, entry: FormEntry) -> tuple[str, ...]:
    services = [fact.text for fact in rca.incident.services]
    return tuple(dict.fromkeys([action.text, *services, category.value, entry.form.value]))


def _remarks(action: StatedAction, entry: FormEntry, knowledge: Knowledge) -> tuple[str, ...]:
    remarks = list(knowledge.forms.remarks_on(action.text))
    if entry.strength is Strength.WEAK and not remarks:
        remarks.append("weak: add something that changes the system, not only what people know")
    if action.owner is None:
        remarks.append("stated without an owner")
    if action.due is None and action.state is not ActionState.CLAIMED_DONE:
        remarks.append("stated without a date")
    if action.due_text and action.due is None:
        remarks.append(f"stated as due {action.due_text!r}, which names no day")
    return tuple(remarks)
