"""What happened, newest first: a dot, a text and its time."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, column, label, row


@dataclass(frozen=True)
class TimelineEntry:
    """``kind`` is a pill kind and colours the dot; ``time`` is written out already."""

    text: str
    time: str
    kind: str = "neutral"
    detail: str = ""


class Timeline(QWidget):
    """``set_entries`` replaces what is shown."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._layout = column(self, spacing=0)

    def set_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show these, in this order."""
        clear_layout(self._layout)
        for position, entry in enumerate(entries):
            self._layout.addWidget(_Entry(entry, is_last=position == len(entries) - 1))
        self._layout.addStretch(1)


class _Entry(QWidget):
    """One line of the history; paints its dot and the line that leads to the one below."""

    def __init__(self, entry: TimelineEntry, *, is_last: bool) -> None:
        super().__init__()
        self._theme = current_theme()
        self._kind = entry.kind
        self._is_last = is_last
        self.setAccessibleName(f"{entry.text}, {entry.time}. {entry.detail}".strip())
        text = label(entry.text)
        text.setWordWrap(True)
        lines = column(spacing=0)
        lines.addWidget(text)
        if entry.detail:
            detail = label(entry.detail, "meta")
            detail.setWordWrap(True)
            detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            lines.addWidget(detail)
        layout = row(self, spacing=8)
        layout.setContentsMargins(24, 0, 0, 12)
        layout.addLayout(lines, 1)
        layout.addWidget(label(entry.time, "meta"), 0, Qt.AlignmentFlag.AlignTop)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        foreground, _ = self._theme.pill(self._kind)
        left_to_right = self.layoutDirection() == Qt.LayoutDirection.LeftToRight
        x = 8.0 if left_to_right else self.width() - 8.0
        y = self._theme.px(9)
        if not self._is_last:
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.drawLine(QPointF(x, y + 8), QPointF(x, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(foreground)
        painter.drawEllipse(QPointF(x, y), 4, 4)
