"""Who there is: the people of the config and of the RCA, found by name, handle or what they own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..context import Team
from ..model import Evidence, Person
from ..owners.claims import Claim
from ..text.words import content_stems

_TEAM_WORD = re.compile(
    r"\b(?:team|squad|group|engineering|sre|ops|devops|platform|department|guild|everyone|all)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A person with the reason and, from the RCA, the line. ``known`` where only a team is known."""

    name: str | None
    why: str
    evidence: Evidence | None = None
    known: str | None = None


class Directory:
    """Looks people up. Names are shown as handles where one is known (``@alice``), else as written."""

    def __init__(self, team: Team, people: Sequence[Person]) -> None:
        self.team = team
        self.people = (*team.people, *people)

    def shown(self, name: str) -> str:
        """How a person is written in the plan: ``@handle`` where the config or the RCA gives a handle."""
        matches = self.matching(name)
        handles = {p.handle for p in matches if p.handle}
        bare = name.lstrip("@")
        if len(handles) == 1:
            return f"@{handles.pop()}"
        if name.startswith("@") or (re.fullmatch(r"[a-z][\w.-]*", bare) is not None):
            return f"@{bare}"
        full = {p.name for p in matches if " " in p.name}
        return full.pop() if len(full) == 1 else bare

    def matching(self, name: str) -> list[Person]:
        """Everyone a name, first name or handle may mean."""
        low = name.lstrip("@").lower()
        exact = [p for p in self.people if low in (p.name.lower(), (p.handle or "").lower())]
        return exact or [p for p in self.people if p.name.lower().split()[:1] == [low]]

    def one(self, name: str, why: str, evidence: Evidence | None = None) -> Found:
        """A named owner made certain: a team resolves to its lead, an ambiguous first name stays open."""
        teams = dict(self.team.teams)
        lead = next(
            (people for team, people in teams.items() if team.lower() == name.lstrip("@").lower()), None
        )
        if lead:
            return Found(self.shown(lead[0]), f"{why}; lead of {name}", evidence)
        if _TEAM_WORD.search(name):
            return Found(None, f"{why}, but {name!r} is a team, not a person", evidence, name)
        different = {(p.handle or p.name).lower() for p in self.matching(name)}
        full = {p.name.lower() for p in self.matching(name) if " " in p.name}
        if len(different) > 1 and len(full) > 1:
            return Found(None, f"{why}, but {name!r} could be {' or '.join(sorted(full))}", evidence, name)
        return Found(self.shown(name), why, evidence)

    def module_owners(self, words: Sequence[str], told: str = "") -> list[Found]:
        """Owners of what an action touches, best match first: the config's modules, what the RCA says people
        own, ownership files. ``told`` are the RCA's lines behind the action: files that they name count too."""
        ranked: list[tuple[float, int, Found]] = []
        for place, (module, person) in enumerate(self.team.modules):
            score = _closeness(module, words)
            if score:
                ranked.append(
                    (score + 0.01, place, self.one(person, f"owner of “{module}” in {self.team.source}"))
                )
        for place, someone in enumerate(self.people):
            for thing in someone.owns:
                score = _closeness(thing, words)
                if score:
                    line = next(
                        (ev for ev in someone.evidence if thing.lower().strip("` ") in ev.quote.lower()), None
                    )
                    where = (
                        f"named in the RCA as owner of “{thing}” ({line.span})"
                        if line
                        else f"owner of “{thing}” in {self.team.source}"
                    )
                    ranked.append(
                        (
                            score,
                            place,
                            self.one((someone.handle and f"@{someone.handle}") or someone.name, where, line),
                        )
                    )
        ranked += self._claimed(words, told)
        ranked.sort(key=lambda entry: (-entry[0], entry[1]))
        return [found for _, _, found in ranked]

    def _claimed(self, words: Sequence[str], told: str) -> list[tuple[float, int, Found]]:
        """Owners by ownership files: of the files that the action's words point at, or of a component they name.
        The config and the RCA are about this very team, so at equal closeness they come first."""
        files = self.team.evidence.files_of(" ".join([*words, told]))
        ranked = []
        for place, claim in enumerate(self.team.evidence.modules, 1_000):
            score = 1.5 if claim.about in files else _closeness(claim.about, words)
            if score and not self.has_left(claim.who, claim.handle):
                ranked.append((score * (0.5 + 0.4 * claim.weight), place, self.by_claim(claim)))
        return ranked

    def by_claim(self, claim: Claim) -> Found:
        """Whom a claim names: a person, or nobody yet where it names a team that no lead is known of."""
        if not claim.is_team:
            name = f"@{claim.handle}" if claim.handle else claim.who
            return Found(self.shown(name), claim.why)
        short = claim.who.rpartition("/")[2]
        people = {team.lower(): names for team, names in self.team.teams}
        members = people.get(claim.who.lower()) or people.get(short.lower())
        here = [name for name in members or () if not self.has_left(name)]
        if here:
            return Found(self.shown(here[0]), f"{claim.why}; lead of {claim.who}")
        return Found(None, f"{claim.why}, but {claim.who} is a team of which no person is known", None, claim.who)

    def has_left(self, *names: str | None) -> bool:
        """Whether one of the names is of somebody who is no longer there."""
        gone = {name.lstrip("@").lower() for name in self.team.left}
        return any(name is not None and name.lstrip("@").lower() in gone for name in names)

    def workers(self, words: Sequence[str], told: str) -> list[Found]:
        """Who works on the code an action touches, by git: on the files that its words point at, else on any
        file that the RCA points at."""
        if not self.team.evidence.direct:
            return []
        from ..owners.git_evidence import one_per_person  # only where a repository was asked

        files = self.team.evidence.files_of(" ".join([*words, told]))
        claims = self.team.evidence.direct
        own = [claim for claim in claims if claim.about in files]
        chosen = own or claims
        result = []
        for claim in one_per_person(chosen):
            if self.has_left(claim.who, claim.handle):
                continue
            theirs = [c for c in chosen if (c.who, c.handle) == (claim.who, claim.handle)]
            best = max(theirs, key=lambda c: c.weight, default=claim)
            more = len(theirs) - 1
            also = f"; and {more} more file{'s' * (more > 1)} that the RCA points at" if more > 0 else ""
            result.append(self.by_claim(replace(claim, why=best.why + also)))
        return result

    def with_role(self, *roles: str) -> list[Found]:
        """People of the RCA with one of the roles, in order of the document."""
        result = []
        for someone in self.people:
            role = next((r for r in roles if r in someone.roles), None)
            if role is not None:
                line = someone.evidence[0] if someone.evidence else None
                where = f" ({line.span})" if line else ""
                result.append(
                    self.one(
                        (someone.handle and f"@{someone.handle}") or someone.name,
                        f"{role} in the RCA{where}",
                        line,
                    )
                )
        return result

    def named_role(self, *roles: str) -> Found | None:
        """The person of a named role (security, privacy, legal, coordinator, sponsor): config, then RCA."""
        config = dict(self.team.roles)
        for role in roles:
            if role in config:
                return self.one(config[role], f"{role} in {self.team.source}")
        found = self.with_role(*roles)
        return found[0] if found else None

    def rotation(self) -> list[Found]:
        """The on-call rotation in order: the feed, then the config, then the RCA."""
        if self.team.evidence.on_call:
            return [self.by_claim(c) for c in self.team.evidence.on_call if not self.has_left(c.who, c.handle)]
        if self.team.rotation:
            return [
                self.one(name, f"slot {n} of the rotation in {self.team.source}")
                for n, name in enumerate(self.team.rotation, 1)
            ]
        return self.with_role("rotation")


def _closeness(thing: str, words: Sequence[str]) -> float:
    """How well a component's name fits what an action touches: earlier words weigh more."""
    own = content_stems(thing.replace("-", " ").replace("/", " ").replace(".", " "))
    low = thing.lower().strip("` ")
    best = 0.0
    for place, word in enumerate(words):
        other = word.lower()
        weight = 1.0 / (1 + 0.15 * place)
        if other == low:
            best = max(best, 2.0 * weight)
        elif own and (shared := own & content_stems(other.replace("-", " ").replace("/", " "))):
            best = max(best, weight * (0.4 + 0.6 * len(shared) / len(own)))
    return best
