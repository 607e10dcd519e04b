"""A rule of the catalogue: how one kind of failure mode is recognised, and which actions answer it.

The schema of a rule file is this module; ``docs/rules.md`` explains it to people. Texts are templates:
``<<slot>>`` is replaced by what the RCA says, ``[[…]]`` is left out where a slot inside has no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..policy import (
    Category,
    CheckType,
    CoverageMeans,
    Effort,
    FailureRole,
    Form,
    Impact,
    RuleNature,
    Strength,
)
from ..text.phrases import Phrase
from .fields import Fault, Fields

SLOT = re.compile(r"<<([a-z][a-z0-9_]*)>>")


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """Where a slot's value comes from: regular expressions whose first group is the value, a list of
    names (data/names.yaml), a fact of the incident; else a noun phrase (``otherwise``), or a figure we
    assume (``assume``), which the plan then shows as an assumption."""

    name: str
    patterns: tuple[str, ...] = ()
    names: str | None = None
    fact: str | None = None
    otherwise: str | None = None
    assume: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """A signal of the rule's failure mode. ``seen_by`` are phrases that tell it was watched already,
    ``unseen_by`` that it was not."""

    name: str
    seen_by: tuple[Phrase, ...] = ()
    unseen_by: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class ArtifactTemplate:
    """Something ready to use, with slots. ``pattern`` and ``also`` are ids of data/patterns; with a pattern the body may be
    empty: then it is the pattern's."""

    language: str
    body: str
    title: str = ""
    path: str | None = None
    pattern: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationTemplate:
    """How the action is shown to work, with slots."""

    method: str
    success: str
    steps: tuple[str, ...] = ()
    artifact: ArtifactTemplate | None = None
    type: CheckType | None = None


@dataclass(frozen=True, slots=True)
class CoversTemplate:
    """A signal the action covers, and by what means."""

    signal: str
    means: CoverageMeans
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """When an action is offered. Empty means always. ``slots`` must have a value from the RCA; one of
    ``said`` must stand in it and none of ``unless_said``; the failure mode must have one of ``roles``."""

    slots: tuple[str, ...] = ()
    said: tuple[Phrase, ...] = ()
    unless_said: tuple[Phrase, ...] = ()
    roles: tuple[FailureRole, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionTemplate:
    """An action that answers the rule's failure mode. ``same_as`` tells in which words people state it."""

    id: str
    category: Category
    form: Form
    title: str
    statement: str
    rationale: str
    impact: Impact
    effort: Effort
    strength: Strength
    blocks_recurrence: bool
    done_when: tuple[str, ...]
    verification: VerificationTemplate
    target: str = ""
    steps: tuple[str, ...] = ()
    artifact: ArtifactTemplate | None = None
    covers: tuple[CoversTemplate, ...] = ()
    after: tuple[str, ...] = ()
    when: Condition = Condition()
    same_as: tuple[Phrase, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """Every prose text of the template (artifact bodies left out)."""
        return (
            self.title, self.statement, self.rationale, self.target, *self.steps, *self.done_when,
            self.verification.method, self.verification.success, *self.verification.steps,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of failure mode. ``role`` is the part it plays by its nature (a missing alert is a
    detection gap wherever it is mentioned), None where the RCA decides. ``sensitive`` marks what touches
    security or privacy. ``nature`` tells a failure of ours from a habit any incident may show and from what
    comes from outside. ``path`` is where it was read from."""

    id: str
    title: str
    area: str
    summary: str
    phrases: tuple[Phrase, ...]
    hints: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]
    patterns: tuple[tuple[str, str], ...]
    match: tuple[str, ...]
    no_match: tuple[str, ...]
    slots: tuple[SlotSpec, ...]
    signals: tuple[SignalSpec, ...]
    actions: tuple[ActionTemplate, ...]
    role: FailureRole | None = None
    sensitive: bool = False
    nature: RuleNature = RuleNature.FAILURE
    path: str = ""


def _pattern(fields: Fields, key: str, place: int, source: str, *, group: bool) -> None:
    try:
        compiled = re.compile(source)
    except re.error as error:
        fields.fault(f"not a regular expression: {error}", key, place)
        return
    if group and compiled.groups < 1:
        fields.fault("the pattern needs a group ( ) around the value", key, place)


def slot_from(name: str, fields: Fields, *, proven: bool = False) -> SlotSpec:
    """One slot, from a rule or from data/slots.yaml. ``proven`` spares the time to try its expressions."""
    patterns = fields.texts("patterns")
    for n, source in enumerate(() if proven else patterns):
        _pattern(fields, "patterns", n, source, group=True)
    spec = SlotSpec(
        name=name,
        patterns=patterns,
        names=fields.text("names", "") or None,
        fact=fields.text("fact", "") or None,
        otherwise=fields.text("else", "") or None,
        assume=fields.text("assume", "") or None,
        why=fields.text("why", ""),
    )
    fields.text("about", "")
    if spec.assume and spec.otherwise:
        fields.fault("give either 'else' (words) or 'assume' (a figure), not both")
    fields.finish()
    return spec


def _artifact(fields: Fields | None) -> ArtifactTemplate | None:
    if fields is None:
        return None
    pattern = fields.text("pattern", "")
    default = "" if pattern else None
    made = ArtifactTemplate(
        language=fields.text("language", default),
        body=fields.text("body", default),
        title=fields.text("title", ""),
        path=fields.text("path", "") or None,
        pattern=pattern,
        also=fields.texts("also"),
    )
    fields.finish()
    return made


def _verification(fields: Fields | None, owner: Fields) -> VerificationTemplate:
    if fields is None:
        owner.fault("'verification' is missing: say how one will know that it works")
        return VerificationTemplate("", "")
    made = VerificationTemplate(
        method=fields.text("method"),
        success=fields.text("success"),
        steps=fields.texts("steps"),
        artifact=_artifact(fields.child("artifact")),
        type=fields.choice("type", CheckType) if fields.has("type") else None,
    )
    fields.finish()
    return made


def _condition(fields: Fields | None) -> Condition:
    if fields is None:
        return Condition()
    made = Condition(
        slots=fields.texts("slots"),
        said=fields.phrases("said"),
        unless_said=fields.phrases("unless_said"),
        roles=fields.choices("roles", FailureRole),
    )
    fields.finish()
    return made


def action_from(fields: Fields) -> ActionTemplate:
    """One action, from a rule or from data/gaps.yaml."""
    covers = []
    for below in fields.children("covers"):
        covers.append(
            CoversTemplate(below.text("signal"), below.choice("by", CoverageMeans), below.flag("partial"))
        )
        below.finish()
    made = ActionTemplate(
        id=fields.text("id"),
        category=fields.choice("category", Category),
        form=fields.choice("form", Form),
        title=fields.text("title"),
        statement=fields.text("statement"),
        rationale=fields.text("rationale"),
        impact=fields.choice("impact", Impact),
        effort=fields.choice("effort", Effort),
        strength=fields.choice("strength", Strength),
        blocks_recurrence=fields.flag("blocks_recurrence"),
        done_when=fields.texts("done_when"),
        verification=_verification(fields.child("verification"), fields),
        target=fields.text("target", ""),
        steps=fields.texts("steps"),
        artifact=_artifact(fields.child("artifact")),
        covers=tuple(covers),
        after=fields.texts("after"),
        when=_condition(fields.child("when")),
        same_as=fields.phrases("same_as"),
    )
    if not made.done_when:
        fields.fault("'done_when' is missing: say what must be seen")
    fields.finish()
    return made


def rule_from(data: Mapping[str, Any], path: str = "", *, proven: bool = False) -> tuple[Rule, list[Fault]]:
    """Build a rule from plain data. The faults say what is wrong with it; the rule is as good as it gets.

    ``proven``: its regular expressions are known to compile, so they are not tried (they cost most of a
    short run's time); only for rules that a test has proved."""
    faults: list[Fault] = []
    fields = Fields(data, faults)
    recognise = fields.child("recognise") or Fields({}, faults, ("recognise",))
    examples = fields.child("examples") or Fields({}, faults, ("examples",))
    patterns = []
    for below in recognise.children("patterns"):
        source = below.text("regex")
        if not proven:
            _pattern(below, "regex", 0, source, group=False)
        patterns.append((source, below.text("anchor").lower()))
        below.finish()
    signals = []
    for below in fields.children("signals"):
        signals.append(SignalSpec(below.text("name"), below.phrases("seen_by"), below.phrases("unseen_by")))
        below.finish()
    rule = Rule(
        id=fields.text("id"),
        title=fields.text("title"),
        area=fields.text("area"),
        summary=fields.text("summary"),
        phrases=recognise.phrases("phrases"),
        hints=recognise.phrases("hints"),
        unless=recognise.phrases("unless"),
        patterns=tuple(patterns),
        match=examples.texts("match"),
        no_match=examples.texts("no_match"),
        slots=tuple(slot_from(name, below, proven=proven) for name, below in fields.named_children("slots")),
        signals=tuple(signals),
        actions=tuple(action_from(below) for below in fields.children("actions")),
        role=fields.choice("role", FailureRole) if fields.has("role") else None,
        sensitive=fields.flag("sensitive"),
        nature=fields.choice("nature", RuleNature) if fields.has("nature") else RuleNature.FAILURE,
        path=path,
    )
    recognise.finish()
    examples.finish()
    fields.finish()
    return rule, faults
