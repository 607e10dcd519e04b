"""Speaking to a tracker's API: one request, one answer, and an error that says what became of the request.

A request is sent once. Whether it may be sent again depends on what it does and on how it failed, and that
is decided by whoever asked: reading is asked again here (``read``), writing never.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...errors import TrackerBusy, TrackerError, TrackerUncertain, TrackerUnreachable

if TYPE_CHECKING:
    import httpx2

_DEFAULT_WAIT = 60.0  # seconds, where a tracker says "too many" and not for how long
_MOST_BYTES = 20_000_000
_READ_AGAIN = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tracker answered. ``data`` is its JSON, None where the body is empty."""

    status: int
    data: Any
    headers: Mapping[str, str]


@dataclass(slots=True)
class Api:
    """An API at ``base`` (https; http to this machine alone). ``headers`` is asked for each request, so that a
    token is never kept in what is printed; ``timeout`` is in seconds, for connecting and for each read.
    ``sleep`` and ``longest`` (seconds) bound the waits of ``read``."""

    name: str
    base: str
    headers: Callable[[], Mapping[str, str]] = field(repr=False)
    timeout: float = 20.0
    longest: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    _client: httpx2.Client | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise TrackerError(
                f"the address {self.base!r} is not https, so a token would be sent openly",
                where=self.name,
                fix="Give an https address.",
            )

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET, asked again where the tracker is busy or the connection fails."""
        return self.safely(lambda: self.send("GET", path, params=params))

    def safely(self, ask: Callable[[], Answer]) -> Answer:
        """The answer to a request that changes nothing, so that it may be asked several times."""
        for attempt in range(1, _READ_AGAIN + 1):
            try:
                return ask()
            except TrackerBusy as error:
                wait = error.wait
                if attempt == _READ_AGAIN or wait > self.longest:
                    raise
            except (TrackerUncertain, TrackerUnreachable):
                wait = 0.5 * 2 ** (attempt - 1)
                if attempt == _READ_AGAIN:
                    raise
            self.sleep(wait)
        raise AssertionError("unreachable")

    def send(
        self, method: str, path: str, body: Any = None, params: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request, once. ``path`` counts from the base, or is a whole link on the same host.

        Raises TrackerUnreachable, TrackerBusy, TrackerUncertain, or TrackerError where it is refused."""
        import httpx2

        url = path if "://" in path else f"{self.base.rstrip('/')}/{path.lstrip('/')}"
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise TrackerError("a link leads to another host; the token is not sent there", where=self.name)
        content = None if body is None else json.dumps(body).encode()
        headers = {"User-Agent": "postmortem-actions", "Accept": "application/json", **self.headers()}
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._open().request(
                method, url, content=content, params=dict(params) if params else None, headers=headers
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise TrackerUnreachable(
                f"{self.name} cannot be reached at {self.base}",
                fix="Check the address and your connection; running it again does no harm.",
            ) from error
        except (httpx2.InvalidURL, httpx2.LocalProtocolError, ValueError) as error:
            raise TrackerError(
                "the address or the token holds characters that cannot be sent",
                where=self.name,
                fix="Check both.",
            ) from error
        except httpx2.HTTPError as error:
            raise TrackerUncertain(
                f"{self.name} gave no answer to {method}",
                fix="Run it again: what was done already is found and not done twice.",
            ) from error
        return self._answer(response, method)

    def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self) -> httpx2.Client:
        import httpx2

        if self._client is None:
            self._client = httpx2.Client(timeout=self.timeout, follow_redirects=False)
        return self._client

    def _answer(self, response: httpx2.Response, method: str) -> Answer:
        status = response.status_code
        headers = {name.lower(): value for name, value in response.headers.items()}
        wait = busy(status, headers)
        if wait is not None:
            raise TrackerBusy(f"{self.name} asks to wait {wait:.0f} s", wait, fix="Run it again after that.")
        if status >= 500:
            raise TrackerUncertain(
                f"{self.name} failed (status {status})",
                fix="Run it again: what was done already is found and not done twice.",
            )
        if len(response.content) > _MOST_BYTES:
            raise TrackerError("the answer is too large", where=self.name)
        try:
            data = json.loads(response.content) if response.content.strip() else None
        except ValueError:
            data = None
            if status < 400 and method != "GET":
                raise TrackerUncertain(f"{self.name} answered something that is not JSON") from None
        return Answer(status, data, headers)


def busy(status: int, headers: Mapping[str, str]) -> float | None:
    """The seconds a tracker asks to wait, or None where it does not. GitHub says 403 with no requests left.

    Source: RFC 9110 (Retry-After) and the vendors' rate-limit headers."""
    left = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining", ""))
    asked = headers.get("retry-after")
    if status not in (429, 503) and not (status == 403 and (left == "0" or asked is not None)):
        return None
    if status == 503 and asked is None:
        return None
    if asked is not None:
        if asked.strip().isdigit():
            return float(asked)
        try:
            until = parsedate_to_datetime(asked)
            now = parsedate_to_datetime(headers["date"])  # by the server's own clock: ours may be wrong
            return max(0.0, (until - now).total_seconds())
        except (ValueError, TypeError, KeyError):
            return _DEFAULT_WAIT
    reset = headers.get("x-ratelimit-reset", "")
    if reset.isdigit() and "date" in headers:
        try:
            return max(1.0, float(reset) - parsedate_to_datetime(headers["date"]).timestamp())
        except (ValueError, TypeError):
            return _DEFAULT_WAIT
    return _DEFAULT_WAIT
