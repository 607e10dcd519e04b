"""A pattern gives the variant for what the team uses, and the rule's own artifact where that fits or nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.regenerate import REPOSITORY

from postmortem_actions import plan
from postmortem_actions.adapters.catalogue_files import check_files, load_knowledge
from postmortem_actions.core.artifacts.patterns import TeamPatterns
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Action, Artifact, Assumption
from postmortem_actions.core.stack import StackFind, StackSource, with_stronger


@pytest.fixture(scope="module")
def action() -> Action:
    return plan(str(REPOSITORY / "examples/payment-api-timeout/rca.md"), today=date(2025, 1, 16)).actions[0]


def team(knowledge: Knowledge, *names: str, kind: str = "language") -> TeamPatterns:
    found = [StackFind(kind, name, StackSource.CONFIG, "[stack]") for name in names]
    return TeamPatterns.of(knowledge.patterns, found)


OWN = Artifact("typescript", "own", "t", "src/x.ts", "retry")


@pytest.mark.parametrize(
    ("used", "language"),
    [
        ((), "typescript"), (("TypeScript",), "typescript"), (("JavaScript",), "typescript"), (("Go",), "go"), (("Java",), "java"),
        (("Ruby", "Go"), "ruby"), (("Python", "TypeScript"), "typescript"), (("Cobol",), "typescript"), (("Cobol", "Go"), "go"),
    ],
)  # fmt: skip
def test_the_language_of_the_team_chooses(
    used: tuple[str, ...], language: str, knowledge: Knowledge, action: Action
) -> None:
    made = team(knowledge, *used).fitted(OWN, action)
    assert made is not None
    assert made.language == language
    assert (made.body == "own") is (language == "typescript")


def test_fitting_twice_changes_nothing(knowledge: Knowledge, action: Action) -> None:
    for names, kind, own in (
        (("Go",), "language", OWN), (("MySQL",), "database", Artifact("sql", "own", "", None, "add-index")),
    ):  # fmt: skip
        chosen = team(knowledge, *names, kind=kind)
        once = chosen.fitted(own, action)
        assert once is not None
        assert once.body != "own"
        assert chosen.fitted(once, action) == once


def test_an_artifact_that_is_nothing_but_a_pattern_has_a_body_even_where_nothing_is_known(
    knowledge: Knowledge, action: Action
) -> None:
    bare = Artifact("", "", pattern="rollback")
    default = team(knowledge).fitted(bare, action)
    assert default is not None
    assert "kubectl" in default.body
    linux = team(knowledge, "Linux", kind="platform").fitted(bare, action)
    assert linux is not None
    assert "systemctl" in linux.body
    unknown = team(knowledge, "Plan 9", kind="platform").fitted(bare, action)
    assert unknown == default
    assert team(knowledge).fitted(Artifact("", "", pattern="gone"), action) is None


def test_slots_take_what_the_action_assumes_and_are_todo_else(knowledge: Knowledge, action: Action) -> None:
    own = Artifact("sql", "own", "", None, "add-index")
    mysql = team(knowledge, "MySQL", kind="database")
    made = mysql.fitted(own, replace(action, assumptions=()))
    assert made is not None
    assert "ALTER TABLE TODO(table)" in made.body
    told = mysql.fitted(own, replace(action, assumptions=(Assumption("table", "orders", "slot", "why"),)))
    assert told is not None
    assert "ALTER TABLE orders" in told.body


def test_an_artifact_brings_the_files_that_go_with_it(knowledge: Knowledge, action: Action) -> None:
    own = Artifact("sql", "own", pattern="idempotency-table", also=("idempotency", "gone"))
    assert [one.language for one in team(knowledge).companions(own, action)] == ["python"]
    assert [one.language for one in team(knowledge, "Ruby").companions(own, action)] == ["ruby"]


def test_what_has_more_authority_counts() -> None:
    rca = StackFind("language", "Java", StackSource.RCA, "L3: JVM")
    repository = StackFind("language", "Go", StackSource.REPOSITORY, "go.mod")
    database = StackFind("database", "MySQL", StackSource.RCA, "L4: mysql")
    found = with_stronger((rca, database), (repository,))
    assert [(one.name, one.counts) for one in found] == [("Java", False), ("Go", True), ("MySQL", True)]
    assert with_stronger(found, found) == found


def test_the_plan_of_a_team_is_written_in_its_language(tmp_path: Path) -> None:
    rca = tmp_path / "rca.md"
    rca.write_text(
        "# Checkout outage\n\nDate: 2025-03-01\n\nCheckout is a Go service.\n\n## Root cause\n\n"
        "Calls from checkout to PayPal had no timeout configured.\n",
        encoding="utf-8",
    )
    made = plan(str(rca), today=date(2025, 3, 2))
    languages = {one.artifact.language for one in made.actions if one.artifact and one.artifact.pattern}
    assert languages == {"go"}
    assert [(one.name, one.why) for one in made.stack if one.kind == "language"] == [("Go", "L5: Go service")]


def test_a_users_pattern_adds_to_ours_and_overrides_it(tmp_path: Path, action: Action) -> None:
    folder = tmp_path / "patterns"
    folder.mkdir()
    (folder / "retry.yaml").write_text(
        "id: retry\ntitle: Ours\nby: language\ndefault: Go\nvariants:\n"
        "  Go: {language: go, path: x.go, body: package house}\n"
        "  Rust: {language: rust, path: x.rs, body: fn main() }\n",
        encoding="utf-8",
    )
    mine = load_knowledge([tmp_path], cache=False)
    assert set(mine.patterns["retry"].variants) >= {"Go", "Rust", "Python"}
    made = team(mine, "Go").fitted(OWN, action)
    assert made is not None
    assert (made.body, made.title) == ("package house", "Ours")
    (folder / "bad.yaml").write_text("id: bad\ntitle: x\nby: mood\ndefault: y\n", encoding="utf-8")
    _, faults = check_files([tmp_path], builtin=False)
    assert [str(fault).partition("patterns/")[2] for fault in faults] == [
        "bad.yaml:1: 'variants' is missing: give one for each product",
        "bad.yaml:3: by: 'mood' is not one of language, database, platform, ci, monitoring, paging",
    ]


def test_a_rule_may_not_name_a_pattern_that_is_not_there(tmp_path: Path) -> None:
    own = REPOSITORY / "src/postmortem_actions/data/rules/dependencies/retry-storm.yaml"
    (tmp_path / "rule.yaml").write_text(
        own.read_text(encoding="utf-8").replace("pattern: retry", "pattern: retri"), encoding="utf-8"
    )
    _, faults = check_files([tmp_path], builtin=False)
    assert any("there is no pattern 'retri' (did you mean 'retry'?)" in str(fault) for fault in faults)
