"""A colour as it will be printed, with white text on it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme


class Swatch(QWidget):
    """Decoration: the words beside it say whether the colour can be used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = current_theme()
        self._color = QColor(Qt.GlobalColor.black)
        self.setFixedSize(self._theme.px(96), self._theme.px(28))

    def set_color(self, color: str) -> None:
        """Show ``#RRGGBB``."""
        self._color = QColor(color)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        # White as on the printed button, whatever the theme of the window.
        painter.setPen(Qt.GlobalColor.white)
        painter.setFont(self._theme.font("meta", 600))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Pay online"))
