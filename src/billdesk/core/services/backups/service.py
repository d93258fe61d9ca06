"""Make, list and rotate backups. Everything here takes a while: call it on a worker thread."""

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from billdesk.core.db import archive_packs
from billdesk.core.db.archive import FileArchive
from billdesk.core.db.backup import PART, back_up
from billdesk.core.db.backup_summary import as_facts, audit_of, install_of, summarise
from billdesk.core.db.locking import LockingKey, key_of, lock, make_key, opens
from billdesk.core.db.workshop import (
    WORKSHOP,
    BackupUnderWay,
    check_writable,
    one_backup_at_a_time,
    workshop_in,
)
from billdesk.core.domain.backups import (
    BackupReason,
    Retention,
    backup_name,
    is_daily_due,
    outlived,
)
from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.secrets import SecretStore
from billdesk.core.services.backups.found import (
    BackupRow,
    FoundBackup,
    find_backups,
    install_of_backup,
    row_of,
)
from billdesk.core.services.backups.settings import (
    BackupSettings,
    read_settings,
    write_settings,
)

log = logging.getLogger(__name__)
SECRET_SERVICE = "BillDesk/backup"  # noqa: S105 - the name of the entry, not the secret
BOOKS = "books.db"
# What a killed backup left is removed once nobody can still be at it.
_LEFTOVER_AFTER_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class BooksPlace:
    """Where one set of books and what belongs to it is; ``backups`` is the usual folder."""

    books: Path
    archive: Path
    backups: Path

    @property
    def folder(self) -> Path:
        """The folder of the books."""
        return self.books.parent


class BackupService:
    """The backups of one set of books, shared by all companies in them."""

    def __init__(
        self, place: BooksPlace, secrets: SecretStore, *, now: Callable[[], datetime]
    ) -> None:
        self.place = place
        self._secrets = secrets
        self._now = now
        self._one_at_a_time = Lock()

    # Settings

    def settings(self) -> BackupSettings:
        """How backups are made here. Raises ``UserError``."""
        return read_settings(self.place.folder)

    def folder(self) -> Path:
        """Where backups go."""
        return self.settings().folder or self.place.backups

    def choose_folder(self, folder: Path | None) -> None:
        """Put backups into ``folder`` from now on (``None``: beside the books).

        Those made before stay where they are. Raises ``UserError`` when it cannot be written.
        """
        if folder is not None:
            folder = folder.expanduser().absolute()
            check_writable(folder)
            if folder == self.place.backups:
                folder = None
        write_settings(self.place.folder, replace(self.settings(), folder=folder))

    def keep_for(self, keep: Retention) -> None:
        """Change how long backups are kept; the next one removes what has outlived it."""
        write_settings(self.place.folder, replace(self.settings(), keep=keep))

    def set_passphrase(self, passphrase: str) -> None:
        """Lock backups from now on; the passphrase goes to the keychain. Takes a second.

        Older backups keep the lock they have, or none. Raises ``UserError``.
        """
        key = make_key(passphrase)
        if not opens(key.protected, passphrase):
            raise UserError("The passphrase did not open what it had locked. Choose another.")
        # The keychain first: one that refuses must not leave backups nobody could open by it.
        self._secrets.set(SECRET_SERVICE, self._install(), passphrase)
        write_settings(self.place.folder, replace(self.settings(), key=key))

    def remove_passphrase(self) -> None:
        """Make backups that anybody can open from now on; locked ones stay locked."""
        write_settings(self.place.folder, replace(self.settings(), key=None))

    def passphrase_that_opens(self, file: Path) -> str | None:
        """The passphrase in this computer's keychain if it is the one of ``file``. Takes a second.

        ``None`` when there is none, or another: then a person has to be asked.
        """
        install = self._install() or install_of_backup(file)
        kept = self._secrets.get(SECRET_SERVICE, install) if install else None
        return kept if kept is not None and opens(key_of(file), kept) else None

    # Making

    def make(self, reason: BackupReason = BackupReason.DEMAND) -> BackupRow:
        """Back up the books and what is new in the archive, then remove what is outlived.

        Raises ``UserError`` when it cannot be done; earlier backups are untouched then.
        """
        settings = self.settings()
        folder = settings.folder or self.place.backups
        with self._one_at_a_time, one_backup_at_a_time(self.place.folder):
            if settings.folder is not None:
                # Never made anew: an unplugged disk would get a twin on the system's disk.
                check_writable(folder)
            self._remove_leftovers(folder)
            row = self._write(folder, reason, settings.key)
            self._pack_archive(folder / archive_packs.FOLDER, settings.key, row)
            self._rotate(folder, settings.keep)
        return row

    def make_if_due(self) -> BackupRow | None:
        """The backup of the day, if there is none yet and something has changed."""
        names = [row.name for row in self._found(self.folder())]
        return (
            self._make_if_changed(BackupReason.DAILY) if is_daily_due(names, self._now()) else None
        )

    def make_on_close(self) -> BackupRow | None:
        """A backup of what has changed since the last one."""
        return self._make_if_changed(BackupReason.CLOSE)

    def export(self, target: Path, *, passphrase: str | None = None) -> BackupRow:
        """Back up to a file of one's own choice, outside of rotation; books only.

        Locked with ``passphrase``, else with the one of the settings where there is one. Raises
        ``UserError``.
        """
        target = target.expanduser().absolute()
        if target.exists():
            raise UserError(f"“{target}” exists already. Choose another name.")
        key = make_key(passphrase) if passphrase is not None else self.settings().key
        return self._store(target, BackupReason.DEMAND, self._now(), key)

    def rows(self) -> tuple[BackupRow, ...]:
        """The backups of these books in the folder, newest first."""
        return tuple(row_of(found) for found in self._found(self.folder()))

    # Inside

    def _make_if_changed(self, reason: BackupReason) -> BackupRow | None:
        if not self.place.books.exists() or not self._install():
            return None
        for found in self._found(self.folder()):
            row = row_of(found)
            if row.summary is not None:
                # Every change of the books adds to an audit chain.
                if row.summary.audit == audit_of(self.place.books):
                    return None
                break
        try:
            return self.make(reason)
        except BackupUnderWay:
            return None

    def _write(self, folder: Path, reason: BackupReason, key: LockingKey | None) -> BackupRow:
        install, now = self._install(), self._now()
        if not install:
            raise UserError("These books hold no company yet; there is nothing to back up.")
        again = 0
        while True:
            name = backup_name(install, now, reason, locked=key is not None, again=again)
            if not (folder / name).exists():
                return self._store(folder / name, reason, now, key)
            again += 1

    def _store(
        self, target: Path, reason: BackupReason, now: datetime, key: LockingKey | None
    ) -> BackupRow:
        started = time.monotonic()
        if key is None:
            back_up(self.place.books, target)
            summary = summarise(target)
        else:
            # Beside the books: what is to be locked must not lie open in a shared folder.
            with workshop_in(self.place.folder) as workshop:
                plain = workshop / BOOKS
                back_up(self.place.books, plain)
                summary = summarise(plain)
                about = {"made_at": now.isoformat(), "reason": reason.value, **as_facts(summary)}
                lock(plain, target, BOOKS, key, about)
        size = target.stat().st_size
        log.info("backup %s, %d bytes, %.1f s", target, size, time.monotonic() - started)
        return BackupRow(target, now, reason, key is not None, size, summary)

    def _pack_archive(self, folder: Path, key: LockingKey | None, row: BackupRow) -> None:
        packed = archive_packs.pack_new(
            FileArchive(self.place.archive),
            folder,
            install_uid=row.summary.install_uid if row.summary else "",
            now=row.made_at,
            key=key,
        )
        if packed.damaged:
            raise UserError(
                f"The books are backed up, but {len(packed.damaged)} stored PDFs are damaged and "
                f"could not be. Restore “{self.place.archive.name}” from an earlier backup."
            )

    def _rotate(self, folder: Path, keep: Retention) -> None:
        mine = [found for found in self._found(folder) if found.name.install]
        files = {found.name.text: found.file for found in mine}
        for name in outlived((found.name for found in mine), self._now(), keep):
            try:
                files[name.text].unlink()
                log.info("removed the outlived backup %s", name.text)
            except OSError as error:
                log.warning("the outlived backup %s stays: %s", name.text, error)

    def _found(self, folder: Path) -> Sequence[FoundBackup]:
        return find_backups(folder, self._install())

    def _install(self) -> str:
        """The identity of the books; empty before the first company, or when they are lost."""
        return install_of(self.place.books) if self.place.books.exists() else ""

    def _remove_leftovers(self, folder: Path) -> None:
        before = time.time() - _LEFTOVER_AFTER_S
        for place, pattern in (
            (folder, f"billdesk-*{PART}"),
            (folder / archive_packs.FOLDER, f"billdesk-*{PART}"),
            (self.place.folder, f"{WORKSHOP}*"),
        ):
            for left in place.glob(pattern):
                with suppress(OSError):
                    if left.stat().st_mtime < before:
                        shutil.rmtree(left) if left.is_dir() else left.unlink()
