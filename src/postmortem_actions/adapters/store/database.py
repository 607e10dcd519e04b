"""The two databases behind one face: parameters are written ``?``, instants and dates are ISO text."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ...errors import StoreError
from .migrate import migrate, migrations

if TYPE_CHECKING:
    import psycopg

_BUSY = 30.0  # seconds one waits for others to finish writing
_AGAIN = 0.02  # seconds until one tries again where SQLite does not wait by itself
_LOCK = 7_305_001  # a number of our own, for PostgreSQL's advisory locks


class Connection(Protocol):
    """A transaction's connection."""

    dialect: str

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run a statement and give its rows."""
        ...

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement; how many rows it touched."""
        ...

    def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Run a statement for every set of values."""
        ...


class Database(Protocol):
    """A store's database."""

    name: str

    def transaction(self, *, write: bool) -> Any:
        """A context manager that gives a Connection."""
        ...

    def backup(self, path: str) -> None:
        """Write everything into a SQLite file."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


class _Sqlite:
    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        return self.connection.execute(sql, values).rowcount

    def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        self.connection.executemany(sql, values)


class SqliteDatabase:
    """One file, made on first use, readable by its owner alone. Each thread has its own connection."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser()
        self.name = str(self.path)
        self._local = threading.local()
        self._ready = False

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Connection]:
        """One transaction; a writing one has the file to itself from its beginning. Raises StoreError."""
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield _Sqlite(connection)
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._error(error) from error

    def backup(self, path: str) -> None:
        """Copy the file, consistently, while others go on. Raises StoreError where there is a file already."""
        if Path(path).exists():
            raise StoreError("is there already", where=path, fix="Give another name.")
        try:
            target = sqlite3.connect(path)
            with target:
                self._open().backup(target)
            target.close()
            os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"cannot be written: {error}", where=path, fix="Choose another place."
            ) from error

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _open(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            return connection
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                self.path.touch(mode=0o600)
        except OSError as error:
            raise StoreError(
                f"cannot be made: {error.strerror}", where=self.name, fix="Set PMA_STORE to another file."
            ) from error
        connection = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None)
        try:
            _write_ahead(connection)
            connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cache_size = -65536")
            connection.execute("PRAGMA mmap_size = 1073741824")
            if not self._ready:
                self._migrate(connection)
                self._ready = True
        except BaseException:
            connection.close()
            raise
        self._local.connection = connection
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        steps = migrations("sqlite", "INTEGER PRIMARY KEY")
        if connection.execute("PRAGMA user_version").fetchone()[0] == steps[-1].number:
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            last = migrate(steps, connection.execute, version, self.name)
            connection.execute(f"PRAGMA user_version = {last}")
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _error(self, error: sqlite3.Error) -> StoreError:
        text = str(error)
        if "locked" in text or "busy" in text:
            return StoreError(
                f"somebody else has been writing for {_BUSY:.0f} s", where=self.name, fix="Try again."
            )
        if isinstance(error, sqlite3.DatabaseError) and "not a database" in text:
            return StoreError(
                "is no store", where=self.name, fix="Set PMA_STORE to another file, or move this one away."
            )
        if "disk I/O" in text or "full" in text or "readonly" in text:
            return StoreError(
                f"cannot be written: {text}", where=self.name, fix="Check the disk and its permissions."
            )
        return StoreError(f"cannot be used: {text}", where=self.name, fix="'pma doctor' checks it.")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Set the journal's mode. SQLite does not wait here when another is just setting it, but refuses at once, so wait for it."""
    until = time.monotonic() + _BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_AGAIN)


class _Postgres:
    dialect = "postgresql"

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.connection.execute(_translated(sql), values).fetchall()

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        return self.connection.execute(_translated(sql), values).rowcount

    def run_many(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(_translated(sql), values)


def _translated(sql: str) -> Any:
    return sql.replace("%", "%%").replace("?", "%s")


class PostgresDatabase:
    """A database of a team. ``url`` may hold a password: it stands in no message. Each thread has its own connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()
        self._ready = False
        self.name = "PostgreSQL"

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Connection]:
        """One transaction. Raises StoreError, also where the server is not there."""
        import psycopg

        connection = self._open()
        try:
            with connection.transaction():
                if not write:
                    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield _Postgres(connection)
        except psycopg.Error as error:
            if connection.closed or connection.broken:
                self.close()
            raise self._error(error) from error

    def backup(self, path: str) -> None:
        """Copy every table into a SQLite file, as of one moment. Raises StoreError."""
        if Path(path).exists():
            raise StoreError("is there already", where=path, fix="Give another name.")
        target = SqliteDatabase(path)
        with self.transaction(write=False) as source, target.transaction(write=True) as copy:
            for table in ("plan", "plan_fact", "action", "event", "ticket", "outbox", "told"):
                names = [row[0] for row in source.rows(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_name = ? AND table_schema = current_schema() ORDER BY ordinal_position",
                    (table,),
                )]  # fmt: skip
                rows = source.rows(f"SELECT {', '.join(names)} FROM {table}")
                marks = ", ".join("?" * len(names))
                copy.run_many(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
        target.close()

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def _open(self) -> psycopg.Connection[Any]:
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is not None and not connection.closed:
            return connection
        try:
            import psycopg
        except ImportError:
            raise StoreError(
                "PostgreSQL needs a driver", fix="Install it: pip install 'postmortem-actions[postgresql]'."
            ) from None
        try:
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=10)
            if not self._ready:
                self._migrate(connection)
                self._ready = True
        except psycopg.Error as error:
            raise self._error(error) from error
        self._local.connection = connection
        return connection

    def _migrate(self, connection: psycopg.Connection[Any]) -> None:
        steps = migrations("postgresql", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute("CREATE TABLE IF NOT EXISTS store_form (version INTEGER NOT NULL)")
            row = connection.execute("SELECT max(version) FROM store_form").fetchone()
            version = row[0] if row and row[0] else 0
            last = migrate(steps, lambda sql: connection.execute(sql.encode()), version, self.name)
            if last != version:
                connection.execute("INSERT INTO store_form VALUES (%s)", (last,))

    def _error(self, error: psycopg.Error) -> StoreError:
        import psycopg

        if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
            return StoreError(
                "the database cannot be reached",
                where=self.name,
                fix="Check its address, your password and whether it runs.",
            )
        text = (error.diag.message_primary or type(error).__name__) if error.diag else type(error).__name__
        return StoreError(f"the database refuses: {text}", where=self.name, fix="'pma doctor' checks it.")
