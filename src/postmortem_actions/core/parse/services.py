"""The services an incident hit, named by the document: precise rather than many."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Evidence, Fact, Sentence
from .metadata import Entry

_IDENTIFIER = re.compile(
    r"(?<![\w/.-])`?([a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:api|service|svc|app|gateway|worker|web|backend|frontend|server|db|site|hub|proxy|controller|consumer|portal))`?(?![\w.-])"
)
_NAMED = re.compile(
    r"\b(?:the |our )?((?:[A-Z][\w-]{2,20}|[a-z][a-z-]{3,20})(?: [A-Z][\w-]{2,20})?) (API|service|microservice|gateway|portal)\b"
)
_TOO_GENERAL = frozenset(
    "the our this that their any all other some each every new old internal external public private main web same affected third "
    "party partial full degraded normal cloud email level customer self quality production critical dependent upstream downstream "
    "caching notification internet restore provided which these those no one multiple several more web-based linux stopped "
    "restarted slow efficient after before during when while because since until via by at into onto over under between without "
    "within through across against about around behind beyond despite due per using your my user admin "
    "of for and to in on with as from rest an a client server admin-facing routing core following".split()
)
_NO_SERVICES = frozenset("self-service full-service multi-server client-server in-app web-app cross-site on-site off-site".split())
_MOST = 5


def services(
    sentences: Sequence[Sentence], entries: Sequence[Entry], title: str, title_evidence: Evidence | None
) -> list[Fact]:
    """At most five services, the main one first: metadata, then the title, then identifiers in the text."""
    found: list[Fact] = []

    def add(name: str, evidence: Evidence | None) -> None:
        name = name.strip(" .,;:`*()")
        if 2 <= len(name) <= 50 and all(name.lower() != fact.text.lower() for fact in found):
            found.append(Fact(name, evidence))

    for entry in entries:
        if entry.field == "services":
            for part in re.split(r"\s*[,;/]\s*|\s+and\s+", re.sub(r"\([^)]{0,300}\)", "", entry.value)):
                if len(part.split()) <= 3 and not re.search(r"\b(?:to|for|is|was|are|were|of)\b", part):
                    add(part, entry.evidence)
    texts = [
        (title, title_evidence),
        *(
            (s.text, s.evidence)
            for s in sentences
            if not set(s.roles) & {"action_item", "action_class", "related", "evidence", "participants"}
        ),
    ]
    for text, evidence in texts:
        for match in _IDENTIFIER.finditer(text):
            if match.group(1) not in _NO_SERVICES:
                add(match.group(1), evidence)
    if not found:
        counts: dict[str, list[Evidence]] = {}
        for text, evidence in texts:
            for match in _NAMED.finditer(text):
                first = match.group(1).split()[0].lower()
                if first not in _TOO_GENERAL and evidence is not None:
                    counts.setdefault(f"{match.group(1)} {match.group(2)}", []).append(evidence)
        for name, where in sorted(counts.items(), key=lambda pair: (-len(pair[1]), pair[1][0].span, pair[0])):
            if len(where) > 1 or name.split()[0] in title:
                add(name, where[0])
    return found[:_MOST]
