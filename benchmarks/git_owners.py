"""How long it takes to find owners in a large repository: builds one and prints the seconds.

    python benchmarks/git_owners.py [--commits 10000] [--files 2000] [--people 60] [--keep FOLDER]

The history is made with ``git fast-import``, the same on every run: changes of a few files each, by people
who come and go, with renames, a mass reformatting and a bot.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from postmortem_actions.adapters.owners.git_repo import direct_owners

TODAY = date(2026, 11, 23)
YEARS = 6
LINES = 120
TERMS = (
    "src/area3/module_42.py", "module_7.py", "area5.module_105", "handle_250", "handle_333", "/api/v1/thing_12",
    "table_60", "table_61.customer_id", "area7/module_77.py:12", "retry_limit_9",
)  # fmt: skip


def contents(number: int, changed: dict[int, int]) -> str:
    """A source file of which some lines have been changed so many times."""
    head = [
        f"def handle_{number}(order):",
        f'    """Serves /api/v1/thing_{number}."""',
        f'    rows = query("SELECT customer_id FROM table_{number} WHERE id = %s", order)',
        f"    return rows[:retry_limit_{number}]",
    ]
    rest = [f"value_{line} = {changed.get(line, 0)}  # {number}" for line in range(len(head), LINES)]
    return "\n".join([*head, *rest]) + "\n"


def path_of(number: int, moved: set[int]) -> str:
    """Where a file lies; some have been moved."""
    return f"src/{'moved/' if number in moved else ''}area{number % 10}/module_{number}.py"


def stream(commits: int, files: int, people: int) -> str:
    """The history in the language of fast-import."""
    chance = random.Random(1)
    start = datetime.combine(TODAY - timedelta(days=365 * YEARS), datetime.min.time(), UTC)
    step = timedelta(days=365 * YEARS - 1) / commits
    changed: list[dict[int, int]] = [{} for _ in range(files)]
    moved: set[int] = set()
    out: list[str] = []

    def blob(number: int) -> str:
        text = contents(number, changed[number])
        return f"M 100644 inline {path_of(number, moved)}\ndata {len(text)}\n{text}\n"

    for commit in range(commits):
        # People join one after the other and stay for a third of the time.
        first = int(commit / commits * people * 2 / 3)
        person = chance.randint(first, first + people // 3)
        name, mail = f"Person {person}", f"person{person}@example.com"
        if commit % 50 == 49:
            name, mail = "dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"
        when = f"{int((start + step * commit).timestamp())} +0000"
        message = f"Change {commit}\n\nReviewed-by: Person {first} <person{first}@example.com>\n"
        out.append(
            f"commit refs/heads/main\nauthor {name} <{mail}> {when}\ncommitter {name} <{mail}> {when}\n"
            f"data {len(message)}\n{message}\n"
        )
        touched = [chance.randrange(files) for _ in range(chance.randint(1, 5))]
        if commit in (0, commits // 2):
            touched = list(range(files))
        for number in dict.fromkeys(touched):
            changed[number][chance.randrange(4, LINES)] = commit
            if commit % 97 == 96 and number not in moved:
                out.append(f"D {path_of(number, moved)}\n")
                moved.add(number)
            out.append(blob(number))
    return "".join(out)


def build(folder: Path, commits: int, files: int, people: int) -> None:
    """A repository with that history."""
    run = ["git", "-C", str(folder)]
    subprocess.run([*run, "init", "-q", "-b", "main"], check=True)
    history = stream(commits, files, people).encode()
    subprocess.run([*run, "fast-import", "--quiet"], input=history, check=True)
    subprocess.run([*run, "reset", "-q", "--hard"], check=True)


def main() -> None:
    """Builds, measures, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--commits", type=int, default=10_000)
    options.add_argument("--files", type=int, default=2_000)
    options.add_argument("--people", type=int, default=60)
    options.add_argument("--keep", type=Path, help="build the repository in this folder and leave it there")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        if not (folder / ".git").exists():
            folder.mkdir(parents=True, exist_ok=True)
            build(folder, given.commits, given.files, given.people)
        steps: list[tuple[float, str]] = []
        begun = time.perf_counter()
        claims, problems = direct_owners(
            folder, TERMS, TODAY, progress=lambda step: steps.append((time.perf_counter(), step))
        )
        ended = time.perf_counter()
        for (at, step), (until, _) in zip(steps, [*steps[1:], (ended, "")], strict=True):
            print(f"{until - at:7.2f} s  {step}")
        print(f"{ended - begun:7.2f} s  {given.commits:,} commits, {given.files:,} files, {len(TERMS)} terms")
        print(f"{len(claims)} claims, {len(problems)} problems; the first: {claims[0].who}, {claims[0].why}")


if __name__ == "__main__":
    main()
