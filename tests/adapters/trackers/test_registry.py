"""Which tracker the config means, also one of another package."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from postmortem_actions.adapters.trackers import registry
from postmortem_actions.adapters.trackers.memory import MemoryTracker
from postmortem_actions.core.tracking.settings import TrackerSettings
from postmortem_actions.errors import ConfigError


def secret(*names: str) -> Callable[[], str]:
    return lambda: f"secret of {names[0]}"


def make(settings: TrackerSettings, given: Any) -> MemoryTracker:
    """What another package would offer."""
    assert given("X")() == "secret of X"
    return MemoryTracker(settings.name)


def test_a_tracker_of_another_package_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("acme", f"{__name__}:make", registry.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda _: make)
    monkeypatch.setattr(registry, "entry_points", lambda group: EntryPoints([point]).select(group=group))
    assert registry.tracker(TrackerSettings("ours", "acme"), secret).name == "ours"


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="no kind of tracker 'jria'") as caught:
        registry.tracker(TrackerSettings("ours", "jria", where="pma.toml:3"), secret)
    assert "github, linear, jira" in str(caught.value)
    assert "pma.toml:3" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("github", (), "no repository"),
        ("github", (("repository", "shop"),), "is no repository"),
        ("linear", (), "no team"),
        ("jira", (("base", "https://jira.acme.com"),), "no project"),
    ],
)
def test_what_is_missing_is_said(kind: str, values: tuple[tuple[str, str], ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        registry.tracker(TrackerSettings(kind, kind, values), secret)


@pytest.mark.parametrize(
    ("kind", "values", "place"),
    [
        ("github", (("repository", "acme/shop"),), "acme/shop"),
        ("linear", (("team", "ENG"),), "team ENG"),
        ("jira", (("base", "https://jira.acme.com"), ("project", "OPS")), "OPS at jira.acme.com"),
    ],
)
def test_ours_are_made_without_asking_anybody(
    kind: str, values: tuple[tuple[str, str], ...], place: str
) -> None:
    made = registry.tracker(TrackerSettings("mine", kind, values), secret)
    assert (made.name, made.place) == ("mine", place)
    assert "secret of" not in repr(vars(made))
