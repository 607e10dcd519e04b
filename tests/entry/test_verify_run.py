"""``pma verify --run``: nothing runs unasked, results become evidence, and claimed done becomes verified or failed."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.entry.conftest import Ran
from tests.regenerate import REPOSITORY
from tests.standins.serving import Reply, Request, serve

from postmortem_actions.adapters.check_runner import CheckRunner
from postmortem_actions.core.artifacts.sheets import result_in
from postmortem_actions.core.checking import Check, Outcome, meets, verdicts
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.policy import CheckType, Form

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


# Load tests, alerts, workflows and what people write into sheets


def test_a_load_test_passes_by_its_exit_code_and_the_figure_it_wrote(tmp_path: Path) -> None:
    write = 'import json; json.dump({"m": {"failed": {"rate": 0.004}}, "ok": True}, open("summary.json", "w"))'
    load = made(
        type=CheckType.LOAD, run=(sys.executable, "-c", write), path="summary.json", query="m.failed.rate", expect="< 0.01"
    )
    assert run(tmp_path, load).passed
    assert "m.failed.rate is 0.004" in run(tmp_path, load).output
    assert run(tmp_path, replace(load, expect="< 0.001")).passed is False
    assert run(tmp_path, replace(load, query="m.gone")).passed is None
    assert run(tmp_path, replace(load, query="ok")).passed is None
    assert run(tmp_path, replace(load, run=(sys.executable, "-c", "raise SystemExit(99)"))).passed is False
    assert run(tmp_path, replace(load, path="")).passed
    assert run(tmp_path, replace(load, path="other.json")).passed is None


def test_an_alert_is_looked_for_where_prometheus_keeps_what_fired(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        asked.append(request.query["query"])
        found = [{"metric": {}, "value": [0, "1"]}] if 'alertname="Fired"' in asked[-1] else []
        return 200, {"status": "success", "data": {"resultType": "vector", "result": found}}, {}

    with serve(answer) as served:
        fired = made(type=CheckType.ALERT, url=served.url, query="Fired", within="2h")
        assert run(tmp_path, fired).passed
        assert asked == ['max_over_time(ALERTS{alertname="Fired",alertstate="firing"}[2h])']
        assert run(tmp_path, replace(fired, query="Silent")).passed is False
        assert run(tmp_path, replace(fired, query="Silent", expect="empty")).passed


@pytest.mark.parametrize(
    ("conclusion", "expect", "passed"),
    [
        ("success", "", True), ("failure", "", False), ("failure", "failure", True), ("success", "failure", False),
        ("cancelled", "", None), (None, "", None),
    ],
)  # fmt: skip
def test_the_last_run_of_a_workflow_decides(
    conclusion: str | None, expect: str, passed: bool | None, tmp_path: Path
) -> None:
    def answer(request: Request) -> Reply:
        assert request.path == "/repos/acme/shop/actions/workflows/ci.yml/runs"
        assert (request.query["branch"], request.query["status"]) == ("verify-a6", "completed")
        assert request.headers.get("authorization", request.headers.get("Authorization")) == "Bearer secret-token"
        one = {"run_number": 7, "conclusion": conclusion, "updated_at": "2025-02-01T10:00:00Z", "html_url": "https://x/7"}
        return 200, {"workflow_runs": [one] if conclusion else []}, {}

    with serve(answer) as served:
        check = made(
            type=CheckType.WORKFLOW, url=served.url, repository="acme/shop", workflow=".github/workflows/ci.yml",
            branch="verify-a6", expect=expect,
        )  # fmt: skip
        found = CheckRunner(str(tmp_path), {"GITHUB_TOKEN": "secret-token"}).run(check)
    assert found.passed is passed
    assert "secret-token" not in found.output
    if conclusion:
        assert f"run 7 of 2025-02-01T10:00:00Z: {conclusion}" in found.output


def test_a_job_of_gitlab_decides_and_a_refusal_shows_nothing(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if "private-token" not in {name.lower() for name in request.headers}:
            return 401, {"message": "401 Unauthorized"}, {}
        assert request.path == "/gitlab/api/v4/projects/acme%2Fshop/jobs"
        jobs = [
            {"id": 3, "name": "check", "ref": "main", "status": "running"},
            {"id": 2, "name": "check", "ref": "main", "status": "failed", "web_url": "https://x/2", "finished_at": "t"},
            {"id": 1, "name": "check", "ref": "main", "status": "success"},
        ]
        return 200, jobs, {}

    with serve(answer) as served:
        check = made(type=CheckType.WORKFLOW, url=f"{served.url}/gitlab", repository="acme/shop", workflow="check")
        found = CheckRunner(str(tmp_path), {"GITLAB_TOKEN": "t"}).run(check)
        assert (found.passed, found.output) == (False, "job 2 of t: failed, https://x/2")
        refused = CheckRunner(str(tmp_path), {}).run(check)
        assert (refused.passed, refused.output) == (None, "refused: status 401 401 Unauthorized")


SHEET = "# V\n\nPlan INC-1, P0. Drill.\n\n## Before\n\n- [ ] told\n\n## Result\n\n- [{box}] shown\n\n{table}\n"
HEAD = "| day | who | passed | link |\n| --- | --- | --- | --- |\n"


@pytest.mark.parametrize(
    ("box", "rows", "passed", "said"),
    [
        ("x", "| 2025-02-01 | Dana | yes | https://x |", True, "2025-02-01, Dana: yes, https://x"),
        ("x", "| 2025-02-01 | Dana | no |  |\n| 2025-02-09 | Lee | Yes. |  |", True, "2025-02-09, Lee: Yes."),
        ("x", "| 2025-02-01 | Dana | no | it hung |", False, "2025-02-01, Dana: no, it hung"),
        (" ", "| 2025-02-01 | Dana | yes |  |", None, "not ticked: shown"),
        ("x", "| 2025-02-01 |  | yes |  |", None, "nobody is named who saw it"),
        ("x", "| 2025-02-01 | Dana | nearly |  |", None, "says neither yes nor no"),
        ("x", "|  |  |  |  |", None, "nobody has written a result yet"),
    ],
)  # fmt: skip
def test_what_people_write_into_a_sheet_is_read(box: str, rows: str, passed: bool | None, said: str) -> None:
    found = result_in(SHEET.format(box=box, table=HEAD + rows), "inc-1")
    assert found.passed is passed
    assert said in found.what
    assert result_in(SHEET.format(box=box, table=HEAD + rows), "INC-2").passed is None


def test_the_result_of_a_drill_verifies_what_was_claimed(kept: Pma, folder: Path) -> None:
    repository = folder / "shop"
    kept("artifacts", "inc-2025-002", "-o", str(repository))
    kept("done", "inc-2025-002", "A1")
    sheet = repository / "docs/verification/a1.md"
    empty = kept("verify", "inc-2025-002", "A1", "--run", "--yes", "--repo", str(repository))
    assert "nobody has written a result yet" in empty.out
    assert state(kept, "A1") == "claimed done"
    text = sheet.read_text(encoding="utf-8").replace("- [ ]", "- [x]")
    sheet.write_text(text.replace("|  |  |  |  |", "| 2025-02-01 | Dana | yes | https://notes/7 |"), encoding="utf-8")
    assert kept("verify", "inc-2025-002", "A1", "--run", "--yes", "--repo", str(repository)).code == 0
    assert state(kept, "A1") == "verified"
    assert "2025-02-01, Dana: yes, https://notes/7" in kept("show", "inc-2025-002", "A1").out


def test_templates_fit_the_config_and_leave_open_what_nobody_knows(kept: Pma, folder: Path) -> None:
    text = kept("verify", "inc-2025-002", "--template").out
    assert 'alert = "DependencyErrorRateHigh"' in text
    assert "TODO(address of Prometheus)" in text
    config(folder, text)
    listed = kept("verify", "inc-2025-002", "--run")
    assert listed.code == 2
    assert "whether DependencyErrorRateHigh fired within 2h" in listed.err
    again = kept("verify", "inc-2025-002", "--template").out
    assert "DependencyErrorRateHigh" not in again, "what has a check needs no template"


def test_what_must_be_stopped_is_looked_for_as_stopped(pma: Pma, folder: Path) -> None:
    source = str(REPOSITORY / "examples/pii-in-logs/request.md")
    assert pma("plan", source, "--today", "2025-01-13", "--quiet").code == 0
    made = tomllib.loads(pma("verify", "inc-2025-004", "--template").out)["checks"]
    assert made["inc-2025-004-a1"]["expect"] == ">= 400", "a revoked key that is let in has not been revoked"
    check = made["inc-2025-004-a8"]
    assert check["workflow"] == "personal-data-in-logs.yml"
    assert (check["branch"], check["expect"]) == ("TODO(branch with the fault)", "failure")
    assert made["inc-2025-004-a4"]["alert"] == "PersonalDataInLogs"
    config(folder, pma("verify", "inc-2025-004", "--template").out)
    listed = pma("verify", "inc-2025-004", "A8", "--run")
    assert "(wanted: failure)" in listed.err


def test_every_verification_of_the_catalogue_has_a_type_and_all_types_occur(knowledge: Knowledge) -> None:
    found = {
        knowledge.forms.type_of(action.form, check.method, check.artifact.language if check.artifact else "")
        for rule in knowledge.catalogue.rules
        for action in rule.actions
        for check in [action.verification]
    }
    assert {CheckType.ALERT, CheckType.WORKFLOW, CheckType.LOAD, CheckType.DRILL, CheckType.REVIEW} <= found
    assert {CheckType.SQL, CheckType.HTTP} <= found


@pytest.mark.parametrize(
    ("form", "method", "wanted"),
    [
        (Form.ALERT, "Fault injection in staging", CheckType.ALERT), (Form.TIMEOUT, "Fault injection in staging", CheckType.DRILL),
        (Form.CI_CHECK, "Reintroduce the fault on a branch", CheckType.WORKFLOW), (Form.LIMIT, "Load test", CheckType.LOAD),
        (Form.CHECKLIST, "Audit of merged changes", CheckType.REVIEW), (Form.RUNBOOK, "Game day", CheckType.DRILL),
        (Form.ROTATION, "Call with a revoked key", CheckType.HTTP), (Form.PURGE, "Count after deletion", CheckType.SQL),
    ],
)  # fmt: skip
def test_the_type_follows_from_form_and_method(
    form: Form, method: str, wanted: CheckType, knowledge: Knowledge
) -> None:
    assert knowledge.forms.type_of(form, method, "") is wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('type = "workflow"\nrepository = "a/b"\nworkflow = "x.yml"\nexpect = "green"', "must be success or failure"),
        ('type = "alert"\nurl = "http://x"\nalert = "X"\nwithin = "soon"', "must be a length of time"),
        ('type = "alert"\nurl = "http://x"', "has no alert"),
        ('type = "load"\nrun = ["k6"]\ntimeout = 20000', "at most 14400"),
    ],
)
def test_a_check_that_cannot_be_understood_says_where(kept: Pma, folder: Path, text: str, said: str) -> None:
    config(folder, f'[checks.x]\naction = "A1"\n{text}\n')
    ran = kept("verify", "inc-2025-002", "A1", "--run")
    assert ran.code != 0
    assert said in ran.err
    assert "postmortem-actions.toml:" in ran.err
