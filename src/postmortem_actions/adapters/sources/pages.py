"""Links to GitHub, GitLab, Confluence and Jira, read through their APIs with the user's token where one is set.

Which variables of the environment are looked at stands in docs/cli.md. A token goes to the host it is for and to
no other: for GitLab, Confluence and Jira that is the host the environment names.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urlencode

from ...errors import SourceError
from .adf import to_markdown
from .links import checked, shown
from .raw import Raw

Ask = Callable[[str, Mapping[str, str], bytes | None], Raw]
"""Fetches a link with headers, and a body to post where there is one. Raises SourceError."""

_GITHUB = re.compile(r"^/([\w.-]+)/([\w.-]+)/(issues|pull|discussions)/(\d+)/?$")
_GITHUB_FILE = re.compile(r"^/([\w.-]+)/([\w.-]+)/blob/([^/]+)/(.+)$")
_GITLAB = re.compile(r"^/(.+?)/-/(issues|work_items|snippets|merge_requests)/(\d+)/?$")
_GITLAB_FILE = re.compile(r"^/(.+?)/-/blob/([^/]+)/(.+)$")
_CONFLUENCE = re.compile(r"^(/wiki)?/spaces/[^/]+/pages/(\d+)(?:/.*)?$")
_CONFLUENCE_OLD = re.compile(r"^(.*)/pages/viewpage\.action$")
_JIRA = re.compile(r"^(.*)/browse/([A-Z][A-Z0-9_]{1,20}-\d{1,9})/?$")
_MOST_PAGES = 10  # of comments, 100 each
_DISCUSSION = """query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) {
  discussion(number: $number) { title body createdAt author { login }
    comments(first: 100) { nodes { body createdAt author { login }
      replies(first: 50) { nodes { body createdAt author { login } } } } } } } }"""


@dataclass(frozen=True, slots=True)
class Pages:
    """``ask`` fetches; ``environment`` holds tokens and hosts."""

    ask: Ask
    environment: Mapping[str, str] = field(default_factory=dict)

    def read(self, url: str) -> Raw | None:
        """The page behind a link as Markdown or HTML; None where the link is of no known kind.

        Raises SourceError, which names the variable to set where a token may be what is missing."""
        parts = checked(url)
        host = parts.netloc.lower()
        for found in (self._github(parts, host), self._gitlab(parts, host), self._atlassian(parts, host)):
            if found is not None:
                variable, fetch = found
                try:
                    kind, text = fetch()
                except SourceError as error:
                    known = "The token may lack the right to read it." if self._set(variable) else f"Set {variable}"
                    fix = f"{known}, or give a file. {error.fix or ''}".strip()
                    raise SourceError(error.message, where=shown(url), fix=fix) from None
                except (KeyError, TypeError, ValueError, AttributeError):
                    raise SourceError(
                        "the answer of the API is not as expected", where=shown(url), fix="Give a file instead."
                    ) from None
                return Raw(shown(url), text.encode("utf-8", "replace"), content_type=kind, charset="utf-8")
        return None

    def _set(self, *names: str) -> str:
        return next((self.environment[name].strip() for name in names if self.environment.get(name, "").strip()), "")

    def _json(self, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Any:
        answer = self.ask(url, {"Accept": "application/json", **headers}, body)
        if answer.cut:
            raise SourceError("the page is too large", fix="Use --max-bytes, or give a file.")
        return json.loads(answer.data)

    def _github(self, parts: SplitResult, host: str) -> tuple[str, Callable[[], tuple[str, str]]] | None:
        own = self._set("GITHUB_HOST").lower()
        if host not in ("github.com", "www.github.com") and host != own:
            return None
        token = self._set("GITHUB_TOKEN", "GH_TOKEN")
        api = self._set("GITHUB_API_URL").rstrip("/") if host == own else "https://api.github.com"
        api = api or f"https://{host}/api/v3"
        headers = {"X-GitHub-Api-Version": "2022-11-28", **({"Authorization": f"Bearer {token}"} if token else {})}
        if match := _GITHUB.match(parts.path):
            owner, name, kind, number = match.groups()
            if kind == "discussions":
                graph = f"{api.removesuffix('/api/v3')}/api/graphql" if api.endswith("/api/v3") else f"{api}/graphql"
                return "GITHUB_TOKEN", lambda: self._discussion(graph, headers, token, (owner, name, int(number)))
            base = f"{api}/repos/{owner}/{name}/issues/{number}"
            return "GITHUB_TOKEN", lambda: self._issue(base, f"{base}/comments", headers)
        if token and (match := _GITHUB_FILE.match(parts.path)):
            owner, name, ref, path = match.groups()
            link = f"{api}/repos/{owner}/{name}/contents/{path}?{urlencode({'ref': ref})}"
            return "GITHUB_TOKEN", lambda: self._file(link, {**headers, "Accept": "application/vnd.github.raw+json"}, path)
        return None

    def _file(self, link: str, headers: Mapping[str, str], path: str) -> tuple[str, str]:
        answer = self.ask(link, headers, None)
        kind = "text/html" if path.lower().endswith((".html", ".htm")) else "text/plain"
        return kind, answer.data.decode("utf-8", "replace")

    def _issue(self, base: str, comments: str, headers: Mapping[str, str]) -> tuple[str, str]:
        issue = self._json(base, headers)
        lines = [f"# {issue['title']}", "", issue.get("body") or issue.get("description") or ""]
        for page in range(1, _MOST_PAGES + 1):
            found = self._json(f"{comments}?per_page=100&page={page}&sort=asc", headers)
            for comment in found:
                if not comment.get("system"):  # GitLab keeps "changed the label" among the comments
                    who = (comment.get("user") or comment.get("author") or {}) or {}
                    lines += _comment(who.get("login") or who.get("username"), comment["created_at"], comment["body"])
            if len(found) < 100:
                break
        return "text/markdown", "\n".join(lines)

    def _discussion(
        self, graph: str, headers: Mapping[str, str], token: str, which: tuple[str, str, int]
    ) -> tuple[str, str]:
        if not token:
            raise SourceError("GitHub shows discussions only to those who sign in", fix="")
        asked = {"query": _DISCUSSION, "variables": dict(zip(("owner", "name", "number"), which, strict=True))}
        answer = self._json(graph, {**headers, "Content-Type": "application/json"}, json.dumps(asked).encode())
        found = (answer.get("data") or {}).get("repository") or {}
        if not found.get("discussion"):
            raise SourceError("there is no such discussion, or it may not be read", fix="Check the link.")
        found = found["discussion"]
        lines = [f"# {found['title']}", "", found["body"] or ""]
        for comment in found["comments"]["nodes"]:
            for one in (comment, *comment["replies"]["nodes"]):
                lines += _comment((one.get("author") or {}).get("login"), one["createdAt"], one["body"])
        return "text/markdown", "\n".join(lines)

    def _gitlab(self, parts: SplitResult, host: str) -> tuple[str, Callable[[], tuple[str, str]]] | None:
        trusted = host == "gitlab.com" or host == self._set("GITLAB_HOST").lower()
        token = self._set("GITLAB_TOKEN") if trusted else ""
        headers = {"PRIVATE-TOKEN": token} if token else {}
        api = f"{parts.scheme}://{parts.netloc}/api/v4/projects"
        if match := _GITLAB.match(parts.path):
            project, kind, number = quote(match[1], safe=""), match[2], match[3]
            base = f"{api}/{project}/{'issues' if kind == 'work_items' else kind}/{number}"
            if kind == "snippets":
                return "GITLAB_TOKEN", lambda: self._snippet(base, headers)
            return "GITLAB_TOKEN", lambda: self._issue(base, f"{base}/notes", headers)
        if token and (match := _GITLAB_FILE.match(parts.path)):
            project, ref, path = quote(match[1], safe=""), match[2], match[3]
            link = f"{api}/{project}/repository/files/{quote(path, safe='')}/raw?{urlencode({'ref': ref})}"
            return "GITLAB_TOKEN", lambda: self._file(link, headers, path)
        return None

    def _snippet(self, base: str, headers: Mapping[str, str]) -> tuple[str, str]:
        title = self._json(base, headers)["title"]
        text = self.ask(f"{base}/raw", headers, None).data.decode("utf-8", "replace")
        return "text/markdown", text if text.lstrip().startswith("# ") else f"# {title}\n\n{text}"

    def _atlassian(self, parts: SplitResult, host: str) -> tuple[str, Callable[[], tuple[str, str]]] | None:
        cloud = host.endswith(".atlassian.net")
        if host == self._set("CONFLUENCE_HOST").lower():
            page, base = None, ""
            if match := _CONFLUENCE.match(parts.path):
                base, page = match[1] or "", match[2]
            elif match := _CONFLUENCE_OLD.match(parts.path):
                number = re.search(r"(?:^|&)pageId=(\d+)", parts.query)
                base, page = match[1], number[1] if number else None
            if page:
                link = f"{parts.scheme}://{parts.netloc}{base}/rest/api/content/{page}?expand=body.storage"
                headers = self._signed("CONFLUENCE", cloud=cloud)
                return "CONFLUENCE_TOKEN", lambda: self._confluence(link, headers)
        if host == self._set("JIRA_HOST").lower() and (match := _JIRA.match(parts.path)):
            version = 3 if cloud or self._set("JIRA_API_VERSION") == "3" else 2
            fields = "summary,description,comment"
            link = f"{parts.scheme}://{parts.netloc}{match[1]}/rest/api/{version}/issue/{match[2]}?fields={fields}"
            headers = self._signed("JIRA", cloud=cloud)
            return "JIRA_TOKEN", lambda: self._jira(link, headers)
        return None

    def _signed(self, product: str, *, cloud: bool) -> dict[str, str]:
        token, mail = self._set(f"{product}_TOKEN"), self._set(f"{product}_EMAIL")
        if not token:
            return {}
        if cloud or mail:
            return {"Authorization": "Basic " + base64.b64encode(f"{mail}:{token}".encode()).decode("ascii")}
        return {"Authorization": f"Bearer {token}"}

    def _confluence(self, link: str, headers: Mapping[str, str]) -> tuple[str, str]:
        from html import escape

        page = self._json(link, headers)
        body = page["body"]["storage"]["value"]
        return "text/html", f"<html><body><h1>{escape(page['title'])}</h1>\n{body}\n</body></html>"

    def _jira(self, link: str, headers: Mapping[str, str]) -> tuple[str, str]:
        fields = self._json(link, headers)["fields"]
        lines = [f"# {fields['summary']}", "", _written(fields.get("description"))]
        for comment in (fields.get("comment") or {}).get("comments") or []:
            who = (comment.get("author") or {}).get("displayName")
            lines += _comment(who, comment["created"], _written(comment.get("body")))
        return "text/markdown", "\n".join(lines)


def _written(text: Any) -> str:
    """A text in Jira's own markup as it is (the reader knows it), a document of the newer format as Markdown."""
    return text if isinstance(text, str) else to_markdown(text)


def _comment(who: str | None, when: str, body: str | None) -> list[str]:
    at = f"{when[:10]} {when[11:16]}" if len(when) >= 16 else when
    return ["", "---", "", f"Comment by {who or 'somebody'}, {at}:", "", body or ""]
