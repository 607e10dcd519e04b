"""Links: a real server on the loopback address, which is refused unless it is allowed."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from postmortem_actions.adapters.sources import AnySource
from postmortem_actions.adapters.sources.addresses import is_public
from postmortem_actions.adapters.sources.links import checked, raw_link, shown
from postmortem_actions.adapters.sources.url import UrlSource
from postmortem_actions.errors import SourceError

LIMIT = 100_000


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def open_source(**changes: object) -> UrlSource:
    return UrlSource(LIMIT, allow_private=True, **changes)  # type: ignore[arg-type]


def failure(url: str, source: UrlSource | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        (source or open_source()).read(url)
    assert caught.value.fix
    return caught.value


def test_a_page_is_read_without_its_query_in_the_name(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/7.md", query_string="token=secret").respond_with_data(
        "# Disk full\n", content_type="text/markdown; charset=utf-8"
    )
    raw = open_source().read(httpserver.url_for("/7.md?token=secret"))
    assert raw.data == b"# Disk full\n"
    assert raw.name == httpserver.url_for("/7.md")


def test_html_is_converted_and_a_sign_in_page_is_not_the_document(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(
        "<html><body><h1>Disk full</h1><p>It was.</p></body></html>", content_type="text/html"
    )
    httpserver.expect_request("/b").respond_with_data(
        "<html><body><form><input name=p type='password'></form></body></html>", content_type="text/html"
    )
    source = AnySource(allow_private=True)
    assert source.read(httpserver.url_for("/a")).text.startswith("# Disk full")
    with pytest.raises(SourceError, match="sign-in page"):
        source.read(httpserver.url_for("/b"))


def test_redirects_are_followed_within_reason(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/end").respond_with_data("# End\n", content_type="text/plain")
    for number in range(5):
        target = f"/r{number + 1}" if number < 4 else "/end"
        httpserver.expect_request(f"/r{number}").respond_with_data(
            "", status=302, headers={"Location": target}
        )
    assert open_source().read(httpserver.url_for("/r0")).data == b"# End\n"


def test_a_circle_of_redirects_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data("", status=302, headers={"Location": "/a"})
    assert "circle" in failure(httpserver.url_for("/a")).message


def test_too_many_redirects_are_told(httpserver: HTTPServer) -> None:
    def onwards(request: Request) -> Response:
        number = int(request.path.rsplit("/", 1)[1])
        return Response(status=302, headers={"Location": f"/n/{number + 1}"})

    httpserver.expect_request(re.compile(r"/n/\d+")).respond_with_handler(onwards)
    assert "redirects" in failure(httpserver.url_for("/n/0")).message
    assert len(httpserver.log) <= 7


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:1/x", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "file:///etc/passwd"],
)
def test_a_redirect_into_the_private_network_is_refused(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    """The test server stands for a public one: only the first address asked about passes."""
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": location})
    asked: list[str] = []

    def first_passes(address: str) -> bool:
        asked.append(address)
        return len(asked) == 1 or is_public(address)

    monkeypatch.setattr("postmortem_actions.adapters.sources.url.is_public", first_passes)
    error = failure(httpserver.url_for("/a"), UrlSource(LIMIT))
    assert "private" in error.message or "links are not read" in error.message
    assert len(httpserver.log) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]:1/",
        "http://0x7f000001:1/",
        "http://2130706433:1/",
    ],
)
def test_private_addresses_are_refused_however_written(url: str) -> None:
    error = failure(url, UrlSource(LIMIT))
    assert "private" in error.message
    assert "--allow-private" in (error.fix or "")


def test_a_name_with_one_private_address_is_refused() -> None:
    source = UrlSource(LIMIT, resolver=lambda host, port: ["93.184.216.34", "10.0.0.7"])
    assert "private" in failure("http://mixed.example/", source).message


def test_the_connection_goes_to_the_address_that_was_checked(httpserver: HTTPServer) -> None:
    """The name is resolved once: a second answer of the name service would have no effect."""
    httpserver.expect_request("/a").respond_with_data("# Here\n", content_type="text/plain")
    answers = iter([[httpserver.host], ["192.0.2.1"]])
    source = open_source(resolver=lambda host, port: next(answers))
    assert source.read(f"http://does-not-exist.invalid:{httpserver.port}/a").data == b"# Here\n"
    assert httpserver.log[0][0].headers["Host"] == f"does-not-exist.invalid:{httpserver.port}"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("ff02::1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("status", "told"),
    [(401, "sign-in"), (403, "sign-in"), (404, "no such page"), (410, "no such page"), (503, "503")],
)
def test_refusals_say_what_they_mean(httpserver: HTTPServer, status: int, told: str) -> None:
    httpserver.expect_request("/a").respond_with_data("no", status=status)
    assert told in failure(httpserver.url_for("/a")).message


def test_a_picture_is_not_a_document(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(b"\x89PNG", content_type="image/png")
    assert "image/png" in failure(httpserver.url_for("/a")).message


def test_a_huge_page_is_read_in_part(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/a").respond_with_data(b"line\n" * 200_000, content_type="text/plain")
    raw = open_source().read(httpserver.url_for("/a"))
    assert (len(raw.data), raw.cut, raw.size) == (LIMIT, True, 1_000_000)


def test_a_compressed_bomb_stops_at_the_limit(httpserver: HTTPServer) -> None:
    import gzip

    httpserver.expect_request("/a").respond_with_data(
        gzip.compress(b"x" * 20_000_000), content_type="text/plain", headers={"Content-Encoding": "gzip"}
    )
    raw = open_source().read(httpserver.url_for("/a"))
    assert (len(raw.data), raw.cut) == (LIMIT, True)


def test_a_silent_server_is_given_up(httpserver: HTTPServer) -> None:
    def slow(request: Request) -> Response:
        time.sleep(1.0)
        return Response("late")

    httpserver.expect_request("/a").respond_with_handler(slow)
    started = time.monotonic()
    error = failure(httpserver.url_for("/a"), open_source(timeout=0.2))
    assert "in time" in error.message
    assert time.monotonic() - started < 0.9


def test_a_server_that_drips_is_given_up() -> None:
    with _DrippingServer() as port:
        error = failure(f"http://127.0.0.1:{port}/", open_source(timeout=0.5, deadline=0.6))
    assert "too long" in error.message


def test_dead_links() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "refused" in failure(f"http://127.0.0.1:{port}/").message

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("Name or service not known")

    error = failure("http://nowhere.example/", open_source(resolver=unknown))
    assert "no such host: nowhere.example" in error.message


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://example.com/a.md", "ftp: links are not read"),
        ("file:///etc/passwd", "file: links are not read"),
        ("http:///a", "no host"),
        ("http://[::1/a", "not a valid link"),
        ("https://example.com:port/a", "not a valid link"),
    ],
)
def test_odd_links_are_refused(url: str, told: str) -> None:
    with pytest.raises(SourceError, match=told):
        AnySource().read(url)


def test_passwords_are_neither_sent_nor_shown() -> None:
    with pytest.raises(SourceError) as caught:
        AnySource().read("https://ann:hunter2@wiki.example/7?key=abc#x")
    assert "hunter2" not in str(caught.value)
    assert "abc" not in str(caught.value)
    assert shown("https://ann:hunter2@wiki.example:8443/7?key=abc#x") == "https://wiki.example:8443/7"


@pytest.mark.parametrize(
    ("link", "raw"),
    [
        ("https://github.com/a/b/blob/main/x/7.md", "https://raw.githubusercontent.com/a/b/main/x/7.md"),
        (
            "https://gist.github.com/ann/0123456789abcdef",
            "https://gist.githubusercontent.com/ann/0123456789abcdef/raw",
        ),
        ("https://gitlab.example/g/p/-/blob/main/7.md", "https://gitlab.example/g/p/-/raw/main/7.md"),
        ("https://github.com/a/b/issues/7", "https://github.com/a/b/issues/7"),
        ("https://wiki.example/7?x=1#part", "https://wiki.example/7?x=1"),
    ],
)
def test_links_to_files_on_code_hosts_lead_to_the_raw_file(link: str, raw: str) -> None:
    assert raw_link(checked(link)) == raw


def test_the_certificate_must_be_that_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl, which makes the test's certificate, is not installed")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=docs.test",
         "-addext", "subjectAltName=DNS:docs.test", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(ssl_context=context) as server:
        server.expect_request("/a").respond_with_data("# Safe\n", content_type="text/plain")
        source = open_source(resolver=lambda host, port: [server.host])
        assert "not trusted" in failure(f"https://docs.test:{server.port}/a", source).message
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert source.read(f"https://docs.test:{server.port}/a").data == b"# Safe\n"
        assert "not trusted" in failure(f"https://other.test:{server.port}/a", source).message


class _DrippingServer:
    """Sends its body a byte at a time, for longer than anyone waits."""

    def __enter__(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return int(self._socket.getsockname()[1])

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n")
            while not self._stop.wait(0.1):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._socket.close()
        self._thread.join(2)
