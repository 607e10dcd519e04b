"""No figure and no owner stands in a rendered plan that neither the document, the request, a stated policy nor a
shown assumption gave."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from tests.regenerate import REPOSITORY

from postmortem_actions import Plan, Request, build_plan, read_rca, render_plan
from postmortem_actions.core.policy import Capacity

sys.path.insert(0, str(REPOSITORY / "evals"))
import inventions

OWN = sorted(
    [
        *REPOSITORY.glob("examples/*/rca.md"),
        *REPOSITORY.glob("examples/*/summary.md"),
        *REPOSITORY.glob("tests/golden/*/rca.md"),
    ]
)


def _planned(path: Path) -> tuple[str, Plan]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return text, build_plan(
        read_rca(text, path.name), Request(path.name, date(2026, 6, 1), capacity=Capacity.HIGH)
    )


@pytest.mark.parametrize("path", OWN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_is_invented_for_our_own_documents(path: Path) -> None:
    text, plan = _planned(path)
    assert inventions.find(text, plan, render_plan(plan)) == []
    assert "<<" not in str(plan), "a slot of a template stands in the plan"


def test_nothing_is_invented_over_the_corpus(corpus: list[Path]) -> None:
    found = []
    for path in corpus:
        text, plan = _planned(path)
        found += [f"{path.parent.name}: {entry}" for entry in inventions.find(text, plan, render_plan(plan))]
    assert not found


def test_the_check_itself_finds_what_is_invented() -> None:
    text, plan = _planned(OWN[0])
    rendered = render_plan(plan)
    assert inventions.find(text, plan, rendered + "\nUsers lost 4711 orders.\n")
