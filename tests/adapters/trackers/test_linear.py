"""Linear: what only it does, and the stand-in that keeps a state of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.trackers.conftest import Under
from tests.adapters.trackers.test_contract import draft
from tests.standins.linear import Linear as LinearServer
from tests.standins.serving import emulate

from postmortem_actions.adapters.trackers import linear as linear_module
from postmortem_actions.adapters.trackers import linear_queries
from postmortem_actions.adapters.trackers.linear import Linear
from postmortem_actions.adapters.trackers.linear_api import LinearApi
from postmortem_actions.core.policy import Priority
from postmortem_actions.core.tracking.settings import TrackerSettings
from postmortem_actions.core.tracking.tickets import Closed, Presence, TicketChange
from postmortem_actions.errors import ConfigError, TrackerBusy


def test_making_an_issue_again_gives_the_one_that_is_there(
    linear: Under, linear_server: LinearServer
) -> None:
    one = draft(linear, "inc-1")
    first = linear.tracker.create(one)
    assert first.ref.id == one.marker
    assert linear.tracker.create(one).ref == first.ref
    assert len(linear_server.issues) == 1


def test_priority_parent_and_labels_are_linears_own(linear: Under, linear_server: LinearServer) -> None:
    parent = linear.tracker.create(draft(linear, "inc-2", is_parent=True))
    made = linear.tracker.create(draft(linear, "inc-2", priority=Priority.P0, parent=parent.ref))
    issue = linear_server.issues[made.ref.id]
    assert (issue["priority"], issue["parentId"]) == (1, parent.ref.id)
    assert {label["name"] for label in issue["labels_"]} == {"postmortem-actions", "pma-inc-2", "detection"}
    assert len(linear_server.labels) == 3  # made once, used again


def test_moved_and_trashed_issues_are_told(linear: Under, linear_server: LinearServer) -> None:
    moved, gone = (linear.tracker.create(draft(linear, "inc-3")).ref for _ in range(2))
    linear_server.issues[moved.id]["identifier"] = "OPS-9"
    linear_server.issues[gone.id]["trashed"] = True
    states = linear.tracker.read([moved, gone])
    assert (states[0].presence, states[0].ref.key) == (Presence.MOVED, "OPS-9")
    assert states[1].presence is Presence.GONE
    assert [ref.id for _, ref in linear.tracker.find_group("inc-3")] == [moved.id]


def test_a_rate_limit_told_in_the_body_is_waited_for_when_reading_and_passed_on_when_writing(
    linear: Under, linear_server: LinearServer
) -> None:
    linear_server.limited = 2
    assert linear.tracker.check()[0].ok
    ref = linear.tracker.create(draft(linear, "inc-4")).ref
    linear_server.limited = 1
    with pytest.raises(TrackerBusy):
        linear.tracker.comment(ref, "x")
    assert linear.tracker.comments(ref, None) == []


def test_a_key_that_is_not_accepted_is_said_and_never_shown(linear: Under) -> None:
    assert isinstance(linear.tracker, Linear)
    wrong = Linear("ENG", lambda: "lin_api_secret", None, linear.tracker.ask.api.base)
    finding = wrong.check()[0]
    assert (finding.ok, finding.what) == (False, "token")
    assert "lin_api_secret" not in str(finding) + repr(wrong.ask) + repr(wrong.ask.api)


def test_states_by_name_from_the_config(linear: Under, linear_server: LinearServer) -> None:
    assert isinstance(linear.tracker, Linear)
    settings = TrackerSettings(
        "linear", "linear", transitions=(("claimed done", "In Progress"), ("open", "Nowhere"))
    )
    tracker = Linear("ENG", lambda: "lin_api_of_the_tests", settings, linear.tracker.ask.api.base)
    ref = tracker.create(draft(linear, "inc-5")).ref
    assert tracker.change(ref, TicketChange(closed=Closed.DONE)).status == "In Progress"
    with pytest.raises(ConfigError, match="no state 'Nowhere'") as caught:
        tracker.change(ref, TicketChange(reopen=True))
    assert "Todo" in str(caught.value)
    assert any(f.ok is False and "Nowhere" in f.detail for f in tracker.check())


@pytest.mark.parametrize(
    ("fields", "priorities", "words"),
    [
        ((("estmate", "3"),), (), "no field"),
        ((("estimate", "x"),), (), "whole number"),
        ((), (("P0", "9"),), "not known"),
    ],
)
def test_a_config_that_linear_would_refuse_is_refused_before(
    fields: tuple[tuple[str, str], ...], priorities: tuple[tuple[str, str], ...], words: str
) -> None:
    settings = TrackerSettings("linear", "linear", (("team", "ENG"),), fields=fields, priorities=priorities)
    with pytest.raises(ConfigError, match=words):
        linear_module.from_settings(settings, lambda *_: lambda: "k")


SEED: dict[str, Any] = {
    "linear": {
        "organization": {"name": "Acme", "url_key": "acme"},
        "users": [{"email": "alice@example.com", "name": "alice", "admin": True}, {"email": "bob@example.com", "name": "bob"}],
        "teams": [{"key": "ENG", "name": "Engineering", "states": [
            {"name": "Backlog", "type": "backlog"}, {"name": "Todo", "type": "unstarted"},
            {"name": "In Progress", "type": "started"}, {"name": "Done", "type": "completed"},
            {"name": "Canceled", "type": "canceled"}]}],
        "tokens": [{"token": "lin_test", "user": "alice@example.com", "scopes": ["read", "write", "admin"]}],
    }
}  # fmt: skip


@pytest.fixture(scope="module")
def standin_url(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with emulate("linear", SEED, tmp_path_factory.mktemp("linear")) as url:
        yield url


@pytest.fixture
def standin(standin_url: str, monkeypatch: pytest.MonkeyPatch) -> Linear:
    """The adapter against a stand-in of an older, smaller schema: what it does not know is left out of the requests."""
    for name in ("ISSUES", "CREATE", "UPDATE", "LABELS", "COMMENTS"):
        text = getattr(linear_queries, name)
        text = text.replace(" trashed", "").replace(", includeArchived: true, orderBy: createdAt", "")
        if name in ("LABELS", "COMMENTS"):
            text = re.sub(
                r"(, )?\$filter: \w+(, )?|, filter: \$filter", lambda m: ", " if m[1] and m[2] else "", text
            )
            text = text.replace("($after", "($after")
        monkeypatch.setattr(linear_queries, name, text)
    write = LinearApi.write

    def without(self: LinearApi, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        kept = {k: v for k, v in variables["input"].items() if k not in ("id", "parentId")}
        return write(self, query, {**variables, "input": kept})

    monkeypatch.setattr(LinearApi, "write", without)
    return Linear("ENG", lambda: "lin_test", None, standin_url)


def test_the_life_of_an_issue_in_a_stand_in_with_a_state_of_its_own(standin: Linear, tmp_path: Path) -> None:
    assert all(finding.ok for finding in standin.check())
    under = Under(standin, "alice@example.com", "bob@example.com")
    made = standin.create(draft(under, "inc-9", assignee="alice@example.com", priority=Priority.P1))
    assert made.dropped == ()
    state = standin.read([made.ref])[0]
    assert (state.assignee, state.closed, state.started) == ("alice@example.com", None, False)
    assert standin.change(made.ref, TicketChange(title="Another", clear_assignee=True)).assignee is None
    assert standin.change(made.ref, TicketChange(closed=Closed.DONE)).closed is Closed.DONE
    assert standin.change(made.ref, TicketChange(closed=Closed.NOT_PLANNED)).closed is Closed.NOT_PLANNED
    assert standin.change(made.ref, TicketChange(reopen=True)).status == "Todo"
    standin.comment(made.ref, "Evidence: seen")
    assert [c.text for c in standin.comments(made.ref, None)] == ["Evidence: seen"]
    with pytest.raises(ConfigError, match="no team 'OPS'"):
        Linear("OPS", lambda: "lin_test", None, standin.ask.api.base).create(draft(under, "inc-9"))
