"""BillDesk in the system's tray: it goes on looking for payments while its window is closed."""

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from billdesk.resources import locate
from billdesk.ui.desk import Desk
from billdesk.ui.main_window import MainWindow
from billdesk.ui.payment_notices import PaymentNotices
from billdesk.ui.text import tr
from billdesk.ui.widgets.dialog import confirm

KEEP_KEY = "tray/keep_looking"
_QUIT_ASKED_KEY = "tray/quit_asked"
_HIDING_TOLD_KEY = "tray/hiding_told"


def system_has_tray() -> bool:
    """Whether there is a place for an icon: without one a hidden window could not be found."""
    return QSystemTrayIcon.isSystemTrayAvailable()


def new_icon(parent: QObject) -> QSystemTrayIcon:
    """The icon, not shown yet."""
    return QSystemTrayIcon(QIcon(str(locate("icons/billdesk.svg"))), parent)


def _system_ends() -> bool:
    """Whether the session of the user is about to end."""
    application = QGuiApplication.instance()
    return isinstance(application, QGuiApplication) and application.isSavingSession()


class TrayPresence(QObject):
    """The icon and its menu; off until the owner of this computer chooses it in Settings."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._window: MainWindow | None = None
        self._desk: Desk | None = None
        self._notices: PaymentNotices | None = None
        self._icon: QSystemTrayIcon | None = None
        self._menu = QMenu()
        self._menu.addAction(tr("Open BillDesk"), self.show_window)
        self._menu.addAction(tr("Check Stripe now"), self.look)
        self._menu.addSeparator()
        self._menu.addAction(tr("Quit"), self.ask_quit)

    @property
    def is_possible(self) -> bool:
        """Whether this system has a tray."""
        return system_has_tray()

    @property
    def keeps_looking(self) -> bool:
        """Whether closing the window leaves BillDesk at work."""
        chosen = str(self._settings.value(KEEP_KEY, "false")).lower() == "true"
        return chosen and self.is_possible

    def choose(self, keep: bool) -> None:
        """Go on looking when the window is closed, or end with it; kept on this computer."""
        self._settings.setValue(KEEP_KEY, "true" if keep else "false")
        self._show_icon()

    def attach(self, window: MainWindow, desk: Desk | None) -> None:
        """Serve this window, and the company shown in it, if one is."""
        self._window, self._desk = window, desk
        window.takes_close = self._take_close
        window.ask_quit = self.ask_quit
        self._forget_notices()
        self._show_icon()

    def on_event(self, event: object) -> None:
        """Tell of money that came in while nobody has the window before them."""
        if self._notices is not None:
            self._notices.on_event(event)

    def show_window(self) -> None:
        """The window as it was left."""
        if self._window is None:
            return
        self._window.come_back()

    def look(self) -> None:
        """Look at Stripe at once; what came in is told."""
        desk = self._desk
        if desk is not None:
            desk.lanes.net(desk.app.sync.look).then(
                lambda result: self._tell(tr("Stripe"), result.error) if result.error else None,
                desk.report,
                owner=self,
            )

    def ask_quit(self) -> None:
        """End BillDesk; the first time, ask whether looking is to end as well."""
        window = self._window
        if window is None:
            return
        asked = str(self._settings.value(_QUIT_ASKED_KEY, "false")).lower() == "true"
        if asked or not self._stays:
            window.quit()
            return
        window.come_back()

        def quit_now() -> None:
            self._settings.setValue(_QUIT_ASKED_KEY, "true")
            window.quit()

        confirm(
            window,
            tr("Quit BillDesk?"),
            tr(
                "Nobody looks for payments then. What is paid meanwhile appears at the next start. "
                "Close the window instead, and BillDesk goes on looking."
            ),
            tr("Quit"),
            quit_now,
        )

    def close(self) -> None:
        """Take the icon away; BillDesk ends."""
        self._desk = None
        self._show_icon()

    # Inside

    @property
    def _stays(self) -> bool:
        """Whether there is something to stay for: a company of the user's own."""
        return self._desk is not None and not self._desk.app.is_practice and self.keeps_looking

    def _take_close(self) -> bool:
        """Hide the window in place of its end; not where the system itself ends."""
        if not self._stays or _system_ends():
            return False
        if str(self._settings.value(_HIDING_TOLD_KEY, "false")).lower() != "true":
            self._settings.setValue(_HIDING_TOLD_KEY, "true")
            self._tell(
                tr("BillDesk goes on looking"),
                tr("Payments are still noticed. Quit with the menu of this icon."),
            )
        return True

    def _forget_notices(self) -> None:
        if self._notices is not None:
            self._notices.deleteLater()
            self._notices = None

    def _show_icon(self) -> None:
        if self._desk is None or not self._stays:
            self._forget_notices()
            if self._icon is not None:
                self._icon.hide()
                self._icon.deleteLater()
                self._icon = None
            return
        if self._icon is None:
            self._icon = new_icon(self)
            self._icon.setContextMenu(self._menu)
            self._icon.setToolTip("BillDesk")
            self._icon.activated.connect(self._activated)
            self._icon.messageClicked.connect(self.show_window)
            self._icon.show()
        if self._notices is None:
            self._notices = PaymentNotices(self._desk, self._tell, self)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.show_window()

    def _tell(self, title: str, text: str) -> None:
        if self._icon is not None:
            self._icon.showMessage(title, text)
