"""Checks of the database files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from billdesk.bootstrap import Paths
from billdesk.cli.checks.finding import Finding, bad, ok, warn
from billdesk.cli.output import size_text
from billdesk.core.db.file_errors import explained
from billdesk.core.db.integrity import reference_problems, structure_problems
from billdesk.core.db.migrate import SchemaState, schema_state
from billdesk.core.db.migrations import SHIPPED
from billdesk.core.domain.errors import BillDeskError

DATABASE = "database"
MIGRATIONS = "migrations"
ARCHIVE = "archive"


def check_books(paths: Paths) -> Iterator[Finding]:
    """Path, size, schema and integrity of the books."""
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
