"""Reading the answers of on-call services: lists of many pages, and shifts that may be odd.

An answer of another form than the service's is a SourceError; one odd shift among others is a problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn

from ...core.model import Problem
from ...core.owners.rotation import Shift
from ...core.owners.rotation_names import plain_name
from .oncall_http import Params, Server

LONGEST = timedelta(days=365)


@dataclass(slots=True)
class Answers:
    """The answers of one service, with the problems met while reading them."""

    server: Server
    problems: list[Problem] = field(default_factory=list)

    def one(self, path: str, params: Params = ()) -> dict[str, Any]:
        """The JSON object at ``path``. Raises SourceError."""
        return self.mapping(self.server.json(self.server.url(path, params), self.server.ends()), "the answer")

    def linked(self, path: str, params: Params, key: str) -> Iterator[Any]:
        """The entries of all pages of a list whose ``next`` is the link to the next page or null."""
        ends = self.server.ends()
        url, seen = self.server.url(path, params), set[str]()
        while url and self._another(seen, url):
            page = self.mapping(self.server.json(url, ends), "the answer")
            yield from self.items(page, key)
            link = page.get("next") or ""
            if not isinstance(link, str):
                self.wrong("the link to the next page is not a text")
            url = self.server.next_url(link, url) if link else ""

    def offset(self, path: str, params: Params, key: str, size: int = 100) -> Iterator[Any]:
        """The entries of all pages of a list that is asked for by ``limit`` and ``offset`` as long as ``more``."""
        ends = self.server.ends()
        start, more, seen = 0, True, set[str]()
        while more:
            url = self.server.url(path, (*params, ("limit", str(size)), ("offset", str(start))))
            if not self._another(seen, url):
                return
            page = self.mapping(self.server.json(url, ends), "the answer")
            entries = self.items(page, key)
            yield from entries
            # The service may give fewer than asked for; an empty page would never end.
            start += len(entries)
            more = page.get("more") is True and bool(entries)

    def mapping(self, value: Any, what: str) -> dict[str, Any]:
        """``value``, which must be a JSON object. Raises SourceError."""
        if not isinstance(value, dict):
            self.wrong(f"{what} is not an object")
        return value

    def items(self, holder: Any, key: str) -> list[Any]:
        """The list under ``key`` of a JSON object. Raises SourceError."""
        value = self.mapping(holder, f"what holds “{key}”").get(key)
        if not isinstance(value, list):
            self.wrong(f"“{key}” is not a list")
        return value

    def wrong(self, what: str) -> NoReturn:
        """Raises SourceError: the answer is not of the known form."""
        fix = "Check that the base link is that of this service's API."
        self.server.fail(f"the answer is not what is expected: {what}", fix)

    def shift(self, person: Any, start: Any, end: Any, handle: Any = None) -> Shift | None:
        """The shift, or None and a problem where the person or a time is missing or odd. Of a name or handle
        that is an e-mail address the part before the ``@`` is kept."""
        name = plain_name(person) if isinstance(person, str) else ""
        account = plain_name(handle) if isinstance(handle, str) else ""
        since, until = instant(start), instant(end)
        if not name or since is None or until is None or until <= since:
            what = "names nobody" if not name else "has no valid times"
            message = f"a shift of {self.server.name} {what} and is left out"
            problem = Problem("rotation-shift-unread", message, fix="Check the schedule in that service.")
            if problem not in self.problems:
                self.problems.append(problem)
            return None
        return Shift(name, since, until, account or None)

    def _another(self, seen: set[str], url: str) -> bool:
        """Whether this page may be asked for; if not, that the list is cut is a problem."""
        if url not in seen and len(seen) < self.server.most_pages:
            seen.add(url)
            return True
        self.problems.append(
            Problem(
                "rotation-cut",
                f"{self.server.name} has more than {len(seen)} pages of shifts; the rest is not read",
                fix="Name one schedule, or look less far ahead.",
            )
        )
        return False


def instant(text: Any) -> datetime | None:
    """An ISO 8601 time with its zone, None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def window(after: datetime, ahead: timedelta, longest: timedelta = LONGEST) -> tuple[datetime, datetime]:
    """From when to when to ask for shifts: at most ``longest``. Raises ValueError for a time without a zone."""
    if after.tzinfo is None:
        raise ValueError("the time after which to look needs a time zone")
    return after, after + min(max(ahead, timedelta(days=1)), longest)


def text(value: Any, otherwise: str = "") -> str:
    """A text without addresses, or ``otherwise`` where ``value`` is none."""
    return (plain_name(value) if isinstance(value, str) else "") or otherwise
