"""Findings and their codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..model import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: what (``message``), how (``fix``), where (``path`` and 1-based ``line``)."""

    code: str
    severity: Severity
    message: str
    fix: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means: its severity, a short name, and how such a finding is mended."""

    severity: Severity
    name: str
    fix: str


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
CODES: dict[str, Code] = {
    "PMA101": Code(
        _E,
        "vague wording",
        "Say the verb, the thing and the end: what will exist, where, and at which level.",
    ),
    "PMA102": Code(_E, "investigation without an end", "Give it a time box and a decision as its result."),
    "PMA103": Code(
        _I, "several actions in one", "Split it, so that each part has its own owner, date and done-when."
    ),
    "PMA104": Code(_E, "blame of a person", "Ask what in the system made the mistake easy, and change that."),
    "PMA201": Code(_E, "no owner", "Name one person who accepts it."),
    "PMA202": Code(_E, "a team is no owner", "Name one person of the team; the team may help."),
    "PMA203": Code(_W, "several owners", "Name one owner; the others are collaborators."),
    "PMA204": Code(
        _E,
        "owner unresolved",
        "Name the owner, or add the component under [modules] in postmortem-actions.toml.",
    ),
    "PMA301": Code(_W, "no done-when", "Say what somebody else will be able to see when it is done."),
    "PMA302": Code(
        _E,
        "done-when that cannot be checked",
        "Name the test, figure or event that shows it, not that it was deployed.",
    ),
    "PMA401": Code(_W, "no due date", "Set a day; undated actions are the ones that are never done."),
    "PMA402": Code(
        _W, "due date has passed", "Close it with evidence, or agree on a new day with its owner."
    ),
    "PMA403": Code(_W, "due date beyond the policy", "Move it forward, or lower the priority with a reason."),
    "PMA404": Code(_I, "no priority", "Say how urgent it is (P0 to P3)."),
    "PMA501": Code(_W, "duplicate", "Merge the two, and keep the clearer words."),
    "PMA601": Code(
        _E,
        "root cause without a P0 or P1 action",
        "Plan at least one action that makes the root cause impossible or harmless.",
    ),
    "PMA602": Code(_W, "no detection action", "Plan what will notice this kind of failure before users do."),
    "PMA603": Code(
        _W,
        "no response action",
        "Plan what will make the next mitigation faster (runbook, rollback, automation).",
    ),
    "PMA604": Code(
        _E, "only weak actions", "Add at least one action that changes the system; advice and documents fade."
    ),
    "PMA605": Code(
        _E,
        "training is the only answer",
        "Add a check, a limit or a default that works even when people forget.",
    ),
    "PMA606": Code(
        _W,
        "too many actions for the capacity",
        "Defer the lowest, in writing; a plan that does not fit is not done.",
    ),
    "PMA701": Code(_I, "slots still to be filled in", "Fill in each TODO(...) before the artifact is committed."),
    "PMA900": Code(
        _W,
        "no actions found",
        "Write them as a table, a task list, or bullets under a heading such as 'Action items'.",
    ),
    "PMA901": Code(_W, "ignore without a reason", "Write: <!-- pma-lint: ignore CODE reason: why -->"),
    "PMA902": Code(_I, "ignore that matches nothing", "Remove it."),
}


def make(code: str, message: str, path: str, line: int) -> Finding:
    """A finding of a code, with the code's severity and fix."""
    entry = CODES[code]
    return Finding(code, entry.severity, message, entry.fix, path, line)


def exit_code(findings: Iterable[Finding]) -> int:
    """1 where any finding is an error, else 0."""
    return int(any(finding.severity is Severity.ERROR for finding in findings))
