"""Give an issued invoice back: all of it, or an amount."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.steps.credit import CreditInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.entry import MoneyEdit
from billdesk.ui.widgets.field import Field, text_field


class CreditDialog(FormDialog):
    """Says before it is done what settles the invoice and what the customer has to their credit."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Credit note for {number}").format(number=detail.number)
        super().__init__(desk, title, tr("Make credit note"), parent=parent)
        self._detail = detail
        credited = sum(
            one.minor for one in detail.related if one.refers_here and one.reference == "credits"
        )
        self._left_minor = detail.total_minor - credited
        self.amount = MoneyEdit(
            desk.formats, detail.currency, exponent(detail.currency), minimum_minor=0
        )
        self.amount.set_minor(self._left_minor)
        name = tr("Amount in {currency}, with tax").format(currency=detail.currency)
        reason, self.reason = text_field(tr("Reason"), placeholder=tr("Wrong price"))
        self.body.addWidget(self.add_field("amount_minor", Field(name, self.amount)))
        self.body.addWidget(self.add_field("reason", reason))
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.amount.valueChanged.connect(self._explain)
        self._explain()
        self.amount.selectAll()
        self.amount.setFocus()

    def submit(self) -> None:
        minor = self.amount.minor
        if not minor:
            problem = self.amount.problem or tr("Enter what is credited.")
            self.show_problem(problem, "amount_minor")
            return
        given = CreditInput(
            self._detail.id,
            # Everything is credited line by line, as the invoice has it.
            amount_minor=None if minor == self._left_minor else minor,
            reason=self.reason.text(),
        )
        self.run(partial(self.desk.app.credit_notes.credit, given))

    def _explain(self) -> None:
        detail, minor = self._detail, self.amount.minor or 0
        settled = min(minor, detail.open_minor)
        text = tr("{amount} is no longer owed.").format(
            amount=self.desk.money(settled, detail.currency)
        )
        if minor > settled:
            rest = self.desk.money(minor - settled, detail.currency)
            text = tr("{settled} {rest} becomes the customer's credit.").format(
                settled=text if settled else "", rest=rest
            )
        self.consequence.setText(text.strip())
