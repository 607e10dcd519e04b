"""``pma stack``: products by words, files and config, the strongest source counting."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.entry.conftest import Ran

from postmortem_actions.adapters.package_data import read_yaml
from postmortem_actions.core.stack import products

Pma = Callable[..., Ran]
DATA = read_yaml("stack.yaml")
EXAMPLES = [
    (kind, name, text, wanted)
    for kind, below in DATA.items()
    for name, one in below.items()
    for key, wanted in (("match", True), ("not", False))
    for text in one.get(key, [])
]


@pytest.mark.parametrize(("kind", "name", "text", "wanted"), EXAMPLES)
def test_every_product_is_known_by_its_examples(kind: str, name: str, text: str, wanted: bool) -> None:
    found = next(one for one in products(DATA) if (one.kind, one.name) == (kind, name))
    assert bool(found.search(text, text.lower())) is wanted


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    files = {
        "pyproject.toml": 'dependencies = ["psycopg[binary]"]', "deploy/api.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
        ".github/workflows/test.yml": "on: push", "monitoring/slo.rules.yml": "groups: []",
        "node_modules/x/package.json": "{}", "terraform/paging.tf": 'resource "pagerduty_service" "x" {}',
    }  # fmt: skip
    for name, text in files.items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "repo"


def test_a_repository_tells_by_its_files(pma: Pma, repository: Path) -> None:
    found = {
        (one["kind"], one["name"]): one["why"]
        for one in json.loads(pma("stack", "--repo", str(repository), "--json").out)
    }
    assert found == {
        ("language", "Python"): "pyproject.toml", ("database", "PostgreSQL"): "pyproject.toml",
        ("platform", "Kubernetes"): "deploy/api.yaml", ("ci", "GitHub Actions"): ".github/workflows/test.yml",
        ("monitoring", "Prometheus"): "monitoring/slo.rules.yml", ("paging", "PagerDuty"): "terraform/paging.tf",
    }  # fmt: skip


def test_the_config_comes_before_files_and_files_before_words(
    pma: Pma, repository: Path, folder: Path
) -> None:
    (folder / "outage.md").write_text(
        "# Outage\n\nThe JVM of the service stopped; MySQL and Redis were fine.\n", encoding="utf-8"
    )
    (folder / "postmortem-actions.toml").write_text(
        '[stack]\nmonitoring = ["datadog", "Zabbix"]\n', encoding="utf-8"
    )
    ran = pma("stack", "outage.md", "--repo", str(repository), "--json")
    found = {(one["name"], one["source"]): one["counts"] for one in json.loads(ran.out)}
    assert found[("Java", "the RCA")] is False
    assert found[("Python", "the repository")] is True
    assert found[("MySQL", "the RCA")] is False
    assert found[("Prometheus", "the repository")] is False
    assert found[("Datadog", "the config")] is True
    assert found[("Zabbix", "the config")] is True
    text = pma("stack", "outage.md").out
    assert "language    Java            the RCA: L3: JVM" in text


def test_without_anything_it_says_what_to_give(pma: Pma, folder: Path) -> None:
    assert "give an RCA" in pma("stack").out
    assert pma("stack", "--repo", "nowhere").code == 3
