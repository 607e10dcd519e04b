"""Pages of trackers and wikis through their APIs, against a server that speaks as they do."""

from __future__ import annotations

import base64
import json

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from postmortem_actions import read_rca
from postmortem_actions.adapters.sources import AnySource
from postmortem_actions.adapters.sources.adf import to_markdown
from postmortem_actions.errors import SourceError

BODY = "Date: 2026-11-02\n\n## Root cause\n\nThe disk of the mail server filled up with logs.\n\n| When | What |\n|---|---|\n| 10:00 | disk full |\n"
ADF = {
    "type": "doc", "version": 1, "content": [
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Root cause"}]},
        {"type": "paragraph", "content": [
            {"type": "text", "text": "The disk "}, {"type": "text", "text": "filled up", "marks": [{"type": "strong"}]},
            {"type": "text", "text": ", says "}, {"type": "mention", "attrs": {"id": "1", "text": "@Ana"}}]},
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "no alert"}]},
                {"type": "bulletList", "content": [{"type": "listItem", "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "no runbook"}]}]}]}]}]},
        {"type": "table", "content": [
            {"type": "tableRow", "content": [
                {"type": "tableHeader", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "When"}]}]},
                {"type": "tableHeader", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "What"}]}]}]},
            {"type": "tableRow", "content": [
                {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "10:00"}]}]},
                {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "a|b"}]}]}]}]},
        {"type": "codeBlock", "attrs": {"language": "sh"}, "content": [{"type": "text", "text": "df -h"}]},
        {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"state": "DONE"}, "content": [
            {"type": "text", "text": "rotate logs"}]}]},
    ]}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def source(**environment: str) -> AnySource:
    return AnySource(allow_private=True, environment=environment)


def host(server: HTTPServer) -> str:
    return f"{server.host}:{server.port}"


def github(server: HTTPServer, **more: str) -> AnySource:
    return source(GITHUB_HOST=host(server), GITHUB_API_URL=server.url_for("/api"), **more)


def test_a_github_issue_comes_with_all_its_comments_in_order(httpserver: HTTPServer) -> None:
    first = [{"user": {"login": "ana"}, "created_at": "2026-11-02T10:00:00Z", "body": f"note {n}"} for n in range(100)]
    last = [{"user": {"login": "ben"}, "created_at": "2026-11-03T11:30:00Z", "body": "We restarted it by hand."}]
    headers = {"Authorization": "Bearer t0ken"}
    httpserver.expect_request("/api/repos/acme/shop/issues/7", headers=headers).respond_with_json(
        {"title": "Mail is down", "body": BODY}
    )
    for page, found in (("1", first), ("2", last)):
        httpserver.expect_request(
            "/api/repos/acme/shop/issues/7/comments", headers=headers,
            query_string={"per_page": "100", "page": page, "sort": "asc"},
        ).respond_with_json(found)  # fmt: skip
    document = github(httpserver, GITHUB_TOKEN="t0ken").read(httpserver.url_for("/acme/shop/issues/7"))
    assert document.text.startswith("# Mail is down\n")
    assert document.text.index("note 99") < document.text.index("Comment by ben, 2026-11-03 11:30:")
    assert document.name == httpserver.url_for("/acme/shop/issues/7")
    assert "t0ken" not in document.text + document.name
    rca = read_rca(document.text, document.name)
    assert rca.incident.title == "Mail is down"
    assert "filled up" in rca.incident.root_causes[0].text


def test_a_github_discussion_needs_a_token_and_says_so(httpserver: HTTPServer) -> None:
    link = httpserver.url_for("/acme/shop/discussions/3")
    with pytest.raises(SourceError) as refused:
        github(httpserver).read(link)
    assert "GITHUB_TOKEN" in (refused.value.fix or "")
    reply = {"body": "Indeed.", "createdAt": "2026-11-02T12:00:00Z", "author": None}
    comment = {"body": "It was the disk.", "createdAt": "2026-11-02T11:00:00Z", "author": {"login": "ana"}, "replies": {"nodes": [reply]}}
    found = {"title": "What happened", "body": BODY, "comments": {"nodes": [comment]}}
    httpserver.expect_request("/api/graphql", method="POST").respond_with_json({"data": {"repository": {"discussion": found}}})
    text = github(httpserver, GITHUB_TOKEN="t0ken").read(link).text
    assert text.index("Comment by ana") < text.index("Comment by somebody")


def test_a_gitlab_issue_and_a_snippet(httpserver: HTTPServer) -> None:
    base = "/api/v4/projects/acme%2Fweb%2Fshop"

    def answer(request: Request) -> Response:
        assert request.headers["PRIVATE-TOKEN"] == "glt"
        raw = request.environ["REQUEST_URI"].split("?")[0]
        found = {
            f"{base}/issues/9": {"title": "Mail is down", "description": BODY},
            f"{base}/issues/9/notes": [
                {"author": {"username": "ana"}, "created_at": "2026-11-02T10:00:00Z", "body": "seen", "system": False},
                {"author": {"username": "bot"}, "created_at": "2026-11-02T10:01:00Z", "body": "changed label", "system": True}],
            f"{base}/snippets/4": {"title": "Notes of the outage"},
        }  # fmt: skip
        if raw == f"{base}/snippets/4/raw":
            return Response(BODY, content_type="text/plain")
        return Response(json.dumps(found[raw]), content_type="application/json")

    httpserver.expect_request(_Any()).respond_with_handler(answer)
    reader = source(GITLAB_HOST=host(httpserver), GITLAB_TOKEN="glt")
    issue = reader.read(httpserver.url_for("/acme/web/shop/-/issues/9")).text
    assert "Comment by ana" in issue
    assert "changed label" not in issue
    snippet = reader.read(httpserver.url_for("/acme/web/shop/-/snippets/4")).text
    assert snippet.startswith("# Notes of the outage\n")


class _Any(str):
    """A path that equals every other."""

    def __new__(cls) -> _Any:
        return super().__new__(cls, "/")

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


def test_a_confluence_page_and_jira_issues_of_both_kinds(httpserver: HTTPServer) -> None:
    storage = "<h2>Root cause</h2><p>The disk filled up.</p><table><tbody><tr><th>When</th></tr><tr><td>10:00</td></tr></tbody></table>"
    basic = "Basic " + base64.b64encode(b"ana@acme.example:ct").decode()
    httpserver.expect_request("/wiki/rest/api/content/42", headers={"Authorization": basic}).respond_with_json(
        {"title": "Mail & more", "body": {"storage": {"value": storage}}}
    )
    comment = {"author": {"displayName": "Ben"}, "created": "2026-11-02T10:00:00.000+0000", "body": "h3. Seen"}
    fields = {"summary": "Mail is down", "description": "h2. Root cause\n\nThe disk filled up.", "comment": {"comments": [comment]}}
    httpserver.expect_request("/rest/api/2/issue/OPS-7", headers={"Authorization": "Bearer jt"}).respond_with_json({"fields": fields})
    httpserver.expect_request("/rest/api/3/issue/OPS-8").respond_with_json({"fields": {"summary": "Cloud", "description": ADF}})
    here = host(httpserver)
    page = source(CONFLUENCE_HOST=here, CONFLUENCE_TOKEN="ct", CONFLUENCE_EMAIL="ana@acme.example").read(
        httpserver.url_for("/wiki/spaces/OPS/pages/42/Mail")
    )
    assert "# Mail & more" in page.text
    assert "## Root cause" in page.text
    assert "| When  |" in page.text
    server = source(JIRA_HOST=here, JIRA_TOKEN="jt").read(httpserver.url_for("/browse/OPS-7"))
    assert read_rca(server.text, "x").incident.root_causes[0].text == "The disk filled up."
    cloud = source(JIRA_HOST=here, JIRA_TOKEN="jt", JIRA_API_VERSION="3").read(httpserver.url_for("/browse/OPS-8"))
    assert "## Root cause" in cloud.text


def test_the_documents_of_jira_cloud_keep_their_structure() -> None:
    assert to_markdown(ADF) == (
        "## Root cause\n\nThe disk **filled up**, says @Ana\n\n- no alert\n  - no runbook\n\n"
        "| When | What |\n| --- | --- |\n| 10:00 | a\\|b |\n\n```sh\ndf -h\n```\n\n- [x] rotate logs"
    )


def test_a_token_goes_neither_to_a_strangers_host_nor_where_one_redirects(httpserver: HTTPServer) -> None:
    with HTTPServer(host="localhost", port=0) as other:
        seen: list[str] = []

        def note(request: Request) -> Response:
            seen.append(request.headers.get("Authorization", "") + request.headers.get("PRIVATE-TOKEN", ""))
            return Response(json.dumps({"title": "Mail is down", "body": BODY}), content_type="application/json")

        other.expect_request("/issue").respond_with_handler(note)
        httpserver.expect_request("/api/repos/acme/shop/issues/7").respond_with_data(
            "", status=302, headers={"Location": other.url_for("/issue")}
        )
        httpserver.expect_request("/api/repos/acme/shop/issues/7/comments").respond_with_json([])
        text = github(httpserver, GITHUB_TOKEN="t0ken").read(httpserver.url_for("/acme/shop/issues/7")).text
        assert "Mail is down" in text
        assert seen == [""]
        other.expect_request(_Any()).respond_with_handler(note)
        source(GITLAB_TOKEN="glt").read(f"http://{host(other)}/acme/shop/-/blob/main/rca.json")
        assert seen == ["", ""]


@pytest.mark.parametrize(("status", "says"), [(401, "sign-in"), (404, "no such page"), (429, "fewer requests")])
def test_what_the_api_refuses_names_the_variable_to_set(status: int, says: str, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/repos/acme/shop/issues/7").respond_with_data("", status=status, headers={"Retry-After": "30"})
    link = httpserver.url_for("/acme/shop/issues/7")
    httpserver.expect_request("/acme/shop/issues/7").respond_with_data("", status=500)
    with pytest.raises(SourceError, match=says) as refused:
        github(httpserver).read(link)
    assert "Set GITHUB_TOKEN" in (refused.value.fix or "")
    with pytest.raises(SourceError, match=says) as refused:
        github(httpserver, GITHUB_TOKEN="t0ken").read(link)
    assert "t0ken" not in str(refused.value)


def test_without_a_token_the_public_page_itself_is_tried(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/repos/acme/shop/issues/7").respond_with_data("", status=403)
    page = "<html><body><h1>Mail is down</h1><p>The disk filled up.</p></body></html>"
    httpserver.expect_request("/acme/shop/issues/7").respond_with_data(page, content_type="text/html")
    assert "The disk filled up." in github(httpserver).read(httpserver.url_for("/acme/shop/issues/7")).text
