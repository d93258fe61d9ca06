"""A payment that the customer's bank took back: the owner says what that means."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.field import Field


class DisputeDialog(FormDialog):
    """Says what a lost dispute means. ``minor`` of ``currency`` is with the bank."""

    def __init__(
        self, desk: Desk, payment_id: int, minor: int, currency: str, parent: QWidget
    ) -> None:
        amount = desk.money(minor, currency)
        title = tr("Is the dispute over {amount} lost?").format(amount=amount)
        super().__init__(desk, title, tr("Save"), parent=parent)
        self._payment_id = payment_id
        text = label(
            tr(
                "The customer's bank took the money back. Should it come back after all, it "
                "settles again what is open."
            ),
            "text2",
        )
        text.setWordWrap(True)
        self.bad_debt = ChoiceBox(
            [
                (False, tr("The customer still owes it")),
                (True, tr("Bad debt: it will not be paid")),
            ],
            False,
        )
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("bad_debt", Field(tr("Meaning"), self.bad_debt)))
        self.finish_form()
        self.bad_debt.setFocus()

    def submit(self) -> None:
        lost = self.desk.app.deductions.dispute_lost
        self.run(partial(lost, self._payment_id, bad_debt=self.bad_debt.value))
