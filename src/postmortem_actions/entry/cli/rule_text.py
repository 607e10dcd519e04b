"""Rules and matches as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ...core.catalogue import Rule
from ...core.catalogue.template import SlotValue
from ...core.match_report import MatchReport, RuleReport

_WIDTH = 100


def rule_text(rule: Rule) -> str:
    """Everything a person wants to know of a rule before trusting it."""
    lines = [rule.id, rule.title, *_wrap(rule.summary, ""), "", f"area    {rule.area}"]
    lines.append(f"role    {rule.role.value if rule.role else 'decided by the RCA'}")
    if rule.sensitive:
        lines.append("touches security or privacy")
    lines.append(f"file    {rule.path}")
    for title, phrases in (
        ("One of these phrases is enough", rule.phrases),
        ("Two of these hints are enough", rule.hints),
        ("Not where the sentence says", rule.unless),
    ):
        if phrases:
            lines += ["", title, *(f"  {phrase.source}" for phrase in phrases)]
    if rule.patterns:
        lines += ["", "Patterns", *(f"  /{pattern}/" for pattern, _ in rule.patterns)]
    if rule.signals:
        lines += ["", "Signals", *(f"  {signal.name}" for signal in rule.signals)]
    lines += ["", "Actions"]
    for action in rule.actions:
        blocks = ", blocks recurrence" if action.blocks_recurrence else ""
        lines.append(f"  {action.id}: {action.title}")
        lines.append(
            f"    {action.category.value}, {action.impact.value} impact, effort {action.effort.value}, "
            f"{action.strength.value}{blocks}"
        )
        lines += _wrap(action.statement, "    ")
    return "\n".join(lines)


def match_text(report: MatchReport, most_near: int | None) -> str:
    """What matched and why, then what nearly did. ``most_near`` None shows all of the latter."""
    lines: list[str] = []
    for entry in report.matched:
        lines += [*_matched(entry), ""]
    if report.unclassified:
        lines.append("Causes that no rule knows")
        lines += [f"  {evidence.span}: {evidence.quote}" for evidence in report.unclassified] + [""]
    if not report.matched:
        lines += ["No rule matched.", ""]
    near = report.near if most_near is None else report.near[:most_near]
    if near:
        lines.append("Near misses")
        for miss in near:
            lines.append(f"  {miss.rule.id}: {miss.phrase!r} stands in {miss.evidence.span}, but {miss.why}")
            lines += _wrap(f'"{miss.evidence.quote}"', "    ")
    if len(near) < len(report.near):
        lines.append(f"  ({len(report.near) - len(near)} more: --all shows them)")
    return "\n".join(lines).rstrip()


def _matched(entry: RuleReport) -> Iterable[str]:
    yield f"{entry.mode}  {entry.rule.id}: {entry.rule.title}"
    yield f"    {entry.role.value}, score {entry.score:g}"
    for line in entry.lines:
        how = "by" if line.strong else "by hints"
        said = f"{how} {', '.join(repr(phrase) for phrase in line.phrases)}"
        if not line.phrases:
            said = "by its words, which are like the rule's own"
        yield f"    {line.evidence.span} {said}"
        yield from _wrap(f'"{line.evidence.quote}"', "      ")
    if entry.slots:
        yield "    slots"
        for slot in entry.slots:
            yield f"      {slot.name}: {slot.text} ({_why(slot)})"


def _why(slot: SlotValue) -> str:
    if slot.evidence is not None:
        return f"read in {slot.evidence.span}"
    if slot.assumed:
        return f"assumed: {slot.why}" if slot.why else "assumed"
    return "not in the RCA: only words"


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent) or [indent.rstrip()]
