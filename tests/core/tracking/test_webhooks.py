"""Webhooks: signatures over the raw body, age, which delivery and which ticket."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standins.serving import fetched

from postmortem_actions.core.tracking.webhooks import KINDS, MOST_BYTES, WebhookRefused, read_delivery, signed

SECRET = "It's a Secret to Everybody"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_the_vendor_s_own_example_is_signed_so() -> None:
    assert (
        signed(b"Hello, World!", SECRET) == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


def headers(kind: str, body: bytes, secret: str = SECRET, delivery: str = "d-1") -> dict[str, str]:
    value = signed(body, secret)
    if kind == "linear":
        return {"linear-signature": value, "linear-delivery": delivery}
    if kind == "github":
        return {"x-hub-signature-256": f"sha256={value}", "x-github-delivery": delivery}
    return {"x-hub-signature": f"sha256={value}", "x-atlassian-webhook-identifier": delivery}


BODIES = {
    "github": {"action": "closed", "issue": {"id": 42, "number": 7}},
    "linear": {"type": "Issue", "data": {"id": "42"}, "webhookTimestamp": NOW.timestamp() * 1000},
    "jira": {"webhookEvent": "jira:issue_updated", "issue": {"id": "42", "key": "OPS-7"}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_signed_well_is_read(kind: str) -> None:
    body = json.dumps(BODIES[kind]).encode()
    found = read_delivery(kind, headers(kind, body), body, SECRET, NOW)
    assert (found.kind, found.id, found.ticket) == (kind, "d-1", "42")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["other body", "other secret", "nothing", "no secret here"])
def test_what_is_not_signed_well_is_refused(kind: str, how: str) -> None:
    body = json.dumps(BODIES[kind]).encode()
    told = headers(kind, body)
    secret = SECRET
    if how == "other body":
        body = body.replace(b"42", b"43")
    elif how == "other secret":
        told = headers(kind, body, "guess")
    elif how == "nothing":
        told = {}
    else:
        secret, told = "", headers(kind, body, "")
    with pytest.raises(WebhookRefused) as caught:
        read_delivery(kind, told, body, secret, NOW)
    assert caught.value.status == 401


@pytest.mark.parametrize(
    ("seconds", "ok"), [(0, True), (59, True), (-59, True), (61, False), (-61, False), (3600, False)]
)
def test_linear_s_webhooks_have_an_age(seconds: int, ok: bool) -> None:
    body = json.dumps(BODIES["linear"] | {"webhookTimestamp": (NOW.timestamp() - seconds) * 1000}).encode()
    if ok:
        assert read_delivery("linear", headers("linear", body), body, SECRET, NOW).ticket == "42"
    else:
        with pytest.raises(WebhookRefused):
            read_delivery("linear", headers("linear", body), body, SECRET, NOW)


def test_a_remark_is_about_its_issue() -> None:
    for data in ({"issueId": "42"}, {"issue": {"id": "42"}}):
        body = json.dumps(
            {"type": "Comment", "data": data, "webhookTimestamp": NOW.timestamp() * 1000}
        ).encode()
        assert read_delivery("linear", headers("linear", body), body, SECRET, NOW).ticket == "42"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"[" * 100_000])
def test_a_body_that_is_none_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(WebhookRefused) as caught:
        read_delivery(kind, headers(kind, body), body, SECRET, NOW)
    assert caught.value.status == 400


def test_a_body_that_is_too_large_is_refused() -> None:
    with pytest.raises(WebhookRefused) as caught:
        read_delivery("github", {}, b"x" * (MOST_BYTES + 1), SECRET, NOW)
    assert caught.value.status == 413


def test_without_a_name_the_same_body_is_the_same_delivery() -> None:
    body = json.dumps(BODIES["jira"]).encode()
    told = headers("jira", body) | {"x-atlassian-webhook-identifier": ""}
    assert (
        read_delivery("jira", told, body, SECRET, NOW).id == read_delivery("jira", told, body, SECRET, NOW).id
    )


def test_every_kind_of_webhook_that_github_sends_is_read() -> None:
    examples = json.loads(fetched("github-webhooks/api.github.com/index.json").read_text(encoding="utf-8"))
    about = {}
    for kind in examples:
        for example in kind["examples"]:
            body = json.dumps(example).encode()
            about[kind["name"]] = read_delivery("github", headers("github", body), body, SECRET, NOW).ticket
    assert len(about) > 30
    assert about["issues"]
    assert about["issue_comment"]
    assert about["push"] is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["issue", "data", "id", "type", "issueId"]), inner)
    ),
    max_leaves=8,
)


@given(st.sampled_from(KINDS), _JSON)
def test_nothing_that_is_signed_makes_it_fall_over(kind: str, data: object) -> None:
    body = json.dumps(data).encode()
    try:
        found = read_delivery(kind, headers(kind, body), body, SECRET, NOW)
    except WebhookRefused:
        return
    assert found.ticket is None or isinstance(found.ticket, str)
