"""Grafana OnCall: final shifts of the recorded form, from a stand-in that pages, throttles and fails."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from postmortem_actions.adapters.owners.oncall_http import Retry
from postmortem_actions.adapters.owners.rotation_grafana import read_schedule
from postmortem_actions.core.owners.rotation import next_on_call
from postmortem_actions.errors import SourceError

AFTER = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUICK = Retry(sleep=lambda _: None)
SCHEDULE = {
    "id": "SBM7DV7BKFUYU",
    "name": "Primary",
    "type": "web",
    "team_id": None,
    "on_call_now": ["U4DNY931HHJS5"],
    "slack": {"channel_id": None, "user_group_id": None},
}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def token() -> str:
    return "meowmeow"


def shift(who: str, day: int) -> dict[str, Any]:
    return {
        "user_pk": f"U{who.upper()}",
        "user_email": f"{who}@example.com",
        "user_username": who,
        "shift_start": f"2026-11-{day:02}T09:00:00Z",
        "shift_end": f"2026-11-{day + 1:02}T09:00:00Z",
    }


class FinalShifts:
    """Pages of two; before each page after the first it throttles or fails once."""

    def __init__(self, *shifts: dict[str, Any]) -> None:
        self.shifts, self.troubles = shifts, [500, 429]

    def __call__(self, request: Request) -> Response:
        number = int(request.args.get("page", "1"))
        if number > 1 and self.troubles:
            return Response(status=self.troubles.pop(), headers={"Retry-After": "2"})
        page = self.shifts[2 * number - 2 : 2 * number]
        following = None
        if 2 * number < len(self.shifts):
            following = f"{request.base_url}?start_date=x&page={number + 1}"
        body = {
            "count": len(self.shifts),
            "next": following,
            "previous": None,
            "results": page,
            "page_size": 2,
        }
        return Response(json.dumps(body), content_type="application/json")


def test_final_shifts_are_read_over_pages_and_through_trouble(httpserver: HTTPServer) -> None:
    service = FinalShifts(
        shift("alice", 20),
        shift("bob", 21),
        shift("alice", 22),
        shift("kim@example.com", 23),
        shift("bob", 24),
    )
    httpserver.expect_request("/oncall/api/v1/schedules/SBM7DV7BKFUYU/").respond_with_json(SCHEDULE)
    httpserver.expect_request("/oncall/api/v1/schedules/SBM7DV7BKFUYU/final_shifts").respond_with_handler(
        service
    )
    waits: list[float] = []
    rotation, problems = read_schedule(
        "SBM7DV7BKFUYU", token, AFTER, base=httpserver.url_for("/oncall"), retry=Retry(sleep=waits.append)
    )
    assert not problems
    assert waits == [2, 2]
    assert [one.person for one in rotation.shifts] == ["alice", "bob", "alice", "kim", "bob"]
    assert "example.com" not in repr(rotation)
    found, _ = next_on_call(rotation, AFTER, 3)
    assert [(one.person, one.claim.handle) for one in found] == [
        ("bob", "bob"),
        ("alice", "alice"),
        ("kim", "kim"),
    ]
    assert found[0].claim.why == "on call from 2026-11-21 09:00 UTC per Grafana OnCall schedule Primary"
    asked = httpserver.log[1][0]
    assert dict(asked.args) == {"start_date": "2026-11-20", "end_date": "2027-01-19"}
    assert asked.headers["Authorization"] == "meowmeow"


def test_a_schedule_by_name_and_the_sign_in_of_a_stack(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/schedules/", query_string={"name": "Primary"}).respond_with_json(
        {"count": 1, "next": None, "previous": None, "results": [SCHEDULE]}
    )
    httpserver.expect_request("/api/v1/schedules/SBM7DV7BKFUYU/final_shifts").respond_with_handler(
        FinalShifts()
    )
    stack = "https://your-stack.grafana.net"
    rotation, _ = read_schedule(
        "Primary", token, AFTER, base=httpserver.url_for("/"), by_name=True, stack=stack
    )
    assert rotation.name == "Primary"
    headers = httpserver.log[0][0].headers
    assert (headers["Authorization"], headers["X-Grafana-URL"]) == ("Bearer meowmeow", stack)


def test_a_name_that_is_not_there_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/schedules/").respond_with_json({"next": None, "results": []})
    with pytest.raises(SourceError, match="no schedule named Primry") as caught:
        read_schedule("Primry", token, AFTER, base=httpserver.url_for("/"), by_name=True)
    assert caught.value.fix


@pytest.mark.parametrize("body", [[], {"name": "no id"}, {"id": 3}])
def test_another_form_of_answer_is_told(httpserver: HTTPServer, body: object) -> None:
    httpserver.expect_request("/api/v1/schedules/s1/").respond_with_json(body)
    with pytest.raises(SourceError, match="not what is expected"):
        read_schedule("s1", token, AFTER, base=httpserver.url_for("/"), retry=QUICK)
