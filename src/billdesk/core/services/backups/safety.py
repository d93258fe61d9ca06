"""What threatens a file of books, looked for when they are opened; and the care against it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from billdesk.core.db.file_errors import explained
from billdesk.core.db.integrity import quick_problems
from billdesk.core.db.programs import OtherProgram, described
from billdesk.core.db.synced_folders import synced_by, warning
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.services.backups.restoring import RestoreService
from billdesk.core.services.backups.service import BackupService


class Threat(StrEnum):
    """What a notice is about."""

    DAMAGED = "damaged"
    SYNCED = "synced"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the owner."""

    threat: Threat
    sentence: str


@dataclass(frozen=True, slots=True)
class BooksSafety:
    """Backups, restore and the look at the start, for books in a file.

    ``others`` tells who else has the books open.
    """

    backups: BackupService
    restores: RestoreService
    others: Callable[[], tuple[OtherProgram, ...]]

    def look(self) -> tuple[Notice, ...]:
        """What the owner should know. Reads the whole file: call it on a worker thread."""
        return (*self._damage(), *self._place(), *self._company())

    def _damage(self) -> tuple[Notice, ...]:
        file = self.backups.place.books
        address = f"{file.resolve().as_uri()}?mode=rw"
        try:
            with explained(file), closing(sqlite3.connect(address, uri=True)) as connection:
                connection.execute("PRAGMA query_only=ON")
                problems = quick_problems(connection)
        except BillDeskError as error:
            return (Notice(Threat.DAMAGED, str(error)),)
        return tuple(
            Notice(
                Threat.DAMAGED,
                f"“{file}” is damaged ({problem}). Close BillDesk and restore your newest backup; "
                "this file is kept aside.",
            )
            for problem in problems[:1]
        )

    def _place(self) -> tuple[Notice, ...]:
        folder = self.backups.place.folder
        cloud = synced_by(folder)
        return (Notice(Threat.SYNCED, warning(folder, cloud)),) if cloud else ()

    def _company(self) -> tuple[Notice, ...]:
        others = self.others()
        if not others:
            return ()
        first = described(others[0])
        if any(other.is_elsewhere for other in others):
            more = (
                "Over a network drive a file of books can be damaged: use one computer at a time, "
                "or a database server."
            )
        else:
            more = "Both may work; each sees what the other has saved."
        return (Notice(Threat.SHARED, f"{first} {more}"),)
