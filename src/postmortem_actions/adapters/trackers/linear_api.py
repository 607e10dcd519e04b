"""Speaking GraphQL to Linear: an answer's errors stand in its body, whatever its status says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from ...errors import TrackerBusy, TrackerError, TrackerUncertain
from .http import Answer, Api


class LinearApi:
    """The API at ``base``; ``token`` gives an API key (sent as it is) or an OAuth token (``Bearer …``)."""

    def __init__(self, base: str, token: Callable[[], str], timeout: float) -> None:
        self.api = Api("Linear", base, lambda: {"Authorization": token()}, timeout)

    def pages(self, query: str, name: str, variables: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The nodes of all pages of what the query calls ``name``; it takes the variable ``after``."""
        after: str | None = None
        while True:
            page = self.read(query, {**variables, "after": after})[name]
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def read(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The data of a query, asked again where Linear is busy or the connection fails."""
        return self._data(self.api.safely(lambda: self._post(query, variables)))

    def write(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of a mutation, sent once."""
        data = self._data(self._post(query, variables))
        if not all(isinstance(value, Mapping) and value.get("success") for value in data.values()):
            raise TrackerError("Linear did not do it, and gave no reason", where="Linear")
        return data

    def _post(self, query: str, variables: Mapping[str, Any] | None) -> Answer:
        """Send it. That too many were sent is told in the body, with status 400."""
        answer = self.api.send("POST", "graphql", {"query": query, "variables": variables or {}})
        for error in _errors(answer):
            if "RATELIMITED" in _code(error):
                raise TrackerBusy(
                    "Linear asks to wait", _wait(answer.headers), fix="Run it again after that."
                )
        return answer

    def _data(self, answer: Answer) -> dict[str, Any]:
        errors = _errors(answer)
        if (
            not errors
            and answer.status == 200
            and isinstance(answer.data, Mapping)
            and answer.data.get("data")
        ):
            data: dict[str, Any] = answer.data["data"]
            return data
        text = "; ".join(_said(error) for error in errors) or f"status {answer.status}"
        kinds = " ".join(_code(error) for error in errors).casefold()
        if answer.status == 401 or "authentication" in kinds:
            raise TrackerError(
                f"Linear does not accept the key: {text}",
                where="Linear",
                fix="Set LINEAR_API_KEY to one that is valid.",
            )
        if "internal" in kinds or "network" in kinds:
            raise TrackerUncertain(
                f"Linear failed: {text}", fix="Run it again: what was done is found and not done twice."
            )
        raise TrackerError(
            f"Linear refuses: {text}", where="Linear", fix="Mend what Linear names, and run it again."
        )


def _errors(answer: Answer) -> list[Mapping[str, Any]]:
    errors = answer.data.get("errors") if isinstance(answer.data, Mapping) else None
    return [error for error in errors or [] if isinstance(error, Mapping)]


def _code(error: Mapping[str, Any]) -> str:
    more = error.get("extensions") or {}
    return f"{more.get('code', '')} {more.get('type', '')}"


def _said(error: Mapping[str, Any]) -> str:
    more = error.get("extensions") or {}
    return str(more.get("userPresentableMessage") or error.get("message") or "no reason given")[:300]


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds until requests or complexity are granted again; Linear tells the instant in milliseconds."""
    for name in ("requests", "complexity"):
        reset = headers.get(f"x-ratelimit-{name}-reset", "")
        if headers.get(f"x-ratelimit-{name}-remaining") == "0" and reset.isdigit() and "date" in headers:
            now = parsedate_to_datetime(headers["date"]).timestamp()
            return max(1.0, int(reset) / 1000 - now)
    asked = headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else 60.0
