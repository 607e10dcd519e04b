"""Everything the program knows as data, put together by an adapter and passed into the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .artifacts.patterns import Pattern
from .candidates import GapAnswer
from .catalogue import Catalogue
from .classify import FormTable
from .parse.gaps import GapLanguage
from .parse.headings import HeadingTable
from .parse.words import ReadingWords
from .stack import Product


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an RCA needs: headings, word lists, and how gaps are told."""

    headings: HeadingTable
    words: ReadingWords
    gaps: GapLanguage


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What planning needs: reading, the catalogue of rules, the answers to gaps, to unknown causes and to
    slow phases, the forms of actions, the patterns of
    artifacts by id, and the products that teams build with."""

    reading: Reading
    catalogue: Catalogue
    gap_answers: tuple[GapAnswer, ...]
    cause_answers: tuple[GapAnswer, ...]
    factor_answers: tuple[GapAnswer, ...]
    phase_answers: tuple[GapAnswer, ...]
    forms: FormTable
    patterns: Mapping[str, Pattern]
    products: tuple[Product, ...]
