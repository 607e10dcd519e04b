"""The documents tell the truth: links lead somewhere, what they show is what the program prints, nothing is left out."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.regenerate import REPOSITORY

from postmortem_actions.core.catalogue import rule as rule_module
from postmortem_actions.core.lint import CODES
from postmortem_actions.entry.cli.main import COMMANDS, run

DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    text = re.sub(r"(?ms)^(`{3,}).*?^\1", "", document.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_readme_shows_the_two_commands_first_and_then_the_plan_they_print() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    fences = re.findall(r"(?ms)^(`{3,})(\w*)\n(.*?)^\1", readme)
    assert fences[0][2].split() == ["make", "demo", "make", "test"]
    plan = (REPOSITORY / "examples/orders-api-timeout/output/plan.md").read_text(encoding="utf-8")
    assert fences[1][1] == "markdown"
    assert plan.startswith(fences[1][2].rstrip("\n"))
    assert "| A1 | Prevention | Add an index on users.email | P0 |" in fences[1][2]


def test_make_demo_and_ci_call_what_the_readme_says() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"(?m)^demo:", makefile)
    assert re.search(r"(?m)^test:", makefile)
    assert re.search(r"(?m)^make test$", (REPOSITORY / ".ci/run").read_text(encoding="utf-8"))
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:`|\n)make ([a-z]+)", readme)):
        assert re.search(rf"(?m)^{target}:", makefile), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_shown_exists(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = document.read_text(encoding="utf-8")
    shown = re.findall(r"(?m)^(?:\$ )?(pma [^\n#]*)", "\n".join(re.findall(r"(?ms)^```\w*\n(.*?)^```", text)))
    for line in shown:
        words = shlex.split(line.split(">")[0])[1:]
        assert words[0] in COMMANDS, line
        command = [word for word in words[:2] if re.fullmatch(r"[a-z]+", word)]
        command = command if command[:1] == ["catalogue"] else command[:1]
        assert run([*command, "--help"]) == 0
        help_text = capsys.readouterr().out
        for option in re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", line):
            assert option in help_text, f"{option} of {line!r}"


def test_every_lint_code_is_documented_with_its_severity() -> None:
    text = (REPOSITORY / "docs/lint.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| (PMA\d{3}) \| (\w+) \|", text))
    assert rows == {code: entry.severity.value for code, entry in CODES.items()}


def test_every_key_of_a_rule_is_documented() -> None:
    source = Path(rule_module.__file__).read_text(encoding="utf-8")
    read = set(
        re.findall(
            r"\b(?:fields|below|recognise|examples)\.(?:text|texts|phrases|flag|choice|choices|child|children|named_children|has)\(\"(\w+)\"",
            source,
        )
    )
    text = (REPOSITORY / "docs/rules.md").read_text(encoding="utf-8")
    missing = {key for key in read if f"`{key}`" not in text} - {"about"}
    assert not missing, f"docs/rules.md does not speak of {sorted(missing)}"


def test_the_layout_in_the_architecture_is_the_one_on_disk() -> None:
    text = (REPOSITORY / "docs/architecture.md").read_text(encoding="utf-8")
    package = REPOSITORY / "src/postmortem_actions"
    layout = text[text.index("src/postmortem_actions/\n") : text.index("Imports run one way")]
    for name in re.findall(r"(?m)^  ([a-z_]+)(?:/|\.py) ", layout):
        assert (package / name).is_dir() or (package / f"{name}.py").exists(), name
    for path in [*package.glob("*/"), *package.glob("core/*/")]:
        if path.is_dir() and path.name not in ("__pycache__",):
            assert f"{path.name}/" in text, f"docs/architecture.md does not speak of {path.name}/"


def test_every_word_of_the_shared_slots_is_documented() -> None:
    slots = yaml.safe_load(
        (REPOSITORY / "src/postmortem_actions/data/slots.yaml").read_text(encoding="utf-8")
    )
    text = (REPOSITORY / "docs/rules.md").read_text(encoding="utf-8")
    read = [name for name, spec in slots.items() if "assume" not in spec]
    missing = [name for name in read if name not in text]
    assert not missing, missing


def test_nothing_tells_of_a_machine_or_a_registry() -> None:
    where = r"(/wor[k]/|/far[m]/|/roo[t]/\.|files\.pythonhoste[d]|registry\.npmj[s]|pypi\.org/simpl[e]|deb\.debian\.or[g])"
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    if listed == [""]:
        pytest.skip("not a git checkout")
    for name in filter(None, listed):
        path = REPOSITORY / name
        if path.is_file() and path.resolve() != Path(__file__).resolve():
            assert not re.search(where, path.read_text(encoding="utf-8", errors="replace")), name
