"""A claim: one source's word that somebody owns a thing, worked on it, or is on call for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClaimSource(StrEnum):
    """Where a claim comes from."""

    GIT = "git"
    CODEOWNERS = "CODEOWNERS"
    BACKSTAGE = "Backstage"
    DIRECTORY = "service directory"
    ROTATION = "rotation"


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody with a reason that anyone can check.

    ``who`` is a handle or a name as the source writes it, without ``@``; for a team its name
    (``org/platform``), and then ``is_team`` is true: a team is not an owner until a person of it is found.
    ``about`` is the file, component or rotation that is claimed. ``why`` is a phrase for the plan, with the
    figures and the place (``path:line``) that show it. ``weight`` from 0 to 1 compares claims of one source.
    ``handle`` is an account name, where the source tells one apart from the name."""

    who: str
    source: ClaimSource
    about: str
    why: str
    weight: float = 1.0
    is_team: bool = False
    handle: str | None = None
