"""The plans in examples/ and tests/golden are what the program makes of their documents today."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.regenerate import CASES, REPOSITORY, Case, kept


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_committed_plan_is_made_again_byte_for_byte(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path)
    for name in kept(case):
        made = (tmp_path / name).read_text(encoding="utf-8")
        committed = (REPOSITORY / case.output / name).read_text(encoding="utf-8")
        assert made == committed, f"{case.output}/{name} differs: read the difference, then 'make examples'"
