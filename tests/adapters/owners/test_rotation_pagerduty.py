"""PagerDuty: answers of the recorded form, from a stand-in that pages and throttles."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from postmortem_actions.adapters.owners.oncall_http import Retry
from postmortem_actions.adapters.owners.rotation_pagerduty import read_escalation_policy, read_schedule
from postmortem_actions.core.owners.rotation import next_on_call, people
from postmortem_actions.errors import SourceError

AFTER = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUICK = Retry(sleep=lambda _: None)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def token() -> str:
    return "y_NbAkKc66ryYTWUXYEu\n"


def user(name: str, identity: str, **more: object) -> dict[str, Any]:
    return {
        "id": identity,
        "type": "user_reference",
        "summary": name,
        "self": f"https://api.pagerduty.com/users/{identity}",
        "html_url": f"https://subdomain.pagerduty.com/users/{identity}",
        **more,
    }


ALICE, BOB, GONE = (
    user("Alice Meyer", "PXPGF42"),
    user("Bob Ray", "PAM4FGS"),
    user("Gone", "PGONE01", deleted_at="2026-01-01"),
)


def schedule(*entries: dict[str, Any]) -> dict[str, Any]:
    return {
        "schedule": {
            "id": "PI7DH85",
            "type": "schedule",
            "summary": "Daily Engineering Rotation",
            "name": "Daily Engineering Rotation",
            "time_zone": "America/New_York",
            "escalation_policies": [],
            "schedule_layers": [
                {
                    "id": "PG68P1M",
                    "name": "Layer 1",
                    "rotation_turn_length_seconds": 604800,
                    "users": [{"user": BOB}, {"user": ALICE}, {"user": GONE}],
                    "rendered_schedule_entries": [],
                }
            ],
            "overrides_subschedule": {"name": "Overrides", "rendered_schedule_entries": []},
            "final_schedule": {
                "name": "Final Schedule",
                "rendered_coverage_percentage": 100.0,
                "rendered_schedule_entries": list(entries),
            },
            "users": [ALICE, BOB],
        }
    }


def entry(who: dict[str, Any] | None, start: object, end: object) -> dict[str, Any]:
    return {"id": "Q1", "start": start, "end": end, "user": who}


def test_a_schedule_becomes_a_rotation_with_reasons(httpserver: HTTPServer) -> None:
    body = schedule(
        entry(ALICE, "2026-11-16T04:00:00-05:00", "2026-11-23T04:00:00-05:00"),
        entry(BOB, "2026-11-23T04:00:00-05:00", "2026-11-30T04:00:00-05:00"),
    )
    httpserver.expect_request("/schedules/PI7DH85").respond_with_json(body)
    rotation, problems = read_schedule("PI7DH85", token, AFTER, base=httpserver.url_for("/"), retry=QUICK)
    assert not problems
    found, _ = next_on_call(rotation, AFTER, 1)
    assert found[0].person == "Bob Ray"
    assert found[0].claim.why == (
        "on call from 2026-11-23 09:00 UTC per PagerDuty schedule Daily Engineering Rotation"
    )
    assert people(rotation) == ("Bob Ray", "Alice Meyer"), "in the order of the layer, without the deleted"
    request = httpserver.log[0][0]
    assert request.headers["Authorization"] == "Token token=y_NbAkKc66ryYTWUXYEu"
    assert request.args["since"] == "2026-11-20T12:00:00+00:00"
    assert request.args["overflow"] == "true"


def test_the_span_is_no_longer_than_the_service_allows(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/schedules/PI7DH85").respond_with_json(schedule())
    read_schedule("PI7DH85", token, AFTER, ahead=timedelta(days=3000), base=httpserver.url_for("/"))
    args = httpserver.log[0][0].args
    span = datetime.fromisoformat(args["until"]) - datetime.fromisoformat(args["since"])
    assert span < timedelta(days=90)


def test_odd_shifts_are_left_out_and_told(httpserver: HTTPServer) -> None:
    body = schedule(
        entry(ALICE, "2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z"),
        entry(None, "2026-11-24T09:00:00Z", "2026-11-25T09:00:00Z"),
        entry(BOB, "soon", "2026-11-25T09:00:00Z"),
        entry(BOB, "2026-11-25T09:00:00", "2026-11-26T09:00:00"),
        entry(BOB, "2026-11-26T09:00:00Z", "2026-11-25T09:00:00Z"),
        entry(BOB, None, 7),
    )
    httpserver.expect_request("/schedules/PI7DH85").respond_with_json(body)
    rotation, problems = read_schedule("PI7DH85", token, AFTER, base=httpserver.url_for("/"))
    assert [shift.person for shift in rotation.shifts] == ["Alice Meyer"]
    assert {problem.code for problem in problems} == {"rotation-shift-unread"}
    assert len(problems) == 2, "said once for each kind"


def test_no_address_is_kept(httpserver: HTTPServer) -> None:
    full = user("x", "P1", email="kim@example.com", job_title="SRE")
    full["name"] = "Kim Lo <kim@example.com> +1 415 555 0100"
    httpserver.expect_request("/schedules/P1").respond_with_json(
        schedule(entry(full, "2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z"))
    )
    rotation, _ = read_schedule("P1", token, AFTER, base=httpserver.url_for("/"))
    assert rotation.shifts[0].person == "Kim Lo"
    assert "example" not in repr(rotation)
    assert "555" not in repr(rotation)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"schedule": []},
        {"schedule": {"final_schedule": {}}},
        {"schedule": {"final_schedule": {"rendered_schedule_entries": [3]}}},
    ],
)
def test_another_form_of_answer_is_told(httpserver: HTTPServer, body: dict[str, Any]) -> None:
    httpserver.expect_request("/schedules/P1").respond_with_json(body)
    with pytest.raises(SourceError, match="not what is expected"):
        read_schedule("P1", token, AFTER, base=httpserver.url_for("/"))


def test_an_id_stays_one_step_of_the_path(httpserver: HTTPServer) -> None:
    with pytest.raises(SourceError) as caught:
        read_schedule("../users?x=1", token, AFTER, base=httpserver.url_for("/"), retry=Retry(attempts=1))
    assert "eu.pagerduty.com" in (caught.value.fix or "") or "again" in (caught.value.fix or "")
    assert httpserver.log[0][0].full_path.startswith("/schedules/")


def test_no_token_is_told_before_anything_is_asked(httpserver: HTTPServer) -> None:
    with pytest.raises(SourceError, match="no token"):
        read_schedule("P1", lambda: " ", AFTER, base=httpserver.url_for("/"))
    assert not httpserver.log


class OnCalls:
    """``/oncalls`` as the service answers: pages by limit and offset, throttled before the second page."""

    def __init__(self, *entries: dict[str, Any], size: int = 2) -> None:
        self.entries, self.size, self.throttled = entries, size, False

    def __call__(self, request: Request) -> Response:
        start = int(request.args["offset"])
        if start and not self.throttled:
            self.throttled = True
            return Response(status=429, headers={"Retry-After": "1"})
        page = self.entries[start : start + self.size]
        body = {
            "oncalls": page,
            "limit": self.size,
            "offset": start,
            "more": start + self.size < len(self.entries),
            "total": None,
        }
        return Response(json.dumps(body), content_type="application/json")


def on_call(who: dict[str, Any], level: int, start: str | None, end: str | None) -> dict[str, Any]:
    policy = {"id": "PT20YPA", "type": "escalation_policy_reference", "summary": "Payments", "self": None}
    return {
        "escalation_policy": policy,
        "escalation_level": level,
        "schedule": None,
        "user": who,
        "start": start,
        "end": end,
    }


def test_an_escalation_policy_is_read_over_pages_and_through_throttling(httpserver: HTTPServer) -> None:
    week = ("2026-11-23T09:00:00Z", "2026-11-30T09:00:00Z")
    service = OnCalls(
        on_call(ALICE, 1, "2026-11-16T09:00:00Z", "2026-11-23T09:00:00Z"),
        on_call(GONE, 2, None, None),
        on_call(BOB, 1, *week),
        on_call(BOB, 1, *week),
        on_call(ALICE, 1, "2026-11-30T09:00:00Z", "2026-12-07T09:00:00Z"),
    )
    httpserver.expect_request("/oncalls").respond_with_handler(service)
    rotation, problems = read_escalation_policy(
        "PT20YPA", token, AFTER, base=httpserver.url_for("/"), retry=QUICK
    )
    assert not problems
    assert [shift.person for shift in rotation.shifts] == ["Alice Meyer", "Bob Ray", "Alice Meyer"]
    assert service.throttled
    found, problems = next_on_call(rotation, AFTER, 5)
    assert [one.person for one in found] == ["Bob Ray", "Alice Meyer"]
    assert not problems
    assert found[0].claim.why.endswith("per level 1 of the PagerDuty escalation policy Payments")
    assert httpserver.log[0][0].args["escalation_policy_ids[]"] == "PT20YPA"


def test_who_is_always_on_call_is_so_for_the_whole_time(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/oncalls").respond_with_handler(OnCalls(on_call(ALICE, 2, None, None)))
    rotation, _ = read_escalation_policy("PT20YPA", token, AFTER, level=2, base=httpserver.url_for("/"))
    assert rotation.shifts[0].start == AFTER
    assert [one.person for one in next_on_call(rotation, AFTER, 2)[0]] == ["Alice Meyer"]


def test_a_list_that_claims_more_for_ever_ends(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/oncalls").respond_with_json({"oncalls": [], "more": True})
    rotation, _ = read_escalation_policy("P1", token, AFTER, base=httpserver.url_for("/"))
    assert rotation.shifts == ()
    assert len(httpserver.log) == 1
