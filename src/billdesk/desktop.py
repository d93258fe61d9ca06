"""The window on the user's own books: what ``billdesk`` without a command does."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from billdesk.bootstrap import (
    Books,
    Paths,
    companies,
    create_company,
    open_application,
    open_books,
)
from billdesk.core.domain.errors import UserError
from billdesk.ui.app import WindowApp, make_qt_application

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.services.companies import NewCompany
    from billdesk.practice.session import PracticeSession

log = logging.getLogger(__name__)


class DesktopProgram:
    """Opens and closes books for the window; every call blocks and runs in a worker."""

    def __init__(self, paths: Paths, company: Callable[[Books], int | None]) -> None:
        self._paths = paths
        self._company = company
        self._books: Books | None = None
        self._application: Application | None = None
        self._practice: PracticeSession | None = None

    def open(self) -> "Application | None":
        """Open the books and the company chosen at the command line, or the first one."""
        books = self._open_books()
        company_id = self._company(books)
        return None if company_id is None else self._start(books, company_id)

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

    def close(self) -> None:
        """Finish or park all work and let the files go."""
        self._end_application()
        if self._practice is not None:
            self._practice.close()
        if self._books is not None:
            self._books.close()

    def _open_books(self) -> Books:
        if self._books is None:
            self._books = open_books(self._paths)
        return self._books

    def _start(self, books: Books, company_id: int) -> "Application":
        self._application = open_application(books, company_id)
        self._application.sync.start()
        return self._application

    def _end_application(self) -> None:
        if self._application is not None and not self._application.close():
            log.warning("a worker did not stop in time; its work is parked in the outbox")
        self._application = None


def choose_company(wanted: str | None) -> Callable[[Books], int | None]:
    """A company by name or id, or the first; ``None`` while there is none."""

    def choose(books: Books) -> int | None:
        found = companies(books)
        if wanted is None:
            return found[0].id if found else None
        for entry in found:
            if wanted in (entry.name, str(entry.id)):
                return entry.id
        raise UserError(f"There is no company “{wanted}” in these books.")

    return choose


def run(paths: Paths, *, company: str | None = None, practice: bool = False) -> int:
    """Open the window and return its exit status."""
    application = make_qt_application()
    settings = QSettings(str(paths.folder / "window.ini"), QSettings.Format.IniFormat)
    window = WindowApp(DesktopProgram(paths, choose_company(company)), settings)
    window.start(practice=practice)
    status = application.exec()
    window.lanes.shutdown(5000)
    return status
