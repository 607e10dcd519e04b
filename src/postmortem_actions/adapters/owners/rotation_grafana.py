"""Grafana OnCall (in Grafana Cloud: IRM): who is on call by a schedule.

Fields: Grafana OnCall's HTTP API, ``GET /api/v1/schedules/{id}/`` and ``/final_shifts`` (``start_date`` and
``end_date`` as days, at most 365 apart; ``results[]`` and ``next``). The API tells users by account name; an
account name that is an e-mail address is kept up to its ``@``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from ...core.model import Problem
from ...core.owners.rotation import Rotation
from .oncall_answers import Answers, text, window
from .oncall_http import Retry, Server, given

_NAME = "Grafana OnCall"
AHEAD = timedelta(days=60)
_LONGEST = timedelta(days=364)  # a day less than allowed: both days count


def read_schedule(
    schedule: str,
    token: Callable[[], str],
    after: datetime,
    *,
    base: str,
    stack: str | None = None,
    by_name: bool = False,
    ahead: timedelta = AHEAD,
    retry: Retry | None = None,
) -> tuple[Rotation, tuple[Problem, ...]]:
    """The shifts of the schedule with that id (or name), from the day of ``after`` on, ``ahead`` of it but at
    most a year. ``base`` is the link of the OnCall API without ``/api/v1``. ``token`` is asked when it is sent: an
    API key of OnCall, or with ``stack`` (https://….grafana.net) a service account token. Raises SourceError."""
    answers = Answers(server(token, base=base, stack=stack, retry=retry))
    since, until = window(after, ahead, _LONGEST)
    if by_name:
        found = next(answers.linked("api/v1/schedules/", (("name", schedule),), "results"), None)
        if found is None:
            answers.server.fail(
                f"there is no schedule named {schedule}", "Check the name, or give the schedule's id."
            )
        known = answers.mapping(found, "a schedule")
    else:
        known = answers.one(f"api/v1/schedules/{quote(schedule, safe='')}/")
    key = known.get("id")
    if not isinstance(key, str):
        answers.wrong("a schedule has no id")
    days = (
        ("start_date", since.astimezone(UTC).date().isoformat()),
        ("end_date", until.astimezone(UTC).date().isoformat()),
    )
    shifts = []
    for entry in answers.linked(f"api/v1/schedules/{quote(key, safe='')}/final_shifts", days, "results"):
        one = answers.mapping(entry, "a shift")
        user = one.get("user_username")
        shift = answers.shift(user, one.get("shift_start"), one.get("shift_end"), user)
        shifts += [shift] if shift else []
    name = text(known.get("name"), schedule)
    return Rotation(name, tuple(shifts), (), f"Grafana OnCall schedule {name}"), tuple(answers.problems)


def server(
    token: Callable[[], str], *, base: str, stack: str | None = None, retry: Retry | None = None
) -> Server:
    """The service with its way to sign in. Raises SourceError."""

    def headers() -> dict[str, str]:
        if stack is None:
            return {"Authorization": given(token, _NAME)}
        return {"Authorization": f"Bearer {given(token, _NAME)}", "X-Grafana-URL": stack}

    hint = "The base link is the one that the settings of Grafana OnCall show, without /api/v1."
    return Server(_NAME, base, headers=headers, retry=retry or Retry(), hint=hint)
