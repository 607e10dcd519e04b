"""Speaking REST to Jira: Cloud (v3) and Data Center (v2) differ in how one signs in, writes text, names people and searches."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ...errors import TrackerError
from .adf import adf, adf_text
from .http import Answer, Api
from .wiki import wiki

_PAGE = 100
_FIXES = {
    401: "The token is not accepted: set JIRA_TOKEN (and email, for Jira Cloud) to ones that are valid.",
    403: "The token's user may not do this: give them the right in the project.",
    404: "Check base and project in the config, and that the token's user may see them.",
}


class JiraApi:
    """Jira at ``base``. With ``email`` the token is sent as Cloud wants it, without as Data Center does."""

    def __init__(
        self, base: str, token: Callable[[], str], cloud: bool, email: str = "", timeout: float = 20.0
    ) -> None:
        def headers() -> Mapping[str, str]:
            if email:
                pair = base64.b64encode(f"{email}:{token()}".encode()).decode()
                return {"Authorization": f"Basic {pair}"}
            return {"Authorization": f"Bearer {token()}"}

        self.cloud = cloud
        self.root = f"rest/api/{3 if cloud else 2}"
        self.api = Api("Jira", base, headers, timeout)
        self.base = base.rstrip("/")
        self.who = "accountId" if cloud else "name"  # what people are known by

    def text(self, markdown: str) -> Any:
        """A text as this Jira takes it."""
        return adf(markdown) if self.cloud else wiki(markdown)

    def words(self, value: Any) -> str:
        """The words of such a text."""
        return adf_text(value)

    def browse(self, key: str) -> str:
        """Where people find an issue."""
        return f"{self.base}/browse/{key}"

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """The answer to a reading request, whatever it is."""
        return self.api.read(f"{self.root}/{path}", params)

    def read(self, path: str, what: str, params: Mapping[str, str] | None = None) -> Any:
        """The data of a reading request. Raises TrackerError where it is refused."""
        answer = self.get(path, params)
        self.expect(answer, (200,), what)
        return answer.data

    def send(self, method: str, path: str, body: Any) -> Answer:
        """Send one request that changes something, once."""
        return self.api.send(method, f"{self.root}/{path}", body)

    def search(self, jql: str, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        """All issues that a query finds, page by page."""
        if self.cloud:
            yield from self._search_by_token(jql, fields)
            return
        start = 0
        while True:
            params = {
                "jql": jql, "fields": ",".join(fields), "startAt": str(start), "maxResults": str(_PAGE), "validateQuery": "false",
            }  # fmt: skip
            page = self.read("search", "search", params)
            yield from page["issues"]
            start += len(page["issues"])
            if not page["issues"] or start >= page["total"]:
                return

    def _search_by_token(self, jql: str, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
        token = None
        while True:
            body: dict[str, Any] = {"jql": jql, "fields": list(fields), "maxResults": _PAGE}
            if token:
                body["nextPageToken"] = token
            answer = self.api.safely(lambda b=body: self.send("POST", "search/jql", b))  # type: ignore[misc]
            self.expect(answer, (200,), "search")
            yield from answer.data.get("issues") or []
            token = answer.data.get("nextPageToken")
            if not token or answer.data.get("isLast"):
                return

    def expect(self, answer: Answer, good: Sequence[int], what: str) -> None:
        """Raise TrackerError where the answer is none of the good ones."""
        if answer.status not in good:
            raise TrackerError(
                f"Jira refuses to {what}: {said(answer)} (status {answer.status})",
                where=self.base,
                fix=_FIXES.get(
                    answer.status, "Mend what Jira names ('pma doctor' asks it), and run it again."
                ),
            )


def said(answer: Answer) -> str:
    """What Jira says of a refusal."""
    return said_in(answer.data) if isinstance(answer.data, Mapping) else "no reason given"


def said_in(data: Mapping[str, Any]) -> str:
    """The messages of an error collection, those of fields with their names."""
    texts = [str(text) for text in data.get("errorMessages") or []]
    texts += [f"{name}: {text}" for name, text in sorted((data.get("errors") or {}).items())]
    return "; ".join(texts)[:400] or "no reason given"


def part(text: str) -> str:
    """A piece of a path."""
    return quote(text, safe="")
