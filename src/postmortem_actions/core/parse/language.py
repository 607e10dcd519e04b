"""Which language a document is written in, as far as it matters: whether the rules' phrases can be found in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Problem, Sentence, Severity

# Frequent little words that the other languages here do not have.
_WORDS = {
    "English": "the and was were with that not this which from have had been because when",
    "German": "der das und nicht wurde wurden ist ein eine mit auf dem den im zu bei durch nach",
    "French": "le les et des une est pas été dans sur avec pour qui nous était par du",
    "Spanish": "el los las del una fue con por para que se está estaba como pero más",
    "Portuguese": "os da do dos das uma foi com não por para que em mais estava como",
    "Italian": "il gli della dei una è stato con per che non sono nel alla anche",
}
DAY_FIRST = frozenset(("German", "French", "Spanish", "Portuguese", "Italian"))  # languages that write the day before the month
_SETS = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_JAPANESE = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST = 6  # little words: a shorter text could be anything
_MOST_READ = 400  # sentences


def language(sentences: Sequence[Sentence]) -> str | None:
    """The language's English name, or None where there is too little to tell."""
    text = " ".join(sentence.text for sentence in sentences[:_MOST_READ])
    letters = len(_LETTER.findall(text))
    if letters and len(_JAPANESE.findall(text)) > 0.1 * letters:
        return "Japanese"
    if letters and len(_HAN.findall(text)) > 0.2 * letters:
        return "Chinese"
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {name: sum(word in known for word in words) for name, known in _SETS.items()}
    best = max(counts, key=lambda name: (counts[name], name == "English"))
    return best if counts[best] >= _FEWEST else None


def language_problems(found: str | None) -> list[Problem]:
    """A word of warning where the rules' phrases cannot be expected to be found."""
    if found in (None, "English"):
        return []
    return [
        Problem(
            "other-language",
            f"the text reads as {found}: headings, dates, figures and actions are read, but only the most frequent kinds of failure "
            "have phrases in that language, so others in its sentences are missed",
            severity=Severity.WARNING,
            fix="Give an English text, or a folder of rules with phrases in that language (--rules).",
        )
    ]
