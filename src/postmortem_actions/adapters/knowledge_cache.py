"""What the data files say, kept as objects between runs: building it is most of a short run's time.

The file lies in the user's cache folder, under a key made of the program's version and of path, size and time of
every data file and module it came from. Like Python's own ``.pyc`` files it holds objects that are loaded
without further checks, so one that belongs to somebody else, or that others may write, is not read. A cache
that cannot be read or written is no error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from .. import __version__
from ..core.knowledge import Knowledge

_KEPT = 8
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def place(files: Iterable[Path]) -> Path:
    """Where the knowledge made of these files is kept. Raises OSError where one of them is gone."""
    stamp = hashlib.sha256(f"{__version__} {sys.version}".encode())
    modules = (Path(__file__).resolve().parent.parent / "core").rglob("*.py")
    for path in (*files, *sorted(modules)):
        state = path.stat()
        stamp.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    base = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(base) if base else Path.home() / ".cache") / "postmortem-actions"
    return folder / f"knowledge-{stamp.hexdigest()[:24]}.pickle"


def read(path: Path) -> Knowledge | None:
    """What is kept there, or None."""
    try:
        with path.open("rb") as file:
            if not _own(os.fstat(file.fileno())) or not _own(path.parent.stat()):
                return None
            kept = pickle.load(file)
    except Exception:  # whatever is wrong with a cache, the data files tell the same
        return None
    return kept if isinstance(kept, Knowledge) else None


def write(path: Path, knowledge: Knowledge) -> None:
    """Keep it, in one step, readable by its owner alone; drop the oldest."""
    with contextlib.suppress(OSError, pickle.PicklingError, RecursionError):
        data = pickle.dumps(knowledge, protocol=5)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _own(path.parent.stat()):
            return
        temporary = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.replace(path)
        kept = sorted(path.parent.glob("knowledge-*.pickle"), key=lambda p: p.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)


def _own(state: os.stat_result) -> bool:
    """Whether it belongs to this user and nobody else may write it (where the system knows of users)."""
    if not hasattr(os, "getuid"):
        return True
    return state.st_uid == os.getuid() and not state.st_mode & _OTHERS_MAY_WRITE
