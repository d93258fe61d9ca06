"""The page's title and state at the left; search and the page's actions at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.buttons import Button, IconButton
from billdesk.ui.widgets.elided_label import ElidedLabel

HEIGHT = 56
SEARCH_WIDTH = 280
# Below these widths the search field says less, down to its icon: the title goes first.
WHOLE_FROM = 220
SHORT_FROM = 130
ICON_WIDTH = 36
GAP = 8
MARGIN = 24


class TopBar(QWidget):
    """Filled anew by each page; the widgets stay the page's own."""

    searchRequested = Signal()
    backRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(current_theme().px(HEIGHT) + 8)
        layout = row(self, spacing=GAP)
        layout.setContentsMargins(MARGIN, 12, MARGIN, 8)
        self._back = IconButton("arrow-left", tr("Back"), shortcut="Esc")
        self._back.clicked.connect(self.backRequested)
        self._title = ElidedLabel("", "title")
        self._status_slot = row(spacing=8)
        self.search = Button(tr("Search or jump to…"), "search", icon="search", shortcut="Ctrl+K")
        self.search.setAccessibleName(tr("Search or jump to"))
        self.search.clicked.connect(self.searchRequested)
        self._actions = row(spacing=8)
        layout.addWidget(self._back)
        layout.addWidget(self._title)
        layout.addLayout(self._status_slot)
        layout.addStretch(1)
        layout.addWidget(self.search)
        layout.addLayout(self._actions)
        self._status: QWidget | None = None
        self._action_widgets: list[QWidget] = []
        self.set_back_visible(False)

    @property
    def title(self) -> str:
        return self._title.text()

    def set_title(self, title: str) -> None:
        """The page's title."""
        self._title.setText(title)
        self._fit()

    def set_back_visible(self, visible: bool) -> None:
        """Show the arrow on pages that were opened from another."""
        self._back.setVisible(visible)
        self._fit()

    def set_content(self, status: QWidget | None, actions: Sequence[QWidget]) -> None:
        """Show a page's state and actions; the ones before wait hidden for their page."""
        for slot in (self._status_slot, self._actions):
            while (item := slot.takeAt(0)) is not None:
                widget = item.widget()
                if widget is not None:
                    # Hidden, not set free: without a parent it would be a window of its own.
                    widget.hide()
        self._status, self._action_widgets = status, list(actions)
        if status is not None:
            self._status_slot.addWidget(status, 0, Qt.AlignmentFlag.AlignVCenter)
            status.show()
        for action in actions:
            self._actions.addWidget(action)
            action.show()
        self._fit()

    def controls(self) -> list[QWidget]:
        """What takes the keyboard, in reading order."""
        status = [] if self._status is None else [self._status]
        return [self._back, *status, self.search, *self._action_widgets]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        # A page's state ("Saved 10:42") or an action changed its width.
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Give the title and the page's own controls their room, the search field the rest."""
        others = [self._title, *([self._status] if self._status else []), *self._action_widgets]
        if self._back.isVisibleTo(self):
            others.append(self._back)
        taken = 2 * MARGIN + sum(other.sizeHint().width() + GAP for other in others)
        room = self.width() - taken - GAP
        if room >= WHOLE_FROM:
            text, width = tr("Search or jump to…"), min(SEARCH_WIDTH, room)
        elif room >= SHORT_FROM:
            text, width = tr("Search"), room
        else:
            text, width = "", ICON_WIDTH
        if self.search.text() != text:
            self.search.setText(text)
            self.search.setAccessibleName(tr("Search or jump to"))
        if self.search.width() != width:
            self.search.setFixedWidth(width)
