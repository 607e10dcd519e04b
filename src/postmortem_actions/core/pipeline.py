"""The way of the data, from an RCA to a plan. Each step is one function of one module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from .already_done import done_in_the_incident, mark_done
from .candidates import propose
from .classify import FormTable
from .context import Calendar, Team
from .failure_modes import FoundMode, find_failure_modes, usable_sentences
from .fallback import cause_candidates, factor_candidates, finding_candidates, without_stated
from .knowledge import Knowledge
from .likely_kinds import name_likely_kinds
from .merge import by_line, merge
from .model import Candidate, FailureMode, Incident, Plan, Problem, Rca, Request, Sentence
from .parse.rca import read_rca
from .planning.assemble import plan_from_candidates
from .planning.coverage import SignalBefore
from .policy import OriginKind, RuleNature
from .ports import Similarity
from .signals import signals_before
from .slow_phases import slow_phase_candidates
from .spoken import rules_spoken_of, stated_as
from .stated_candidates import from_stated

__all__ = ["Repeats", "build_plan", "read_rca"]

Repeats = Callable[[Incident, Sequence[FailureMode]], Mapping[str, str]]


def build_plan(
    rca: Rca,
    request: Request,
    knowledge: Knowledge,
    team: Team | None = None,
    calendar: Calendar | None = None,
    *,
    stated_only: bool = False,
    similarity: Similarity | None = None,
    repeats: Repeats | None = None,
) -> Plan:
    """The plan of an RCA. Deterministic: the same arguments give an equal plan.

    ``stated_only`` plans the actions the document itself states and nothing else. A cause that no phrase knows comes
    with the rules most like it, as a question; with ``similarity`` likeness of meaning counts there, too. ``repeats``
    tells which kinds of failure were there before, and in which incident: what answers them is more urgent."""
    sentences = usable_sentences(rca)
    found = find_failure_modes(rca, knowledge.catalogue)
    name_likely_kinds(found, knowledge.catalogue, similarity)
    rca = _settle_root_cause(rca, found)
    candidates = [
        _typed(one, knowledge.forms)
        for one in _candidates(rca, found, sentences, knowledge, stated_only=stated_only)
    ]
    signals = tuple(SignalBefore(name, cell) for name, cell in signals_before(found, sentences, knowledge.catalogue, rca.incident))
    modes = tuple(entry.mode for entry in found)
    return plan_from_candidates(
        rca,
        request,
        modes,
        tuple(candidates),
        team or Team(),
        calendar or Calendar(),
        signals,
        (*rca.problems, *_nothing_found(found, candidates)),
        repeats(rca.incident, modes) if repeats is not None else None,
    )


def _typed(candidate: Candidate, forms: FormTable) -> Candidate:
    """The candidate with the type of its verification, where its rule does not say it."""
    check = candidate.verification
    if check.type is not None:
        return candidate
    found = forms.type_of(candidate.form, check.method, check.artifact.language if check.artifact else "")
    return replace(candidate, verification=replace(check, type=found))


def _candidates(
    rca: Rca, found: list[FoundMode], sentences: list[Sentence], knowledge: Knowledge, *, stated_only: bool
) -> list[Candidate]:
    modes = tuple(entry.mode for entry in found)
    stated = from_stated(rca, modes, knowledge)
    if stated_only:
        return merge(stated)
    proposed = propose(rca, found, knowledge.catalogue, knowledge.gap_answers, sentences)
    proposed += cause_candidates(rca, found, knowledge)
    proposed = without_stated([*proposed, *factor_candidates(rca, found, proposed, knowledge)], stated)
    proposed += finding_candidates(rca, proposed, knowledge)
    proposed += slow_phase_candidates(rca, knowledge)
    proposed = mark_done(proposed, done_in_the_incident(knowledge.catalogue, sentences))
    proposed = by_line(proposed)
    spoken = rules_spoken_of(
        knowledge.catalogue,
        [c for c in proposed if c.nature is RuleNature.GENERAL or c.origin.kind is OriginKind.GAP],
    )
    return merge([*stated, *proposed], {**spoken, **stated_as(knowledge.catalogue, stated)})


def _settle_root_cause(rca: Rca, found: list[FoundMode]) -> Rca:
    """Where prose only hinted at the cause and no rule speaks on that line, the primary failure mode's own
    line is the better witness."""
    roots = rca.incident.root_causes
    primary = next((e for e in found if e.mode.role.value == "primary root cause" and e.rule), None)
    if primary is None or (roots and roots[0].qualifier != "inferred"):
        return rca
    lines = {ev.span for ev in primary.mode.evidence}
    if roots and roots[0].evidence is not None and roots[0].evidence.span in lines:
        return rca
    title = rca.incident.title_evidence
    told = {sentence.span for sentence in rca.sentences if "title" not in sentence.roles}
    best = next((ev for ev in primary.mode.evidence if title is None or ev.span != title.span or ev.span in told), None)
    if best is None:
        return rca  # a title names what failed, not why
    from .model import Fact

    incident = replace(rca.incident, root_causes=(Fact(best.quote, best, "inferred"),), root_cause_known=True)
    dropped = {"no-root-cause"}
    return replace(rca, incident=incident, problems=tuple(p for p in rca.problems if p.code not in dropped))


def _nothing_found(found: list[FoundMode], candidates: list[Candidate]) -> list[Problem]:
    if found or candidates:
        return []
    return [
        Problem(
            "no-incident-found", "nothing in this document looks like a failure that the catalogue knows",
            fix="Check that it is an RCA; 'pma catalogue explain' shows what was looked for.",
        )
    ]  # fmt: skip
