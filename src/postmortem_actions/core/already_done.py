"""What was already done during the incident: it is not proposed again, but has to be verified."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .catalogue import Catalogue
from .model import Candidate, Evidence, Sentence
from .policy import ActionState, OriginKind
from .text.words import tokens

# Where people tell what they did about it.
_TOLD = {"resolution", "mitigation", "response", "timeline"}
_DONE = re.compile(
    r"\b(?:added|created|deployed|applied|introduced|set|increased|raised|lowered|rotated|revoked|enabled|configured|"
    r"installed|purged|deleted|patched|upgraded|moved|replaced|wrote|implemented|put in place|rolled out|shipped)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:will|would|should|could|might|plan(?:s|ned|ning)?|need(?:s|ed)?|todo|to be|going to|consider\w*|propos\w+|temporar\w+|"
    r"tried|attempt\w*|failed|not|never|reverted)\b|n't",
    re.IGNORECASE,
)


def done_in_the_incident(catalogue: Catalogue, sentences: Sequence[Sentence]) -> dict[str, Evidence]:
    """rule-id/action-id of what a line of the response says was done, with that line. A line that speaks of a
    plan, a try or something temporary does not count."""
    found: dict[str, Evidence] = {}
    for sentence in sentences:
        if (
            not set(sentence.roles) & _TOLD
            or not _DONE.search(sentence.text)
            or _NOT_YET.search(sentence.text)
        ):
            continue
        for hit in catalogue.stated_index.find(tokens(sentence.text)):
            found.setdefault(catalogue.action_refs[hit.owner], sentence.evidence)
    return found


def mark_done(candidates: Sequence[Candidate], done: dict[str, Evidence]) -> list[Candidate]:
    """The candidates, those that were done already claimed as done: to be verified, not to be done again."""
    return [
        replace(candidate, state=ActionState.CLAIMED_DONE, evidence=(done[ref], *candidate.evidence))
        if candidate.origin.kind is OriginKind.RULE and (ref := candidate.origin.ref) in done
        else candidate
        for candidate in candidates
    ]
