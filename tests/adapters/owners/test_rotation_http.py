"""Asking on-call services: waiting, giving up, and keeping the token to oneself. A real server on this machine."""

from __future__ import annotations

import json
import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from postmortem_actions.adapters.owners.oncall_answers import Answers
from postmortem_actions.adapters.owners.oncall_http import Retry, Server
from postmortem_actions.errors import SourceError

TOKEN = "s3cr3t-t0ken"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Asked:
    """A service that is asked, with the waits noted instead of waited."""

    def __init__(self, base: str, **changes: object) -> None:
        self.waits: list[float] = []
        retry = Retry(sleep=self.waits.append)
        headers = {"Authorization": f"Token token={TOKEN}"}
        self.server = Server("PagerDuty", base, headers=lambda: headers, retry=retry, **changes)  # type: ignore[arg-type]

    def get(self, path: str = "x") -> object:
        return Answers(self.server).one(path)

    def failure(self, path: str = "x") -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.get(path)
        error = caught.value
        assert error.fix, "every error says what to do next"
        assert error.where == "PagerDuty"
        shown = "".join(traceback.format_exception(error)) + repr(self.server)
        assert TOKEN not in shown
        return error


def answers(httpserver: HTTPServer, *responses: Response) -> Asked:
    """A service that answers these in turn."""
    queue = list(responses)
    httpserver.expect_request("/x").respond_with_handler(lambda _: queue.pop(0))
    return Asked(httpserver.url_for("/"))


def ok() -> Response:
    return Response('{"fine": true}', content_type="application/json")


def test_the_token_is_sent_and_json_is_read(httpserver: HTTPServer) -> None:
    asked = answers(httpserver, ok())
    assert asked.get() == {"fine": True}
    assert httpserver.log[0][0].headers["Authorization"] == f"Token token={TOKEN}"


def test_throttling_is_waited_for_as_long_as_the_service_asks(httpserver: HTTPServer) -> None:
    asked = answers(
        httpserver,
        Response(status=429, headers={"Retry-After": "7"}),
        Response(status=429, headers={"ratelimit-reset": "3"}),
        ok(),
    )
    assert asked.get() == {"fine": True}
    assert asked.waits == [7, 3]


def test_without_a_word_of_the_service_waits_grow(httpserver: HTTPServer) -> None:
    asked = answers(httpserver, Response(status=500), Response(status=429), Response(status=502), ok())
    assert asked.get() == {"fine": True}
    assert asked.waits == [1, 2, 4]


def test_throttled_for_good_is_told(httpserver: HTTPServer) -> None:
    asked = answers(httpserver, *(Response(status=429, headers={"Retry-After": "1"}) for _ in range(9)))
    assert "too many requests" in asked.failure().message
    assert len(httpserver.log) == 4


def test_a_long_wait_is_not_waited_for(httpserver: HTTPServer) -> None:
    asked = answers(httpserver, Response(status=429, headers={"Retry-After": "3600"}))
    assert "3600 seconds" in asked.failure().message
    assert asked.waits == []


def test_a_wait_beyond_the_time_limit_is_not_waited_for(httpserver: HTTPServer) -> None:
    queue = [Response(status=503, headers={"Retry-After": "20"}), ok()]
    httpserver.expect_request("/x").respond_with_handler(lambda _: queue.pop(0))
    asked = Asked(httpserver.url_for("/"), deadline=10.0)
    assert "503" in asked.failure().message
    assert asked.waits == []


@pytest.mark.parametrize(
    ("status", "message", "fix"),
    [
        (401, "token is not accepted", "Check the token"),
        (403, "may not read", "right to read"),
        (404, "no such thing", "id"),
        (418, "status 418", "base link"),
    ],
)
def test_a_refusal_is_not_asked_again(httpserver: HTTPServer, status: int, message: str, fix: str) -> None:
    asked = answers(httpserver, Response(f"your token {TOKEN} is bad", status=status))
    error = asked.failure()
    assert message in error.message
    assert fix in (error.fix or "")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "", '{"cut": ', "\xff", "[" * 100_000])
def test_what_is_not_json_is_told(httpserver: HTTPServer, body: str) -> None:
    asked = answers(httpserver, Response(body.encode("latin-1"), content_type="text/html"))
    error = asked.failure()
    assert "not JSON (but text/html)" in error.message
    assert "sign-in" in (error.fix or "")


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "3"])
def test_json_of_another_form_is_told(httpserver: HTTPServer, body: str) -> None:
    assert "not what is expected" in answers(httpserver, Response(body)).failure().message


def test_an_answer_without_end_is_cut_off(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/x").respond_with_data("[" + "1," * 5000)
    assert "larger than 1000 bytes" in Asked(httpserver.url_for("/"), limit=1000).failure().message


def test_a_redirect_to_another_host_is_refused_and_gets_no_token(httpserver: HTTPServer) -> None:
    other = HTTPServer(host="127.0.0.1", port=0)
    other.start()
    try:
        other.expect_request("/x").respond_with_json({"fine": True})
        asked = answers(httpserver, Response(status=302, headers={"Location": other.url_for("/x")}))
        assert "another host" in asked.failure().message
        assert other.log == []
    finally:
        other.clear()
        other.stop()  # type: ignore[no-untyped-call]


def test_redirects_on_the_host_are_followed_but_not_for_ever(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(status=307, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_json({"fine": True})
    httpserver.expect_request("/c").respond_with_data(status=301, headers={"Location": "/c"})
    asked = Asked(httpserver.url_for("/"))
    assert asked.get("a") == {"fine": True}
    assert "redirects" in asked.failure("c").message


def linked(httpserver: HTTPServer, path: str = "list", **changes: object) -> tuple[list[object], Answers]:
    reading = Answers(Asked(httpserver.url_for("/"), **changes).server)
    return list(reading.linked(path, (("a", "b"),), "results")), reading


def test_pages_are_followed_with_the_token_on_our_own_scheme_and_port(httpserver: HTTPServer) -> None:
    """A service behind a proxy often writes links with its inner scheme and port."""

    def page(request: Request) -> Response:
        number = int(request.args.get("page", "1"))
        following = f"https://{httpserver.host}:9999/list?page={number + 1}" if number < 3 else None
        return Response(json.dumps({"results": [number], "next": following}))

    httpserver.expect_request("/list").respond_with_handler(page)
    found, reading = linked(httpserver)
    assert found == [1, 2, 3]
    assert not reading.problems
    assert all(TOKEN in request.headers["Authorization"] for request, _ in httpserver.log)


@pytest.mark.parametrize(
    "link", ["https://evil.example/list?page=2", "//evil.example/x", "http://127.0.0.2/list"]
)
def test_a_next_page_on_another_host_is_refused(httpserver: HTTPServer, link: str) -> None:
    httpserver.expect_request("/list").respond_with_json({"results": [1], "next": link})
    with pytest.raises(SourceError, match="another host"):
        linked(httpserver)


def test_pages_end_at_the_limit_and_in_a_circle(httpserver: HTTPServer) -> None:
    def page(request: Request) -> Response:
        return Response(f'{{"results": [1], "next": "/list?page={len(httpserver.log)}"}}')

    httpserver.expect_request("/list").respond_with_handler(page)
    found, reading = linked(httpserver, most_pages=4)
    assert len(found) == 4
    assert [p.code for p in reading.problems] == ["rotation-cut"]
    httpserver.expect_request("/circle").respond_with_json({"results": [1], "next": "/circle?a=b"})
    found, reading = linked(httpserver, "circle")
    assert found == [1]
    assert [p.code for p in reading.problems] == ["rotation-cut"]


@contextmanager
def raw_server(*answers: bytes) -> Iterator[str]:
    """Sends each of the answers to one connection and closes it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join(2)
        listener.close()


def test_a_cut_connection_is_asked_again() -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"
    whole = b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"fine": true}'
    with raw_server(cut, b"", whole) as base:
        asked = Asked(base)
        assert asked.get() == {"fine": True}
        assert asked.waits == [1, 2]


def test_a_date_to_wait_for_is_read_by_the_clock_of_the_service() -> None:
    busy = (
        b"HTTP/1.1 503 Busy\r\nDate: Tue, 24 Nov 2026 09:00:00 GMT\r\n"
        b"Retry-After: Tue, 24 Nov 2026 09:00:11 GMT\r\nContent-Length: 0\r\n\r\n"
    )
    with raw_server(busy, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as base:
        asked = Asked(base)
        assert asked.get() == {}
        assert asked.waits == [11]


def test_always_cut_and_unreachable_are_told() -> None:
    with raw_server(b"", b"\x00\x01garbage\r\n", b"", b"") as base:
        assert "cut the connection" in Asked(base).failure().message
    asked = Asked(base)  # nobody listens there any more
    assert "cannot be reached" in asked.failure().message
    assert asked.waits == []


@pytest.mark.parametrize(
    "base",
    [
        "http://oncall.example.com",
        "ftp://127.0.0.1/x",
        "https://",
        "https://[::1",
        "https://me:pw@example.com",
    ],
)
def test_links_that_would_give_the_token_away_are_refused(base: str) -> None:
    with pytest.raises(SourceError) as caught:
        Asked(base)
    assert caught.value.fix
    assert "pw" not in str(caught.value)


def test_a_token_that_cannot_be_sent_is_told_and_not_shown(httpserver: HTTPServer) -> None:
    server = Server(
        "PagerDuty", httpserver.url_for("/"), headers=lambda: {"Authorization": f"{TOKEN}\r\nX: y"}
    )
    with pytest.raises(SourceError, match="cannot be sent") as caught:
        Answers(server).one("x")
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_links_are_not_logged(httpserver: HTTPServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    httpserver.expect_request("/private-abc/basic.ics").respond_with_data("x")
    assert Server("calendar", httpserver.url_for("/private-abc/basic.ics")).content() == b"x"
    assert "private-abc" not in "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("http")
    )
    assert not logging.getLogger("httpx2").filters
