"""Dialogs: a question, its consequence, a verb. Never one on another.

At most 480 wide, but where a list is chosen from.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row, rule
from billdesk.ui.widgets.buttons import Button

WIDTH = 480


class Dialog(QDialog):
    """A dialog with a title, a body for fields and buttons at the right.

    Open it with ``open()`` and connect ``accepted``: nothing waits in a nested event loop.
    """

    def __init__(
        self, title: str, verb: str, *, danger: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMaximumWidth(WIDTH)
        self.setMinimumWidth(min(WIDTH, 400))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._outer = outer = column(self, spacing=16, margin=24)
        heading = label(title, "section")
        heading.setWordWrap(True)
        outer.addWidget(heading)
        self.body: QVBoxLayout = column(spacing=12)
        outer.addLayout(self.body, 1)
        outer.addWidget(rule())
        self._buttons = buttons = row()
        buttons.addStretch(1)
        self.cancel_button = Button(tr("Cancel"), on_click=self.reject)
        self.verb_button = Button(verb, "danger" if danger else "primary")
        self.verb_button.clicked.connect(self.submit)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.verb_button)
        outer.addLayout(buttons)

    def fit(self) -> None:
        """Take the height that wrapped texts need at full width; after they have changed."""
        self.setMinimumWidth(WIDTH)
        self._outer.activate()
        self.setMinimumHeight(self._outer.totalHeightForWidth(WIDTH))
        self.resize(WIDTH, self.minimumHeight())

    def submit(self) -> None:
        """What the verb does; a subclass checks its fields first and then calls ``accept``."""
        self.accept()


class ConfirmDialog(Dialog):
    """Asks before what cannot be undone. The safe answer has the focus."""

    def __init__(
        self,
        question: str,
        consequence: str,
        verb: str,
        *,
        danger: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(question, verb, danger=danger, parent=parent)
        text = label(consequence, "text2")
        text.setWordWrap(True)
        self.body.addWidget(text)
        self.setAccessibleDescription(consequence)
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()

    def offer(self, verb: str, on_chosen: Callable[[], object]) -> Button:
        """A second way to say yes, between Cancel and the verb."""
        button = Button(verb, on_click=on_chosen)
        button.clicked.connect(self.reject)
        self._buttons.insertWidget(self._buttons.indexOf(self.verb_button), button)
        return button


def confirm(
    parent: QWidget,
    question: str,
    consequence: str,
    verb: str,
    on_confirmed: Callable[[], object],
    *,
    danger: bool = False,
) -> ConfirmDialog:
    """Ask, and call ``on_confirmed`` when the verb is pressed. Returns at once."""
    dialog = ConfirmDialog(question, consequence, verb, danger=danger, parent=parent)
    dialog.accepted.connect(lambda: on_confirmed())
    dialog.open()
    return dialog
