"""How fast dates are worked out, and how late the plan is: prints a table for 10 to 10,000 actions, 200 people.

    python benchmarks/schedule.py [--most N]

The actions are made up: priorities and efforts as they come, a third waits for one or two earlier ones, each may be
done by three people, of whom the spread over the people chooses. With few actions a person has one or none; 10,000
are 50 for each of the 200, which is years of work: that nearly all are late then is right, and no fault of the order.
"""

from __future__ import annotations

import argparse
import platform
import random
import time
from dataclasses import replace
from datetime import date, timedelta

from postmortem_actions.core.context import Calendar
from postmortem_actions.core.planning.dates import window_end
from postmortem_actions.core.planning.workload import workload
from postmortem_actions.core.planning.workload_model import PersonRoom, Task
from postmortem_actions.core.planning.workload_owners import Able, spread
from postmortem_actions.core.policy import DueDatePolicy, Effort, Priority

TODAY = date(2025, 1, 16)
PEOPLE = 200
SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000)


def people() -> list[PersonRoom]:
    """Two hundred people with a fifth to two fifths of their day, a queue and two weeks off."""
    chance = random.Random(1)
    calendar = Calendar(frozenset({date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 1)}))
    made = []
    for n in range(PEOPLE):
        off = TODAY + timedelta(days=chance.randint(0, 120))
        made.append(
            PersonRoom(f"person{n}", chance.choice((0.2, 0.4)), calendar, frozenset(off + timedelta(days=d) for d in range(14)),
                       chance.choice((0, 0, 1, 3)))
        )  # fmt: skip
    return made


def actions(count: int) -> list[Task]:
    """So many actions, the same each time."""
    chance = random.Random(count)
    made = []
    for n in range(count):
        priority = chance.choices(list(Priority), (2, 4, 4, 1))[0]
        needs = chance.sample(range(max(0, n - 50), n), min(n, chance.choices((0, 1, 2), (6, 2, 1))[0]))
        able = tuple(f"person{k}" for k in chance.sample(range(PEOPLE), 3))
        made.append(
            Task(f"A{n}", priority, chance.choices(list(Effort), (4, 4, 1))[0], None,
                 window_end(TODAY, priority, DueDatePolicy.REALISTIC), None, tuple(f"A{need}" for need in needs), able)
        )  # fmt: skip
    return made


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--most", type=int, default=SIZES[-1], help="the largest number of actions")
    most = options.parse_args().most
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}; {PEOPLE} people\n")
    print(
        "| actions | spread (s) | schedule (s) | dates kept | cannot be kept | choices | weighted lateness |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    room = people()
    for count in (size for size in SIZES if size <= most):
        tasks = actions(count)
        start = time.perf_counter()
        able = {task.key: [Able(name) for name in task.possible_owners] for task in tasks}
        owners = spread(tasks, able).owners
        middle = time.perf_counter()
        plan = workload([replace(task, owner=owners[task.key].name) for task in tasks], room, TODAY)
        end = time.perf_counter()
        missed = len(plan.infeasible)
        choices = sum(len(one.choices) for one in plan.infeasible)
        print(
            f"| {count:,} | {middle - start:.3f} | {end - middle:.3f} | {count - missed:,} | {missed:,} | {choices:,} | "
            f"{plan.lateness:,} |"
        )


if __name__ == "__main__":
    main()
