"""Writing a plan's files: all or none, never half a file, and nothing overwritten unasked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..errors import OutputError


class FolderOutput:
    """Writes into folders of the file system."""

    def write(self, folder: str, files: Sequence[tuple[str, str]], *, force: bool) -> tuple[str, ...]:
        """Write (name, text) pairs as UTF-8 and return their paths.

        Every text is first written beside its place and then moved there, so a reader never sees half of
        one. Raises OutputError where a file is there already and ``force`` is not set (listing all), or
        where the folder cannot be written to."""
        place = Path(folder).expanduser()
        if not force:
            there = [str(place / name) for name, _ in files if os.path.lexists(place / name)]
            if there:
                raise OutputError(
                    f"{'these files are' if len(there) > 1 else 'this file is'} there already: "
                    f"{', '.join(there)}",
                    fix="Use --force to overwrite, or name another folder.",
                )
        waiting: list[tuple[str, Path]] = []
        try:
            place.mkdir(parents=True, exist_ok=True)
            for name, text in files:
                path = place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                waiting.append((_beside(path.parent, text), path))
            for temporary, path in waiting:
                os.replace(temporary, path)
        except OSError as error:
            raise OutputError(
                f"cannot be written: {error.strerror or error}",
                where=str(error.filename2 or place),
                fix="Name a folder that you may write to.",
            ) from error
        finally:
            for temporary, _ in waiting:
                Path(temporary).unlink(missing_ok=True)
        return tuple(str(path) for _, path in waiting)


def _beside(place: Path, text: str) -> str:
    """A new file in ``place`` with the text, readable as any file the user makes."""
    handle, name = tempfile.mkstemp(dir=place, prefix=".pma-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return name
