"""The entry above a list: a magnifier before it, a cross that empties it behind."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.ui.icons import current_icons
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme

_ICON = 16


class SearchEdit(QLineEdit):
    """A ``QLineEdit`` with icons of the theme; Qt's own cross keeps the colours of no theme."""

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # For the style sheet: Qt keeps room for the icon by itself.
        self.setProperty("kind", "find")
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self._magnifier = QAction(self)
        self._cross = QAction(self)
        self.addAction(self._magnifier, QLineEdit.ActionPosition.LeadingPosition)
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self._cross.setText(tr("Clear"))
        self._cross.setToolTip(tr("Clear"))
        self._cross.setVisible(False)
        self._cross.triggered.connect(self.clear)
        self.textChanged.connect(lambda text: self._cross.setVisible(bool(text)))
        current_theme().themeChanged.connect(self._draw_icons)
        self._draw_icons()

    def _draw_icons(self) -> None:
        icons = current_icons()
        self._magnifier.setIcon(icons.icon("search", "muted", _ICON))
        self._cross.setIcon(icons.icon("x", "muted", _ICON))
