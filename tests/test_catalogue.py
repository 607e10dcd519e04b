"""The catalogue as a whole: every rule is sound, every example is told right, and the areas are covered."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from postmortem_actions.adapters.catalogue_files import check_files, data_folder, load_knowledge
from postmortem_actions.core.catalogue.match import match_rules
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Sentence, Span
from postmortem_actions.core.policy import Category, Strength
from postmortem_actions.errors import CatalogueError

RULES = sorted((data_folder() / "rules").rglob("*.yaml"))
AREAS = {
    "access", "application", "caching", "capacity", "certificates", "ci", "concurrency", "configuration", "data", "databases",
    "dependencies", "deploys", "infrastructure", "infrastructure-as-code", "monitoring", "network", "oncall", "privacy", "queues",
    "review", "storage", "testing", "third-parties", "vulnerabilities",
}  # fmt: skip


def test_no_rule_has_a_fault() -> None:
    _, faults = check_files()
    assert not faults, "\n".join(str(fault) for fault in faults)


def test_every_area_of_failure_has_rules(knowledge: Knowledge) -> None:
    assert {rule.area for rule in knowledge.catalogue.rules} >= AREAS
    assert len(knowledge.catalogue.rules) >= 80


@pytest.mark.parametrize("path", RULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_examples_are_told_right_by_the_whole_catalogue(path: Path, knowledge: Knowledge) -> None:
    """Against all rules at once, as in a plan: the own rule speaks where it must, and not where it must not."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for text, wanted in [
        *((t, True) for t in data["examples"]["match"]),
        *((t, False) for t in data["examples"]["no_match"]),
    ]:
        found = {match.rule.id for match in match_rules(knowledge.catalogue, [Sentence(text, Span(1, 1))])}
        assert (data["id"] in found) is wanted, text


def test_no_rule_answers_by_training_or_documents_alone(knowledge: Knowledge) -> None:
    weak = [r.id for r in knowledge.catalogue.rules if all(a.strength is Strength.WEAK for a in r.actions)]
    assert not weak


def test_security_actions_stand_only_where_the_incident_gives_reason(knowledge: Knowledge) -> None:
    for rule in knowledge.catalogue.rules:
        for action in rule.actions:
            if action.category is Category.SECURITY:
                assert rule.sensitive or action.when.said or action.when.slots, f"{rule.id}/{action.id}"


def _folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "rules"


OWN = """
id: databases.missing-index
title: Our own index rule
area: databases
summary: The same, our way.
recognise:
  phrases: [no frobnicator]
examples:
  match: [There was no frobnicator at all., We had no frobnicator., It ran without a frobnicator.]
  no_match: [The frobnicator worked., Nothing to see., A table is a table.]
actions:
  - id: add
    category: prevention
    form: code-fix
    target: frobnicator
    title: Add a frobnicator
    statement: Prevent the failure by adding a frobnicator
    rationale: It was missing.
    impact: high
    effort: S
    strength: strong
    blocks_recurrence: true
    done_when: [A frobnicator stands in the list of components]
    verification: {method: Look, success: It is there}
"""


def test_a_folder_of_ones_own_overrides_by_id_and_keeps_the_rest(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    own = load_knowledge([_folder(tmp_path, OWN)], cache=False).catalogue
    assert own.rule("databases.missing-index").title == "Our own index rule"  # type: ignore[union-attr]
    assert len(own.rules) == len(knowledge.catalogue.rules)
    found = match_rules(own, [Sentence("The queue had no frobnicator.", Span(1, 1))])
    assert [match.rule.id for match in found] == ["databases.missing-index"]


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (("impact: high", "impact: enormous"), 19, "enormous"),
        (("effort: S", "efort: S"), 20, "effort"),
        (("phrases: [no frobnicator]", "phrases: ['(no frobnicator']"), 7, "brackets"),
        (("phrases: [no frobnicator]", "phrases: ['no (our|big) frobnicator']"), 7, "left out of every sentence"),
        (("phrases: [no frobnicator]", "phrases:\n    - no frobnicator\n    - hit # frobnicators"), 9, "comment"),
        (("done_when: [A frobnicator stands in the list of components]", "done_when: []"), 12, "done_when"),
        (("title: Add a frobnicator", "title: Add a frobnicator to <<nowhere>>"), 12, "nowhere"),
        (
            ("  no_match: [The frobnicator worked.,", "  no_match: [There was no frobnicator.,"),
            10,
            "must not",
        ),
    ],
)
def test_every_fault_of_a_rule_is_told_with_file_and_line(
    change: tuple[str, str], line: int, says: str, tmp_path: Path
) -> None:
    folder = _folder(tmp_path, OWN.replace(*change))
    _, faults = check_files([folder], builtin=False)
    told = [(fault.line, fault.message) for fault in faults]
    assert any(says in message for _, message in told), told
    assert all(fault.path.endswith("own.yaml") for fault in faults)
    assert any(says in message and at == line for at, message in told), told


def test_a_faulty_rule_stops_planning_with_file_and_line(tmp_path: Path) -> None:
    folder = _folder(tmp_path, OWN.replace("impact: high", "impact: enormous"))
    with pytest.raises(CatalogueError) as error:
        load_knowledge([folder], cache=False)
    assert "own.yaml:19" in str(error.value.where)
    assert "enormous" in str(error.value)
