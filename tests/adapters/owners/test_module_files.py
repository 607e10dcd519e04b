"""Owners named in files of a repository, and in a directory of services."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adapters.owners.git_builder import ALICE, Builder

from postmortem_actions.adapters.owners.module_files import module_claims
from postmortem_actions.errors import ConfigError

BACKSTAGE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: orders-api}
spec: {type: service, owner: group:default/checkout}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout, annotations: {team/lead: user:dora}}
spec: {type: team, members: [dora, emil]}
"""


def built(folder: Path, files: dict[str, str]) -> str:
    repo = Builder(folder / "repo")
    repo.commit(ALICE, "2026-11-01", files)
    return str(repo.folder)


def test_the_last_matching_line_of_codeowners_owns_the_file(tmp_path: Path) -> None:
    repo = built(tmp_path, {".github/CODEOWNERS": "* @zoe\n/src/db/ @alice\n", "CODEOWNERS": "* @wrong\n"})
    claims, problems = module_claims(repo, None, ["src/db/orders.py", "README.md"], [])
    assert [(c.who, c.about, c.why) for c in claims] == [
        ("alice", "src/db/orders.py", ".github/CODEOWNERS:2 (/src/db/ → @alice)"),
        ("zoe", "README.md", ".github/CODEOWNERS:1 (* → @zoe)"),
    ]
    assert not problems


def test_a_component_of_backstage_leads_to_the_people_of_its_group(tmp_path: Path) -> None:
    repo = built(tmp_path, {"services/orders/catalog-info.yaml": BACKSTAGE})
    claims, problems = module_claims(repo, None, [], ["orders-api"])
    assert {c.who for c in claims if not c.is_team} == {"dora", "emil"}
    assert all("catalog-info.yaml" in c.why for c in claims)
    assert not problems


def test_what_cannot_be_read_is_told_with_its_line_and_the_rest_counts(tmp_path: Path) -> None:
    files = {"CODEOWNERS": "*.py @alice\n", "catalog-info.yaml": "a: [1\nb: 2\n", "x/catalog-info.yaml": "a: &a [*a]\n"}
    claims, problems = module_claims(built(tmp_path, files), None, ["a.py"], ["orders-api"])
    assert [c.who for c in claims] == ["alice"]
    told = [p.message for p in problems]
    assert any(message.startswith("catalog-info.yaml:2") for message in told), told
    assert any("x/catalog-info.yaml" in message and "alias" in message for message in told), told


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("services.yaml", "services:\n  orders-api: {owner: '@alice', team: checkout}\n"),
        ("services.toml", '[services.orders-api]\nowner = "@alice"\nteam = "checkout"\n'),
        ("services.csv", "Service,Owner,Team\norders-api,@alice,checkout\n"),
    ],
)
def test_a_directory_of_services_in_three_formats(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    claims, problems = module_claims(None, str(tmp_path / name), [], ["orders-api"])
    assert ("alice", False) in [(c.who, c.is_team) for c in claims]
    assert not problems


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("services.yaml", "services: [\n", "not valid YAML"),
        ("services.toml", "services = \n", "not valid TOML"),
        ("services.txt", "orders", "ending"),
    ],
)
def test_a_directory_that_cannot_be_read_is_an_error_with_a_remedy(
    name: str, text: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=says) as error:
        module_claims(None, str(tmp_path / name), [], [])
    assert error.value.where == str(tmp_path / name)
    assert error.value.fix
