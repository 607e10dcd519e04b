"""Jira: Cloud by its API v3, Data Center by v2.

Jira has no key that makes a second request harmless: each ticket carries a label of its own and of its plan, and is
looked for by them before anything is sent again. The index behind the search lags, so the look is repeated by every sync.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

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
from .jira_api import JiraApi, part, said, said_in
from .jira_project import EPIC_LINK, EPIC_NAME, JiraProject
from .jira_workflow import closed_of, move
from .registry import Secret, needed

LABEL = "postmortem-actions"
PROPERTY = "postmortem-actions"
_MARK = "pma-id-"
_FIELDS = ("summary", "status", "resolution", "assignee", "duedate", "updated", "labels", "created")
_LONGEST_TITLE = 255
_LONGEST_BODY = 30_000  # characters; Jira takes 32,767
_BATCH = 50  # issues made by one request; Jira's limit


def from_settings(settings: TrackerSettings, secret: Secret) -> Tracker:
    """The tracker of ``[tracker.<name>]``. Raises ConfigError."""
    base, project = needed(settings, "base", "https://acme.atlassian.net"), needed(settings, "project", "OPS")
    dialect = settings.get("dialect") or ("cloud" if ".atlassian.net" in base else "data-center")
    if dialect not in ("cloud", "data-center"):
        raise ConfigError(
            f"{dialect!r} is no dialect", where=settings.where or None, fix="Use cloud or data-center."
        )
    names = [name for name in (settings.get("token_name"), "JIRA_TOKEN") if name]
    email = needed(settings, "email", "bot@example.com") if dialect == "cloud" else settings.get("email")
    return Jira(JiraApi(base, secret(*names), dialect == "cloud", email), project, settings)


class Jira:
    """See ``core.tracking.tickets.Tracker``. ``project`` is a project's key; of ``settings`` the types, people,
    priorities, fields and transitions count."""

    bulk = _BATCH

    def __init__(self, ask: JiraApi, project: str, settings: TrackerSettings | None = None) -> None:
        self.settings = settings or TrackerSettings("jira", "jira")
        self.name = self.settings.name
        self.ask = ask
        self.project = JiraProject(project, ask, self.settings)
        self.issue_type = self.settings.get("issue_type") or "Task"
        self.parent_type = self.settings.get("parent_type") or "Epic"

    @property
    def place(self) -> str:
        """The project and its server."""
        return f"{self.project.key} at {re.sub(r'^https?://', '', self.ask.base)}"

    def check(self) -> Sequence[Finding]:
        """The token, rights in the project, issue types, required fields, priorities, link type and people."""
        me = self.ask.get("myself")
        if me.status != 200:
            fix = "Set JIRA_TOKEN (and email, for Jira Cloud) to ones that are valid."
            return [Finding("token", False, f"is not accepted (status {me.status})", fix)]
        found = [Finding("token", True, f"of {me.data.get('displayName', 'somebody')}"), *self._rights()]
        for kind in (self.issue_type, self.parent_type):
            try:
                self.project.fields(kind)
                self.project.further(kind, dict(self.settings.fields))
                found += [Finding(f"issue type {kind}", True), *self.project.missing(kind)]
            except TrackerError as error:
                if type(error) is not TrackerError:
                    raise
                found.append(Finding(f"issue type {kind}", False, error.message, error.fix or ""))
        for name, theirs in self.settings.people:
            fix = "Give the name, the e-mail address or the account id of somebody who can be assigned in the project."
            known = self.project.user(theirs) is not None
            found.append(
                Finding(f"{name} is {theirs}", known, "" if known else "is not known", fix, needed=False)
            )
        if self.project.blocks() is None:
            found.append(
                Finding(
                    "a link type 'blocks'", False, "is missing", "Add it in Jira's settings.", needed=False
                )
            )
        return found

    def _rights(self) -> list[Finding]:
        wished = (
            "BROWSE_PROJECTS",
            "CREATE_ISSUES",
            "EDIT_ISSUES",
            "TRANSITION_ISSUES",
            "LINK_ISSUES",
            "ASSIGN_ISSUES",
        )
        answer = self.ask.get(
            "mypermissions", {"projectKey": self.project.key, "permissions": ",".join(wished)}
        )
        if answer.status != 200:
            return [Finding("rights", None, f"cannot be asked (status {answer.status})")]
        have = answer.data.get("permissions") or {}
        without = [name for name in wished if not (have.get(name) or {}).get("havePermission")]
        if not without:
            return [Finding(f"rights in {self.project.key}", True)]
        fix = "Give them to the token's user in the project's permission scheme."
        return [Finding(f"rights in {self.project.key}", False, f"without {', '.join(without)}", fix)]

    def find(self, marker: str) -> Sequence[TicketRef]:
        """By the label of its own."""
        return [self._ref(issue) for issue in self._labelled(f"{_MARK}{marker}")]

    def find_group(self, group: str) -> Sequence[tuple[str, TicketRef]]:
        """By the plan's label."""
        found = []
        for issue in self._labelled(_group_label(group)):
            marks = [label for label in issue["fields"]["labels"] if label.startswith(_MARK)]
            found += [(mark.removeprefix(_MARK), self._ref(issue)) for mark in marks[:1]]
        return found

    def _labelled(self, label: str) -> list[dict[str, Any]]:
        issues = self.ask.search(f'labels = "{label}"', ("labels", "created"))
        # An index that lags behind may still show what lost its label.
        return sorted(
            (i for i in issues if label in i["fields"]["labels"]), key=lambda issue: int(issue["id"])
        )

    def create(self, draft: TicketDraft) -> Made:
        """One issue, in its epic."""
        dropped: list[str] = []
        answer = self.ask.send("POST", "issue", self._details(draft, dropped))
        self.ask.expect(answer, (201,), "create an issue")
        return Made(self._ref(answer.data), tuple(dropped))

    def create_many(self, drafts: Sequence[TicketDraft]) -> Sequence[Made | TrackerError]:
        """Up to fifty by one request; of each what became of it. Jira may make some and refuse others."""
        results: list[Made | TrackerError | None] = [None] * len(drafts)
        details: list[tuple[int, dict[str, Any], list[str]]] = []
        for n, draft in enumerate(drafts):
            dropped: list[str] = []
            try:
                details.append((n, self._details(draft, dropped), dropped))
            except TrackerError as error:
                if type(error) is not TrackerError:
                    raise
                results[n] = error
        if details:
            answer = self.ask.send("POST", "issue/bulk", {"issueUpdates": [body for _, body, _ in details]})
            if answer.status in (404, 405):  # a server without it
                return [result or self._outcome(draft) for result, draft in zip(results, drafts, strict=True)]
            # That all are refused is told with 400 and the same body.
            if (
                not isinstance(answer.data, Mapping)
                or "errors" not in answer.data
                or answer.status not in (201, 400)
            ):
                self.ask.expect(answer, (201,), "create issues")
            refused = {
                e["failedElementNumber"]: e for e in answer.data["errors"] if "failedElementNumber" in e
            }
            if answer.status == 400 and not refused:
                self.ask.expect(answer, (201,), "create issues")
            made = iter(answer.data.get("issues") or [])
            for place, (n, _, dropped) in enumerate(details):
                if place in refused:
                    why = said_in(refused[place].get("elementErrors") or {})
                    results[n] = TrackerError(f"Jira refuses to create an issue: {why}", where=self.ask.base)
                else:
                    results[n] = Made(self._ref(next(made)), tuple(dropped))
        return [result for result in results if result is not None]

    def _outcome(self, draft: TicketDraft) -> Made | TrackerError:
        try:
            return self.create(draft)
        except TrackerError as error:
            return error

    def _details(self, draft: TicketDraft, dropped: list[str]) -> dict[str, Any]:
        kind = self.parent_type if draft.is_parent else self.issue_type
        known = self.project.fields(kind)
        labels = dict.fromkeys((LABEL, _group_label(draft.group), f"{_MARK}{draft.marker}", *draft.labels))
        fields: dict[str, Any] = {
            "project": {"key": self.project.key}, "issuetype": {"id": self.project.types()[kind.casefold()]},
            "summary": " ".join(draft.title.split())[:_LONGEST_TITLE], "description": self._body(draft, dropped),
            "labels": [re.sub(r"\s+", "-", label) for label in labels],
        }  # fmt: skip
        if draft.priority is not None:
            name = self.project.priority(draft.priority)
            if name is None or (known and "priority" not in known and self.ask.cloud):
                dropped.append(
                    f"Jira has no priority for {draft.priority.value} here: set priorities in the config"
                )
            else:
                fields["priority"] = {"name": name}
        if draft.due is not None:
            fields["duedate"] = draft.due.isoformat()
        if draft.assignee:
            user = self.project.user(draft.assignee)
            if user is None:
                dropped.append(f"Jira knows nobody called {draft.assignee} who could be assigned")
            else:
                fields["assignee"] = {self.ask.who: user[self.ask.who]}
        if draft.parent is not None:
            link = None if self.ask.cloud else self.project.special(EPIC_LINK)
            fields |= {link: draft.parent.key} if link else {"parent": {"key": draft.parent.key}}
        name_field = self.project.special(EPIC_NAME) if draft.is_parent and not self.ask.cloud else None
        if name_field and kind.casefold() == "epic":
            fields[name_field] = fields["summary"]
        fields |= self.project.further(kind, dict(draft.fields))
        body: dict[str, Any] = {"fields": fields}
        if self.ask.cloud:
            body["properties"] = [{"key": PROPERTY, "value": {"marker": draft.marker, "group": draft.group}}]
        return body

    def _body(self, draft: TicketDraft, dropped: list[str]) -> Any:
        text = draft.body
        if len(text) > _LONGEST_BODY:
            text = text[:_LONGEST_BODY] + "\n\n… (cut: the whole stands in the plan)"
            dropped.append("the text was cut, because Jira takes 32,767 characters")
        return self.ask.text(text)

    def link(self, blocker: TicketRef, blocked: TicketRef) -> None:
        """An issue link, once."""
        kind = self.project.blocks()
        if kind is None:
            raise TrackerError(
                "Jira has no link type 'blocks'", where=self.ask.base, fix="Add it in Jira's settings."
            )
        name, outward = kind
        side = "outwardIssue" if outward else "inwardIssue"
        issue = self.ask.read(f"issue/{part(blocker.key)}", f"read {blocker.key}", {"fields": "issuelinks"})
        for link in issue["fields"].get("issuelinks") or []:
            if link["type"]["name"] == name and (link.get(side) or {}).get("key") == blocked.key:
                return
        ends = ({"key": blocker.key}, {"key": blocked.key})
        first, second = ends if outward else ends[::-1]
        body = {"type": {"name": name}, "inwardIssue": first, "outwardIssue": second}
        self.ask.expect(
            self.ask.send("POST", "issueLink", body), (200, 201), f"link {blocker.key} and {blocked.key}"
        )

    def read(self, refs: Sequence[TicketRef]) -> Sequence[TicketState]:
        """A hundred at a time; what is not found so is asked for alone, as it may have been moved."""
        known: dict[str, dict[str, Any]] = {}
        for start in range(0, len(refs), _BATCH):
            some = refs[start : start + _BATCH]
            if len(some) > 2:
                known |= {str(issue["id"]): issue for issue in self._some([ref.key for ref in some])}
        return [self._state(known[ref.id], ref) if ref.id in known else self._read(ref) for ref in refs]

    def _some(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        if self.ask.cloud:
            body = {"issueIdsOrKeys": list(keys), "fields": list(_FIELDS)}
            answer = self.ask.api.safely(lambda: self.ask.send("POST", "issue/bulkfetch", body))
            self.ask.expect(answer, (200,), "read issues")
            return list(answer.data.get("issues") or [])
        return list(self.ask.search(f"key in ({', '.join(keys)})", _FIELDS))

    def _read(self, ref: TicketRef) -> TicketState:
        for word in dict.fromkeys((ref.id, ref.key)):
            answer = self.ask.get(f"issue/{part(word)}", {"fields": ",".join(_FIELDS)})
            if answer.status == 200:
                return self._state(answer.data, ref)
            if answer.status != 404:
                self.ask.expect(answer, (200,), f"read {ref.key}")
        return TicketState(ref, Presence.GONE)

    def _state(self, issue: Mapping[str, Any], ref: TicketRef) -> TicketState:
        here, fields = self._ref(issue), issue["fields"]
        status = fields["status"]
        category = (status.get("statusCategory") or {}).get("key")
        return TicketState(
            here,
            Presence.HERE if here.key == ref.key else Presence.MOVED,
            title=fields["summary"], status=status["name"], closed=closed_of(fields), started=category == "indeterminate",
            assignee=self.project.called(fields.get("assignee")),
            due=date.fromisoformat(fields["duedate"]) if fields.get("duedate") else None,
            updated=_instant(fields["updated"]),
        )  # fmt: skip

    def comments(self, ref: TicketRef, since: datetime | None) -> Sequence[TicketComment]:
        """Those that are newer."""
        found: list[TicketComment] = []
        start = 0
        while True:
            params = {"startAt": str(start), "maxResults": "100", "orderBy": "created"}
            page = self.ask.read(f"issue/{part(ref.key)}/comment", f"read the comments of {ref.key}", params)
            for one in page["comments"]:
                author = self.project.called(one.get("author")) or "somebody"
                found.append(
                    TicketComment(
                        str(one["id"]), author, _instant(one["created"]), self.ask.words(one["body"])
                    )
                )
            start += len(page["comments"])
            if not page["comments"] or start >= page["total"]:
                break
        return sorted((c for c in found if since is None or c.at > since), key=lambda c: (c.at, c.id))

    def change(self, ref: TicketRef, change: TicketChange) -> TicketState:
        """Change its fields, then its status by a transition."""
        fields: dict[str, Any] = {}
        if change.title is not None:
            fields["summary"] = " ".join(change.title.split())[:_LONGEST_TITLE]
        if change.body is not None:
            fields["description"] = self.ask.text(change.body[:_LONGEST_BODY])
        if change.clear_assignee:
            fields["assignee"] = None
        elif change.assignee is not None:
            user = self.project.user(change.assignee)
            if user is None:
                raise TrackerError(
                    f"Jira knows nobody called {change.assignee} who could be assigned",
                    where=ref.key,
                    fix=f"Say who that is: people in [tracker.{self.name}].",
                )
            fields["assignee"] = {self.ask.who: user[self.ask.who]}
        if change.due is not None or change.clear_due:
            fields["duedate"] = change.due.isoformat() if change.due else None
        if fields:
            self._edit(ref, fields)
        if change.closed is not None or change.reopen:
            move(self.ask, ref, self._read(ref), change.closed, self.settings.state_for(change.closed))
        return self._read(ref)

    def _edit(self, ref: TicketRef, fields: Mapping[str, Any]) -> None:
        answer = self.ask.send("PUT", f"issue/{part(ref.key)}", {"fields": fields})
        self.ask.expect(answer, (200, 204), f"change {ref.key}")

    def comment(self, ref: TicketRef, text: str) -> None:
        """Add a comment."""
        answer = self.ask.send("POST", f"issue/{part(ref.key)}/comment", {"body": self.ask.text(text)})
        self.ask.expect(answer, (201,), f"comment on {ref.key}")

    def retire(self, ref: TicketRef, keep: TicketRef) -> None:
        """Take our labels off, say which one counts, and close it as a duplicate."""
        issue = self.ask.read(f"issue/{part(ref.key)}", f"read {ref.key}", {"fields": "labels"})
        labels = [
            label for label in issue["fields"]["labels"] if label != LABEL and not label.startswith("pma-")
        ]
        self._edit(ref, {"labels": labels})
        self.comment(ref, f"Made twice; {keep.key} is the one that counts.")
        move(self.ask, ref, self._read(ref), Closed.DUPLICATE, self.settings.state_for(Closed.DUPLICATE))

    def _ref(self, issue: Mapping[str, Any]) -> TicketRef:
        return TicketRef(issue["key"], str(issue["id"]), self.ask.browse(issue["key"]))


def _group_label(group: str) -> str:
    return f"pma-{group}"[:200]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


__all__ = ["Jira", "JiraApi", "from_settings", "said"]
