"""Linear over its published GraphQL schema: what does not fit the schema is refused, the rest changes a small state."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from tests.standins.serving import Reply, Request, schema_file

KEY = "lin_api_of_the_tests"


@cache
def _schema() -> Any:
    graphql = pytest.importorskip("graphql", reason="graphql-core is not installed")
    return graphql.build_schema(schema_file("linear.schema.graphql").read_text(encoding="utf-8"))


class Linear:
    """One team, ENG, two people, and the issues that are made. ``limited`` requests are answered with a rate limit."""

    def __init__(self) -> None:
        _schema()
        self.limited = 0
        self.issues: dict[str, dict[str, Any]] = {}
        self.labels: dict[str, dict[str, Any]] = {}
        self.relations: list[dict[str, Any]] = []
        self.users = [
            {
                "id": f"u-{name}",
                "name": name.title(),
                "displayName": name,
                "email": f"{name}@example.com",
                "active": True,
            }
            for name in ("alice", "bob")
        ]
        kinds = ("triage", "backlog", "unstarted", "started", "completed", "canceled", "duplicate")
        names = ("Triage", "Backlog", "Todo", "In Progress", "Done", "Canceled", "Duplicate")
        self.states = [
            {"id": f"s-{kind}", "name": name, "type": kind, "position": float(n)}
            for n, (kind, name) in enumerate(zip(kinds, names, strict=True))
        ]
        self.team = {"id": "t-1", "key": "ENG", "name": "Engineering", "states": {"nodes": self.states}}

    def __call__(self, request: Request) -> Reply:
        from graphql import graphql_sync

        if request.headers.get("authorization") != KEY:
            return (
                400,
                _refusal("Authentication required", "AUTHENTICATION_ERROR", "authentication error"),
                {},
            )
        if self.limited:
            self.limited -= 1
            return 400, _refusal("Rate limit exceeded", "RATELIMITED", "ratelimited"), {"Retry-After": "0"}
        told = request.json
        result = graphql_sync(_schema(), told["query"], self._root(), variable_values=told.get("variables"))
        data: dict[str, Any] = {"data": result.data}
        if result.errors:
            data["errors"] = [
                {"message": e.message, "extensions": {"code": "INPUT_ERROR", "type": "invalid input"}}
                for e in result.errors
            ]
        return (400 if result.errors and result.data is None else 200), data, {}

    def _root(self) -> dict[str, Any]:
        return {
            "viewer": self.users[0],
            "teams": lambda _, **a: _nodes([self.team], a.get("filter")),
            "users": lambda _, **a: _nodes(self.users, a.get("filter")),
            "issueLabels": lambda _, **a: _nodes(self.labels.values(), a.get("filter")),
            "issues": lambda _, **a: _nodes(
                sorted(self.issues.values(), key=lambda i: i["number"]), a.get("filter")
            ),
            "issue": lambda _, id: self._issue(id),
            "issueCreate": self._create,
            "issueUpdate": self._update,
            "commentCreate": self._comment,
            "issueRelationCreate": self._relate,
            "issueLabelCreate": self._label,
        }

    def _issue(self, id: str) -> dict[str, Any]:
        if id not in self.issues:
            raise ValueError("Entity not found: Issue")
        return self.issues[id]

    def _create(self, _: Any, input: Mapping[str, Any]) -> dict[str, Any]:
        number = input.get("id") or str(uuid.uuid4())
        if uuid.UUID(number).version != 4:
            raise ValueError("id must be a UUID v4")
        if number in self.issues:
            raise ValueError("Entity Issue with id already exists")
        if input["teamId"] != self.team["id"] or (
            input.get("parentId") and input["parentId"] not in self.issues
        ):
            raise ValueError("Entity not found")
        key = f"ENG-{len(self.issues) + 1}"
        issue: dict[str, Any] = {
            "id": number, "identifier": key, "number": float(len(self.issues) + 1), "url": f"https://linear.app/acme/issue/{key}",
            "trashed": None, "state": self.states[1], "comments_": [],
        }  # fmt: skip
        issue["labels"] = lambda _, **a: {"nodes": issue["labels_"]}
        issue["comments"] = lambda _, **a: _nodes(issue["comments_"], a.get("filter"))
        issue["relations"] = lambda _, **a: {
            "nodes": [r for r in self.relations if r["issue"]["id"] == number]
        }
        issue["labels_"] = []
        self.issues[number] = issue
        self._set(issue, input)
        return {"success": True, "issue": issue}

    def _set(self, issue: dict[str, Any], input: Mapping[str, Any]) -> None:
        for name in ("title", "description", "dueDate", "priority", "trashed", "parentId"):
            if name in input:
                issue[name] = input[name]
        if "stateId" in input:
            issue["state"] = next(s for s in self.states if s["id"] == input["stateId"])
        if "assigneeId" in input:
            issue["assignee"] = next((u for u in self.users if u["id"] == input["assigneeId"]), None)
        if "labelIds" in input:
            issue["labels_"] = [self.labels[i] for i in input["labelIds"]]
        issue["updatedAt"] = _now()

    def _update(self, _: Any, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        issue = self._issue(id)
        self._set(issue, input)
        return {"success": True, "issue": issue}

    def _comment(self, _: Any, input: Mapping[str, Any]) -> dict[str, Any]:
        comment = {"id": str(uuid.uuid4()), "body": input["body"], "createdAt": _now(), "user": self.users[0]}
        self._issue(input["issueId"])["comments_"].append(comment)
        return {"success": True, "comment": comment}

    def _relate(self, _: Any, input: Mapping[str, Any]) -> dict[str, Any]:
        one, other = self._issue(input["issueId"]), self._issue(input["relatedIssueId"])
        self.relations.append({"type": input["type"], "issue": one, "relatedIssue": other})
        return {"success": True}

    def _label(self, _: Any, input: Mapping[str, Any]) -> dict[str, Any]:
        if any(label["name"].lower() == input["name"].lower() for label in self.labels.values()):
            raise ValueError("duplicate label name")
        label = {
            "id": str(uuid.uuid4()),
            "name": input["name"],
            "team": self.team if input.get("teamId") else None,
        }
        self.labels[label["id"]] = label
        return {"success": True, "issueLabel": label}


def _refusal(message: str, code: str, kind: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code, "type": kind}}]}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _nodes(rows: Any, filter_: Mapping[str, Any] | None) -> dict[str, Any]:
    found = [row for row in rows if _fits(row, filter_ or {})]
    return {"nodes": found, "pageInfo": {"hasNextPage": False, "endCursor": None}}


def _fits(row: Mapping[str, Any], filter_: Mapping[str, Any]) -> bool:
    for name, test in filter_.items():
        if name == "or":
            if not any(_fits(row, one) for one in test):
                return False
        elif name == "labels":
            if not any(_fits(label, test) for label in row["labels_"]):
                return False
        elif not _compare(row.get(name), test):
            return False
    return True


def _compare(value: Any, test: Mapping[str, Any]) -> bool:
    tests = {
        "eq": lambda wished: value == wished,
        "in": lambda wished: value in wished,
        "eqIgnoreCase": lambda wished: str(value).lower() == wished.lower(),
        "gt": lambda wished: (
            datetime.fromisoformat(value.replace("Z", "+00:00")) > datetime.fromisoformat(wished)
        ),
    }
    return all(tests[name](wished) for name, wished in test.items())
