"""What is wanted of a thing that falls short, in the document's own words: "The sender does not check whether it was sent" →
"the sender check whether it was sent", to stand behind "Make"."""

from __future__ import annotations

import re

# Who acts, or what happened: nobody is "made" to do something, and an incident does nothing.
_NO_THING = re.compile(
    r"\b(?:users?|customers?|clients?|people|persons?|students?|engineers?|operators?|developers?|reviewers?|authors?|maintainers?|"
    r"moderators?|admins?|administrators?|teams?|staff|colleagues?|someone|somebody|anybody|anyone|everybody|everyone|nobody|responders?|"
    r"volunteers?|members?|visitors?|incident|outage|impact|issues?|problems?|errors?|failures?|disruption|changes?|fix|restart|reboot|"
    r"rollback|time|who|what|why|how|we|i|you|he|she|they|it|this|that|these|those|which|there|one|two|three|both|all|none|nothing|so|if|when|then)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:and|but|since|as|because|that|which|so|also|however|then|though|although|while|whereas|unfortunately|usually|in addition|"
    r"furthermore|the|a|an|our|its|their)\s+)+",
    re.IGNORECASE,
)
_TURN = re.compile(r"\b(?:that|but|since|because|while|where|although|though|so)\b", re.IGNORECASE)  # "it turned out that the importer"
_PLURAL = re.compile(r"(?:[^s]s|ies)$")
_MOST_WORDS = 7
_MOST_OF_CLAUSE = 16  # words
_SAYS_NOTHING = re.compile(
    r"^(?:it|that|this|them|so|do (?:so|that|it|this))\b|^\w+ (?:it|this|that|them|so)\b|\b(?:any|no|some)thing$", re.IGNORECASE
)
_INFLECTED = {
    "verifies": "verify", "verified": "verify", "compares": "compare", "compared": "compare", "validates": "validate",
    "validated": "validate", "removes": "remove", "removed": "remove", "watches": "watch", "watched": "watch", "deletes": "delete",
    "deleted": "delete", "measures": "measure", "measured": "measure", "notifies": "notify", "notified": "notify",
}  # fmt: skip


def wanted(thing: str, named: dict[str, str | None], subject: str) -> str:
    """The thing with what it should do or be; empty where no thing is named that could be changed."""
    name, subject = _name(thing), _clause(subject)
    if not name or _SAYS_NOTHING.search(subject):
        return ""
    if inflected := named.get("only"):
        return f"{name} {_base(inflected)} more than {subject}"
    return f"{name} {subject}"


def way(thing: str, subject: str) -> str:
    """Who should be given a way to something; where nobody is named, those who respond. Empty where the text does not say to what."""
    subject = re.sub(r"\byou\b", "users", _clause(subject))
    if not subject or _SAYS_NOTHING.search(subject):
        return ""
    name = _LEADING.sub("", _TURN.split(thing)[-1].strip()).strip(" .,:;-–—*`\"'")
    nobody = not name or len(name.split()) > _MOST_WORDS or re.match(r"(?:we|i|it|they|this|that|there|you|who)\b", name, re.IGNORECASE)
    return f"{'responders' if nobody else _the(name)} a way to {subject}"


def _clause(subject: str) -> str:
    """What should be done, to the end of its clause."""
    words = re.split(r"[,;(]|\s[-–—]\s|\b(?:because|so that|so we|so it|which|meaning)\b", subject)[0].split()
    return " ".join(words[:_MOST_OF_CLAUSE]).strip(" .,:;-–—*\"'")


def _name(thing: str) -> str:
    name = _LEADING.sub("", _TURN.split(thing)[-1].strip()).strip(" .,:;-–—*\"'")
    if not name or len(name.split()) > _MOST_WORDS or _NO_THING.search(name):
        return ""
    return _the(name)


def _the(name: str) -> str:
    """A plain noun takes its article back; a name, a gerund or a plural needs none."""
    first = name.split()[0]
    plain = first[:1] + first[1:].lower() == first and first.isalpha()
    low = name[:1].lower() + name[1:] if plain and len(name.split()) > 1 else name
    bare = not low[:1].islower() or first.endswith("ing") or _PLURAL.search(name.split()[-1]) or not first.isalpha()
    return low if bare else f"the {low}"


def _base(inflected: str) -> str:
    words = inflected.lower().split()
    verb = words[0]
    verb = _INFLECTED.get(verb) or re.sub(r"(?<=\w{3})(?:ed|s)$", "", verb)
    return " ".join([verb, *words[1:]])
