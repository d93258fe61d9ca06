"""Money paid back through Stripe: how much of a payment, why, and what that means in the books."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.outside import RefundReason
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.money import PaymentDetail
from billdesk.core.services.payments import RefundOrder
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, Pair
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.money.fields import amount_title, money_edit
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.field import Field, text_field


def reason_words() -> list[Pair]:
    """What Stripe is told, the usual one first."""
    return [
        (RefundReason.REQUESTED, tr("Customer asked")),
        (RefundReason.DUPLICATE, tr("Paid twice")),
    ]


class StripeRefundDialog(FormDialog):
    """Orders one refund; what is proposed is what settles nothing, else all that is left."""

    def __init__(self, desk: Desk, detail: PaymentDetail, parent: QWidget) -> None:
        payment = detail.payment
        super().__init__(desk, tr("Refund through Stripe"), tr("Refund"), parent=parent)
        self._payment = payment
        self._left_minor = detail.refundable_minor
        surplus = min(payment.unallocated_minor, self._left_minor)
        left = desk.money(self._left_minor, payment.currency)
        about = label(
            tr("Payment of {day}; {amount} of it can go back.").format(
                day=desk.formats.date(payment.received_on), amount=left
            ),
            "text2",
        )
        about.setWordWrap(True)
        self.amount = money_edit(desk, payment.currency, surplus or self._left_minor)
        twice = surplus > 0
        self.reason = ChoiceBox(
            reason_words(), RefundReason.DUPLICATE if twice else RefundReason.REQUESTED
        )
        self.meaning = ChoiceBox(
            self._meanings(surplus, has_invoice=payment.document_id is not None),
            RefundMeaning.CREDIT_RETURNED if twice else None,
        )
        text, self.text = text_field(tr("Reason on the credit note"), optional=True)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        first = row(spacing=16)
        amount = Field(amount_title(payment.currency), self.amount)
        first.addWidget(self.add_field("minor", amount), 1)
        first.addWidget(self.add_field("reason", Field(tr("Why"), self.reason)), 1)
        self._text = self.add_field("text", text)
        self.body.addWidget(about)
        self.body.addLayout(first)
        self.body.addWidget(self.add_field("meaning", Field(tr("In the books"), self.meaning)))
        self.body.addWidget(self._text)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.meaning.valueChanged.connect(self._explain)
        self.amount.valueChanged.connect(self._explain)
        self._explain()
        self.amount.selectAll()
        self.amount.setFocus()

    def submit(self) -> None:
        minor = self.amount.minor
        if not minor:
            self.show_problem(self.amount.problem or tr("Enter the amount."), "minor")
            return
        order = RefundOrder(
            self._payment.id,
            minor,
            self.meaning.value,
            self.reason.value,
            self.text.text().strip(),
        )
        self.run(partial(self.desk.app.refund_orders.order, order))

    @staticmethod
    def _meanings(surplus: int, *, has_invoice: bool) -> list[Pair]:
        found: list[Pair] = []
        if has_invoice:
            found.append((RefundMeaning.CREDIT_NOTE, tr("Take the sale back, with a credit note")))
        if surplus:
            found.append((RefundMeaning.CREDIT_RETURNED, tr("Return credit the customer has")))
        if has_invoice:
            found.append((RefundMeaning.REOPENED, tr("The customer owes it again")))
        found.append((RefundMeaning.GOODWILL, tr("Goodwill: the sale stands")))
        return found

    def _explain(self, *_value: object) -> None:
        meaning = self.meaning.value
        self._text.setVisible(meaning is RefundMeaning.CREDIT_NOTE)
        if not self.amount.minor:
            self.consequence.setText(tr("Enter the amount."))
            self.fit()
            return
        amount = self.desk.money(self.amount.minor, self._payment.currency)
        books = {
            RefundMeaning.CREDIT_NOTE: tr(
                "A credit note over {amount} is issued now, or one that is still open is used. "
                "Should Stripe refuse, it keeps its credit and you can pay it out another way."
            ),
            RefundMeaning.CREDIT_RETURNED: tr(
                "The customer has {amount} less credit; every invoice stays paid."
            ),
            RefundMeaning.REOPENED: tr(
                "{amount} of the invoice is open again once the money is gone."
            ),
            RefundMeaning.GOODWILL: tr(
                "The invoice stays paid, with its tax; {amount} is an expense of yours."
            ),
        }[meaning]
        stripe = tr(
            "Stripe pays {amount} back the way it was paid, which takes five to ten days at most "
            "banks, and keeps its fee for the payment. This cannot be called back once it is sent."
        )
        self.consequence.setText(f"{stripe}\n\n{books}".format(amount=amount))
        self.fit()
