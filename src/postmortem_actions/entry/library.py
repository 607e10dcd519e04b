"""The use of the program from Python: the same steps as on the command line, as functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from .. import service, wire
from ..core import pipeline
from ..core.context import Calendar, Team
from ..core.model import Plan, Rca, Request
from ..core.settings import GivenBy, GivenValue
from ..render.registry import RENDERERS, renderer

if TYPE_CHECKING:
    from ..core.knowledge import Knowledge
    from ..core.lint import Finding


def plan(source: str, *, today: date | None = None, rules: Sequence[str] = (), **settings: str) -> Plan:
    """The plan of an RCA, as ``pma plan`` makes it.

    ``source`` is a path, a link or the text itself; ``settings`` are the seven parameters by their names
    (``capacity="low"``); ``rules`` are folders that add to or replace ours; ``today`` is the planning date
    (None: the system's). Raises PostmortemActionsError, whose message says what to do next."""
    options = tuple(GivenValue(name, value, GivenBy.OPTION) for name, value in settings.items())
    return service.plan(wire.ports(), service.PlanOrder(source, options, today, tuple(rules)))


def read_rca(text: str, source: str = "-", *, rules: Sequence[str] = ()) -> Rca:
    """Everything that is read from a document; ``source`` is only its name. Never raises for any text."""
    return pipeline.read_rca(text, source, _knowledge(tuple(rules)).reading)


def build_plan(
    rca: Rca,
    request: Request,
    *,
    team: Team | None = None,
    calendar: Calendar | None = None,
    rules: Sequence[str] = (),
    stated_only: bool = False,
) -> Plan:
    """The plan of what was read. Pure: the same arguments give an equal plan."""
    return pipeline.build_plan(
        rca, request, _knowledge(tuple(rules)), team, calendar, stated_only=stated_only
    )


def render_plan(plan: Plan, format: str = "markdown") -> str:
    """The plan as ``markdown``, ``json``, ``html`` or ``csv``. Raises ValueError for another word."""
    if format not in RENDERERS:
        raise ValueError(f"no format is called {format!r}; there are {', '.join(RENDERERS)}")
    return renderer(format).render(plan)


def lint(text: str, path: str = "-", today: date | None = None) -> tuple[Finding, ...]:
    """What is weak in a plan or in any list of actions. Without ``today`` no date is called overdue."""
    from ..core.lint import lint as judge

    return judge(text, path, wire.ports().lint_knowledge(), today)


@lru_cache(maxsize=4)
def _knowledge(rules: tuple[str, ...]) -> Knowledge:
    return wire.ports().knowledge.load(rules)
