"""The planning steps in order, from merged candidates to the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..artifacts.paths import settled
from ..context import Calendar, Team
from ..model import (
    Action,
    Assumption,
    Candidate,
    Deferred,
    Due,
    FailureMode,
    Owner,
    Plan,
    Problem,
    Rca,
    Request,
)
from ..policy import ActionState, OriginKind
from .capacity import cut
from .coverage import SignalBefore, coverage
from .dates import Schedule, schedule
from .load import loads
from .order import Ordered, order
from .own import Owned, assign
from .people import Directory
from .prioritise import Ranked, prioritise, raise_repeats
from .questions import open_questions, unanswered_weaknesses
from .summary import summary
from .tracking import tracking
from .validation import validation

_FROM = {
    OriginKind.RULE: "the catalogue answers",
    OriginKind.GAP: "the RCA tells of a gap:",
    OriginKind.STATED: "the RCA states it",
    OriginKind.MODEL: "drafted by a model for",
}


def plan_from_candidates(
    rca: Rca,
    request: Request,
    failure_modes: Sequence[FailureMode],
    candidates: Sequence[Candidate],
    team: Team,
    calendar: Calendar,
    signals: Sequence[SignalBefore],
    problems: Sequence[Problem],
    repeated: Mapping[str, str] | None = None,
) -> Plan:
    """Prioritise, cut, order, own, schedule, cover, validate, track. Kept and deferred actions together
    are exactly the candidates. ``repeated`` tells kinds of failure that were there before, and where."""
    incident = rca.incident
    ranked = prioritise(candidates, request, incident)
    if repeated:
        by_mode = {mode.id: repeated[mode.kind] for mode in failure_modes if mode.kind in repeated}
        ranked = raise_repeats(ranked, by_mode, request, incident)
    kept = cut(ranked, request)
    ordered = order(kept.kept, ranked, request, incident)
    owned = assign(ordered, request, team, incident.people)
    dates = schedule(ordered, request, incident, calendar)
    titles = {mode.id: mode.title for mode in failure_modes}
    actions = tuple(_action(entry, ordered, owned, dates, titles) for entry in ordered.entries)
    load = loads(actions, request, team, calendar)
    directory = Directory(team, incident.people)
    deferred = tuple(
        Deferred(_deferred(entry, f"D{n}", directory, titles), code, reason)
        for n, (entry, code, reason) in enumerate(kept.deferred, 1)
    )
    told = (*problems, *kept.problems, *ordered.problems, *owned.problems, *dates.problems, *load.problems)
    brief = summary(incident, failure_modes, actions)
    assumptions = (*dates.assumptions, *load.assumptions, *_assumptions((*actions, *(entry.action for entry in deferred))))
    return Plan(
        request=request,
        incident=incident,
        summary=brief,
        failure_modes=tuple(failure_modes),
        actions=actions,
        deferred=deferred,
        coverage=coverage(signals, actions),
        validation=validation(actions, incident, failure_modes),
        tracking=tracking(actions, request, incident, brief, dates.start, calendar),
        assumptions=assumptions,
        open_questions=open_questions(
            incident, actions, failure_modes, told,
            unanswered_weaknesses(rca.sentences, (*actions, *(entry.action for entry in deferred))),
        ),
        problems=tuple(dict.fromkeys(told)),
        loads=load.people,
    )


def _chosen(candidate: Candidate, titles: Mapping[str, str]) -> str:
    answers = ", ".join(f"{mode} “{titles[mode]}”" for mode in candidate.addresses if mode in titles)
    start = _FROM[candidate.origin.kind]
    if candidate.origin.kind is OriginKind.STATED:
        text = f"{start} ({candidate.origin.ref})" + (f"; it answers {answers}" if answers else "")
    elif candidate.origin.kind is OriginKind.RULE:
        text = f"{start} {answers or 'a failure mode'} with rule {candidate.origin.ref}"
    else:
        text = f"{start} {candidate.origin.ref}" + (f"; it touches {answers}" if answers else "")
    merged = f"; merged with {', '.join(candidate.origin.also)}" if candidate.origin.also else ""
    return text + merged


def _action(
    entry: Ranked, ordered: Ordered, owned: Owned, dates: Schedule, titles: Mapping[str, str]
) -> Action:
    key = entry.candidate.key
    return _made(
        entry, ordered.ids[key], owned.owners[key], dates.dues[key], titles,
        depends_on=tuple(ordered.ids[need] for need in ordered.needs[key]),
        backup=owned.backups.get(key), coordinator=owned.coordinators.get(key),
        collaborators=owned.collaborators.get(key, ()), sponsor=owned.sponsors.get(key),
        remarks=(*entry.candidate.remarks, *ordered.remarks.get(key, ())),
    )  # fmt: skip


def _deferred(entry: Ranked, action_id: str, directory: Directory, titles: Mapping[str, str]) -> Action:
    candidate = entry.candidate
    if candidate.owner_hint:
        line = candidate.evidence[0]
        found = directory.one(
            candidate.owner_hint, f"named in the RCA as owner of this action ({line.span})", line
        )
        owner = Owner(found.name, found.why, found.known, found.evidence)
    else:
        owner = Owner(None, "not assigned while it is deferred")
    due = (
        Due(candidate.due_hint, "as stated in the RCA")
        if candidate.due_hint
        else Due(None, "not scheduled while it is deferred")
    )
    return _made(entry, action_id, owner, due, titles, remarks=candidate.remarks)


def _made(
    entry: Ranked, action_id: str, owner: Owner, due: Due, titles: Mapping[str, str], *,
    depends_on: tuple[str, ...] = (), backup: Owner | None = None, coordinator: Owner | None = None,
    collaborators: tuple[str, ...] = (), sponsor: Owner | None = None, remarks: tuple[str, ...] = (),
) -> Action:  # fmt: skip
    c = entry.candidate
    own = settled(c.artifact, c.title, action_id, c.target)
    check = settled(c.verification.artifact, c.title, action_id, c.target)
    return Action(
        id=action_id, category=c.category, form=c.form, title=c.title, statement=c.statement, priority=entry.priority,
        impact=c.impact, effort=c.effort, strength=c.strength, blocks_recurrence=c.blocks_recurrence,
        rationale=_with_quote(c), done_when=c.done_when, evidence=c.evidence,
        verification=replace(c.verification, artifact=check),
        origin=c.origin, role=c.role, owner=owner, due=due, priority_why=entry.why, chosen_why=_chosen(c, titles),
        steps=c.steps, artifact=own, covers=c.covers, depends_on=depends_on, addresses=c.addresses,
        assumptions=c.assumptions, backup=backup, coordinator=coordinator, collaborators=collaborators, sponsor=sponsor,
        ticket=c.ticket, state=ActionState(c.state), remarks=remarks,
    )  # fmt: skip


def _with_quote(candidate: Candidate) -> str:
    """The rationale with the line of the RCA that says it best."""
    if (
        not candidate.evidence
        or candidate.origin.kind is OriginKind.STATED
        or not candidate.evidence[0].quote
    ):
        return candidate.rationale
    best = candidate.evidence[0]
    quote = (
        best.quote
        if len(best.quote) <= _LONGEST_QUOTE
        else best.quote[:_LONGEST_QUOTE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    )
    return f"{candidate.rationale} {best.span}: “{quote}”"


_LONGEST_QUOTE = 220


def _assumptions(actions: Sequence[Action]) -> tuple[Assumption, ...]:
    """Every assumed value once, with the actions that use it."""
    found: dict[tuple[str, str], Assumption] = {}
    for action in actions:
        for assumed in action.assumptions:
            known = found.get((assumed.name, assumed.value))
            used = tuple(dict.fromkeys([*(known.used_by if known else ()), action.id]))
            found[(assumed.name, assumed.value)] = Assumption(
                assumed.name, assumed.value, assumed.source, assumed.why, used
            )
    return tuple(found.values())
