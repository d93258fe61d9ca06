"""Money that came in without an invoice, and whose it turns out to be."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.queries.payments import PaymentRow
from billdesk.core.services.payments import PaymentInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, currency_choices
from billdesk.ui.forms.customer_picker import CustomerPicker
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.money.fields import chosen_method, day_edit, method_box, money_edit
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.field import Field, text_field


class ReceivedDialog(FormDialog):
    """A payment that is not for one invoice: a customer's credit, or of nobody known yet.

    ``succeeded`` carries the payment's id.
    """

    def __init__(self, desk: Desk, currency: str, country: str, parent: QWidget) -> None:
        super().__init__(desk, tr("Record money received"), tr("Record payment"), parent=parent)
        self._customer_id: int | None = None
        self.customer = CustomerPicker(desk, country, self)
        self.amount = money_edit(desk, currency)
        self.currency = ChoiceBox(
            currency_choices(desk.formats.locale, first=(currency,)), currency
        )
        self.method = method_box()
        self.received_on = day_edit(desk)
        reference, self.reference = text_field(tr("Reference"), optional=True)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        customer = Field(tr("From"), self.customer.edit, optional=True)
        self.body.addWidget(self.add_field("customer_id", customer))
        for parts in (
            (
                ("amount_minor", Field(tr("Amount"), self.amount)),
                ("currency", Field(tr("Currency"), self.currency)),
            ),
            (
                ("received_on", Field(tr("Received on"), self.received_on)),
                ("method", Field(tr("How"), self.method)),
            ),
        ):
            across = row(spacing=16)
            for name, field in parts:
                across.addWidget(self.add_field(name, field), 1)
            self.body.addLayout(across)
        self.body.addWidget(self.add_field("reference", reference))
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.customer.chosen.connect(self.set_customer)
        self.currency.valueChanged.connect(self._currency_changed)
        self.set_customer(None)
        self.customer.edit.setFocus()

    def set_customer(self, customer_id: int | None) -> None:
        """Whose money it is; ``None``: not known yet."""
        self._customer_id = customer_id
        self.consequence.setText(
            tr("It waits under “Unknown payer” until you say whose it is.")
            if customer_id is None
            else tr("It becomes the customer's credit and can be used for open invoices.")
        )
        self.fit()

    def submit(self) -> None:
        minor, day = self.amount.minor, self.received_on.value
        if not minor:
            problem = self.amount.problem or tr("Enter the amount received.")
            self.show_problem(problem, "amount_minor")
            return
        if day is None:
            self.show_problem(tr("Enter the day the money arrived."), "received_on")
            return
        given = PaymentInput(
            None,
            minor,
            chosen_method(self.method),
            day,
            reference=self.reference.text().strip(),
            customer_id=self._customer_id,
            currency=self.currency.value,
        )
        self.run(partial(self.desk.app.payments.record, given))

    def _currency_changed(self, currency: str) -> None:
        self.amount.set_currency(currency, exponent(currency))


class OwnerDialog(FormDialog):
    """Says which customer money of an unknown payer came from."""

    def __init__(self, desk: Desk, payment: PaymentRow, country: str, parent: QWidget) -> None:
        amount = desk.money(payment.amount_minor, payment.currency)
        title = tr("Whose money is the {amount}?").format(amount=amount)
        super().__init__(desk, title, tr("Set customer"), parent=parent)
        self._payment_id = payment.id
        self._customer_id: int | None = None
        self.customer = CustomerPicker(desk, country, self)
        about = [desk.formats.date(payment.received_on), payment.reference]
        text = label(" · ".join(part for part in about if part), "text2")
        text.setWordWrap(True)
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("customer_id", Field(tr("From"), self.customer.edit)))
        note = label(
            tr("It becomes the customer's credit and can be used for open invoices."), "text2"
        )
        note.setWordWrap(True)
        self.body.addWidget(note)
        self.finish_form()
        self.customer.chosen.connect(self.set_customer)
        self.customer.edit.setFocus()

    def set_customer(self, customer_id: int | None) -> None:
        """Whose money it is."""
        self._customer_id = customer_id

    def submit(self) -> None:
        if self._customer_id is None:
            self.show_problem(tr("Choose the customer."), "customer_id")
            return
        self.run(partial(self.desk.app.payments.assign, self._payment_id, self._customer_id))
