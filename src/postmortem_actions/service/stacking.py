"""What a team builds and runs with, as far as RCA, repository and config tell, and a plan's artifacts for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.artifacts.patterns import TeamPatterns
from ..core.model import Plan
from ..core.stack import StackFind, stack, with_stronger
from ..errors import SourceError
from .planning import Ports


def find_stack(ports: Ports, rca: str | None, repository: str | None) -> tuple[StackFind, ...]:
    """What is found, and why. Without a repository that of ``[ownership]`` is looked into. Raises SourceError, ConfigError."""
    return stack_of(ports, ports.sources.read(rca).text if rca else "", repository)


def stack_of(ports: Ports, text: str, repository: str | None) -> tuple[StackFind, ...]:
    """What a text, a repository (None: that of ``[ownership]``) and the config tell. Raises SourceError, ConfigError."""
    config = ports.config.read()
    folder = repository or config.ownership.repository
    files = ports.repository(folder) if folder else None
    return stack(
        ports.stack_products(), text.splitlines(), files.paths() if files else (), files.content if files else lambda _: "",
        dict(config.stack),
    )  # fmt: skip


def stack_if_readable(ports: Ports, text: str, repository: str | None) -> tuple[StackFind, ...]:
    """What a text, a repository and the config tell; a repository that cannot be read costs its answer alone."""
    try:
        return stack_of(ports, text, repository)
    except SourceError:
        return stack(ports.stack_products(), text.splitlines(), (), lambda _: "", dict(ports.config.read().stack))


def fitted(ports: Ports, plan: Plan, found: Sequence[StackFind]) -> tuple[Plan, TeamPatterns]:
    """The plan with the artifacts for what its team uses, and the patterns they come from; ``found`` overrides what the
    plan itself knows, kind by kind, where it has more authority."""
    known = with_stronger(plan.stack, found)
    team = TeamPatterns.of(ports.knowledge.load(ports.config.read().rules).patterns, known)
    return replace(team.plan(plan), stack=known), team
