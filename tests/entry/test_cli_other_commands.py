"""``pma explain``, ``lint``, ``catalogue``, ``init``, ``completion`` and ``schema``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from postmortem_actions.entry.cli.completion import SHELLS

Call = Callable[..., Any]
TODAY = ("--today", "2026-03-04")


def test_explain_answers_the_same_from_plan_and_rca(pma: Call) -> None:
    pma("plan", "rca.md", "-o", "out", "-q", "--capacity", "low", *TODAY)
    from_plan = pma("explain", "out/plan.json", "a1")
    from_rca = pma("explain", "rca.md", "A1", "--capacity", "low", *TODAY)
    assert from_plan.code == 0
    assert from_plan.out == from_rca.out
    assert from_plan.out.startswith("A1: ")
    for question in ("priority", "owner", "date"):
        assert f"Why this {question}?" in from_plan.out


def test_explain_knows_deferred_actions(pma: Call) -> None:
    pma("plan", "rca.md", "-o", "out", "-q", "--capacity", "low", *TODAY)
    deferred = json.loads(Path("out/plan.json").read_text())["deferred"]
    ran = pma("explain", "out/plan.json", deferred[0]["action"]["id"])
    assert deferred[0]["reason"] in ran.out


def test_lint_of_our_plan_finds_no_error_but_unresolved_owners(pma: Call, folder: Path) -> None:
    (folder / "postmortem-actions.toml").write_text('[rotation]\norder = ["ann", "bob"]\n')
    ran = pma("plan", "rca.md", "-o", "out", "-q", "--ownership-model", "team-rotation", *TODAY)
    assert ran.code == 0
    for name in ("out/plan.md", "out/plan.json"):
        found = pma("lint", name, "--format", "json", *TODAY)
        errors = [finding for finding in json.loads(found.out) if finding["severity"] == "error"]
        assert {finding["code"] for finding in errors} <= {"PMA204"}
        assert found.code == (1 if errors else 0)


def test_lint_names_file_and_line_and_fails(pma: Call, folder: Path) -> None:
    (folder / "actions.md").write_text("# Action items\n\n- [ ] Improve monitoring\n- [ ] Be more careful\n")
    ran = pma("lint", "actions.md", *TODAY)
    assert ran.code == 1
    assert "actions.md:3: error" in ran.out
    assert "actions.md:4: error" in ran.out
    findings = json.loads(pma("lint", "actions.md", "--format", "json", *TODAY).out)
    assert set(findings[0]) == {"code", "severity", "message", "fix", "path", "line"}
    assert pma("lint", "actions.md", "--format", "github", *TODAY).out.startswith("::")
    assert json.loads(pma("lint", "actions.md", "--format", "sarif", *TODAY).out)["version"] == "2.1.0"


def test_lint_reads_several_files_and_standard_input(pma: Call, folder: Path) -> None:
    for name in ("a.md", "b.md"):
        (folder / name).write_text("# Action items\n\n- [ ] Improve monitoring\n")
    both = json.loads(pma("lint", "a.md", "b.md", "--format", "json", *TODAY).out)
    assert {finding["path"] for finding in both} == {"a.md", "b.md"}
    piped = pma("lint", "--format", "json", *TODAY, stdin=(folder / "a.md").read_bytes())
    assert {finding["path"] for finding in json.loads(piped.out)} == {"-"}


def test_catalogue_list_and_show(pma: Call) -> None:
    rows = json.loads(pma("catalogue", "list", "--json").out)
    assert len(rows) >= 40
    text = pma("catalogue", "list").out
    assert all(row["id"] in text for row in rows)
    shown = pma("catalogue", "show", rows[0]["id"]).out
    assert rows[0]["title"] in shown
    assert "Actions" in shown


RULE = """id: bakery.cold-oven
title: Oven went cold
area: bakery
summary: The oven lost its heat during baking.
recognise:
  phrases: [oven .. cold]
  hints: [thermostat]
  unless: [on purpose]
examples:
  match: [the oven went cold, our oven was cold, an oven that turned cold]
  no_match: [the oven was hot, cold water, the bread was dark]
actions:
  - id: second-thermostat
    category: reliability
    form: redundancy
    title: Fit a second thermostat
    statement: Harden the oven by adding a second thermostat
    rationale: One thermostat was all there was.
    impact: high
    effort: S
    strength: strong
    blocks_recurrence: true
    done_when: [the oven stays hot when one thermostat is pulled]
    verification: {method: pull one thermostat, success: the oven stays hot}
"""


def test_a_folder_of_own_rules_counts_from_option_and_config(pma: Call, folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "oven.yaml").write_text(RULE)
    assert pma("catalogue", "check", "rules").code == 0
    rca = b"# Bread late\n\nRoot cause: the oven went cold at night.\n"
    text = pma("plan", "-", "--rules", "rules", *TODAY, stdin=rca).out
    assert "Fit a second thermostat" in text
    (folder / "postmortem-actions.toml").write_text('[catalogue]\nrules = ["./rules"]\n')
    assert pma("plan", "-", *TODAY, stdin=rca).out == text
    assert "bakery.cold-oven" in pma("catalogue", "list").out


def test_check_names_file_and_line_of_every_fault(pma: Call, folder: Path) -> None:
    (folder / "rules").mkdir()
    wrong = RULE.replace("impact: high", "impact: huge").replace("summary:", "sumary:")
    (folder / "rules" / "oven.yaml").write_text(wrong)
    ran = pma("catalogue", "check", "rules")
    assert ran.code == 1
    assert "rules/oven.yaml:4: " in ran.out
    assert "rules/oven.yaml:19: " in ran.out
    assert pma("plan", "rca.md", "--rules", "rules").code == 4


def test_a_yaml_bomb_among_the_rules_is_refused(pma: Call, folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "bomb.yaml").write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    ran = pma("catalogue", "check", "rules")
    assert ran.code == 1
    assert "bomb.yaml:2: aliases" in ran.out


def test_catalogue_explain_tells_matches_slots_and_near_misses(pma: Call, folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "oven.yaml").write_text(RULE)

    def explained(text: bytes) -> str:
        ran = pma("catalogue", "explain", "-", "--rules", "rules", "--all", stdin=text)
        assert ran.code == 0
        return str(ran.out)

    matched = explained(b"# Bread late\n\nRoot cause: the oven went cold.\n")
    assert "bakery.cold-oven: Oven went cold" in matched
    assert "L3 by 'oven .. cold'" in matched
    vetoed = explained(b"The oven went cold on purpose.\n")
    assert "bakery.cold-oven: 'oven .. cold' stands in L1" in vetoed
    assert "the sentence also says 'on purpose'" in vetoed
    hinted = explained(b"A thermostat was replaced.\n")
    assert "bakery.cold-oven: 'thermostat' stands in L1, but a single hint" in hinted


def test_init_writes_a_config_that_the_program_takes(pma: Call, folder: Path) -> None:
    assert pma("init").code == 0
    assert pma("plan", "rca.md").code == 0
    refused = pma("init")
    assert refused.code == 6
    assert "--force" in refused.err
    (folder / "postmortem-actions.toml").write_text("mine")
    assert pma("init", "--force").code == 0
    assert "[request]" in (folder / "postmortem-actions.toml").read_text()


def test_schema_is_that_of_the_plans_we_print(pma: Call) -> None:
    schema = json.loads(pma("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    plan = json.loads(pma("plan", "rca.md", "--json", *TODAY).out)
    jsonschema.validate(plan, schema)


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_scripts_are_for_both_names(pma: Call, shell: str) -> None:
    ran = pma("completion", shell)
    assert ran.code == 0
    assert "_PMA_COMPLETE" in ran.out
    assert "_POSTMORTEM_ACTIONS_COMPLETE" in ran.out


def test_bash_takes_the_script(pma: Call) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    script = pma("completion", "bash").out
    done = subprocess.run([bash, "-n"], input=script, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_completion_offers_commands_and_the_words_of_a_setting(folder: Path) -> None:
    def offered(words: str, place: int) -> list[str]:
        environment = {
            **os.environ, "_PMA_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(place),
        }  # fmt: skip
        program = [sys.executable, "-m", "postmortem_actions"]
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert offered("pma pl", 1) == ["plan"]
    assert offered("pma plan --scope ", 3) == ["service", "team", "org"]


def test_the_start_imports_nothing_heavy(folder: Path) -> None:
    """What makes --help slow: it must not come back unnoticed."""
    code = "import sys; from postmortem_actions.entry.cli.main import run; run(['-h']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "click" in loaded
    heavy = {"yaml", "markdown_it", "httpx2", "rich", "jinja2", "holidays", "html_to_markdown", "json"}
    assert not loaded & heavy
    assert not any(name.startswith("postmortem_actions.core") for name in loaded)
