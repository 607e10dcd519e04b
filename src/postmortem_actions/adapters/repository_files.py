"""The files of a repository, as far as they tell what it is built with. Nothing in them is run."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from ..errors import SourceError

_SKIPPED = frozenset(
    {".git", "node_modules", "vendor", ".venv", "venv", "dist", "build", "target", "__pycache__", ".tox"}
)
_MOST_FILES = 20_000
_MOST_BYTES = 100_000  # of a file that is looked into


class RepositoryFiles:
    """The files below a folder; links are not followed."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder).expanduser()
        if not self._folder.is_dir():
            raise SourceError("is no folder", where=folder, fix="Give the folder of a repository.")

    def paths(self) -> list[str]:
        """Paths seen from the folder, in order, at most 20,000."""
        found: list[str] = []
        for folder, names, files in os.walk(self._folder):
            names[:] = sorted(name for name in names if name not in _SKIPPED)
            base = Path(folder).relative_to(self._folder)
            found += [(base / name).as_posix() for name in sorted(files)]
            if len(found) >= _MOST_FILES:
                return found[:_MOST_FILES]
        return found

    def content(self, path: str) -> str:
        """The beginning of a file; empty where it cannot be read."""
        return _read(str(self._folder / path))


@cache
def _read(path: str) -> str:
    try:
        if not os.path.isfile(path) or os.path.islink(path):
            return ""
        with open(path, "rb") as stream:
            return stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
