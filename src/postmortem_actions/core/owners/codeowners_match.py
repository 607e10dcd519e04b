"""Patterns of CODEOWNERS files, as GitHub and as GitLab read them.

GitHub: the pattern format of gitignore, with the exceptions its documentation lists ("About code owners"):
no ``!``, no ``[ ]``, no ``\\#``; and ``docs/*`` does not reach into folders of ``docs``. GitLab: Ruby's
``File.fnmatch`` with ``FNM_DOTMATCH`` and ``FNM_PATHNAME`` ("Advanced CODEOWNERS configuration"): a pattern
names files, and only one that ends in ``/`` or ``**/*`` reaches into a folder.

Time is bounded whatever the pattern says: between two ``**`` the leftmost fit is kept and never tried again,
and inside a name every ``*`` gives up its other ways as soon as what follows it is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_LONGEST = 4096  # characters; git does not hold a longer path on the systems it runs on


class Dialect(StrEnum):
    """Whose rules a CODEOWNERS file follows."""

    GITHUB = "github"
    GITLAB = "gitlab"


class _Reach(StrEnum):
    """How much of a path the pattern must take up."""

    EXACT = "the whole path"
    BELOW = "a folder above the path"
    EITHER = "the path or a folder above it"


Step = str | re.Pattern[str]  # a name as it is written, or what a name must look like


@dataclass(frozen=True, slots=True)
class Matcher:
    """A pattern taken apart. ``groups`` are the runs of names between the ``**`` of the pattern; the first
    run stands at the root, the others may stand at any depth."""

    groups: tuple[tuple[Step, ...], ...]
    reach: _Reach

    @property
    def everything(self) -> bool:
        """Whether it takes every file of the repository, so that its owners need not know any one of them."""
        wild = [step for group in self.groups for step in group]
        return not self.groups[0] and all(step is _ANY for step in wild) and len(wild) <= 1

    def matches(self, names: Sequence[str]) -> bool:
        """Whether the pattern takes the path with these names (folders, then the file)."""
        last = len(names) - 1 if self.reach is _Reach.BELOW else len(names)
        first, *rest = self.groups
        if len(first) > last or not _fits(first, names, 0):
            return False
        at = len(first)
        if not rest:
            return self.reach is not _Reach.EXACT or at == last
        if self.reach is _Reach.EXACT:
            *rest, end = rest
            room = last - len(end)
            if room < at or not _fits(end, names, room):
                return False
            last = room
        for group in rest:
            found = next(
                (place for place in range(at, last - len(group) + 1) if _fits(group, names, place)), None
            )
            if found is None:
                return False
            at = found + len(group)
        return True


def _fits(group: Sequence[Step], names: Sequence[str], at: int) -> bool:
    return all(
        step == names[at + place] if isinstance(step, str) else step.fullmatch(names[at + place]) is not None
        for place, step in enumerate(group)
    )


def names_of(path: str) -> tuple[str, ...]:
    """The names of a path that is relative to the repository; ``./`` and ``/`` in front do not count.

    A folder, told by its closing ``/``, stands for a file without name in it."""
    return tuple(path.removeprefix("./").lstrip("/").split("/"))


def compile_pattern(pattern: str, dialect: Dialect) -> Matcher | str:
    """The matcher of a pattern, or a phrase that says why it can never match or is not allowed."""
    if not pattern:
        return "is empty"
    if len(pattern) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    return _github(pattern) if dialect is Dialect.GITHUB else _gitlab(pattern)


def _github(pattern: str) -> Matcher | str:
    if pattern.startswith("!"):
        return "starts with `!`, which GitHub does not support"
    if pattern.startswith("\\#"):
        return "starts with `\\#`, which GitHub does not support"
    if "[" in pattern or "]" in pattern:
        return "holds `[` or `]`, which GitHub does not support"
    if "***" in pattern:
        return "holds `***`; GitHub knows `*` and `**`"
    if pattern == "/":
        return "is `/`, which never matches anything; `*` is everything"
    anchored = "/" in pattern[:-1]
    folder = pattern.endswith("/")
    names = pattern.removeprefix("/").removesuffix("/").split("/")
    if not anchored:
        names.insert(0, "**")
    reach = _Reach.BELOW if folder else _Reach.EITHER
    if names[-1] == "**":
        # `a/**` is what lies in `a`; `a/**/` is what lies in the folders of `a`.
        names = [*names, "*"] if folder else names[:-1]
        reach = _Reach.BELOW
    elif names[-1] == "*" and anchored and not folder:
        reach = _Reach.EXACT
    return _matcher(names, reach, "")


def _gitlab(pattern: str) -> Matcher | str:
    if pattern.startswith("\\#"):
        pattern = pattern[1:]
    if pattern == "*":
        return _matcher(["**", "*"], _Reach.EXACT, "[")
    anchored, folder = pattern.startswith("/"), pattern.endswith("/")
    names = pattern.removeprefix("/").removesuffix("/").split("/")
    if names == [""]:
        names = []  # `/` is the root folder, and so everything
    if not anchored:
        names.insert(0, "**")
    if folder:
        names += ["**", "*"]
    if names and names[-1] == "**":
        names[-1] = "*"  # `**` reaches into folders only where a `/` follows it
    return _matcher(names, _Reach.EXACT, "[")


def _matcher(names: Sequence[str], reach: _Reach, classes: str) -> Matcher | str:
    groups: list[list[Step]] = [[]]
    for name in names:
        if name == "":
            return "holds `//`, which no path does"
        if name == "**":
            if groups[-1] or len(groups) == 1:  # `**/**` is `**`
                groups.append([])
            continue
        step = _step(name, bool(classes))
        if step is None:
            return "ends a name with `\\`, which matches nothing"
        groups[-1].append(step)
    return Matcher(tuple(tuple(group) for group in groups), reach)


_ANY = re.compile(r"(?s:.*)")


@lru_cache(maxsize=4096)
def _step(name: str, classes: bool) -> Step | None:
    """One name of a pattern: ``*`` any characters, ``?`` one, ``\\`` takes the next as it is; ``[ ]`` one of
    a set where ``classes`` is true. None where it ends in a lone ``\\``."""
    pieces: list[list[str]] = [[]]  # between the stars; as regular expressions of one character each
    plain: list[str] = []
    at = 0
    while at < len(name):
        mark = name[at]
        at += 1
        if mark == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append([])
        elif mark == "?":
            pieces[-1].append("(?s:.)")
        elif mark == "[" and classes:
            one, at = _set(name, at)
            pieces[-1].append(one)
        else:
            if mark == "\\":
                if at == len(name):
                    return None
                mark = name[at]
                at += 1
            pieces[-1].append(re.escape(mark))
            plain.append(mark)
    if len(pieces) == 1 and len(plain) == len(pieces[0]):
        return "".join(plain)
    if name.strip("*") == "":
        return _ANY
    return re.compile(_expression(["".join(piece) for piece in pieces]))


def _expression(pieces: Sequence[str]) -> str:
    """Pieces with anything between them. An atomic group keeps the first place where a piece is found: a
    later one could not help the pieces after it, and not going back keeps the time in bounds."""
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>(?s:.*?){piece})" for piece in middle) + "(?s:.*)" + last


def _set(name: str, at: int) -> tuple[str, int]:
    """A set of characters whose ``[`` stands before ``at``, as a regular expression, and where it ends. Ruby
    lets ``^`` or ``!`` turn it round, takes ``]`` as its end even right after ``[``, and matches nothing
    where it has no end."""
    start = at
    turned = name[at : at + 1] in ("^", "!")
    at += turned
    parts: list[str] = []
    while at < len(name) and name[at] != "]":
        low, at = _member(name, at)
        high = low
        if name[at : at + 1] == "-" and at + 1 < len(name) and name[at + 1] != "]":
            high, at = _member(name, at + 1)
        if low <= high:
            parts.append(f"{re.escape(low)}-{re.escape(high)}")
    if at >= len(name):
        return "(?!)", start
    if not parts:
        return ("(?s:.)" if turned else "(?!)"), at + 1
    return f"[{'^' if turned else ''}{''.join(parts)}]", at + 1


def _member(name: str, at: int) -> tuple[str, int]:
    if name[at] == "\\" and at + 1 < len(name):
        at += 1
    return name[at], at + 1
