"""Take the opening balances back, with the reason."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import text_field


class OpeningUndoDialog(FormDialog):
    """All of them at once, by reversal."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(
            desk, tr("Take the opening balances back?"), tr("Take back"), danger=True, parent=parent
        )
        text = label(
            tr(
                "Every opening balance is reversed and the customers' documents made of them "
                "become void. You can then enter others."
            ),
            "text2",
        )
        text.setWordWrap(True)
        reason, self.reason = text_field(
            tr("Reason"), placeholder=tr("A wrong day"), helper=tr("For the audit log")
        )
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("reason", reason))
        self.finish_form()
        self.reason.setFocus()

    def submit(self) -> None:
        self.run(partial(self.desk.app.opening_balances.undo, self.reason.text()))
