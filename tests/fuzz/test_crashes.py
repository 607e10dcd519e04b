"""Every input that a fuzzer ever failed a reader with is read again."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from tests.regenerate import REPOSITORY

sys.path.insert(0, str(REPOSITORY))
CRASHES = sorted(path for path in (Path(__file__).parent / "crashes").glob("*/*"))
HARNESSES = ("lint", "plan_json", "plan_text", "request_block", "rules_and_config", "sources")


@pytest.mark.parametrize("path", CRASHES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_failed_once_does_not_fail_again(path: Path) -> None:
    code = "import sys; from importlib import import_module as i; i('fuzz.' + sys.argv[1]).check(open(sys.argv[2], 'rb').read())"
    done = subprocess.run(
        [sys.executable, "-c", code, path.parent.name, str(path)],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("name", HARNESSES)
def test_the_seeds_of_every_harness_pass(name: str) -> None:
    harness = import_module(f"fuzz.{name}")
    seeds = list(harness.seeds())[:40]
    assert seeds
    for seed in seeds:
        harness.check(seed)
