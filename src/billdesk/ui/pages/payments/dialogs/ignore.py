"""Why a bank line is left out of the books."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.field import text_field

LONGEST = 500


class IgnoreDialog(Dialog):
    """The reason is kept with the line."""

    def __init__(self, on_reason: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(tr("Leave this line out?"), tr("Ignore line"), parent=parent)
        self._on_reason = on_reason
        text = label(
            tr("Nothing is booked. The line stays on the Ignored tab and can be brought back."),
            "text2",
        )
        text.setWordWrap(True)
        self._field, self.reason = text_field(
            tr("Reason"), placeholder=tr("Private transfer"), optional=True
        )
        self.reason.setMaxLength(LONGEST)
        self.body.addWidget(text)
        self.body.addWidget(self._field)
        self.reason.setFocus()

    def submit(self) -> None:
        reason = self.reason.text().strip()
        self.accept()
        self._on_reason(reason)
