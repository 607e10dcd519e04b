"""A sheet for each verification that people carry out: the script, a stopwatch table, and a place for the result."""

from __future__ import annotations

import re

from ..model import Action

_DRILL = re.compile(
    r"(?i)drill|rehears|exercise|game day|walk|tabletop|restore|failover|injection|chaos|load test|replay|audit|review"
)


def is_for_people(action: Action) -> bool:
    """Whether its verification is something that people carry out step by step."""
    return bool(action.verification.steps) or bool(_DRILL.search(action.verification.method))


def sheet(action: Action, name: str) -> str:
    """The sheet in Markdown."""
    check = action.verification
    steps = check.steps or (f"{check.method}: TODO(steps)",)
    lines = [
        f"# Verification of {action.id}: {' '.join(action.title.split())}", "", f"Plan {name}, {action.priority.value}. {check.method}.",
        "", "## Before", "", "- [ ] Everybody who may be paged by it knows the hour", "- [ ] Somebody may call it off: TODO(who)",
        "- [ ] It is known how to undo each step", "", "## Script and stopwatch", "", "| step | planned | begun | ended | what was seen |",
        "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [f"| {n}. {_cell(step)} | TODO(minutes) |  |  |  |" for n, step in enumerate(steps, 1)]
    lines += ["", "## Result", "", f"Passed when: {check.success}", ""]
    lines += [f"- [ ] {item}" for item in action.done_when]
    lines += [
        "", "| day | who | passed | link to what shows it |", "| --- | --- | --- | --- |", "|  |  |  |  |", "",
        f"Then: `pma verify {name} {action.id} --evidence LINK`, or `--failed --why \"…\"`.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
