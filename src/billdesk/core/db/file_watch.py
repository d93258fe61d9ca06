"""Notice before each write that the file was deleted, replaced or truncated under BillDesk.

SQLite goes on with the open file, which no longer has a name: everything saved would be lost.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, event

from billdesk.core.db.engine import WRITING
from billdesk.core.domain.errors import UserError


def watch(engine: Engine, file: Path) -> None:
    """Let ``engine`` look at ``file`` before it connects and before it writes (microseconds)."""
    identity = _identity(file)

    def look() -> None:
        if _identity(file) != identity:
            raise UserError(
                f"“{file}” was removed, replaced or emptied while BillDesk was using it, so "
                "nothing can be saved. Close BillDesk; put the file back or restore your newest "
                "backup."
            )

    def before_connecting(*_: object) -> None:
        # SQLite would make an empty file of that name.
        look()

    def before_writing(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITING, False):
            look()

    event.listen(engine, "do_connect", before_connecting)
    event.listen(engine, "begin", before_writing, insert=True)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None
