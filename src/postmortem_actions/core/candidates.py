"""Candidates: what the rules answer to the failure modes, and what answers the gaps the RCA tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .catalogue import Catalogue, Fault
from .catalogue.fields import Fields
from .catalogue.match import said
from .catalogue.rule import ActionTemplate, action_from
from .catalogue.slots import SlotReader, Surroundings
from .catalogue.template import Lookup, SlotValue, fill, fill_artifact, needed_slots, slots_in
from .failure_modes import BESIDES, UNCLASSIFIED, FoundMode
from .gap_subjects import headline, watched
from .model import (
    Artifact,
    Assumption,
    Candidate,
    Covers,
    Evidence,
    Fact,
    FailureMode,
    Gap,
    GapKind,
    Incident,
    Origin,
    Rca,
    Sentence,
    Span,
    Verification,
)  # fmt: skip
from .policy import Category, FailureRole, Impact, OriginKind
from .text.phrases import Phrase
from .text.words import Words, tokens

# A contributing failure mode this much weaker than the primary one is no blocker of a repeat.
_BLOCKING_SHARE = 0.38
# This much weaker, its evidence is mere mention, and its actions weigh a step less.
_MENTIONED_SHARE = 0.32
LOWER = {Impact.HIGH: Impact.MEDIUM, Impact.MEDIUM: Impact.LOW, Impact.LOW: Impact.LOW}
# Noticed within so many minutes, the incident was seen: watching it better is no longer of high impact.
# Source: the specification's own target for alerts (within 5 minutes).
_SEEN_IN_TIME = 5.0
_MOST_EVIDENCE = 6
_WORDS_OF_A_NAME = 6  # a component has a name; what is longer is a sentence


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """Which action answers a kind of gap. Without ``words`` it answers all of its kinds; with ``within`` only
    in sections of these roles."""

    id: str
    kinds: tuple[GapKind, ...]
    words: tuple[Phrase, ...]
    action: ActionTemplate
    within: frozenset[str] = frozenset()

    def fits(self, gap: Gap, sentence: Sentence) -> bool:
        """Whether it answers such a gap where it stands, whatever its words."""
        return gap.kind in self.kinds and (not self.within or bool(self.within & set(sentence.roles)))


def gap_answers_from(
    data: Mapping[str, Any], key: str = "answers"
) -> tuple[tuple[GapAnswer, ...], list[Fault]]:
    """The answers of data/gaps.yaml under ``key``; the faults name the keys that are wrong."""
    faults: list[Fault] = []
    answers = []
    for below in Fields(data, faults).children(key):
        words = below.phrases("words")
        inner = below.child("action")
        if inner is None:
            below.fault("'action' is missing")
            continue
        name = below.text("id")
        action = action_from(Fields({"id": name, **inner.data}, faults, inner.at))
        within = frozenset(below.texts("in"))
        answers.append(GapAnswer(name, below.choices("kinds", GapKind), words, action, within))
        below.finish()
    return tuple(answers), faults


def propose(
    rca: Rca,
    found: Sequence[FoundMode],
    catalogue: Catalogue,
    answers: Sequence[GapAnswer],
    sentences: Sequence[Sentence],
) -> list[Candidate]:
    """Every candidate, in order of the failure modes' weight, then of the gaps. Not merged yet."""
    facts = slot_facts(rca.incident)
    words = [tokens(sentence.text) for sentence in sentences]
    strongest = max((e.mode.score for e in found if e.mode.role is FailureRole.PRIMARY), default=0.0)
    far = Surroundings(sentences)
    result: list[Candidate] = []
    for entry in found:
        if entry.rule is None:
            continue
        reader = SlotReader(catalogue, entry.rule, entry.sentences, far, facts)
        for action in entry.rule.actions:
            if _offered(action, entry, reader, words):
                made = _candidate(action, entry.rule.id, reader, rca.incident)
                made = _fit(made, entry, strongest, rca.incident)
                result.append(made if _named(action, reader) else _vaguer(made))
    by_span: dict[Span, list[Sentence]] = {}
    for sentence in sentences:
        by_span.setdefault(sentence.span, []).append(sentence)
    for number, gap in enumerate(rca.gaps):
        own = [s for s in by_span.get(gap.evidence.span, ()) if s.text == gap.evidence.quote]
        reader = SlotReader(
            catalogue, None, own or [Sentence(gap.evidence.quote, gap.evidence.span)], far, facts
        )
        candidate = _from_gap(number, gap, answers, reader, found, rca.incident)
        if candidate is not None:
            result.append(candidate)
    return result


def slot_facts(incident: Incident) -> dict[str, Fact]:
    """The incident's facts that slots may take, by name."""
    facts: dict[str, Fact] = {}
    if incident.services:
        facts["service"] = incident.services[0]
    if incident.title_evidence is not None:
        facts["title"] = Fact(incident.title, incident.title_evidence)
    if incident.trigger is not None:
        facts["trigger"] = incident.trigger
    for name, length in (
        ("time_to_detect", incident.time_to_detect),
        ("time_to_resolve", incident.time_to_resolve or incident.blast_radius.duration),
    ):
        if length is not None and length.evidence is not None:
            facts[name] = Fact(length.text, length.evidence)
    return facts


def _offered(action: ActionTemplate, entry: FoundMode, reader: SlotReader, words: Sequence[Words]) -> bool:
    when = action.when
    if when.roles and entry.mode.role not in when.roles:
        return False
    if any(not reader(name).known for name in when.slots):
        return False
    if when.said and not any(said(when.said, sentence) for sentence in words):
        return False
    return not (when.unless_said and any(said(when.unless_said, sentence) for sentence in words))


def _artifact(template: Any, lookup: Lookup) -> Artifact | None:
    if template is None:
        return None
    return Artifact(
        template.language, fill_artifact(template.body, lookup), fill(template.title, lookup),
        fill_artifact(template.path, lookup) if template.path else None, template.pattern, template.also,
    )  # fmt: skip


def _assumptions(action: ActionTemplate, source: str, lookup: Lookup) -> tuple[Assumption, ...]:
    bodies = [a.body for a in (action.artifact, action.verification.artifact) if a is not None]
    names = dict.fromkeys(n for text in (*action.texts(), *bodies) for n in slots_in(text))
    values = [lookup(name) for name in names]
    return tuple(Assumption(v.name, v.text, source, v.why) for v in values if v.assumed)


def _candidate(action: ActionTemplate, source: str, lookup: Lookup, incident: Incident) -> Candidate:
    check = action.verification
    return Candidate(
        key=f"{source}/{action.id}",
        category=action.category,
        form=action.form,
        title=_sentence(fill(action.title, lookup)),
        statement=_sentence(fill(action.statement, lookup)),
        impact=action.impact,
        effort=action.effort,
        strength=action.strength,
        blocks_recurrence=action.blocks_recurrence,
        rationale=fill(action.rationale, lookup),
        done_when=tuple(fill(text, lookup) for text in action.done_when),
        verification=Verification(
            fill(check.method, lookup), fill(check.success, lookup),
            tuple(fill(step, lookup) for step in check.steps), _artifact(check.artifact, lookup), check.type,
        ),
        evidence=(),
        origin=Origin(OriginKind.RULE, f"{source}/{action.id}"),
        role=FailureRole.CONTRIBUTING,
        target=fill(action.target, lookup),
        steps=tuple(fill(step, lookup) for step in action.steps),
        artifact=_artifact(action.artifact, lookup),
        covers=tuple(Covers(fill(c.signal, lookup), c.means, c.partial) for c in action.covers),
        depends_on=tuple(name if name.startswith("form:") else f"{source}/{name}" for name in action.after),
        assumptions=_assumptions(action, source, lookup),
        components=_components(action, source, lookup, incident),
    )  # fmt: skip


def _components(action: ActionTemplate, source: str, lookup: Lookup, incident: Incident) -> tuple[str, ...]:
    """Words by which an owner can be found: what the action touches, then the service, area and form."""
    texts = (action.title, action.statement, action.target)
    values = [lookup(name) for text in texts for name in slots_in(text)]
    things = [value.text for value in values if value.known and len(value.text.split()) <= _WORDS_OF_A_NAME]
    services = [fact.text for fact in incident.services]
    area = source.split(".")[:1] if "." in source else []
    return tuple(dict.fromkeys([*things, *services, *area, action.category.value, action.form.value]))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text else text


def _fit(made: Candidate, entry: FoundMode, strongest: float, incident: Incident) -> Candidate:
    """The candidate as the failure mode's part in this incident makes it."""
    mode = entry.mode
    impact, blocks = made.impact, made.blocks_recurrence
    remarks: list[str] = []
    if entry.mode.by_words:
        remarks.append("no phrase knows the cause: its kind was taken by its words, so confirm it first")
    if (
        mode.role is FailureRole.NEAR_MISS
        or entry.mode.by_words  # a guess, if a good one, is not urgent before somebody has confirmed it
        or (mode.role is FailureRole.CONTRIBUTING and (mode.score < 1.5 or not entry.strong))
        or (mode.role is FailureRole.CONTRIBUTING and mode.score < _MENTIONED_SHARE * strongest)
    ):
        impact, blocks = LOWER[impact], False
    elif mode.role is FailureRole.CONTRIBUTING and mode.score < _BLOCKING_SHARE * strongest:
        blocks = False
    if mode.by_words and mode.role is not FailureRole.PRIMARY and mode.score <= BESIDES:
        impact = Impact.LOW  # it fills room that is left, and takes none from what the document says outright
    if made.category is Category.DETECTION and mode.role is not FailureRole.DETECTION_GAP:
        seen = incident.time_to_detect
        if seen is not None and seen.minutes <= _SEEN_IN_TIME and impact is Impact.HIGH:
            impact, blocks = Impact.MEDIUM, False
            remarks.append(f"detection took {seen.text} in this incident, so more of it changes less")
    evidence = tuple(dict.fromkeys(sentence.evidence for sentence in entry.sentences))[:_MOST_EVIDENCE]
    return replace(
        made, impact=impact, blocks_recurrence=blocks, role=mode.role, evidence=evidence, addresses=(mode.id,),
        weight=mode.score, remarks=tuple(remarks), nature=entry.rule.nature if entry.rule else made.nature,
    )  # fmt: skip


def _named(action: ActionTemplate, lookup: Lookup) -> bool:
    """Whether the RCA names everything that the title and the target speak of."""
    values = [lookup(name) for text in (action.title, action.target) for name in needed_slots(text)]
    return all(value.known or value.assumed for value in values)


def _vaguer(made: Candidate) -> Candidate:
    """An action on something that the RCA does not name weighs a step less, unless it answers the root cause."""
    if made.role is FailureRole.PRIMARY:
        return made
    remark = "the RCA does not name what exactly it acts on, so it weighs a step less"
    return replace(
        made,
        named=False,
        impact=LOWER[made.impact],
        blocks_recurrence=False,
        remarks=(*made.remarks, remark),
    )


def _from_gap(
    number: int,
    gap: Gap,
    answers: Sequence[GapAnswer],
    reader: SlotReader,
    found: Sequence[FoundMode],
    incident: Incident,
) -> Candidate | None:
    subject = tokens(gap.subject)
    # "The pull request did not include a plan": what it is about stands before what was left out. What is absent is named itself.
    texts = (subject,) if gap.kind is GapKind.ABSENT else (subject, tokens(gap.evidence.quote))
    fitting = [a for a in answers if a.fits(gap, reader.near[0])]
    answer = next((a for words in texts for a in fitting if a.words and said(a.words, words)), None)
    answer = answer or next((a for a in fitting if not a.words), None)
    if answer is None:
        return None
    near = [e.mode for e in found if any(ev.span == gap.evidence.span for ev in e.mode.evidence)]
    if gap.kind is GapKind.ABSENT and not answer.words and any(mode.kind != UNCLASSIFIED for mode in near):
        return None  # a rule that knows the line answers it better than "put it in place" could
    made = _answering(answer.action, gap.subject, gap.evidence, reader, incident)
    role, weight = _gap_role(gap, made, near, reader.near[0])
    return replace(
        made,
        key=f"gap:{number}/{answer.id}",
        origin=Origin(OriginKind.GAP, f"{gap.kind.value}, {gap.evidence.span}"),
        role=role, weight=weight, addresses=tuple(mode.id for mode in near),
    )  # fmt: skip


def _answering(
    action: ActionTemplate, subject: str, evidence: Evidence, reader: SlotReader, incident: Incident
) -> Candidate:
    """An answer filled with the words of a gap or a cause."""
    values = {
        "subject": SlotValue("subject", subject, evidence),
        "watched": SlotValue("watched", watched(subject) or "what users met", evidence),
        "headline": SlotValue("headline", headline(subject), evidence),
    }

    def lookup(name: str) -> SlotValue:
        return values.get(name) or reader(name)

    made = _candidate(action, "gap", lookup, incident)
    return replace(made, evidence=(evidence,))


def answer_candidate(
    action: ActionTemplate, subject: str, evidence: Evidence, catalogue: Catalogue, rca: Rca
) -> Candidate:
    """An answer of data/gaps.yaml to something the RCA says, on that line alone."""
    near = [Sentence(evidence.quote, evidence.span)]
    reader = SlotReader(catalogue, None, near, Surroundings(rca.sentences), slot_facts(rca.incident))
    return _answering(action, subject, evidence, reader, rca.incident)


def _gap_role(
    gap: Gap, made: Candidate, near: Sequence[FailureMode], sentence: Sentence
) -> tuple[FailureRole, float]:
    best = max(near, key=lambda mode: mode.score, default=None)
    weight = best.score if best else 2.0 if set(sentence.roles) & _TELLING else 1.2
    if gap.kind is GapKind.NOT_FOUND_OUT:
        return FailureRole.PRIMARY, 6.0
    if made.category is Category.DETECTION:
        return FailureRole.DETECTION_GAP, weight
    if made.category is Category.RESPONSE:
        return FailureRole.RESPONSE_GAP, weight
    return (best.role if best else FailureRole.CONTRIBUTING), weight


_TELLING = {"root_cause", "contributing_factor", "detection_gap", "went_poorly", "five_whys"}
