"""What a heading or label means: from its words to roles such as ``root_cause`` or ``action_item``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..text.phrases import Phrase, compile_phrase
from ..text.words import tokens

_EMOJI = re.compile(
    r"[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+|:[a-z_]{2,40}:"
)
_NUMBERING = re.compile(
    r"^(?:(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-d]|[ivx]{1,4})[.)]\s+|\d{1,2}(?:\.\d{1,2}){1,3}\s+|"
    r"(?:d\d|(?:step|section|part|phase) \d{1,2})\s*[:.)—–-]\s*)"
)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{0,120}[)\]]\s*")
_ENDING = re.compile(
    r"\s+(?:of|for|from|in|to|during|about) (?:the |this |our |that )?(?:incident|outage|event|events|issue)s?$"
)
_SPLIT = re.compile(r"\s*(?:/|,|;|\+|\band\b|:|—|–| - )\s*")
# A longer heading keeps its meaning when it holds one of its role's phrases; single words that stand in
# any sentence ("fix", "open", "team") do not count there.
_LONGEST_LOOSE = 8
_SHORTEST_LOOSE = 6
# A phrase (docs/rules.md) rather than the very words: "~ how .. find out".
_PHRASE = "~"
_LONGEST_PHRASED = 14  # words of a heading in which phrases are looked for


def simplify(text: str) -> str:
    """A heading's words for comparison: lower case, no emoji, numbering, brackets or end mark."""
    text = _EMOJI.sub(" ", text).replace("’", "'").replace("`", "").replace("“", '"').replace("”", '"')
    text = " ".join(text.lower().replace("&", " and ").replace("(s)", "s").split())
    text = _NUMBERING.sub("", text.strip("*_#=~ "))
    text = _BRACKETS.sub(" ", text).strip(" :?.!*_-—–")
    return " ".join(text.replace("learnt", "learned").split())


class HeadingTable:
    """The headings of data/headings.yaml: role → phrases, in every language it holds."""

    def __init__(self, roles: Mapping[str, Sequence[str]]) -> None:
        self._roles: dict[str, list[str]] = {}
        self._phrases: list[tuple[str, tuple[Phrase, ...]]] = []
        for role, phrases in roles.items():
            written = [str(phrase) for phrase in phrases]
            if compiled := tuple(compile_phrase(p[1:].strip()) for p in written if p.startswith(_PHRASE)):
                self._phrases.append((role, compiled))
            for phrase in (p for p in written if not p.startswith(_PHRASE)):
                known = self._roles.setdefault(simplify(str(phrase)), [])
                if role not in known:
                    known.append(role)
        self._loose = sorted(
            (phrase for phrase in self._roles if len(phrase) >= _SHORTEST_LOOSE), key=lambda p: (-len(p), p)
        )

    def exact(self, text: str) -> tuple[str, ...]:
        """The roles of a label, only where the table knows its very words."""
        return tuple(self._roles.get(simplify(text), ()))

    def asked(self, text: str) -> tuple[str, ...]:
        """The roles of a label that asks or announces what follows ("What we want to change"), by the table's phrases."""
        return self._said(simplify(text))

    def roles(self, text: str) -> tuple[str, ...]:
        """The roles of a heading, surest first; empty where it says nothing the table knows."""
        words = simplify(text)
        if not words:
            return ()
        if found := self._roles.get(words):
            return tuple(found)
        shorter = _ENDING.sub("", words).removeprefix("the ").removeprefix("our ")
        if found := self._roles.get(shorter):
            return tuple(found)
        if asked := self._said(words):
            return asked
        parts = [self._roles.get(part.removeprefix("the "), []) for part in _SPLIT.split(shorter) if part]
        if any(parts):
            return tuple(dict.fromkeys(role for part in parts for role in part))
        if len(words.split()) <= _LONGEST_LOOSE:
            padded = f" {words} "
            for phrase in self._loose:
                if f" {phrase} " in padded and "title" not in self._roles[phrase]:
                    return tuple(self._roles[phrase])
        return ()

    def _said(self, words: str) -> tuple[str, ...]:
        """The first role one of whose phrases a heading begins with: people also ask what a part answers."""
        if len(words.split()) > _LONGEST_PHRASED:
            return ()
        own = tokens(words)
        return next(((role,) for role, phrases in self._phrases if any(p.match_at(own, 0) is not None for p in phrases)), ())
