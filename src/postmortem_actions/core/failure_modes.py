"""What failed: the rules an RCA speaks of, each with its part in the incident and its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .by_words import kind_of_cause, kind_of_story, sentences_like, story_of, told_besides
from .catalogue import Catalogue, Rule, RuleMatch, match_rules
from .catalogue.match import said
from .model import Evidence, Fact, FailureMode, Rca, Sentence, Span
from .policy import FailureRole, RuleNature
from .text.words import tokens

# Sections that tell of something else than this incident's failure.
_NOT_EVIDENCE = frozenset(
    "went_well mitigator related participants evidence verification ignore customer_advice title metrics "
    "action_item action_phase action_class action_preview comms".split()
)
# How much a sentence weighs by the section it stands in (its innermost known role).
_WEIGHTS = {
    "root_cause": 5.0, "five_whys": 3.5, "trigger": 3.0, "contributing_factor": 3.0, "detection_gap": 2.5,
    "went_poorly": 2.5, "near_miss": 2.0, "fault": 2.2, "narrative": 2.2, "summary": 2.2, "lessons": 1.8,
    "detection": 1.6, "surprise": 1.6, "risk": 1.4, "response": 1.2, "background": 1.2, "timeline": 1.0,
    "headline": 2.6, "milestones": 0.8, "resolution": 0.9, "mitigation": 0.9, "impact": 0.9, "impact.users": 0.8,
    "impact.security": 1.5, "impact.data": 1.5, "blast_radius": 0.8, "open_question": 1.0,
}  # fmt: skip
_NO_ROLE = 2.2
# Where nothing is called the cause, what was mended is often told together with why.
_MENDED, _TELLS_THE_CAUSE = frozenset({"resolution", "mitigation"}), 1.2
_HEADLINE = ("headline",)
_HINT_SHARE = 0.5  # a sentence known only by hints weighs half
# What might be, or was made for, did not happen.
_SUPPOSED = re.compile(
    r"^\W*(?:if|should|had|suppose)\b.{1,200}\b(?:could|would|might|may|can|should|need|were)\b|\btheoretically\b|\bin theory\b|"
    r"\bwere to\b|\bin case (?:of|the|a)\b|\b(?:is|are|was|were) (?:designed|meant|built) (?:for|to|such|so)\b",
    re.IGNORECASE,
)
_SUPPOSED_SHARE = 0.4
_ROOT_LINE = 2.5  # added for a sentence on the root cause's own lines
_INFERRED_LINE = 0.3  # the same, where the root cause was only inferred from prose
_NEAR = 0.3  # two scores so near are the same
_LEAST = 1.1  # below this a match is mere mention, unless nothing better is found
_LEAST_OF_GAPS = 1.0  # one line of a timeline is enough to say that nobody was awake, or that a user called
_FURTHER = 0.25  # each further sentence adds a little, up to four
_WEAKNESS_SHARE = 0.6  # of the score of what came from outside, for our own weakness to be the cause
_TOLD_ELSEWHERE = 2.2  # at least a sentence of a summary
_LIKENESS_COUNTS = 0.5  # of likeness to what the document calls its cause, beside the score of its lines
_GUESS_SHARE = 0.75  # of the weightiest mode, for a mode on an inferred root cause's line to be primary
_GAP_ROLES = {"detection_gap": FailureRole.DETECTION_GAP, "near_miss": FailureRole.NEAR_MISS}
BESIDES = _LEAST  # the score of a kind that only the words of the story tell of, beside what phrases know
_SCOPE = re.compile(r"\b(?:un)?affected\b", re.IGNORECASE)
_FEW = 4  # kinds of failure by phrases, up to which the words are asked, too
UNCLASSIFIED = "unclassified"


@dataclass(slots=True)
class FoundMode:
    """A failure mode with the rule that knows it (None where unclassified) and its own sentences."""

    mode: FailureMode
    rule: Rule | None
    sentences: list[Sentence] = field(default_factory=list)
    strong: bool = True  # False where only hints tell of it
    words: dict[int, frozenset[int]] = field(default_factory=dict)  # by sentence, where phrases cover it


def usable_sentences(rca: Rca) -> list[Sentence]:
    """The sentences that tell of this incident's failure; the title is the shortest of them."""
    told = [sentence for sentence in rca.sentences if not set(sentence.roles) & _NOT_EVIDENCE]
    title = rca.incident.title_evidence
    if title is None or any(sentence.span == title.span for sentence in told):
        return told
    return [Sentence(title.quote, title.span, _HEADLINE), *told]


def find_failure_modes(rca: Rca, catalogue: Catalogue) -> list[FoundMode]:
    """Every failure mode, weightiest first: one primary where the root cause is known, the others by the
    sections they stand in. Causes no rule knows are kept as unclassified, never dropped."""
    sentences = usable_sentences(rca)
    found = [_weigh(match, sentences, rca) for match in match_rules(catalogue, sentences)]
    told = [e for e in found if e.mode.score >= (_LEAST_OF_GAPS if e.rule and e.rule.role and e.strong else _LEAST)]
    # Mere mentions count only where the document has nothing better and names no cause of its own.
    found = told or ([] if rca.incident.root_causes else found[:3])
    found.sort(key=lambda entry: (-entry.mode.score, entry.mode.kind))
    found = _once(found)
    story = story_of(sentences, lambda sentence: _weight(sentence, rca), catalogue)
    like = _likeness_to_the_cause(rca, sentences, found, catalogue, story)
    _name_primary(found, rca, like)
    found.extend(_told_otherwise(rca, found, catalogue))
    found.extend(_told_besides(found, sentences, catalogue, story))
    order = list(FailureRole)
    found.sort(key=lambda entry: (order.index(entry.mode.role), -entry.mode.score, entry.mode.kind))
    for number, entry in enumerate(found, 1):
        entry.mode = replace(entry.mode, id=f"F{number}")
    return found


def _once(found: Sequence[FoundMode]) -> list[FoundMode]:
    """Two rules that were recognised by the same words are two readings of one failure: the one that reads
    more of them stays. What is a gap, a habit or from outside says something else of it."""
    return [entry for entry in found if not any(_shadows(other, entry, found) for other in found)]


def _shadows(other: FoundMode, entry: FoundMode, found: Sequence[FoundMode]) -> bool:
    if other is entry or other.rule is None or entry.rule is None or other.mode.score < entry.mode.score - _NEAR:
        return False
    if any(e.rule.nature is not RuleNature.FAILURE or e.rule.role for e in (other, entry) if e.rule):
        return False
    shared = 0
    for sentence, words in entry.words.items():
        both = words & other.words.get(sentence, frozenset())
        if not words or both != words:
            return False
        shared += len(both)
    own, more = (sum(map(len, e.words.values())) for e in (entry, other))
    if other.rule.area != entry.rule.area:
        return shared > 0 and all(w < other.words[s] for s, w in entry.words.items())  # "DNS records deleted" says more
    # Where both read as much, the one that comes first in order stays, so that one of them does.
    return shared > 0 and (more, -found.index(other)) > (own, -found.index(entry))


def _weight(sentence: Sentence, rca: Rca) -> float:
    roles = [role for role in sentence.roles if role in _WEIGHTS]
    roots = rca.incident.root_causes
    weight = _WEIGHTS[roles[0]] if roles else _NO_ROLE
    if roles and roles[0] in _MENDED and (not roots or roots[0].qualifier == "inferred"):
        weight = _TELLS_THE_CAUSE
    if _on_lines(sentence.span, roots):
        weight += _INFERRED_LINE if roots[0].qualifier == "inferred" else _ROOT_LINE
    return weight


def _on_lines(span: Span, facts: Sequence[Fact]) -> bool:
    return any(
        fact.evidence is not None
        and fact.evidence.span.start <= span.end
        and span.start <= fact.evidence.span.end
        for fact in facts
    )


def _weigh(match: RuleMatch, sentences: Sequence[Sentence], rca: Rca) -> FoundMode:
    weighed = []
    for hit in match.hits:
        sentence = sentences[hit.sentence]
        share = 1.0 if hit.strong else _HINT_SHARE
        share *= _SUPPOSED_SHARE if _SUPPOSED.search(sentence.text) else 1.0
        weighed.append((share * _weight(sentence, rca) + 0.05 * len(hit.phrases), hit.sentence, sentence))
    weighed.sort(key=lambda entry: (-entry[0], entry[1]))
    score = weighed[0][0] + _FURTHER * min(4, len(weighed) - 1)
    # The title weighs, but what the document tells says it better: it is shown first.
    own = [s for _, _, s in weighed if s.roles != _HEADLINE] + [s for _, _, s in weighed if s.roles == _HEADLINE]
    evidence = tuple(dict.fromkeys(sentence.evidence for sentence in own))
    role = match.rule.role or _role(own)
    mode = FailureMode("", match.rule.id, match.rule.title, role, evidence, round(score, 3))
    words = {hit.sentence: hit.words for hit in match.hits}
    return FoundMode(mode, match.rule, own, match.strong, words)


def _role(own: Sequence[Sentence]) -> FailureRole:
    """By sections: only where every line stands under a gap or a near miss is it one."""
    kinds = {next((_GAP_ROLES[r] for r in s.roles if r in _GAP_ROLES), None) for s in own}
    if len(kinds) == 1 and (only := next(iter(kinds))) is not None:
        return only
    return FailureRole.CONTRIBUTING


def _name_primary(found: Sequence[FoundMode], rca: Rca, like: Mapping[str, float]) -> None:
    """The weightiest mode whose lines tell of the root cause is primary. Rules that are gaps by nature
    are taken only where nothing else stands on those lines."""
    if not found:
        return
    for entry in found:
        # "The cause of one of the bugs was not found" is not "the cause is not known".
        aside = entry.mode.score < _WEAKNESS_SHARE * found[0].mode.score
        if aside and entry.mode.role is FailureRole.PRIMARY:
            entry.mode = replace(entry.mode, role=FailureRole.CONTRIBUTING)
    roots = rca.incident.root_causes
    on_root = [e for e in found if any(_on_lines(ev.span, roots) for ev in e.mode.evidence)]
    if roots and not on_root and roots[0].qualifier != "inferred":
        on_root = _hinted(found, roots)
        if not on_root:
            return  # the document names a cause that no rule knows: it becomes the primary, unclassified
    if on_root and roots[0].qualifier == "inferred":
        # An inferred line is a guess: it does not make a mere mention outweigh what the whole document tells of.
        most = max(e.mode.score for e in on_root)
        on_root = on_root if most >= _GUESS_SHARE * found[0].mode.score else []
    natural = {FailureRole.DETECTION_GAP, FailureRole.RESPONSE_GAP, FailureRole.NEAR_MISS}
    if on_root and roots[0].qualifier == "inferred" and all(e.mode.role in natural for e in on_root):
        on_root = []  # how it was noticed or mended was taken for the cause
    pool = on_root or list(found)
    own = [e for e in pool if e.mode.role not in natural]
    chosen = max(own, key=lambda e: e.mode.score + _LIKENESS_COUNTS * like.get(e.mode.kind, 0.0), default=None)
    if chosen is None and not (on_root and any(_on_lines(gap.evidence.span, roots) for gap in rca.gaps)):
        return  # how it was noticed or mended is no root cause, unless the document names a lack as one
    chosen = _weakness(chosen, pool, natural) if chosen else pool[0]
    if chosen.rule is not None and chosen.rule.nature is RuleNature.GENERAL and (named := _hinted(found, roots)):
        # "The review did not see it" stands in the cause, what it did not see elsewhere: that is what failed.
        chosen = max(named, key=lambda e: e.mode.score + _LIKENESS_COUNTS * like.get(e.mode.kind, 0.0))
    if (titled := _titled(chosen, found)) is not None:
        # What the cause begins with leads up to it: it weighs as much as a sentence of the story.
        chosen.mode = replace(chosen.mode, score=min(chosen.mode.score, _TOLD_ELSEWHERE))
        chosen = titled
    chosen.mode = replace(chosen.mode, role=FailureRole.PRIMARY)


def _titled(chosen: FoundMode, found: Sequence[FoundMode]) -> FoundMode | None:
    """The failure that the title names and that the section on the root cause tells of again and again, where the line taken for
    the cause speaks of one that the title does not."""
    if _HEADLINE in (s.roles for s in chosen.sentences):
        return None
    named = [
        e
        for e in found
        if e.strong
        and e.rule is not None
        and e.rule.nature is RuleNature.FAILURE
        and _HEADLINE in (s.roles for s in e.sentences)
        and sum(s.roles[:1] == ("root_cause",) for s in e.sentences) >= _TOLD_AGAIN
    ]
    return max(named, key=lambda e: e.mode.score, default=None)


_TOLD_AGAIN = 2


def _likeness_to_the_cause(
    rca: Rca, sentences: Sequence[Sentence], found: list[FoundMode], catalogue: Catalogue, story: Mapping[str, float]
) -> Mapping[str, float]:
    """How like what the document calls its cause, with its title, is to each rule; where it names none, how like the story
    is, whose kind becomes one of those ``found`` if no phrase knows it."""
    roots = rca.incident.root_causes
    told = " ".join((*(fact.text for fact in roots), rca.incident.title or ""))
    like = {rule.id: score for score, rule in catalogue.likeness.ranked(told)}
    if roots and roots[0].qualifier != "inferred":
        return like
    taken = kind_of_story(story, sentences, catalogue)
    if taken is not None and all(entry.mode.kind != taken[0].id for entry in found):
        rule, own, _ = taken
        evidence = tuple(dict.fromkeys(sentence.evidence for sentence in own))
        title = f"{rule.title} (by its words)"
        score = max(_weight(sentence, rca) for sentence in own)
        mode = FailureMode("", rule.id, title, FailureRole.CONTRIBUTING, evidence, score, by_words=True)
        found.append(FoundMode(mode, rule, own, strong=False))
    return like


def _hinted(found: Sequence[FoundMode], roots: Sequence[Fact]) -> list[FoundMode]:
    """The modes that the document tells of elsewhere and whose hints stand in its root cause, which says the same in
    other words."""
    said_there = tokens(" ".join(fact.text for fact in roots))
    return [
        entry
        for entry in found
        if entry.rule is not None
        and entry.rule.nature is RuleNature.FAILURE
        and entry.strong
        and entry.mode.role is FailureRole.CONTRIBUTING
        and entry.mode.score >= _TOLD_ELSEWHERE
        and said(entry.rule.hints, said_there)
    ]


def _weakness(chosen: FoundMode, pool: Sequence[FoundMode], natural: set[FailureRole]) -> FoundMode:
    """What comes from outside is a trigger: a weakness of ours on the same lines is the cause to act on."""
    if chosen.rule is None or chosen.rule.nature is not RuleNature.OUTSIDE:
        return chosen
    for entry in pool:
        own = (
            entry.rule is not None
            and entry.rule.nature is RuleNature.FAILURE
            and entry.mode.role not in natural
        )
        beside = any(_overlap(one.span, other.span) for one in entry.mode.evidence for other in chosen.mode.evidence)
        if own and beside and entry.mode.score >= _WEAKNESS_SHARE * chosen.mode.score:
            return entry
    return chosen


def _told_otherwise(rca: Rca, found: Sequence[FoundMode], catalogue: Catalogue) -> list[FoundMode]:
    """Causes the document names on whose lines no phrase speaks: of the kind whose rule's words are most like theirs, else
    unclassified."""
    known = [ev.span for entry in found for ev in entry.mode.evidence]
    kinds = {entry.mode.kind for entry in found}
    result: list[FoundMode] = []

    def add(fact: Fact, role: FailureRole, score: float, *, always: bool = False) -> None:
        if fact.evidence is None or (
            not always and any(_overlap(fact.evidence.span, span) for span in known)
        ):
            return
        known.append(fact.evidence.span)
        rule = kind_of_cause(fact.text, role, catalogue)
        if rule is not None and rule.id in kinds:
            if role is FailureRole.PRIMARY:
                _promote(next(e for e in found if e.mode.kind == rule.id), fact)
                return
            rule = None  # a factor of a kind that is there already is told as it stands
        kind, title = (rule.id, f"{rule.title} (by its words)") if rule else (UNCLASSIFIED, _short(fact.text))
        kinds.add(kind)
        mode = FailureMode("", kind, title, role, (fact.evidence,), score, by_words=rule is not None)
        own = [Sentence(fact.text, fact.evidence.span, ("root_cause",))]
        result.append(FoundMode(mode, rule, own, strong=rule is None))

    has_primary = any(entry.mode.role is FailureRole.PRIMARY for entry in found)
    if not has_primary and rca.incident.root_causes:
        stated = rca.incident.root_causes[0].qualifier != "inferred"
        add(rca.incident.root_causes[0], FailureRole.PRIMARY, _WEIGHTS["root_cause"], always=stated)
    for fact in rca.incident.contributing:
        add(fact, FailureRole.CONTRIBUTING, _WEIGHTS["contributing_factor"])
    for fact in rca.incident.near_misses:
        add(fact, FailureRole.NEAR_MISS, _WEIGHTS["near_miss"])
    return result


def _told_besides(
    found: Sequence[FoundMode], sentences: Sequence[Sentence], catalogue: Catalogue, story: Mapping[str, float]
) -> list[FoundMode]:
    """Where phrases know few failures, the kinds that much else of the story is like."""
    known = [e for e in found if e.rule is not None and e.rule.nature is not RuleNature.GENERAL]
    if len(known) > _FEW:
        return []
    spoken_of = {ev.span for entry in found for ev in entry.mode.evidence}
    # What was affected and what was not tells what the service does, which is like many a rule and says nothing of why it failed.
    telling = [sentence for sentence in sentences if not _SCOPE.search(sentence.text)]
    result = []
    for rule, _ in told_besides(story, {entry.mode.kind for entry in found}, catalogue):
        own = sentences_like(rule, telling, catalogue)
        if not own or own[0].span in spoken_of:
            continue
        evidence = tuple(dict.fromkeys(sentence.evidence for sentence in own))
        mode = FailureMode("", rule.id, f"{rule.title} (by its words)", FailureRole.CONTRIBUTING, evidence, BESIDES, by_words=True)
        result.append(FoundMode(mode, rule, own, strong=False))
    return result


def _promote(entry: FoundMode, fact: Fact) -> None:
    """What the document tells of elsewhere in words that phrases know is the root cause, whose own line comes first."""
    assert fact.evidence is not None
    evidence = tuple(dict.fromkeys((fact.evidence, *entry.mode.evidence)))
    entry.mode = replace(entry.mode, role=FailureRole.PRIMARY, evidence=evidence)
    entry.sentences = [Sentence(fact.text, fact.evidence.span, ("root_cause",)), *entry.sentences]


def _overlap(first: Span, second: Span) -> bool:
    return first.start <= second.end and second.start <= first.end


def _short(text: str, most: int = 110) -> str:
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


__all__ = ["BESIDES", "UNCLASSIFIED", "Evidence", "FoundMode", "find_failure_modes", "usable_sentences"]
