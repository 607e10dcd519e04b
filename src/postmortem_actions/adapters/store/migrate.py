"""Bringing a store to the newest form, one numbered file after another, each wholly or not at all.

A file once released is never changed: a further change is a further file. ``NNNN_name.sql`` is for both
databases, ``NNNN_name.sqlite.sql`` and ``NNNN_name.postgresql.sql`` follow it for what only one can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ...errors import StoreError


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; ``statements`` in their order."""

    number: int
    name: str
    statements: tuple[str, ...]


@cache
def migrations(dialect: str, serial: str) -> tuple[Migration, ...]:
    """All steps for ``sqlite`` or ``postgresql``; ``serial`` is how the database writes a growing number."""
    folder = files(__package__) / "migrations"
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    }
    found = []
    for name in sorted(texts):
        stem = name.removesuffix(".sql")
        if "." in stem:
            continue
        text = texts[name] + texts.get(f"{stem}.{dialect}.sql", "")
        found.append(
            Migration(int(stem.partition("_")[0]), stem, tuple(_statements(text.replace("{serial}", serial))))
        )
    return tuple(found)


def _statements(text: str) -> Sequence[str]:
    return [part.strip() for part in text.split("\n;;") if part.strip()]


def migrate(steps: Sequence[Migration], run: Callable[[str], object], version: int, where: str) -> int:
    """Run the steps after ``version``, and return the version the store has then. Raises StoreError where the store
    is of a later version of the program."""
    last = steps[-1].number
    if version > last:
        raise StoreError(
            f"the store has form {version}, and this program knows {last}",
            where=where,
            fix="Use the newer version of the program that changed it.",
        )
    for step in steps:
        if step.number > version:
            for statement in step.statements:
                run(statement)
    return last
