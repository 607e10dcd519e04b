"""Starting stand-ins, ours and others', and writing down what was sent to them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import pytest

REPOSITORY = Path(__file__).parents[2]


def fetched(path: str) -> Path:
    """A file that tests/standins/install.sh fetched, or the test is skipped."""
    found = Path(os.environ.get("PMA_STANDINS") or REPOSITORY / "build/standins") / path
    if not found.exists():
        pytest.skip(f"{path} is not there: run tests/standins/install.sh build/standins (needs npm)")
    return found


def schema_file(name: str) -> Path:
    """A vendor's published schema from the folder PMA_SCHEMAS, or the test is skipped."""
    folder = Path(os.environ.get("PMA_SCHEMAS") or REPOSITORY.parent / "shared/trackers/schemas")
    if not (folder / name).exists():
        pytest.skip(f"{name} is not in PMA_SCHEMAS ({folder})")
    return folder / name


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def process(command: list[str], url: str, environ: dict[str, str] | None = None) -> Iterator[str]:
    """Run a server until it answers at its address, and stop it afterwards."""
    running = subprocess.Popen(
        command, env={**os.environ, **(environ or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if running.poll() is not None:
                pytest.fail(f"{command[0]} stopped at once with {running.returncode}")
            try:
                urlopen(url, timeout=2).close()
                break
            except HTTPError:
                break
            except (URLError, OSError):
                time.sleep(0.1)
        else:
            pytest.fail(f"{command[0]} did not answer at {url}")
        yield url
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def emulate(services: str, seed: dict[str, Any], folder: Path) -> Iterator[str]:
    """The npm stand-in for GitHub, Linear and Slack. Services after the first have the ports that follow."""
    main = fetched("emulate/node_modules/emulate/dist/index.js")
    own = Path(os.environ.get("PMA_STANDINS") or REPOSITORY / "build/standins") / "node/bin/node"
    node = str(own) if own.exists() else shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    (folder / "seed.json").write_text(json.dumps(seed), encoding="utf-8")
    port = free_port()
    command = [
        node,
        str(main),
        "--service",
        services,
        "--port",
        str(port),
        "--seed",
        str(folder / "seed.json"),
    ]
    with process(command, f"http://localhost:{port}") as url:
        yield url


@contextmanager
def jira_data_center(folder: Path) -> Iterator[str]:
    """The PyPI stand-in for Jira Data Center 8.20, with a transition screen that asks for a resolution."""
    pytest.importorskip("jira820", reason="jira820 is not installed")
    config = folder / "jira.yaml"
    config.write_text("transition_screens:\n  Done: [resolution]\nepics_per_module: 1\n", encoding="utf-8")
    port = free_port()
    environ = {
        "JIRA820_PORT": str(port),
        "JIRA820_PROJECT_KEY": "OPS",
        "JIRA820_SEED": "7",
        "JIRA820_CONFIG": str(config),
    }
    with process(
        [sys.executable, "-m", "jira820"], f"http://127.0.0.1:{port}/rest/api/2/serverInfo", environ
    ):
        yield f"http://127.0.0.1:{port}"


@dataclass
class Request:
    """What was sent to a server of ours."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


# What a server of ours answers: status, JSON (None: nothing), headers.
Reply = tuple[int, Any, dict[str, str]]


@dataclass
class Served:
    """A running server of ours, with everything that was sent to it."""

    url: str
    requests: list[Request] = field(default_factory=list)


@contextmanager
def serve(answer: Callable[[Request], Reply]) -> Iterator[Served]:
    """Serve a function on this machine."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                body = self.rfile.read(length)
            except ConnectionError:
                body = b""
            if len(body) < length:  # cut on the way
                self.close_connection = True
                return
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            with lock:
                served.requests.append(request)
                status, data, more = answer(request)
            content = b"" if data is None else json.dumps(data).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
                **more,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A connection that was reset is no news; what a test wants to see, it sees in the answers."""

    server = Server(("127.0.0.1", 0), Handler)
    served = Served(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
