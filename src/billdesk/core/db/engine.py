"""Engines with the pragmas and the BEGIN mode that keep concurrent desks from losing work."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MS = 30_000
WRITING = "billdesk_writing"

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
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


def open_engine(url: URL | str) -> Engine:
    """An engine for the books. Connections made later carry the settings of this module."""
    url = make_url(url)
    engine = create_engine(url)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions by itself: its deferred BEGIN loses writers to
    # "database is locked". create_engine(isolation_level=None) would leave the driver's default.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
