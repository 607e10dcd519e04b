"""``pma verify --run``: nothing runs unasked, results become evidence, and claimed done becomes verified or failed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.entry.conftest import Ran
from tests.standins.serving import Reply, Request, serve

from postmortem_actions.adapters.check_runner import CheckRunner
from postmortem_actions.core.checking import Check, CheckType, Outcome, meets, verdicts

Pma = Callable[..., Ran]
RCA = Path(__file__).parents[2] / "examples/payment-api-timeout/rca.md"


@pytest.fixture
def kept(pma: Pma) -> Pma:
    assert pma("plan", str(RCA), "--today", "2025-01-16", "-q").code == 0
    return pma


def config(folder: Path, text: str) -> None:
    (folder / "postmortem-actions.toml").write_text(text, encoding="utf-8")


def command(name: str, code: str, action: str = "A1") -> str:
    run = json.dumps([sys.executable, "-c", code])
    return f'[checks.{name}]\naction = "{action}"\ntype = "command"\nrun = {run}\n'


def state(pma: Pma, action: str) -> str:
    rows = json.loads(pma("list", "inc-2025-002", "--all", "--json").out)
    return str(next(row["state"] for row in rows if row["id"] == action))


def test_nothing_is_run_unasked(kept: Pma, folder: Path) -> None:
    config(folder, command("mark", "open('ran', 'w')"))
    asked = kept("verify", "inc-2025-002", "A1", "--run")
    assert asked.code == 2
    assert "mark: run " in asked.err
    assert "--yes" in asked.err
    assert not (folder / "ran").exists()
    assert kept("verify", "inc-2025-002", "A1", "--run", "--yes").code == 0
    assert (folder / "ran").exists()


def test_claimed_done_becomes_verified_or_failed_with_the_output_as_evidence(kept: Pma, folder: Path) -> None:
    config(
        folder, command("works", "print('3 of 3 passed')") + command("broken", "raise SystemExit(3)", "A2")
    )
    kept("done", "inc-2025-002", "A1", "A2")
    ran = kept("verify", "inc-2025-002", "A1", "A2", "--run", "--yes", "--by", "dana")
    assert ran.code == 1
    assert "ok     A1 works: exit code 0; 3 of 3 passed" in ran.out
    assert "FAILED A2 broken: exit code 3" in ran.out
    assert (state(kept, "A1"), state(kept, "A2")) == ("verified", "failed")
    shown = kept("show", "inc-2025-002", "A1").out
    assert "works: passed: exit code 0" in shown
    assert "dana" in shown


def test_what_is_not_claimed_keeps_its_state_and_the_evidence(kept: Pma, folder: Path) -> None:
    config(folder, command("works", "print('fine')"))
    assert "it is not claimed done yet" in kept("verify", "inc-2025-002", "--run", "--yes").out
    assert state(kept, "A1") == "proposed"
    assert "works: passed" in kept("show", "inc-2025-002", "A1").out


def test_committed_artifacts_are_checked_and_only_a_proof_verifies(kept: Pma, folder: Path) -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    repository = folder / "shop"
    kept("artifacts", "inc-2025-002", "-o", str(repository))
    kept("done", "inc-2025-002", "A3", "A6")
    ran = kept("verify", "inc-2025-002", "A3", "A6", "--run", "--yes", "--repo", str(repository))
    assert "ok     A3 the alert fires in the incident played again" in ran.out
    assert (state(kept, "A3"), state(kept, "A6")) == (
        "verified",
        "claimed done",
    )  # that a runbook is there proves nothing
    assert "A6 is left to people" in ran.out
    rules = repository / "alerts/dependency-errors.rules.yml"
    rules.write_text(rules.read_text().replace("> 0.01", "> 0.9"), encoding="utf-8")
    kept("reopen", "inc-2025-002", "A3", "--why", "changed")
    kept("done", "inc-2025-002", "A3")
    assert kept("verify", "inc-2025-002", "A3", "--run", "--yes", "--repo", str(repository)).code == 1
    assert state(kept, "A3") == "failed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[checks.x]\naction = "A1"\ntype = "shell"\n', "no type of check"),
        ('[checks.x]\naction = "A1"\ntype = "http"\n', "has no url"),
        ('[checks.x]\ntype = "file"\npath = "x"\n', "has no action"),
        (
            '[checks.x]\naction = "A1"\ntype = "sql"\nurl = "x"\nquery = "q"\nexpect = "many"\n',
            "not understood",
        ),
        ('[checks.x]\naction = "A1"\ntype = "file"\npath = "x"\ntimeout = 0\n', "seconds"),
    ],
)
def test_a_wrong_check_names_its_line(kept: Pma, folder: Path, text: str, words: str) -> None:
    config(folder, text)
    ran = kept("verify", "inc-2025-002", "A1", "--run", "--yes")
    assert ran.code == 2
    assert words in ran.err
    assert "postmortem-actions.toml:" in ran.err


def test_without_a_check_it_says_where_they_come_from(kept: Pma) -> None:
    ran = kept("verify", "inc-2025-002", "A1", "--run", "--yes")
    assert ran.code == 2
    assert "--repo PATH" in ran.err
    assert kept("verify", "inc-2025-002", "A1", "--yes").code == 2


# The kinds of checks.


def made(**values: object) -> Check:
    return Check("c", "A1", **values)  # type: ignore[arg-type]


def run(folder: Path, check: Check, environ: dict[str, str] | None = None) -> Outcome:
    return CheckRunner(str(folder), environ or {"PATH": "/usr/bin:/bin"}).run(check)


def test_a_command_gets_no_token_no_shell_and_no_more_time_than_it_may_have(tmp_path: Path) -> None:
    show = "import os, sys; print(sorted(os.environ)); print(sys.argv[1:])"
    environ = {"PATH": "/usr/bin:/bin", "GITHUB_TOKEN": "ghp_x", "SMTP_PASSWORD": "p", "HOME": "/"}
    told = run(
        tmp_path,
        made(type=CheckType.COMMAND, run=(sys.executable, "-c", show, "$(id)", "; rm -rf /")),
        environ,
    )
    assert told.passed
    assert "TOKEN" not in told.output
    assert "PASSWORD" not in told.output
    assert "['$(id)', '; rm -rf /']" in told.output
    slow = run(
        tmp_path,
        made(type=CheckType.COMMAND, run=(sys.executable, "-c", "import time; time.sleep(9)"), timeout=0.3),
    )
    assert (slow.passed, slow.output) == (False, "took longer than 0.3 s")
    assert run(tmp_path, made(type=CheckType.COMMAND, run=("no-such-program",))).passed is None


def test_files_http_and_prometheus(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/health":
            return 200, {"ok": True}, {}
        if request.path == "/api/v1/query":
            one = {"metric": {}, "value": [1, "2"]}
            found = [one] if "FIRING" in request.query["query"] else []
            return 200, {"status": "success", "data": {"resultType": "vector", "result": found}}, {}
        return 404, None, {}

    (tmp_path / "there.txt").write_text("x")
    assert run(tmp_path, made(type=CheckType.FILE, path="there.txt")).passed
    assert run(tmp_path, made(type=CheckType.FILE, path="gone.txt")).passed is False
    with serve(answer) as served:
        assert run(tmp_path, made(type=CheckType.HTTP, url=f"{served.url}/health")).passed
        assert run(tmp_path, made(type=CheckType.HTTP, url=f"{served.url}/nowhere")).passed is False
        assert run(tmp_path, made(type=CheckType.HTTP, url=f"{served.url}/nowhere", expect="== 404")).passed
        asked = made(type=CheckType.PROMQL, url=served.url, query="FIRING", expect=">= 1")
        assert run(tmp_path, asked).passed
        assert (
            run(tmp_path, made(type=CheckType.PROMQL, url=served.url, query="QUIET", expect=">= 1")).passed
            is False
        )
        assert run(
            tmp_path, made(type=CheckType.PROMQL, url=served.url, query="QUIET", expect="empty")
        ).passed
    assert run(tmp_path, made(type=CheckType.PROMQL, url="http://127.0.0.1:9", query="x")).passed is None


def test_sql_reads_and_never_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as one:
        one.execute("CREATE TABLE t (n INTEGER)")
        one.execute("INSERT INTO t VALUES (3)")
    assert run(
        tmp_path, made(type=CheckType.SQL, url=str(path), query="SELECT count(*) FROM t", expect="== 1")
    ).passed
    assert run(
        tmp_path, made(type=CheckType.SQL, url=str(path), query="SELECT n FROM t WHERE n > 5", expect="empty")
    ).passed
    assert run(tmp_path, made(type=CheckType.SQL, url=str(path), query="DELETE FROM t")).passed is None
    assert run(
        tmp_path, made(type=CheckType.SQL, url=str(path), query="SELECT count(*) FROM t", expect="== 1")
    ).passed


@pytest.mark.parametrize(
    ("expect", "values", "rows", "met"),
    [
        (">= 1", [1.0, 2.0], 2, True), (">= 1", [0.0, 2.0], 2, False), (">= 1", [], 0, False), ("empty", [], 0, True),
        ("empty", [1.0], 1, False), ("", [], 1, True), ("not empty", [], 0, False), ("!= 0", [1.0], 1, True),
    ],
)  # fmt: skip
def test_what_is_expected(expect: str, values: list[float], rows: int, met: bool) -> None:
    assert meets(expect, values, rows) is met


def test_one_failure_fails_and_only_a_proof_proves() -> None:
    def outcome(passed: bool | None, proves: bool = True) -> Outcome:
        return Outcome(made(type=CheckType.FILE, proves=proves), passed, "")

    assert verdicts([outcome(True), outcome(False)]) == {"A1": False}
    assert verdicts([outcome(True), outcome(None)]) == {"A1": True}
    assert verdicts([outcome(True, proves=False)]) == {"A1": None}
    assert verdicts([outcome(None)]) == {"A1": None}
