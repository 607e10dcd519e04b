"""Artifacts for other monitoring, CI and dashboards: written for the team's stack, and taken by their checkers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.core.monitors.test_monitors import check_datadog
from tests.entry.conftest import Ran
from tests.regenerate import REPOSITORY

from postmortem_actions import plan
from postmortem_actions.adapters.gitlab_ci import gitlab_ci
from postmortem_actions.adapters.monitor_files import monitor_file
from postmortem_actions.adapters.prometheus_rules import alert_rules
from postmortem_actions.core.artifacts.dashboards import Watched, dashboard
from postmortem_actions.core.artifacts.files import artifact_files, is_rules
from postmortem_actions.core.catalogue.template import SlotValue, fill_artifact
from postmortem_actions.core.knowledge import Knowledge

EXAMPLES = sorted((REPOSITORY / "examples").glob("*/rca.md"))


def program(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def passes(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def bodies(knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    for rule in knowledge.catalogue.rules:
        for action in rule.actions:
            for one in (action.artifact, action.verification.artifact):
                if one is not None:
                    body = fill_artifact(one.body, lambda name: SlotValue(name, name))
                    yield f"{rule.id}/{action.id}", one.path or "", body


def rule_files(knowledge: Knowledge) -> list[tuple[str, str]]:
    found = [
        (where, document)
        for where, _, body in bodies(knowledge)
        for document in re.split(r"(?m)^---\s*$", body)
        if is_rules(document)
    ]
    assert len(found) > 70
    return found


def test_every_alert_that_can_be_told_is_a_valid_datadog_monitor(knowledge: Knowledge) -> None:
    told = left = 0
    for _, body in rule_files(knowledge):
        found = monitor_file("Datadog", body, "Action A1")
        assert found is not None
        left += len(found[1])
        if found[0]:
            document = json.loads(found[0])
            check_datadog(document)
            told += sum("(part " not in one["name"] for one in document["resource"]["datadog_monitor"].values())
    assert told >= 105
    assert told + left == sum(len(alert_rules(body)[0]) for _, body in rule_files(knowledge))


def test_every_alert_that_can_be_told_is_a_valid_cloudwatch_alarm(knowledge: Knowledge, tmp_path: Path) -> None:
    cfn_lint, files = program("cfn-lint"), []
    for n, (_, body) in enumerate(rule_files(knowledge)):
        found = monitor_file("CloudWatch", body, "Action A1")
        assert found is not None
        if found[0]:
            files.append(tmp_path / f"{n}.template.json")
            files[-1].write_text(found[0], encoding="utf-8")
    assert len(files) > 60
    passes([cfn_lint, *map(str, files)])


def test_every_workflow_is_told_as_valid_gitlab_ci(knowledge: Knowledge, tmp_path: Path) -> None:
    check, files = program("check-jsonschema"), []
    for n, (where, path, body) in enumerate(bodies(knowledge)):
        if not path.startswith(".github/workflows/"):
            continue
        told = gitlab_ci(body, f"job{n}")
        if told is None:
            assert "jobs:" not in body, where
            continue
        assert "${{" not in told, where
        files.append(tmp_path / f"{n}.gitlab-ci.yml")
        files[-1].write_text(told, encoding="utf-8")
    assert len(files) > 15
    passes([check, "--builtin-schema", "vendor.gitlab-ci", *map(str, files)])


def test_a_workflow_keeps_what_it_does_and_fails_where_something_is_still_to_be_written() -> None:
    told = gitlab_ci(
        """
on:
  pull_request: {paths: ["db/**"]}
  schedule: [{cron: "0 3 * * 1"}]
  deployment:
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    services: {db: {image: "postgres:16", env: {POSTGRES_PASSWORD: x}}}
    strategy: {matrix: {way: [up, down]}}
    steps:
      - uses: actions/checkout@v5
        with: {fetch-depth: 0}
      - uses: actions/setup-python@v6
        with: {python-version: "3.12"}
      - run: |
          git diff ${{ github.event.pull_request.base.sha }} | ./check ${{ matrix.way }}
        working-directory: db
        env: {TOKEN: "${{ secrets.DB_TOKEN }}"}
      - uses: some/action@v1
  later:
    needs: check
    if: failure()
    steps: [{run: echo sorry}]
""",
        "db",
    )
    assert told is not None
    assert "# Make a pipeline schedule in the project's settings: 0 3 * * 1 (UTC)." in told
    assert "# TODO(trigger): it began on deployment" in told
    jobs: dict[str, Any] = yaml.safe_load(told)
    check = jobs["db-check"]
    assert check["image"] == "python:3.12"
    assert check["variables"] == {"GIT_DEPTH": "0"}
    assert check["services"] == [{"name": "postgres:16", "alias": "db", "variables": {"POSTGRES_PASSWORD": "x"}}]
    assert check["parallel"] == {"matrix": [{"way": ["up", "down"]}]}
    assert check["timeout"] == "5 minutes"
    assert check["rules"] == [
        {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"', "changes": ["db/**"]},
        {"if": '$CI_PIPELINE_SOURCE == "schedule"'},
    ]
    assert check["script"] == [
        'export TOKEN="$DB_TOKEN"',
        "cd db\ngit diff $CI_MERGE_REQUEST_DIFF_BASE_SHA | ./check $way\ncd -",
        "echo 'TODO(step): do here what some/action@v1 does' >&2; exit 1",
    ]
    assert jobs["db-later"]["needs"] == ["db-check"]
    assert jobs["db-later"]["script"][0] == "# TODO(condition): it ran only if failure()"
    assert gitlab_ci("a: 1", "x") is None
    assert gitlab_ci("a: [", "x") is None


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda path: path.parent.name)
def test_a_dashboard_shows_what_the_alerts_watch_with_their_limits(source: Path) -> None:
    models = pytest.importorskip("grafana_foundation_sdk.models.dashboard")
    made = plan(str(source), today=date(2025, 1, 16))
    watched = [
        Watched(action.id, rule, "alerts/x.rules.yml")
        for action in made.actions
        if action.artifact is not None and is_rules(action.artifact.body)
        for rule in alert_rules(action.artifact.body)[0]
    ]
    if not watched:
        pytest.skip("no alert in this plan")
    document = json.loads(dashboard("Title", "slug", watched))
    again = models.Dashboard.from_json(document).to_json()
    assert again["title"] == "Title"
    assert len(again["panels"]) == len(document["panels"])
    taken = {(p["gridPos"]["x"], p["gridPos"]["y"]) for p in document["panels"]}
    assert len(taken) == len(document["panels"]), "panels lie on each other"
    assert {p["title"] for p in document["panels"]} <= {one.rule.name for one in watched}
    for panel in document["panels"]:
        assert panel["targets"][0]["expr"]
        assert ">" not in panel["targets"][0]["expr"]


def test_every_alert_of_the_catalogue_has_a_panel(knowledge: Knowledge) -> None:
    rules = [rule for _, body in rule_files(knowledge) for rule in alert_rules(body)[0]]
    document = json.loads(dashboard("t", "s", [Watched("A1", rule, "x") for rule in rules]))
    assert {panel["title"] for panel in document["panels"]} <= {rule.name for rule in rules}
    assert len(document["panels"]) > 100


def test_a_team_with_datadog_gitlab_and_ruby_gets_its_own_files(
    tmp_path: Path, pma: Callable[..., Ran], folder: Path
) -> None:
    (folder / "postmortem-actions.toml").write_text(
        '[stack]\nlanguage = ["Ruby"]\nmonitoring = ["Datadog", "CloudWatch"]\nci = ["GitLab CI"]\ndatabase = ["MySQL"]\n',
        encoding="utf-8",
    )
    paths: set[str] = set()
    for source in EXAMPLES:
        out = tmp_path / source.parent.name
        assert pma("artifacts", str(source), "-o", str(out), "--today", "2025-01-16").code == 0
        made = sorted(path for path in out.rglob("*") if path.is_file())
        paths |= {path.relative_to(out).as_posix() for path in made}
        for path in made:
            if path.name.endswith(".tf.json"):
                check_datadog(json.loads(path.read_text(encoding="utf-8")))
        templates = [str(path) for path in made if path.name.endswith(".template.json")]
        if templates:
            passes([program("cfn-lint"), *templates])
        jobs = [str(path) for path in made if path.parent.as_posix().endswith(".gitlab/ci")]
        if jobs:
            passes([program("check-jsonschema"), "--builtin-schema", "vendor.gitlab-ci", *jobs])
    assert not any(path.startswith((".github/", "dashboards/")) for path in paths)
    assert any(path.startswith(".gitlab/") for path in paths)
    assert any(path.endswith(".rb") for path in paths)
    assert any(path.startswith("monitors/datadog/") for path in paths)
    monitor = tmp_path / "payment-api-timeout/monitors/datadog/dependency-errors.tf.json"
    head = json.loads(monitor.read_text(encoding="utf-8"))["//"]
    assert head.startswith("Action A3. TODO(action A3): fill in namespace, runbook_url, notification_handle")
    index = (tmp_path / "payment-api-timeout" / "ARTIFACTS.md").read_text(encoding="utf-8")
    assert "the form in which it is simulated, Datadog and CloudWatch stand in monitors/" in index


def test_a_team_of_which_nothing_is_known_gets_a_grafana_dashboard(tmp_path: Path, pma: Callable[..., Ran]) -> None:
    assert pma("artifacts", str(EXAMPLES[1]), "-o", str(tmp_path), "--today", "2025-01-16").code == 0
    boards = list((tmp_path / "dashboards").glob("*.json"))
    assert len(boards) == 1
    titles = [panel["title"] for panel in json.loads(boards[0].read_text(encoding="utf-8"))["panels"]]
    assert "DependencyErrorRateHigh" in titles


def test_one_file_serves_two_actions_and_a_renamed_one_is_checked_by_its_own_name(
    tmp_path: Path, pma: Callable[..., Ran]
) -> None:
    source = str(REPOSITORY / "tests/golden/double-charge/rca.md")
    assert pma("artifacts", source, "-o", str(tmp_path), "--today", "2025-01-16").code == 0
    index = (tmp_path / "ARTIFACTS.md").read_text(encoding="utf-8")
    assert "| migrations/idempotency_keys.sql | A2, A3 |" in index
    assert "| src/idempotency.ts | A2, A3 |" in index, "the code that goes with the table, in the team's language"
    assert "written for Grafana, and the team uses Datadog, CloudWatch" in index
    made = plan(str(EXAMPLES[0]), today=date(2025, 1, 16))
    own = next(action for action in made.actions if action.artifact and action.artifact.language == "sql")
    assert own.artifact is not None
    other = replace(own, id="A99", artifact=replace(own.artifact, body="SELECT 1;\n"))
    files = {one.path: one for one in artifact_files(replace(made, actions=(own, other)), "x")}
    renamed = files["migrations/add_index-a99.sql"]
    assert renamed.check == "sqlfluff lint --dialect postgres migrations/add_index-a99.sql"
    assert "Check it with: sqlfluff lint --dialect postgres migrations/add_index-a99.sql" in renamed.text
