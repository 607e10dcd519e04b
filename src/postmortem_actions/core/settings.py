"""Settings: the six choices of a request, where each may be given, and which of them counts.

A choice may stand in an option, in the request block and in the config file; the first of these that gives
it wins, and ``Request.given`` keeps where it came from. Source: the specification's parameter guide for the
names, the values and the default ``balanced``; the other defaults are the program's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import RequestError
from .context import Team
from .model import Problem, Request
from .owners.evidence import OwnershipSettings
from .policy import Capacity, DueDatePolicy, OwnershipModel, Prioritization, Scope, TrackingSystem
from .tracking.settings import TrackingSettings

if TYPE_CHECKING:
    from .checking import Check


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice of the request. ``name`` is the field of ``Request`` and the key in the config file."""

    name: str
    choices: type[StrEnum]
    default: StrEnum
    about: str

    @property
    def option(self) -> str:
        """How the command line calls it."""
        return "--" + self.name.replace("_", "-")

    @property
    def key(self) -> str:
        """How the request block calls it."""
        return self.name.upper()

    @property
    def values(self) -> tuple[str, ...]:
        """The allowed words, in the order of the specification."""
        return tuple(choice.value for choice in self.choices)


SETTINGS: tuple[Setting, ...] = (
    Setting("scope", Scope, Scope.SERVICE, "how far the actions reach"),
    Setting("prioritization", Prioritization, Prioritization.BALANCED, "which strategy ranks the actions"),
    Setting("capacity", Capacity, Capacity.MEDIUM, "how much engineering time there is"),
    Setting(
        "ownership_model",
        OwnershipModel,
        OwnershipModel.MODULE_OWNERS,
        "which evidence names an owner first",
    ),
    Setting("tracking_system", TrackingSystem, TrackingSystem.NONE, "where tickets are to be created"),
    Setting("due_date_policy", DueDatePolicy, DueDatePolicy.REALISTIC, "how long the due date windows are"),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


class GivenBy(StrEnum):
    """Where a value was given, the one that counts most first."""

    OPTION = "option"
    BLOCK = "request block"
    FILE = "config file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class GivenValue:
    """A value as somebody wrote it. ``where`` is ``path:line`` (or the option), for messages."""

    name: str
    text: str
    by: GivenBy
    where: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """Non-working days as the config names them. ``country`` and ``subdivision`` are ISO 3166 codes whose
    public holidays count; ``weekend`` are weekday numbers, Monday 0; ``where`` is ``path:line``."""

    country: str | None = None
    subdivision: str | None = None
    holidays: tuple[date, ...] = ()
    weekend: frozenset[int] = frozenset({5, 6})
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a config file says. ``path`` is None where there is none; ``rules`` are folders; ``semantic``
    asks which rules are most like a cause that no phrase knows; ``ownership`` says where evidence of it
    lies; ``countries`` are people with holidays of their own; ``tracking`` what becomes of plans;
    ``stack`` what the team builds and runs with, by kind; ``checks`` what may be run to verify actions."""

    path: str | None = None
    given: tuple[GivenValue, ...] = ()
    team: Team = field(default_factory=Team)
    calendar: CalendarSettings = field(default_factory=CalendarSettings)
    rules: tuple[str, ...] = ()
    semantic: bool = False
    ownership: OwnershipSettings = field(default_factory=OwnershipSettings)
    countries: tuple[tuple[str, CalendarSettings], ...] = ()
    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    stack: tuple[tuple[str, tuple[str, ...]], ...] = ()
    checks: tuple[Check, ...] = ()
    problems: tuple[Problem, ...] = ()


def nearest(word: str, allowed: Sequence[str]) -> str | None:
    """The allowed word most like ``word``, or None where none is like it."""
    import difflib  # only where somebody made a mistake

    close = difflib.get_close_matches(word.lower(), [item.lower() for item in allowed], n=1, cutoff=0.55)
    return next((item for item in allowed if close and item.lower() == close[0]), None)


def choose(setting: Setting, text: str, where: str | None = None) -> StrEnum:
    """The choice that ``text`` names; case, spaces and underscores do not matter.

    Raises RequestError with the allowed words and the nearest one."""
    word = "-".join(text.strip().lower().replace("_", " ").replace("-", " ").split())
    try:
        return setting.choices(word)
    except ValueError:
        like = nearest(word, setting.values)
        raise RequestError(
            f"{text.strip()!r} is not a {setting.name.replace('_', ' ')}",
            where=where,
            fix=f"Use one of {', '.join(setting.values)}" + (f"; did you mean {like}?" if like else "."),
        ) from None


def resolve_request(rca: str, today: date, given: Sequence[GivenValue]) -> Request:
    """The request: for every setting the value that counts, and who gave it.

    Values that are overridden are checked too: a mistake in a file must not wait for the day on which the
    option is left out. Raises RequestError."""
    order = list(GivenBy)
    chosen: dict[str, tuple[StrEnum, GivenBy]] = {}
    for value in sorted(given, key=lambda value: order.index(value.by)):
        choice = choose(BY_NAME[value.name], value.text, value.where)
        chosen.setdefault(value.name, (choice, value.by))
    for setting in SETTINGS:
        chosen.setdefault(setting.name, (setting.default, GivenBy.DEFAULT))
    return Request(
        rca=rca,
        today=today,
        scope=Scope(chosen["scope"][0]),
        prioritization=Prioritization(chosen["prioritization"][0]),
        capacity=Capacity(chosen["capacity"][0]),
        ownership_model=OwnershipModel(chosen["ownership_model"][0]),
        tracking_system=TrackingSystem(chosen["tracking_system"][0]),
        due_date_policy=DueDatePolicy(chosen["due_date_policy"][0]),
        given=tuple((setting.name, chosen[setting.name][1].value) for setting in SETTINGS),
    )
