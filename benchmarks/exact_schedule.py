"""How far the list schedule is from the best there is: prints the gap on small plans, against an exact search.

    python benchmarks/exact_schedule.py [--plans N]

The exact search shares no code with the scheduler. It goes through every order in which the tasks could be done
(branch and bound), with the rule that each takes its owner's earliest free days; one of these orders is best of all
schedules for the given owners. What is compared is the weighted lateness: days late times 8, 4, 2, 1 for P0 to P3.
"""

from __future__ import annotations

import argparse
import random
import time
from datetime import date, timedelta

from postmortem_actions.core.planning.dates import window_end
from postmortem_actions.core.planning.workload import workload
from postmortem_actions.core.planning.workload_model import PersonRoom, Task
from postmortem_actions.core.policy import DueDatePolicy, Effort, Priority

TODAY = date(2025, 1, 16)
DAYS = {Effort.S: 1000, Effort.M: 3000, Effort.L: 8000}
WEIGHT = {Priority.P0: 8, Priority.P1: 4, Priority.P2: 2, Priority.P3: 1}
HORIZON = 900

Spent = tuple[tuple[int, int], ...]  # (day, thousandths of a working day)


def plan(number: int, most: int = 8) -> tuple[list[Task], list[PersonRoom]]:
    """A made-up plan of 3 to ``most`` tasks for 1 to 3 people; the same number gives the same plan."""
    chance = random.Random(number)
    names = ["Ana", "Ben", "Cho"][: chance.randint(1, 3)]
    people = [
        PersonRoom(name, chance.choice((0.2, 0.4, 0.4, 1.0)), queue_days=chance.choice((0, 0, 1, 3)))
        for name in names
    ]
    policy = chance.choice((DueDatePolicy.AGGRESSIVE, DueDatePolicy.REALISTIC))
    tasks = []
    for n in range(chance.randint(3, most)):
        priority = chance.choices(list(Priority), (3, 3, 3, 1))[0]
        stated = TODAY + timedelta(days=chance.randint(1, 60)) if chance.random() < 0.2 else None
        needs = chance.sample(range(n), min(n, chance.choices((0, 1, 2), (6, 3, 1))[0]))
        tasks.append(
            Task(f"A{n}", priority, chance.choices(list(Effort), (4, 4, 1))[0], chance.choice(names),
                 window_end(TODAY, priority, policy), stated, tuple(f"A{need}" for need in needs))
        )  # fmt: skip
    return tasks, people


class Exact:
    """The least weighted lateness of any schedule with the given owners."""

    def __init__(self, tasks: list[Task], people: list[PersonRoom]) -> None:
        self.tasks = tasks
        self.index = {task.key: n for n, task in enumerate(tasks)}
        self.room: dict[str, list[int]] = {}
        for person in people:
            days = [TODAY + timedelta(days=day) for day in range(HORIZON)]
            full = round(person.share * 1000)
            self.room[person.name] = [full if person.calendar.is_working_day(day) else 0 for day in days]
            self._spend(person.name, round(person.queue_days * 1000), 0)
        self.best = 10**9
        self.seen: set[tuple[tuple[int, Spent], ...]] = set()

    def _spend(self, name: str, amount: int, ready: int) -> Spent:
        room, day = self.room[name], ready
        spent: list[tuple[int, int]] = []
        while amount > 0:
            part = min(room[day], amount)
            if part:
                room[day] -= part
                amount -= part
                spent.append((day, part))
            day += 1
        return tuple(spent)

    def _late(self, task: Task, finish: int) -> int:
        wanted = task.stated or task.due
        return max(0, finish - (wanted - TODAY).days) * WEIGHT[task.priority] if wanted else 0

    def _try(self, n: int, done: dict[int, Spent]) -> Spent:
        task = self.tasks[n]
        needs = [self.index[need] for need in task.depends_on]
        ready = max((done[need][-1][0] + 1 for need in needs if need in done), default=0)
        assert task.owner is not None
        return self._spend(task.owner, DAYS[task.effort], ready)

    def _undo(self, n: int, spent: Spent) -> None:
        owner = self.tasks[n].owner
        assert owner is not None
        for day, part in spent:
            self.room[owner][day] += part

    def search(self, done: dict[int, Spent] | None = None, lateness: int = 0) -> int:
        """Go on from what is placed, and give the least lateness found so far."""
        done = done or {}
        state = tuple(sorted(done.items()))
        if state in self.seen:
            return self.best
        self.seen.add(state)
        bound, ready = lateness, []
        for n, task in enumerate(self.tasks):
            if n in done:
                continue
            spent = self._try(n, done)  # at best it is the next one, and waits for nothing but what is placed
            bound += self._late(task, spent[-1][0])
            self._undo(n, spent)
            if all(self.index[need] in done for need in task.depends_on):
                ready.append(n)
        if bound >= self.best:
            return self.best
        if not ready:
            self.best = lateness
            return self.best
        for n in ready:
            spent = self._try(n, done)
            self.search({**done, n: spent}, lateness + self._late(self.tasks[n], spent[-1][0]))
            self._undo(n, spent)
        return self.best


def main() -> None:
    """Compare and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--plans", type=int, default=300, help="how many made-up plans of 3 to 8 tasks")
    count = options.parse_args().plans
    ours = best = equal = late = 0
    worst = (0.0, 0)
    fast = slow = 0.0
    for number in range(count):
        tasks, people = plan(number)
        start = time.perf_counter()
        found = workload(tasks, people, TODAY).lateness
        middle = time.perf_counter()
        least = Exact(tasks, people).search()
        fast, slow = fast + middle - start, slow + time.perf_counter() - middle
        assert found >= least, f"plan {number}: {found} is better than the exact {least}"
        ours, best = ours + found, best + least
        equal += found == least
        late += least > 0
        if found > least:
            worst = max(worst, ((found - least) / max(1, least), number))
    print(
        "| plans of 3 to 8 tasks | cannot all be kept | best found | weighted lateness | least possible | gap | worst plan |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(
        f"| {count} | {late} | {equal} | {ours:,} | {best:,} | {100 * (ours - best) / max(1, best):.2f} % | {100 * worst[0]:.0f} % |"
    )
    print(f"\n{1000 * fast / count:.1f} ms per plan; the exact search takes {1000 * slow / count:.0f} ms.")


if __name__ == "__main__":
    main()
