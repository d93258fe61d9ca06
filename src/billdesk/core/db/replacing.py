"""Put a restored file in the place of the books: the present one is kept, nothing is half done."""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from billdesk.core.db.backup import PART, back_up, flush, flush_folder
from billdesk.core.db.file_errors import explained
from billdesk.core.db.integrity import is_database
from billdesk.core.db.private_files import create_private_anew
from billdesk.core.domain.errors import BillDeskError, UserError

_LOG = "-wal"
_SIDE_FILES = (_LOG, "-shm", "-journal")


def replace_books(prepared: Path, books: Path, aside: Path) -> bool:
    """Keep ``books`` as ``aside`` and let ``prepared`` (same folder tree) take its place.

    The caller has made sure that nobody has the books open. Until the last step, one rename, the
    present books are whole in their place; a crash at any instant leaves the one or the other.
    Returns whether there was something to keep. Raises ``UserError``; nothing is changed then.
    """
    one_file(prepared)
    try:
        kept = _keep(books, aside)
        _fold_log(books)
        flush(prepared)
        prepared.replace(books)
        flush_folder(books.parent)
    except OSError as error:
        raise UserError(
            f"The backup cannot take the place of “{books}”: {error.strerror or error}. Your books "
            "are as they were."
        ) from error
    return kept


def one_file(file: Path) -> None:
    """Fold the log of ``file`` into it, so that it can be moved."""
    with explained(file), closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


def _keep(books: Path, aside: Path) -> bool:
    log = _beside(books, _LOG)
    if not books.exists() and not log.exists():
        return False
    if is_database(books):
        with suppress(BillDeskError):
            back_up(books, aside)
    if not aside.exists():
        # Damaged books are kept as they are, with their log: an expert may still read them.
        for file, kept in ((books, aside), (log, _beside(aside, _LOG))):
            if file.exists():
                _copy(file, kept)
    return True


def _copy(file: Path, target: Path) -> None:
    part = target.with_name(target.name + PART)
    try:
        create_private_anew(part).close()
        shutil.copyfile(file, part)
        flush(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    flush_folder(target.parent)


def _fold_log(books: Path) -> None:
    """Leave no log beside ``books``: SQLite would play it into the file that comes."""
    if books.exists():
        with suppress(BillDeskError, sqlite3.Error):
            one_file(books)
    # Only what could not be folded in is still there, and that has been kept.
    for suffix in _SIDE_FILES:
        _beside(books, suffix).unlink(missing_ok=True)


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)
