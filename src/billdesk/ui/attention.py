"""Tells the looks at Stripe whether somebody has the window before them."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from billdesk.core.domain.outside_services.pacing import Attention
from billdesk.ui.desk import Desk

# The whole program is put away, or the system lets it sleep.
_AWAY = (Qt.ApplicationState.ApplicationHidden, Qt.ApplicationState.ApplicationSuspended)


class WindowAttention(QObject):
    """Watches whether the window is open, minimised or closed to the tray."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.window)
        self._desk = desk
        desk.window.seenChanged.connect(self._tell)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        away = QGuiApplication.applicationState() in _AWAY
        seen = self._desk.window.is_seen and not away
        self._desk.app.sync.attend(Attention.ACTIVE if seen else Attention.BACKGROUND)
