"""How fast and how large: prints the tables of docs/performance.md for this machine.

    python benchmarks/run.py [--repeat N]

Documents are made from the examples: the same incident told for more and more services, so that every line
is one that the rules look at (which is slower than ordinary prose).
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from postmortem_actions import Request, build_plan, read_rca, render_plan

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(REPOSITORY.glob("examples/*/rca.md"))
TODAY = date(2025, 1, 16)
PMA = [sys.executable, "-m", "postmortem_actions"]
GROWTH = (10, 100, 300, 1_000, 3_000, 10_000)
MEGABYTE = 1024  # ru_maxrss is in KiB on Linux


def document(lines: int) -> str:
    """An RCA of that many lines."""
    texts = [path.read_text(encoding="utf-8").splitlines() for path in EXAMPLES]
    made: list[str] = []
    part = 0
    while len(made) < lines:
        for line in texts[part % len(texts)]:
            made.append(
                line.replace("orders-api", f"orders-api-{part}").replace("payment-api", f"payment-api-{part}")
            )
        part += 1
    return "\n".join(made[:lines]) + "\n"


def words(count: int, number: int = 0) -> str:
    """An RCA of about that many words; every number gives another text, so that nothing kept from an earlier
    document makes a later one fast."""
    made, seen = [], 0
    for line in document(400).splitlines():
        parts = line.rsplit(" ", 1)
        made.append(f"{parts[0]} part{number} {parts[1]}" if number and len(line.split()) > 3 else line)
        seen += len(line.split())
        if seen >= count:
            break
    return "\n".join(made) + "\n"


def process(arguments: list[str], repeat: int) -> tuple[float, float]:
    """Median seconds and most memory (MB) of a whole process."""
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        subprocess.run([*PMA, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE


def plan_seconds(texts: list[str]) -> float:
    """Median seconds from text to rendered Markdown in this process."""
    seconds = []
    for text in texts:
        start = time.perf_counter()
        render_plan(build_plan(read_rca(text, "rca.md"), Request("rca.md", TODAY)))
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--repeat", type=int, default=9, help="how often each whole process is run")
    repeat = options.parse_args().repeat
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}\n")
    print("| what | measured | aim |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rca.md"
        path.write_text(document(300), encoding="utf-8")
        process(["plan", str(path)], 1)  # the cache of rules and the compiled modules are there from now on
        seconds, _ = process(["--help"], repeat)
        print(f"| `pma --help`, whole process | {seconds:.2f} s | 0.2 s |")
        seconds, memory = process(["plan", str(EXAMPLES[0])], repeat)
        print(
            f"| plan of {len(EXAMPLES[0].read_text().splitlines())} lines, whole process | {seconds:.2f} s | |"
        )
        seconds, memory = process(["plan", str(path)], repeat)
        print(f"| plan of 300 lines, whole process | {seconds:.2f} s | 0.4 s |")
        print(f"| most memory of these | {memory:.0f} MB | 150 MB |")
    texts = [words(500, number) for number in range(1, 61)]
    plan_seconds(texts[:10])
    each = plan_seconds(texts[10:])
    text = texts[0]
    print(
        f"| plans of a {len(text.split())}-word RCA in one process | {1 / each:.0f} per second | 100 per second |"
    )
    print("\n| lines | KB | seconds | ms per line |\n| --- | --- | --- | --- |")
    for lines in GROWTH:
        text = document(lines)
        seconds = plan_seconds([text] * (5 if lines <= 1_000 else 1))
        print(f"| {lines:,} | {len(text) / 1000:.0f} | {seconds:.3f} | {1000 * seconds / lines:.2f} |")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    print(f"\nMost memory of the process that made the last table: {own:.0f} MB.")


if __name__ == "__main__":
    main()
