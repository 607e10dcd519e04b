"""Every artifact of the catalogue passes the checker of its kind, as it is rendered where nothing is known (all slots TODO)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from tests.entry.conftest import Ran
from tests.regenerate import REPOSITORY

from postmortem_actions import plan
from postmortem_actions.adapters.package_data import read_yaml
from postmortem_actions.adapters.prometheus_rules import Promtool, alert_rules
from postmortem_actions.core.artifacts.files import ArtifactFile, artifact_files, check_of, is_rules
from postmortem_actions.core.artifacts.forms import artifact_of_form
from postmortem_actions.core.artifacts.paths import safe_path
from postmortem_actions.core.artifacts.patterns import TeamPatterns
from postmortem_actions.core.catalogue.template import SlotValue, fill_artifact
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Artifact
from postmortem_actions.core.policy import Form, Priority


@dataclass(frozen=True)
class Rendered:
    """An artifact with the place in the catalogue that it comes from."""

    where: str
    language: str
    path: str
    body: str


@pytest.fixture(scope="module")
def rendered(knowledge: Knowledge) -> list[Rendered]:
    found = []
    for rule in knowledge.catalogue.rules:
        for action in rule.actions:
            for artifact in (action.artifact, action.verification.artifact):
                if artifact is not None:
                    body = fill_artifact(artifact.body, lambda name: SlotValue(name, name))
                    if body:
                        found.append(
                            Rendered(f"{rule.id}/{action.id}", artifact.language, artifact.path or "", body)
                        )
    for pattern in knowledge.patterns.values():
        for product, variant in pattern.variants.items():
            body = fill_artifact(variant.body, lambda name: SlotValue(name, name))
            found.append(Rendered(f"{pattern.id}/{product}", variant.language, variant.path, body))
    return found


def of(rendered: list[Rendered], *languages: str) -> list[Rendered]:
    found = [one for one in rendered if one.language in languages]
    assert found
    return found


def program(name: str) -> str:
    """A program of this environment or of the system."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def test_there_are_many_of_many_kinds(rendered: list[Rendered]) -> None:
    assert len(rendered) >= 350
    assert len({one.language for one in rendered}) >= 14


SCENARIOS = sorted((REPOSITORY / "examples").glob("*/rca.md")) + sorted(
    (REPOSITORY / "tests/golden").glob("*/rca.md")
)
STACKS = [
    {"language": ["Go"], "database": ["MySQL"], "platform": ["AWS"], "paging": ["Opsgenie"]},
    {"language": ["Java"], "database": ["MongoDB"], "platform": ["Linux"], "paging": ["Grafana OnCall"]},
    {"language": ["Ruby"], "database": ["Redis"], "platform": ["Kubernetes"], "paging": ["PagerDuty"]},
    {"language": ["Python"], "database": ["PostgreSQL"], "platform": ["AWS", "Linux"], "paging": []},
    {"language": ["JavaScript", "Go"], "database": ["Redis", "MySQL"], "platform": [], "paging": []},
]


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: "-".join(stack["language"]))
def test_whatever_the_stack_every_artifact_is_one_of_those_that_are_checked(
    stack: dict[str, list[str]], rendered: list[Rendered], knowledge: Knowledge
) -> None:
    known = {(one.language, one.body) for one in rendered}
    team = TeamPatterns(knowledge.patterns, stack)
    action = replace(plan(str(SCENARIOS[0]), today=date(2025, 1, 16)).actions[0], assumptions=())
    fitted = count = 0
    for rule in knowledge.catalogue.rules:
        for one in rule.actions:
            if one.artifact is None:
                continue
            own = Artifact(
                one.artifact.language, fill_artifact(one.artifact.body, lambda name: SlotValue(name, name)), "",
                one.artifact.path, one.artifact.pattern, one.artifact.also,
            )  # fmt: skip
            for made in (team.fitted(own, action), *team.companions(own, action)):
                assert made is not None, f"{rule.id}/{one.id}"
                assert (made.language, made.body) in known, f"{rule.id}/{one.id}"
                fitted += made.body != own.body
                count += 1
    assert count > 250
    assert fitted >= 10, "the stack makes a difference"


def test_cloudformation_passes_its_linter(rendered: list[Rendered], tmp_path: Path) -> None:
    cfn_lint = program("cfn-lint")
    files = []
    for n, one in enumerate(of(rendered, "yaml")):
        if "AWSTemplateFormatVersion" in one.body:
            files.append(tmp_path / f"{n}.yml")
            files[-1].write_text(one.body, encoding="utf-8")
    assert files
    done = subprocess.run([cfn_lint, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_systemd_units_have_sections_and_keys(rendered: list[Rendered]) -> None:
    for one in rendered:
        if "systemd/" in one.path:
            lines = [line for line in one.body.splitlines() if line and not line.startswith("#")]
            assert lines[0].startswith("["), one.where
            assert all(line.startswith("[") or "=" in line for line in lines), one.where


def test_alertmanager_takes_its_configuration(rendered: list[Rendered], tmp_path: Path) -> None:
    amtool = program("amtool")
    for n, one in enumerate(of(rendered, "yaml")):
        if one.path == "alertmanager.yml" and "receivers:" in one.body:
            file = tmp_path / f"{n}.yml"
            file.write_text(one.body, encoding="utf-8")
            done = subprocess.run(
                [amtool, "check-config", str(file)], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{one.where}: {done.stderr}{done.stdout}"


def test_every_open_slot_has_a_name_so_that_it_is_counted(rendered: list[Rendered]) -> None:
    for one in rendered:
        bare = re.search(r"\bTODO\b(?![(_])", one.body)
        assert bare is None, f"{one.where}: {one.body[max(0, (bare.start() if bare else 0) - 40) :][:80]!r}"


def test_sql_is_checked_in_the_dialect_that_it_is_written_in(rendered: list[Rendered]) -> None:
    dialects = {one.where.rpartition("/")[2] for one in of(rendered, "sql") if "mysql" in check_of("sql", one.path, one.body)}
    assert dialects == {"MySQL"}
    assert "--dialect postgres" in check_of("sql", "a.sql", "-- PostgreSQL. Other than MySQL.\nSELECT 1;\n")


def test_alert_rules_pass_promtool_and_are_understood_here(rendered: list[Rendered]) -> None:
    promtool = Promtool()
    if promtool.path is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    faults, count = [], 0
    for one in of(rendered, "yaml"):
        if "expr:" not in one.body or "groups:" not in one.body:
            continue
        for document in re.split(r"(?m)^---\s*$", one.body):
            if "groups:" not in document:
                continue
            rules, left = alert_rules(document)
            count += len(rules)
            faults += [f"{one.where}: {name}: {why}" for name, why in left]
            if complaint := promtool.complaint(document, ()):
                faults.append(f"{one.where}: {complaint}")
    assert not faults, "\n".join(faults)
    assert count > 100


def test_yaml_json_and_toml_are_valid(rendered: list[Rendered]) -> None:
    faults = []
    for one in rendered:
        try:
            if one.language == "yaml" and "AWSTemplateFormatVersion" not in one.body:
                list(yaml.safe_load_all(one.body))
            elif one.language == "json":
                json.loads(one.body)
            elif one.language == "toml":
                tomllib.loads(one.body)
        except (yaml.YAMLError, ValueError) as error:
            faults.append(f"{one.where}: {error}")
    assert not faults, "\n".join(faults)


def test_workflows_pass_actionlint(rendered: list[Rendered], tmp_path: Path) -> None:
    actionlint = program("actionlint")
    faults, count = [], 0
    for n, one in enumerate(of(rendered, "yaml")):
        if ".github/workflows" not in one.path:
            continue
        count += 1
        file = tmp_path / f"{n}.yml"
        file.write_text(one.body, encoding="utf-8")
        done = subprocess.run(
            [actionlint, "-no-color", "-shellcheck=", "-pyflakes=", str(file)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            faults.append(f"{one.where}: {done.stdout[:400]}")
    assert not faults, "\n".join(faults)
    assert count > 10


def test_shell_passes_shellcheck(rendered: list[Rendered], tmp_path: Path) -> None:
    shellcheck = program("shellcheck")
    faults = []
    for n, one in enumerate(of(rendered, "bash", "sh")):
        file = tmp_path / f"{n}.sh"
        file.write_text(
            one.body if one.body.startswith("#!") else f"#!/usr/bin/env bash\n{one.body}", encoding="utf-8"
        )
        done = subprocess.run(
            [shellcheck, "-S", "warning", str(file)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            faults.append(f"{one.where}: {done.stdout[:500]}")
    assert not faults, "\n".join(faults)


def test_sql_parses_in_its_dialect(rendered: list[Rendered]) -> None:
    sqlglot = pytest.importorskip("sqlglot")
    faults = []
    for one in of(rendered, "sql"):
        dialect = "mysql" if "mysql" in one.where.lower() else "postgres"
        # A slot stands where a name or a value stands.
        text = re.sub(r"TODO\((\w+)\)", r"todo_\1", one.body)
        try:
            sqlglot.parse(text, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        except sqlglot.errors.SqlglotError as error:
            faults.append(f"{one.where}: {str(error)[:300]}")
    assert not faults, "\n".join(faults)


def test_python_compiles(rendered: list[Rendered]) -> None:
    faults = []
    for one in of(rendered, "python"):
        try:
            compile(one.body, one.where, "exec")
        except SyntaxError as error:
            faults.append(f"{one.where}: {error}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["typescript", "javascript", "go", "java", "ruby"])
def test_other_languages_parse(language: str, rendered: list[Rendered]) -> None:
    tree_sitter = pytest.importorskip("tree_sitter")
    grammar = pytest.importorskip(f"tree_sitter_{language}")
    pointer = grammar.language_typescript() if language == "typescript" else grammar.language()
    parser = tree_sitter.Parser(tree_sitter.Language(pointer))
    faults = [
        one.where for one in of(rendered, language) if parser.parse(one.body.encode()).root_node.has_error
    ]
    assert not faults, faults


def test_runbooks_have_every_section_and_alerts_lead_to_them() -> None:
    made = plan(str(REPOSITORY / "examples/payment-api-timeout/rca.md"), today=date(2025, 1, 16))
    files = {one.path: one for one in artifact_files(made, "INC-2025-002")}
    book = next(path for path in files if "runbooks" in path)
    for section in ("Symptoms", "Diagnosis", "Mitigation", "Verification", "Escalation", "Follow-up"):
        assert f"\n## {section}" in files[book].body, section
    assert "DependencyErrorRateHigh" in files[book].body
    rules = files["alerts/dependency-errors.rules.yml"]
    assert f"runbook_url: TODO(repository_url)/{book}" in rules.body
    assert rules.todo == ("repository_url",)
    assert "# TODO(action A3): fill in repository_url" in rules.text


def test_a_runbook_names_the_alerts_that_lead_to_it() -> None:
    made = plan(str(REPOSITORY / "examples/pii-in-logs/request.md"), today=date(2025, 1, 13))
    alert, other = (
        next(one for one in made.actions if one.artifact and name in one.artifact.body)
        for name in ("PersonalDataInLogs", "RecordsBeyondRetention")
    )
    text = "# Runbook\n\n## Symptoms\n- Users see it\n"
    book = replace(made.actions[0], id="A99", artifact=Artifact("markdown", text, path="docs/runbooks/leak.md"))
    files = {one.path: one for one in artifact_files(replace(made, actions=(alert, other, book)), "x")}
    symptoms = files["docs/runbooks/leak.md"].body.split("## Symptoms\n")[1].split("## ")[0]
    assert symptoms.startswith("- Alert `PersonalDataInLogs` (alerts/personal-data-in-logs.rules.yml)\n- Users see it\n")
    assert "RecordsBeyondRetention" not in symptoms, "its alert leads nowhere"


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("alerts/x.yml", "alerts/x.yml"), ("../../etc/passwd", "etc/passwd"), ("/etc/cron.d/x", "etc/cron.d/x"),
        ("a\\..\\b.sql", "a/b.sql"), ("docs/TODO(name) of it.md", "docs/TODO-name-of-it.md"), ("..", ""),
    ],
)  # fmt: skip
def test_no_file_leaves_its_folder(path: str, safe: str) -> None:
    assert safe_path(path) == safe


FORMS = read_yaml("artifact-forms.yaml")


@pytest.mark.parametrize("source", SCENARIOS, ids=lambda path: path.parent.name)
def test_every_urgent_action_comes_with_a_file_that_its_checker_takes(
    source: Path, tmp_path: Path, knowledge: Knowledge
) -> None:
    team = TeamPatterns.of(knowledge.patterns, ())
    made = plan(str(source), today=date(2025, 1, 16))
    files = artifact_files(made, "x", FORMS, team)
    named = {action for one in files for action in one.action.split(", ")}
    assert {a.id for a in made.actions if a.priority in (Priority.P0, Priority.P1)} <= named
    assert len({one.path for one in files}) == len(files)
    for one in files:
        assert "<<" not in one.text
        assert safe_path(one.path) == one.path
        _well_made(one, tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_well_made_whatever_the_title(form: str, tmp_path: Path, knowledge: Knowledge) -> None:
    team = TeamPatterns.of(knowledge.patterns, ())
    made = plan(str(SCENARIOS[0]), today=date(2025, 1, 16))
    odd = replace(
        made.actions[0], artifact=None, title='Say "no": it\'s $(rm -rf /) `x` \\ {{ a }} 100%', priority=Priority.P0,
        form=Form(form) if form != "default" else Form.OTHER,
    )  # fmt: skip
    artifact = artifact_of_form(odd, FORMS, team)
    assert artifact is not None
    (one,) = artifact_files(replace(made, actions=(odd,)), "x", FORMS, team)[:1]
    _well_made(one, tmp_path)


def _well_made(one: ArtifactFile, folder: Path) -> None:
    file = folder / one.path.replace("/", "-")
    file.write_text(one.text, encoding="utf-8")
    if one.language == "yaml":
        assert not (Promtool().complaint(one.body, ()) or "") or not is_rules(one.body), one.path
        list(yaml.safe_load_all(one.text))
    elif one.language == "json":
        found = json.loads(one.text)
        if one.path.startswith("dashboards/"):
            assert found["schemaVersion"] >= 36
            assert all({"type", "gridPos", "targets"} <= set(panel) for panel in found["panels"])
    elif one.language == "bash":
        done = subprocess.run(
            [program("shellcheck"), "-S", "warning", str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    elif one.language == "sql":
        sqlglot = pytest.importorskip("sqlglot")
        sqlglot.parse(
            re.sub(r"TODO\((\w+)\)", r"todo_\1", one.text),
            read="postgres",
            error_level=sqlglot.ErrorLevel.RAISE,
        )
    elif one.language == "python":
        compile(one.text, one.path, "exec")


def test_what_the_program_writes_passes_promtool(tmp_path: Path, pma: Callable[..., Ran]) -> None:
    promtool = program("promtool")
    for example in sorted((REPOSITORY / "examples").glob("*/rca.md")):
        folder = tmp_path / example.parent.name
        assert pma("artifacts", str(example), "-o", str(folder), "--today", "2025-01-16").code == 0
        assert (folder / "ARTIFACTS.md").exists()
        for rules in folder.rglob("*.rules.yml"):
            done = subprocess.run(
                [promtool, "check", "rules", rules.name],
                cwd=rules.parent,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
        for test in folder.rglob("*.test.yml"):
            done = subprocess.run(
                [promtool, "test", "rules", test.name],
                cwd=test.parent,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr


def test_verifications_that_people_carry_out_come_with_a_sheet(
    tmp_path: Path, pma: Callable[..., Ran], folder: Path
) -> None:
    (folder / "postmortem-actions.toml").write_text(
        '[stack]\nlanguage = ["Elixir"]\nmonitoring = ["Zabbix"]\n', encoding="utf-8"
    )
    source = str(REPOSITORY / "examples/payment-api-timeout/rca.md")
    assert pma("artifacts", source, "-o", str(tmp_path / "out"), "--today", "2025-01-16").code == 0
    sheets = sorted((tmp_path / "out/docs/verification").glob("*.md"))
    assert sheets
    text = sheets[0].read_text(encoding="utf-8")
    for part in (
        "## Script and stopwatch",
        "| step | planned | begun | ended | what was seen |",
        "Passed when: ",
        "pma verify INC-2025-002 A",
    ):
        assert part in text
    index = (tmp_path / "out/ARTIFACTS.md").read_text(encoding="utf-8")
    assert "written for TypeScript, and the team uses Elixir: take it as a pattern" in index
    assert "written for Prometheus, and the team uses Zabbix" in index
    assert "docs/verification/a1.md | A1 | the result | carry it out" in index
