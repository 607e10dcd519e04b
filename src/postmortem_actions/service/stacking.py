"""What a team builds and runs with, as far as RCA, repository and config tell, and a plan's artifacts for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.artifacts.patterns import TeamPatterns
from ..core.model import Action, Plan
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
        ports.knowledge.load(config.rules).products, text.splitlines(), files.paths() if files else (),
        files.content if files else lambda _: "",
        dict(config.stack),
    )  # fmt: skip


def stack_if_readable(ports: Ports, text: str, repository: str | None) -> tuple[StackFind, ...]:
    """What a text, a repository and the config tell; a repository that cannot be read costs its answer alone."""
    try:
        return stack_of(ports, text, repository)
    except SourceError:
        config = ports.config.read()
        known = ports.knowledge.load(config.rules).products
        return stack(known, text.splitlines(), (), lambda _: "", dict(config.stack))


def fitted(ports: Ports, plan: Plan, found: Sequence[StackFind]) -> tuple[Plan, TeamPatterns]:
    """The plan with the artifacts for what its team uses, and the patterns they come from; ``found`` overrides what the
    plan itself knows, kind by kind, where it has more authority."""
    known = with_stronger(plan.stack, found)
    team = TeamPatterns.of(ports.knowledge.load(ports.config.read().rules).patterns, known)
    made = replace(team.plan(plan), stack=known)
    ci = team.used.get("ci", ())
    if "GitLab CI" in ci and "GitHub Actions" not in ci:
        actions = tuple(_for_gitlab(ports, action) for action in made.actions)
        made = replace(made, actions=actions)
    return made, team


def _for_gitlab(ports: Ports, action: Action) -> Action:
    """The action with its workflow or template where GitLab looks for them."""
    own = action.artifact
    if own is None or not own.path:
        return action
    if own.path == ".github/pull_request_template.md":
        return replace(action, artifact=replace(own, path=".gitlab/merge_request_templates/Default.md"))
    if not own.path.startswith(".github/workflows/"):
        return action
    stem = own.path.rpartition("/")[2].split(".")[0]
    body = ports.gitlab_ci(own.body, stem)
    if body is None:
        return action
    title = own.title.replace("GitHub Actions workflow", "GitLab CI jobs").replace("Workflow", "GitLab CI jobs")
    return replace(action, artifact=replace(own, body=body, path=f".gitlab/ci/{stem}.yml", title=title))
