"""A surface with a border: the container of everything on a page."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QMoveEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import column, label, row

_HEAD_HEIGHT = 46


class Card(QFrame):
    """Surface, 1 px border, radius 10, padding 16; an optional title row with room for buttons.

    Put content into ``card.body`` (a vertical layout), buttons into ``card.header``.
    """

    def __init__(
        self, title: str = "", *, padding: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        outer = column(self, spacing=12, margin=0)
        outer.setContentsMargins(padding, padding, padding, padding)
        self.header: QHBoxLayout = row()
        self._title = label(title, "section")
        if title:
            self.setAccessibleName(title)
            self.header.addWidget(self._title)
            self.header.addStretch(1)
            outer.addLayout(self.header)
        self.body: QVBoxLayout = column()
        outer.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Change the title of a card that was made with one."""
        self._title.setText(title)
        self.setAccessibleName(title)


class SidePanel(Card):
    """A card at the right of a list; ``placed`` when it has come, gone or moved."""

    placed = Signal()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.placed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.placed.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.placed.emit()


class TableCard(Card):
    """A table from edge to edge, below a line with what narrows it."""

    def __init__(self, head: QWidget, table: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(padding=1, parent=parent)
        head.setFixedHeight(current_theme().px(_HEAD_HEIGHT))
        head.setContentsMargins(14, 3, 10, 3)
        self.body.setSpacing(0)
        self.body.addWidget(head)
        self.body.addWidget(table, 1)


class KpiCard(Card):
    """A figure with its name above and what it is made of below."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(padding=16, parent=parent)
        self._name = name
        self.body.setSpacing(2)
        self._value = label("–", "kpi")
        self._note = label("", "meta")
        self._note.setWordWrap(True)
        self.body.addWidget(label(name, "muted"))
        self.body.addWidget(self._value)
        self.body.addWidget(self._note)
        self.body.addStretch(1)
        self.setAccessibleName(name)

    def set_value(self, value: str, note: str = "", tone: str = "") -> None:
        """Show a formatted figure; ``tone`` ``bad`` colours the note, never the word alone."""
        self._value.setText(value)
        self._note.setText(note)
        self._note.setProperty("tone", tone)
        self._note.style().polish(self._note)
        self.setAccessibleDescription(f"{self._name}: {value}. {note}")
