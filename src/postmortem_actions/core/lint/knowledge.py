"""The words by which actions are judged (data/lint.yaml), with headings and forms to read them by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..classify import FormTable
from ..parse.headings import HeadingTable
from ..text.phrases import Phrase, compile_phrase
from ..text.words import tokens


@dataclass(frozen=True, slots=True)
class WordList:
    """Phrases with the examples that prove them: ``flag`` must be found, ``passes`` must not."""

    phrases: tuple[Phrase, ...]
    flag: tuple[str, ...]
    passes: tuple[str, ...]

    def found(self, text: str) -> str | None:
        """The words of the text that match, or None."""
        words = tokens(text)
        for phrase in self.phrases:
            place = phrase.find(words)
            if place is not None:
                return text[words[place[0]].start : words[place[1] - 1].end]
        return None


@dataclass(frozen=True, slots=True)
class LintKnowledge:
    """All word lists. ``bounded`` are phrases that give an investigation an end."""

    vague: WordList
    open_ended: WordList
    bounded: WordList
    blame: WordList
    weak: WordList
    training: WordList
    uncheckable: WordList
    bare: frozenset[str]
    teams: frozenset[str]
    headings: HeadingTable
    forms: FormTable

    @classmethod
    def from_data(
        cls, data: Mapping[str, Any], headings: Mapping[str, Sequence[str]], forms: Mapping[str, Any]
    ) -> LintKnowledge:
        """Build from the parsed lint.yaml, headings.yaml and forms.yaml."""

        def words(name: str, key: str = "phrases") -> WordList:
            entry = data[name]
            compiled = tuple(compile_phrase(str(phrase)) for phrase in entry[key])
            return WordList(compiled, tuple(entry.get("flag", ())), tuple(entry.get("pass", ())))

        return cls(
            words("vague"), words("open_ended"), words("open_ended", "bounded"), words("blame"), words("weak"),
            words("training"), words("uncheckable"),
            frozenset(str(word).lower() for word in data["uncheckable"]["bare"]),
            frozenset(str(word).lower() for word in data["teams"]),
            HeadingTable(headings), FormTable.from_data(forms)[0],
        )  # fmt: skip
