"""Who stands behind the names and addresses of a git history: people, their spellings, and what is no person.

Addresses are used here to tell people apart and are never part of what comes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Identity = tuple[str, str]
"""Name and e-mail address, as git writes them after ``.mailmap``."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """A person of the history: a name to show and, where an address tells it, an account name."""

    name: str
    handle: str | None = None


# "49699333+alice@users.noreply.github.com" and "123-alice@users.noreply.gitlab.com"; old accounts have no
# number (GitHub, "Setting your commit email address"; GitLab, "Private commit email").
_NOREPLY_ACCOUNT = re.compile(
    r"(?:\d+[+-])?([a-z0-9][a-z0-9_.-]*(?:\[bot\])?)@users\.noreply\.[a-z0-9.-]+", re.I
)
# In a name or before the "@" of an address.
_PROGRAM = re.compile(
    r"\[bot\]|[-_+](?:bot|ci|automation)$|^(?:bot|ci|svc|service|automation)[-_.]|^(?:dependabot|renovate|greenkeeper"
    r"|snyk|mergify|pre-commit-ci|github[- ]actions?|semantic-release|release-please|weblate|web-flow|allcontributors"
    r"|travis[- ]?ci|circle-?ci|buildbot)\b",
    re.I,
)
# Only in a name: people may have such a word as surname, and so in their address.
_NO_NAME = re.compile(
    r"^(?:root|ubuntu|ec2-user|admin|administrator|user|unknown|nobody|your name|build|deploy|no author|bot|ci|jenkins"
    r"|github|gitlab|travis)$|^(?:ci|release|build|deploy|merge|sync|update|version)\S* bot$",
    re.I,
)
_NOBODY_READS = re.compile(r"^(?:no-?reply|do-?not-?reply|actions?)(?:[+-].*)?@", re.I)
# Several people commit under such addresses: one address is then not one person.
_SHARED_ADDRESS = re.compile(
    r"^(?:dev|devs|developers?|team|pair|git|info|none|user|root|me|you)@|^$|@localhost", re.I
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")


def printable(text: str) -> str:
    """The text without what a terminal or a file could stumble over (control and direction characters)."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def handle_of(email: str) -> str | None:
    """The account name that a hosting service's private address holds, else None."""
    found = _NOREPLY_ACCOUNT.fullmatch(email.strip())
    return found.group(1) if found and not found.group(1).isdigit() else None


def is_service(name: str, email: str) -> bool:
    """Whether a name and address belong to a program or to an account that several people share.

    People who hide their address behind ``users.noreply.…`` are people."""
    local = handle_of(email) or email.strip().partition("@")[0]
    if _PROGRAM.search(local) or _PROGRAM.search(name.strip()) or _NO_NAME.search(" ".join(name.split())):
        return True
    return handle_of(email) is None and _NOBODY_READS.search(email.strip()) is not None


def same_words(text: str) -> str:
    """A name or handle as it is compared: without ``@``, case and double spaces."""
    return " ".join(text.split()).lstrip("@").casefold()


def _shown(name: str, handle: str | None) -> str:
    """A name to show: one that is really an address is cut before its ``@``."""
    clean = printable(" ".join(name.split()))
    if "@" in clean:
        return handle or clean.strip("@ ").partition("@")[0] or "unknown"
    return clean or handle or "unknown"


class People:
    """Joins spellings into people: two identities are one where the name, the address or the handle is the
    same. The first spelling seen gives the name, so give the newest first."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        self._parent: dict[str, str] = {}
        order = [identity for identity in dict.fromkeys(identities) if not is_service(*identity)]
        for name, email in order:
            keys = self._keys(name, email)
            for key in keys[1:]:
                self._join(keys[0], key)
        self._people: dict[str, Contributor] = {}
        for name, email in order:
            root = self._root(self._keys(name, email)[0])
            known = self._people.get(root)
            handle = (known.handle if known else None) or handle_of(email)
            text = _shown(name, handle)
            # A nickname seen first gives way to a full name seen later.
            if known and (" " in known.name or " " not in text):
                text = known.name
            self._people[root] = Contributor(text, printable(handle) if handle else None)

    def find(self, identity: Identity) -> Contributor | None:
        """The person, or None for a service and for somebody who was not among the identities."""
        if is_service(*identity):
            return None
        return self._people.get(self._root(self._keys(*identity)[0]))

    @staticmethod
    def _keys(name: str, email: str) -> list[str]:
        handle, address = handle_of(email), email.strip().casefold()
        keys = [f"name {same_words(name)}"] if same_words(name) else []
        if not _SHARED_ADDRESS.search(address):
            keys.append(f"mail {address}")
        if handle:
            keys.append(f"name {same_words(handle)}")
        return keys or ["name"]

    def _root(self, key: str) -> str:
        while (parent := self._parent.get(key, key)) != key:
            self._parent[key] = self._parent.get(parent, parent)
            key = parent
        return key

    def _join(self, one: str, other: str) -> None:
        self._parent[self._root(other)] = self._root(one)
