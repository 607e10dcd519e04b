"""The last run of a workflow, asked for at GitHub or GitLab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..core.checking import Check

_GITHUB = "https://api.github.com"


def last_run(check: Check, environ: Mapping[str, str]) -> tuple[str | None, str]:
    """``success``, ``failure``, or None where there is none that has ended; and what was found, in words.

    The address is GitHub's API (also of an own server), or GitLab's where its address says so (there ``workflow`` is a job's
    name); tokens come from GITHUB_TOKEN and GITLAB_TOKEN."""
    base = (check.url or _GITHUB).rstrip("/")
    try:
        return _gitlab(base, check, environ) if "gitlab" in base.lower() else _github(base, check, environ)
    except _NoAnswer as error:
        return None, str(error)


class _NoAnswer(Exception):
    """The server did not tell."""


def _ask(url: str, headers: Mapping[str, str], seconds: float, params: Mapping[str, str]) -> Any:
    import httpx2

    try:
        with httpx2.Client(timeout=seconds, follow_redirects=False) as client:
            answer = client.get(url, headers=dict(headers), params=dict(params))
            data = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise _NoAnswer(f"no answer: {type(error).__name__}") from error
    if answer.status_code != 200:
        what = data.get("message", "") if isinstance(data, dict) else ""
        raise _NoAnswer(f"refused: status {answer.status_code} {what}".rstrip())
    return data


def _github(base: str, check: Check, environ: Mapping[str, str]) -> tuple[str | None, str]:
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    if token := environ.get("GITHUB_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    file = quote(check.workflow.rpartition("/")[2], safe="")
    data = _ask(
        f"{base}/repos/{check.repository}/actions/workflows/{file}/runs", headers, check.timeout,
        {"branch": check.branch, "status": "completed", "per_page": "1"},
    )  # fmt: skip
    runs = data.get("workflow_runs") if isinstance(data, dict) else None
    if not runs:
        return None, f"{check.workflow} has no run that ended on {check.branch}"
    run = runs[0]
    told = f"run {run.get('run_number')} of {run.get('updated_at')}: {run.get('conclusion')}, {run.get('html_url')}"
    ended = {"success": "success", "failure": "failure", "timed_out": "failure", "startup_failure": "failure"}
    return ended.get(str(run.get("conclusion"))), told


def _gitlab(base: str, check: Check, environ: Mapping[str, str]) -> tuple[str | None, str]:
    headers = {"PRIVATE-TOKEN": token} if (token := environ.get("GITLAB_TOKEN")) else {}
    project = quote(check.repository, safe="")
    root = base if "/api/" in base else f"{base}/api/v4"
    data = _ask(f"{root}/projects/{project}/jobs", headers, check.timeout, {"per_page": "100"})
    for job in data if isinstance(data, list) else ():
        if job.get("name") == check.workflow and job.get("ref") == check.branch and job.get("status") in ("success", "failed"):
            told = f"job {job.get('id')} of {job.get('finished_at')}: {job['status']}, {job.get('web_url')}"
            return ("success" if job["status"] == "success" else "failure"), told
    return None, f"no job {check.workflow} has ended on {check.branch}"
