"""What a Jira project has: fields of an issue type, priorities, people, link types; each asked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.policy import Priority
from ...core.tracking.settings import TrackerSettings
from ...core.tracking.tickets import Finding
from ...errors import TrackerError
from .jira_api import JiraApi, part

EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"
_TEXT_AREA = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
_DEFAULTS = {Priority.P0: "Highest", Priority.P1: "High", Priority.P2: "Medium", Priority.P3: "Low"}
# What every ticket of ours carries, or what Jira fills in by itself.
_OURS = frozenset(
    {"summary", "description", "labels", "issuetype", "project", "reporter", "parent", "duedate", "assignee"}
)


class JiraProject:
    """The project of that key."""

    def __init__(self, key: str, ask: JiraApi, settings: TrackerSettings) -> None:
        self.key = key
        self.ask = ask
        self.settings = settings
        self._types: dict[str, str] | None = None
        self._fields: dict[str, dict[str, dict[str, Any]]] = {}
        self._priorities: dict[str, str] | None = None
        self._users: dict[str, Mapping[str, Any] | None] = {}
        self._blocks: tuple[str, bool] | None = None
        self._special: dict[str, str] | None = None

    def types(self) -> Mapping[str, str]:
        """Issue types: name in lower case → id."""
        if self._types is None:
            answer = self.ask.get(f"issue/createmeta/{part(self.key)}/issuetypes", {"maxResults": "200"})
            if answer.status == 404:  # Data Center before 8.4
                found = self._old_meta()
            else:
                self.ask.expect(answer, (200,), f"tell the issue types of {self.key}")
                found = answer.data.get("issueTypes") or answer.data.get("values") or []
            self._types = {kind["name"].casefold(): str(kind["id"]) for kind in found}
        return self._types

    def _old_meta(self) -> list[dict[str, Any]]:
        params = {"projectKeys": self.key, "expand": "projects.issuetypes.fields"}
        projects = self.ask.read("issue/createmeta", f"tell the issue types of {self.key}", params)[
            "projects"
        ]
        kinds: list[dict[str, Any]] = projects[0]["issuetypes"] if projects else []
        for kind in kinds:
            self._fields[kind["name"].casefold()] = {
                name: {"fieldId": name, **field} for name, field in (kind.get("fields") or {}).items()
            }
        return kinds

    def fields(self, issue_type: str) -> Mapping[str, dict[str, Any]]:
        """The fields that can be set when an issue of this type is made, by id. Raises TrackerError."""
        kind = issue_type.casefold()
        number = self.types().get(kind)
        if number is None:
            raise TrackerError(
                f"project {self.key} has no issue type {issue_type!r}",
                where=self.settings.where or self.ask.base,
                fix=f"It has {', '.join(sorted(self.types()))}: set issue_type and parent_type.",
            )
        if kind not in self._fields:
            self._fields[kind] = {field["fieldId"]: field for field in self._pages(number)}
        return self._fields[kind]

    def _pages(self, number: str) -> Iterator[dict[str, Any]]:
        start = 0
        while True:
            page = self.ask.read(
                f"issue/createmeta/{part(self.key)}/issuetypes/{number}",
                "tell the fields of an issue type",
                {"startAt": str(start), "maxResults": "200"},
            )
            found = page.get("fields") or page.get("values") or []
            yield from found
            start += len(found)
            if not found or start >= page.get("total", 0):
                return

    def further(self, issue_type: str, values: Mapping[str, str]) -> dict[str, Any]:
        """The config's fields as Jira takes them; a field is named by its id or its name. Raises TrackerError."""
        known = self.fields(issue_type)
        by_name = {field.get("name", "").casefold(): field for field in known.values()}
        made = {}
        for name, value in values.items():
            field = known.get(name) or by_name.get(name.casefold())
            if field is None:
                raise TrackerError(
                    f"an issue of type {issue_type} in {self.key} has no field {name!r}",
                    where=self.settings.where or self.ask.base,
                    fix="Take the name or id from 'pma doctor', and let the field stand on the create screen.",
                )
            made[field["fieldId"]] = self._value(field, value)
        return made

    def _value(self, field: Mapping[str, Any], text: str) -> Any:
        schema = field.get("schema") or {}
        kind, items = schema.get("type"), schema.get("items")
        if kind == "array":
            return [self._single(items, part_.strip(), field) for part_ in text.split(",") if part_.strip()]
        if schema.get("custom") == _TEXT_AREA:
            return self.ask.text(text)
        return self._single(kind, text, field)

    def _single(self, kind: str | None, text: str, field: Mapping[str, Any]) -> Any:
        if kind in ("string", "date", "datetime", "any", None):
            return text
        if kind == "number":
            try:
                return float(text)
            except ValueError:
                raise self._wrong(field, text, "a number") from None
        if kind == "user":
            user = self.user(text)
            if user is None:
                raise self._wrong(field, text, "somebody whom Jira knows")
            return {self.ask.who: user[self.ask.who]}
        allowed = field.get("allowedValues") or []
        for value in allowed:
            for key in ("value", "name"):
                if str(value.get(key, "")).casefold() == text.casefold():
                    return {"id": str(value["id"])} if "id" in value else {key: value[key]}
        if allowed:
            names = ", ".join(str(value.get("value") or value.get("name")) for value in allowed[:20])
            raise self._wrong(field, text, f"one of {names}")
        return {"value" if kind == "option" else "name": text}

    def _wrong(self, field: Mapping[str, Any], text: str, wanted: str) -> TrackerError:
        where = self.settings.where or self.ask.base
        return TrackerError(
            f"{field.get('name')}: {text!r} is not {wanted}", where=where, fix="Mend fields in the config."
        )

    def missing(self, issue_type: str) -> list[Finding]:
        """Fields without which every issue of this type would be refused."""
        known = self.fields(issue_type)
        given = {name.casefold() for name, _ in self.settings.fields}
        found = []
        for name, field in known.items():
            ours = (
                name in _OURS
                or name == "priority"
                or (field.get("schema") or {}).get("custom") in (EPIC_LINK, EPIC_NAME)
            )
            here = name.casefold() in given or field.get("name", "").casefold() in given
            if not field.get("required") or field.get("hasDefaultValue") or ours or here:
                continue
            allowed = [str(v.get("value") or v.get("name")) for v in field.get("allowedValues") or []]
            fix = f'Give it: fields = {{ "{field.get("name")}" = "{allowed[0] if allowed else "…"}" }} in the config'
            fix += f" (one of {', '.join(allowed[:10])})." if allowed else "."
            found.append(
                Finding(
                    f"required field {field.get('name')} ({name}) of {issue_type}", False, "has no value", fix
                )
            )
        return found

    def priority(self, priority: Priority) -> str | None:
        """What Jira calls a priority, or None where it has no such one."""
        if self._priorities is None:
            found = self.ask.read("priority", "tell its priorities")
            self._priorities = {str(one["name"]).casefold(): str(one["name"]) for one in found}
        wished = dict(self.settings.priorities).get(priority.value, _DEFAULTS[priority])
        return self._priorities.get(wished.casefold())

    def user(self, name: str) -> Mapping[str, Any] | None:
        """Who can be assigned and has that e-mail address, name or id; nobody where two have."""
        key = name.lstrip("@").casefold()
        if key not in self._users:
            word = "query" if self.ask.cloud else "username"
            params = {"project": self.key, word: name.lstrip("@"), "maxResults": "50"}
            answer = self.ask.get("user/assignable/search", params)
            if answer.status == 404:
                answer = self.ask.get("user/search", {word: name.lstrip("@")})
            self.ask.expect(answer, (200,), "look up people")
            alike = [user for user in answer.data if key in names(user) and user.get("active", True)]
            if not alike and self.ask.cloud and ":" in name:  # an account id is not searched by words
                answer = self.ask.get("user", {"accountId": name})
                alike = [answer.data] if answer.status == 200 else []
            self._users[key] = alike[0] if len(alike) == 1 else None
        return self._users[key]

    def called(self, user: Mapping[str, Any] | None) -> str | None:
        """A person as the config calls them, else by what Jira knows them by."""
        if user is None:
            return None
        for theirs in (*(theirs for _, theirs in self.settings.people), *self._users):
            if theirs.lstrip("@").casefold() in names(user):
                return theirs.lstrip("@")
        return str(user.get("name") or user.get("displayName") or user.get("accountId"))

    def blocks(self) -> tuple[str, bool] | None:
        """The link type by which one issue blocks another, and whether its outward side is the one that blocks."""
        if self._blocks is None:
            for kind in self.ask.read("issueLinkType", "tell its link types").get("issueLinkTypes") or []:
                if str(kind.get("outward", "")).casefold() == "blocks":
                    self._blocks = (kind["name"], True)
                elif str(kind.get("inward", "")).casefold() == "blocks":
                    self._blocks = (kind["name"], False)
        return self._blocks

    def special(self, custom: str) -> str | None:
        """The id of a field of Data Center's boards, by its type."""
        if self._special is None:
            fields = self.ask.read("field", "tell its fields")
            self._special = {str((f.get("schema") or {}).get("custom", "")): str(f["id"]) for f in fields}
        return self._special.get(custom)


def names(user: Mapping[str, Any]) -> frozenset[str]:
    """Everything that somebody is called."""
    keys = ("accountId", "name", "key", "emailAddress", "displayName")
    return frozenset(str(user[key]).casefold() for key in keys if user.get(key))
