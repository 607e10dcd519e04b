"""Checks that a machine can run to show that an action works: which there are, and whether a result is what was wanted.

Commands come from the config, or from the kind of a file that an action brought. Nothing that an RCA says is ever run.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .artifacts.files import ArtifactFile, is_rules, unit_test_path
from .artifacts.sheets import sheet_path
from .policy import CheckType

_EXPECT = re.compile(r"\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)\s*")
_COMPARE = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an action. ``run`` is a command with its arguments (never a shell's line), of command and load; ``url`` of
    http, promql and alert, of the database, and of the server that runs workflows; ``query`` of promql and sql, of a load
    test the figure in its summary (``path``) by its dotted name, of alert its name; ``workflow``, ``repository`` and ``branch``
    of workflow; ``within`` how far back an alert may have fired; ``path`` also the sheet of a drill; ``expect`` such as
    ``>= 1``, ``empty``, ``not empty`` (of http: the
    status); ``timeout`` in seconds; ``proves`` whether it alone shows that the action works, or only that it is in place."""

    name: str
    action: str
    type: CheckType
    path: str = ""
    run: tuple[str, ...] = ()
    url: str = ""
    query: str = ""
    expect: str = ""
    timeout: float = 60.0
    proves: bool = True
    plan: str = ""
    where: str = ""
    repository: str = ""
    workflow: str = ""
    branch: str = "main"
    within: str = "1h"

    @property
    def words(self) -> str:
        """What will be done, for people to allow it."""
        wanted = f"  (wanted: {self.expect})" if self.expect else ""
        return {
            CheckType.FILE: f"look whether {self.path} is there", CheckType.COMMAND: f"run {' '.join(self.run)}",
            CheckType.HTTP: f"GET {self.url}", CheckType.PROMQL: f"ask {self.url} for {self.query}",
            CheckType.SQL: f"ask {self.url} for {self.query}",
            CheckType.LOAD: f"run {' '.join(self.run)}" + (f" and read {self.query} in {self.path}" if self.path else ""),
            CheckType.ALERT: f"ask {self.url} whether {self.query} fired within {self.within}",
            CheckType.WORKFLOW: f"ask {self.url or 'GitHub'} for the last run of {self.workflow} on {self.branch} of {self.repository}",
            CheckType.DRILL: f"read the result in {self.path}", CheckType.REVIEW: f"read the result in {self.path}",
        }[self.type] + wanted  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check; ``passed`` None where it could not be made."""

    check: Check
    passed: bool | None
    output: str
    seconds: float = 0.0


def own_checks(
    files: Sequence[ArtifactFile], there: Collection[str], plan: str = "", actions: Collection[str] = ()
) -> tuple[Check, ...]:
    """Checks of the files that a plan brought, in a repository whose paths are ``there``. That a file is there and well
    made is no proof; that an alert fires in the incident played again is one, and so is the result that people wrote into
    the sheet of an action."""
    found: list[Check] = []
    for action in actions:
        if (path := sheet_path(action)) in there:
            found.append(Check(f"{path} holds the result", action, CheckType.DRILL, path=path, query=plan))
    for one in files:
        for action in one.action.split(", "):
            found.append(Check(f"{one.path} is there", action, CheckType.FILE, path=one.path, proves=False))
            if one.path not in there:
                continue
            for name, command, proves in _commands(one, there):
                found.append(Check(name, action, CheckType.COMMAND, run=command, proves=proves))
    return tuple(found)


def _commands(one: ArtifactFile, there: Collection[str]) -> list[tuple[str, tuple[str, ...], bool]]:
    if one.language == "yaml" and is_rules(one.body):
        found: list[tuple[str, tuple[str, ...], bool]] = [
            ("the alert rules are valid", ("promtool", "check", "rules", one.path), False)
        ]
        test = unit_test_path(one.path)
        if test in there:
            found.append(
                ("the alert fires in the incident played again", ("promtool", "test", "rules", test), True)
            )
        return found
    if one.path.startswith(".github/workflows/"):
        return [("the workflow is valid", ("actionlint", one.path), False)]
    program = {"bash": ("shellcheck",), "sh": ("shellcheck",), "javascript": ("node", "--check")}.get(
        one.language
    )
    return [("it is well made", (*program, one.path), False)] if program else []


def chosen(checks: Sequence[Check], plan: str, actions: Collection[str]) -> tuple[Check, ...]:
    """Those of a plan's actions; a check without a plan is of every plan."""
    return tuple(
        one
        for one in checks
        if one.action in actions and (not one.plan or plan.lower().startswith(one.plan.lower()))
    )


def meets(expect: str, values: Sequence[float], rows: int) -> bool:
    """Whether a result is as wanted: ``empty``, ``not empty`` (the default), or every value compared with a figure.

    Raises ValueError where ``expect`` says none of these."""
    word = expect.strip().lower() or "not empty"
    if word in ("empty", "not empty"):
        return (rows == 0) is (word == "empty")
    found = _EXPECT.fullmatch(expect)
    if found is None:
        raise ValueError(f"{expect!r} is not understood: write >= 1, empty, or not empty")
    return bool(values) and all(_COMPARE[found[1]](value, float(found[2])) for value in values)


def verdicts(outcomes: Sequence[Outcome]) -> Mapping[str, bool | None]:
    """By action: True where all passed and one of them proves, False where one failed, None where nothing is shown."""
    found: dict[str, bool | None] = {}
    for action in dict.fromkeys(one.check.action for one in outcomes):
        own = [one for one in outcomes if one.check.action == action]
        if any(one.passed is False for one in own):
            found[action] = False
        else:
            found[action] = True if any(one.passed and one.check.proves for one in own) else None
    return found
