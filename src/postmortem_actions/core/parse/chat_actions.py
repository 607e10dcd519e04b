"""What people agree on in a chat once the incident is over: "we should …", "I'll do … today".

While it lasts, the same words tell what somebody is about to do at that moment; only what is said after somebody has called
it over, or is put off in so many words ("tomorrow", "follow-up"), is an action."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .action_words import begins_as_action, is_short, parts
from .blocks import BlockKind
from .sections import Unit

_MESSAGE = re.compile(
    r"^\W{0,3}(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?\W{0,4}\s*"
    r"<?@?(?P<who>[A-Za-z][\w.-]{1,30}(?: [A-Z][\w.-]{0,20})?)>?\s*:\s+(?P<said>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_FEWEST = 5  # messages that make a chat
_OVER = re.compile(
    r"(?<!not )\b(?:resolved|all clear|back to normal|recovered|looks? (?:good|fine|healthy) (?:now|again)|stable (?:now|again)|"
    r"(?:incident|it|this) (?:is )?(?:over|closed|done)|clos(?:e|ing) (?:this|the incident)|normal (?:again|now)|"
    r"we'?re good|green again)\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:tomorrow|later (?:today|this week)|next (?:week|sprint|time|month)|after(?:wards| this| the incident)|"
    r"in (?:the )?future|going forward|follow[- ]?up|post-?mortem|ticket|backlog)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"^(?:(?:ok(?:ay)?|so|and|also|then|yes|yeah|but|btw|plus|imo|i think|maybe|note to self)[:,]? ){0,3}(?:"
    r"(?P<own>i['’]?ll|i will|i can|i am going to|i['’]?m going to|let me|on me to|mine is to)|"
    r"(?:we|someone|somebody|they|the team|you) (?:really |also |probably |definitely )?(?:should|need to|needs to|"
    r"must|have to|ought to|could|want to)|"
    r"we['’]?(?:ll| will)|let['’]?s|(?:should|must|need to|gotta|have to)|can (?:we|someone)|could (?:we|someone))"
    r"(?: (?:also|really|probably|then|at least|please))? (?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_ALSO = re.compile(r"^(?:and |also |plus ){1,2}(?P<what>.+)$", re.IGNORECASE | re.DOTALL)
_A_THING = re.compile(r"^(?:and |also |plus )+(?P<what>an? [\w-]+ .+)$", re.IGNORECASE | re.DOTALL)
_END = re.compile(r"(?<=[.!?])\s+|\s+(?:-|–|—)\s+")
_ON_THE_SPOT = re.compile(
    r"^(?:look|check|see|take a look|wait|stop|page|ping|call|ask|try|have a look|be there|join|keep (?:an eye|watching)|"
    r"watch|write the|open the|close|go with|do (?:that|it|this)\b(?!.*\btoday\b))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """One thing to do with the message it was said in; ``owner`` where somebody takes it on."""

    text: str
    owner: str | None
    unit: Unit


def agreed_in_chat(found: Sequence[Unit]) -> Iterator[Agreed]:
    """What the messages of a chat agree on, in order; nothing where the document is no chat."""
    messages = [
        (unit, match)
        for unit in found
        if unit.block.kind in (BlockKind.LINE, BlockKind.ITEM) and (match := _MESSAGE.match(unit.block.text))
    ]
    if len(messages) < _FEWEST:
        return
    over = next((n for n, (_, match) in enumerate(messages) if _OVER.search(match["said"])), len(messages))
    for place, (unit, match) in enumerate(messages):
        more = False  # "we should give it its own cluster. and a check in CI"
        for sentence in _END.split(match["said"]):
            text = sentence.strip(" .!")
            if text.endswith("?") and not text.lower().startswith(("can we", "could we", "should we")):
                continue
            if place < over and not _LATER.search(text):
                continue
            agreed = list(_said(text.rstrip("?"), match["who"], unit))
            if not agreed and more and (thing := _A_THING.match(text)):
                agreed = [Agreed(thing["what"], None, unit)]
            more = bool(agreed)
            yield from agreed


def _said(text: str, who: str, unit: Unit) -> Iterator[Agreed]:
    match = _SAYS.match(text) or _ALSO.match(text)
    what = match["what"].strip() if match else text if begins_as_action(text) else ""
    if is_short(what) or (_ON_THE_SPOT.match(what) and not _LATER.search(what)):
        return
    own = match is not None and match.re is _SAYS and match["own"] is not None
    if match is not None and match.re is _ALSO and not begins_as_action(what):
        return
    for part in parts(what):
        yield Agreed(part, who if own else None, unit)
