"""Linear, by its GraphQL API.

Linear takes the id of a new issue from us (a UUID v4): the marker is that id, so that making an issue twice is refused
by Linear itself. The tickets of a plan carry its label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ...core.policy import Priority
from ...core.tracking.settings import TrackerSettings
from ...core.tracking.tickets import (
    Closed,
    Finding,
    Made,
    Presence,
    TicketChange,
    TicketComment,
    TicketDraft,
    TicketRef,
    TicketState,
    Tracker,
)
from ...errors import ConfigError, TrackerError
from . import linear_queries as queries
from .linear_api import LinearApi
from .linear_team import LinearTeam
from .registry import Secret, needed, whole_number

LABEL = "postmortem-actions"
_PRIORITIES = {Priority.P0: 1, Priority.P1: 2, Priority.P2: 3, Priority.P3: 4}  # urgent, high, medium, low
_CLOSED = {"completed": Closed.DONE, "canceled": Closed.NOT_PLANNED, "duplicate": Closed.DUPLICATE}
# What a config may set besides; figures are sent as such.
FIELDS = ("projectId", "projectMilestoneId", "cycleId", "templateId", "delegateId", "stateId", "estimate")
_FIGURES = ("estimate",)
_BATCH = 50


def from_settings(settings: TrackerSettings, secret: Secret) -> Tracker:
    """The tracker of ``[tracker.<name>]``. Raises ConfigError."""
    names = [name for name in (settings.get("token_name"), "LINEAR_API_KEY") if name]
    team = needed(settings, "team", "ENG")
    for name, value in settings.fields:
        if name not in FIELDS:
            fix = f"Linear takes {', '.join(FIELDS)}."
            raise ConfigError(f"there is no field {name!r}", where=settings.where or None, fix=fix)
        if name in _FIGURES:
            whole_number(settings, name, value)
    for name, value in settings.priorities:
        if whole_number(settings, f"priorities.{name}", value) not in range(5):
            raise ConfigError(
                f"priorities.{name}: {value} is not known",
                where=settings.where or None,
                fix="Linear knows 0 (none), 1 (urgent) to 4 (low).",
            )
    return Linear(team, secret(*names), settings, settings.get("base") or "https://api.linear.app")


class Linear:
    """See ``core.tracking.tickets.Tracker``. ``team`` is the team's key; ``token`` gives an API key (sent as it is) or an
    OAuth token (``Bearer …``); of ``settings`` people, priorities and transitions count; ``base`` is the API's address."""

    def __init__(
        self, team: str, token: Callable[[], str], settings: TrackerSettings | None = None,
        base: str = "https://api.linear.app", timeout: float = 20.0,
    ) -> None:  # fmt: skip
        self.settings = settings or TrackerSettings("linear", "linear")
        self.name = self.settings.name
        self.ask = LinearApi(base, token, timeout)
        self.team = LinearTeam(team, self.ask, self.settings)

    @property
    def place(self) -> str:
        """The team."""
        return f"team {self.team.key}"

    def check(self) -> Sequence[Finding]:
        """The key, the team, the states and the people of the config."""
        try:
            viewer = self.ask.read(queries.VIEWER)["viewer"]
        except TrackerError as error:
            if type(error) is not TrackerError:
                raise
            return [Finding("token", False, error.message, "Set LINEAR_API_KEY to a key that is valid.")]
        found = [Finding("token", True, f"of {viewer['name']}")]
        try:
            self.team.team()
        except ConfigError as error:
            return [*found, Finding(f"team {self.team.key}", False, error.message, error.fix or "")]
        found.append(Finding(f"team {self.team.key}", True))
        for closed in (None, Closed.DONE, Closed.NOT_PLANNED):
            what = f"a state for {closed.value if closed else 'open'}"
            try:
                found.append(Finding(what, True, str(self.team.state_for(closed)["name"])))
            except (ConfigError, TrackerError) as error:
                found.append(Finding(what, False, error.message, error.fix or ""))
        for ours, theirs in self.settings.people:
            known = self.team.user(theirs)
            fix = "Give the e-mail address or the name that they have in Linear."
            found.append(
                Finding(
                    f"{ours} is {theirs}",
                    known is not None,
                    "" if known else "is not known",
                    fix,
                    needed=False,
                )
            )
        return found

    def find(self, marker: str) -> Sequence[TicketRef]:
        """By id."""
        return [
            _ref(issue)
            for issue in self._issues({"id": {"in": [marker]}})
            if not issue.get("trashed") and issue["state"]["type"] != "duplicate" and _has(issue, LABEL)
        ]

    def find_group(self, group: str) -> Sequence[tuple[str, TicketRef]]:
        """By the plan's label."""
        filter_ = {"labels": {"name": {"eq": _group_label(group)}}}
        return [
            (issue["id"], _ref(issue))
            for issue in self._issues(filter_)
            if not issue.get("trashed") and _has(issue, _group_label(group))
        ]

    def create(self, draft: TicketDraft) -> Made:
        """One issue, under its parent. What was dropped is read back."""
        dropped: list[str] = []
        values: dict[str, Any] = {
            "id": draft.marker, "teamId": self.team.team()["id"], "title": draft.title, "description": draft.body,
            "labelIds": self.team.label_ids((LABEL, _group_label(draft.group), *draft.labels), dropped),
        }  # fmt: skip
        if draft.priority is not None:
            words = dict(self.settings.priorities)
            values["priority"] = int(words.get(draft.priority.value, _PRIORITIES[draft.priority]))
        if draft.due is not None:
            values["dueDate"] = draft.due.isoformat()
        if draft.parent is not None:
            values["parentId"] = draft.parent.id
        if draft.assignee:
            user = self.team.user(draft.assignee)
            if user is None:
                dropped.append(f"Linear does not know {draft.assignee}")
            else:
                values["assigneeId"] = user["id"]
        values |= {name: int(value) if name in _FIGURES else value for name, value in draft.fields}
        try:
            made = self.ask.write(queries.CREATE, {"input": values})["issueCreate"]
        except TrackerError as error:
            if type(error) is not TrackerError:
                raise
            # An id that is taken is refused: somebody made this very ticket before.
            there = list(self._issues({"id": {"in": [draft.marker]}}))
            if not there:
                raise
            return Made(_ref(there[0]))
        return Made(_ref(made["issue"]), tuple(dropped))

    def link(self, blocker: TicketRef, blocked: TicketRef) -> None:
        """A relation, once."""
        relations = self.ask.read(queries.RELATIONS, {"id": blocker.id})["issue"]["relations"]["nodes"]
        if any(r["type"] == "blocks" and r["relatedIssue"]["id"] == blocked.id for r in relations):
            return
        self._relate(blocker, blocked, "blocks")

    def _relate(self, one: TicketRef, other: TicketRef, kind: str) -> None:
        values = {"issueId": one.id, "relatedIssueId": other.id, "type": kind}
        self.ask.write(queries.RELATE, {"input": values})

    def read(self, refs: Sequence[TicketRef]) -> Sequence[TicketState]:
        """Fifty at a time. An issue keeps its id when it moves to another team, and gets another key."""
        known: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(refs), _BATCH):
            ids = [ref.id for ref in refs[start : start + _BATCH]]
            known |= {issue["id"]: issue for issue in self._issues({"id": {"in": ids}})}
        return [self._state(known.get(ref.id), ref) for ref in refs]

    def _state(self, issue: Mapping[str, Any] | None, ref: TicketRef) -> TicketState:
        if issue is None or issue.get("trashed"):
            return TicketState(ref, Presence.GONE)
        here = _ref(issue)
        kind, name = issue["state"]["type"], issue["state"]["name"]
        closed = Closed.DUPLICATE if name.casefold() == "duplicate" else _CLOSED.get(kind)
        return TicketState(
            here,
            Presence.HERE if here.key == ref.key else Presence.MOVED,
            title=issue["title"], status=name, closed=closed, started=kind == "started",
            assignee=self.team.called(issue.get("assignee")),
            due=date.fromisoformat(issue["dueDate"][:10]) if issue.get("dueDate") else None,
            updated=_instant(issue["updatedAt"]),
        )  # fmt: skip

    def comments(self, ref: TicketRef, since: datetime | None) -> Sequence[TicketComment]:
        """Those that are newer."""
        found: list[TicketComment] = []
        after: str | None = None
        filter_ = {"createdAt": {"gt": since.isoformat()}} if since else None
        while True:
            page = self.ask.read(queries.COMMENTS, {"id": ref.id, "after": after, "filter": filter_})[
                "issue"
            ]["comments"]
            for node in page["nodes"]:
                author = (node.get("user") or {}).get("displayName", "somebody")
                found.append(TicketComment(node["id"], author, _instant(node["createdAt"]), node["body"]))
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        return sorted((c for c in found if since is None or c.at > since), key=lambda c: (c.at, c.id))

    def change(self, ref: TicketRef, change: TicketChange) -> TicketState:
        """Change what is given."""
        values: dict[str, Any] = {}
        if change.title is not None:
            values["title"] = change.title
        if change.body is not None:
            values["description"] = change.body
        if change.clear_assignee:
            values["assigneeId"] = None
        elif change.assignee is not None:
            user = self.team.user(change.assignee)
            if user is None:
                raise TrackerError(
                    f"Linear does not know {change.assignee}",
                    where=ref.key,
                    fix=f"Say who that is: people in [tracker.{self.name}].",
                )
            values["assigneeId"] = user["id"]
        if change.due is not None or change.clear_due:
            values["dueDate"] = change.due.isoformat() if change.due else None
        if change.closed is not None or change.reopen:
            values["stateId"] = self.team.state_for(change.closed)["id"]
        if not values:
            return self.read([ref])[0]
        return self._state(self._update(ref, values), ref)

    def comment(self, ref: TicketRef, text: str) -> None:
        """Add a comment."""
        self.ask.write(queries.COMMENT, {"input": {"issueId": ref.id, "body": text}})

    def retire(self, ref: TicketRef, keep: TicketRef) -> None:
        """Mark it as a duplicate, and take our labels off, so that it is not found any more."""
        issue = next(iter(self._issues({"id": {"in": [ref.id]}})), None)
        if issue is None:
            return
        self._relate(ref, keep, "duplicate")
        labels = [
            label["id"]
            for label in issue["labels"]["nodes"]
            if label["name"] != LABEL and not label["name"].startswith("pma-")
        ]
        self._update(ref, {"stateId": self.team.state_for(Closed.DUPLICATE)["id"], "labelIds": labels})

    def _issues(self, filter_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        return self.ask.pages(queries.ISSUES, "issues", {"filter": filter_})

    def _update(self, ref: TicketRef, values: Mapping[str, Any]) -> dict[str, Any]:
        made = self.ask.write(queries.UPDATE, {"id": ref.id, "input": values})
        issue: dict[str, Any] = made["issueUpdate"]["issue"]
        return issue


def _has(issue: Mapping[str, Any], label: str) -> bool:
    return any(node["name"] == label for node in issue["labels"]["nodes"])


def _ref(issue: Mapping[str, Any]) -> TicketRef:
    return TicketRef(issue["identifier"], issue["id"], issue["url"])


def _group_label(group: str) -> str:
    return f"pma-{group}"[:80]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


__all__ = ["Linear", "from_settings"]
