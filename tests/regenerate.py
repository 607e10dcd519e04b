"""The plans that are committed: which there are, and how they are made again (``make examples``).

Each case is run through the command line, as a user would, from the repository's folder.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from postmortem_actions.entry.cli.main import run

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Case:
    """A committed plan: the document, the options, and the folder of its outputs."""

    source: str
    output: str
    today: str
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the case is called in test reports."""
        return self.output.removesuffix("/output").rsplit("/", 1)[-1]

    def write(self, folder: Path) -> None:
        """Write every file of the plan into the folder."""
        arguments = ["plan", self.source, "--today", self.today, "--quiet", "--no-save", "--force", "-o", str(folder)]
        with contextlib.chdir(REPOSITORY):
            code = run([*arguments, *self.options])
        if code != 0:
            raise SystemExit(f"{self.source}: exit code {code}")


_IMPACT = ("--prioritization", "impact-first")

CASES = (
    Case("examples/orders-api-timeout/rca.md", "examples/orders-api-timeout/output", "2025-01-16"),
    Case("examples/payment-api-timeout/request.md", "examples/payment-api-timeout/output", "2025-01-13"),
    Case("examples/pii-in-logs/request.md", "examples/pii-in-logs/output", "2025-01-13"),
    Case("examples/orders-api-timeout/summary.md", "tests/golden/orders-summary", "2025-01-16"),
    Case("examples/payment-api-timeout/summary.md", "tests/golden/payment-summary", "2025-01-13", _IMPACT),
    Case(
        "examples/pii-in-logs/summary.md", "tests/golden/pii-summary", "2025-01-13",
        (*_IMPACT, "--capacity", "high", "--scope", "org"),
    ),
    Case("tests/golden/double-charge/rca.md", "tests/golden/double-charge", "2024-01-21"),
    Case("tests/golden/payment-processing-outage/rca.md", "tests/golden/payment-processing-outage", "2024-01-21"),
    Case("tests/golden/template/rca.md", "tests/golden/template", "2025-01-16"),
)  # fmt: skip
KEPT = {"examples": ("plan.md", "plan.json", "plan.html", "actions.csv", "plan.ics", "gantt.svg"), "tests": ("plan.md",)}


def kept(case: Case) -> tuple[str, ...]:
    """Which of the outputs are committed."""
    return KEPT[case.output.split("/", 1)[0]]


def main() -> None:
    """Write every committed output again."""
    import tempfile

    for case in CASES:
        with tempfile.TemporaryDirectory() as made:
            case.write(Path(made))
            folder = REPOSITORY / case.output
            folder.mkdir(parents=True, exist_ok=True)
            for name in kept(case):
                (folder / name).write_bytes((Path(made) / name).read_bytes())
        print(f"{case.output}: {', '.join(kept(case))}", file=sys.stdout)


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    main()
