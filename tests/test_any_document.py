"""Any text at all gives a plan: no exception, no runaway time, nothing invented from nothing."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.regenerate import REPOSITORY

from postmortem_actions import Request, build_plan, lint, read_rca, render_plan
from postmortem_actions.core.model import Plan
from postmortem_actions.render.json_plan import from_json

TODAY = date(2025, 3, 4)
FRAGMENTS = st.sampled_from([
    "# Postmortem", "## Root cause", "## Timeline", "## Action items", "## 5 Whys", "1. Why did it fail? → Because of X",
    "| Time | Event |", "| --- | --- |", "| 14:00 | Outage begins |", "- [ ] Add an alert (@bob, 2025-02-01)", "- [x] Done", "> quoted",
    "```", "~~~yaml", "---", "+++", "<table><tr><td>x", "<!-- ", "-->", "{% raw %}", "**Date:** 2025-02-30", "Date: 31.12.2024", "Date: 9999-12-31", "Date: 0001-01-01", "- Add an alert (@bob, 9999-12-31)",
    "There was no alert on disk usage.", "Customers complained first.", "TBD", "[link](javascript:alert(1))", "\\", "\x00", "\u202e", "🔥",
    "Users affected: 12,345 (~3.5%)", "It took 45 minutes to notice.", "\t- nested", "    code", "::: note", ".. code-block::", "h2. Jira heading",
    "== Wiki ==", "{panel}", "&nbsp;", "a" * 300, "(" * 200, "|" * 100, "*" * 99, "`" * 31, "#" * 40, "1. " * 30, "no " * 60, "- " * 40,
])  # fmt: skip
DOCUMENTS = st.lists(FRAGMENTS | st.text(max_size=40), max_size=25).map("\n".join)


def _whole(text: str) -> Plan:
    rca = read_rca(text, "rca.md")
    plan = build_plan(rca, Request("rca.md", TODAY))
    last = len(re.split(r"\r\n|\r|\n", text))  # lines as an editor counts them
    for mode in plan.failure_modes:
        assert mode.evidence
        for evidence in mode.evidence:
            assert 1 <= evidence.span.start <= evidence.span.end <= last
    for action in plan.actions:
        assert action.evidence
        assert action.owner.person is None or action.owner.person.lstrip("@") in text
    return plan


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_any_document_is_planned_rendered_and_read_back(text: str) -> None:
    plan = _whole(text)
    for name in ("markdown", "html", "csv"):
        assert render_plan(plan, name)
    assert from_json(render_plan(plan, "json")) == plan
    lint(render_plan(plan, "markdown"), "plan.md", TODAY)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_linted(text: str) -> None:
    for finding in lint(text, "notes.md", TODAY):
        assert finding.line >= 1


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mutated_example_is_planned(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(REPOSITORY.glob("examples/*/*.md"))))
    lines = path.read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(lines) - 1))
        deed = data.draw(st.sampled_from(["drop", "double", "cut", "swap", "insert"]))
        if deed == "drop" and len(lines) > 1:
            del lines[place]
        elif deed == "double":
            lines.insert(place, lines[place])
        elif deed == "cut":
            lines[place] = lines[place][: data.draw(st.integers(0, 60))]
        elif deed == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            lines.insert(place, data.draw(FRAGMENTS))
    _whole("\n".join(lines))


MEGABYTE = 1_000_000
HOSTILE = {
    "one word": "a" * MEGABYTE,
    "spaces": "Root cause: " + " " * MEGABYTE + "x",
    "brackets": "[" * MEGABYTE,
    "nested links": "[a](" * (MEGABYTE // 4),
    "stars": "*a " * (MEGABYTE // 3),
    "pipes": "| a " * (MEGABYTE // 4),
    "numbers": "1 2025-01-01 10:00 5% " * (MEGABYTE // 22),
    "negations": "there was no " * (MEGABYTE // 13),
    "whys": "why? because " * (MEGABYTE // 13),
    "arrows": "-> " * (MEGABYTE // 3),
    "handles": "@a, " * (MEGABYTE // 4),
    "names": "John Smith and " * (MEGABYTE // 15),
    "html": "<div " * (MEGABYTE // 5),
    "comments": "<!--" * (MEGABYTE // 4),
    "quotes": "> " * (MEGABYTE // 2),
    "colons": "a: " * (MEGABYTE // 3),
    "dates": "01/02/2025, " * (MEGABYTE // 12),
    "durations": "for about 5 minutes and 3 " * (MEGABYTE // 26),
    "underscores": "_a_" * (MEGABYTE // 3),
    "backticks": "`" * MEGABYTE,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_line_of_a_megabyte_is_read(text: str) -> None:
    """Its being done at all shows that no expression runs away; benchmarks/ tell how long it takes."""
    _whole("# Incident\n\n## Root cause\n\n" + text + "\n")


def test_corpus_is_planned_without_failing(corpus: list[Path]) -> None:
    empty = []
    for path in corpus:
        text = path.read_text(encoding="utf-8", errors="replace")
        plan = _whole(text)
        if not plan.actions:
            empty.append(path.parent.name)
        json.loads(render_plan(plan, "json"))
    assert len(corpus) > 40
    assert not empty, f"no action at all: {empty}"
