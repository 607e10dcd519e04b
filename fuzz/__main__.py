"""Fuzz the readers: ``python -m fuzz [--seconds N] [--work DIR] [HARNESS …]``; all harnesses without a name.

Exits with 1 where anything failed; the inputs are in DIR/HARNESS/failures, each beside its report. Copy what
is mended to tests/fuzz/crashes/HARNESS: a test reads all of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from fuzz.engine import HARNESSES, REPOSITORY, run


def main() -> int:
    """Each harness in a process of its own, one after the other: the fuzzer ends its process."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="HARNESS", help=", ".join(HARNESSES))
    parser.add_argument("--seconds", type=int, default=60, help="for each harness (60)")
    parser.add_argument(
        "--work", type=Path, default=REPOSITORY / "build" / "fuzz", help="corpus and failures"
    )
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(HARNESSES))
    if unknown:
        parser.error(f"no harness {', '.join(unknown)}; there are {', '.join(HARNESSES)}")
    if chosen.alone:
        run(chosen.names[0], chosen.seconds, chosen.work)
    failed = 0
    for name in chosen.names or HARNESSES:
        command = [sys.executable, "-m", "fuzz", name, "--alone", "--work", str(chosen.work)]
        code = subprocess.run(
            [*command, "--seconds", str(chosen.seconds)], cwd=REPOSITORY, check=False
        ).returncode
        folder = chosen.work / name / "failures"
        found = sorted(path.name for path in folder.glob("*") if path.suffix != ".txt")
        failed += bool(found or code)
        print(
            f"{name}: {len(found)} failures{f' in {folder}' if found else ''}", *found, sep="\n  ", flush=True
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
