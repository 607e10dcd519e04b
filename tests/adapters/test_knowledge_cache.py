"""The cache of what the data files say: the same knowledge, never somebody else's, and no error of its own."""

from __future__ import annotations

import os
import pickle
from datetime import date
from pathlib import Path

import pytest

from postmortem_actions.adapters import knowledge_cache
from postmortem_actions.adapters.catalogue_files import load_knowledge
from postmortem_actions.core.model import Request
from postmortem_actions.core.pipeline import build_plan, read_rca

TEXT = "# Down\n\nDate: 2025-03-03\n\n## Root cause\n\nThere was no index on users.email.\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "postmortem-actions"


def _titles(extra: list[Path] | None = None) -> list[str]:
    knowledge = load_knowledge(extra or [])
    plan = build_plan(read_rca(TEXT, "rca.md", knowledge.reading), Request("rca.md", date(2025, 3, 4)), knowledge)
    return [action.title for action in plan.actions]


def test_the_second_run_reads_what_the_first_kept_and_plans_the_same(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _titles()
    (kept,) = cache.glob("knowledge-*.pickle")
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.setattr("postmortem_actions.adapters.catalogue_files._build", None)  # would fail if it were asked
    assert _titles() == first


def test_a_changed_rule_is_seen_at_once(cache: Path, tmp_path: Path) -> None:
    rule = (Path(__file__).parent.parent / "test_catalogue.py").read_text(encoding="utf-8").split('OWN = """')[1].split('"""')[0]
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "own.yaml").write_text(rule, encoding="utf-8")
    assert load_knowledge([folder]).catalogue.rule("databases.missing-index").title == "Our own index rule"  # type: ignore[union-attr]
    (folder / "own.yaml").write_text(rule.replace("Our own index rule", "Changed"), encoding="utf-8")
    assert load_knowledge([folder]).catalogue.rule("databases.missing-index").title == "Changed"  # type: ignore[union-attr]


@pytest.mark.parametrize("damage", [b"", b"no pickle", pickle.dumps({"some": "thing"})])
def test_a_damaged_cache_is_made_again(damage: bytes, cache: Path) -> None:
    first = _titles()
    (kept,) = cache.glob("knowledge-*.pickle")
    kept.write_bytes(damage)
    assert _titles() == first


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="file owners are a matter of POSIX systems")
def test_a_cache_that_others_may_write_is_not_read(cache: Path) -> None:
    load_knowledge()
    (kept,) = cache.glob("knowledge-*.pickle")
    assert knowledge_cache.read(kept) is not None
    kept.chmod(0o666)
    assert knowledge_cache.read(kept) is None
    kept.chmod(0o600)
    cache.chmod(0o777)
    assert knowledge_cache.read(kept) is None


def test_a_cache_folder_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert _titles()


def test_only_the_newest_are_kept(cache: Path) -> None:
    knowledge = load_knowledge()
    for n in range(12):
        knowledge_cache.write(cache / f"knowledge-{n:02}.pickle", knowledge)
    assert len(list(cache.glob("knowledge-*.pickle"))) <= 8
