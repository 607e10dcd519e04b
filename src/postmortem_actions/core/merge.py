"""Candidates that mean the same become one that keeps all their evidence.

Two candidates mean the same where they deliver the same form for the same thing: their targets share
their words, or (for forms of which one incident needs one) they stand on the same lines of the RCA, or
the gap's line speaks of the very rule that the other comes from. What is merged away stays named in
``origin.also``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .artifacts.rules import joined_rules
from .model import Candidate, Evidence
from .policy import FailureRole, Form, Impact, OriginKind, RuleNature
from .text.words import content_stems, similarity

_SAME_LINES = 0.67  # of the lines of the one with fewer, for two to stand on the same evidence
# Forms of which one per line of evidence is enough: a second would do the same deed …
_ONE_PER_LINE = frozenset(
    {Form.INVESTIGATION, Form.TRAINING, Form.PURGE, Form.RETENTION, Form.ROTATION, Form.REDACTION, Form.AUDIT,
     Form.TIMEOUT, Form.BREAKER, Form.RETRY}
)  # fmt: skip
# … or watch, describe or ask the same, where both stand on much the same lines.
_ONE_PER_PLACE = frozenset(
    {Form.ALERT, Form.DASHBOARD, Form.RUNBOOK, Form.CHECKLIST, Form.TEST, Form.BACKUP, Form.LOGGING,
     Form.ONCALL, Form.COMMUNICATION}
)  # fmt: skip
# Forms that answer each other's gap: a stated limit is met by a timeout, a test by a CI check.
_KIN: Mapping[Form, frozenset[Form]] = {
    Form.LIMIT: frozenset({Form.TIMEOUT, Form.BREAKER, Form.RETRY, Form.LIMIT}),
    Form.TEST: frozenset({Form.TEST, Form.CI_CHECK}),
    Form.REDUNDANCY: frozenset({Form.REDUNDANCY, Form.FALLBACK}),
    Form.VALIDATION: frozenset({Form.VALIDATION, Form.SCHEMA_CHANGE, Form.IDEMPOTENCY}),
    Form.DOCUMENTATION: frozenset({Form.DOCUMENTATION, Form.RUNBOOK}),
    Form.CHECKLIST: frozenset({Form.CHECKLIST, Form.REVIEW}),
    Form.AUTOMATION: frozenset({Form.AUTOMATION, Form.ROLLBACK}),
}
# Forms by which responders see what goes on.
_SEEING = frozenset({Form.DASHBOARD, Form.LOGGING})
# Forms that notice a failure: where one does, a general rule need not add another.
_NOTICING = frozenset({Form.ALERT, Form.PROBE, Form.SCAN, Form.AUDIT})
_REF = re.compile(r"[a-z-]+\.[a-z-]+/")  # an action of a rule, not a line or a gap
_SAME_TARGET = 0.55
_SAME_TITLE = 0.62
_MOST_EVIDENCE = 8
_PART = " line "  # between a candidate's key and the number of its line
_IMPACTS = list(Impact)


@dataclass(frozen=True, slots=True)
class _Words:
    target: frozenset[str]
    title: frozenset[str]
    lines: frozenset[int]


def merge(
    candidates: Sequence[Candidate], spoken: Mapping[str, frozenset[str]] | None = None
) -> list[Candidate]:
    """Merge, in order: an earlier candidate takes in a later one; a stated action keeps its words.

    ``spoken`` tells for a gap's key which rules its line speaks of (by phrase, hint or signal), and for a
    stated action's key which actions of the rules it states."""
    kept: list[Candidate] = []
    words: list[_Words] = []
    renamed: dict[str, str] = {}
    for candidate in sorted(candidates, key=_order):
        own = _words(candidate)
        place = next(
            (n for n, other in enumerate(kept) if _same(other, words[n], candidate, own, spoken or {})), None
        )
        if place is None:
            kept.append(candidate)
            words.append(own)
        else:
            renamed[candidate.key] = kept[place].key
            kept[place] = _joined(kept[place], candidate)
            words[place] = _Words(words[place].target, words[place].title, words[place].lines | own.lines)
    for key in list(renamed):
        renamed.setdefault(_base(key), renamed[key])
    whole = _rejoined(kept)
    there = {c.key for c in whole}
    new = {old: _base(key) for old, key in renamed.items() if old not in there}
    return [_relinked(c, new) for c in whole]


def _relinked(candidate: Candidate, new: Mapping[str, str]) -> Candidate:
    """The candidate with its dependencies under the keys of what they were merged into."""
    needs = tuple(
        dict.fromkeys(new.get(d, d) for d in candidate.depends_on if new.get(d, d) != candidate.key)
    )
    return candidate if needs == candidate.depends_on else replace(candidate, depends_on=needs)


def by_line(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of general rules, one for each line of evidence: the line that speaks of a failure some
    rule knows is answered there, and the others are not drawn along. ``merge`` puts together what is left."""
    result: list[Candidate] = []
    for candidate in candidates:
        if candidate.nature is RuleNature.GENERAL and len(candidate.evidence) > 1:
            result += [
                replace(candidate, key=f"{candidate.key}{_PART}{n}", evidence=(evidence,))
                for n, evidence in enumerate(candidate.evidence)
            ]
        else:
            result.append(candidate)
    return result


def _base(key: str) -> str:
    return key.split(_PART, 1)[0]


def _rejoined(kept: Sequence[Candidate]) -> list[Candidate]:
    whole: dict[str, Candidate] = {}
    for candidate in kept:
        base = _base(candidate.key)
        if base in whole:
            whole[base] = replace(_joined(whole[base], candidate), origin=whole[base].origin)
        else:
            whole[base] = candidate if candidate.key == base else replace(candidate, key=base)
    return list(whole.values())


def _order(candidate: Candidate) -> tuple[int, float, str]:
    """Stated first (their words stay), then rules that know the failure, what comes from outside, a model's
    drafts, gaps (which name their own subject), general rules; the weightier first."""
    kinds = {OriginKind.STATED: 0, OriginKind.RULE: 1, OriginKind.MODEL: 3, OriginKind.GAP: 4}
    natures = {RuleNature.FAILURE: 0, RuleNature.OUTSIDE: 1, RuleNature.GENERAL: 4}
    return kinds[candidate.origin.kind] + natures[candidate.nature], -candidate.weight, candidate.key


def _words(candidate: Candidate) -> _Words:
    lines = frozenset(n for ev in candidate.evidence for n in range(ev.span.start, ev.span.end + 1))
    return _Words(content_stems(candidate.target), content_stems(candidate.title), lines)


def _same(
    first: Candidate, a: _Words, second: Candidate, b: _Words, spoken: Mapping[str, frozenset[str]]
) -> bool:
    stated = OriginKind.STATED in (first.origin.kind, second.origin.kind)
    if first.origin.kind is OriginKind.STATED and second.origin.kind is OriginKind.STATED:
        return False  # the reader has already told the document's own actions apart
    if second.origin.ref in spoken.get(first.key, frozenset()):
        return True
    if _yields(first, second):
        spoken_of = spoken.get(second.key, frozenset())
        if _same_means(first, second) and not second.named and first.role is FailureRole.PRIMARY:
            return True
        if _same_means(first, second) and _rules(first) & spoken_of:
            return True
    kin = second.form in _KIN.get(first.form, {first.form}) or first.form in _KIN.get(
        second.form, {second.form}
    )
    if not kin:
        return False
    title = similarity(a.title, b.title)
    if title >= _SAME_TITLE or (a.target and b.target and similarity(a.target, b.target) >= _SAME_TARGET):
        return True
    if second.origin.kind is OriginKind.GAP and _rules(first) & spoken.get(second.key, frozenset()):
        return True
    if stated:
        return similarity(a.title | a.target, b.title | b.target) >= _SAME_TARGET
    if second.origin.kind is OriginKind.GAP and first.origin.kind is OriginKind.RULE:
        return False
    same_rule = _rule(first.origin.ref) == _rule(second.origin.ref)
    if same_rule or first.form is not second.form:
        return False
    shared = len(a.lines & b.lines)
    if first.form in _ONE_PER_PLACE:
        return shared >= _SAME_LINES * min(len(a.lines), len(b.lines)) > 0
    return first.form in _ONE_PER_LINE and shared > 0


def _yields(first: Candidate, second: Candidate) -> bool:
    """A general rule's action yields to one that knows the failure (or to what is stated in its place)."""
    general = RuleNature.GENERAL
    return second.nature is general and first.nature is not general and bool(_rules(first))


def _same_means(first: Candidate, second: Candidate) -> bool:
    """The same form, or the same means of noticing: an alert on a failure is met by the scan that finds it."""
    if first.form is second.form:
        return True
    both = {first.form, second.form}
    return both <= _NOTICING or both <= _SEEING


def _rule(ref: str) -> str:
    return ref.rsplit("/", 1)[0]


def _rules(candidate: Candidate) -> set[str]:
    """The rules whose actions it is or has taken in."""
    return {_rule(ref) for ref in (candidate.origin.ref, *candidate.origin.also) if _REF.match(ref)}


def _joined(kept: Candidate, other: Candidate) -> Candidate:
    """``kept`` with everything ``other`` adds; a stated action is completed, never reworded."""
    richer = kept.origin.kind in (OriginKind.STATED, OriginKind.GAP) and other.origin.kind is OriginKind.RULE
    impact = min(kept.impact, other.impact, key=_IMPACTS.index)
    joined = replace(
        kept,
        impact=impact,
        blocks_recurrence=kept.blocks_recurrence or other.blocks_recurrence,
        weight=kept.weight if _yields(kept, other) else max(kept.weight, other.weight),
        evidence=_unique(_evidence(kept, other))[:_MOST_EVIDENCE],
        addresses=tuple(dict.fromkeys([*kept.addresses, *other.addresses])),
        covers=tuple(dict.fromkeys([*kept.covers, *other.covers])),
        components=tuple(dict.fromkeys([*kept.components, *other.components])),
        depends_on=tuple(dict.fromkeys([*kept.depends_on, *other.depends_on])),
        origin=replace(kept.origin, also=tuple(dict.fromkeys([*kept.origin.also, other.origin.ref, *other.origin.also]))),
        remarks=tuple(dict.fromkeys([*kept.remarks, *other.remarks])),
    )  # fmt: skip
    if richer:
        joined = replace(
            joined,
            artifact=kept.artifact or other.artifact,
            steps=kept.steps or other.steps,
            assumptions=tuple(dict.fromkeys([*kept.assumptions, *other.assumptions])),
        )
    alerts = joined_rules(joined.artifact, other.artifact)
    if alerts != joined.artifact:
        known = {one.name for one in joined.assumptions}
        more = tuple(one for one in other.assumptions if one.name not in known)
        joined = replace(joined, artifact=alerts, assumptions=(*joined.assumptions, *more))
    return joined


def _evidence(kept: Candidate, other: Candidate) -> list[Evidence]:
    """A gap says in its own words why the action is needed: its line comes before the failure mode's."""
    if other.origin.kind is OriginKind.GAP and kept.origin.kind is OriginKind.RULE:
        return [*other.evidence, *kept.evidence]
    return [*kept.evidence, *other.evidence]


def _unique(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))
