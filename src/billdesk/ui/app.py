"""The window's life: paint the frame first, open the books in a worker, show the pages."""

import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import (
    QLocale,
    QMessageLogContext,
    QObject,
    QSettings,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from billdesk.core.domain.errors import BillDeskError, UserError
from billdesk.core.domain.masking import mask_private
from billdesk.resources import locate
from billdesk.ui.appearance import apply_stillness, stored_mode, stored_stillness
from billdesk.ui.bridge import EventBridge
from billdesk.ui.desk import Desk
from billdesk.ui.format import Formats
from billdesk.ui.main_window import MainWindow, PageSpec
from billdesk.ui.restore_dialog import RestoreDialog, ask_backup
from billdesk.ui.restored import offer_restore, show_restored
from billdesk.ui.signals import SystemSignals
from billdesk.ui.surroundings import Surroundings
from billdesk.ui.tasks import Lanes
from billdesk.ui.text import tr
from billdesk.ui.theme import theme_of
from billdesk.ui.tray import TrayPresence
from billdesk.ui.widgets.problem import show_problem

if TYPE_CHECKING:
    from billdesk.core.application import Application
    from billdesk.core.services.backups import BooksSafety, Restored
    from billdesk.core.services.companies import NewCompany

SETUP = "setup"


class Program(Protocol):
    """What the window asks of the program around it. Every call blocks: workers make them."""

    def open(self) -> "Application | None":
        """Open the books and start the workers; ``None`` when there is no company yet."""

    def create_company(self, new: "NewCompany") -> "Application":
        """Set up the first company and open it."""

    def open_practice(self) -> "Application":
        """Open the practice company, made and started on the first call."""

    def practice_stripe(self) -> str:
        """The address of the practice Stripe's page, while the practice company is open."""

    def restore(self, file: Path, passphrase: str | None, past: Sequence[str]) -> "Restored":
        """Close the books and put a backup in their place; ``open`` follows, however it ends."""

    def safety(self) -> "BooksSafety | None":
        """Backups and restore of books that need not be open; ``None`` where there are none."""

    def close(self) -> None:
        """Finish or park all work, back up and let the files go."""


def make_qt_application() -> QApplication:
    """The one QApplication, named and with its icon. Raises ``ImportError`` without Qt's needs."""
    # What Qt has to say belongs into the log, not between the lines of a terminal.
    qInstallMessageHandler(_log_qt)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("BillDesk")
    application.setOrganizationName("BillDesk")
    application.setDesktopFileName("billdesk")
    # A window in the tray is none: the program ends when its books are closed.
    application.setQuitOnLastWindowClosed(False)
    application.setWindowIcon(QIcon(str(locate("icons/billdesk.svg"))))
    return application


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    level = logging.DEBUG if kind is QtMsgType.QtDebugMsg else logging.WARNING
    logging.getLogger("billdesk.qt").log(level, "%s", text)


def system_locale() -> str:
    """The language and country numbers and dates are written in; English where there is none."""
    name = QLocale.system().name()
    # A system without a language ("C") says how programs write, not how people do.
    return "en" if name in ("C", "POSIX") else name


class WindowApp(QObject):
    """Owns the window and what is shown in it, from the first paint to the last file closed."""

    def __init__(self, program: Program, settings: QSettings) -> None:
        super().__init__()
        self._program = program
        self._settings = settings
        application = QApplication.instance()
        if not isinstance(application, QApplication):
            raise TypeError("make_qt_application() comes first")
        self.theme = theme_of(application, stored_mode(settings))
        apply_stillness(stored_stillness(settings))
        self.lanes = Lanes()
        self.lanes.unhandledFailure.connect(self._unhandled)
        self.formats = Formats(system_locale())
        self.window = MainWindow(settings, self._shut_down)
        self.desk: Desk | None = None
        self.tray = TrayPresence(settings, self)
        self.tray.attach(self.window, None)
        self._bridge: EventBridge | None = None
        self._ended: Callable[[], None] | None = None
        self._after_opening: Callable[[MainWindow], object] | None = None
        self._signals = SystemSignals(self._close_window, self)
        sys.excepthook = self._crashed

    def start(self, *, practice: bool = False) -> None:
        """Show the frame; the books are opened once it has been painted."""
        self.window.show()
        QTimer.singleShot(0, self.open_practice if practice else self._open)

    def come_back(self) -> None:
        """Bring the window forward, also out of the tray: BillDesk was started once more."""
        self.window.come_back()

    def open_practice(self) -> None:
        """Switch to the practice company."""
        self.window.sidebar.set_status(tr("Preparing the practice company…"))
        self.lanes.write(self._program.open_practice).then(
            self.show_company, self._failed, owner=self
        )

    def leave_practice(self) -> None:
        """Switch to the user's own company, or to set-up when there is none yet."""
        if self.window.current_page is not None:
            self.window.current_page.deactivated()
        self.window.sidebar.set_status(tr("Opening your company…"))
        self._open()

    def restore(self, file: Path, passphrase: str | None, past: Sequence[str]) -> None:
        """Put a backup in the place of the books and show them."""
        # No page may ask the books anything meanwhile.
        self._make_room()
        self.window.sidebar.set_status(tr("Restoring the backup…"))
        self.lanes.write(partial(self._program.restore, file, passphrase, past)).then(
            self._restored, self._restore_failed, owner=self
        )

    def _restored(self, done: "Restored") -> None:
        self._after_opening = partial(show_restored, self.formats, done)
        self._open()

    def _restore_failed(self, error: BaseException) -> None:
        if not isinstance(error, BillDeskError):
            self._unhandled(error)
        else:
            title = tr("The backup was not restored")
            self._after_opening = partial(show_problem, title=title, sentence=str(error))
        self._open()

    def show_company(self, app: "Application") -> None:
        """Fill the window with one company's pages."""
        from billdesk.ui.company_window import fill_window

        self._make_room()
        self.desk = Desk(
            app,
            self.window,
            self.lanes,
            self.formats,
            self._settings,
            self.leave_practice,
            self.restore,
            self._program.practice_stripe,
            self.tray,
        )
        self.tray.attach(self.window, self.desk)
        Surroundings(self.desk)
        self._bridge = EventBridge(app.bus, self)
        self._bridge.changed.connect(self.window.on_event)
        status = fill_window(self.desk)
        self._bridge.changed.connect(status.on_event)
        self._bridge.changed.connect(self.tray.on_event)
        after, self._after_opening = self._after_opening, None
        if after is not None:
            after(self.window)

    def _make_room(self) -> None:
        """A window without pages; the company shown until now is heard no more."""
        if self._is_in_use:
            self.window = self._replacement(self.window)
        if self._bridge is not None:
            self._bridge.close()
        self._bridge = self.desk = None
        self.tray.attach(self.window, None)

    def _close_window(self) -> None:
        # Looked up when it happens: another company has another window.
        self.window.quit()

    @property
    def _is_in_use(self) -> bool:
        return self.desk is not None or self.window.current_page is not None

    def _replacement(self, old: MainWindow) -> MainWindow:
        """A fresh frame in the old one's place: pages of two companies never mix."""
        window = MainWindow(self._settings, self._shut_down)
        window.setGeometry(old.geometry())
        window.show()
        old.hide()
        old.deleteLater()
        return window

    def _open(self) -> None:
        self.lanes.write(self._program.open).then(self._opened, self._failed, owner=self)

    def _opened(self, app: "Application | None") -> None:
        if app is not None:
            self.show_company(app)
            return
        from billdesk.ui.pages.setup.setup_page import SetupPage

        self._make_room()
        safety = self._program.safety()
        self.window.register(
            PageSpec(
                SETUP,
                tr("Set-up"),
                lambda: SetupPage(
                    self.lanes,
                    self.formats,
                    self._program.create_company,
                    self._first_invoice,
                    self.open_practice,
                    None if safety is None else partial(self._ask_backup, safety),
                ),
            )
        )
        self.window.open_page(SETUP)

    def _ask_backup(self, safety: "BooksSafety") -> None:
        """Begin with the books of a backup."""
        folder = safety.backups.place.backups
        ask_backup(
            self.window,
            folder if folder.is_dir() else None,
            lambda file: RestoreDialog(self, safety, file, self.window).open(),
        )

    def _first_invoice(self, app: "Application") -> None:
        """Set-up is done: show the company with its first invoice begun."""
        self.show_company(app)
        self.window.commands.run("invoice.new")

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, BillDeskError):
            self._unhandled(error)
            return
        title = tr("The books could not be opened")
        safety = self._program.safety() if isinstance(error, UserError) else None
        if safety is None:
            show_problem(self.window, title, str(error))
        else:
            offer_restore(self, self.window, title, str(error), safety)

    def report(self, error: object) -> None:
        """Say what went wrong while there are no pages to say it."""
        self._unhandled(error)

    def _shut_down(self, done: Callable[[], None]) -> None:
        """Stop taking work, finish what runs, close the books; then ``done``."""
        self._ended = done
        if self._bridge is not None:
            self._bridge.close()
        self.lanes.drained.connect(self._drained)
        self.lanes.close(self._program.close)

    def _drained(self) -> None:
        self._signals.close()
        self.tray.close()
        if self._ended is not None:
            self._ended()
        QGuiApplication.quit()

    def _crashed(self, kind: type[BaseException], error: BaseException, trace: object) -> None:
        """An error nobody expected on the GUI thread: keep the window, show what can be copied."""
        self._unhandled(error)

    def _unhandled(self, error: object) -> None:
        if isinstance(error, BillDeskError):
            self.window.toasts.show_error(str(error))
            return
        # Whoever reports the fault pastes this into a mail.
        details = mask_private(
            "".join(traceback.format_exception(error))
            if isinstance(error, BaseException)
            else str(error)
        )
        logging.getLogger("billdesk.ui").error("unexpected error\n%s", details)
        show_problem(
            self.window,
            tr("Something went wrong"),
            tr("BillDesk has a fault. Your books are safe; what failed was not saved."),
            details,
        )
