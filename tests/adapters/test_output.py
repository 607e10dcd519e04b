"""Writing files: all or none, nothing overwritten unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from postmortem_actions.adapters.output import FolderOutput
from postmortem_actions.errors import OutputError

FILES = [("plan.md", "# Plan – ü\n"), ("plan.json", "{}\n")]


def test_files_are_written_into_a_new_folder(tmp_path: Path) -> None:
    paths = FolderOutput().write(str(tmp_path / "a" / "b"), FILES, force=False)
    assert [Path(path).read_bytes() for path in paths] == [text.encode() for _, text in FILES]
    assert sorted(os.listdir(tmp_path / "a" / "b")) == ["plan.json", "plan.md"]


def test_existing_files_are_listed_and_kept(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("mine")
    (tmp_path / "plan.md").symlink_to("nowhere")
    with pytest.raises(OutputError) as caught:
        FolderOutput().write(str(tmp_path), FILES, force=False)
    assert "plan.md" in caught.value.message
    assert "plan.json" in caught.value.message
    assert "--force" in (caught.value.fix or "")
    assert (tmp_path / "plan.json").read_text() == "mine"


def test_force_overwrites(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("mine")
    FolderOutput().write(str(tmp_path), FILES, force=True)
    assert (tmp_path / "plan.json").read_text() == "{}\n"


def test_a_failure_leaves_neither_files_nor_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        FolderOutput().write(str(tmp_path), FILES, force=False)
    assert os.listdir(tmp_path) == []


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(OutputError):
        FolderOutput().write(str(tmp_path / "out"), FILES, force=False)


def test_files_have_the_rights_of_any_new_file(tmp_path: Path) -> None:
    paths = FolderOutput().write(str(tmp_path), FILES, force=False)
    (tmp_path / "other").write_text("x")
    assert os.stat(paths[0]).st_mode == os.stat(tmp_path / "other").st_mode
