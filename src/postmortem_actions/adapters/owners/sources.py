"""Asks every source of ownership that the settings name: git, ownership files, and rotation feeds.

A source that fails costs its own answers and nothing else: the plan is made without them and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from ...core.model import Problem
from ...core.owners.claims import Claim
from ...core.owners.evidence import OwnershipEvidence, OwnershipQuestion, OwnershipSettings
from ...errors import PostmortemActionsError

if TYPE_CHECKING:
    from ...core.owners.rotation import Absence, Rotation

T = TypeVar("T")
Told = tuple[Problem, ...]
TOKENS = {
    "pagerduty": "PAGERDUTY_TOKEN",
    "opsgenie": "OPSGENIE_TOKEN",
    "grafana": "GRAFANA_ONCALL_TOKEN",
}
BASE_OF_GRAFANA = "GRAFANA_ONCALL_URL"


@dataclass(frozen=True, slots=True)
class OwnerSources:
    """``environment`` holds the tokens; ``progress`` is told what takes long, and an empty text at the end."""

    environment: Mapping[str, str] = field(default_factory=dict)
    progress: Callable[[str], None] | None = None

    def ask(
        self, settings: OwnershipSettings, question: OwnershipQuestion
    ) -> tuple[OwnershipEvidence, Told]:
        """What the sources say. Never raises for a source that fails: that is a problem of its own."""
        problems: list[Problem] = []
        files: tuple[tuple[str, str], ...] = ()
        direct: tuple[Claim, ...] = ()
        modules: list[Claim] = []
        on_call: tuple[Claim, ...] = ()
        if settings.repository:
            got = self._tried("git", problems, lambda: self._git(settings, question, problems))
            files, direct = got or (files, direct)
            paths = list(dict.fromkeys(path for _, path in files))
            modules += (
                self._tried("files", problems, lambda: self._files(settings, question, paths, problems)) or ()
            )
        elif settings.directory:
            modules += self._tried("directory", problems, lambda: self._files(settings, question, (), problems)) or ()
        away: tuple[Absence, ...] = ()
        if settings.absences:
            away = self._tried("absences", problems, lambda: self._absences(settings, question, problems)) or ()
        if settings.rotation:
            self._say("reading the rotation")
            on_call = (
                self._tried("rotation", problems, lambda: self._rotation(settings, question, away, problems)) or ()
            )
        self._say("")
        days = tuple((one.person, one.first_day, one.last_day) for one in away)
        return OwnershipEvidence(files, direct, tuple(modules), on_call, days), tuple(problems)

    def _say(self, step: str) -> None:
        if self.progress is not None:
            self.progress(step)

    @staticmethod
    def _tried(what: str, problems: list[Problem], ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except PostmortemActionsError as error:
            where = f"{error.where}: " if error.where else ""
            problems.append(
                Problem("owners-unread", f"owners by {what} are missing: {where}{error.message}", fix=error.fix)
            )
            return None

    def _git(
        self, settings: OwnershipSettings, question: OwnershipQuestion, problems: list[Problem]
    ) -> tuple[tuple[tuple[str, str], ...], tuple[Claim, ...]]:
        from .code_search import find_files
        from .git_repo import GitRepo, direct_owners

        repo = GitRepo(settings.repository or ".")
        claims, told = direct_owners(
            repo, question.terms, question.today, settings.left, progress=self.progress
        )
        # A name that is nowhere in the code is no fault of the plan: most names of an RCA are not code.
        problems += [problem for problem in told if problem.code != "term-not-in-repo"]
        if repo.head is None:
            return (), claims
        return tuple((hit.term, hit.path) for hit in find_files(repo, question.terms)), claims

    def _files(
        self, settings: OwnershipSettings, question: OwnershipQuestion, paths: Iterable[str], problems: list[Problem]
    ) -> tuple[Claim, ...]:
        from .module_files import module_claims

        claims, told = module_claims(settings.repository, settings.directory, tuple(paths), question.services)
        problems += told
        return claims

    def _absences(
        self, settings: OwnershipSettings, question: OwnershipQuestion, problems: list[Problem]
    ) -> tuple[Absence, ...]:
        from .rotation_ical import read_absences

        absences, told = read_absences(
            settings.absences or "", question.after, zone=settings.zone, known=question.people
        )
        problems += told
        return absences

    def _rotation(
        self,
        settings: OwnershipSettings,
        question: OwnershipQuestion,
        absences: tuple[Absence, ...],
        problems: list[Problem],
    ) -> tuple[Claim, ...]:
        from ...core.owners.rotation import next_on_call, spread

        rotation, told = self._feed(settings, question)
        problems += told
        if settings.spread:
            found, told = spread(rotation, question.turns, question.after, absences)
        else:
            found, told = next_on_call(rotation, question.after, question.turns, absences)
        problems += told
        return tuple(one.claim for one in found)

    def _feed(self, settings: OwnershipSettings, question: OwnershipQuestion) -> tuple[Rotation, Told]:
        source = settings.rotation or ""
        kind, _, name = source.partition(":")
        if kind not in TOKENS:
            from .rotation_ical import read_rotation

            return read_rotation(source, question.after, zone=settings.zone, known=question.people)
        token = self._secret(TOKENS[kind], f"to read the rotation {source}")
        if kind == "pagerduty":
            from .rotation_pagerduty import read_schedule as pagerduty

            return pagerduty(name, lambda: token, question.after)
        if kind == "opsgenie":
            from .rotation_opsgenie import read_schedule as opsgenie

            return opsgenie(name, lambda: token, question.after)
        from .rotation_grafana import read_schedule as grafana

        base = self._secret(BASE_OF_GRAFANA, "to the address of the OnCall API")
        return grafana(name, lambda: token, question.after, base=base)

    def _secret(self, name: str, why: str) -> str:
        from ...errors import ConfigError

        value = self.environment.get(name, "").strip()
        if not value:
            raise ConfigError(f"{name} is not set", fix=f"Set it in the environment {why}.")
        return value
