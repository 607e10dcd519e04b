"""Checks of the catalogue: per rule, and over all rules together.

A rule that passes says what it recognises, proves it on its own examples, and proposes actions a team
could file: a statement in its category's pattern, no figure that is not a marked assumption, a done-when
that can be checked, something stronger than advice for its root cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..model import Sentence, Span
from ..policy import Category, Form, Strength
from .catalogue import Catalogue
from .fields import Fault, KeyPath
from .match import match_rules
from .rule import SLOT, ActionTemplate, Rule
from .template import slots_in

_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_RULE_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$")
_FIGURE = re.compile(r"(?<![\w<])[~$€£]?\d[\d.,]*\s?(?:%|[a-z]{1,3}\b)?")
# Figures that are names, not amounts: priorities, percentiles, protocol versions, status classes, "24/7".
_NAMED_FIGURE = re.compile(
    r"\b(?:P[0-3]|p\d{2}|p99\.9|[45]xx|[1-5]\d\d|24/7|HTTP/[\d.]+|TLS ?1\.[0-3]|IPv[46]|S3|EC2|OAuth ?2|"
    r"SHA-?\d+|utf-?8|L[1-7]|2FA|(?:step|option) \d+|5 whys|n\+1)\b",
    re.IGNORECASE,
)
# Source: the specification's pattern of each category.
_PATTERNS = {
    Category.PREVENTION: re.compile(r"^Prevent .+ by \w+ing\b", re.S),
    Category.DETECTION: re.compile(r"^Detect .+ by \w+ing\b", re.S),
    Category.RESPONSE: re.compile(r"^Enable faster \w+.* by \w+ing\b", re.S),
    Category.PROCESS: re.compile(r"^Require .+ before .+", re.S),
    Category.RELIABILITY: re.compile(r"^Harden .+ by \w+ing\b", re.S),
    Category.SECURITY: re.compile(r"^Secure .+ by \w+ing\b", re.S),
}
_LONGEST_TITLE = 90
_FEWEST_EXAMPLES = 3


def check_rule(rule: Rule, catalogue: Catalogue) -> list[Fault]:
    """What is wrong with one rule. ``catalogue`` gives the shared slots."""
    faults: list[Fault] = []

    def fault(message: str, *at: str | int) -> None:
        faults.append(Fault(message, at, rule.path))

    if not _RULE_ID.match(rule.id):
        fault(f"id {rule.id!r} must look like area.kind-of-failure, lower case with hyphens", "id")
    if not (rule.phrases or rule.hints or rule.patterns):
        fault("recognises nothing: give phrases, hints or patterns", "recognise")
    if len(rule.match) < _FEWEST_EXAMPLES or len(rule.no_match) < _FEWEST_EXAMPLES:
        fault(
            f"needs at least {_FEWEST_EXAMPLES} examples that match and {_FEWEST_EXAMPLES} that must not",
            "examples",
        )
    alone = Catalogue([rule], catalogue.slots, catalogue.names)
    for key, examples, wanted in (("match", rule.match, True), ("no_match", rule.no_match, False)):
        for n, example in enumerate(examples):
            hits = match_rules(alone, [Sentence(example, Span(1, 1))])
            if bool(hits) is not wanted:
                by = f" (found {', '.join(hits[0].hits[0].phrases)})" if hits else ""
                verb = "does not match" if wanted else "matches but must not"
                fault(f"{verb}: {example!r}{by}", "examples", key, n)
    if not rule.actions:
        fault("proposes no action", "actions")
    ids = [action.id for action in rule.actions]
    for n, action in enumerate(rule.actions):
        faults.extend(_check_action(rule, action, catalogue, ("actions", n)))
        if ids.count(action.id) > 1:
            fault(f"the id {action.id!r} is used twice in this rule", "actions", n, "id")
        for place, other in enumerate(action.after):
            known = other in ids and other != action.id
            form = other.startswith("form:") and other[5:] in {f.value for f in Form}
            if not (known or form):
                fault(
                    f"{other!r} is neither another action of this rule nor form:<form>",
                    "actions",
                    n,
                    "after",
                    place,
                )
    if rule.actions and all(action.strength is Strength.WEAK for action in rule.actions):
        fault("has only weak actions: give at least one that changes the system", "actions")
    names = {signal.name for signal in rule.signals}
    for n, action in enumerate(rule.actions):
        for place, cover in enumerate(action.covers):
            if cover.signal not in names:
                fault(
                    f"covers {cover.signal!r}, which is not a signal of this rule",
                    "actions",
                    n,
                    "covers",
                    place,
                )
    return faults


def _check_action(rule: Rule, action: ActionTemplate, catalogue: Catalogue, at: KeyPath) -> Iterable[Fault]:
    def fault(message: str, *key: str | int) -> Fault:
        return Fault(message, (*at, *key), rule.path)

    if not _ID.match(action.id):
        yield fault(f"id {action.id!r} must be lower case with hyphens", "id")
    if len(SLOT.sub("a slot value", action.title)) > _LONGEST_TITLE:
        yield fault(f"the title is longer than {_LONGEST_TITLE} characters: say it shorter", "title")
    if not _PATTERNS[action.category].match(action.statement):
        yield fault(
            f"the statement must follow the pattern of {action.category.value}: "
            f"{_PATTERN_WORDS[action.category]}",
            "statement",
        )
    for text in action.texts():
        bare = _NAMED_FIGURE.sub(" ", SLOT.sub(" ", text))
        if found := _FIGURE.search(bare):
            yield fault(
                f"the figure {found.group(0).strip()!r} in {text!r} must come from a slot (read or assumed)"
            )
    lists = ((action.steps, ("steps",)), (action.done_when, ("done_when",)), (action.verification.steps, ("verification", "steps")))
    for texts, key in lists:
        for n, text in enumerate(texts):
            # a comma inside a YAML list splits the sentence around it
            if text.count("(") != text.count(")") or (n and text[:1].islower() and texts[0][:1].isupper()):
                yield fault(f"{text!r} is part of a sentence: quote the whole of it where it holds a comma", *key, n)
    bodies = [a.body for a in (action.artifact, action.verification.artifact) if a is not None]
    for text in (*action.texts(), *bodies):
        for name in slots_in(text):
            if catalogue.slot(rule, name) is None:
                yield fault(f"unknown slot <<{name}>>: define it under slots, or use a shared one")
    for n, name in enumerate(action.when.slots):
        if catalogue.slot(rule, name) is None:
            yield fault(f"unknown slot {name!r}", "when", "slots", n)
    if action.category is Category.DETECTION and not action.covers and action.form in _WATCHING:
        yield fault("a detection action names the signal it covers", "covers")


_WATCHING = {Form.ALERT, Form.DASHBOARD, Form.PROBE, Form.LOGGING}
_PATTERN_WORDS = {
    Category.PREVENTION: "Prevent X by doing Y",
    Category.DETECTION: "Detect X by monitoring Y with alert Z",
    Category.RESPONSE: "Enable faster mitigation by doing X",
    Category.PROCESS: "Require X before Y",
    Category.RELIABILITY: "Harden X by adding Y",
    Category.SECURITY: "Secure X by doing Y",
}


def check_catalogue(catalogue: Catalogue) -> list[Fault]:
    """What is wrong with the rules, one by one and together. Empty means it is sound."""
    faults = [fault for rule in catalogue.rules for fault in check_rule(rule, catalogue)]
    titles: dict[str, Rule] = {}
    for rule in catalogue.rules:
        other = titles.setdefault(rule.title.lower(), rule)
        if other is not rule:
            faults.append(Fault(f"has the same title as {other.id}", ("title",), rule.path))
    return faults
