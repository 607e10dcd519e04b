"""Files, standard input and pasted text."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import BinaryIO

from ...errors import SourceError
from .raw import Raw, read_up_to


def read_file(name: str, limit: int, beside: str | None = None) -> Raw:
    """The first ``limit`` bytes of a file. Raises SourceError where it is missing, a folder or unreadable."""
    path = Path(name).expanduser()
    if beside is not None and not path.is_absolute():
        path = Path(beside).parent / path
    shown = str(path) if beside is not None else name
    try:
        if path.is_dir():
            raise SourceError("is a folder", where=shown, fix=_documents_in(path))
        with path.open("rb") as stream:
            data, cut = read_up_to(stream, limit)
            size = os.fstat(stream.fileno()).st_size
    except FileNotFoundError:
        raise SourceError("no such file", where=shown, fix=_similar(path)) from None
    except PermissionError:
        raise SourceError("may not be read", where=shown, fix="Check the file's permissions.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot be read: {reason}", where=shown, fix="Check the path.") from None
    return Raw(shown, data, cut, size if cut and size else None)


def read_stdin(stream: BinaryIO, limit: int) -> Raw:
    """The first ``limit`` bytes of standard input."""
    data, cut = read_up_to(stream, limit)
    return Raw("-", data, cut)


def read_paste(text: str, limit: int) -> Raw:
    """Text given in place of a path."""
    data = text.encode("utf-8", "replace")
    return Raw("pasted text", data[:limit], len(data) > limit)


def _documents_in(folder: Path) -> str:
    found = sorted(path.name for path in folder.iterdir() if path.suffix.lower() in (".md", ".txt", ".html"))
    if not found:
        return "Give one file."
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return f"Give one file; there are {', '.join(found[:5])}{more}."


def _similar(path: Path) -> str:
    try:
        names = sorted(os.listdir(path.parent))
    except OSError:
        return f"The folder {path.parent} cannot be listed either: check the path."
    close = difflib.get_close_matches(path.name, names, n=1)
    if close:
        return f"Did you mean {path.parent / close[0]}?"
    return "Check the path, or give - for standard input."
