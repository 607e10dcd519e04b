"""Running checks: files, commands, HTTP, PromQL and SQL, each with a time limit, and what they said as evidence."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..core.artifacts.sheets import result_in
from ..core.checking import Check, Outcome, meets
from ..core.policy import CheckType
from .workflow_runs import last_run

_MOST_OUTPUT = 4000  # characters kept as evidence
_HIDDEN = ("TOKEN", "SECRET", "PASSWORD", "API_KEY", "WEBHOOK_URL")  # of the environment, kept from commands


class CheckRunner:
    """Runs checks with ``folder`` (a repository) as the working folder."""

    def __init__(self, folder: str | None, environ: Mapping[str, str]) -> None:
        self._folder = Path(folder).expanduser() if folder else Path()
        self._tokens = environ
        self._environ = {
            name: value for name, value in environ.items() if not any(word in name for word in _HIDDEN)
        }

    def run(self, check: Check) -> Outcome:
        """Make one check. No error leaves it: what goes wrong is told in the outcome."""
        begun = time.perf_counter()
        act = {
            CheckType.FILE: self._file, CheckType.COMMAND: self._command, CheckType.HTTP: _http,
            CheckType.PROMQL: _promql, CheckType.SQL: _sql, CheckType.LOAD: self._load, CheckType.ALERT: _alert,
            CheckType.WORKFLOW: self._workflow, CheckType.DRILL: self._sheet, CheckType.REVIEW: self._sheet,
        }[check.type]  # fmt: skip
        try:
            passed, output = act(check)
        except ValueError as error:
            passed, output = None, str(error)
        return Outcome(check, passed, output.strip()[:_MOST_OUTPUT], time.perf_counter() - begun)

    def _file(self, check: Check) -> tuple[bool | None, str]:
        path = self._folder / check.path
        if not path.is_file():
            return False, f"{check.path} is not there"
        return True, f"{check.path}, {path.stat().st_size} bytes"

    def _command(self, check: Check) -> tuple[bool | None, str]:
        program = shutil.which(check.run[0], path=self._environ.get("PATH"))
        if program is None and os.sep in check.run[0] and (self._folder / check.run[0]).is_file():
            program = str((self._folder / check.run[0]).resolve())
        if program is None:
            return None, f"{check.run[0]} is not installed"
        # promtool finds a test's rule file beside the test.
        folder, run = self._folder, [program, *check.run[1:]]
        if check.run[:3] == ("promtool", "test", "rules"):
            folder, run = (self._folder / check.run[3]).parent, [*run[:3], Path(check.run[3]).name]
        try:
            done = subprocess.run(
                run, cwd=folder, env=self._environ, capture_output=True, text=True, errors="replace", timeout=check.timeout,
                check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False, f"took longer than {check.timeout:g} s"
        except OSError as error:
            return None, f"could not be started: {error.strerror or error}"
        return done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"


    def _load(self, check: Check) -> tuple[bool | None, str]:
        """A load test's own thresholds decide by its exit code; a figure of its summary besides, where one is named."""
        passed, output = self._command(check)
        if not passed or not check.path:
            return passed, output
        try:
            data = json.loads((self._folder / check.path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            return None, f"the summary {check.path} cannot be read: {error}"
        for part in check.query.split("."):
            if not isinstance(data, dict) or part not in data:
                return None, f"the summary {check.path} holds no {check.query}"
            data = data[part]
        if isinstance(data, bool) or not isinstance(data, int | float):
            return None, f"{check.query} is no number in {check.path}"
        return meets(check.expect, [float(data)], 1), f"{check.query} is {data:g}"

    def _sheet(self, check: Check) -> tuple[bool | None, str]:
        try:
            text = (self._folder / check.path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None, f"{check.path} cannot be read"
        found = result_in(text, check.query or check.plan)
        return found.passed, found.what

    def _workflow(self, check: Check) -> tuple[bool | None, str]:
        run, told = last_run(check, self._tokens)
        if run is None:
            return None, told
        wanted = check.expect or "success"
        return (run == "success") is (wanted == "success"), told


def _alert(check: Check) -> tuple[bool | None, str]:
    """Whether an alert fired: the series ALERTS holds what Prometheus's own rules did."""
    name = check.query.replace("\\", "\\\\").replace('"', '\\"')
    query = f'max_over_time(ALERTS{{alertname="{name}",alertstate="firing"}}[{check.within}])'
    passed, output = _promql(replace(check, query=query))
    return passed, f"{check.query} within {check.within}: {output}"


def _http(check: Check) -> tuple[bool | None, str]:
    import httpx2

    try:
        with httpx2.Client(timeout=check.timeout, follow_redirects=False) as client:
            answer = client.get(check.url)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return False, f"no answer: {type(error).__name__}"
    return meets(
        check.expect or "== 200", [answer.status_code], 1
    ), f"status {answer.status_code}\n{answer.text[:500]}"


def _promql(check: Check) -> tuple[bool | None, str]:
    import httpx2

    try:
        with httpx2.Client(timeout=check.timeout, follow_redirects=False) as client:
            answer = client.get(f"{check.url.rstrip('/')}/api/v1/query", params={"query": check.query})
        data = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return None, f"no answer: {type(error).__name__}"
    if data.get("status") != "success":
        return None, f"Prometheus refuses: {data.get('error', answer.status_code)}"
    found = data["data"]["result"]
    rows = (
        [found] if data["data"]["resultType"] in ("scalar", "string") else [one.get("value") for one in found]
    )
    values = [float(row[1]) for row in rows if row]
    return meets(
        check.expect, values, len(rows)
    ), f"{len(rows)} results: {', '.join(f'{v:g}' for v in values[:20])}"


def _sql(check: Check) -> tuple[bool | None, str]:
    try:
        rows = _rows(check)
    except ImportError:
        return None, "the PostgreSQL driver is not installed: pip install 'postmortem-actions[postgresql]'"
    except Exception as error:  # drivers have errors of their own; none of them is ours
        return (
            None,
            f"the database refuses: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
        )
    values = [
        float(row[0])
        for row in rows
        if row and isinstance(row[0], int | float) and not isinstance(row[0], bool)
    ]
    return meets(check.expect, values, len(rows)), f"{len(rows)} rows: {rows[:5]}"


def _rows(check: Check) -> list[tuple[object, ...]]:
    """The first rows of a query, in a transaction that only reads."""
    if check.url.startswith(("postgresql://", "postgres://")):
        import psycopg

        with psycopg.connect(check.url, connect_timeout=10) as connection:
            connection.read_only = True
            connection.execute(f"SET statement_timeout = {int(check.timeout * 1000)}")
            return list(connection.execute(check.query).fetchmany(1000))
    import sqlite3

    with sqlite3.connect(f"file:{check.url}?mode=ro", uri=True, timeout=check.timeout) as one:
        return one.execute(check.query).fetchmany(1000)
