"""Deciding on owners and dates: by options, and question by question on a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.regenerate import REPOSITORY

from postmortem_actions.entry.cli.main import run
from postmortem_actions.render.json_plan import from_json


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    source = REPOSITORY / "examples/payment-api-timeout/rca.md"
    assert run(["plan", str(source), "--today", "2025-01-16", "-q", "-o", str(tmp_path)]) == 0
    return tmp_path / "plan.json"


def owners(plan: Path) -> dict[str, str | None]:
    return {a.id: a.owner.person for a in from_json(plan.read_text(encoding="utf-8")).actions}


def test_decisions_are_kept_with_who_made_them_and_what_was_proposed(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = owners(plan)
    options = ["--set", "a3=zoe", "--accept", "all", "--due", "A2=2025-02-20", "--by", "dana", "--today", "2025-01-17"]
    assert run(["assign", str(plan), *options]) == 0
    assert "A3: owner zoe (was @charlie)" in capsys.readouterr().out
    made = {a.id: a for a in from_json(plan.read_text(encoding="utf-8")).actions}
    assert owners(plan) == before | {"A3": "zoe"}
    assert all(action.owner.accepted for action in made.values())
    assert made["A3"].owner.why.startswith("decided by dana on 2025-01-17; proposed was @charlie: ")
    assert made["A1"].owner.why.startswith("accepted by dana on 2025-01-17; ")
    assert str(made["A2"].due.on) == "2025-02-20"
    assert made["A2"].due.late
    text = (plan.parent / "plan.md").read_text(encoding="utf-8")
    assert "**Owner**: zoe (decided by dana" in text
    assert "zoe" in (plan.parent / "plan.html").read_text(encoding="utf-8")
    (load,) = [x for x in from_json(plan.read_text(encoding="utf-8")).loads if x.person == "zoe"]
    assert load.p0s_after == 1


def test_a_dry_run_writes_nothing(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = plan.read_bytes()
    assert run(["assign", str(plan), "--set", "A1=zoe", "--today", "2025-01-17", "--dry-run"]) == 0
    assert plan.read_bytes() == before
    assert "A1: owner zoe" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--set", "A99=zoe"], "no action 'A99'"),
        (["--set", "A1"], "no ID=VALUE"),
        (["--set", "A1=zoe@corp.example"], "no name or handle"),
        (["--due", "A1=tomorrow"], "is no date"),
        (["--due", "A1=2024-12-01"], "has passed"),
    ],
)
def test_a_decision_that_cannot_be_taken_says_why_and_changes_nothing(
    options: list[str], says: str, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = plan.read_bytes()
    assert run(["assign", str(plan), *options, "--today", "2025-01-17"]) == 2
    assert says in capsys.readouterr().err
    assert plan.read_bytes() == before


def test_an_owner_nobody_knows_cannot_be_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rca = tmp_path / "rca.md"
    rca.write_text("# Disk full\n\nDate: 2025-01-10\n\n## Root cause\n\nThe disk filled up with logs.\n", encoding="utf-8")
    assert run(["plan", str(rca), "--today", "2025-01-16", "-q", "-o", str(tmp_path / "out")]) == 0
    assert run(["assign", str(tmp_path / "out/plan.json"), "--accept", "A1", "--today", "2025-01-17"]) == 2
    assert "has no owner to accept" in capsys.readouterr().err


def test_without_a_terminal_it_asks_for_options(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["assign", str(plan)]) == 2
    assert "--set" in capsys.readouterr().err


def test_on_a_terminal_each_question_takes_one_key(plan: Path) -> None:
    before = owners(plan)
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "postmortem_actions", "assign", str(plan), "--by", "dana", "--today", "2025-01-17"]
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, close_fds=True, env=os.environ | {"TERM": "xterm"}
    )
    os.close(follower)
    shown = ""
    keys = iter(["a", "n", "zoe\n", "q"])
    asked = ["[1/", "[2/", "Name or handle", "[3/"]
    end = time.monotonic() + 60
    try:
        for wanted in asked:
            while wanted not in shown and time.monotonic() < end:
                if select.select([leader], [], [], 0.2)[0]:
                    shown += os.read(leader, 65536).decode("utf-8", "replace")
            assert wanted in shown
            time.sleep(0.5)  # the question is printed just before the terminal is set to take single keys
            os.write(leader, next(keys).encode())
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        os.close(leader)
    made = json.loads(plan.read_text(encoding="utf-8"))
    after = owners(plan)
    changed = {name for name in after if after[name] != before[name]}
    assert len(changed) == 1
    assert after[changed.pop()] == "zoe"
    assert sum(action["owner"]["accepted"] for action in made["actions"]) == 2
