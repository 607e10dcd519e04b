"""Opsgenie: timelines of the recorded form, with full names looked up and no address kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from postmortem_actions.adapters.owners.oncall_http import Retry
from postmortem_actions.adapters.owners.rotation_opsgenie import read_schedule
from postmortem_actions.core.owners.rotation import next_on_call, settle
from postmortem_actions.errors import SourceError

AFTER = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUICK = Retry(sleep=lambda _: None)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def token() -> str:
    return "eb243592-faa2"


def period(who: str, first: int, last: int, kind: str = "default", of: str = "user") -> dict[str, Any]:
    recipient = {"id": f"id-{who}", "type": of, "name": f"{who}.lastname@example.com"}
    return {
        "startDate": f"2026-11-{first:02}T07:00:00Z",
        "endDate": f"2026-11-{last:02}T07:00:00Z",
        "type": kind,
        "recipient": recipient,
    }


def timeline(*rotations: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "data": {
            "_parent": {"id": "12345678-ffff", "name": "Payments on call", "enabled": True},
            "startDate": "2026-11-20T12:00:00Z",
            "endDate": "2027-01-22T12:00:00Z",
            "finalTimeline": {
                "rotations": [
                    {"id": f"r{n}", "name": f"Rotation {n}", "order": float(n), "periods": periods}
                    for n, periods in enumerate(rotations)
                ]
            },
        },
        "expandable": ["base", "forwarding", "override"],
        "took": 0.107,
        "requestId": "9ae63dd7",
    }


def serve_users(httpserver: HTTPServer, **names: str) -> None:
    for who, name in names.items():
        body = {"data": {"id": f"id-{who}", "username": f"{who}.lastname@example.com", "fullName": name}}
        httpserver.expect_request(f"/v2/users/id-{who}").respond_with_json(body)


def test_a_timeline_becomes_a_rotation_with_full_names(httpserver: HTTPServer) -> None:
    body = timeline([period("alice", 16, 23, "historical"), period("bob", 23, 30)])
    httpserver.expect_request("/v2/schedules/Payments on call/timeline").respond_with_json(body)
    serve_users(httpserver, alice="Alice Meyer", bob="Bob Ray")
    rotation, problems = read_schedule(
        "Payments on call", token, AFTER, by_name=True, base=httpserver.url_for("/"), retry=QUICK
    )
    assert [problem.code for problem in problems] == ["opsgenie-ends"]
    found, _ = next_on_call(rotation, AFTER, 1)
    assert (found[0].person, found[0].claim.handle) == ("Bob Ray", "bob.lastname")
    assert found[0].claim.why == "on call from 2026-11-23 07:00 UTC per Opsgenie schedule Payments on call"
    assert "example.com" not in repr(rotation)
    request = httpserver.log[0][0]
    assert request.headers["Authorization"] == "GenieKey eb243592-faa2"
    assert dict(request.args) == {
        "identifierType": "name",
        "date": "2026-11-20T12:00:00+00:00",
        "interval": "9",
        "intervalUnit": "weeks",
    }


def test_an_override_wins_in_its_own_rotation_only(httpserver: HTTPServer) -> None:
    body = timeline(
        [period("alice", 21, 28), period("bob", 23, 25, "override")],
        [period("carol", 21, 28)],
    )
    httpserver.expect_request("/v2/schedules/s1/timeline").respond_with_json(body)
    serve_users(httpserver, alice="Alice", bob="Bob", carol="Carol")
    rotation, _ = read_schedule("s1", token, AFTER, base=httpserver.url_for("/"))
    on_24th = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert {s.person for s in settle(rotation.shifts) if s.start <= on_24th < s.end} == {"Bob", "Carol"}


def test_where_users_may_not_be_read_logins_stand_in_without_their_host(httpserver: HTTPServer) -> None:
    body = timeline([period("alice", 21, 23), period("bob", 23, 25)])
    httpserver.expect_request("/v2/schedules/s1/timeline").respond_with_json(body)
    httpserver.expect_request("/v2/users/id-alice").respond_with_data(status=403)
    rotation, problems = read_schedule("s1", token, AFTER, base=httpserver.url_for("/"))
    assert [shift.person for shift in rotation.shifts] == ["alice.lastname", "bob.lastname"]
    assert [problem.code for problem in problems] == ["opsgenie-names", "opsgenie-ends"]
    assert len(httpserver.log) == 2, "after one refusal nobody else is looked up"


def test_teams_are_not_people_and_nobody_is_a_gap(httpserver: HTTPServer) -> None:
    nobody = period("x", 22, 23)
    nobody["recipient"] = {"type": "none"}
    body = timeline([period("alice", 21, 22), nobody, period("ops", 23, 24, of="team")])
    httpserver.expect_request("/v2/schedules/s1/timeline").respond_with_json(body)
    serve_users(httpserver, alice="Alice")
    rotation, problems = read_schedule("s1", token, AFTER, base=httpserver.url_for("/"))
    assert [shift.person for shift in rotation.shifts] == ["Alice"]
    assert [problem.code for problem in problems] == ["rotation-not-a-person", "opsgenie-ends"]


def test_what_is_not_found_names_the_end_of_the_service(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v2/schedules/s1/timeline").respond_with_data(status=404)
    with pytest.raises(SourceError) as caught:
        read_schedule("s1", token, AFTER, base=httpserver.url_for("/"))
    assert "2027-04-05" in (caught.value.fix or "")
    assert "api.eu.opsgenie.com" in (caught.value.fix or "")


@pytest.mark.parametrize(
    "body", [{"data": None}, {"data": {"finalTimeline": {}}}, {"data": {"finalTimeline": {"rotations": [1]}}}]
)
def test_another_form_of_answer_is_told(httpserver: HTTPServer, body: dict[str, Any]) -> None:
    httpserver.expect_request("/v2/schedules/s1/timeline").respond_with_json(body)
    with pytest.raises(SourceError, match="not what is expected"):
        read_schedule("s1", token, AFTER, base=httpserver.url_for("/"))
