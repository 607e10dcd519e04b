"""Slack, by an incoming webhook: its link is a secret, and the message goes to the webhook's channel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from ...errors import TrackerBusy, TrackerError, TrackerUncertain, TrackerUnreachable

_LONGEST = 2900  # characters of one section; Slack takes 3,000
_MOST_SECTIONS = 49  # Slack takes 50 blocks


class SlackChannel:
    """``webhook`` gives the link; ``timeout`` is in seconds."""

    def __init__(self, webhook: Callable[[], str], timeout: float = 10.0) -> None:
        self._webhook = webhook
        self._timeout = timeout

    def tell(self, person: str, subject: str, text: str, key: str) -> None:
        """Send one message, once; ``person`` is named at its beginning."""
        import httpx2

        url = self._webhook()
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
            raise TrackerError(
                "the webhook's link is not https", where="Slack", fix="Check SLACK_WEBHOOK_URL."
            )
        try:
            with httpx2.Client(timeout=self._timeout, follow_redirects=False) as client:
                answer = client.post(url, content=json.dumps(_message(person, subject, text)).encode(),
                                     headers={"Content-Type": "application/json"})  # fmt: skip
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise TrackerUnreachable("Slack cannot be reached", fix="Check your connection.") from error
        except (httpx2.InvalidURL, httpx2.LocalProtocolError, ValueError):
            raise TrackerError(
                "the webhook's link is not valid", where="Slack", fix="Check SLACK_WEBHOOK_URL."
            ) from None
        except httpx2.HTTPError as error:
            raise TrackerUncertain("Slack gave no answer") from error
        if answer.status_code == 429:
            wait = answer.headers.get("retry-after", "60")
            raise TrackerBusy("Slack asks to wait", float(wait) if wait.isdigit() else 60.0)
        if answer.status_code >= 500:
            raise TrackerUncertain(f"Slack failed (status {answer.status_code})")
        if answer.status_code != 200:
            raise TrackerError(
                f"Slack refuses: {answer.text[:200]}",
                where="Slack",
                fix="Check the webhook; it may have been revoked.",
            )


def _message(person: str, subject: str, text: str) -> dict[str, object]:
    lines = mrkdwn(text).split("\n")
    sections, current = [], f"*{_plain(person)}*\n" if person else ""
    for line in lines:
        if len(current) + len(line) > _LONGEST and current:
            sections.append(current)
            current = ""
        current += line[:_LONGEST] + "\n"
    sections.append(current)
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": part.strip() or " "}} for part in sections
    ]
    if len(blocks) > _MOST_SECTIONS:
        blocks = blocks[:_MOST_SECTIONS]
        blocks.append(
            {"type": "section", "text": {"type": "mrkdwn", "text": "… and more: `pma remind` shows all"}}
        )
    return {"text": f"{subject}: {_plain(person)}" if person else subject, "blocks": blocks}


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: str) -> str:
    """Markdown as Slack writes it: bold, links and bullets; what would call everybody is defused."""
    text = _plain(text)
    text = re.sub(r"\[([^\]\n]{1,300})\]\((https?://[^)\s]{1,2000})\)", r"<\2|\1>", text)
    text = re.sub(r"\*\*([^*\n]{1,500})\*\*", r"*\1*", text)
    text = re.sub(r"(?m)^(\s{0,20})[-*] ", r"\1• ", text)
    return re.sub(r"(?m)^#{1,6} (.*)$", r"*\1*", text)
