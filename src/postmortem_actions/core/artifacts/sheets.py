"""A sheet for each verification that people carry out: the script, a stopwatch table, and a place for the result."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model import Action
from ..policy import CheckType

_BY_PEOPLE = frozenset({CheckType.DRILL, CheckType.REVIEW, CheckType.LOAD})
_BOX = re.compile(r"(?m)^- \[([ xX])\] (.+)$")
_YES = frozenset({"yes", "y", "true", "passed", "ok", "x"})
_NO = frozenset({"no", "n", "false", "failed"})


@dataclass(frozen=True, slots=True)
class Written:
    """The result that people wrote into a sheet. ``passed`` None where it does not tell; ``what`` is what stands there."""

    passed: bool | None
    what: str


def sheet_path(action: str) -> str:
    """Where the sheet of an action goes."""
    return f"docs/verification/{action.lower()}.md"


def is_for_people(action: Action) -> bool:
    """Whether its verification is something that people carry out step by step."""
    return bool(action.verification.steps) or action.verification.type in _BY_PEOPLE


def result_in(text: str, plan: str) -> Written:
    """What a filled sheet of that plan says (empty: of whichever): its last result, which counts as passed only with all
    boxes of it ticked."""
    if plan and f"plan {plan},".casefold() not in text.casefold():
        return Written(None, f"the sheet is of another plan than {plan}")
    result = text.partition("## Result")[2]
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in result.splitlines()
        if line.strip().startswith("|")
    ][2:]
    filled = [row for row in rows if len(row) >= 3 and any(row)]
    if not filled:
        return Written(None, "nobody has written a result yet")
    day, who, said, *links = filled[-1]
    word = said.casefold().strip(".!* ")
    passed = True if word in _YES else False if word in _NO else None
    told = f"{day or 'no day'}, {who or 'nobody named'}: {said or 'no result'}" + "".join(f", {one}" for one in links if one)
    if passed is None:
        return Written(None, f"the column 'passed' says neither yes nor no: {told}")
    if not who:
        return Written(None, f"nobody is named who saw it: {told}")
    left = [text for mark, text in _BOX.findall(result) if mark == " "]
    if passed and left:
        return Written(None, f"{told}; not ticked: {left[0]}" + (f" and {len(left) - 1} more" if len(left) > 1 else ""))
    return Written(passed, told)


def sheet(action: Action, name: str) -> str:
    """The sheet in Markdown."""
    check = action.verification
    steps = check.steps or (f"{check.method}: TODO(steps)",)
    made = f"{check.method} ({check.type.words})" if check.type else check.method
    lines = [
        f"# Verification of {action.id}: {' '.join(action.title.split())}", "", f"Plan {name}, {action.priority.value}. {made}.",
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
