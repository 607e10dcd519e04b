"""Jira: what Cloud and Data Center want differently, required fields, bulk answers, transitions and both notations."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from tests.adapters.trackers.conftest import FIELDS, Under
from tests.adapters.trackers.test_contract import BODY, draft
from tests.standins.jira_cloud import EMAIL, TOKEN, JiraCloud, is_adf
from tests.standins.serving import serve
from tests.world import ORDERS, PAYMENTS

from postmortem_actions import plan
from postmortem_actions.adapters.trackers.adf import adf, adf_text
from postmortem_actions.adapters.trackers.jira import Jira, from_settings
from postmortem_actions.adapters.trackers.jira_api import JiraApi
from postmortem_actions.adapters.trackers.jira_workflow import closed_of
from postmortem_actions.adapters.trackers.wiki import wiki
from postmortem_actions.core.policy import Priority
from postmortem_actions.core.tracking.keep import keep
from postmortem_actions.core.tracking.settings import TrackerSettings
from postmortem_actions.core.tracking.ticket_text import parent_body, ticket_body
from postmortem_actions.core.tracking.tickets import Closed, Made, Presence, TicketChange
from postmortem_actions.errors import ConfigError, TrackerError


def test_a_required_field_without_a_value_is_told_beforehand_with_what_it_may_be(
    jira_server: JiraCloud,
) -> None:
    with serve(jira_server) as served:
        tracker = Jira(JiraApi(served.url, lambda: TOKEN, True, EMAIL), "OPS")
        wrong = [finding for finding in tracker.check() if finding.ok is False]
    assert {f.what for f in wrong} == {
        f"required field Origin (customfield_10042) of {kind}" for kind in ("Task", "Epic")
    }
    assert all("Planned, Follow-up" in finding.fix for finding in wrong)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ((("Origin", "Accident"),), "one of Planned, Follow-up"),
        ((("Orign", "Planned"),), "no field 'Orign'"),
    ],
)
def test_a_field_that_jira_would_refuse_is_told_beforehand(
    jira_server: JiraCloud, fields: tuple[tuple[str, str], ...], words: str
) -> None:
    with serve(jira_server) as served:
        tracker = Jira(
            JiraApi(served.url, lambda: TOKEN, True, EMAIL),
            "OPS",
            TrackerSettings("jira", "jira", fields=fields),
        )
        assert any(words in finding.detail for finding in tracker.check())
        with pytest.raises(TrackerError, match=words):
            tracker.create(draft(Under(tracker, "", "", fields), "inc-1"))
    assert not jira_server.issues


def test_what_cloud_is_sent(jira_cloud: Under, jira_server: JiraCloud) -> None:
    parent = jira_cloud.tracker.create(draft(jira_cloud, "inc-2", is_parent=True)).ref
    one = draft(jira_cloud, "inc-2", priority=Priority.P0, parent=parent, labels=("two words",))
    issue = jira_server.issues[jira_cloud.tracker.create(one).ref.id]
    fields = issue["fields"]
    assert fields["parent"] == {"key": parent.key}
    assert fields["priority"] == {"name": "Highest"}
    assert fields["customfield_10042"] == {"id": "2"}
    assert fields["customfield_10043"]["type"] == "doc"
    assert fields["labels"] == ["postmortem-actions", "pma-inc-2", f"pma-id-{one.marker}", "two-words"]
    assert issue["properties"] == [
        {"key": "postmortem-actions", "value": {"marker": one.marker, "group": "inc-2"}}
    ]


def test_of_a_bulk_request_each_ticket_is_answered_for(jira_cloud: Under, jira_server: JiraCloud) -> None:
    tracker = jira_cloud.tracker
    assert isinstance(tracker, Jira)
    jira_server.refuse = "no such"
    drafts = [
        draft(jira_cloud, "inc-3", f"A{n}: {'no such' if n in (2, 5) else 'Do it'} (P1)") for n in range(1, 7)
    ]
    results = tracker.create_many(drafts)
    assert [isinstance(result, Made) for result in results] == [True, False, True, True, False, True]
    assert "may not be so" in str(results[1])
    for one, result in zip(drafts, results, strict=True):
        if isinstance(result, Made):
            assert list(tracker.find(one.marker)) == [result.ref]
            assert tracker.read([result.ref])[0].title == one.title
    assert all(isinstance(r, TrackerError) for r in tracker.create_many([drafts[1], drafts[4]]))


def test_a_link_leads_from_what_blocks_to_what_is_blocked(jira_cloud: Under, jira_server: JiraCloud) -> None:
    one, two = (jira_cloud.tracker.create(draft(jira_cloud, "inc-4")).ref for _ in range(2))
    for _ in range(2):
        jira_cloud.tracker.link(one, two)
    assert len(jira_server.links) == 1
    assert jira_server.links[0]["inwardIssue"] == {"key": one.key}
    assert jira_server._shown(jira_server.issues[one.id])["fields"]["issuelinks"][0]["outwardIssue"] == {
        "key": two.key
    }


def test_in_data_center_the_blocker_shows_whom_it_blocks(jira_data_center_: Under) -> None:
    from urllib.request import urlopen

    tracker = jira_data_center_.tracker
    one, two = (tracker.create(draft(jira_data_center_, "inc-5")).ref for _ in range(2))
    for _ in range(2):
        tracker.link(one, two)
    shown = json.load(urlopen(f"{one.url.partition('/browse')[0]}/rest/api/2/issue/{one.key}", timeout=10))
    links = [link for link in shown["fields"]["issuelinks"] if link["type"]["name"] == "Blocks"]
    assert [link["outwardIssue"]["key"] for link in links] == [two.key]
    assert links[0]["type"]["outward"] == "blocks"


def test_in_data_center_a_ticket_hangs_in_its_epic(jira_data_center_: Under) -> None:
    from urllib.request import urlopen

    tracker = jira_data_center_.tracker
    epic = tracker.create(draft(jira_data_center_, "inc-6", "The plan", is_parent=True)).ref
    one = tracker.create(draft(jira_data_center_, "inc-6", parent=epic)).ref
    shown = json.load(urlopen(f"{one.url.partition('/browse')[0]}/rest/api/2/issue/{one.key}", timeout=10))
    assert shown["fields"]["customfield_10008"] == epic.key
    assert shown["fields"]["description"].startswith("*Category*: detection")


def test_a_moved_issue_has_its_new_key_and_a_deleted_one_is_gone(
    jira_cloud: Under, jira_server: JiraCloud
) -> None:
    moved, gone = (jira_cloud.tracker.create(draft(jira_cloud, "inc-7")).ref for _ in range(2))
    jira_server.issues[moved.id]["key"] = "SRE-1"
    del jira_server.issues[gone.id]
    states = jira_cloud.tracker.read([moved, gone])
    assert (states[0].presence, states[0].ref.key) == (Presence.MOVED, "SRE-1")
    assert states[1].presence is Presence.GONE


def test_closing_uses_the_state_of_the_config_and_says_which_there_are(jira_server: JiraCloud) -> None:
    settings = TrackerSettings("jira", "jira", fields=FIELDS, transitions=(("done", "Shipped"),))
    with serve(jira_server) as served:
        tracker = Jira(JiraApi(served.url, lambda: TOKEN, True, EMAIL), "OPS", settings)
        ref = tracker.create(draft(Under(tracker, "", "", FIELDS), "inc-8")).ref
        with pytest.raises(TrackerError, match="Shipped") as caught:
            tracker.change(ref, TicketChange(closed=Closed.DONE))
        assert "Won't Do" in str(caught.value)
        assert tracker.change(ref, TicketChange(closed=Closed.NOT_PLANNED)).status == "Won't Do"


@pytest.mark.parametrize(
    ("status", "category", "resolution", "closed"),
    [
        ("Done", "done", "Done", Closed.DONE),
        ("Closed", "done", "Won't Fix", Closed.NOT_PLANNED),
        ("Cancelled", "done", None, Closed.NOT_PLANNED),
        ("Closed", "done", "Duplicate", Closed.DUPLICATE),
        ("Review", "indeterminate", None, None),
        ("Done", "new", "Done", None),
    ],
)
def test_as_what_it_was_closed(
    status: str, category: str, resolution: str | None, closed: Closed | None
) -> None:
    fields = {
        "status": {"name": status, "statusCategory": {"key": category}},
        "resolution": resolution and {"name": resolution},
    }
    assert closed_of(fields) is closed


def test_settings_that_miss_something_say_so() -> None:
    def make(*values: tuple[str, str]) -> object:
        return from_settings(TrackerSettings("jira", "jira", values), lambda *_: lambda: "t")

    with pytest.raises(ConfigError, match="no base"):
        make()
    with pytest.raises(ConfigError, match="no email"):
        make(("base", "https://acme.atlassian.net"), ("project", "OPS"))
    with pytest.raises(ConfigError, match="dialect"):
        make(("base", "https://jira.acme.com"), ("project", "OPS"), ("dialect", "server"))
    with pytest.raises(TrackerError, match="not https"):
        make(("base", "http://jira.acme.com"), ("project", "OPS"))
    assert make(("base", "https://jira.acme.com"), ("project", "OPS"))


# Both notations.


def test_wiki_markup_shows_a_text_as_it_was_meant() -> None:
    text = wiki(BODY)
    assert "*Category*: detection" in text
    assert r"{{pool\{in_use\}}} is > 90 % \[always\] \|" in text
    assert "&" in text
    assert "# Add the rule\n# See it fire" in text
    assert "* ☐ It fires in staging\n* ☑ It is _linked_" in text
    assert "||a||b||\n|1|x \\| y|" in text
    assert "{code:yaml}\nalert: PoolFull   # {{ $labels }}\n{code}" in text
    assert "{quote}\nsaid in the RCA\n{quote}" in text
    assert "[https://example.com/rca?a=1%7C2]" in text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("a - b", "a - b"),
        ("-x and *", r"\-x and *"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("\\# no head", r"\# no head"),
        ("h1. no head", r"\h1. no head"),
        ("!no-image.png!", r"\!no-image.png\!"),
        ("C:\\temp", "C:\\\\temp"),
    ],
)
def test_what_would_be_markup_is_shown_as_it_is(markdown: str, shown: str) -> None:
    assert wiki(markdown) == shown


def test_adf_of_a_ticket_s_text() -> None:
    document = adf(BODY)
    is_adf(document)
    kinds = [block["type"] for block in document["content"]]
    assert kinds == [
        "paragraph", "paragraph", "heading", "orderedList", "heading", "taskList", "table", "codeBlock", "blockquote", "rule",
        "paragraph",
    ]  # fmt: skip
    assert [item["attrs"]["state"] for item in document["content"][5]["content"]] == ["TODO", "DONE"]
    assert "RCA: https://example.com/rca?a=1|2" in adf_text(document)


@pytest.mark.parametrize("rca", [ORDERS, PAYMENTS])
def test_everything_that_a_plan_files_is_valid_adf(rca: Path) -> None:
    made = plan(str(rca))
    kept = keep(made, "inc-1", "", "dana", datetime(2025, 1, 16, tzinfo=UTC))
    record, actions = kept.record, kept.actions
    titles = {action.id: action.title for action in actions}
    planned = {action.id: action for action in made.actions}
    is_adf(adf(parent_body(made, record, actions)))
    for action in actions:
        is_adf(adf(ticket_body(planned[action.id], action, record, titles)))


_PIECES = st.sampled_from(
    ["# h", "###### h", "- a", "- [ ] t", "- [x] t", "  - b", "1. c", "> q", "```py", "```", "| a | b |", "|---|---|", "**b**", "*e*", "`c`",
     "[l](http://x.y)", "<http://x.y>", "![i](p.png)", "~~s~~", "***", "text", "", "    code", "<b>", "\\", "  ", "**b `c` [l](u)**"]
)  # fmt: skip


@examples(max_examples=150, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=12), max_size=14))
def test_whatever_the_markdown_the_document_is_valid(lines: list[str]) -> None:
    text = "\n".join(lines)
    is_adf(adf(text))
    wiki(text)
