"""Grey bars in the shape of what is coming; shown only when it takes longer than 150 ms."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from billdesk.ui.text import tr
from billdesk.ui.theme import Theme, current_theme

# Uneven, like words; by row and column, so that it does not dance on repaint.
_SHARES = (0.62, 0.48, 0.74, 0.55, 0.68)


def paint_skeleton_rows(
    painter: QPainter, theme: Theme, rect: QRect, row_height: int, widths: Sequence[int]
) -> None:
    """Paint placeholder rows over a list's area."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("sunken"))
    for number in range(rect.height() // max(1, row_height)):
        x = rect.left()
        for position, width in enumerate(widths):
            share = _SHARES[(number + 2 * position) % len(_SHARES)]
            bar = min(width - 24, 180) * share
            if bar > 8:
                y = rect.top() + number * row_height + row_height / 2 - 5
                painter.drawRoundedRect(QRectF(x + 12, y, bar, 10), 5, 5)
            x += width


class Skeleton(QWidget):
    """Placeholder lines for a card that is still being read."""

    def __init__(self, lines: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = current_theme()
        self._lines = lines
        self.setMinimumHeight(lines * 28)
        self.setAccessibleName(tr("Loading"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRect(0, 0, self.width(), self._lines * 28)
        paint_skeleton_rows(painter, self._theme, area, 28, [self.width()])
