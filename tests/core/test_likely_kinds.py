"""A cause in words that no phrase knows: its kind by the words of the rules, and what a person is asked."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from postmortem_actions import Request
from postmortem_actions.core.catalogue import Catalogue, match_rules
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.pipeline import build_plan, read_rca
from postmortem_actions.core.policy import FailureRole, Priority, RuleNature

TEXT = """# Shop slow

Date: 2026-10-01

## Root cause

The gizmo of the shop waltzed with the doohickey, and the disk of both turned blue.
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
    with_meaning = build_plan(rca, request, knowledge, similarity=ByWords())
    assert without.failure_modes[0].kind == with_meaning.failure_modes[0].kind == "unclassified"
    assert with_meaning.actions == without.actions
    titles = {rule.title for rule in knowledge.catalogue.rules}
    for plan in (without, with_meaning):
        (mode,) = plan.failure_modes
        assert 1 <= len(mode.like) <= 3
        assert set(mode.like) <= titles


def test_a_factor_that_nothing_answers_is_asked_about_with_the_kinds_most_like_it(knowledge: Knowledge) -> None:
    text = TEXT + "\n## Contributing factors\n\n- The vendor and the contract wore a hat.\n"
    plan = build_plan(read_rca(text, "rca.md", knowledge.reading), Request("rca.md", date(2026, 11, 2)), knowledge)
    (question,) = [q for q in plan.open_questions if q.startswith("What should be done") and "wore a hat" in q]
    assert "(L11)? No rule of the catalogue knows it. Most like it: “" in question


def cause(text: str) -> str:
    return f"# Outage\n\nDate: 2026-10-01\n\n## Root cause\n\n{text}\n"


# Written without looking at the phrases; none of them may know these, or the test shows nothing.
IN_OTHER_WORDS = {
    "ci.artifact-or-registry-unavailable": "The chart's image tag pointed at a build that the nightly housekeeping of the registry had thrown away.",
    "network.network-partition": "The two halves of the cluster each elected a leader of their own while the fibre between the sites was bent.",
    "vulnerabilities.known-unpatched": "A severe flaw in a logging library that half of our software carries, and for which a patch had been out for weeks.",
    "access.secret-leaked": "A live service account key stood in the template that we hand to new customers in a public repository's pull request.",
}


@pytest.mark.parametrize(("kind", "text"), IN_OTHER_WORDS.items())
def test_a_cause_in_other_words_is_of_the_kind_whose_rule_shares_them_and_that_is_asked(knowledge: Knowledge, kind: str, text: str) -> None:
    rca = read_rca(cause(text), "rca.md", knowledge.reading)
    assert not match_rules(without_habits(knowledge), rca.sentences), "a phrase knows it: choose other words"
    plan = build_plan(rca, Request("rca.md", date(2026, 11, 2)), knowledge)
    primary = plan.failure_modes[0]
    assert (primary.kind, primary.role) == (kind, FailureRole.PRIMARY)
    assert primary.evidence[0].span.start == 7
    assert primary.by_words
    assert any(f"(L7) what the plan calls {kind}?" in question for question in plan.open_questions)
    assert all(a.priority is not Priority.P0 for a in plan.actions if a.origin.ref.startswith(kind))
    assert any(action.origin.ref.startswith(kind) for action in plan.actions)


def without_habits(knowledge: Knowledge) -> Catalogue:
    return Catalogue([rule for rule in knowledge.catalogue.rules if rule.nature is not RuleNature.GENERAL])


@pytest.mark.parametrize("text", ["Hier stimmte gar nichts, und keiner weiss warum.", "Miners had just been told to raise it.", "x"])
def test_what_shares_hardly_a_word_stays_unclassified(knowledge: Knowledge, text: str) -> None:
    plan = build_plan(read_rca(cause(text), "rca.md", knowledge.reading), Request("rca.md", date(2026, 11, 2)), knowledge)
    assert all(mode.kind in ("unclassified", "unknown.root-cause-unknown") for mode in plan.failure_modes if mode.role is FailureRole.PRIMARY)


def test_every_rule_of_a_failure_is_most_like_its_own_title_and_summary(knowledge: Knowledge) -> None:
    likeness = knowledge.catalogue.likeness
    wrong = [r.id for r in likeness.rules if likeness.ranked(f"{r.title}. {r.summary}")[0][1].id != r.id]
    assert wrong == []


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


def test_the_failure_that_the_title_names_is_primary_over_what_the_cause_begins_with(knowledge: Knowledge) -> None:
    text = """# Leaked access token in an image

Date: 2026-10-01

## Root cause

While working on the build I was consistently running into API rate limits.

An access token was leaked in a compiled file of the image.

The ignore file did not exclude such files, leaking the token with every push.
"""
    plan = build_plan(read_rca(text, "rca.md", knowledge.reading), Request("rca.md", date(2026, 11, 2)), knowledge)
    primary = [mode.kind for mode in plan.failure_modes if mode.role.value == "primary root cause"]
    assert primary == ["access.secret-leaked"]
    assert plan.actions[0].origin.ref.startswith("access.secret-leaked/")
