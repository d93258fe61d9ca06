"""An entry that searches while one types and picks from what was found, or creates it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column
from billdesk.ui.widgets.choice_list import Choice, ChoiceList

_LIST_LIMIT = 320
_CREATE = object()
_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SearchPicker(QLineEdit):
    """Asks with ``searchRequested(text)``, is answered with :meth:`show_results`.

    ``picked(Choice)`` when one was chosen, ``createRequested(text)`` for the "Create" row,
    ``cleared`` when the entry was emptied. The owner searches in a read lane, latest wins.
    """

    searchRequested = Signal(str)
    picked = Signal(object)
    createRequested = Signal(str)
    cleared = Signal()

    def __init__(self, name: str, *, create_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._create_text = create_text
        self._current: Choice | None = None
        self._popup: QFrame | None = None
        self._list: ChoiceList | None = None
        self.setAccessibleName(name)
        self.textEdited.connect(self._edited)

    @property
    def current(self) -> Choice | None:
        """What is picked, or None."""
        return self._current

    def set_current(self, choice: Choice | None) -> None:
        """Show a choice as picked; emits nothing."""
        self._current = choice
        self.setText("" if choice is None else choice.title)
        self.close_list()

    def show_results(self, query: str, choices: Sequence[Choice]) -> None:
        """The answer to ``searchRequested(query)``; ignored when the text has moved on."""
        if query != self.text() or not self.hasFocus():
            return
        rows = list(choices)
        if self._create_text and query.strip():
            title = self._create_text.format(text=query.strip())
            rows.append(Choice(_CREATE, title, icon="plus"))
        if not rows:
            rows = [Choice(None, tr("Nothing found."))]
        self._open_list(rows)

    @property
    def is_open(self) -> bool:
        """Whether the list is on show."""
        return self._popup is not None and self._popup.isVisible()

    def visible_choices(self) -> list[Choice]:
        """What the open list shows, the "Create" row included."""
        return self._list.choices() if self._list is not None and self.is_open else []

    def open_list(self) -> None:
        """Search for the text as it stands (everything, when something is picked already)."""
        self.searchRequested.emit(self.text())

    def close_list(self) -> None:
        """Hide the list."""
        if self._popup is not None:
            self._popup.hide()

    # Qt's side

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        # While the list is open its keys are not the window's shortcuts.
        if override and self.is_open and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.is_open and self._list is not None:
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._list.step(1 if key == Qt.Key.Key_Down else -1)
                return
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._list.choose_current()
                return
            if key == Qt.Key.Key_Escape:
                self.close_list()
                return
        elif key == Qt.Key.Key_Down:
            self.open_list()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.close_list()
        if self._current is not None and self.text() != self._current.title:
            # Half a search is not a choice: what was picked stands.
            self.setText(self._current.title)

    def _edited(self, text: str) -> None:
        if not text:
            self.close_list()
            if self._current is not None:
                self._current = None
                self.cleared.emit()
            return
        self.searchRequested.emit(text)

    def _chosen(self, choice: Choice) -> None:
        if choice.key is None:
            return
        self.close_list()
        if choice.key is _CREATE:
            self.createRequested.emit(self.text().strip())
            return
        self.set_current(choice)
        self.picked.emit(choice)

    def _open_list(self, rows: Sequence[Choice]) -> None:
        if self._popup is None or self._list is None:
            # A child of the window, not a window: it never takes focus or activation.
            self._popup = QFrame(self.window())
            self._popup.setProperty("kind", "popup")
            self._list = ChoiceList(tr("Found"), self._popup)
            self._list.chosen.connect(self._chosen)
            column(self._popup, spacing=0, margin=4).addWidget(self._list)
            self.destroyed.connect(self._popup.deleteLater)
        self._list.set_choices(rows)
        self._popup.setGeometry(self._list_rect(self._list.wanted_height(_LIST_LIMIT) + 8))
        self._popup.show()
        self._popup.raise_()

    def _list_rect(self, height: int) -> QRect:
        """Below the entry, or above it where there is more room."""
        window = self.window()
        top_left = self.mapTo(window, QPoint(0, 0))
        below = window.height() - (top_left.y() + self.height()) - 8
        above = top_left.y() - 8
        width = max(self.width(), 260)
        x = max(4, min(top_left.x(), window.width() - width - 4))
        if height <= below or below >= above:
            return QRect(x, top_left.y() + self.height() + 4, width, min(height, max(below, 60)))
        height = min(height, above)
        return QRect(x, top_left.y() - 4 - height, width, height)
