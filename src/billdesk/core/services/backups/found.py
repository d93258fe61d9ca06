"""Find backups by their names and tell what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from billdesk.core.db.backup_summary import from_facts, summarise
from billdesk.core.db.locking import about_of
from billdesk.core.domain.backups import BackupName, BackupReason, BackupSummary, read_name
from billdesk.core.domain.errors import BillDeskError


@dataclass(frozen=True, slots=True)
class FoundBackup:
    """A file whose name is that of a backup."""

    file: Path
    name: BackupName


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A backup as lists show it; ``problem`` says why nothing is known of its contents."""

    file: Path
    made_at: datetime
    reason: BackupReason
    locked: bool
    size_bytes: int
    summary: BackupSummary | None
    problem: str = ""


def find_backups(folder: Path, install_uid: str) -> Sequence[FoundBackup]:
    """The backups of these books in ``folder``, newest first; other books may share it.

    Without ``install_uid`` (the books are lost) all that are there.
    """
    found = []
    if folder.is_dir():
        for file in folder.iterdir():
            name = read_name(file.name)
            if name is not None and (not install_uid or name.install in ("", install_uid[:8])):
                found.append(FoundBackup(file, name))
    return sorted(found, key=_age, reverse=True)


def _age(backup: FoundBackup) -> tuple[datetime, int]:
    # The name counts seconds; the file tells which of one second is newer.
    try:
        written = backup.file.stat().st_mtime_ns
    except OSError:
        written = 0
    return backup.name.made_at, written


def row_of(found: FoundBackup) -> BackupRow:
    """What is in a backup; a damaged one tells its problem."""
    name = found.name
    summary, problem, size = None, "", 0
    try:
        size = found.file.stat().st_size
        summary = from_facts(about_of(found.file)) if name.locked else summarise(found.file)
    except (BillDeskError, OSError, KeyError, ValueError, TypeError) as error:
        problem = str(error)
    return BackupRow(found.file, name.made_at, name.reason, name.locked, size, summary, problem)


def is_locked(file: Path) -> bool:
    """Whether a passphrase is needed, by the name."""
    return file.suffix.casefold() == ".zip"


def install_of_backup(file: Path) -> str:
    """The identity of the books a locked backup was made from. Raises ``UserError``."""
    return str(about_of(file).get("install", ""))
