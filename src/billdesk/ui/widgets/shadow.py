"""The soft shadow of what floats: painted, because effects slow down what they hold."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

DEPTH = 16


def paint_shadow(painter: QPainter, rect: QRectF, radius: float, color: QColor) -> None:
    """Paint a shadow round ``rect``; it reaches ``DEPTH`` pixels beyond it."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(DEPTH, 0, -2):
        tint = QColor(color)
        tint.setAlphaF(0.018)
        painter.setBrush(tint)
        grown = rect.adjusted(-step, -step + 4, step, step + 4)
        painter.drawRoundedRect(grown, radius + step, radius + step)
    painter.restore()
