"""Publish and sync over a line that fails, many times: prints what was done to the line, and what was doubled or lost.

    python benchmarks/faults.py [--runs N] [--first SEED] [--kind jira|linear]

Needs the vendors' schemas that the tests use (PMA_SCHEMAS, build/standins).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.standins.wire_faults import run
from tests.world import world


def main() -> None:
    """Run, and print a line every fifty runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kind", choices=("jira", "linear"), default="jira")
    asked = parser.parse_args()
    harms: Counter[str] = Counter()
    doubles = lost = kills = 0
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        here = world(Path(folder))
        name = here.plan()
        here.database.close()
        for n in range(asked.runs):
            told = run(asked.first + n, asked.kind, Path(folder), Path(folder) / "actions.db", name)
            harms.update(told.harms)
            doubles, lost, kills = doubles + told.doubles, lost + told.lost, kills + told.kills
            if told.doubles or told.lost:
                print(f"seed {asked.first + n}: {told}", flush=True)
            if (n + 1) % 50 == 0 or n + 1 == asked.runs:
                seconds = time.perf_counter() - begun
                print(
                    f"{n + 1} runs in {seconds:.0f} s: {doubles} doubled, {lost} lost, {kills} kills, "
                    + ", ".join(f"{count} {harm.lower()}" for harm, count in sorted(harms.items())),
                    flush=True,
                )


if __name__ == "__main__":
    main()
