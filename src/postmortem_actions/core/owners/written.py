"""How owners are written in files: a person, a team or an address, told apart without showing an address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..model import Problem

_LONGEST = 80  # characters of a file that a message or a reason quotes
_MOST_PROBLEMS = 20  # of one file
_NAME = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)*", re.ASCII)
# Words that say that several people stand behind a name: GitLab does not tell a user from a group in
# ``@name``, and an address may be a mailing list.
_TEAM_WORDS = frozenset(
    "team teams squad squads group groups guild tribe department everyone maintainers developers engineers "
    "engineering reviewers approvers owners admins support oncall sre devops".split()
)


class Written(NamedTuple):
    """An owner. ``who`` has no ``@`` and no host of an address; ``shown`` is how a reason quotes it."""

    who: str
    is_team: bool
    shown: str


def quoted(text: str) -> str:
    """A piece of a file for a message: shortened, nothing that a terminal would obey, no address."""
    words = [without_host(word) if "@" in word[1:] else word for word in text[: 4 * _LONGEST].split(" ")]
    shown = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in " ".join(words))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def without_host(address: str) -> str:
    """The name part of an e-mail address, without a ``+tag``."""
    return address.partition("@")[0].partition("+")[0]


def is_address(text: str) -> bool:
    """Whether it has the shape of an e-mail address: one ``@``, something before it, a host with a dot."""
    local, mark, host = text.partition("@")
    return bool(
        mark
        and without_host(text)
        and not any(sign.isspace() for sign in text)
        and "@" not in host
        and all(part and part.replace("-", "").isalnum() for part in host.split("."))
        and "." in host
        and local.isprintable()
    )


def sounds_like_team(name: str) -> bool:
    """Whether a word of the name says that several people stand behind it (``docs-team``, ``sre``)."""
    return not _TEAM_WORDS.isdisjoint(re.split(r"[\W_]+", name.lower()))


def is_handle(text: str) -> bool:
    """Whether it is ``@name`` or ``@group/name``."""
    return text.startswith("@") and _NAME.fullmatch(text, 1) is not None


def by_address(address: str) -> Written:
    """The owner behind an address, by its name part only: an address is personal and not for plans."""
    name = without_host(address)
    return Written(name, sounds_like_team(name), f"{name}, by address")


def read_owner(text: str) -> Written | None:
    """One owner as people write it: ``@handle``, ``@org/team``, an address, or a name of one or more words.

    ``group:…`` and ``team:…`` are teams, ``user:…`` is a person. None where it is none of these."""
    text = " ".join(text.split())
    kind, mark, name = (part.strip() for part in text.partition(":"))
    if mark:
        name = without_host(name) if is_address(name) else name.removeprefix("@")
        if kind.lower() not in ("user", "group", "team") or not _plain(name):
            return None
        return Written(name, kind.lower() != "user", f"{kind.lower()}:{name}")
    if is_address(text):
        return by_address(text)
    if is_handle(text):
        return Written(text[1:], "/" in text or sounds_like_team(text), text)
    return Written(text, sounds_like_team(text), text) if _plain(text) else None


def _plain(name: str) -> bool:
    return len(name) <= _LONGEST and name.isprintable() and "@" not in name and any(map(str.isalpha, name))


@dataclass(frozen=True, slots=True)
class FileData:
    """What a YAML, TOML or CSV file (or one document of it) says, as plain dicts, lists and texts.

    ``place`` is the file as it is called in messages, relative to the repository; ``lines`` has the line
    (1-based) of every key as far as the reader knows it."""

    data: object
    place: str
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)

    def where(self, *keys: str | int) -> str:
        """``place:line`` of the key, or of the nearest known key above it."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return f"{self.place}:{self.lines.get(keys, 1)}"


def first_problems(problems: Sequence[Problem], place: str) -> tuple[Problem, ...]:
    """At most 20 of a file's problems and how many more there are: a file of another kind has one a line."""
    more = len(problems) - _MOST_PROBLEMS
    if more <= 0:
        return tuple(problems)
    rest = Problem("more-problems", f"{place}: {more} more of this kind are not shown")
    return (*problems[:_MOST_PROBLEMS], rest)
