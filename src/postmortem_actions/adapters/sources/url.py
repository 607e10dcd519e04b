"""Reading a link: few redirects, bounded in time and size, and never into a private network unasked."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import SplitResult, urljoin, urlunsplit

from ...errors import SourceError
from .addresses import Resolver, is_public, resolve
from .links import checked, raw_link, shown
from .raw import Raw

if TYPE_CHECKING:
    import httpx2

_DOWNLOAD = "Download the page yourself and give the file."
_MOST_REDIRECTS = 5
_MOST_ADDRESSES = 3  # tried per host; more would only make a dead host take longer
_TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/json", "application/markdown",
               "application/vnd.github")  # fmt: skip
_ANY_TYPE = ("application/octet-stream", "binary/octet-stream", "")


@dataclass(frozen=True, slots=True)
class UrlSource:
    """``timeout`` is per connection attempt and per read, ``deadline`` for the whole, both in seconds."""

    limit: int
    allow_private: bool = False
    timeout: float = 10.0
    deadline: float = 30.0
    resolver: Resolver = resolve

    def read(self, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Raw:
        """The first ``limit`` bytes of the page. Raises SourceError, whose text says what to do.

        ``headers`` may hold a token: they go to the link's own host alone, over https (or to this very machine),
        and not where it redirects to. ``body`` is posted."""
        import httpx2

        own = _trusted(url) if headers else None

        ends = time.monotonic() + self.deadline
        asked = shown(url)
        target = raw_link(checked(url)) if headers is None else url
        seen: list[str] = []
        while True:
            if target in seen:
                self._fail(asked, "the link redirects in a circle", _DOWNLOAD)
            if len(seen) > _MOST_REDIRECTS:
                self._fail(asked, f"more than {_MOST_REDIRECTS} redirects", "Give the final link, or a file.")
            seen.append(target)
            try:
                sent = headers if headers and own is not None and own == _origin(checked(target)) else {}
                answer = self._ask(checked(target), asked, ends, sent, body if target == url else None)
            except httpx2.TimeoutException:
                self._fail(asked, "the server did not answer in time", "Try again later, or give a file.")
            except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
                self._fail_to_connect(asked, error)
            if isinstance(answer, Raw):
                return answer
            target = urljoin(target, answer)

    def _ask(
        self, parts: SplitResult, asked: str, ends: float, sent: Mapping[str, str], body: bytes | None
    ) -> Raw | str:
        """One request: the page, or where the server redirects to."""
        import httpx2

        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        proxy = _proxy(parts)
        addresses = self._addresses(host, port, asked, behind_proxy=proxy is not None)
        last: Exception | None = None
        for address in addresses[:_MOST_ADDRESSES]:
            timeout = httpx2.Timeout(min(self.timeout, max(0.1, ends - time.monotonic())))
            with httpx2.Client(
                timeout=timeout, follow_redirects=False, trust_env=False, proxy=proxy, verify=_tls()
            ) as client:
                target = parts if proxy else parts._replace(netloc=_netloc(address, port))
                request = client.build_request(
                    "GET" if body is None else "POST",
                    urlunsplit(target),
                    headers={
                        "Host": parts.netloc.rpartition("@")[2],
                        "Accept": "text/markdown, text/plain, text/html;q=0.9, */*;q=0.1",
                        "Accept-Encoding": "identity",
                        "User-Agent": "postmortem-actions",
                        **sent,
                    },
                    content=body,
                    # The certificate must be that of the name, although we connect to its address.
                    extensions={} if proxy else {"sni_hostname": host},
                )
                try:
                    response = client.send(request, stream=True)
                except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                    last = error
                    continue
                try:
                    return self._answer(response, asked, ends)
                finally:
                    response.close()
        raise last or OSError("no address")

    def _addresses(self, host: str, port: int, asked: str, *, behind_proxy: bool) -> list[str]:
        try:
            found = self.resolver(host, port)
        except (OSError, UnicodeError):
            if behind_proxy:
                return [host]  # the proxy resolves names that this machine cannot
            self._fail(asked, f"no such host: {host}", "Check the link and your connection, or give a file.")
        if not self.allow_private and any(not is_public(address) for address in found):
            self._fail(
                asked,
                f"{host} is a private or local address, which links may not lead to",
                "If you trust the link, use --allow-private.",
            )
        return found

    def _answer(self, response: httpx2.Response, asked: str, ends: float) -> Raw | str:
        status = response.status_code
        if status in (301, 302, 303, 307, 308) and "location" in response.headers:
            return str(response.headers["location"])
        if status == 429 or (status == 403 and response.headers.get("x-ratelimit-remaining") == "0"):
            wait = response.headers.get("retry-after", "")
            told = f" for {wait} s" if wait.isdigit() else ""
            self._fail(asked, f"the server asks for fewer requests{told}", "Try again later, or give a file.")
        if status in (401, 403, 407):
            self._fail(asked, f"the page needs a sign-in or may not be read (status {status})", _DOWNLOAD)
        if status in (404, 410):
            self._fail(asked, f"there is no such page (status {status})", "Check the link, or give a file.")
        if status != 200:
            self._fail(asked, f"the server answered with status {status}", "Try again later, or give a file.")
        kind, _, parameters = response.headers.get("content-type", "").partition(";")
        kind = kind.strip().lower()
        if not kind.startswith(_TEXT_TYPES) and kind not in _ANY_TYPE:
            self._fail(asked, f"is {kind}, not text", "Export it as Markdown, HTML or plain text.")
        data = bytearray()
        for part in response.iter_bytes():  # as it comes: a chunk size would wait for a whole chunk
            data += part
            if time.monotonic() > ends:
                self._fail(asked, "the page took too long to load", "Try again later, or give a file.")
            if len(data) > self.limit:
                break
        length = response.headers.get("content-length", "")
        charset = parameters.partition("charset=")[2].strip(" \"';") or None
        return Raw(
            asked,
            bytes(data[: self.limit]),
            len(data) > self.limit,
            int(length) if length.isdigit() else None,
            kind,
            charset,
        )

    def _fail_to_connect(self, asked: str, error: Exception) -> NoReturn:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLError):
                reason = getattr(cause, "verify_message", "") or "the secure connection failed"
                self._fail(asked, f"the server's certificate is not trusted: {reason}", _DOWNLOAD)
            if isinstance(cause, ConnectionRefusedError):
                self._fail(asked, "the server refused the connection", "Check the link, or give a file.")
            cause = cause.__cause__ or cause.__context__
        fix = "Check the link and your connection, or give a file."
        self._fail(asked, "the server cannot be reached", fix)

    @staticmethod
    def _fail(asked: str, message: str, fix: str) -> NoReturn:
        raise SourceError(message, where=asked, fix=fix) from None


def _origin(parts: SplitResult) -> tuple[str, str]:
    return parts.scheme.lower(), parts.netloc.lower()


def _trusted(url: str) -> tuple[str, str] | None:
    """The origin that may be given a token: over https, or on this machine."""
    parts = checked(url)
    here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return _origin(parts) if parts.scheme.lower() == "https" or here else None


def _netloc(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _tls() -> ssl.SSLContext:
    """The system's trusted certificates (SSL_CERT_FILE and SSL_CERT_DIR are honoured)."""
    return ssl.create_default_context()


def _proxy(parts: SplitResult) -> str | None:
    """The proxy the environment names for this link, if any."""
    from urllib.request import getproxies, proxy_bypass

    try:
        if proxy_bypass(parts.hostname or ""):
            return None
    except OSError:
        return None
    return getproxies().get(parts.scheme)
