"""``pma webhook`` as it runs: a process that a tracker's server really calls."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from tests.adapters.trackers.conftest import GITHUB_SEED
from tests.standins.serving import emulate, free_port

from postmortem_actions.core.tracking.webhooks import signed

pytest.importorskip("uvicorn", reason="uvicorn is not installed (extra webhook)")
SECRET = "webhook-secret-of-the-tests"
TOKEN = "gh-token-of-the-tests"
RCA = Path(__file__).parents[2] / "examples/orders-api-timeout/rca.md"


@dataclass
class Here:
    """A folder with a config, a stand-in for GitHub, and a listening program."""

    folder: Path
    github: str
    port: int
    environ: dict[str, str]
    running: subprocess.Popen[str]

    def pma(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "postmortem_actions", *arguments], cwd=self.folder, env=self.environ, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def post(self, body: bytes, headers: dict[str, str], name: str = "github") -> tuple[int, Any]:
        request = Request(f"http://127.0.0.1:{self.port}/webhook/{name}", body, headers)
        try:
            with urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)

    def state(self, action: str) -> str:
        rows = json.loads(self.pma("list", "inc-2025-003", "--all", "--json"))
        return str(next(row["state"] for row in rows if row["id"] == action))

    def call(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        request = Request(f"{self.github}/{path}", json.dumps(body).encode(), headers, method=method)
        return json.load(urlopen(request, timeout=10))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    with emulate("github", GITHUB_SEED, tmp_path) as github:
        (tmp_path / "postmortem-actions.toml").write_text(
            f'[tracker.github]\nrepository = "alice/shop"\nbase = "{github}"\n', encoding="utf-8"
        )
        environ = {
            **os.environ, "PMA_STORE": str(tmp_path / "actions.db"), "GITHUB_TOKEN": TOKEN, "GITHUB_WEBHOOK_SECRET": SECRET,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }  # fmt: skip
        port = free_port()
        command = [sys.executable, "-m", "postmortem_actions", "webhook", "--port", str(port)]
        log = (tmp_path / "log").open("w")
        running = subprocess.Popen(command, cwd=tmp_path, env=environ, text=True, stderr=log)
        made = Here(tmp_path, github, port, environ, running)
        try:
            made.pma("plan", str(RCA), "--quiet", "--format", "json", "--today", "2025-01-16")
            made.pma("publish", "inc-2025-003")
            _wait_for(f"http://127.0.0.1:{port}/health")
            yield made
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(10)
            log.close()


def _wait_for(url: str) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            urlopen(url, timeout=1).close()
            return
        except (URLError, OSError):
            time.sleep(0.05)
    pytest.fail("pma webhook does not listen")


def test_a_ticket_closed_at_the_tracker_is_claimed_done_here(here: Here) -> None:
    hook = {"config": {"url": f"http://127.0.0.1:{here.port}/webhook/github", "secret": SECRET, "content_type": "json"},
            "events": ["issues"], "active": True}  # fmt: skip
    here.call("POST", "repos/alice/shop/hooks", hook)
    assert here.state("A1") == "proposed"
    here.call("PATCH", "repos/alice/shop/issues/2", {"state": "closed", "state_reason": "completed"})
    end = time.monotonic() + 15
    while here.state("A1") != "claimed done" and time.monotonic() < end:
        time.sleep(0.1)
    assert here.state("A1") == "claimed done"


def test_what_comes_is_checked_taken_once_and_read_anew(here: Here) -> None:
    issue = here.call(
        "PATCH", "repos/alice/shop/issues/3", {"state": "closed", "state_reason": "not_planned"}
    )
    body = json.dumps({"action": "closed", "issue": {"id": issue["id"], "state": "open"}}).encode()
    good = {"X-Hub-Signature-256": f"sha256={signed(body, SECRET)}", "X-GitHub-Delivery": "one"}
    assert here.post(body, good | {"X-Hub-Signature-256": "sha256=00"}) == (
        401,
        {"error": "the signature is missing or wrong"},
    )
    assert here.state("A2") == "proposed"
    assert here.post(body, good) == (200, {"done": "synced"})
    assert here.state("A2") == "declined"  # as the tracker says, not as the webhook says
    assert here.post(body, good) == (200, {"done": "again"})
    other = body.replace(str(issue["id"]).encode(), b"999999")
    signature = {"X-Hub-Signature-256": f"sha256={signed(other, SECRET)}", "X-GitHub-Delivery": "two"}
    assert here.post(other, signature) == (200, {"done": "ignored"})
    assert here.post(body, good, "jira")[0] == 404
    log = (here.folder / "log").read_text(encoding="utf-8")
    assert "refused: the signature" in log
    assert SECRET not in log
    assert TOKEN not in log
