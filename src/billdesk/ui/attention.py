"""Tells the looks at Stripe whether somebody has the window before them."""

from PySide6.QtCore import QEvent, QObject

from billdesk.core.domain.outside_services.pacing import Attention
from billdesk.ui.desk import Desk


class WindowAttention(QObject):
    """Watches whether the window is open or minimised."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.window)
        self._desk = desk
        desk.window.installEventFilter(self)
        self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass every event on; a change of the window's state is told."""
        if event.type() is QEvent.Type.WindowStateChange:
            self._tell()
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        minimised = self._desk.window.isMinimized()
        self._desk.app.sync.attend(Attention.BACKGROUND if minimised else Attention.ACTIVE)
