"""The window on the user's own books: what ``billdesk`` without a command does."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from billdesk.bootstrap import (
    Books,
    Paths,
    backup_service,
    choose_company,
    companies,
    create_company,
    open_application,
    open_books,
    restore_service,
    safety_of,
)
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.gateways.secrets import DeferredSecretStore
from billdesk.ui.app import WindowApp, make_qt_application
from billdesk.ui.one_window import OneWindow

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.services.backups import BooksSafety, Restored
    from billdesk.core.services.companies import NewCompany
    from billdesk.practice.session import PracticeSession

log = logging.getLogger(__name__)


class DesktopProgram:
    """Opens and closes books for the window; every call blocks and runs in a worker."""

    def __init__(self, paths: Paths, company: str | None) -> None:
        self._paths = paths
        self._wanted = company
        self._books: Books | None = None
        self._application: Application | None = None
        self._practice: PracticeSession | None = None

    def open(self) -> "Application | None":
        """Open the books and the company named at the command line, or the first one."""
        self._end_application()
        books = self._open_books()
        found = companies(books)
        if not found:
            return None
        entry = found[0] if self._wanted is None else choose_company(found, self._wanted)
        return self._start(books, entry.id)

    def create_company(self, new: "NewCompany") -> "Application":
        """Set up the first company and open it. Raises ``UserError``."""
        books = self._open_books()
        return self._start(books, create_company(books, new))

    def open_practice(self) -> "Application":
        """Open the practice company, with its own Stripe and mail server on this computer."""
        from billdesk.practice.session import PracticeSession

        self._end_application()
        if self._practice is None:
            self._practice = PracticeSession(self._paths.practice())
        self._application = self._practice.start()
        return self._application

    def practice_stripe(self) -> str:
        """The address of the practice Stripe's page. Raises ``RuntimeError`` outside practice."""
        if self._practice is None:
            raise RuntimeError("the practice company is not open")
        return self._practice.dashboard_url

    def restore(self, file: Path, passphrase: str | None, past: Sequence[str]) -> "Restored":
        """Put a backup in the place of the books, which are closed for it; then ``open``.

        Raises ``UserError``, ``TemporaryError``; the books are as they were then.
        """
        self._end_application()
        if self._books is not None:
            self._books.close()
            self._books = None
        done = restore_service(self._paths).restore(file, passphrase, past=past)
        return self._count_past_stripe(done)

    def safety(self) -> "BooksSafety | None":
        """Backups and restore of the user's own books, open or not."""
        return safety_of(self._paths, DeferredSecretStore())

    def close(self) -> None:
        """Finish or park all work, back up what has changed and let the files go."""
        self._end_application()
        if self._practice is not None:
            self._practice.close()
        if self._books is not None:
            self._back_up(self._books)
            self._books.close()

    def _back_up(self, books: Books) -> None:
        if books.paths.server is not None:
            return
        try:
            backup_service(books.paths, books.secrets).make_on_close()
        except BillDeskError as error:
            # Nobody is left to be told; the next start tries again and says so.
            log.warning("no backup at closing: %s", error)

    def _count_past_stripe(self, done: "Restored") -> "Restored":
        """Numbers only Stripe knows of; without Stripe the restore stands all the same."""
        books = self._open_books()
        for entry in companies(books):
            application = open_application(books, entry.id)
            try:
                raised = application.seen_numbers.keep_past_stripe()
                done = replace(done, raised=(*done.raised, *raised))
            except BillDeskError as error:
                sentence = f"Stripe could not be asked for numbers it knows: {error}"
                done = replace(done, trouble=(*done.trouble, sentence))
            finally:
                application.close()
        return done

    def _open_books(self) -> Books:
        if self._books is None:
            self._books = open_books(self._paths, program="window")
        return self._books

    def _start(self, books: Books, company_id: int) -> "Application":
        self._application = open_application(books, company_id)
        self._application.sync.start()
        return self._application

    def _end_application(self) -> None:
        if self._application is not None and not self._application.close():
            log.warning("a worker did not stop in time; its work is parked in the outbox")
        self._application = None


def run(paths: Paths, *, company: str | None = None, practice: bool = False) -> int:
    """Open the window and return its exit status.

    Where these books have a window already, that one comes forward.
    """
    application = make_qt_application()
    server = "" if paths.server is None else paths.server.url
    first = OneWindow(paths.folder, f"{server}\n{practice}")
    if not first.claim():
        return 0
    settings = QSettings(str(paths.folder / "window.ini"), QSettings.Format.IniFormat)
    window = WindowApp(DesktopProgram(paths, company), settings)
    first.asked.connect(window.come_back)
    window.start(practice=practice)
    status = application.exec()
    window.lanes.shutdown(5000)
    first.close()
    return status
