"""Engines with the settings and the BEGIN mode that keep concurrent desks from losing work.

PostgreSQL's are in ``db.postgres.engine``; ``for_writing`` and ``for_reading`` serve both.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from billdesk.core.db.file_errors import result_code

BUSY_TIMEOUT_MS = 30_000
WRITING = "billdesk_writing"

_LOCK_RETRY_S = 0.005

_PRAGMAS = (
    # FULL: a committed invoice survives a power cut (WAL's default NORMAL may lose it).
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    # Without it INSERT OR REPLACE would pass by the guards against deletion.
    "PRAGMA recursive_triggers=ON",
    # Deleted customers' data does not linger in free pages.
    "PRAGMA secure_delete=FAST",
)


def sqlite_url(file: Path) -> URL:
    """The URL of a SQLite file."""
    return URL.create("sqlite+pysqlite", database=str(file))


def open_engine(url: URL) -> Engine:
    """An engine for a file of books. Connections made later carry the settings of this module."""
    # An error that is logged or sent in holds no names or accounts.
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_sqlite(bind: Engine | Connection) -> bool:
    """Whether the books are a file: one writer at a time, no row locks, no roles."""
    return bind.dialect.name == "sqlite"


def for_writing(connection: Connection) -> Connection:
    """``connection``, whose next transaction writes: SQLite's takes the write lock at once."""
    return connection.execution_options(**{WRITING: True})


def for_reading(connection: Connection) -> Connection:
    """``connection``, whose next transaction reads one state of the books throughout."""
    if is_sqlite(connection):
        return connection
    # READ COMMITTED would show each statement another state; sums would not agree.
    return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Put the file into WAL mode, in which readers and a writer do not wait for each other.

    When several programs make the file at once the switch is refused as busy, and SQLite does not
    wait for it as it does for other locks.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if result_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_LOCK_RETRY_S)
        else:
            return


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions by itself: its deferred BEGIN loses writers to
    # "database is locked". create_engine(isolation_level=None) would leave the driver's default.
    connection.isolation_level = None
    use_write_ahead_log(connection)
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
