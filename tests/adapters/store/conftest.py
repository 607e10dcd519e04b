"""Both databases: SQLite in a file, and a PostgreSQL that is started for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from postmortem_actions.adapters.store.database import Database, PostgresDatabase, SqliteDatabase


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
