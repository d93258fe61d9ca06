"""Figures with names, in a card, one a line, each with what it means below it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from billdesk.ui.widgets.base import column, label, set_property
from billdesk.ui.widgets.card import Card


class FactsCard(Card):
    """Lines of name and value; ``set_fact`` changes one, in the order they were first set.

    ``lead`` says below the title what the figures are of.
    """

    def __init__(self, title: str, lead: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        if lead:
            said = label(lead, "meta")
            said.setWordWrap(True)
            self.body.addWidget(said)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self._facts: dict[str, _Fact] = {}
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def set_fact(self, name: str, value: str, note: str = "", tone: str = "") -> None:
        """Show ``value`` under ``name``; ``note`` says more, ``tone`` ``bad`` colours it."""
        shown = self._facts.get(name)
        if shown is None:
            shown = self._facts[name] = _Fact(name)
            line = self._grid.rowCount()
            named = label(name, "muted")
            # Longer words of another language take a second line, never the figures' room.
            named.setWordWrap(True)
            self._grid.addWidget(named, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, line, 1)
        shown.show_fact(value, note, tone)

    @property
    def names(self) -> list[str]:
        """The names, from top to bottom."""
        return list(self._facts)

    def value(self, name: str) -> str:
        """What is shown under ``name``.

        Raises:
            KeyError: nothing was set under it.
        """
        return self._facts[name].value.text()

    def note(self, name: str) -> str:
        """What is said of the value under ``name``. Raises ``KeyError`` as ``value``."""
        return self._facts[name].note.text()


class _Fact(QWidget):
    """A value and, below it, what it means; nothing is redrawn that stays as it was."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.value: QLabel = label()
        self.note: QLabel = label("", "meta")
        both = column(self, spacing=0)
        for one in (self.value, self.note):
            one.setWordWrap(True)
            one.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            both.addWidget(one)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_fact(self, value: str, note: str, tone: str) -> None:
        self.value.setText(value)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        said = f"{self._name}: {value}"
        self.setAccessibleName(f"{said}. {note}" if note else said)
        self.value.setAccessibleName(said)
        set_property(self.value, "tone", tone)
