"""Words of a text as comparable stems: what phrase matching and similarity stand on.

Two writings of one word must give one stem ("timed out", "time-out", "timeouts"), and every token keeps
the place it came from, so that a quote can be cut from the original text. Deterministic, English;
words of other languages pass through as they are.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import NamedTuple

# A word may hold dots, slashes, underscores and colons inside (users.email, /api/orders, p95),
# and numbers keep their unit (30s, 80%). Hyphens separate: "circuit-breaker" is two words.
_WORD = re.compile(r"[^\W_](?:[\w./:@%]*[\w%])?|/\w[\w./:-]*", re.UNICODE)
_APOSTROPHE = str.maketrans({"’": "'", "ʼ": "'", "`": " "})
_NEGATED = re.compile(r"\b(ca|wo|[a-z]+)n't\b", re.IGNORECASE)
_NUMBER_BEGINS = "0123456789~<>≈$€£"
_NUMBER = re.compile(r"^[~<>≈$€£]?\d[\d.,:]*(?:%|[a-z]{0,3})$")

# Determiners and fillers carry nothing for recognition; leaving them out lets one phrase match
# "missing an index" and "missing index".
FILLERS = frozenset(
    "a an the this that these those our its their his her my your any some very really just also "
    "quite already yet actually simply completely properly correctly basically".split()
)

NEGATIONS = frozenset(("not", "no", "without", "never", "nor", "neither"))

# Two-word writings folded into one. Keys are stems of neighbouring words.
_JOINED = {
    ("time", "out"): "timeout", ("tim", "out"): "timeout", ("roll", "back"): "rollback", ("back", "up"): "backup",
    ("run", "book"): "runbook", ("play", "book"): "playbook", ("on", "call"): "oncall",
    ("check", "list"): "checklist", ("data", "base"): "database", ("fail", "over"): "failover",
    ("fall", "back"): "fallback", ("dead", "lock"): "deadlock", ("white", "list"): "allowlist",
    ("name", "space"): "namespace", ("e", "mail"): "email", ("log", "in"): "login",
    ("sign", "up"): "signup", ("set", "up"): "setup", ("dash", "board"): "dashboard",
    ("hot", "fix"): "hotfix", ("rate", "limit"): "ratelimit", ("data", "store"): "datastore",
    ("pre", "production"): "preproduction", ("post", "mortem"): "postmortem", ("time", "stamp"): "timestamp",
    ("work", "around"): "workaround", ("over", "load"): "overload", ("web", "hook"): "webhook",
    ("down", "time"): "downtime", ("through", "put"): "throughput", ("white", "listed"): "allowlist",
    ("re", "start"): "restart", ("un", "index"): "unindex", ("roll", "out"): "rollout",
    ("auto", "scal"): "autoscal", ("auto", "scaling"): "autoscal",
}  # fmt: skip

_IRREGULAR = {
    "indices": "index", "indexes": "index", "indexed": "index", "indexing": "index", "sent": "send",
    "ran": "run", "running": "run", "runs": "run", "broke": "break", "broken": "break", "knew": "know",
    "known": "know", "took": "take", "taken": "take", "went": "go", "gone": "go", "were": "be",
    "was": "be", "is": "be", "are": "be", "been": "be", "being": "be", "had": "have", "has": "have",
    "having": "have", "did": "do", "does": "do", "done": "do", "lost": "lose", "losing": "lose",
    "wrote": "write", "written": "write", "found": "find", "caught": "catch", "kept": "keep",
    "left": "leave", "led": "lead", "built": "build", "made": "make", "making": "make", "got": "get",
    "gotten": "get", "gave": "give", "given": "give", "saw": "see", "seen": "see", "threw": "throw",
    "thrown": "throw", "grew": "grow", "grown": "grow", "fell": "fall", "fallen": "fall",
    "hung": "hang", "stuck": "stick", "wasn": "be", "bytes": "byte", "outages": "outag",
    "cancelled": "cancel", "cancelling": "cancel", "became": "become",
    "retries": "retry", "retried": "retry", "retrying": "retry", "process": "process",
    "processes": "process", "access": "access", "accessed": "access", "dns": "dns", "tls": "tls",
    "https": "https", "aws": "aws", "kubernetes": "kubernetes", "redis": "redis", "s3": "s3",
    "ops": "ops", "status": "status", "css": "css", "sms": "sms", "ssl": "ssl", "gas": "gas",
    "us": "us", "nobody": "no", "none": "no", "nothing": "no", "cannot": "can", "missing": "miss",
    "forgot": "forget", "forgotten": "forget", "overwrote": "overwrite", "overwritten": "overwrite",
    "chose": "choose", "chosen": "choose", "hit": "hit", "hitting": "hit", "cut": "cut",
    "cutting": "cut", "put": "put", "putting": "put", "set": "set", "setting": "set", "settings": "setting",
    "stopped": "stop", "dropped": "drop", "shut": "shut", "shutting": "shut", "bound": "bound",
    "pods": "pod", "during": "during", "string": "string", "thing": "thing", "nothings": "no",
    "something": "something", "anything": "anything", "everything": "everything", "king": "king",
    "need": "need", "feed": "feed", "speed": "speed", "seed": "seed", "exceed": "exceed",
    "bring": "bring", "brought": "bring", "ping": "ping", "pinged": "ping", "pinging": "ping",
    "goes": "go", "rang": "ring", "rung": "ring", "sat": "sit", "stood": "stand", "woke": "wake", "woken": "wake", "learnt": "learn",
    "meant": "mean", "held": "hold", "paid": "pay", "said": "say", "told": "tell", "thought": "think", "came": "come",
    "began": "begin", "begun": "begin", "froze": "freeze", "frozen": "freeze", "rose": "rise", "risen": "rise", "ate": "eat",
    "eaten": "eat", "spent": "spend", "spoke": "speak", "drove": "drive", "driven": "drive", "forbade": "forbid", "fed": "feed",
    "sql": "sql", "mysql": "mysql", "ca": "can", "wo": "will", "could": "can", "would": "will",
}  # fmt: skip


class Token(NamedTuple):
    """One word: its stem, its lower-case form, and where it stands in the text (character offsets)."""

    stem: str
    word: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether the word is a figure, with or without a unit (``30s``, ``80%``, ``10M``)."""
        return self.word[0] in _NUMBER_BEGINS and bool(_NUMBER.match(self.word))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of one lower-case word, by a short suffix stripper (after Porter, much reduced)."""
    if word in _IRREGULAR:
        regular = _IRREGULAR[word]
        # "left" is "leave", and has the same stem; what stands for itself ("dns") has no ending to lose.
        return regular if regular == word or regular in _IRREGULAR else _stripped(regular)
    return _stripped(word)


def _stripped(word: str) -> str:
    if word.endswith(("'s", "s'")):
        word = word[:-2]
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix, shortest in (("ing", 3), ("ed", 3)):
        if word.endswith(suffix) and len(word) - len(suffix) >= shortest:
            base = word[: -len(suffix)]
            if not any(vowel in base for vowel in "aeiouy"):
                break
            if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            word = base
            break
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word


def _unfold(text: str) -> str:
    """Straighten apostrophes and write "n't" as " not", keeping every other character in its place."""
    text = text.translate(_APOSTROPHE)
    # Same length in, same length out: "didn't" -> "did not" would shift offsets, so the "n't" is
    # replaced by " no" + "t" folded: three characters for three characters.
    return _NEGATED.sub(
        lambda m: m.group(1) + (" no" if len(m.group(0)) - len(m.group(1)) == 3 else "n't"), text
    )


class Words(tuple[Token, ...]):
    """The words of a text, and (on demand, once) where each stands, so that phrases are soon ruled out."""

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each stem stands, each beginning of three letters (with ``*``), and figures (``#``)."""
        places: dict[str, list[int]] = {}
        for place, token in enumerate(self):
            for key in {token.stem, token.word[:3] + "*", token.stem[:3] + "*"}:
                places.setdefault(key, []).append(place)
            if token.is_number:
                places.setdefault("#", []).append(place)
        return places

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of ``places``."""
        return frozenset(self.places)


# One sentence is asked for by many steps of one plan; longer texts are not kept.
_KEPT_TEXTS = 4096
_LONGEST_KEPT = 600  # characters


def tokens(text: str, *, keep_fillers: bool = False) -> Words:
    """The words of ``text`` in order, fillers left out unless asked for, split writings joined.

    "didn't", "cannot" and "not" all leave the token ``no``/``not`` folded to the stem ``no``.
    """
    return _kept_tokens(text, keep_fillers) if len(text) <= _LONGEST_KEPT else _tokens(text, keep_fillers)


@lru_cache(maxsize=_KEPT_TEXTS)
def _kept_tokens(text: str, keep_fillers: bool) -> Words:
    return _tokens(text, keep_fillers)


def _tokens(text: str, keep_fillers: bool) -> Words:
    result: list[Token] = []
    unfolded = _unfold(text)
    for match in _WORD.finditer(unfolded):
        word = match.group(0).lower()
        if word == "s" and result and unfolded[result[-1].end : match.start()] == "'":
            continue  # "the supplier's system" is the supplier system
        if not keep_fillers and word in FILLERS:
            continue
        root = "no" if word in NEGATIONS else stem(word)
        if word == "cannot":
            result.append(Token("can", word, match.start(), match.end()))
            root = "no"
        if root == "no" and result and result[-1].stem == "do":
            result.pop()  # "did not include" is "not include": one phrase for both
        if result:
            joined = _JOINED.get((result[-1].stem, root))
            if joined is not None and match.start() - result[-1].end <= 1:
                before = result.pop()
                result.append(Token(joined, before.word + word, before.start, match.end()))
                continue
        result.append(Token(root, word, match.start(), match.end()))
    return Words(result)


def stems(text: str) -> tuple[str, ...]:
    """The stems of ``text`` in order."""
    return tuple(token.stem for token in tokens(text))


_EMPTY = frozenset(
    "be have do to of in on at by for from with and or as it we they i you he she not no if when then so "
    "but than into onto over under out up there here which who what how why can could should would will "
    "may might must about after before while during each every all both more most".split()
)


def content_stems(text: str) -> frozenset[str]:
    """The stems that carry meaning: no function words, no bare numbers. For similarity."""
    return _kept_stems(text) if len(text) <= _LONGEST_KEPT else _content_stems(text)


@lru_cache(maxsize=_KEPT_TEXTS)
def _kept_stems(text: str) -> frozenset[str]:
    return _content_stems(text)


def _content_stems(text: str) -> frozenset[str]:
    return frozenset(t.stem for t in tokens(text) if t.stem not in _EMPTY and len(t.stem) > 1)


def similarity(first: frozenset[str], second: frozenset[str]) -> float:
    """0 to 1: the share of the smaller set found in the other, tempered by the larger one's size."""
    if not first or not second:
        return 0.0
    shared = len(first & second)
    overlap = shared / min(len(first), len(second))
    jaccard = shared / len(first | second)
    return 0.5 * overlap + 0.5 * jaccard
