"""What a team builds and runs with: from the RCA, from a repository, from the config, in rising order of authority."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class StackSource(StrEnum):
    """Where something was found, the weakest first."""

    RCA = "the RCA"
    REPOSITORY = "the repository"
    CONFIG = "the config"


@dataclass(frozen=True, slots=True)
class FileSign:
    """A file that tells of a product: a glob over paths or names, and texts of which one must stand in it."""

    glob: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a kind (language, database, platform, ci, monitoring, paging). A word with a capital is meant as it is
    written ("in Go"), any other in whatever case."""

    kind: str
    name: str
    words: tuple[str, ...]
    files: tuple[FileSign, ...]

    def search(self, text: str, lowered: str) -> re.Match[str] | None:
        """The first word of it in a text, of which ``lowered`` is the text in small letters."""
        there = [word for word in self.words if word.lower() in lowered]
        if not there:
            return None  # most products, without an expression
        words = "|".join(re.escape(word) if word != word.lower() else f"(?i:{re.escape(word)})" for word in there)
        return re.search(rf"(?<![\w-])(?:{words})(?![\w-])", text)


@dataclass(frozen=True, slots=True)
class StackFind:
    """A product that was found, and why: a line of the RCA, a file, or the config. ``counts`` where no source of more
    authority speaks of its kind."""

    kind: str
    name: str
    source: StackSource
    why: str
    counts: bool = True


def products(data: Mapping[str, Any]) -> tuple[Product, ...]:
    """The products of data/stack.yaml. Raises KeyError, TypeError where it is not made so."""
    found = []
    for kind, below in data.items():
        for name, one in below.items():
            files = tuple(FileSign(sign["glob"], tuple(sign.get("holds", ()))) for sign in one["files"])
            found.append(Product(kind, name, tuple(one["words"]), files))
    return tuple(found)


def stack(
    known: Sequence[Product],
    lines: Sequence[str],
    paths: Sequence[str],
    content: Callable[[str], str],
    given: Mapping[str, Sequence[str]],
) -> tuple[StackFind, ...]:
    """What is used, by kind. ``lines`` are the RCA's; ``paths`` a repository's files, whose text ``content`` gives;
    ``given`` is the config's: kind → names."""
    found = [*_in_text(known, lines), *_in_files(known, paths, content)]
    names = {(one.kind, one.name.casefold()): one.name for one in known}
    for kind, values in given.items():
        for value in values:
            found.append(
                StackFind(kind, names.get((kind, value.casefold()), value), StackSource.CONFIG, "[stack]")
            )
    return _weighed(found, [*(one.kind for one in known), *given])


def with_stronger(first: Sequence[StackFind], second: Sequence[StackFind]) -> tuple[StackFind, ...]:
    """Both together, each found once: of a kind, those of the source with most authority count."""
    known = {(one.kind, one.name, one.source) for one in second}
    kept = [one for one in first if (one.kind, one.name, one.source) not in known]
    return _weighed([*kept, *second], [one.kind for one in (*first, *second)])


def _weighed(found: Sequence[StackFind], kinds: Sequence[str]) -> tuple[StackFind, ...]:
    order = list(StackSource)
    made = []
    for kind in dict.fromkeys(kinds):
        of_kind = [one for one in found if one.kind == kind]
        strongest = max((order.index(one.source) for one in of_kind), default=0)
        made += [replace(one, counts=order.index(one.source) == strongest) for one in of_kind]
    return tuple(made)


def _in_text(known: Sequence[Product], lines: Sequence[str]) -> list[StackFind]:
    text = "\n".join(lines)
    lowered = text.lower()
    found = []
    for product in known:
        if (said := product.search(text, lowered)) is not None:
            line = text.count("\n", 0, said.start()) + 1
            found.append(StackFind(product.kind, product.name, StackSource.RCA, f"L{line}: {said[0]}"))
    return found


def _in_files(
    known: Sequence[Product], paths: Sequence[str], content: Callable[[str], str]
) -> list[StackFind]:
    found = []
    for product in known:
        path = next((path for sign in product.files for path in paths if _tells(sign, path, content)), None)
        if path is not None:
            found.append(StackFind(product.kind, product.name, StackSource.REPOSITORY, path))
    return found


def _tells(sign: FileSign, path: str, content: Callable[[str], str]) -> bool:
    target = path if "/" in sign.glob else path.rpartition("/")[2]
    if not fnmatchcase(target, sign.glob):
        return False
    return not sign.holds or any(text in content(path) for text in sign.holds)
