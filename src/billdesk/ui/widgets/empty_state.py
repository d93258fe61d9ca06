"""An empty place: one icon, one sentence, one button."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from billdesk.ui.widgets.base import column, label
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.field import IconLabel


class EmptyState(QWidget):
    """``EmptyState("documents", "No invoices yet.", "New invoice", on_click=...)``."""

    def __init__(
        self,
        icon: str,
        sentence: str,
        action: str = "",
        *,
        shortcut: str = "",
        on_click: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sentence = label(sentence, "text2")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setWordWrap(True)
        self._button = Button(action, "primary", shortcut=shortcut, on_click=on_click)
        layout = column(self, spacing=12, margin=24)
        layout.addStretch(2)
        layout.addWidget(IconLabel(icon, "muted", 32), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._sentence)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        # Only now: a widget shown before it has a parent would be a window of its own.
        self._button.setVisible(bool(action))
        self.setAccessibleName(sentence)

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()

    def set_sentence(self, sentence: str) -> None:
        """Change the sentence, e.g. for a search without results."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)

    def set_action(self, text: str, shortcut: str = "") -> None:
        """Offer something else."""
        self._button.setText(text)
        self._button.set_shortcut(shortcut)

    def set_action_visible(self, visible: bool) -> None:
        """Hide the button where it would not help."""
        self._button.setVisible(visible)
