"""Checks of the database files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from billdesk.bootstrap import Paths
from billdesk.cli.checks.finding import Finding, bad, ok, warn
from billdesk.cli.output import size_text
from billdesk.core.db.engine import open_engine, sqlite_url
from billdesk.core.db.file_errors import explained
from billdesk.core.db.integrity import reference_problems, structure_problems
from billdesk.core.db.migrate import SchemaState, schema_state
from billdesk.core.db.migrations import SHIPPED
from billdesk.core.db.triggers import altered_guards
from billdesk.core.domain.errors import BillDeskError

DATABASE = "database"
MIGRATIONS = "migrations"
ARCHIVE = "archive"
GUARDS = "guards"


def check_books(paths: Paths) -> Iterator[Finding]:
    """Path, size, schema, guards and integrity of the books."""
    path = str(paths.books)
    if not paths.folder.exists():
        yield ok(DATABASE, f"{path}: no books yet; they are made when BillDesk opens", path=path)
        return
    try:
        state = schema_state(paths.books)
    except BillDeskError as error:
        yield bad(DATABASE, str(error), path=path)
        return
    if state is SchemaState.NEW:
        yield ok(DATABASE, f"{path}: no books yet; they are made when BillDesk opens", path=path)
        return
    yield _whole(DATABASE, paths.books)
    yield _schema(state)
    if state is SchemaState.CURRENT:
        yield _guards(paths.books)


def check_archive(paths: Paths) -> Iterator[Finding]:
    """Path, size and integrity of the stored PDFs; there is no file before the first one."""
    if paths.archive.exists():
        yield _whole(ARCHIVE, paths.archive)


def _schema(state: SchemaState) -> Finding:
    facts = {"state": state.value, "newest": SHIPPED.newest}
    if state is SchemaState.CURRENT:
        return ok(MIGRATIONS, f"up to date (schema {SHIPPED.newest})", **facts)
    if state is SchemaState.OLDER:
        return warn(MIGRATIONS, "made by an older version; run “billdesk migrate”", **facts)
    return bad(MIGRATIONS, "made by a newer version; update BillDesk", **facts)


def _guards(file: Path) -> Finding:
    engine = open_engine(sqlite_url(file))
    try:
        with explained(file), engine.connect() as connection:
            faults = altered_guards(connection)
    except BillDeskError as error:
        return bad(GUARDS, str(error))
    finally:
        engine.dispose()
    if not faults:
        return ok(GUARDS, "the guards of the books are intact")
    name, fault = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return bad(
        GUARDS,
        f"{name}: {fault}{more}; something other than BillDesk changed the file: look with "
        "“billdesk verify” whether the books hold. BillDesk puts its own guards back when it "
        "opens them",
        faults=[f"{one}: {what}" for one, what in faults],
    )


def _whole(area: str, file: Path) -> Finding:
    size = file.stat().st_size
    facts = {"path": str(file), "size_bytes": size}
    try:
        problems = _problems(file)
    except BillDeskError as error:
        return bad(area, str(error), **facts, integrity="unreadable")
    if problems:
        return bad(
            area,
            f"{file} is damaged ({problems[0]}); restore your newest backup",
            **facts,
            integrity=problems,
        )
    return ok(area, f"{file}, {size_text(size)}, whole", **facts, integrity="ok")


def _problems(file: Path) -> list[str]:
    # Writable, because a database left by a crash must be rolled back before it can be read.
    address = f"{file.resolve().as_uri()}?mode=rw"
    with explained(file), closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("PRAGMA query_only=ON")
        return structure_problems(connection) or reference_problems(connection)
