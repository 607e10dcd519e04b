"""Asking on-call services and calendar servers: one way to ask, to wait, to page and to fail.

A token goes to the host it is meant for and nowhere else: links to the next page and redirects must stay on
that host, plain http is refused except to this machine, and neither a token nor the path and query of a
secret calendar link stands in an error, a representation or a log.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit, urlunsplit

from ...errors import SourceError

if TYPE_CHECKING:
    import httpx2

MEBIBYTE = 1024 * 1024
Params = tuple[tuple[str, str], ...]
_MOST_REDIRECTS = 3
_PASSING = (429, 500, 502, 503, 504)
_LATER = "Try again later, or give the rotation in the config."
_LOGGERS = (
    "httpx2",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.http2",
    "httpcore2.proxy",
    "httpcore2.socks",
)


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long: ``attempts`` in all for one request; without a word of the server the waits are
    1, 2, 4 … seconds. A server that asks for more than ``longest`` seconds is not waited for."""

    attempts: int = 4
    longest: float = 30.0
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Server:
    """A service at ``base`` (https, without a query). ``name`` is what errors call it; ``headers`` is asked
    for the authorisation once per request. ``timeout`` is per connection and read, ``deadline`` for one
    reading with its pages and retries, both in seconds; ``limit`` in bytes is per answer, ``most_pages`` per list.
    ``hint`` is added to what to do where a thing is not found."""

    name: str
    base: str
    headers: Callable[[], Mapping[str, str]] = field(default=dict, repr=False)
    retry: Retry = Retry()
    timeout: float = 10.0
    deadline: float = 120.0
    limit: int = 10 * MEBIBYTE
    most_pages: int = 50
    hint: str = ""

    def __post_init__(self) -> None:
        parts = _split(self.base, self.name)
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
            raise SourceError(
                "only https links are asked, so that nobody reads along",
                where=self.name,
                fix="Give an https link.",
            )
        if parts.username or parts.password:
            raise SourceError(
                "the link holds a user name or password", where=self.name, fix="Give the link without it."
            )

    def url(self, path: str, params: Params = ()) -> str:
        """The link to ``path`` under the base."""
        query = f"?{urlencode(params)}" if params else ""
        return f"{self.base.rstrip('/')}/{path.lstrip('/')}{query}"

    def next_url(self, link: str, current: str) -> str:
        """The link that a page gives to the next one, on our scheme, host and port. Raises SourceError for
        one to another host: the token is not sent there."""
        base, target = _split(self.base, self.name), _split(urljoin(current, link), self.name)
        if target.hostname != base.hostname:
            self.fail(
                "the next page is on another host, which the token is not sent to",
                "Check the base link, or the service's own setting of its public address.",
            )
        return urlunsplit((base.scheme, base.netloc, target.path, target.query, ""))

    def ends(self) -> float:
        """When a reading that begins now must be over, on the monotonic clock."""
        return time.monotonic() + self.deadline

    def json(self, url: str, ends: float) -> Any:
        """The JSON value at ``url``, a link of ``url`` or ``next_url``. Raises SourceError."""
        data, kind = self._ask(url, "application/json", ends)
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            self.fail(
                f"the answer is not JSON (but {kind or 'of no stated type'})",
                "Check the base link: a sign-in page or a proxy may be answering.",
            )

    def content(self) -> bytes:
        """What stands at the base itself. Raises SourceError."""
        return self._ask(self.base, "text/calendar, text/plain;q=0.5, */*;q=0.1", self.ends())[0]

    def fail(self, message: str, fix: str) -> NoReturn:
        """Raises SourceError in the name of this service."""
        raise SourceError(message, where=self.name, fix=fix) from None

    def _ask(self, url: str, accept: str, ends: float) -> tuple[bytes, str]:
        """The body and its media type, after as many attempts as the retry policy allows."""
        status, kind = 0, "no time is left"
        for attempt in range(1, self.retry.attempts + 1):
            status, wait, data, kind = self._attempt(url, accept, ends)
            if status == 200:
                return data, kind
            if wait is None:
                wait = float(2 ** (attempt - 1))
            elif wait > self.retry.longest:
                self.fail(f"the service asks to wait {wait:.0f} seconds", "Try again after that.")
            if attempt == self.retry.attempts or time.monotonic() + wait > ends:
                break
            self.retry.sleep(wait)
        if status == 429:
            self.fail("too many requests, also after waiting (status 429)", "Try again in a few minutes.")
        what = f"the service fails (status {status})" if status else kind
        return self.fail(f"{what}, also when asked again", _LATER)

    def _attempt(self, url: str, accept: str, ends: float) -> tuple[int, float | None, bytes, str]:
        """One request with its redirects: status (0 for no answer), seconds to wait, body, media type; for
        no answer the reason stands in place of the media type."""
        import httpx2

        headers = {"Accept": accept, "User-Agent": "postmortem-actions", **self.headers()}
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                with (
                    _unlogged(),
                    self._client(ends) as client,
                    client.stream("GET", url, headers=headers) as response,
                ):
                    if not response.has_redirect_location:
                        return self._read(response, ends)
                    url = self._redirect(url, response.headers["location"])
        except httpx2.TimeoutException:
            return 0, None, b"", "the service does not answer in time"
        except httpx2.ConnectError as error:  # asking again would only make a wrong link take longer
            self._fail_to_connect(error)
        except (httpx2.InvalidURL, httpx2.LocalProtocolError, ValueError):
            self.fail("the link or the token has characters that cannot be sent", "Check both.")
        except (httpx2.TransportError, httpx2.DecodingError):
            return 0, None, b"", "the service cut the connection"
        return self.fail(f"more than {_MOST_REDIRECTS} redirects", "Give the final link.")

    def _client(self, ends: float) -> httpx2.Client:
        import httpx2

        left = max(0.1, ends - time.monotonic())
        return httpx2.Client(timeout=min(self.timeout, left), follow_redirects=False, verify=_tls())

    def _fail_to_connect(self, error: Exception) -> NoReturn:
        cause: BaseException | None = error
        while cause is not None:
            if "certificate" in str(cause).lower():
                self.fail("the server's certificate is not trusted", "Check the link, or SSL_CERT_FILE.")
            cause = cause.__cause__ or cause.__context__
        self.fail("the service cannot be reached", f"Check the base link and your connection. {_LATER}")

    def _read(self, response: httpx2.Response, ends: float) -> tuple[int, float | None, bytes, str]:
        status = response.status_code
        if status in _PASSING:
            return status, _wait(response.headers), b"", ""
        if status != 200:
            self._refuse(status)
        data = bytearray()
        for part in response.iter_bytes():
            data += part
            if len(data) > self.limit:
                size = f"{self.limit / MEBIBYTE:.0f} MiB" if self.limit >= MEBIBYTE else f"{self.limit} bytes"
                self.fail(f"the answer is larger than {size}", "Name one schedule, or look less far ahead.")
            if time.monotonic() > ends:
                self.fail("the answer takes too long to arrive", "Try again later.")
        return 200, None, bytes(data), response.headers.get("content-type", "").partition(";")[0].strip()

    def _redirect(self, url: str, location: str) -> str:
        here, there = _split(url, self.name), _split(urljoin(url, location), self.name)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            self.fail(
                f"the service redirects to another host ({there.hostname}), which is not followed",
                "Give the final link if you trust it.",
            )
        return urlunsplit(there)

    def _refuse(self, status: int) -> NoReturn:
        hint = f" {self.hint}" if self.hint else ""
        if status == 401:
            self.fail(
                "the token is not accepted (status 401)", "Check the token; make a new one if it has expired."
            )
        if status == 403:
            self.fail("the token may not read this (status 403)", "Give it the right to read schedules.")
        if status in (404, 410):
            self.fail(
                f"there is no such thing (status {status})",
                f"Check the schedule's id and the base link.{hint}",
            )
        self.fail(
            f"the service refuses the request (status {status})", f"Check id, base link and token.{hint}"
        )


def given(token: Callable[[], str], name: str) -> str:
    """The token, without white space around it. Raises SourceError for an empty one."""
    value = token().strip()
    if not value:
        raise SourceError("no token is given", where=name, fix=f"Set the token of {name}, or leave it out.")
    return value


def _split(url: str, name: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise SourceError("the link is not valid", where=name, fix="Check the link.") from None
    return parts


def _is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: ``Retry-After`` (seconds or a date), PagerDuty's ``ratelimit-reset``."""
    for name in ("retry-after", "ratelimit-reset"):
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) < 10:
            return float(text)
        try:
            until = parsedate_to_datetime(text)
            now = parsedate_to_datetime(headers["date"])  # by the server's own clock: ours may be wrong
            return max(0.0, (until - now).total_seconds())
        except (ValueError, TypeError, KeyError):
            continue
    return None


@cache
def _tls() -> ssl.SSLContext:
    """The system's trusted certificates (SSL_CERT_FILE and SSL_CERT_DIR are honoured)."""
    return ssl.create_default_context()


@contextmanager
def _unlogged() -> Iterator[None]:
    """The HTTP library logs whole links, and the links of calendars are secrets."""

    def drop(_: logging.LogRecord) -> bool:
        return False

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(drop)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(drop)
