"""Where a key stands in a TOML file. The standard reader tells values without their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*\[\[?(?P<path>[^\[\]#]+)\]\]?\s*(?:#.*)?$")
_NAME = r"(?:\"[^\"]*\"|'[^']*'|[\w-]+)"
_KEY = re.compile(rf"^\s*(?P<path>{_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")


class LineFinder:
    """The lines (1-based) of every section and key of a file that is valid TOML."""

    def __init__(self, text: str) -> None:
        self._lines: dict[tuple[str, ...], int] = {}
        section: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                section = _parts(header["path"])
                self._note(section, number)
            elif key := _KEY.match(line):
                self._note((*section, *_parts(key["path"])), number)

    def _note(self, path: tuple[str, ...], number: int) -> None:
        for size in range(1, len(path) + 1):
            self._lines.setdefault(path[:size], number)

    def find(self, keys: Sequence[str]) -> int:
        """The key's line, or that of the nearest section or key above it, or 1."""
        path = tuple(keys)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def _parts(path: str) -> tuple[str, ...]:
    found = (match.groups() for match in _PART.finditer(path))
    return tuple(next(group for group in groups if group is not None) for groups in found)
