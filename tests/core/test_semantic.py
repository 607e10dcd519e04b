"""Likeness asks; it never names a failure or adds an action by itself."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from postmortem_actions import Request
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.pipeline import build_plan, read_rca

TEXT = """# Shop slow

Date: 2026-10-01

## Root cause

The gizmo of the shop waited for the doohickey and gave its memory back too late.
"""


class ByWords:
    """Likeness by shared words: enough to see what is done with it."""

    def matrix(self, first: list[str], second: list[str]) -> list[list[float]]:
        bags = [set(text.lower().replace(".", "").split()) for text in second]
        return [
            [len(words & bag) / max(len(words | bag), 1) * 3 for bag in bags]
            for words in (set(text.lower().replace(".", "").split()) for text in first)
        ]


def test_an_unknown_cause_comes_with_the_rules_most_like_it_as_a_question(knowledge: Knowledge) -> None:
    rca = read_rca(TEXT, "rca.md", knowledge.reading)
    request = Request("rca.md", date(2026, 11, 2))
    without = build_plan(rca, request, knowledge)
    asked = build_plan(rca, request, knowledge, similarity=ByWords())
    assert without.failure_modes[0].kind == "unclassified"
    assert asked.failure_modes == without.failure_modes
    assert asked.actions == without.actions
    (problem,) = [p for p in asked.problems if p.code == "likely-kinds"]
    assert problem.line == 7
    titles = {rule.title for rule in knowledge.catalogue.rules}
    named = [part.split("”")[0] for part in problem.message.split("“")[1:]]
    assert 1 <= len(named) <= 3
    assert set(named) <= titles


def test_without_the_extra_the_option_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "rca.md").write_text(TEXT, encoding="utf-8")
    code = (
        "import sys; sys.modules['wordllama'] = None\n"
        "import importlib.util; find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'wordllama' else find(name, *rest)\n"
        "from postmortem_actions.entry.cli.main import run; sys.exit(run())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "plan", str(tmp_path / "rca.md"), "--semantic"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "postmortem-actions[semantic]" in done.stderr
    assert "Traceback" not in done.stderr


def test_word_vectors_put_the_right_rule_first(knowledge: Knowledge) -> None:
    pytest.importorskip("wordllama", reason="the 'semantic' extra is not installed")
    from postmortem_actions.adapters.sentence_similarity import WordVectors

    row = WordVectors().matrix(
        ["the disk of the database server was full"],
        ["the file system had no free space left", "the marketing mail was sent twice"],
    )[0]
    assert row[0] > row[1]
