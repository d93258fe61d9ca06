"""A folder for unfinished files beside the books: on the same disk, and nobody else's to read."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from billdesk.core.db.file_lock import try_lock
from billdesk.core.domain.errors import TemporaryError, UserError

WORKSHOP = ".backup-"
BACKUP_LOCK = "backup.lock"


class BackupUnderWay(TemporaryError):
    """Another program is at it."""


@contextmanager
def workshop_in(folder: Path) -> Iterator[Path]:
    """A new folder in ``folder``, gone afterwards. Raises ``UserError``."""
    try:
        made = TemporaryDirectory(prefix=WORKSHOP, dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        raise UserError(
            f"The folder “{folder}” cannot be written: {error.strerror}. Check its permissions."
        ) from error
    with made as name:
        yield Path(name)


@contextmanager
def one_backup_at_a_time(folder: Path) -> Iterator[None]:
    """Keep other programs from backing up the books in ``folder``. Raises ``BackupUnderWay``.

    Two that write a file of one name at once would hand over each other's unfinished one.
    """
    try:
        descriptor = os.open(folder / BACKUP_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UserError(
            f"The folder “{folder}” cannot be written: {error.strerror}. Check its permissions."
        ) from error
    try:
        if not try_lock(descriptor):
            raise BackupUnderWay("Another BillDesk program is backing up these books just now.")
        yield
    finally:
        os.close(descriptor)


def check_writable(folder: Path) -> None:
    """Refuse a folder for backups that is not there or takes no files: ``UserError``."""
    if not folder.is_dir():
        raise UserError(
            f"The backup folder “{folder}” is not there. Connect its disk, or choose another.",
            field="folder",
        )
    with workshop_in(folder):
        return
