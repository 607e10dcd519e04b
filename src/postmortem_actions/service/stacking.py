"""What a team builds and runs with, as far as RCA, repository and config tell."""

from __future__ import annotations

from ..core.stack import StackFind, stack
from .planning import Ports


def find_stack(ports: Ports, rca: str | None, repository: str | None) -> tuple[StackFind, ...]:
    """What is found, and why. Without a repository that of ``[ownership]`` is looked into. Raises SourceError, ConfigError."""
    config = ports.config.read()
    text = ports.sources.read(rca).text if rca else ""
    folder = repository or config.ownership.repository
    files = ports.repository(folder) if folder else None
    return stack(
        ports.stack_products(), text.splitlines(), files.paths() if files else (), files.content if files else lambda _: "",
        dict(config.stack),
    )  # fmt: skip
