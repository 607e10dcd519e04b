"""Slack and mail against servers that really answer, and where secrets come from."""

from __future__ import annotations

import json
import os
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.standins.serving import emulate, serve

from postmortem_actions.adapters.channels.mail import MailChannel
from postmortem_actions.adapters.channels.slack import SlackChannel, mrkdwn
from postmortem_actions.adapters.secrets import Secrets
from postmortem_actions.errors import (
    ConfigError,
    TrackerBusy,
    TrackerError,
    TrackerUncertain,
    TrackerUnreachable,
)


def test_slack_gets_a_message_that_its_stand_in_takes(tmp_path: Path) -> None:
    seed = {"tokens": {"xoxb-test": {"login": "U000000001", "scopes": ["chat:write"]}}}
    with emulate("slack", seed, tmp_path) as url:
        link = f"{url}/services/T000000001/B000000001/X000000001"
        text = "**1 action**\n- `inc/A1` fix <b> & [x](https://e.com)"
        SlackChannel(lambda: link).tell("alice", "Actions", text, "k")
        told = _messages(url)
    assert "*1 action*" in told
    assert "• `inc/A1` fix &lt;b&gt; &amp; <https://e.com|x>" in told


def _messages(url: str) -> str:
    """What was said in all channels of the stand-in."""
    from urllib.request import Request, urlopen

    def ask(method: str, body: str) -> dict[str, Any]:
        headers = {"Authorization": "Bearer xoxb-test", "Content-Type": "application/x-www-form-urlencoded"}
        answer: dict[str, Any] = json.load(urlopen(Request(f"{url}/api/{method}", body.encode(), headers), timeout=10))
        return answer

    channels = ask("conversations.list", "")["channels"]
    return json.dumps([ask("conversations.history", f"channel={one['id']}") for one in channels], ensure_ascii=False)


def test_slack_s_message_fits_its_limits_and_calls_nobody() -> None:
    with serve(lambda _: (200, None, {})) as served:
        channel = SlackChannel(lambda: served.url)
        channel.tell(
            "bob & co", "Subject", "\n".join(f"- line {n} <!channel> {'x' * 200}" for n in range(800)), "k"
        )
        message = served.requests[0].json
    assert message["text"] == "Subject: bob &amp; co"
    assert len(message["blocks"]) == 50
    assert all(len(block["text"]["text"]) <= 3000 for block in message["blocks"])
    assert "<!channel>" not in json.dumps(message)
    assert "pma remind" in message["blocks"][-1]["text"]["text"]


def test_markdown_as_slack_writes_it() -> None:
    assert mrkdwn("# Head\n**bold** [a](https://x.y)\n- one") == "*Head*\n*bold* <https://x.y|a>\n• one"


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, TrackerBusy), (500, TrackerUncertain), (404, TrackerError), (403, TrackerError)],
)
def test_what_slack_answers_is_told_without_the_link(status: int, error: type[TrackerError]) -> None:
    with serve(lambda _: (status, None, {"Retry-After": "9"})) as served, pytest.raises(error) as caught:
        SlackChannel(lambda: f"{served.url}/services/T0/B0/secret").tell("", "s", "t", "k")
    assert "secret" not in str(caught.value)
    if isinstance(caught.value, TrackerBusy):
        assert caught.value.wait == 9


def test_slack_s_link_must_be_https_and_answer() -> None:
    with pytest.raises(TrackerError, match="not https"):
        SlackChannel(lambda: "http://hooks.slack.com/services/T0/B0/x").tell("", "s", "t", "k")
    with pytest.raises(TrackerUnreachable):
        SlackChannel(lambda: "http://127.0.0.1:9/").tell("", "s", "t", "k")


@dataclass
class Mailbox:
    """A small SMTP server that keeps what it is given."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                word = line.split(" ")[0].upper()
                if word in ("EHLO", "HELO"):
                    self._say("250 here")
                elif word == "RCPT" and box.refuse:
                    self._say(box.refuse)
                elif word == "DATA":
                    self._say("354 go on")
                    lines = []
                    while (one := self.rfile.readline()) != b".\r\n":
                        lines.append(one[1:] if one.startswith(b"..") else one)
                    box.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))  # type: ignore[arg-type]
                    self._say("250 kept")
                elif word == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 ok")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        box = Mailbox(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()


def mail(box: Mailbox) -> MailChannel:
    return MailChannel(
        "127.0.0.1", box.port, "Actions <pma@example.com>", {"@Alice": "alice@example.com"}, "none"
    )


def test_a_mail_arrives_with_the_same_id_for_the_same_message(mailbox: Mailbox) -> None:
    for key in ("2026-11-23:mail:alice", "2026-11-23:mail:alice", "2026-11-24:mail:alice"):
        mail(mailbox).tell("alice", "Actions\nBcc: evil@example.com", "Fälliges\n.\nend", key)
    one, two, three = mailbox.mails
    assert (one["To"], one["From"]) == ("alice@example.com", "Actions <pma@example.com>")
    assert one["Subject"] == "Actions Bcc: evil@example.com"
    assert one["Bcc"] is None
    assert one.get_content().splitlines() == ["Fälliges", ".", "end"]
    assert one["Message-ID"] == two["Message-ID"] != three["Message-ID"]
    assert one["Auto-Submitted"] == "auto-generated"


def test_somebody_without_an_address_is_told_not_guessed(mailbox: Mailbox) -> None:
    with pytest.raises(TrackerError, match="no address of bob"):
        mail(mailbox).tell("bob", "s", "t", "k")
    assert not mailbox.mails


def test_a_refused_address_and_a_missing_server_are_told(mailbox: Mailbox) -> None:
    mailbox.refuse = "550 no such mailbox"
    with pytest.raises(TrackerError, match="550"):
        mail(mailbox).tell("alice", "s", "t", "k")
    with pytest.raises(TrackerUnreachable):
        MailChannel("127.0.0.1", 9, "a@b.c", {"alice": "a@b.c"}, "none").tell("alice", "s", "t", "k")


def test_starttls_is_not_given_up_silently(mailbox: Mailbox) -> None:
    with pytest.raises(TrackerError, match="starttls"):
        MailChannel("127.0.0.1", mailbox.port, "a@b.c", {"alice": "a@b.c"}).tell("alice", "s", "t", "k")
    assert not mailbox.mails


def secrets(tmp_path: Path, text: str = 'GITHUB_TOKEN = "from-the-file"\n', mode: int = 0o600) -> Path:
    path = tmp_path / "secrets.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    path = secrets(tmp_path)
    found = Secrets({"GITHUB_TOKEN": "from-the-environment"}, path, keyring=False).get("GITHUB_TOKEN")
    assert found is not None
    assert found() == "from-the-environment"
    found = Secrets({}, path, keyring=False).get("GITHUB_TOKEN")
    assert found is not None
    assert found() == "from-the-file"
    assert "from-the-file" not in repr(found) + repr(Secrets({}, path))
    assert Secrets({}, path, keyring=False).get("OTHER") is None


def test_the_keyring_is_asked_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys
    import types

    ring = types.ModuleType("keyring")
    ring.get_password = lambda service, name: f"{service}/{name}"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    found = Secrets({}, secrets(tmp_path)).get("GITHUB_TOKEN")
    assert found is not None
    assert found() == "postmortem-actions/GITHUB_TOKEN"


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused_without_its_words(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigError, match="read by others") as caught:
        Secrets({}, secrets(tmp_path, mode=mode), keyring=False).get("GITHUB_TOKEN")
    assert "chmod 600" in str(caught.value)
    assert "from-the-file" not in str(caught.value)


def test_a_broken_file_is_told_without_its_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not valid TOML") as caught:
        Secrets({}, secrets(tmp_path, "GITHUB_TOKEN = ghp_secret\n"), keyring=False).get("GITHUB_TOKEN")
    assert "ghp_secret" not in str(caught.value)
