"""GitHub: every body fits GitHub's own OpenAPI document, and what only GitHub does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from tests.adapters.trackers.conftest import Under
from tests.adapters.trackers.test_contract import draft
from tests.standins.serving import Reply, Request, fetched, serve

from postmortem_actions.adapters.trackers.github import GitHub
from postmortem_actions.adapters.trackers.http import Answer, Api
from postmortem_actions.core.policy import Priority
from postmortem_actions.core.tracking.tickets import Closed, Presence, TicketChange, TicketRef
from postmortem_actions.errors import TrackerBusy, TrackerError, TrackerUncertain


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    document = json.loads(fetched("github/generated/api.github.com.json").read_text(encoding="utf-8"))
    return [
        (re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), {"document": document, **methods})
        for path, methods in document["paths"].items()
    ]


def fits_github(method: str, path: str, body: Any) -> None:
    """Raise where GitHub knows no such request, or its body does not fit."""
    schemas = pytest.importorskip(
        "openapi_schema_validator", reason="openapi-schema-validator is not installed"
    )
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    plain = "/" + path.partition("?")[0].strip("/")
    found = [
        methods for pattern, methods in _paths() if pattern.fullmatch(plain) and method.lower() in methods
    ]
    assert found, f"GitHub has no {method} {plain}"
    told = found[0][method.lower()].get("requestBody")
    if body is None:
        assert told is None or not told.get("required")
        return
    registry = Registry().with_resource(
        "gh:", Resource.from_contents(found[0]["document"], default_specification=DRAFT202012)
    )
    schema = json.loads(json.dumps(told["content"]["application/json"]["schema"]).replace('"#/', '"gh:#/'))
    # "nullable" beside "oneOf" is not seen by validators, whatever the field's own words say.
    can_be_null = {name for name, below in schema.get("properties", {}).items() if below.get("nullable")}
    body = {name: value for name, value in body.items() if value is not None or name not in can_be_null}
    schemas.OAS30Validator(schema, registry=registry).validate(body)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, Any]]]:
    """Whatever is sent, each checked against GitHub's document when the test is over."""
    told: list[tuple[str, str, Any]] = []
    send = Api.send

    def recording(self: Api, method: str, path: str, body: Any = None, params: Any = None) -> Answer:
        told.append((method, path.removeprefix(self.base), body))
        return send(self, method, path, body, params)

    monkeypatch.setattr(Api, "send", recording)
    yield told
    for method, path, body in told:
        fits_github(method, path, body)


def test_every_request_of_a_ticket_s_life_fits_githubs_document(
    github: Under, sent: list[tuple[str, str, Any]]
) -> None:
    tracker = github.tracker
    assert tracker.check()
    parent = tracker.create(draft(github, "inc-77", "Plan", is_parent=True)).ref
    one = tracker.create(
        draft(github, "inc-77", assignee="bob", due=date(2026, 12, 11), priority=Priority.P0, parent=parent)
    ).ref
    two = tracker.create(draft(github, "inc-77", "A2: b (P1)")).ref
    tracker.link(one, two)
    tracker.change(one, TicketChange(title="x", assignee="alice", due=date(2026, 12, 18)))
    tracker.change(one, TicketChange(closed=Closed.NOT_PLANNED))
    tracker.change(one, TicketChange(reopen=True, clear_due=True, clear_assignee=True))
    tracker.comment(one, "Evidence: x")
    tracker.comments(one, None)
    tracker.retire(two, one)
    tracker.find("x")
    methods = {(method, re.sub(r"\d+", "N", path)) for method, path, _ in sent}
    assert ("POST", "repos/alice/shop/issues/N/sub_issues") in methods
    assert ("GET", "repos/alice/shop/issues/N/dependencies/blocked_by") in methods


def test_a_blocker_is_told_by_its_database_id(sent: list[tuple[str, str, Any]]) -> None:
    blocked: list[int] = []

    def answer(request: Request) -> Reply:
        assert request.path == "/repos/acme/shop/issues/9/dependencies/blocked_by"
        if request.method == "POST":
            blocked.append(request.json["issue_id"])
            return 201, {}, {}
        return 200, [{"id": number} for number in blocked], {}

    with serve(answer) as served:
        tracker = GitHub("acme/shop", lambda: "t", served.url)
        for _ in range(2):
            tracker.link(TicketRef("8", "800001", ""), TicketRef("9", "900001", ""))
    assert blocked == [800001]


def test_labels_that_are_dropped_silently_are_read_back_and_told() -> None:
    def answer(request: Request) -> Reply:
        issue = {
            "number": 1,
            "id": 11,
            "html_url": "https://github.com/acme/shop/issues/1",
            "labels": [],
            "assignees": [],
        }
        return (201, issue, {}) if request.method == "POST" else (200, [], {})

    with serve(answer) as served:
        tracker = GitHub("acme/shop", lambda: "t", served.url)
        made = tracker.create(draft(Under(tracker, "", ""), "inc-1", assignee="bob"))
    assert any("labels" in text for text in made.dropped)
    assert any("bob" in text for text in made.dropped)


def test_a_moved_issue_is_followed_and_one_that_went_elsewhere_unread_is_gone() -> None:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/issues/5"):
            return 301, None, {"Location": f"{served.url}/repositories/7/issues/6"}
        if request.path.endswith("/issues/6"):
            return 200, {"number": 6, "id": 600, "html_url": "https://github.com/acme/other/issues/6"}, {}
        return 404, {"message": "Not Found"}, {}

    with serve(answer) as served:
        tracker = GitHub("acme/shop", lambda: "t", served.url)
        moved, gone = tracker.read([TicketRef("5", "500", ""), TicketRef("4", "400", "")])
    assert (moved.presence, moved.ref.url) == (Presence.MOVED, "https://github.com/acme/other/issues/6")
    assert gone.presence is Presence.GONE


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"Retry-After": "7"}, 7),
        (403, {"Retry-After": "3"}, 3),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}, None),
        (429, {}, 60),
    ],
)
def test_a_busy_tracker_says_how_long_to_wait(status: int, headers: dict[str, str], wait: int | None) -> None:
    with serve(lambda _: (status, {"message": "slow down"}, headers)) as served:
        tracker = GitHub("acme/shop", lambda: "t", served.url)
        with pytest.raises(TrackerBusy) as caught:
            tracker.comment(TicketRef("1", "1", ""), "x")
    assert caught.value.wait == wait if wait is not None else caught.value.wait > 1000


def test_a_refusal_without_a_limit_is_no_reason_to_wait() -> None:
    with serve(
        lambda _: (403, {"message": "Resource not accessible"}, {"X-RateLimit-Remaining": "4999"})
    ) as served:
        tracker = GitHub("acme/shop", lambda: "t", served.url)
        with pytest.raises(TrackerError, match="not accessible") as caught:
            tracker.comment(TicketRef("1", "1", ""), "x")
    assert type(caught.value) is TrackerError


def test_a_failed_server_leaves_it_uncertain_and_is_asked_once() -> None:
    with serve(lambda _: (502, None, {})) as served:
        tracker = GitHub("acme/shop", lambda: "t", served.url)
        with pytest.raises(TrackerUncertain):
            tracker.comment(TicketRef("1", "1", ""), "x")
        assert len(served.requests) == 1


def test_a_page_that_leads_to_another_host_never_gets_the_token() -> None:
    with serve(lambda _: (200, [], {"Link": '<https://evil.example.com/steal>; rel="next"'})) as served:
        tracker = GitHub("acme/shop", lambda: "t", served.url)
        with pytest.raises(TrackerError, match="another host"):
            tracker.find("x")
