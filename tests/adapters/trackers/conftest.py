"""Every tracker with a server behind it, for the contract suite and the journeys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.standins.jira_cloud import EMAIL, TOKEN, JiraCloud
from tests.standins.linear import KEY
from tests.standins.linear import Linear as LinearServer
from tests.standins.serving import emulate, jira_data_center, serve

from postmortem_actions.adapters.trackers.github import GitHub
from postmortem_actions.adapters.trackers.jira import Jira
from postmortem_actions.adapters.trackers.jira_api import JiraApi
from postmortem_actions.adapters.trackers.linear import Linear
from postmortem_actions.adapters.trackers.memory import MemoryTracker
from postmortem_actions.core.tracking.settings import TrackerSettings
from postmortem_actions.core.tracking.tickets import Tracker

GITHUB_SEED = {
    "tokens": {"gh-token-of-the-tests": {"login": "alice", "scopes": ["repo"]}},
    "github": {
        "users": [{"login": "alice"}, {"login": "bob"}],
        "repos": [{"owner": "alice", "name": "shop", "auto_init": True}],
    },
}
FIELDS = (("Origin", "Follow-up"), ("customfield_10043", "from the postmortem of **{plan}**"))


@dataclass
class Under:
    """A tracker under test. ``alice`` and ``bob`` are people it knows; ``fields`` what it cannot do without."""

    tracker: Tracker
    alice: str
    bob: str
    fields: tuple[tuple[str, str], ...] = ()
    dates: bool = True


@pytest.fixture(scope="session")
def github_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulate("github", GITHUB_SEED, tmp_path_factory.mktemp("github")) as url:
        yield url


@pytest.fixture(scope="session")
def data_center_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with jira_data_center(tmp_path_factory.mktemp("jira")) as url:
        yield url


@pytest.fixture
def github(github_url: str) -> Under:
    return Under(GitHub("alice/shop", lambda: "gh-token-of-the-tests", github_url), "alice", "bob")


@pytest.fixture
def linear_server() -> LinearServer:
    return LinearServer()


@pytest.fixture
def linear(linear_server: LinearServer) -> Iterator[Under]:
    people = TrackerSettings(
        "linear", "linear", people=(("alice", "alice@example.com"), ("bob", "bob@example.com"))
    )
    with serve(linear_server) as served:
        yield Under(Linear("ENG", lambda: KEY, people, served.url), "alice@example.com", "bob@example.com")


@pytest.fixture
def jira_server() -> JiraCloud:
    return JiraCloud()


@pytest.fixture
def jira_cloud(jira_server: JiraCloud) -> Iterator[Under]:
    settings = TrackerSettings("jira", "jira", fields=FIELDS, people=(("alice", "alice@example.com"),))
    with serve(jira_server) as served:
        ask = JiraApi(served.url, lambda: TOKEN, True, EMAIL)
        yield Under(Jira(ask, "OPS", settings), "alice@example.com", "bob@example.com", FIELDS)


@pytest.fixture
def jira_data_center_(data_center_url: str) -> Under:
    people = _people(data_center_url)
    tracker = Jira(JiraApi(data_center_url, lambda: "pat-of-the-tests", False), "OPS")
    return Under(tracker, people[0], people[1])


def _people(url: str) -> list[str]:
    import json
    from urllib.request import urlopen

    found = json.load(urlopen(f"{url}/rest/api/2/user/search?username=", timeout=10))
    return [user["name"] for user in found]


@pytest.fixture
def memory() -> Under:
    return Under(MemoryTracker(), "alice", "bob")


KINDS = ("memory", "github", "linear", "jira_cloud", "jira_data_center_")


@pytest.fixture(params=KINDS)
def under(request: pytest.FixtureRequest) -> Under:
    """Each of them."""
    made: Under = request.getfixturevalue(request.param)
    return made
