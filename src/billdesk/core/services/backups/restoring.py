"""Restore a backup: look first, then put it in place of the books and go on counting after them."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine, select

from billdesk.core.bus import Bus
from billdesk.core.db import archive_packs
from billdesk.core.db.archive import FileArchive
from billdesk.core.db.backup import back_up
from billdesk.core.db.backup_summary import attached_files, check_whole, known_files, summarise
from billdesk.core.db.later_numbers import LaterNumbers, in_archive, in_present_books
from billdesk.core.db.locking import Unlocker
from billdesk.core.db.logins import system_login
from billdesk.core.db.migrate import SchemaState, open_books, schema_state
from billdesk.core.db.programs import enter_alone
from billdesk.core.db.replacing import replace_books
from billdesk.core.db.tables import Company
from billdesk.core.db.unit_of_work import Actor, UnitOfWork, use_case
from billdesk.core.db.workshop import workshop_in
from billdesk.core.domain.backups import BackupSummary, read_name
from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.domain.numbering import SeenNumber
from billdesk.core.services.backups.found import is_locked
from billdesk.core.services.backups.service import BOOKS, BooksPlace
from billdesk.core.services.backups.soundness import check_backup
from billdesk.core.services.steps.restored_numbers import (
    RaisedCounter,
    doubt_waiting_links,
    doubt_waiting_mails,
    raise_counters,
)
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.stripe.cursor import reconcile_after_restore
from billdesk.core.services.verification.soundness import Soundness

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """What a restore would do. ``present`` is ``None`` without readable books in the place.

    ``later`` is what the present books gave out and the backup does not have, ``archived`` numbers
    that stored PDFs tell of. ``soundness`` is ``None`` where nobody looked.
    """

    file: Path
    made_at: datetime
    locked: bool
    summary: BackupSummary
    is_older_schema: bool
    present: BackupSummary | None
    present_problem: str
    later: LaterNumbers
    archived: tuple[SeenNumber, ...]
    soundness: Soundness | None = None

    @property
    def lost_documents(self) -> tuple[SeenNumber, ...]:
        """Issued documents that would be missing."""
        return tuple(number for number in self.later.numbers if number.issued)

    @property
    def told_by_pdfs(self) -> tuple[str, ...]:
        """Titles of stored PDFs that neither books know; counting goes on after their numbers."""
        given = {number.number for number in self.later.numbers}
        titles = dict.fromkeys(number.number for number in self.archived)
        # "Invoice INV-00007": kind and number.
        return tuple(title for title in titles if title.rpartition(" ")[2] not in given)

    @property
    def of_other_books(self) -> bool:
        """Whether the backup was made from other books than the present ones.

        Books without a company are nobody's yet.
        """
        present = self.present
        if present is None or not present.companies:
            return False
        return present.install_uid != self.summary.install_uid


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. ``aside`` is where the books are that were in the place before."""

    aside: Path | None
    raised: tuple[RaisedCounter, ...]
    doubted_mails: int
    brought_back: int
    trouble: tuple[str, ...]


class RestoreService:
    """Restores backups into one place, whose books nobody may have open meanwhile."""

    def __init__(
        self,
        place: BooksPlace,
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
    ) -> None:
        self._place = place
        self._now = now
        self._today = today

    def preview(self, file: Path, passphrase: str | None = None) -> RestorePreview:
        """Look into a backup and verify it; nothing is changed and the books may be in use.

        Raises ``UserError`` for a file that is no backup, is damaged or was made by a newer
        version, ``WrongPassphrase``.
        """
        with self._opened(file, passphrase) as plain:
            seen = self._preview(file, plain)
            # Last: it brings the copy up to date.
            return replace(seen, soundness=check_backup(plain, seen.summary, self._now()))

    def restore(
        self, file: Path, passphrase: str | None = None, *, past: Sequence[str] = ()
    ) -> Restored:
        """Put the backup in the place of the books.

        The present books are kept beside it under another name. ``past`` are numbers the owner
        knows to have been given. Raises as ``preview`` does, and ``TemporaryError`` while another
        program has the books open; the present books are untouched then.
        """
        presence = enter_alone(self._place.folder)
        try:
            with self._opened(file, passphrase) as plain:
                seen = self._preview(file, plain)
                aside = self._free_name()
                raised, doubted = self._prepare(plain, seen, past, aside)
                wanted = known_files(plain)
                kept = replace_books(plain, self._place.books, aside)
                log.info("restored %s; the books before are %s", file, aside if kept else "none")
            back = archive_packs.unpack_missing(
                file.parent / archive_packs.FOLDER,
                FileArchive(self._place.archive),
                wanted,
                install_uid=seen.summary.install_uid,
                passphrase=passphrase,
            )
            return Restored(aside if kept else None, raised, doubted, back.files, back.trouble)
        finally:
            presence.close()

    # Inside

    @contextmanager
    def _opened(self, file: Path, passphrase: str | None) -> Iterator[Path]:
        """A whole copy of the backup's books, in the folder where they will be."""
        if not file.is_file():
            raise UserError(f"There is no backup “{file}”.")
        with workshop_in(self._place.folder) as workshop:
            plain = workshop / BOOKS
            if is_locked(file):
                if passphrase is None:
                    raise UserError(
                        f"“{file.name}” is locked. Give its passphrase.", field="passphrase"
                    )
                Unlocker(passphrase).unlock(file, plain, BOOKS)
                check_whole(plain)
            else:
                back_up(file, plain)
            if schema_state(plain) is SchemaState.NEWER:
                raise UserError(
                    f"“{file.name}” was made by a newer version of BillDesk. Update BillDesk to "
                    "restore it."
                )
            yield plain

    def _preview(self, file: Path, plain: Path) -> RestorePreview:
        name = read_name(file.name)
        present, problem = None, ""
        later = LaterNumbers((), ())
        attached: set[str] = set()
        if self._place.books.exists():
            try:
                present = summarise(self._place.books)
                attached = attached_files(self._place.books)
                later = in_present_books(plain, self._place.books)
            except BillDeskError as error:
                problem = str(error)
        return RestorePreview(
            file,
            name.made_at if name else datetime.fromtimestamp(file.stat().st_mtime, UTC),
            is_locked(file),
            summarise(plain),
            schema_state(plain) is SchemaState.OLDER,
            present,
            problem,
            later,
            in_archive(plain, FileArchive(self._place.archive), attached),
        )

    def _prepare(
        self,
        plain: Path,
        seen: RestorePreview,
        past: Sequence[str],
        aside: Path,
    ) -> tuple[tuple[RaisedCounter, ...], int]:
        """Bring the copy up to date and let it count on; nobody else knows of it yet."""
        engine = open_books(plain, backups=plain.parent / "before", now=self._now())
        try:
            raised: list[RaisedCounter] = []
            doubted = 0
            for company_id in _company_ids(engine):
                restored = _RestoredCompany(engine, company_id, self._now, self._today)
                one, mails = restored.take_up(past, seen, aside)
                raised += one
                doubted += mails
            return tuple(raised), doubted
        finally:
            engine.dispose()

    def _free_name(self) -> Path:
        stamp = f"{self._now().astimezone(UTC):%Y%m%dT%H%M%SZ}"
        again = 0
        while True:
            more = f"-{again}" if again else ""
            aside = self._place.folder / f"books-replaced-{stamp}{more}.db"
            if not aside.exists():
                return aside
            again += 1


class _RestoredCompany:
    """The use case of taking one company's books up again."""

    def __init__(
        self,
        engine: Engine,
        company_id: int,
        now: Callable[[], datetime],
        today: Callable[[], date],
    ) -> None:
        self._uow = UnitOfWork(
            engine,
            company_id,
            Actor(system_login()),
            Bus(),
            now=now,
            today=today,
            write_lock=Lock(),
        )

    @use_case
    def take_up(
        self, past: Sequence[str], seen: RestorePreview, aside: Path
    ) -> tuple[tuple[RaisedCounter, ...], int]:
        """Say in the audit log what happened, and count on after what was given out."""
        with self._uow.write() as tx:
            uid = company_row(tx).uid
            tx.audit(
                "books.restored",
                f"company:{uid}",
                before={"kept_as": aside.name if seen.present or seen.present_problem else None},
                after={"backup": seen.file.name, "made_at": seen.made_at.isoformat()},
            )
            given = [SeenNumber(uid, "", number, tx.today, "owner") for number in past]
            raised = raise_counters(
                tx, [*seen.later.numbers, *seen.archived, *given], seen.later.counters
            )
            doubt_waiting_links(tx, seen.made_at)
            reconcile_after_restore(tx)
            return raised, doubt_waiting_mails(tx)


def _company_ids(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(select(Company.id).order_by(Company.id)))
