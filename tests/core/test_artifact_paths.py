"""A file is called by what its action is about: no path holds a slot that nobody knows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.regenerate import REPOSITORY

from postmortem_actions import plan
from postmortem_actions.core.artifacts.files import artifact_files
from postmortem_actions.core.artifacts.paths import settled, slug_of
from postmortem_actions.core.artifacts.patterns import Pattern, TeamPatterns, Variant
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Artifact

OPEN = re.compile(r"TODO|<<|>>|[()]")


@pytest.mark.parametrize(
    ("path", "settled_path"),
    [
        ("docs/runbooks/TODO_name.md", "docs/runbooks/restart-of-the-ledger.md"),
        ("docs/runbooks/TODO(name).md", "docs/runbooks/restart-of-the-ledger.md"),
        ("docs/runbooks/<<topic>>.md", "docs/runbooks/restart-of-the-ledger.md"),
        ("/etc/logrotate.d/TODO_service", "/etc/logrotate.d/restart-of-the-ledger"),
        ("systemd/TODO_service.service.d/x.conf", "systemd/restart-of-the-ledger.service.d/x.conf"),
        ("docs/TODO.md", "docs/TODO.md"),
        ("alerts/latency.rules.yml", "alerts/latency.rules.yml"),
        (None, None),
    ],
)
def test_an_open_slot_in_a_path_is_named_by_the_action(path: str | None, settled_path: str | None) -> None:
    artifact = Artifact("markdown", "TODO(name) stays in the text", path=path)
    made = settled(artifact, "Write a runbook", "A3", "restart of the ledger")
    assert made is not None
    assert made.path == settled_path
    assert made.body == artifact.body
    assert settled(made, "Other", "A4", "another target") == made, "once is enough"


@pytest.mark.parametrize(
    ("title", "target", "slug"),
    [
        ("Write a runbook for this failure", "this failure", "write-a-runbook-for-this-failure"),
        ("Write a runbook for failover", "failover of the primary", "failover-of-the-primary"),
        ("Éteindre l'alerte / rm -rf ../..", "", "eteindre-l-alerte-rm-rf"),
        ("手順書を書く", "", "a3"),
        ("One two three four five six seven eight nine", "", "one-two-three-four-five-six-seven-eight"),
    ],
)
def test_the_target_tells_else_the_title_else_the_id(title: str, target: str, slug: str) -> None:
    assert slug_of(title, "A3", target) == slug


def test_no_artifact_of_the_catalogue_leaves_a_slot_in_its_path(knowledge: Knowledge) -> None:
    for rule in knowledge.catalogue.rules:
        for action in rule.actions:
            for one in (action.artifact, action.verification.artifact):
                if one is None or not one.path:
                    continue
                made = settled(
                    Artifact(one.language, one.body, path=one.path), action.title, "A1", action.target
                )
                assert made is not None
                assert not OPEN.search(made.path or ""), f"{rule.id}/{action.id}: {made.path}"


@pytest.mark.parametrize("capacity", ["medium", "high"])
@pytest.mark.parametrize(
    "source",
    sorted((REPOSITORY / "examples").glob("*/*.md")),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_plan_and_its_files_hold_no_slot_in_a_path(source: Path, capacity: str) -> None:
    made = plan(str(source), today=date(2025, 1, 16), capacity=capacity)
    named = [one.artifact.path or "" for one in made.actions if one.artifact is not None]
    paths = [one.path for one in artifact_files(made, "x")]
    assert not [path for path in (*named, *paths) if OPEN.search(path)]


def test_a_slot_in_the_path_of_a_rule_is_settled_in_the_plan_itself() -> None:
    text = "# Disk was full\n\nDate: 2025-03-03\n\n## Root cause\n\nThe disk filled up because logs were not rotated by logrotate.\n"
    made = plan(text, today=date(2025, 3, 4))
    found = next(one for one in made.actions if one.origin.ref == "storage.log-rotation/rotate-logs")
    assert found.artifact is not None
    assert found.artifact.path == "/etc/logrotate.d/log-rotation"


def test_a_plan_of_before_leads_to_where_its_runbook_is_written_now() -> None:
    made = plan(str(REPOSITORY / "examples/pii-in-logs/request.md"), today=date(2025, 1, 13))
    alert = next(one for one in made.actions if one.artifact and "TODO(runbook_url)" in one.artifact.body)
    other = next(one for one in made.actions if one.id != alert.id)
    older = replace(
        other,
        title="Write a runbook for this",
        artifact=Artifact("markdown", "# Runbook\n", path="docs/runbooks/TODO_name.md"),
    )
    files = {one.path: one for one in artifact_files(replace(made, actions=(alert, older)), "x")}
    book = files["docs/runbooks/write-a-runbook-for-this.md"]
    assert "PersonalDataInLogs" in book.body
    assert f"TODO(repository_url)/{book.path}" in files["alerts/personal-data-in-logs.rules.yml"].body


def test_a_variant_of_a_pattern_too() -> None:
    action = plan(str(REPOSITORY / "examples/payment-api-timeout/rca.md"), today=date(2025, 1, 16)).actions[0]
    variant = Variant("ini", "units/TODO_service/<<limit>>.conf", "[Service]")
    team = TeamPatterns({"p": Pattern("p", "P", "platform", "Linux", {"Linux": variant})}, {})
    made = team.named("p", action)
    assert made is not None
    slug = slug_of(action.title, action.id)
    assert made.path == f"units/{slug}/{slug}.conf"
