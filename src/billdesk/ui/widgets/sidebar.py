"""The places of the application, and the line that tells when Stripe was last asked."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from billdesk.ui.commands import shortcut_text
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.tool_tips import plain_tool_tip

WIDTH = 216
WIDTH_COMPACT = 56
_STATUS_TOKENS = {"ok": "pill.ok.fg", "warn": "pill.warn.fg", "bad": "pill.bad.fg"}


class StatusLine(Button):
    """A dot and a short text; the dot's colour only repeats what the text says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(" ", "ghost", parent=parent)
        self._tone = "muted"
        self._status_theme = current_theme()
        self._compact = False

    def set_status(self, text: str, state: str = "neutral", detail: str = "") -> None:
        """Show a text; ``state`` is ``ok warn bad neutral``, ``detail`` becomes the tool tip."""
        self.setText(text)
        self._tone = _STATUS_TOKENS.get(state, "muted")
        self.setToolTip(plain_tool_tip(detail or text))
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Only the dot."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        # The text gives way: it is elided, and never widens the sidebar.
        return QSize(WIDTH_COMPACT - 24, super().sizeHint().height())

    def _paint_content(self, painter: QPainter) -> None:
        theme = self._status_theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(self._tone))
        left = self.width() / 2 if self._compact else 16.0
        painter.drawEllipse(QPointF(left, self.height() / 2), 4, 4)
        if self._compact:
            return
        painter.setPen(theme.color("text" if self.underMouse() else "muted"))
        painter.setFont(theme.font("meta"))
        rect = QRect(28, 0, self.width() - 36, self.height())
        shown = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, rect.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, flags, shown)


class PlaceButton(Button):
    """A place of the sidebar: icon 18 and label, or the icon alone."""

    def __init__(
        self, title: str, icon: str, shortcut: str, on_click: Callable[[], object]
    ) -> None:
        super().__init__(title, "place", icon=icon, on_click=on_click)
        self.setCheckable(True)
        self._compact = False
        self._title = title
        self._keys = shortcut_text(shortcut) if shortcut else ""
        self.setToolTip(f"{title}  {self._keys}" if self._keys else title)

    def set_compact(self, compact: bool) -> None:
        """Show the icon alone; name and tool tip stay."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        base = super().sizeHint()
        return QSize(WIDTH_COMPACT - 24, base.height()) if self._compact else base

    def _plain_text(self) -> str:
        return "" if self._compact else super()._plain_text()

    def _content_rect(self) -> QRect:
        if self._compact:
            return self.rect().adjusted((self.width() - 16) // 2, 0, 0, 0)
        return super()._content_rect()


class Sidebar(QFrame):
    """Data-driven: shows the places it is given, the last ones at the bottom when asked."""

    placeChosen = Signal(str)
    statusClicked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAccessibleName(tr("Places"))
        self._buttons: dict[str, PlaceButton] = {}
        self._layout: QVBoxLayout = column(self, spacing=2)
        self._layout.setContentsMargins(12, 16, 12, 12)
        self._title = label(title, "title")
        self._title.setContentsMargins(12, 0, 0, 10)
        self._layout.addWidget(self._title)
        self._places: QVBoxLayout = column(spacing=2)
        self._bottom: QVBoxLayout = column(spacing=2)
        self._layout.addLayout(self._places)
        self._layout.addStretch(1)
        self._layout.addLayout(self._bottom)
        self.status = StatusLine()
        self.status.clicked.connect(self.statusClicked)
        self.status.hide()
        self._layout.addWidget(self.status)
        self._compact = False
        self.setFixedWidth(WIDTH)

    @property
    def is_compact(self) -> bool:
        return self._compact

    def add_place(
        self, place_id: str, title: str, icon: str, shortcut: str = "", *, at_bottom: bool = False
    ) -> None:
        """Add a place; chosen, it emits ``placeChosen(place_id)``."""
        button = PlaceButton(title, icon, shortcut, lambda: self.placeChosen.emit(place_id))
        self._buttons[place_id] = button
        (self._bottom if at_bottom else self._places).addWidget(button)

    def controls(self) -> list[QWidget]:
        """What takes the keyboard, from top to bottom."""
        return [*self._buttons.values(), self.status]

    def button(self, place_id: str) -> PlaceButton:
        """The button of a place.

        Raises:
            KeyError: no such place.
        """
        return self._buttons[place_id]

    def set_current(self, place_id: str) -> None:
        """Mark a place as the one on show; unknown ids mark none."""
        # No button group: Qt would make an exclusive one a single tab stop.
        for other_id, button in self._buttons.items():
            button.setChecked(other_id == place_id)

    def set_status(self, text: str, state: str = "neutral", detail: str = "") -> None:
        """The line at the bottom; an empty text hides it."""
        self.status.setVisible(bool(text))
        self.status.set_status(text or " ", state, detail)

    def set_compact(self, compact: bool) -> None:
        """Icons alone, 56 px wide."""
        if compact == self._compact:
            return
        self._compact = compact
        self._title.setVisible(not compact)
        for button in self._buttons.values():
            button.set_compact(compact)
        self.status.set_compact(compact)
        self.setFixedWidth(WIDTH_COMPACT if compact else WIDTH)
