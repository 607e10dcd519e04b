"""Statements of absence and difficulty: "there was no alert on …", "nobody knew how to …"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..catalogue.fields import Fault, Fields
from ..model import Gap, GapKind, Sentence
from ..text.phrases import Phrase
from ..text.words import tokens
from .sections import ACTION_ROLES
from .wanted import wanted, way

_NOT_TOLD_HERE = ACTION_ROLES | {
    "went_well", "mitigator", "related", "participants", "evidence", "verification", "ignore", "customer_advice",
    "title", "background_general",
}  # fmt: skip
# Where a subject ends: the clause goes on about something else.
_END = re.compile(
    r"\s*(?:,|;|\(|\)|—|–| - |\"|\bso (?:that|we|it|the)\b|(?<=\w) which\b|\band (?:we|the|it|this|"
    r"so|then|nobody|nothing|therefore)\b|\bbecause\b|\bbut\b|"
    r"\bmeaning\b|\bmaking\b|\bcausing\b|\buntil\b|\bwhen (?:we|the|it)\b|\bbefore (?:we|the|it)\b|\bleading to\b|"
    r"\bresulting\b|\bto help\b|\bat the time\b|\bright now\b|\bin place\b|\byet\b|\bhowever\b|\bas (?:a|the|we|it)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
# A timeline tells what happened when; what "was not" there at a moment is no lasting lack.
_TOLD_IN_TIMELINES = {GapKind.BY_HAND, GapKind.SLOW, GapKind.UNKNOWN_HOW}
# Where the subject is composed: what stands before the verb, and what it should do.
_OF_A_THING = {GapKind.FALLS_SHORT, GapKind.NO_WAY}
# "this", "these limits", "alert fired": what it is stands elsewhere, and an action on it would say nothing.
_SAYS_LITTLE = re.compile(
    r"^(?:that|this|these|those|it|them|incidents?|checks?|alerts?(?: fired)?|limits?|tests?|(?:this|that|these|those|"
    r"such) [\w-]+)$", re.IGNORECASE
)
_LEADING = re.compile(r"^(?:the|a|an|any|our|their|its|such|of|for|to|on)\s+", re.IGNORECASE)
_MOST_WORDS = 12
_MOST_WORDS_OF_A_THING = 6
_PRONOUN = re.compile(
    r"^(?:it|they|he|she|we|i|you|this|these|those|some|one|two|three|both|all|none|nothing|nobody|there|who|which|that|what)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class GapPattern:
    """One way of saying that something was absent or hard."""

    kind: GapKind
    anchors: tuple[str, ...]
    source: str
    match: tuple[str, ...]
    no_match: tuple[str, ...]


@lru_cache(maxsize=256)
def _compiled(source: str) -> re.Pattern[str]:
    """Compiled when a sentence holds its anchor: most are not wanted for most documents."""
    return re.compile(source, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GapLanguage:
    """The statements of data/gaps.yaml, and what is no gap."""

    patterns: tuple[GapPattern, ...]
    ignored: tuple[Phrase, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> tuple[GapLanguage, list[Fault]]:
        """Build from plain data; the faults name the keys that are wrong."""
        faults: list[Fault] = []
        fields = Fields(data, faults)
        patterns = []
        for below in fields.children("statements"):
            kind = below.choice("kind", GapKind)
            source = below.text("regex")
            try:
                _compiled(source)
            except re.error as error:
                below.fault(f"not a regular expression: {error}", "regex")
                continue
            patterns.append(
                GapPattern(
                    kind, below.texts("anchor"), source, below.texts("match"), below.texts("no_match")
                )
            )
            below.finish()
        ignored = fields.phrases("ignore_subjects")
        return cls(tuple(patterns), ignored), faults


def gaps(sentences: Iterable[Sentence], language: GapLanguage) -> list[Gap]:
    """Every statement of absence or difficulty, at most one a sentence, in order."""
    found: list[Gap] = []
    for sentence in sentences:
        if set(sentence.roles) & _NOT_TOLD_HERE or len(sentence.text) > 2000 or sentence.text.endswith("?"):
            continue
        gap = _gap(sentence, language)
        if gap is not None:
            found.append(gap)
    return found


def _gap(sentence: Sentence, language: GapLanguage) -> Gap | None:
    text = sentence.text.replace("’", "'")
    lowered = f"{text.lower()} "
    for pattern in language.patterns:
        if "timeline" in sentence.roles and pattern.kind not in _TOLD_IN_TIMELINES:
            continue
        if not any(anchor in lowered for anchor in pattern.anchors):
            continue
        match = _compiled(pattern.source).search(text)
        if match is None:
            continue
        named = match.groupdict()
        subject = next((v for k, v in named.items() if k.startswith("subject") and v and v.strip()), "")
        if pattern.kind is GapKind.ABSENT and lowered.startswith("not "):
            continue
        if pattern.kind not in _OF_A_THING:
            subject = trim_subject(subject)
        if pattern.kind is GapKind.LEFT_OUT and subject:
            subject = f"{_named(named.get('thing') or named.get('thing2') or '')} into {'the ' if subject[0].islower() else ''}{subject}"
        if pattern.kind in _OF_A_THING and subject:
            thing = next((v for k, v in named.items() if k.startswith("thing") and v), "")
            subject = way(thing, subject) if pattern.kind is GapKind.NO_WAY else wanted(thing, named, subject)
        if pattern.kind is not GapKind.NOT_FOUND_OUT and not subject:
            continue
        if _ignored(subject, language.ignored) or _SAYS_LITTLE.match(subject):
            continue
        return Gap(pattern.kind, subject, sentence.evidence)
    return None


def _named(thing: str) -> str:
    """The thing that was left out, in the document's words; where only "it" stands there, words for it."""
    words = re.sub(r"^(?:(?:and|but|since|as|because|that|which|so|also|however|the)\s+)+", "", thing.strip(), flags=re.IGNORECASE)
    words = words.strip(" .,:;-–—*`\"'")
    plain = _PRONOUN.match(words) or not words or len(words.split()) > _MOST_WORDS_OF_A_THING
    return "what was left out" if plain else words


def trim_subject(text: str) -> str:
    """The thing itself: up to where the clause turns, without article, at most a dozen words."""
    text = _END.sub("", text.strip())
    for _ in range(2):
        text = _LEADING.sub("", text)
    words = text.split()[:_MOST_WORDS]
    while words and words[-1].lower().strip(",") in _TRAILING:
        words.pop()
    return " ".join(words).strip(" .,:;-–—*`\"'")


_TRAILING = frozenset(
    "the a an of for to on in with and or that it we at by from into is was were be".split()
)


def _ignored(subject: str, ignored: Sequence[Phrase]) -> bool:
    """Whether the subject begins with something that is good to lack, or is no thing at all."""
    words = tokens(subject)
    return any(phrase.match_at(words, 0) is not None for phrase in ignored)
