"""No regular expression of the program runs away, whatever line it is given.

That none is ambiguous proves that its cost does not grow exponentially; what is left (a polynomial) is
bounded because a document's lines, words and gaps are cut to a length before they are read.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz.ambiguity import ambiguous_loop
from tests.fuzz.expressions import Expression, all_expressions, unresolved

# Modules that make expressions at run time: of escaped words, which hold no loop, or of the data files, whose
# expressions are judged below like all others.
_AT_RUN_TIME = {
    "adapters.owners.code_search",
    "core.catalogue.match",
    "core.catalogue.rule",
    "core.catalogue.slots",
    "core.lint.items",
    "core.owners.code_terms",
    "core.owners.codeowners_match",
    "core.parse.action_units",
    "core.parse.causes",
    "core.parse.gaps",
    "core.privacy.mask",
    "core.promql.series",
    "core.stack",
}


@pytest.fixture(scope="module")
def expressions() -> list[Expression]:
    return all_expressions()


def test_every_expression_is_found_and_judged(expressions: list[Expression]) -> None:
    assert len(expressions) > 300
    assert {place.partition(":")[0] for place in unresolved()} <= _AT_RUN_TIME
    refused = {e.where: why for e in expressions if (why := ambiguous_loop(e.source, e.flags))}
    assert not refused


@pytest.mark.parametrize("source", [r"(a+)+$", r"(?:a|a)*b", r"(\w+\s?)+:", r"(.*a){10,}"])
def test_the_judge_itself_refuses_what_runs_away(source: str) -> None:
    assert ambiguous_loop(source)


HOSTILE = (
    " ", "1", ":", "*", "[", "(", "|", "at 12:", "a.b.c", "<", '"', "`", "_", "no ", "1,000", "@a", "http://a", "a-", "é",
)  # fmt: skip


def test_a_line_of_a_megabyte_is_planned_in_seconds(tmp_path: Path) -> None:
    """All kinds in one process, which has a minute where it needs a few seconds."""
    for n, part in enumerate(HOSTILE):
        line = (part * (1_000_000 // len(part) + 1))[:1_000_000]
        (tmp_path / f"{n}.md").write_text(f"# Outage\n\n## Root cause\n\n{line}\n", encoding="utf-8")
    code = (
        "import sys\nfrom datetime import date\nfrom pathlib import Path\n"
        "from postmortem_actions import Request, build_plan, read_rca, render_plan\n"
        "for path in sorted(Path(sys.argv[1]).glob('*.md')):\n"
        "    made = build_plan(read_rca(path.read_text(encoding='utf-8'), path.name), Request('x', date(2026, 1, 5)))\n"
        "    print(path.name, len(render_plan(made)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    assert len(done.stdout.split("\n")) == len(HOSTILE) + 1
    assert not re.search("Traceback", done.stderr)
