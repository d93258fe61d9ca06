"""Say in one sentence why a database file cannot be used."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from billdesk.core.domain.errors import BillDeskError, TemporaryError, UserError

# Primary result codes: https://www.sqlite.org/rescode.html
_SENTENCES = {
    sqlite3.SQLITE_NOTADB: "“{file}” is not a BillDesk database. Choose another file.",
    sqlite3.SQLITE_CORRUPT: "“{file}” is damaged. Restore your newest backup; this file was left "
    "as it is.",
    sqlite3.SQLITE_READONLY: "“{file}” cannot be written. Check its permissions and that the disk "
    "is not write-protected.",
    sqlite3.SQLITE_PERM: "“{file}” cannot be written. Check its permissions and that the disk is "
    "not write-protected.",
    sqlite3.SQLITE_CANTOPEN: "“{file}” cannot be opened. Check that it may be read and that its "
    "folder may be written.",
    sqlite3.SQLITE_FULL: "The disk is full: “{file}” could not be written. Free some space and try "
    "again.",
    sqlite3.SQLITE_IOERR: "“{file}” cannot be read from its disk. Check the disk, then restore a "
    "backup.",
}
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NOT_WRITTEN = (
    "“{file}” could not be written: a quota is reached or its disk fails. Free some space, check "
    "the disk and try again. What was saved before is there."
)
# A file that may not grow fails to be written; SQLITE_FULL is only said of the disk as a whole.
_WRITING = frozenset(
    {
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
_PRIMARY = 0xFF


def result_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; errors of the driver itself count as ``SQLITE_ERROR``."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & _PRIMARY


@contextmanager
def explained(file: Path) -> Iterator[None]:
    """Turn what SQLite says about ``file`` into ``UserError`` or ``TemporaryError``.

    Errors that are about a statement and not about the file pass unchanged.
    """
    try:
        yield
    except sqlite3.Error as error:
        known = explanation_of(file, error)
        if known is None:
            raise
        raise known from error
    except DBAPIError as error:
        known = explanation_of(file, error.orig) if isinstance(error.orig, sqlite3.Error) else None
        if known is None:
            raise
        raise known from error
    except UnicodeDecodeError as error:
        # The driver fails on a name or a message torn by a bad disk before it can say "corrupt".
        raise UserError(_SENTENCES[sqlite3.SQLITE_CORRUPT].format(file=file)) from error


def check_place(file: Path) -> None:
    """Refuse a place where no database can be: ``UserError``."""
    if not file.parent.is_dir():
        raise UserError(f"The folder “{file.parent}” does not exist. Create it or choose another.")
    if file.is_dir():
        raise UserError(f"“{file}” is a folder. Choose a file.")
    # The journal is written beside the file, so the folder must be writable too.
    if not os.access(file.parent, os.W_OK) or (file.exists() and not os.access(file, os.W_OK)):
        raise UserError(_SENTENCES[sqlite3.SQLITE_READONLY].format(file=file))


def explanation_of(file: Path, error: sqlite3.Error) -> BillDeskError | None:
    """What ``error`` says about ``file``, or ``None`` when it is about a statement."""
    code = result_code(error)
    if code in BUSY:
        return TemporaryError(f"Another program is using “{file}”. Close it and try again.")
    extended = getattr(error, "sqlite_errorcode", code)
    sentence = _NOT_WRITTEN if extended in _WRITING else _SENTENCES.get(code)
    return UserError(sentence.format(file=file)) if sentence else None
