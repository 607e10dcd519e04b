"""What should have been watched, from the words of a gap ("alert on failed logins" → "failed logins"), and the short form of a
statement that a title can hold."""

from __future__ import annotations

import re

_WATCHING = (
    r"(?:alert(?:s|ing)?|alarms?|monitor(?:s|ing)?|dashboards?|notifications?|pag(?:es|ing)|metrics?|"
    r"logs?|logging|visibility|detection|detective controls?|graphs?|tracing|instrumentation|"
    r"telemetry)"
)
_AFTER = re.compile(
    (
        rf"\b{_WATCHING}\b\s*(?:set up|configured|in place)?\s*(?:on|for|of|about|around|that|which|when|"
        rf"to (?:detect|catch|confirm|alert us (?:if|when|of))|tracking|showing|covering|into|if|"
        rf"against)\s+(?:the |a |an |our |when |if )?(?P<thing>.{{3,80}})"
    ),
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"^(?P<thing>(?:[\w/.%'-]+\s+){{1,5}}?){_WATCHING}\b", re.IGNORECASE)
_FILLER = re.compile(
    r"^(?:sufficient|proper|adequate|good|proactive|automated|automatic|real|dedicated|specific|enough|any|of|much|detailed)\s+",
    re.IGNORECASE,
)


def watched(subject: str) -> str:
    """The thing to watch, or an empty text where the words name none."""
    match = _AFTER.search(subject) or _BEFORE.search(subject)
    thing = (
        match["thing"]
        if match
        else ""
        if re.fullmatch(_WATCHING, subject.strip(), re.IGNORECASE)
        else subject
    )
    for _ in range(3):
        thing = _FILLER.sub("", thing.strip())
    thing = thing.strip(" .,;:")
    return "" if _POINTS_ELSEWHERE.fullmatch(thing) else thing


_POINTS_ELSEWHERE = re.compile(r"that|this|these|those|it|them|this one|such (?:a )?(?:thing|case)s?", re.IGNORECASE)
_TURN = re.compile(
    r"\s*(?:;|\(|—|–| - |,\s+so\b|,?\s+(?:so that|which|because|since|and (?:so|then|therefore|thus)|but|however|meaning|making|causing|"
    r"resulting|leading)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_OPENING = re.compile(
    r"^(?:(?:the|our|a|an) )?(?:(?:root |main |underlying |real )?(?:cause|reason|problem|issue)(?: (?:of|for|behind) [^,.;:]{3,40})? "
    r"(?:was|is)(?: that)?|it turned out that|(?:this|it) (?:was|is) because|due to|because(?: of)?|as|since)\s+",
    re.IGNORECASE,
)
_LONGEST_HEADLINE = 66  # characters: a title has room for so much behind its verb


def headline(statement: str) -> str:
    """A statement cut where it turns to something else, in the document's words."""
    text = statement.strip().split("\n")[0]
    for _ in range(2):  # "The issue was due to …"
        text = _OPENING.sub("", text)
    turned = _TURN.sub("", text)
    text = turned if len(turned.split()) > 2 else text
    if len(text) > _LONGEST_HEADLINE:
        text = text[:_LONGEST_HEADLINE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
    return text.strip(" .,;:")
