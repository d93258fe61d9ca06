"""Figures with names, in a card, one a line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from billdesk.ui.widgets.base import label, set_property
from billdesk.ui.widgets.card import Card


class FactsCard(Card):
    """Lines of name and value; ``set_fact`` changes one, in the order they were first set."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def set_fact(self, name: str, value: str, note: str = "", tone: str = "") -> None:
        """Show ``value`` under ``name``; ``note`` says more, ``tone`` ``bad`` colours it."""
        shown = self._values.get(name)
        if shown is None:
            shown = self._values[name] = label()
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line = self._grid.rowCount()
            named = label(name, "muted")
            self._grid.addWidget(named, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, line, 1, Qt.AlignmentFlag.AlignTop)
        text = f"{value} · {note}" if note else value
        shown.setText(text)
        shown.setAccessibleName(f"{name}: {text}")
        set_property(shown, "tone", tone)

    @property
    def names(self) -> list[str]:
        """The names, from top to bottom."""
        return list(self._values)

    def value(self, name: str) -> str:
        """What is shown under ``name``.

        Raises:
            KeyError: nothing was set under it.
        """
        return self._values[name].text()
