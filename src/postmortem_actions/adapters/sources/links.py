"""Links: how they are shown, and where the document's own text is to be had."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from ...errors import SourceError

_GITHUB_BLOB = re.compile(r"^/([^/]+)/([^/]+)/(?:blob|raw)/(.+)$")
_GIST = re.compile(r"^/([^/]+)/([0-9a-f]{8,})(?:/([0-9a-f]{40}))?/?$")
_GITLAB_BLOB = re.compile(r"^/(.+)/-/blob/(.+)$")


def shown(url: str) -> str:
    """The link as it may be printed: without user, password, query and fragment, which may be secret."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the link"
    host = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))


def checked(url: str) -> SplitResult:
    """The link's parts. Raises SourceError for another scheme, no host, or a user name or password in it."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SourceError("is not a valid link", where=shown(url), fix="Check the link.") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise SourceError(
            f"{parts.scheme}: links are not read",
            where=shown(url),
            fix="Give an http or https link, a path, or - for standard input.",
        )
    if not host:
        raise SourceError("the link names no host", where=shown(url), fix="Check the link.")
    if parts.username or parts.password:
        raise SourceError(
            "the link holds a user name or password, which is not sent",
            where=shown(url),
            fix="Download the page yourself and give the file.",
        )
    return parts


def raw_link(parts: SplitResult) -> str:
    """Where the plain file is, for pages that only show it (GitHub, Gist and GitLab); else the link."""
    host = (parts.hostname or "").lower()
    if host in ("github.com", "www.github.com") and (match := _GITHUB_BLOB.match(parts.path)):
        path = f"/{match[1]}/{match[2]}/{match[3]}"
        return urlunsplit(("https", "raw.githubusercontent.com", path, parts.query, ""))
    if host == "gist.github.com" and (match := _GIST.match(parts.path)):
        revision = f"/{match[3]}" if match[3] else ""
        path = f"/{match[1]}/{match[2]}/raw{revision}"
        return urlunsplit(("https", "gist.githubusercontent.com", path, "", ""))
    if match := _GITLAB_BLOB.match(parts.path):
        return urlunsplit((parts.scheme, parts.netloc, f"/{match[1]}/-/raw/{match[2]}", parts.query, ""))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, ""))
