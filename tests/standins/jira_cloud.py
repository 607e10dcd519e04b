"""Jira Cloud over its published OpenAPI document and ADF's JSON schema: a body that does not fit is refused."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from tests.standins.serving import Reply, Request, fetched, schema_file

EMAIL, TOKEN = "bot@example.com", "jira-token-of-the-tests"
_TEXT_AREA = "com.atlassian.jira.plugin.system.customfieldtypes:textarea"


@cache
def _openapi() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        schema_file("jira-cloud.v3.openapi.json").read_text(encoding="utf-8")
    )
    return document


@cache
def _validator(name: str) -> Any:
    schemas = pytest.importorskip(
        "openapi_schema_validator", reason="openapi-schema-validator is not installed"
    )
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    # Validated as a component of its document, so that references lead somewhere.
    registry = Registry().with_resource(
        "jira:", Resource.from_contents(_openapi(), default_specification=DRAFT202012)
    )
    return schemas.OAS30WriteValidator({"$ref": f"jira:#/components/schemas/{name}"}, registry=registry)


@cache
def _adf() -> Any:
    import jsonschema

    schema = json.loads(fetched("adf/dist/json-schema/v1/full.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema)


def fits(name: str, body: Any) -> None:
    """Raise where a body does not fit a component of the OpenAPI document."""
    _validator(name).validate(body)


def is_adf(document: Any) -> None:
    """Raise where a document is not valid ADF."""
    _adf().validate(document)


class JiraCloud:
    """One project, OPS, with a required field. ``refuse`` a summary that holds this word; ``lost`` bulk answers are cut."""

    def __init__(self) -> None:
        _openapi()
        _adf()
        self.refuse = ""
        self.issues: dict[str, dict[str, Any]] = {}
        self.links: list[dict[str, Any]] = []
        self.users = [
            {
                "accountId": f"712020:{name}",
                "displayName": name.title(),
                "emailAddress": f"{name}@example.com",
                "active": True,
            }
            for name in ("alice", "bob")
        ]
        categories = {
            "To Do": "new",
            "In Progress": "indeterminate",
            "Done": "done",
            "Won't Do": "done",
            "Duplicate": "done",
        }
        self.statuses = {
            name: {"name": name, "statusCategory": {"key": key}} for name, key in categories.items()
        }
        self.fields = [
            {"fieldId": "summary", "key": "summary", "name": "Summary", "required": True, "schema": {"type": "string"}},
            {"fieldId": "priority", "key": "priority", "name": "Priority", "required": False, "schema": {"type": "priority"}},
            {
                "fieldId": "customfield_10042", "key": "customfield_10042", "name": "Origin", "required": True,
                "schema": {"type": "option", "custom": "…:select"},
                "allowedValues": [{"id": "1", "value": "Planned"}, {"id": "2", "value": "Follow-up"}],
            },
            {
                "fieldId": "customfield_10043", "key": "customfield_10043", "name": "Remarks", "required": False,
                "schema": {"type": "string", "custom": _TEXT_AREA},
            },
        ]  # fmt: skip

    def __call__(self, request: Request) -> Reply:
        expected = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            return 401, {"errorMessages": ["Client must be authenticated"], "errors": {}}, {}
        path = request.path.removeprefix("/rest/api/3/")
        for method, pattern, act in self._routes():
            found = re.fullmatch(pattern, path)
            if method == request.method and found:
                return act(request, *found.groups())
        return 404, {"errorMessages": [f"no such resource: {request.method} {path}"], "errors": {}}, {}

    def _routes(self) -> list[tuple[str, str, Any]]:
        return [
            ("GET", "myself", lambda r: (200, self.users[0], {})),
            ("GET", "mypermissions", self._rights),
            ("GET", "priority", lambda r: (200, [{"name": n} for n in ("Highest", "High", "Medium", "Low")], {})),
            ("GET", "issueLinkType", lambda r: (200, {"issueLinkTypes": [
                {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}]}, {})),
            ("GET", "user/assignable/search", self._people),
            ("GET", "issue/createmeta/OPS/issuetypes", lambda r: (200, {
                "issueTypes": [{"id": "1", "name": "Task"}, {"id": "2", "name": "Epic"}], "total": 2}, {})),
            ("GET", r"issue/createmeta/OPS/issuetypes/\d", lambda r: (200, {"fields": self.fields, "total": len(self.fields)}, {})),
            ("POST", "search/jql", self._search),
            ("POST", "issue", self._create),
            ("POST", "issue/bulk", self._bulk),
            ("POST", "issue/bulkfetch", self._some),
            ("POST", "issueLink", self._link),
            ("GET", "issue/([^/]+)", lambda r, key: self._with(key, lambda i: (200, self._shown(i), {}))),
            ("PUT", "issue/([^/]+)", self._edit),
            ("GET", "issue/([^/]+)/comment", lambda r, key: self._with(key, lambda i: (
                200, {"comments": i["comments"], "total": len(i["comments"])}, {}))),
            ("POST", "issue/([^/]+)/comment", self._comment),
            ("GET", "issue/([^/]+)/transitions", self._ways),
            ("POST", "issue/([^/]+)/transitions", self._move),
        ]  # fmt: skip

    def _with(self, key: str, act: Any) -> Reply:
        found = self.issues.get(key) or next((i for i in self.issues.values() if i["key"] == key), None)
        return act(found) if found else (404, {"errorMessages": ["Issue does not exist"], "errors": {}}, {})

    def _rights(self, request: Request) -> Reply:
        return (
            200,
            {"permissions": {n: {"havePermission": True} for n in request.query["permissions"].split(",")}},
            {},
        )

    def _people(self, request: Request) -> Reply:
        word = request.query["query"].lower()
        return 200, [u for u in self.users if word in str(u).lower()], {}

    def _create(self, request: Request) -> Reply:
        made = self._make(request.json)
        return (201, made, {}) if "key" in made else (400, made, {})

    def _bulk(self, request: Request) -> Reply:
        fits("IssuesUpdateBean", request.json)
        if len(request.json["issueUpdates"]) > 50:
            return 400, {"errorMessages": ["too many"], "errors": {}}, {}
        made, errors = [], []
        for n, one in enumerate(request.json["issueUpdates"]):
            result = self._make(one)
            if "key" in result:
                made.append(result)
            else:
                errors.append({"status": 400, "elementErrors": result, "failedElementNumber": n})
        return (201 if made else 400), {"issues": made, "errors": errors}, {}

    def _make(self, body: dict[str, Any]) -> dict[str, Any]:
        fits("IssueUpdateDetails", body)
        fields = body["fields"]
        wrong = {}
        if "customfield_10042" not in fields:
            wrong["customfield_10042"] = "Origin is required."
        if self.refuse and self.refuse in fields["summary"]:
            wrong["summary"] = "may not be so"
        if any(" " in label for label in fields["labels"]):
            wrong["labels"] = "labels hold no spaces"
        if "parent" in fields and not any(i["key"] == fields["parent"]["key"] for i in self.issues.values()):
            wrong["parent"] = "no such issue"
        if wrong:
            return {"errorMessages": [], "errors": wrong}
        self._check_texts(fields)
        number = str(10000 + len(self.issues))
        issue = {
            "id": number, "key": f"OPS-{len(self.issues) + 1}", "comments": [], "properties": body.get("properties"),
            "fields": {"status": self.statuses["To Do"], "resolution": None, "assignee": None, "duedate": None, **fields},
        }  # fmt: skip
        self.issues[number] = issue
        self._set(issue, fields)
        return {"id": number, "key": issue["key"], "self": "…"}

    def _check_texts(self, fields: dict[str, Any]) -> None:
        for name in ("description", "customfield_10043"):
            if name in fields:
                is_adf(fields[name])

    def _set(self, issue: dict[str, Any], fields: dict[str, Any]) -> None:
        issue["fields"] |= fields
        if fields.get("assignee"):
            issue["fields"]["assignee"] = next(
                u for u in self.users if u["accountId"] == fields["assignee"]["accountId"]
            )
        now = datetime.now(UTC)
        issue["fields"]["updated"] = (
            now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}+0000"
        )

    def _edit(self, request: Request, key: str) -> Reply:
        fits("IssueUpdateDetails", request.json)
        self._check_texts(request.json["fields"])

        def act(issue: dict[str, Any]) -> Reply:
            self._set(issue, request.json["fields"])
            return 204, None, {}

        return self._with(key, act)

    def _shown(self, issue: dict[str, Any]) -> dict[str, Any]:
        links = []
        for link in self.links:
            if link["inwardIssue"]["key"] == issue["key"]:
                links.append({"type": link["type"], "outwardIssue": link["outwardIssue"]})
            if link["outwardIssue"]["key"] == issue["key"]:
                links.append({"type": link["type"], "inwardIssue": link["inwardIssue"]})
        return {"id": issue["id"], "key": issue["key"], "fields": {**issue["fields"], "issuelinks": links}}

    def _search(self, request: Request) -> Reply:
        fits("SearchAndReconcileRequestBean", request.json)
        label = re.fullmatch(r'labels = "([^"]+)"', request.json["jql"])
        assert label, request.json["jql"]
        found = [self._shown(i) for i in self.issues.values() if label[1] in i["fields"]["labels"]]
        start = int(request.json.get("nextPageToken") or 0)
        page: dict[str, Any] = {"issues": found[start : start + 2], "isLast": start + 2 >= len(found)}
        return 200, page | ({} if page["isLast"] else {"nextPageToken": str(start + 2)}), {}

    def _some(self, request: Request) -> Reply:
        fits("BulkFetchIssueRequestBean", request.json)
        wished = request.json["issueIdsOrKeys"]
        return (
            200,
            {"issues": [self._shown(i) for i in self.issues.values() if {i["id"], i["key"]} & set(wished)]},
            {},
        )

    def _link(self, request: Request) -> Reply:
        fits("LinkIssueRequestJsonBean", request.json)
        self.links.append(request.json)
        return 201, None, {}

    def _comment(self, request: Request, key: str) -> Reply:
        fits("Comment", request.json)
        is_adf(request.json["body"])

        def act(issue: dict[str, Any]) -> Reply:
            at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
            comment = {
                "id": str(len(issue["comments"])),
                "author": self.users[0],
                "created": at,
                "body": request.json["body"],
            }
            issue["comments"].append(comment)
            return 201, comment, {}

        return self._with(key, act)

    def _ways(self, request: Request, key: str) -> Reply:
        resolutions = {
            "required": False,
            "allowedValues": [{"name": n} for n in ("Done", "Won't Do", "Duplicate")],
        }
        ways = [
            {"id": str(n), "to": status, "fields": {"resolution": resolutions} if name == "Done" else {}}
            for n, (name, status) in enumerate(self.statuses.items())
        ]
        return self._with(key, lambda i: (200, {"transitions": ways}, {}))

    def _move(self, request: Request, key: str) -> Reply:
        fits("IssueUpdateDetails", request.json)
        status = list(self.statuses.values())[int(request.json["transition"]["id"])]

        def act(issue: dict[str, Any]) -> Reply:
            done = status["statusCategory"]["key"] == "done"
            resolution = (request.json.get("fields") or {}).get("resolution") or (
                {"name": status["name"]} if done else None
            )
            self._set(issue, {"status": status, "resolution": resolution})
            return 204, None, {}

        return self._with(key, act)
