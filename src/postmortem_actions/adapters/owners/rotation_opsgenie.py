"""Opsgenie: who is on call by a schedule's timeline.

Fields: Opsgenie's schedule API, ``GET /v2/schedules/{id or name}/timeline`` (``finalTimeline.rotations[]``
with ``periods[]``) and ``GET /v2/users/{id}`` (``fullName``). Accounts of the EU region are at
https://api.eu.opsgenie.com. Atlassian ends Opsgenie and these APIs on 2027-04-05.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from ...core.model import Problem, Severity
from ...core.owners.rotation import BASE as BASE_LEVEL
from ...core.owners.rotation import OVERRIDE, Rotation, Shift, settle
from ...errors import SourceError
from .oncall_answers import Answers, text, window
from .oncall_http import Retry, Server, given

BASE = "https://api.opsgenie.com"
_NAME = "Opsgenie"
AHEAD = timedelta(days=60)
_MOST_PEOPLE = 40  # whose full names are looked up, one request each
_ENDS = "Opsgenie and its API end on 2027-04-05: move to Jira Service Management, or name a calendar link."
_REPLACING = ("override", "forwarding")


def read_schedule(
    schedule: str,
    token: Callable[[], str],
    after: datetime,
    *,
    by_name: bool = False,
    ahead: timedelta = AHEAD,
    base: str = BASE,
    retry: Retry | None = None,
) -> tuple[Rotation, tuple[Problem, ...]]:
    """The shifts of the schedule with that id (or name), from ``after`` on, ``ahead`` of it but at most a
    year. ``token`` is asked for an API key when it is sent. Raises SourceError."""
    answers = Answers(server(token, base=base, retry=retry))
    since, until = window(after, ahead)
    weeks = -(-(until - since) // timedelta(weeks=1))
    params = (
        ("identifierType", "name" if by_name else "id"),
        ("date", since.isoformat()),
        ("interval", str(weeks)),
        ("intervalUnit", "weeks"),
    )
    data = answers.mapping(
        answers.one(f"v2/schedules/{quote(schedule, safe='')}/timeline", params).get("data"), "“data”"
    )
    final = answers.mapping(data.get("finalTimeline"), "“finalTimeline”")
    people = _People(answers)
    shifts: list[Shift] = []
    for entry in answers.items(final, "rotations"):
        rotation = answers.mapping(entry, "a rotation")
        # Overrides replace within their own rotation; rotations of one schedule stand side by side.
        shifts += settle(_shifts(answers, people, answers.items(rotation, "periods")))
    parent = data.get("_parent")
    name = text(parent.get("name") if isinstance(parent, dict) else None, schedule)
    ends = Problem("opsgenie-ends", _ENDS, severity=Severity.INFO)
    return Rotation(name, tuple(shifts), (), f"Opsgenie schedule {name}"), (*answers.problems, ends)


def server(token: Callable[[], str], *, base: str = BASE, retry: Retry | None = None) -> Server:
    """The service with its way to sign in: ``GenieKey …``. Raises SourceError."""
    return Server(
        _NAME,
        base,
        headers=lambda: {"Authorization": f"GenieKey {given(token, _NAME)}"},
        retry=retry or Retry(),
        hint=f"Accounts of the EU region are at {BASE.replace('api.', 'api.eu.')}. {_ENDS}",
    )


class _People:
    """Full names of accounts. A timeline gives the login only, which is an e-mail address."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.names: dict[str, str] = {}
        self.refused = False

    def name(self, recipient: dict[str, Any]) -> str:
        """The full name, or where it may not be read the login up to its ``@``, and a problem."""
        login, account = text(recipient.get("name")), recipient.get("id")
        if not isinstance(account, str) or not account:
            return login
        if account not in self.names:
            self.names[account] = self._look_up(account) or login
        return self.names[account]

    def _look_up(self, account: str) -> str:
        if self.refused or len(self.names) >= _MOST_PEOPLE:
            return ""
        try:
            data = self.answers.one(f"v2/users/{quote(account, safe='')}").get("data")
        except SourceError as error:
            self.refused = True
            message = f"full names cannot be read from Opsgenie ({error.message}): logins stand in for them"
            fix = "Give the API key the right to read users."
            self.answers.problems.append(Problem("opsgenie-names", message, severity=Severity.INFO, fix=fix))
            return ""
        return text(data.get("fullName")) if isinstance(data, dict) else ""


def _shifts(answers: Answers, people: _People, periods: list[Any]) -> list[Shift]:
    shifts = []
    for entry in periods:
        period = answers.mapping(entry, "a period")
        recipient = period.get("recipient")
        if not isinstance(recipient, dict) or recipient.get("type") == "none":
            continue  # nobody is on call: a gap, told as such
        if recipient.get("type") != "user":
            message = f"a shift of Opsgenie is given to a {text(recipient.get('type'), 'nameless thing')}, not a person"
            problem = Problem("rotation-not-a-person", message, fix="Put people on the schedule.")
            if problem not in answers.problems:
                answers.problems.append(problem)
            continue
        login = recipient.get("name")
        shift = answers.shift(people.name(recipient), period.get("startDate"), period.get("endDate"), login)
        if shift:
            level = OVERRIDE if period.get("type") in _REPLACING else BASE_LEVEL
            shifts.append(replace(shift, level=level))
    return shifts
