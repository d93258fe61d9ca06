"""What a failed statement means: a lost race to run again, or a sentence for people.

Codes: https://www.postgresql.org/docs/15/errcodes-appendix.html and
https://www.sqlite.org/rescode.html
"""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from billdesk.core.db.engine import is_sqlite
from billdesk.core.db.file_errors import BUSY, explained, explanation_of, result_code
from billdesk.core.domain.errors import BillDeskError, TemporaryError, UserError

# A statement does not tell its file; people know which books are open.
_BOOKS = "books.db"
_DEADLOCK = "40P01"
_SERIALIZATION = "40001"
# Two desks made the same row at once: run again, the later one finds it.
_UNIQUE = "23505"
# The whole class of constraints: the server itself always says which one of them.
_GUARD = "23000"
_TRANSIENT = frozenset({_DEADLOCK, _SERIALIZATION})
_BUSY_SENTENCE = "The books are busy; another program is writing. Try again."
_LOST_SENTENCE = (
    "The connection to the database server was lost. Look whether your last change is there, "
    "then try again."
)
_TEMPORARY = {
    "55P03": "Another desk is working on the same rows. Try again.",
    "57014": "The database server took too long to answer. Try again.",
    "53300": "The database server has no connection left. Close BillDesk at another desk or try "
    "again later.",
}
_PERMANENT = {
    "42501": "The database user may not do this. Ask for its rights: the owner of the database "
    "gives them with “billdesk migrate --grant-to USER”.",
    "25006": "The database server takes no changes: it is a copy for reading. Connect to the main "
    "server.",
    "53100": "The disk of the database server is full. Free some space there and try again.",
}
# Connection exceptions (class 08) and a server that is going down or coming up.
_LOST = ("08", "57P01", "57P02", "57P03")


def is_lost_race(error: DBAPIError) -> bool:
    """Whether the same use case may succeed when it is run again from the start."""
    if isinstance(error.orig, sqlite3.Error):
        return result_code(error.orig) in BUSY
    return sqlstate(error) in _TRANSIENT or sqlstate(error) == _UNIQUE


def taken_twice(error: DBAPIError) -> str | None:
    """The constraint that PostgreSQL kept a second row from breaking, ``None`` for all else."""
    if sqlstate(error) != _UNIQUE:
        return None
    return str(getattr(getattr(error.orig, "diag", None), "constraint_name", None))


def refused_by_guard(error: DBAPIError) -> str | None:
    """The sentence of the guard (``db.triggers``) that refused a row, ``None`` for all else."""
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", None)
        return str(error.orig) if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER else None
    if sqlstate(error) != _GUARD:
        return None
    return str(getattr(getattr(error.orig, "diag", None), "message_primary", None))


def explanation(error: DBAPIError) -> BillDeskError | None:
    """The error in plain words, or ``None`` for a fault in BillDesk."""
    if isinstance(error.orig, sqlite3.Error):
        if result_code(error.orig) in BUSY:
            return TemporaryError(_BUSY_SENTENCE)
        return explanation_of(Path(_BOOKS), error.orig)
    state = sqlstate(error)
    if state in _TRANSIENT:
        return TemporaryError(_BUSY_SENTENCE)
    if state in _TEMPORARY:
        return TemporaryError(_TEMPORARY[state])
    if state in _PERMANENT:
        return UserError(_PERMANENT[state])
    if error.connection_invalidated or state.startswith(_LOST):
        return TemporaryError(_LOST_SENTENCE)
    return None


def explaining(engine: Engine) -> AbstractContextManager[None]:
    """Turns what the database of ``engine`` refuses into ``UserError`` or ``TemporaryError``.

    For reading: a use case that writes is run again first. Faults in BillDesk pass unchanged.
    """
    file = engine.url.database
    return explained(Path(file)) if is_sqlite(engine) and file else _server_explained()


@contextmanager
def _server_explained() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        known = explanation(error)
        if known is None:
            raise
        raise known from error


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's five letters, empty where there are none."""
    return getattr(error.orig, "sqlstate", None) or ""
