"""Publishing and syncing over a line that cuts, loses, delays and doubles, with kills: nothing is made twice or lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.standins.wire_faults import run
from tests.world import world


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store with a plan in it."""
    folder = tmp_path_factory.mktemp("planned")
    here = world(folder)
    name = here.plan()
    here.database.close()
    return folder / "actions.db", name


@pytest.mark.parametrize("kind", ["jira", "linear"])
@pytest.mark.parametrize("seed", range(10))
def test_each_action_has_one_ticket_in_the_end(
    seed: int, kind: str, planned: tuple[Path, str], tmp_path: Path
) -> None:
    template, name = planned
    told = run(seed, kind, tmp_path, template, name)
    assert (told.doubles, told.lost, told.kept) == (0, 0, told.actions + 1), told
