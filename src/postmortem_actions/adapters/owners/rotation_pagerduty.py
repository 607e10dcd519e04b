"""PagerDuty: who is on call by a schedule or by an escalation policy.

Fields: PagerDuty's REST API v2, ``GET /schedules/{id}`` (``final_schedule.rendered_schedule_entries`` holds
layers and overrides laid over each other) and ``GET /oncalls`` (``limit``, ``offset``, ``more``). Both take at
most about three months at once. Accounts of the EU region are at https://api.eu.pagerduty.com.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from ...core.model import Problem
from ...core.owners.rotation import Rotation, Shift
from .oncall_answers import Answers, instant, text, window
from .oncall_http import Retry, Server, given

BASE = "https://api.pagerduty.com"
_NAME = "PagerDuty"
AHEAD = timedelta(days=60)
_LONGEST = timedelta(days=89)


def read_schedule(
    schedule: str,
    token: Callable[[], str],
    after: datetime,
    *,
    ahead: timedelta = AHEAD,
    base: str = BASE,
    retry: Retry | None = None,
) -> tuple[Rotation, tuple[Problem, ...]]:
    """The shifts of the schedule with that id that touch the time from ``after`` on, ``ahead`` of it but at
    most 89 days. ``token`` is asked for a REST API key when it is sent. Raises SourceError."""
    answers = Answers(server(token, base=base, retry=retry))
    since, until = window(after, ahead, _LONGEST)
    # Without overflow the service would cut shifts at the borders, and their true start would be lost.
    params = (("since", since.isoformat()), ("until", until.isoformat()), ("overflow", "true"))
    found = answers.mapping(
        answers.one(f"schedules/{quote(schedule, safe='')}", params).get("schedule"), "“schedule”"
    )
    final = answers.mapping(found.get("final_schedule"), "“final_schedule”")
    shifts = []
    for entry in answers.items(final, "rendered_schedule_entries"):
        one = answers.mapping(entry, "a shift")
        shift = answers.shift(_name(one.get("user")), one.get("start"), one.get("end"))
        shifts += [shift] if shift else []
    name = text(found.get("name")) or text(found.get("summary"), schedule)
    return Rotation(name, tuple(shifts), _order(found), f"PagerDuty schedule {name}"), tuple(answers.problems)


def read_escalation_policy(
    policy: str,
    token: Callable[[], str],
    after: datetime,
    *,
    level: int = 1,
    ahead: timedelta = AHEAD,
    base: str = BASE,
    retry: Retry | None = None,
) -> tuple[Rotation, tuple[Problem, ...]]:
    """Who is on call at ``level`` (1 is asked first) of the escalation policy with that id. Somebody who is
    always on call there has no start and end, and is given the whole time. Raises SourceError."""
    answers = Answers(server(token, base=base, retry=retry))
    since, until = window(after, ahead, _LONGEST)
    params = (
        ("escalation_policy_ids[]", policy),
        ("since", since.isoformat()),
        ("until", until.isoformat()),
    )
    name = policy
    shifts: dict[Shift, None] = {}
    for entry in answers.offset("oncalls", params, "oncalls"):
        one = answers.mapping(entry, "an on-call")
        if one.get("escalation_level") != level:
            continue
        name = _name(one.get("escalation_policy")) or name
        start = since if one.get("start") is None else instant(one["start"])
        end = until if one.get("end") is None else instant(one["end"])
        shift = answers.shift(_name(one.get("user")), start and start.isoformat(), end and end.isoformat())
        if shift:
            shifts[shift] = None
    where = f"level {level} of the PagerDuty escalation policy {name}"
    return Rotation(name, tuple(shifts), (), where), tuple(answers.problems)


def server(token: Callable[[], str], *, base: str = BASE, retry: Retry | None = None) -> Server:
    """The service with its way to sign in: ``Token token=…``, not ``Bearer``. Raises SourceError."""
    return Server(
        _NAME,
        base,
        headers=lambda: {"Authorization": f"Token token={given(token, _NAME)}"},
        retry=retry or Retry(),
        hint=f"Accounts of the EU region are at {BASE.replace('api.', 'api.eu.')}.",
    )


def _name(reference: Any) -> str:
    """The name of a referenced user or policy. A user's ``summary`` is the name; ``email`` is not kept."""
    if not isinstance(reference, dict):
        return ""
    return text(reference.get("name")) or text(reference.get("summary"))


def _order(schedule: dict[str, Any]) -> tuple[str, ...]:
    """The people of the layers in their order, without those whose accounts are deleted."""
    names = []
    layers = schedule.get("schedule_layers")
    for layer in layers if isinstance(layers, list) else []:
        users = layer.get("users") if isinstance(layer, dict) else None
        for entry in users if isinstance(users, list) else []:
            user = entry.get("user") if isinstance(entry, dict) else None
            if isinstance(user, dict) and not user.get("deleted_at"):
                names.append(_name(user))
    return tuple(dict.fromkeys(name for name in names if name))
