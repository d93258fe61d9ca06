"""A line across the top that stays: test mode, practice company."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QWidget

from billdesk.ui.widgets.base import label, row, set_property
from billdesk.ui.widgets.buttons import Button


class Banner(QFrame):
    """Hidden until it has a text; ``state`` is ``warn`` (default), ``bad`` or ``info``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "banner")
        layout = row(self, spacing=12)
        layout.setContentsMargins(24, 4, 24, 4)
        self._text = label()
        self._text.setWordWrap(True)
        self._button = Button("", "link")
        self._second = Button("", "link")
        self._on_click: Callable[[], object] | None = None
        self._on_second: Callable[[], object] | None = None
        self._button.clicked.connect(self._clicked)
        self._second.clicked.connect(self._second_clicked)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._second)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def set_text(
        self,
        text: str,
        state: str = "warn",
        action: str = "",
        on_click: Callable[[], object] | None = None,
    ) -> None:
        """Show a text, with an optional link; an empty text hides the banner."""
        self.add_second("", None)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._on_click = on_click
        self._button.setText(action)
        self._button.setVisible(bool(action))
        set_property(self, "state", state)
        for child in (self._text, self._button, self._second):
            child.style().unpolish(child)
            child.style().polish(child)
        self.setVisible(bool(text))

    def add_second(self, action: str, on_click: Callable[[], object] | None) -> None:
        """Another link beside the first; an empty ``action`` takes it away."""
        self._on_second = on_click
        self._second.setText(action)
        self._second.setVisible(bool(action))

    def _second_clicked(self) -> None:
        if self._on_second is not None:
            self._on_second()

    def _clicked(self) -> None:
        if self._on_click is not None:
            self._on_click()
