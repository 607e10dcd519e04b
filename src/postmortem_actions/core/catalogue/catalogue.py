"""The catalogue: all rules, the slots they share, the names they know, and one index of their phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ..text.phrases import Hit, PhraseIndex
from ..text.words import tokens
from .likeness import Likeness
from .rule import Rule, SlotSpec

_KEPT_SENTENCES = 4096


class HitKind(StrEnum):
    """What a phrase of a rule is for."""

    PHRASE = "phrase"
    HINT = "hint"
    UNLESS = "unless"


@dataclass(frozen=True, slots=True)
class PhraseUse:
    """Whose phrase an entry of the index is."""

    rule: Rule
    kind: HitKind


class Catalogue:
    """Rules by id, in order of id. Later sets override earlier ones rule by rule.

    ``names`` are lists of proper names (databases, providers, monitoring tools …) for slots."""

    def __init__(
        self,
        rules: Iterable[Rule],
        slots: Iterable[SlotSpec] = (),
        names: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._rules = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
        self._slots = {slot.name: slot for slot in slots}
        self.names: dict[str, tuple[str, ...]] = {k: tuple(v) for k, v in (names or {}).items()}
        self._index: PhraseIndex | None = None
        self._uses: list[PhraseUse] = []
        self._hits: dict[str, tuple[Hit, ...]] = {}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, by id."""
        return tuple(self._rules.values())

    @property
    def slots(self) -> tuple[SlotSpec, ...]:
        """The shared slots."""
        return tuple(self._slots.values())

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id."""
        return self._rules.get(rule_id)

    def slot(self, rule: Rule | None, name: str) -> SlotSpec | None:
        """The slot as the rule defines it, else the shared one."""
        if rule is not None:
            for own in rule.slots:
                if own.name == name:
                    return own
        return self._slots.get(name)

    @property
    def index(self) -> PhraseIndex:
        """The index of every phrase, built on first use; a hit's ``owner`` is a place in ``uses``."""
        if self._index is None:
            index = PhraseIndex()
            for rule in self.rules:
                for kind, phrases in (
                    (HitKind.PHRASE, rule.phrases),
                    (HitKind.HINT, rule.hints),
                    (HitKind.UNLESS, rule.unless),
                ):
                    if phrases:
                        self._uses.append(PhraseUse(rule, kind))
                        for phrase in phrases:
                            index.add(len(self._uses) - 1, phrase)
            self._index = index
        return self._index

    @cached_property
    def signal_index(self) -> PhraseIndex:
        """The phrases by which signals are seen or unseen; a hit's ``owner`` is a place in ``rules``."""
        index = PhraseIndex()
        for number, rule in enumerate(self.rules):
            for signal in rule.signals:
                for phrase in (*signal.seen_by, *signal.unseen_by):
                    index.add(number, phrase)
        return index

    @cached_property
    def likeness(self) -> Likeness:
        """How like a text is to each rule, by the words of the rules; built on first use."""
        return Likeness(self.rules)

    @cached_property
    def action_refs(self) -> tuple[str, ...]:
        """rule-id/action-id of every action."""
        return tuple(f"{rule.id}/{action.id}" for rule in self.rules for action in rule.actions)

    @cached_property
    def stated_index(self) -> PhraseIndex:
        """The ``same_as`` phrases of the actions; a hit's ``owner`` is a place in ``action_refs``."""
        index = PhraseIndex()
        for number, action in enumerate(action for rule in self.rules for action in rule.actions):
            for phrase in action.same_as:
                index.add(number, phrase)
        return index

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Every phrase of a rule that stands in a sentence. Kept for a while: several steps ask for it."""
        found = self._hits.get(text)
        if found is None:
            if len(self._hits) >= _KEPT_SENTENCES:
                self._hits.clear()
            found = self._hits[text] = tuple(self.index.find(tokens(text)))
        return found

    def use(self, owner: int) -> PhraseUse:
        """Whose phrase a hit of the index is."""
        return self._uses[owner]
