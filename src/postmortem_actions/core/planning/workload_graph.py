"""What waits for what, made sure of: unknown tasks left out, cycles broken and told by name."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from ..model import Problem
from ..policy import Priority
from .workload_model import Task

_BANDS = {priority: n for n, priority in enumerate(Priority)}


def dependencies(tasks: Mapping[str, Task]) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """The keys each task waits for, free of cycles, and what was odd.

    A cycle is told from its most pressing task on, in the order in which the work would be done. It is broken at
    the last link, by which that first task would wait for the last."""
    problems: list[Problem] = []
    needs: dict[str, list[str]] = {}
    for key, task in tasks.items():
        needs[key] = []
        for need in dict.fromkeys(task.depends_on):
            if need == key:
                problems.append(_cycle_problem([key], tasks))
            elif need in tasks:
                needs[key].append(need)
            else:
                problems.append(
                    Problem("unknown-dependency", f"{task.named} waits for {need}, which is not in the plan",
                            fix=f"Add {need}, or remove the dependency.")
                )  # fmt: skip
    position = {key: n for n, key in enumerate(tasks)}
    while (cycle := _cycle(needs)) is not None:
        first = min(cycle, key=lambda key: (_BANDS[tasks[key].priority], position[key]))
        at = cycle.index(first)
        members = cycle[at:] + cycle[:at]
        needs[first].remove(members[-1])
        problems.append(_cycle_problem(members, tasks))
    return {key: tuple(found) for key, found in needs.items()}, problems


def _cycle(needs: Mapping[str, list[str]]) -> list[str] | None:
    """The members of one cycle, each needed by the next; None where there is none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]  # the first is repeated at the end
        return found[:-1]
    return None


def _cycle_problem(members: list[str], tasks: Mapping[str, Task]) -> Problem:
    if len(members) == 1:
        text = f"{tasks[members[0]].named} waits for itself; this is left out of account"
    else:
        names = ", then ".join(tasks[key].named for key in members)
        text = (
            f"these wait for each other in a circle: {names}, then {members[0]} again; the plan starts with "
            f"{members[0]}, as if it did not wait for {members[-1]}"
        )
    return Problem("dependency-cycle", text, fix="Remove one of these dependencies.")
