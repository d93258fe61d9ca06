"""Open the books: create a new file, bring an older one up to date, refuse a newer one."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from enum import Enum
from pathlib import Path

from sqlalchemy import Connection, Engine

from billdesk.core.db.backup import back_up
from billdesk.core.db.engine import WRITING, open_engine, sqlite_url
from billdesk.core.db.file_errors import check_place, explained, result_code
from billdesk.core.db.integrity import reference_problems
from billdesk.core.db.migrations import SHIPPED, Steps
from billdesk.core.db.private_files import prepare_private
from billdesk.core.db.search_index import create_search_index
from billdesk.core.db.tables import Base
from billdesk.core.db.triggers import (
    guards_are_current,
    guards_were_altered,
    install_guards,
    remove_guards,
    warn_of_altered_guards,
)
from billdesk.core.domain.errors import BillDeskError, InvariantBroken, UserError

log = logging.getLogger(__name__)

# A program that is just opening or closing the file keeps others out for milliseconds.
PATIENCE_S = 2
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_REVISION = "SELECT version_num FROM alembic_version"
VERSION_TABLE = (
    "CREATE TABLE alembic_version ("
    "version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


class SchemaState(Enum):
    """How a file's schema compares with this version of BillDesk."""

    NEW = "new"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"


class MigrationFailed(BillDeskError):
    """A migration step failed; the file is as it was. Always a bug."""


def schema_state(file: Path, steps: Steps = SHIPPED) -> SchemaState:
    """Look at ``file`` without changing it (and without Alembic, which is slow to import).

    Raises ``UserError`` when it cannot be used: no folder, not writable, damaged, not BillDesk's.
    """
    check_place(file)
    if not file.exists() or file.stat().st_size == 0:
        return SchemaState.NEW
    address = f"{file.resolve().as_uri()}?mode=rw"
    with (
        explained(file),
        closing(
            sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE_S)
        ) as connection,
    ):
        tables = {str(row[0]) for row in connection.execute(_TABLES)}
        if not tables:
            return SchemaState.NEW
        ours = {"alembic_version", "ledger_entry"} <= tables
        row = connection.execute(_REVISION).fetchone() if ours else None
        if row is None:
            raise UserError(f"“{file}” is not a BillDesk database. Choose another file.")
        _try_to_write(connection)
    return compare(str(row[0]), steps)


def compare(revision: str, steps: Steps) -> SchemaState:
    """How books at ``revision`` compare with ``steps``."""
    if revision not in steps.revisions:
        return SchemaState.NEWER
    return SchemaState.CURRENT if revision == steps.newest else SchemaState.OLDER


def open_books(
    file: Path, *, backups: Path, now: datetime, steps: Steps = SHIPPED, repairs: bool = True
) -> Engine:
    """The engine for the books in ``file``, created or brought up to date when needed.

    An older schema is first copied into the folder ``backups``; ``now`` names the copy. All steps
    run in one transaction: any failure leaves the file as it was. Two programs that start at once
    wait for each other. Guards that somebody altered are put back with a warning in the log, or,
    without ``repairs``, left for a report. Raises ``UserError`` for a file that cannot be used or
    is newer than this program, ``MigrationFailed`` when a step fails.
    """
    state = schema_state(file, steps)
    if state is SchemaState.NEWER:
        raise UserError(
            f"“{file}” was written by a newer version of BillDesk. Update BillDesk to open it."
        )
    engine = open_engine(sqlite_url(file))
    try:
        with explained(file):
            if state is SchemaState.NEW:
                prepare_private(file)
            if state is not SchemaState.CURRENT or not _has_guards(engine, repairs):
                _bring_up_to_date(engine, file, backups, now, steps)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Change the file and take the change back; another program's writing is proof enough."""
    (kept,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("PRAGMA busy_timeout=0")
    try:
        # On a read-only file this begins a reading transaction without a word.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version={kept}")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if result_code(error) != sqlite3.SQLITE_BUSY:
            raise


def _has_guards(engine: Engine, repairs: bool) -> bool:
    """Whether the guards are this version's, or altered and to be left so."""
    with engine.begin() as connection:
        if guards_are_current(connection):
            return True
        return not repairs and guards_were_altered(connection)


def _bring_up_to_date(
    engine: Engine, file: Path, backups: Path, now: datetime, steps: Steps
) -> None:
    with _exclusive(engine) as connection:
        # Read again under the write lock: another program may have been faster.
        revision = _revision(connection)
        if revision is None:
            Base.metadata.create_all(connection)
            create_search_index(connection)
            connection.exec_driver_sql(VERSION_TABLE)
            connection.exec_driver_sql(
                "INSERT INTO alembic_version (version_num) VALUES (?)", (steps.newest,)
            )
        elif revision != steps.newest:
            # Others cannot write now, so the copy is exactly what the steps start from.
            copy = backups / f"{file.stem}-{now:%Y%m%dT%H%M%SZ}-before-{steps.newest}.db"
            back_up(file, copy)
            log.info("schema %s, upgrading to %s", revision, steps.newest)
            remove_guards(connection)
            run_steps(connection, steps, f"They are unchanged; a copy is in “{copy}”.")
        else:
            warn_of_altered_guards(connection)
        install_guards(connection)


def _revision(connection: Connection) -> str | None:
    tables = {row[0] for row in connection.exec_driver_sql(_TABLES)}
    if "alembic_version" not in tables:
        return None
    return str(connection.exec_driver_sql(_REVISION).scalar_one())


def run_steps(connection: Connection, steps: Steps, consolation: str) -> None:
    """Upgrade within the transaction of ``connection``.

    Raises ``MigrationFailed``, which says what became of the books in ``consolation``.
    """
    # Slow to import and rarely needed.
    from alembic import command

    from billdesk.core.db.migrations.alembic_config import alembic_config

    try:
        command.upgrade(alembic_config(steps, connection), steps.newest)
    except Exception as error:
        raise MigrationFailed(
            f"Your books could not be prepared for this version of BillDesk. {consolation} Please "
            f"report this: {error}"
        ) from error


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """One write transaction without foreign key actions; broken references roll it back.

    With foreign keys on, rebuilding a table deletes the rows of its cascading children.
    """
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("only SQLite files are opened here")
        # On the driver's connection: inside a transaction the pragma would be ignored.
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            if driver.execute("PRAGMA foreign_keys").fetchone() != (0,):
                raise InvariantBroken("foreign keys are still on")
            with connection.execution_options(**{WRITING: True}).begin():
                yield connection
                problems = reference_problems(driver)
                if problems:
                    raise MigrationFailed(f"The books are unchanged: {problems[0]}.")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
