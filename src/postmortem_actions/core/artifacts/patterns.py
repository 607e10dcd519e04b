"""Artifacts for what a team builds and runs with: one pattern, a variant for each language, database, platform or pager.

A rule's own artifact is kept where the team uses what it is written for, or where nothing is known of the team.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..catalogue.fields import Fault, Fields
from ..catalogue.rule import SLOT
from ..model import Action, Artifact, Plan
from ..stack import StackFind
from .paths import settled

KINDS = ("language", "database", "platform", "ci", "monitoring", "paging")
_LANGUAGES: Mapping[str, str] = {
    "python": "Python", "typescript": "TypeScript", "javascript": "TypeScript", "go": "Go", "java": "Java", "ruby": "Ruby"
}  # fmt: skip
_SAME = {"JavaScript": "TypeScript"}  # what is written in TypeScript serves both


@dataclass(frozen=True, slots=True)
class Variant:
    """A pattern for one product: what a file of an artifact is made of."""

    language: str
    path: str
    body: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is needed whatever one builds with. ``by`` is the part of the stack that chooses; ``default`` is the product
    for which the artifacts of rules are written, and the variant where nothing is known."""

    id: str
    title: str
    by: str
    default: str
    variants: Mapping[str, Variant]

    def chosen(self, used: Sequence[str]) -> Variant | None:
        """The variant of the first product in use that has one; None where there is none."""
        names = [_SAME.get(name, name) if self.by == "language" else name for name in used]
        return next((self.variants[name] for name in names if name in self.variants), None)


def pattern_from(data: Mapping[str, Any]) -> tuple[Pattern, list[Fault]]:
    """A pattern of a data file, with what is wrong with it."""
    faults: list[Fault] = []
    fields = Fields(data, faults)
    variants = {}
    for name, below in fields.named_children("variants"):
        variants[name] = Variant(below.text("language"), below.text("path"), below.text("body"))
        below.finish()
    made = Pattern(fields.text("id"), fields.text("title"), fields.text("by"), fields.text("default"), variants)
    if made.by not in KINDS:
        fields.fault(f"{made.by!r} is not one of {', '.join(KINDS)}", "by")
    if not variants:
        fields.fault("'variants' is missing: give one for each product")
    fields.finish()
    return made, faults


@dataclass(frozen=True, slots=True)
class TeamPatterns:
    """The patterns, and what the team uses of each kind."""

    patterns: Mapping[str, Pattern]
    used: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, patterns: Mapping[str, Pattern], stack: Sequence[StackFind]) -> TeamPatterns:
        """With the products that count."""
        used = {kind: tuple(one.name for one in stack if one.kind == kind and one.counts) for kind in KINDS}
        return cls(patterns, used)

    def plan(self, plan: Plan) -> Plan:
        """The plan with the artifacts that fit what the team uses, as far as there are any."""
        actions = tuple(self._action(action) for action in plan.actions)
        deferred = tuple(replace(one, action=self._action(one.action)) for one in plan.deferred)
        return replace(plan, actions=actions, deferred=deferred)

    def _action(self, action: Action) -> Action:
        own, check = action.artifact, action.verification.artifact
        made = self.fitted(own, action) if own else None
        tested = self.fitted(check, action) if check else None
        if made == own and tested == check:
            return action
        return replace(action, artifact=made, verification=replace(action.verification, artifact=tested))

    def fitted(self, own: Artifact, action: Action) -> Artifact | None:
        """The artifact for what is in use. One that is nothing but a pattern takes the default where nothing is known."""
        pattern = self.patterns.get(own.pattern)
        if pattern is None:
            return own if own.body else None
        names = self.used.get(pattern.by, ())
        if own.body and (not names or _product_of(own, pattern) in [_SAME.get(n, n) for n in names]):
            return own
        variant = pattern.chosen(names) or (None if own.body else pattern.variants.get(pattern.default))
        return own if variant is None and own.body else _artifact(pattern, variant, action, own.also)

    def named(self, name: str, action: Action) -> Artifact | None:
        """The artifact of that pattern, by default where nothing is known; None where there is no such pattern."""
        if (pattern := self.patterns.get(name)) is None:
            return None
        variant = pattern.chosen(self.used.get(pattern.by, ())) or pattern.variants.get(pattern.default)
        return _artifact(pattern, variant, action)

    def companions(self, own: Artifact, action: Action) -> list[Artifact]:
        """The further files that an artifact asks for."""
        return [made for name in own.also if (made := self.named(name, action)) is not None]


def _product_of(own: Artifact, pattern: Pattern) -> str:
    """What a rule's own artifact is written for."""
    return _LANGUAGES.get(own.language, "") if pattern.by == "language" else pattern.default


def _artifact(
    pattern: Pattern, variant: Variant | None, action: Action, also: tuple[str, ...] = ()
) -> Artifact | None:
    """A variant as an artifact of an action: slots that the action assumes a figure for are filled, others are TODO."""
    if variant is None:
        return None
    values = {one.name: one.value for one in action.assumptions}

    def filled(text: str) -> str:
        return SLOT.sub(lambda found: values.get(found[1], f"TODO({found[1]})"), text)

    made = Artifact(variant.language, filled(variant.body), pattern.title, filled(variant.path), pattern.id, also)
    return settled(made, action.title, action.id)
