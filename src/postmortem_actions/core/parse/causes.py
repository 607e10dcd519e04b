"""Trigger, root cause, contributing factors, near misses and detection gaps, from headings where there
are any and from the prose where there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..model import Evidence, Fact, Problem, Sentence, Span, Why
from ..text.words import content_stems, similarity
from .blocks import BlockKind
from .sections import Unit, is_placeholder

# How prose says what the cause was, surest first.
_CAUSE_CUES = tuple(
    re.compile(source, re.IGNORECASE)
    for source in (
        r"\broot causes?\b(?! (?:analysis|is (?:not|un)|was (?:not|un)|remains|unknown))[^.]{0,80}\b(?:was|were|is|traced|turned out|:)",
        r"\b(?:the|underlying|actual|real|main) (?:cause|culprit|reason)\b[^.]{0,60}\b(?:was|is|:)",
        r"\b(?:was|were|been|is) (?:\w+ )?(?:caused|triggered) by\b|\bas a result of\b|\bresulted from\b|\bstemmed from\b",
        r"\b(?:turned out|discovered|found out|realised|realized) (?:that|to be)\b",
        r"\b(?:due to|because of|owing to|thanks to a|because)\b",
        r"\b(?:caused|causing|led to|leading to|resulting in|resulted in|prevented|broke|brought down)\b",
    )
)
_UNKNOWN = re.compile(
    r"\b(?:root )?cause\b[^.]{0,40}\b(?:(?:is|was|remains|still|as of yet|as yet|"
    r"yet) (?:\w+ )?(?:unknown|unclear|not (?:known|found|clear|identified|determined|discovered))|"
    r"(?:could|has|have|was)(?: not|n't) (?:be |been |yet been )?(?:found|identified|determined|established|discovered))|"
    r"\bunknown (?:root )?cause\b|\b(?:not sure|do(?:n't| not) know|unsure) (?:what|why)\b|\bas of yet unknown reason\b|"
    r"\bunable to (?:reproduce|determine|identify)\b|\b(?:could not|couldn't) (?:reproduce|determine|identify|find) (?:the|this|it|why)\b",
    re.IGNORECASE,
)
_UNSEEN_QUESTION = re.compile(
    r"\bwhy (?:was|were|did|had|has|have)(?:n['’]t|\b[^?]{0,20}\bnot\b| nobody| no one)[^?]{0,40}\b(?:seen|see|caught|"
    r"catch|noticed|notice|detect\w*|found|find|spot\w*|"
    r"prevented|prevent|tested|review)\b",
    re.IGNORECASE,
)
_TRIGGER_CUES = re.compile(
    r"\b(?:triggered (?:by|when)|was (?:started|set off) by|(?:right |shortly )?after (?:we |the |"
    r"a )?(?:deploy|releas|upgrad|migrat|merg|enabl|chang|restart)\w*|"
    r"when (?:we|the team|an engineer|someone) (?:deploy|releas|upgrad|migrat|merg|enabl|chang|delet|remov|restart|renam|rotat)\w*)",
    re.IGNORECASE,
)
_SKIPPED = {
    "went_well", "mitigator", "related", "participants", "evidence", "verification", "ignore",
    "customer_advice", "action_item", "action_phase", "action_class", "action_preview", "title", "comms",
}  # fmt: skip
_BLAMELESS_LIMIT = 3  # sentences kept of a root cause section's prose


@dataclass(slots=True)
class Causes:
    """What the document says of causes. ``known`` is false where it says that the cause is not known, or
    gives none."""

    trigger: Fact | None = None
    root: list[Fact] = field(default_factory=list)
    known: bool = True
    contributing: list[Fact] = field(default_factory=list)
    near_misses: list[Fact] = field(default_factory=list)
    detection_gaps: list[Fact] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def causes(found: Sequence[Unit], sentences: Sequence[Sentence], whys: Sequence[Why]) -> Causes:
    """Read the causes of the incident."""
    asked = {line for why in whys for line in range(why.evidence.span.start, why.evidence.span.end + 1)}
    result = Causes(
        root=_root([unit for unit in found if unit.block.span.start not in asked or unit.block.kind is BlockKind.HEADING]),
        contributing=_facts(_own(found, "contributing_factor"), 20),
        near_misses=_facts(_own(found, "near_miss"), 10),
        detection_gaps=_facts(_own(found, "detection_gap"), 20),
    )
    triggers = _facts(_own(found, "trigger"), 1, keep_leads=True)
    usable = [s for s in sentences if not set(s.roles) & _SKIPPED]
    if triggers:
        result.trigger = triggers[0]
    else:
        cue = next((s for s in usable if _TRIGGER_CUES.search(s.text)), None)
        result.trigger = Fact(cue.text, cue.evidence) if cue else None
    first_chain = [why for why in whys if why.chain == 0]
    # A chain often ends in the question why nobody saw it before: that is a gap, the cause stands above it.
    last_why = [why for why in first_chain if not _UNSEEN_QUESTION.search(why.question)][-1:] or first_chain[-1:]
    unknown = next((s for s in usable if _UNKNOWN.search(s.text) and _about_cause(s)), None)
    if not result.root and last_why:
        result.root = [Fact(last_why[0].answer, last_why[0].evidence)]
    elif result.root and last_why and not last_why[0].human_error:
        _compare(result, last_why[0], whys)
    if not result.root:
        result.root = _from_prose(usable)
    result.root = [f for f in result.root if not _UNKNOWN.search(f.text)] or result.root
    if unknown is not None and (
        not result.root or _UNKNOWN.search(result.root[0].text) or _early(unknown, result)
    ):
        result.known = False
        result.problems.append(
            Problem(
                "root-cause-unknown", "the document says that the root cause is not known", unknown.span.start
            )
        )
    elif not result.root:
        result.known = False
        result.problems.append(
            Problem("no-root-cause", "no sentence says what the root cause was", None,
                    fix="Add a line 'Root cause: …', or keep the action that finds it.")
        )  # fmt: skip
    for why in last_why:
        if why.human_error:
            result.problems.append(
                Problem(
                    "human-error",
                    f"the chain of whys ends at a person: {why.answer!r}",
                    why.evidence.span.end,
                    fix="Ask what in the system made this easy to do, or hard to notice, and go on from there.",
                )  # fmt: skip
            )
    return result


def _root(found: Sequence[Unit]) -> list[Fact]:
    """The root cause's own section before a mention in the summary; what it led to is left out."""
    own = _own(found, "root_cause")
    section = [unit for unit in own if "summary" not in unit.roles]
    summary = [unit for unit in own if "summary" in unit.roles]
    facts: list[Fact] = []
    for part in (section, summary):
        end = next(
            (
                n
                for n, unit in enumerate(part)
                if n and unit.text.rstrip().endswith(":") and _LED_TO.search(unit.text)
            ),
            len(part),
        )
        for fact in _facts(part[:end], _BLAMELESS_LIMIT):
            words = content_stems(fact.text)
            if not _NO_STATEMENT.match(fact.text) and not any(
                similarity(words, content_stems(other.text)) > 0.6 for other in facts
            ):
                facts.append(fact)
    return facts[:_BLAMELESS_LIMIT]


_LED_TO = re.compile(
    r"\b(?:led to|meant|means|resulted|consequences?|as a result|follows|if )\b|^(?:the|this)\b",
    re.IGNORECASE,
)
_NO_STATEMENT = re.compile(
    r"^(?:see |none\b|n/a|not applicable|tbd|unknown\.?$|we (?:did not|didn't)(?: get)?,? ?(?:really|lucky))",
    re.IGNORECASE,
)


def _about_cause(sentence: Sentence) -> bool:
    return bool({"root_cause", "five_whys", "summary", "trigger"} & set(sentence.roles)) or not sentence.roles


def _early(unknown: Sentence, result: Causes) -> bool:
    """Whether the sentence that calls the cause unknown stands in the root cause itself."""
    return "root_cause" in unknown.roles[:1] and bool(result.root)


def _own(found: Sequence[Unit], role: str) -> list[Unit]:
    """Units whose own section or label has the role, innermost, template residue left out."""
    wanted = []
    for unit in found:
        if (
            unit.residue
            or unit.block.kind in (BlockKind.CODE, BlockKind.FRONT_MATTER)
            or role not in unit.roles
        ):
            continue
        before = [
            r for r in unit.roles[: unit.roles.index(role)] if not r.startswith("impact") and r != "title"
        ]
        allowed = {
            "root_cause": {"detection", "fault"},
            "detection_gap": {"detection", "monitoring", "timeline"},
        }
        if set(before) <= allowed.get(role, set()) and "timeline" not in before:
            wanted.append(unit)
    return wanted


def _facts(found: Sequence[Unit], most: int, *, keep_leads: bool = False) -> list[Fact]:
    """The statements of a section: each list item, heading or labelled line, or the first sentences of prose."""
    facts: list[Fact] = []
    for text, span in _statements(found):
        if len(facts) >= most:
            break
        if keep_leads:
            text = text.rstrip(" :")
        if len(re.findall(r"[^\W\d_]{2,}", text)) >= 2 and not (
            is_placeholder(text) or text.endswith(":") or _NO_STATEMENT.match(text)
        ):
            facts.append(Fact(text, Evidence(text, span)))
    return facts


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"“(])")
_GAP_NUMBER = re.compile(r"^(?:gap|issue|problem|factor|finding) #?\d{1,2}\s*[:.)—–-]\s*", re.IGNORECASE)
_LONGEST_NAME = 4  # words of a label that only names a section
_ONLY_NAME = re.compile(r"^(?:why|fix|problem|timeline|why not)\??$", re.IGNORECASE)


def _statements(found: Sequence[Unit]) -> Iterator[tuple[str, Span]]:
    group: list[Unit] = []
    for unit in [*found, None]:
        if (
            unit is not None
            and group
            and unit.block.kind is BlockKind.LINE
            and unit.label is None
            and (unit.block.paragraph == group[0].block.paragraph)
        ):
            group.append(unit)
            continue
        if group:
            text = " ".join(part.text for part in group)
            span = Span(group[0].block.span.start, group[-1].block.span.end)
            if group[0].block.kind is BlockKind.ITEM:
                yield text, span
            else:
                for piece in _SENTENCE_END.split(text):
                    yield piece, span
            group = []
        if unit is None:
            return
        if unit.block.kind is BlockKind.HEADING or (
            unit.label is not None and (not unit.value or (unit.value == unit.label and len(unit.label.split()) <= _LONGEST_NAME))
        ):
            if _GAP_NUMBER.match(unit.text):
                yield _GAP_NUMBER.sub("", unit.text), unit.block.span
        elif unit.block.kind is BlockKind.ROW:
            yield unit.text, unit.block.span
        elif not _ONLY_NAME.match(unit.text):
            group = [unit]


# What lowers a sentence's claim to be the cause: it tells what was done, what will be, or what it cost.
_NOT_A_CAUSE = re.compile(
    r"\b(?:we (?:decided|restarted|reverted|rolled|deployed|created|will|are going|plan|have (?:since|now)|recommend)|"
    r"this (?:post|report|page|document) (?:is|was|tells|describes)|thank(?:s| you)|i['’]?a?m writing|"
    r"going forward|in (?:the )?future|should|no (?:action|customer|user|data|packages?)|to be explicit|sorry|apologi[sz]e|"
    r"mitigat\w+|resolved|restored|recovered|compensat\w+|phased approach|in order to|as a precaution)\b",
    re.IGNORECASE,
)
_CONSEQUENCE = re.compile(
    r"\b(?:users?|customers?|disruption|downtime|unavailable|outage lasted|degraded|minutes|hours)\b",
    re.IGNORECASE,
)
# Why it was noticed late or mended slowly is another question.
_NOTICING = re.compile(
    r"\b(?:alert\w*|alarms?|monitoring|dashboards?|paged|on-?call|notic\w+|status page|runbook|silenced|muted|"
    r"escalat\w+|responders?)\b",
    re.IGNORECASE,
)
_LIKELY = {"summary", "narrative", "fault", "background", "went_poorly", "lessons", "trigger"}
_UNLIKELY = {
    "impact",
    "impact.users",
    "resolution",
    "mitigation",
    "response",
    "timeline",
    "near_miss",
    "risk",
}


def _from_prose(sentences: Sequence[Sentence]) -> list[Fact]:
    """The sentence that most plainly says what the cause was; earlier ones win ties. Marked as inferred."""
    best: tuple[float, Sentence] | None = None
    for place, sentence in enumerate(sentences):
        rank = next((n for n, cue in enumerate(_CAUSE_CUES) if cue.search(sentence.text)), None)
        if rank is None or _UNKNOWN.search(sentence.text) or sentence.text.endswith("?"):
            continue
        score = 6.0 - rank
        roles = set(sentence.roles)
        score += 0.5 if roles & _LIKELY else -1.5 if roles & _UNLIKELY else 0
        score -= 2.0 if _NOT_A_CAUSE.search(sentence.text) else 0
        score -= 0.5 if _CONSEQUENCE.search(sentence.text) else 0
        score -= 1.5 if _NOTICING.search(sentence.text) else 0
        score -= place / (2.0 * len(sentences))
        if best is None or score > best[0]:
            best = (score, sentence)
    return [Fact(best[1].text, best[1].evidence, "inferred")] if best else []


def _compare(result: Causes, why: Why, whys: Sequence[Why]) -> None:
    """Tell where the stated root cause is none of the chain's answers."""
    stated = content_stems(" ".join(fact.text for fact in result.root))
    closest = max(similarity(stated, content_stems(w.answer)) for w in whys if w.chain == why.chain)
    if closest < _SAME_CAUSE:
        line = result.root[0].evidence.span.start if result.root[0].evidence else None
        result.problems.append(
            Problem(
                "root-cause-disagrees",
                f"the stated root cause and the last why ({why.evidence.span}) speak of different things; "
                "the stated one is used",
                line,
            )
        )


_SAME_CAUSE = 0.25
