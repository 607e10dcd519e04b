"""GitHub Issues, by the REST API of 2022-11-28.

The marker stands in the body as a comment that is not shown. Tickets are found by their label in the list of
issues, not by the search index, which lags. GitHub has no due date of its own: a milestone of that day is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

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
from .http import Answer, Api
from .registry import Secret, needed

LABEL = "postmortem-actions"
_MARK = re.compile(r"<!-- postmortem-actions marker=([0-9a-f-]{36}) group=([a-z0-9-]+) -->")
_DUE = re.compile(r"\*\*Due\*\*: (\d{4}-\d{2}-\d{2})")
_MILESTONE = re.compile(r"Due (\d{4}-\d{2}-\d{2})")
_LONGEST_BODY = 65_000  # characters; GitHub takes 65,536
_LONGEST_TITLE = 256
_STARTED = {"in progress", "in-progress", "doing"}
_REASONS = {"completed": Closed.DONE, "not_planned": Closed.NOT_PLANNED, "duplicate": Closed.DUPLICATE}
_WORDS = {Closed.DONE: "completed", Closed.NOT_PLANNED: "not_planned", Closed.DUPLICATE: "duplicate"}


def from_settings(settings: TrackerSettings, secret: Secret) -> Tracker:
    """The tracker of ``[tracker.<name>]``. Raises ConfigError."""
    names = [name for name in (settings.get("token_name"), "GITHUB_TOKEN", "GH_TOKEN") if name]
    repository = needed(settings, "repository", "acme/shop")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ConfigError(
            f"{repository!r} is no repository",
            where=settings.where or None,
            fix='Write repository = "owner/name".',
        )
    return GitHub(repository, secret(*names), settings.get("base") or "https://api.github.com", settings.name)


class GitHub:
    """See ``core.tracking.tickets.Tracker``. ``repository`` is owner/name; ``token`` gives a token with the right to
    write issues; ``base`` is the API's address."""

    def __init__(
        self, repository: str, token: Callable[[], str], base: str = "https://api.github.com", name: str = "github",
        milestones: bool = True, timeout: float = 20.0,
    ) -> None:  # fmt: skip
        self.name = name
        self.repository = repository
        self.milestones = milestones
        self.api = Api("GitHub", base, lambda: {
            "Authorization": f"Bearer {token()}", "X-GitHub-Api-Version": "2022-11-28", "Accept": "application/vnd.github+json",
        }, timeout)  # fmt: skip
        self._labels: set[str] | None = None

    @property
    def place(self) -> str:
        """The repository."""
        return self.repository

    def check(self) -> Sequence[Finding]:
        """The token, the repository, whether issues are on, and the right to set labels and assignees."""
        found = []
        answer = self.api.read("user")
        if answer.status == 200:
            found.append(Finding("token", True, f"of {answer.data.get('login', 'somebody')}"))
        elif answer.status == 401:
            return [Finding("token", False, "is not accepted", "Set GITHUB_TOKEN to a token that is valid.")]
        else:
            found.append(Finding("token", None, f"its user cannot be asked (status {answer.status})"))
        answer = self.api.read(self._path(""))
        if answer.status != 200:
            fix = "Check repository in the config, and that the token may see it."
            return [*found, Finding(f"repository {self.repository}", False, "cannot be read", fix)]
        found.append(Finding(f"repository {self.repository}", True))
        if not answer.data.get("has_issues", True):
            found.append(
                Finding("issues", False, "are switched off", "Switch them on in the repository's settings.")
            )
        rights = answer.data.get("permissions")
        if isinstance(rights, Mapping):
            may = bool(
                rights.get("push") or rights.get("triage") or rights.get("admin") or rights.get("maintain")
            )
            fix = "Without it GitHub drops labels and assignees silently; give the token's user the triage role."
            found.append(Finding("right to set labels and assignees", may, fix=fix))
        return found

    def find(self, marker: str) -> Sequence[TicketRef]:
        """By the marker in the body, among the issues with our label."""
        return [
            _ref(issue)
            for issue in self._ours(LABEL)
            if (m := _MARK.search(issue.get("body") or "")) and m[1] == marker
        ]

    def find_group(self, group: str) -> Sequence[tuple[str, TicketRef]]:
        """By the plan's label."""
        found = []
        for issue in self._ours(_group_label(group)):
            mark = _MARK.search(issue.get("body") or "")
            if mark and mark[2] == group:
                found.append((mark[1], _ref(issue)))
        return found

    def _ours(self, label: str) -> list[dict[str, Any]]:
        issues = self._pages(
            "issues", {"labels": label, "state": "all", "sort": "created", "direction": "asc"}
        )
        return sorted((i for i in issues if "pull_request" not in i), key=lambda issue: issue["number"])

    def create(self, draft: TicketDraft) -> Made:
        """One issue; then its place under its parent. What GitHub dropped is read back."""
        labels = list(
            dict.fromkeys(
                [
                    LABEL,
                    _group_label(draft.group),
                    *draft.labels,
                    *([draft.priority.value] if draft.priority else []),
                ]
            )
        )
        dropped: list[str] = []
        body: dict[str, Any] = {
            "title": draft.title[:_LONGEST_TITLE],
            "body": self._body(draft, dropped),
            "labels": labels,
        }
        if draft.assignee:
            body["assignees"] = [draft.assignee]
        if draft.due is not None and self.milestones:
            number = self._milestone(draft.due)
            if number is None:
                dropped.append("the due date stands in the text alone: no milestone could be made")
            else:
                body["milestone"] = number
        answer = self.api.send("POST", self._path("issues"), body)
        if answer.status == 422 and draft.assignee:
            # A login that cannot be assigned may make GitHub refuse the whole issue.
            body.pop("assignees")
            answer = self.api.send("POST", self._path("issues"), body)
        self._expect(answer, (201,), "create an issue")
        issue = answer.data
        have = {label["name"].lower() for label in issue.get("labels", [])}
        missing = [label for label in labels if label.lower() not in have]
        if missing:
            dropped.append(f"GitHub dropped the labels {', '.join(missing)} (the token has no push access)")
        if draft.assignee and draft.assignee.lower() not in {
            a["login"].lower() for a in issue.get("assignees") or []
        }:
            dropped.append(f"GitHub did not take {draft.assignee} as assignee")
        ref = _ref(issue)
        if draft.parent is not None and (why := self._adopt(draft.parent, ref)):
            dropped.append(f"not a sub-issue of #{draft.parent.key}: {why}; the text says what it is part of")
        return Made(ref, tuple(dropped))

    def _adopt(self, parent: TicketRef, ref: TicketRef) -> str:
        """Put an issue under its parent; doing it twice changes nothing. Why not, where it cannot be done: the issue
        itself is there, so that is told and no error."""
        path, body = self._path(f"issues/{parent.key}/sub_issues"), {"sub_issue_id": int(ref.id)}
        try:
            answer = self.api.safely(lambda: self.api.send("POST", path, body))
        except TrackerError as error:
            return error.message
        return "" if answer.status in (200, 201) else _said(answer)

    def link(self, blocker: TicketRef, blocked: TicketRef) -> None:
        """A dependency of GitHub's own; where there is none of that, a line in the blocked issue."""
        path = self._path(f"issues/{blocked.key}/dependencies/blocked_by")
        known = self.api.read(path)
        if known.status == 200 and isinstance(known.data, list):
            if any(str(issue.get("id")) == blocker.id for issue in known.data):
                return
            answer = self.api.send("POST", path, {"issue_id": int(blocker.id)})
            if answer.status in (200, 201):
                return
        line = f"Blocked by #{blocker.key}"
        issue = self._issue(blocked)
        if line not in (issue.get("body") or "").splitlines():
            self._patch(blocked, {"body": f"{issue.get('body') or ''}\n\n{line}"})

    def read(self, refs: Sequence[TicketRef]) -> Sequence[TicketState]:
        """Each issue as it is; where many are asked for, those changed are found by our label in few requests."""
        known: dict[str, dict[str, Any]] = {}
        if len(refs) > 5:
            known = {str(issue["id"]): issue for issue in self._ours(LABEL)}
        return [self._state(known[ref.id], ref) if ref.id in known else self._read(ref) for ref in refs]

    def _read(self, ref: TicketRef) -> TicketState:
        answer = self.api.read(self._path(f"issues/{ref.key}"))
        if answer.status in (404, 410):
            return TicketState(ref, Presence.GONE)
        if answer.status in (301, 302, 307) and "location" in answer.headers:
            moved = self.api.read(answer.headers["location"])
            if moved.status == 200:
                return TicketState(_ref(moved.data), Presence.MOVED)
            return TicketState(ref, Presence.GONE)
        self._expect(answer, (200,), f"read #{ref.key}")
        return self._state(answer.data, ref)

    def _state(self, issue: Mapping[str, Any], ref: TicketRef) -> TicketState:
        new = _ref(issue)
        if new.id != ref.id:
            return TicketState(new, Presence.MOVED)
        labels = {label["name"].lower() for label in issue.get("labels", []) if isinstance(label, Mapping)}
        closed = None
        if issue.get("state") == "closed":
            closed = _REASONS.get(issue.get("state_reason") or "completed", Closed.DONE)
        people = issue.get("assignees") or []
        by = (issue.get("closed_by") or {}).get("login") if closed else None
        return TicketState(
            new, title=issue.get("title") or "", status=issue.get("state") or "", closed=closed,
            started=closed is None and bool(labels & _STARTED), assignee=people[0]["login"] if people else None,
            due=_due(issue), updated=_instant(issue.get("updated_at")), by=by,
        )  # fmt: skip

    def comments(self, ref: TicketRef, since: datetime | None) -> Sequence[TicketComment]:
        """Comments made after that instant."""
        params = {"since": since.strftime("%Y-%m-%dT%H:%M:%SZ")} if since else {}
        found = []
        for comment in self._pages(f"issues/{ref.key}/comments", params):
            at = _instant(comment.get("created_at"))
            if at is not None and (since is None or at > since):
                author = (comment.get("user") or {}).get("login", "somebody")
                found.append(TicketComment(str(comment["id"]), author, at, comment.get("body") or ""))
        return sorted(found, key=lambda comment: (comment.at, comment.id))

    def change(self, ref: TicketRef, change: TicketChange) -> TicketState:
        """Change what is given; the marker stays in the body."""
        body: dict[str, Any] = {}
        if change.title is not None:
            body["title"] = change.title[:_LONGEST_TITLE]
        if change.assignee is not None or change.clear_assignee:
            body["assignees"] = [change.assignee] if change.assignee else []
        if change.due is not None or change.clear_due or change.body is not None:
            old = self._issue(ref).get("body") or ""
            mark = _MARK.search(old)
            text = change.body if change.body is not None else _MARK.sub("", old).rstrip()
            if change.due is not None or change.clear_due:
                text = _DUE.sub(f"**Due**: {change.due or 'no date'}", text, count=1)
                body["milestone"] = self._milestone(change.due) if change.due and self.milestones else None
            body["body"] = f"{text}\n\n{mark[0]}" if mark else text
        if change.closed is not None:
            body |= {"state": "closed", "state_reason": _WORDS[change.closed]}
        if change.reopen:
            body |= {"state": "open", "state_reason": "reopened"}
        return self._state(self._patch(ref, body), ref)

    def comment(self, ref: TicketRef, text: str) -> None:
        """Add a comment."""
        answer = self.api.send("POST", self._path(f"issues/{ref.key}/comments"), {"body": text})
        self._expect(answer, (201,), f"comment on #{ref.key}")

    def retire(self, ref: TicketRef, keep: TicketRef) -> None:
        """Close it as a duplicate, and take the marker out, so that it is not found any more."""
        body = _MARK.sub(
            f"Made twice; #{keep.key} is the one that counts.", self._issue(ref).get("body") or ""
        )
        try:
            self._patch(ref, {"body": body, "state": "closed", "state_reason": "duplicate"})
        except TrackerError as error:
            if type(error) is not TrackerError:
                raise
            self._patch(ref, {"body": body, "state": "closed", "state_reason": "not_planned"})

    # How GitHub is spoken to.

    def _body(self, draft: TicketDraft, dropped: list[str]) -> str:
        text = draft.body
        if draft.parent is not None:
            text = f"Part of #{draft.parent.key}.\n\n{text}"
        if draft.due is not None and not _DUE.search(text):
            text = f"**Due**: {draft.due}\n\n{text}"
        if len(text) > _LONGEST_BODY:
            text = text[:_LONGEST_BODY] + "\n\n… (cut: the whole stands in the plan)"
            dropped.append("the text was cut, because GitHub takes 65,536 characters")
        return f"{text}\n\n<!-- postmortem-actions marker={draft.marker} group={draft.group} -->"

    def _milestone(self, due: date) -> int | None:
        title = f"Due {due.isoformat()}"
        for milestone in self._pages("milestones", {"state": "all"}):
            if milestone.get("title") == title:
                return int(milestone["number"])
        answer = self.api.send(
            "POST", self._path("milestones"), {"title": title, "due_on": f"{due.isoformat()}T12:00:00Z"}
        )
        if answer.status == 201:
            return int(answer.data["number"])
        return None

    def _issue(self, ref: TicketRef) -> dict[str, Any]:
        answer = self.api.read(self._path(f"issues/{ref.key}"))
        self._expect(answer, (200,), f"read #{ref.key}")
        issue: dict[str, Any] = answer.data
        return issue

    def _patch(self, ref: TicketRef, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.api.send("PATCH", self._path(f"issues/{ref.key}"), body)
        self._expect(answer, (200,), f"change #{ref.key}")
        issue: dict[str, Any] = answer.data
        return issue

    def _pages(self, path: str, params: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        answer = self.api.read(self._path(path), {**params, "per_page": "100"})
        while True:
            self._expect(answer, (200,), f"list {path}")
            yield from answer.data or []
            following = re.search(r'<([^>]+)>;\s*rel="next"', answer.headers.get("link", ""))
            if not following:
                return
            answer = self.api.read(following[1])

    def _path(self, path: str) -> str:
        return f"repos/{quote(self.repository)}/{path}".rstrip("/")

    def _expect(self, answer: Answer, good: Sequence[int], what: str) -> None:
        if answer.status in good:
            return
        fixes = {
            401: "The token is not accepted: set GITHUB_TOKEN to one that is valid.",
            403: "The token may not do this: give it the right to write issues.",
            404: "Check repository in the config, and that the token may see it.",
            410: "Issues are switched off in this repository, or it was deleted.",
        }
        raise TrackerError(
            f"GitHub refuses to {what}: {_said(answer)} (status {answer.status})",
            where=self.repository,
            fix=fixes.get(answer.status, "Mend what GitHub names, and run it again."),
        )


def _ref(issue: Mapping[str, Any]) -> TicketRef:
    return TicketRef(str(issue["number"]), str(issue["id"]), str(issue.get("html_url") or ""))


def _group_label(group: str) -> str:
    return f"pma-{group}"[:50]  # GitHub's longest label


def _due(issue: Mapping[str, Any]) -> date | None:
    milestone = issue.get("milestone") or {}
    found = _MILESTONE.fullmatch(milestone.get("title") or "")
    if found:
        return date.fromisoformat(found[1])
    if milestone.get("due_on"):
        return date.fromisoformat(milestone["due_on"][:10])
    found = _DUE.search(issue.get("body") or "")
    return date.fromisoformat(found[1]) if found else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _said(answer: Answer) -> str:
    data = answer.data if isinstance(answer.data, Mapping) else {}
    parts = [str(data.get("message") or "no reason given")]
    for error in data.get("errors") or []:
        if isinstance(error, Mapping):
            parts.append(str(error.get("message") or f"{error.get('field')} {error.get('code')}"))
        else:
            parts.append(str(error))
    return "; ".join(parts)[:300]


__all__ = ["GitHub", "from_settings"]
