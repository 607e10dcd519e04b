"""Moving a Jira issue: transitions have ids of their own in every workflow, so one is chosen by where it leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.tracking.tickets import Closed, TicketRef, TicketState
from ...errors import TrackerError
from .jira_api import JiraApi, part

# How people name such states and resolutions; Jira itself only knows "done".
_NOT_PLANNED = frozenset(
    "won't do|wont do|won't fix|wont fix|declined|rejected|cancelled|canceled|not planned|obsolete|abandoned|incomplete|"
    "cannot reproduce|invalid|withdrawn".split("|")
)
_DUPLICATE = frozenset({"duplicate", "duplicated"})
_DONE = ("done", "resolved", "closed", "fixed", "complete", "completed")
_OPEN = ("reopened", "open", "to do", "todo", "selected for development", "backlog")


def closed_of(fields: Mapping[str, Any]) -> Closed | None:
    """As what an issue was closed, by its status's category, its resolution and the status's name; None while it is open."""
    status = fields["status"]
    if (status.get("statusCategory") or {}).get("key") != "done":
        return None
    words = {str((fields.get("resolution") or {}).get("name", "")).casefold(), str(status["name"]).casefold()}
    if words & _DUPLICATE:
        return Closed.DUPLICATE
    return Closed.NOT_PLANNED if words & _NOT_PLANNED else Closed.DONE


def move(ask: JiraApi, ref: TicketRef, now: TicketState, to: Closed | None, wished: str) -> None:
    """Move an issue to a closed state, or (None) to an open one; ``wished`` is the config's name of the state.

    Raises TrackerError where no transition leads there from where it is."""
    if now.closed is to and (not wished or now.status.casefold() == wished.casefold()):
        return
    path = f"issue/{part(ref.key)}/transitions"
    ways = ask.read(path, f"tell the transitions of {ref.key}", {"expand": "transitions.fields"})[
        "transitions"
    ]
    way = _choose(ways, to, wished)
    if way is None:
        names = ", ".join(str(one["to"]["name"]) for one in ways) or "nowhere"
        raise TrackerError(
            f"no transition leads {ref.key} from {now.status} to {wished or (to.value if to else 'open')}",
            where=ask.base,
            fix=f"From there it goes to {names}: name one in transitions of the config, or move it by hand.",
        )
    body: dict[str, Any] = {"transition": {"id": str(way["id"])}}
    fields = _asked(way.get("fields") or {}, to, now)
    if fields:
        body["fields"] = fields
    ask.expect(ask.send("POST", path, body), (200, 204), f"move {ref.key} to {way['to']['name']}")


def _choose(ways: Sequence[Mapping[str, Any]], to: Closed | None, wished: str) -> Mapping[str, Any] | None:
    def name(way: Mapping[str, Any]) -> str:
        return str(way["to"]["name"]).casefold()

    if wished:
        return next((way for way in ways if name(way) == wished.casefold()), None)
    category = "done" if to else "new"
    fitting = [way for way in ways if (way["to"].get("statusCategory") or {}).get("key") == category]
    if to is None:
        fitting = fitting or [
            w for w in ways if (w["to"].get("statusCategory") or {}).get("key") == "indeterminate"
        ]
        order: Sequence[str] = _OPEN
    elif to is Closed.DONE:
        fitting = [way for way in fitting if name(way) not in _NOT_PLANNED | _DUPLICATE]
        order = _DONE
    else:
        order = (*(sorted(_DUPLICATE) if to is Closed.DUPLICATE else ()), *sorted(_NOT_PLANNED), *_DONE)
    return min(
        fitting, key=lambda way: order.index(name(way)) if name(way) in order else len(order), default=None
    )


def _asked(screen: Mapping[str, Any], to: Closed | None, now: TicketState) -> dict[str, Any]:
    """What the transition's screen asks for, as far as we know it; Jira names what else it wants."""
    field = screen.get("resolution")
    if field is None:
        return {}
    if to is None:
        return {} if field.get("required") else {"resolution": None}
    names = [str(value.get("name", "")) for value in field.get("allowedValues") or []]
    likes = {Closed.DUPLICATE: _DUPLICATE | _NOT_PLANNED, Closed.NOT_PLANNED: _NOT_PLANNED}.get(
        to, frozenset(_DONE)
    )
    ranked = sorted(
        names, key=lambda n: (to is Closed.DUPLICATE and n.casefold() not in _DUPLICATE, names.index(n))
    )
    found = next(
        (name for name in ranked if name.casefold() in likes),
        names[0] if names and field.get("required") else None,
    )
    return {"resolution": {"name": found}} if found else {}
