"""Blast radius: users, duration and business impact, with the words that qualify them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..model import BlastRadius, Fact, Length, Sentence
from .metadata import Entry
from .phase_words import HARM
from .quantities import (
    counts_anything,
    counts_things,
    duration,
    money,
    qualifier_before,
    user_count,
    user_percent,
)

_IMPACT = {"impact", "impact.users", "impact.business", "impact.availability", "impact.data", "impact.security",
           "impact.reputation", "impact.team", "blast_radius", "summary", "narrative"}  # fmt: skip
_NOT_IMPACT = {
    "action_item",
    "action_class",
    "action_phase",
    "action_preview",
    "related",
    "went_well",
    "evidence",
    "participants",
    "five_whys",
    "ignore",
    "comms",
    "verification",
    "customer_advice",
}
_AFFECTED = re.compile(
    (
        r"\b(?:affect\w*|impact\w*|unable|could not|couldn't|cannot|can't|fail\w*|lost|unavailable|"
        r"errors?|degraded|charged|exposed|leaked|block\w*|contained|received|misdirected|down|offline|unreachable|"
        r"slow\w*|timed? out|outage|complain\w*|(?:found|saw|got|had|received) (?:no|an empty|a blank|the wrong|wrong|two|double)|"
        r"(?:not|n't) (?:\w+ )?(?:able|reach|log in|pay|order|open|use|see|load|get|sent|delivered|written)|"
        r"gone|deleted|wiped|missing|late|delayed|locked|stranded|stuck|turned away|logged out|disconnected|without|"
        r"billed|invoiced|cut off|notified twice|removed|kicked|banned|evicted|revoked|unsubscribed|signed out|rejected|refused|declined|"
        r"see(?:n|ing)? errors)\b"
    ),
    re.IGNORECASE,
)
_OUT = re.compile(
    r"\b(?:(?:was|were|went|goes|is) (?:\w+ )?(?:offline|down|unavailable|unreachable|inaccessible)|"
    r"(?:hours?|minutes) of (?:downtime|outage)|"
    r"could not be (?:used|reached|accessed)|success rate (?:\w+ ){0,3}(?:dropped|fell|below))\b",
    re.IGNORECASE,
)
_HIT = re.compile(
    r"\b(?:affect\w*|impact\w*|fail\w*|lost|unavailable|unreachable|degraded|exposed|leaked|sent to|deleted|corrupt\w*|"
    r"cut off|re-?sent|down|stuck|dropped|blocked|terminated|timed? out|gone|late|delayed|bounced|missing|wiped|expired|wrong|"
    r"duplicated?|twice|declined|"
    r"removed|rejected|refused|disabled|queued|waiting|undelivered|truncated|overwritten|unreadable|invalid|written off|revoked|"
    r"replayed|withdrawn|yanked|lacking|"
    r"(?:wrongly|sent) (?:sent|again|twice|in error|before)|without (?:a |any )?valid|in total|concerned|(?:that|this) was the case|"
    r"not (?:\w+ )?(?:sent|delivered|processed|recorded|received))\b",
    re.IGNORECASE,
)
_SPARED = re.compile(
    r"\b(?:(?:have|has|had) (?:all )?been (?:\w+ )?(?:contacted|informed|notified)|(?:not|n't|never|no one|nobody) (?:\w+ )?(?:affect|"
    r"impact)\w*|unaffected|no impact)\b",
    re.IGNORECASE,
)
_BUSINESS = re.compile(
    r"\b(?:revenue|gmv|sales|sla|slo|error budget|fine|gdpr|penalt\w+|refund\w*|churn\w*|cost|costs|compensat\w+|contract\w*|credits?|"
    r"orders? (?:lost|failed)|(?:lost|failed) (?:orders?|payments?|checkouts?|sales)|tickets?|complaints?|reputation|compliance|"
    r"data (?:loss|was lost)|lost data|breach\w*|support tickets?)\b",
    re.IGNORECASE,
)
_STATED_ZERO = re.compile(
    (
        r"\b(?:no|zero|without(?: any)?) (?:\w+ ){0,2}(?:revenue|financial|customer|user|data|business|"
        r"sla|monetary)\s?(?:impact|loss|affected)?\b"
    ),
    re.IGNORECASE,
)
_LENGTH_CUE = re.compile(
    (
        r"\b(?:for|lasted|lasting|duration|over (?:a )?(?:period|the)|outage of|downtime(?: of)?|"
        r"unavailable|disruption of|during|total(?:ling)?|within|took)\b"
    ),
    re.IGNORECASE,
)
_NOT_LENGTH = re.compile(
    (
        r"\b(?:every|per|each|timeout|timed out after|retention|retained|notice|ago|old|interval|after|"
        r"within|allowed|budget|target|slo|sla|guarantees?|remaining|next|by|rpo|rto|promised (?:as|at))\s*(?:\w+\s+){0,2}$"
    ),
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\b(?:keeps?|kept|cach\w+|holds?|held|valid|stor(?:es?|ed)|remember\w*|wait\w*|retr(?:y|ies|ied)|silenced|muted|averag\w+)\b[^.;]{0,50}$",
    re.IGNORECASE,
)
_TO_THE_END = re.compile(
    r",? (?:(?:for (?:us|the team|everything) )?to (?:fully )?(?:resolve|recover|restore|mitigate|fix|repair|return)|"
    r"(?:until|before) (?:it|the|everything|all|service))",
    re.IGNORECASE,
)
_LONGEST = 160
_MOST = 4
_OPENING = 5  # sentences, the title among them


def blast_radius(
    sentences: Sequence[Sentence], entries: Sequence[Entry], computed: Length | None
) -> BlastRadius:
    """Read the blast radius. ``computed`` is the duration from the times, used where none is stated."""
    users = _users(sentences, entries)
    counts = [c for c in (user_count(fact.text) for fact in users) if c]
    shares = [s for s in (user_percent(fact.text) for fact in users) if s]
    return BlastRadius(
        users=tuple(users[:_MOST]),
        duration=stated_duration(sentences, entries) or computed,
        business=tuple(_business(sentences, entries)[:_MOST]),
        user_count=max((c.value for c in counts), default=None),
        user_percent=max((s.value for s in shares), default=None),
    )


def _of_impact(sentence: Sentence) -> bool:
    return any(role.startswith("impact") or role == "blast_radius" for role in sentence.roles)


def _impact_sentences(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Sentences that may tell of impact: those of impact sections first."""
    usable = [s for s in sentences if not set(s.roles) & _NOT_IMPACT]
    own = [_of_impact(s) for s in usable]
    first = [s for s, direct in zip(usable, own, strict=True) if direct]
    return first + [
        s
        for s, direct in zip(usable, own, strict=True)
        if not direct and (not s.roles or set(s.roles) & _IMPACT)
    ]


def _users(sentences: Sequence[Sentence], entries: Sequence[Entry]) -> list[Fact]:
    found: list[Fact] = []
    for entry in entries:
        if entry.field == "users" and "related" not in entry.roles:
            found.append(Fact(clip(entry.value), entry.evidence, _qualifier(entry.value)))
    for sentence in _impact_sentences(sentences):
        inside = _of_impact(sentence)
        for clause in clauses(sentence.text):
            span = user_count(clause) or user_percent(clause)
            if span is None or not (inside or _AFFECTED.search(clause)) or _SPARED.search(clause):
                continue
            fact = Fact(clip(clause), sentence.evidence, span.qualifier or _qualifier(clause))
            if not _known(fact, found):
                found.append(fact)
    if not found:
        found = _suffered(sentences)
    if not found:
        found = _things(sentences)
    if not found:
        found = _harmed(sentences)
    if not found:
        told = [
            s
            for s in sentences
            if any(r in ("impact", "impact.users") for r in s.roles[:2]) and len(s.text.split()) > 3
        ]
        found = [
            Fact(clip(s.text), s.evidence)
            for s in told
            if _AFFECTED.search(s.text)
            or re.search(r"\b(?:users?|customers?|students?)\b", s.text, re.IGNORECASE)
        ][:2]
    if not found:
        found = _outage(sentences)
    return found


def _suffered(sentences: Sequence[Sentence]) -> list[Fact]:
    """Counts of people beside a verb that tells what befell them, in words that no list foresees ("640 maintainers were turned
    away"), and what is counted by an aside ("4 % of the traffic, or 31,000 devices")."""
    found: list[Fact] = []
    for sentence in _impact_sentences(sentences):
        for clause in clauses(sentence.text):
            span = user_count(clause)
            if span is not None and _BEFELL.match(clause[span.end :]) and not _OWN.search(clause[: span.start]):
                found.append(Fact(clip(clause), sentence.evidence, span.qualifier or _qualifier(clause)))
            elif counts_things(clause) and _ASIDE.search(clause):
                found.append(Fact(clip(clause), sentence.evidence, _qualifier(clause)))
    return found[:2]


_BEFELL = re.compile(r"^(?: \w+)? (?:were|was|got|had|have been|has been|met|lost|missed|waited|received|saw|could)\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:our|of the|serves?|serving|have|has|total of)\s*$", re.IGNORECASE)
_ASIDE = re.compile(r"^(?:that(?:['’]s| is| was| makes)|this (?:is|was|makes)|i\.e\.|or (?:about|some)?)\b", re.IGNORECASE)


def _outage(sentences: Sequence[Sentence]) -> list[Fact]:
    """Where nobody is counted at all: the sentence that says what could not be used."""
    usable = [s for s in _impact_sentences(sentences) if not set(s.roles) & {"timeline", "milestones"}]
    return [Fact(clip(s.text), s.evidence, _qualifier(s.text)) for s in usable if _OUT.search(s.text)][:1]


def _things(sentences: Sequence[Sentence]) -> list[Fact]:
    """Where no users are counted: how many requests, keys or machines were hit. What was found out while it was resolved
    comes last."""
    later = [s for s in sentences if set(s.roles[:1]) & {"resolution", "response", "fault"}]
    return [
        Fact(clip(clause), sentence.evidence, _qualifier(clause))
        for sentence in (*_impact_sentences(sentences), *later)
        for clause in clauses(sentence.text)
        if counts_things(clause) and (_HIT.search(clause) or _of_impact(sentence))
    ][:2]


def _harmed(sentences: Sequence[Sentence]) -> list[Fact]:
    """Counts of whatever was harmed, in words that no list foresees: "74 bottles were published that …"."""
    return [
        Fact(clip(clause), sentence.evidence, _qualifier(clause))
        for sentence in _impact_sentences(sentences)
        if not set(sentence.roles[:1]) & {"timeline", "milestones", "background"}
        for clause in clauses(sentence.text)
        if counts_anything(clause) and (_HARMED.search(clause) or _of_impact(sentence)) and not _SPARED.search(clause)
    ][:2]


_HARMED = re.compile(
    r"\b(?:(?:was|were|been|got|are|had) (?:\w+ )?(?:affect\w*|delet\w*|lost|remov\w*|corrupt\w*|wiped|broken|exposed|leak\w*|late|"
    r"delay\w*|"
    r"miss\w*|reject\w*|refus\w*|declin\w*|publish\w*|sent|posted|overwrit\w*|truncat\w*|cancel\w*|unavailable|down|unreachable|stuck)|"
    r"concerned|in (?:that|this) situation|(?:that|this) was the case|"
    r"(?:lost|deleted|removed|wiped|declined|rejected|published|broke|corrupted|overwrote|sent out|affected|missed)(?: \S+){0,2} \d)",
    re.IGNORECASE,
)


def _business(sentences: Sequence[Sentence], entries: Sequence[Entry]) -> list[Fact]:
    found = [Fact(clip(e.value), e.evidence, _qualifier(e.value)) for e in entries if e.field == "business"]
    ranked: list[tuple[int, Fact]] = []
    for sentence in _impact_sentences(sentences):
        business = "impact.business" in sentence.roles
        for clause in clauses(sentence.text):
            sum_of = money(clause)
            zero = _STATED_ZERO.search(clause)
            if not (sum_of or zero or (_BUSINESS.search(clause) and (business or re.search(r"\d", clause)))):
                continue
            told = Fact(clause, sentence.evidence)
            if _known(told, [fact for _, fact in ranked]) or _known(told, found):
                continue
            rank = 0 if re.search(r"\b(?:total|net|actual)\b", clause, re.IGNORECASE) else 1 if sum_of else 2
            ranked.append((rank, Fact(clip(clause), sentence.evidence, _qualifier(clause))))
    ranked.sort(key=lambda pair: pair[0])
    return found + [fact for _, fact in ranked]


def _known(fact: Fact, found: Sequence[Fact]) -> bool:
    """Whether a fact of the same line (or the same words) was read already."""
    return any(
        other.text == fact.text
        or (
            fact.evidence is not None
            and other.evidence is not None
            and fact.evidence.span == other.evidence.span
        )
        for other in found
    )


def stated_duration(sentences: Sequence[Sentence], entries: Sequence[Entry]) -> Length | None:
    """The duration the document states: its own key first, then impact, summary and prose."""
    for entry in entries:
        if entry.field == "duration" and (span := duration(entry.value)):
            return Length(round(span.value, 3), clip(entry.value), entry.evidence)
    opening = {sentence.text for sentence in sentences[:_OPENING]}
    for sentence in _impact_sentences(sentences):
        text = sentence.text
        begin = 0
        told = _of_impact(sentence) or sentence.text in opening or text[:4].lower() == "for "
        if not told and not (HARM.search(text) or _AFFECTED.search(text)):
            continue  # "we had tested it for two weeks" is the length of something else
        while (span := duration(text[begin:])) is not None:
            start, end = begin + span.start, begin + span.end
            before = text[max(0, start - 40) : start]
            after = text[end : end + 30]
            plain = _LENGTH_CUE.search(before) or re.match(
                r"[- ](?:outage|downtime|disruption|incident|window|long)", after
            )
            if plain and plain[0].lower() == "took" and not _TO_THE_END.match(after):
                plain = None  # "it took forty minutes to reach him" is part of it
            if plain and _KEPT.search(text[max(0, start - 80) : start]):
                plain = None  # "answers are kept for one hour" tells how it is made
            if plain and not _NOT_LENGTH.search(before) and span.value >= 1:
                return Length(round(span.value, 3), text[start:end], sentence.evidence)
            begin = end
    return None


def clauses(text: str) -> list[str]:
    """A sentence cut at semicolons and at commas that begin a new figure, so that a fact stays short."""
    if len(text) <= _LONGEST:
        return [text]
    return [
        part.strip()
        for part in re.split(r";\s+|,\s+(?=and |but |with |affecting |resulting )|\s\|\s", text)
        if part.strip()
    ]


def clip(text: str) -> str:
    """The text, cut at a word where it is too long to show."""
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _qualifier(text: str) -> str | None:
    match = re.search(
        r"\b(potential(?:ly)?|estimated|actual|approximately|about|roughly|up to|at least|more than|over|nearly|almost)\b|[~≈]",
        text,
        re.IGNORECASE,
    )
    return match.group(0) if match else qualifier_before(text, len(text))
