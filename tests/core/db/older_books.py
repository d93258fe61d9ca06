"""Books of an earlier version, row by row, and the steps that bring them up to date."""

import sqlite3
from pathlib import Path

from alembic import command

from billdesk.core.db.engine import WRITING, open_engine, sqlite_url
from billdesk.core.db.migrations import SHIPPED
from billdesk.core.db.migrations.alembic_config import alembic_config

AT = "2026-10-01 10:00:00.000000"


def upgrade(file: Path, revision: str) -> None:
    """Take the steps up to ``revision``; the rows here refer to documents that are not there."""
    engine = open_engine(sqlite_url(file))
    with engine.connect() as connection:
        writing = connection.execution_options(**{WRITING: True})
        writing.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        with writing.begin():
            command.upgrade(alembic_config(SHIPPED, writing), revision)
    engine.dispose()


def add(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """A row; what must not be empty and is not given is nothing much."""
    row: dict[str, object] = {}
    for _, name, kind, required, default, key in connection.execute(f"PRAGMA table_info({table})"):
        if required and default is None and not (key and name == "id"):
            row[name] = AT if kind == "DATETIME" else 0 if "INT" in kind else ""
    row |= values
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)
