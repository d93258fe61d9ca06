"""Bars with their value on hover; the arrow keys read them out one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from billdesk.ui.theme import current_theme

_TOP = 34
_BOTTOM = 22


@dataclass(frozen=True)
class Bar:
    """``label`` stands below, ``text`` is the value as it is read (``€4,284.00``)."""

    label: str
    value: float
    text: str


class BarChart(QWidget):
    """``set_bars(bars)``; one series, nothing below zero."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._theme = current_theme()
        self._bars: tuple[Bar, ...] = ()
        self._at = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these bars from left to right."""
        self._bars = tuple(bars)
        self._at = -1
        summary = "; ".join(f"{bar.label}: {bar.text}" for bar in self._bars)
        self.setAccessibleDescription(summary)
        self.update()

    @property
    def highlighted(self) -> Bar | None:
        """The bar whose value is on show."""
        return self._bars[self._at] if 0 <= self._at < len(self._bars) else None

    def sizeHint(self) -> QSize:
        return QSize(420, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._bars:
            x = event.position().x()
            slot = self.width() / len(self._bars)
            self._highlight(max(0, min(len(self._bars) - 1, int(x / slot))))

    def leaveEvent(self, event: QEvent) -> None:
        self._highlight(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._bars:
            super().keyPressEvent(event)
            return
        self._highlight(max(0, min(len(self._bars) - 1, self._at + step)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        base = self.height() - _BOTTOM
        painter.setPen(QPen(theme.color("line"), 1))
        for step in range(4):
            y = round(_TOP + (base - _TOP) * step / 3) + 0.5
            painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        if not self._bars:
            return
        largest = max((bar.value for bar in self._bars), default=0.0)
        slot = self.width() / len(self._bars)
        for position, bar in enumerate(self._bars):
            self._paint_bar(painter, position, bar, slot, base, largest)
        if self.highlighted is not None:
            self._paint_value(painter, self.highlighted, slot)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _paint_bar(
        self, painter: QPainter, position: int, bar: Bar, slot: float, base: int, largest: float
    ) -> None:
        theme = self._theme
        width = min(36.0, slot * 0.56)
        left = slot * position + (slot - width) / 2
        height = (base - _TOP) * (max(0.0, bar.value) / largest) if largest > 0 else 0.0
        if bar.value > 0:
            height = max(height, 2.0)
        color = theme.series(0)
        if self._at not in (-1, position):
            color = _between(color, theme.color("surface"), 0.45)
        if height > 0:
            path = QPainterPath()
            radius = min(4.0, height)
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addRoundedRect(QRectF(left, base - height, width, height), radius, radius)
            path.addRect(QRectF(left, base - height / 2, width, height / 2))
            painter.fillPath(path.simplified(), color)
        painter.setPen(theme.color("text" if position == self._at else "muted"))
        painter.setFont(theme.font("caps" if slot < 34 else "meta"))
        area = QRectF(slot * position, base + 2, slot, _BOTTOM - 2)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, bar.label)

    def _paint_value(self, painter: QPainter, bar: Bar, slot: float) -> None:
        theme = self._theme
        painter.setFont(theme.font("meta", 600))
        text = f"{bar.label}  {bar.text}"
        width = painter.fontMetrics().horizontalAdvance(text) + 20
        middle = slot * self._at + slot / 2
        left = max(1.0, min(self.width() - width - 1.0, middle - width / 2))
        box = QRectF(left, 2, width, 24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("toast"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(theme.color("toast_text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _highlight(self, position: int) -> None:
        if position != self._at:
            self._at = position
            bar = self.highlighted
            self.setAccessibleName(f"{self._name}. {bar.label}: {bar.text}" if bar else self._name)
            self.update()


def _between(color: QColor, ground: QColor, share: float) -> QColor:
    """``color`` faded into the ground; opaque, so that the lines behind do not show through."""
    rest = 1 - share
    return QColor(
        round(color.red() * share + ground.red() * rest),
        round(color.green() * share + ground.green() * rest),
        round(color.blue() * share + ground.blue() * rest),
    )
