"""Tells the looks at Stripe whether somebody has the window before them."""

from PySide6.QtCore import QObject

from billdesk.core.domain.outside_services.pacing import Attention
from billdesk.ui.desk import Desk


class WindowAttention(QObject):
    """Watches whether the window is open, minimised or closed to the tray."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.window)
        self._desk = desk
        desk.window.seenChanged.connect(self._tell)
        self._tell(seen=desk.window.is_seen)

    def _tell(self, seen: bool) -> None:
        self._desk.app.sync.attend(Attention.ACTIVE if seen else Attention.BACKGROUND)
