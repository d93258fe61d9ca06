"""Bars over a scale, their value on hover; the arrow keys read them out one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
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
_GAP = 8
_MOST_STEPS = 4
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Bar:
    """``label`` stands below, ``text`` is the value as it is read (``€4,284.00``)."""

    label: str
    value: float
    text: str


class BarChart(QWidget):
    """``set_bars(bars, scale_text)``; one series, nothing below zero.

    ``scale_text`` writes a round value for the scale at the left (``20000`` as ``€20K``).
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._theme = current_theme()
        self._bars: tuple[Bar, ...] = ()
        self._scale: tuple[tuple[float, str], ...] = ()
        self._at = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    def set_bars(
        self, bars: Sequence[Bar], scale_text: Callable[[float], str] = "{:g}".format
    ) -> None:
        """Show these bars from left to right."""
        self._bars = tuple(bars)
        self._scale = tuple((value, scale_text(value)) for value in _round_values(self._bars))
        self._at = -1
        summary = "; ".join(f"{bar.label}: {bar.text}" for bar in self._bars)
        self.setAccessibleDescription(summary)
        self.update()

    @property
    def scale_texts(self) -> list[str]:
        """The words of the scale, from the ground up."""
        return [text for _, text in self._scale]

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
            left = self._left
            slot = (self.width() - left) / len(self._bars)
            at = int((event.position().x() - left) / slot)
            self._highlight(max(0, min(len(self._bars) - 1, at)))

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
        left = self._left
        self._paint_scale(painter, left, base)
        if not self._bars:
            return
        slot = (self.width() - left) / len(self._bars)
        for position, bar in enumerate(self._bars):
            self._paint_bar(painter, bar, QRectF(left + slot * position, _TOP, slot, base - _TOP))
        if self.highlighted is not None:
            self._paint_value(painter, self.highlighted, left + slot * (self._at + 0.5))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    @property
    def _left(self) -> float:
        """Where the bars begin: right of the widest word of the scale."""
        metrics = QFontMetricsF(self._theme.font("meta"))
        widths = [metrics.horizontalAdvance(text) for _, text in self._scale]
        return ceil(max(widths)) + _GAP if widths else 0.0

    def _paint_scale(self, painter: QPainter, left: float, base: int) -> None:
        theme = self._theme
        painter.setFont(theme.font("meta"))
        height = painter.fontMetrics().height()
        # Without a value there is still a ground to stand on.
        scale = self._scale or ((0.0, ""),)
        top = scale[-1][0]
        for value, text in scale:
            y = round(base - (base - _TOP) * (value / top if top else 0.0)) + 0.5
            painter.setPen(QPen(theme.color("line"), 1))
            painter.drawLine(QPointF(left, y), QPointF(self.width(), y))
            painter.setPen(theme.color("muted"))
            area = QRectF(0, y - height / 2, left - _GAP, height)
            painter.drawText(
                area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
            )

    def _paint_bar(self, painter: QPainter, bar: Bar, room: QRectF) -> None:
        """``room`` reaches from the ground to the top of the scale."""
        theme, slot, base = self._theme, room.width(), room.bottom()
        width = min(36.0, slot * 0.56)
        left = room.left() + (slot - width) / 2
        top = self._scale[-1][0] if self._scale else 0.0
        height = room.height() * max(0.0, bar.value) / top if top else 0.0
        if bar.value > 0:
            height = max(height, 2.0)
        color = theme.series(0)
        if self.highlighted not in (None, bar):
            color = _between(color, theme.color("surface"), 0.45)
        if height > 0:
            path = QPainterPath()
            radius = min(4.0, height)
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addRoundedRect(QRectF(left, base - height, width, height), radius, radius)
            path.addRect(QRectF(left, base - height / 2, width, height / 2))
            painter.fillPath(path.simplified(), color)
        painter.setPen(theme.color("text" if self.highlighted is bar else "muted"))
        painter.setFont(theme.font("caps" if slot < 34 else "meta"))
        area = QRectF(room.left(), base + 2, slot, _BOTTOM - 2)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, bar.label)

    def _paint_value(self, painter: QPainter, bar: Bar, middle: float) -> None:
        theme = self._theme
        painter.setFont(theme.font("meta", 600))
        text = f"{bar.label}  {bar.text}"
        width = painter.fontMetrics().horizontalAdvance(text) + 20
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


def _round_values(bars: Sequence[Bar]) -> list[float]:
    """Zero and a few round values, the last at or above the largest bar; none without one."""
    largest = max((bar.value for bar in bars), default=0.0)
    if largest <= 0:
        return []
    power = 10.0 ** floor(log10(largest / _MOST_STEPS))
    step = next(x * power for x in _ROUND if x * power * _MOST_STEPS >= largest)
    return [step * position for position in range(ceil(largest / step) + 1)]


def _between(color: QColor, ground: QColor, share: float) -> QColor:
    """``color`` faded into the ground; opaque, so that the lines behind do not show through."""
    rest = 1 - share
    return QColor(
        round(color.red() * share + ground.red() * rest),
        round(color.green() * share + ground.green() * rest),
        round(color.blue() * share + ground.blue() * rest),
    )
