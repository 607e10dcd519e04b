"""Webhooks of trackers: who signed them, which delivery it is, and which ticket it is about. Nothing else of what they
say is believed: the ticket is read anew.

Source: the vendors' documentation of signatures. GitHub and Jira: ``X-Hub-Signature(-256): sha256=`` and the HMAC of the raw
body; Linear: ``Linear-Signature``, with the instant inside the signed body.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from ...errors import TrackerError

KINDS = ("github", "linear", "jira")
SECRETS = {kind: f"{kind.upper()}_WEBHOOK_SECRET" for kind in KINDS}
MOST_BYTES = 5_000_000  # of a body; GitHub sends up to 25 MB, and nothing that large of an issue
_SKEW = 60.0  # seconds, Linear's own advice
_SIGNATURES = {"github": "x-hub-signature-256", "linear": "linear-signature", "jira": "x-hub-signature"}
_DELIVERIES = {"github": "x-github-delivery", "linear": "linear-delivery", "jira": "x-atlassian-webhook-identifier"}


class WebhookRefused(TrackerError):
    """A webhook that is not what it should be. ``status`` is what is answered (400, 401 or 413)."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook that was checked. ``id`` is the same when it is sent again; ``ticket`` is the tracker's own id of the
    ticket it is about, None where it is about none."""

    kind: str
    id: str
    ticket: str | None


def read_delivery(kind: str, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> Delivery:
    """Check the signature over the body as it came, and read what it is about. ``headers`` have names in lower case.

    Raises WebhookRefused."""
    if len(body) > MOST_BYTES:
        raise WebhookRefused("the body is too large", 413)
    signature = headers.get(_SIGNATURES[kind], "").removeprefix("sha256=").strip().lower()
    if not secret or not hmac.compare_digest(signature.encode(), signed(body, secret).encode()):
        raise WebhookRefused("the signature is missing or wrong", 401)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise WebhookRefused("the body is not a JSON object", 400)
    if kind == "linear":
        _check_age(data, now)
    # Without a header that names the delivery, the same body is the same delivery.
    name = headers.get(_DELIVERIES[kind], "").strip()[:200] or sha256(body).hexdigest()
    return Delivery(kind, name, _ticket(kind, data))


def signed(body: bytes, secret: str) -> str:
    """The hex HMAC-SHA256 of a body."""
    return hmac.new(secret.encode(), body, sha256).hexdigest()


def _check_age(data: Mapping[str, Any], now: datetime) -> None:
    at = data.get("webhookTimestamp")
    if not isinstance(at, int | float) or abs(now.timestamp() - at / 1000) > _SKEW:
        raise WebhookRefused("it is too old, or from the future", 401)


def _ticket(kind: str, data: Mapping[str, Any]) -> str | None:
    if kind == "linear":
        inner = _below(data, "data")
        if data.get("type") == "Issue":
            return _text(inner.get("id"))
        return _text(inner.get("issueId") or _below(inner, "issue").get("id"))
    return _text(_below(data, "issue").get("id"))


def _below(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None
