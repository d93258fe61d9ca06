"""Filters above a list, each with its count."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.buttons import Button


class FilterTabs(QWidget):
    """``FilterTabs([("all", "All"), ("open", "Open")])``; emits ``filterChanged(key)``.

    One tab stop; the arrow keys move between the filters.
    """

    filterChanged = Signal(str)

    def __init__(
        self, filters: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._titles = dict(filters)
        self._keys = list(self._titles)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Button] = {}
        layout: QHBoxLayout = row(self, spacing=20)
        for key, title in filters:
            button = Button(title, "tab")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, key=key: self._choose(key))
            self._group.addButton(button)
            self._buttons[key] = button
            layout.addWidget(button)
        layout.addStretch(1)
        self._current = self._keys[0]
        self._buttons[self._current].setChecked(True)
        self._keep_one_tab_stop()

    @property
    def current(self) -> str:
        """Key of the filter in force."""
        return self._current

    def set_current(self, key: str) -> None:
        """Choose a filter; emits ``filterChanged`` when it is another."""
        self._choose(key)

    def set_titles(self, filters: Sequence[tuple[str, str]]) -> None:
        """Call the filters otherwise and show these only; the first is the one to fall back on.

        Counts are shown again when they are set.
        """
        self._titles = dict(filters)
        self._keys = list(self._titles)
        for key, button in self._buttons.items():
            button.setVisible(key in self._titles)
        self.set_counts({})
        if self._current not in self._titles:
            self._choose(self._keys[0])

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show counts beside the names; a filter without one shows none."""
        for key, title in self._titles.items():
            count = counts.get(key)
            self._buttons[key].setText(title if count is None else f"{title}  {count}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            step = -step
        position = (self._keys.index(self._current) + step) % len(self._keys)
        self._choose(self._keys[position])
        self._buttons[self._current].setFocus(Qt.FocusReason.TabFocusReason)

    def _choose(self, key: str) -> None:
        self._buttons[key].setChecked(True)
        if key != self._current:
            self._current = key
            self._keep_one_tab_stop()
            self.filterChanged.emit(key)

    def _keep_one_tab_stop(self) -> None:
        for key, button in self._buttons.items():
            on = key == self._current
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if on else Qt.FocusPolicy.ClickFocus)
