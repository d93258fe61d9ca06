"""The question before a payment is undone: what is open again, what no longer holds."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.money import PaymentDetail
from billdesk.ui.desk import Desk
from billdesk.ui.text import tr
from billdesk.ui.widgets.dialog import ConfirmDialog, confirm


def ask_undo(
    desk: Desk, detail: PaymentDetail, parent: QWidget, on_confirmed: Callable[[], object]
) -> ConfirmDialog:
    """Ask, with the numbers of today, whether a payment by hand was none."""
    payment = detail.payment
    question = tr("Undo the payment of {amount}?").format(
        amount=desk.money(payment.amount_minor, payment.currency)
    )
    return confirm(
        parent, question, _consequence(desk, detail), tr("Undo payment"), on_confirmed, danger=True
    )


def _consequence(desk: Desk, detail: PaymentDetail) -> str:
    payment = detail.payment
    said = [
        tr("{number} will be open by {amount} again.").format(
            number=one.number, amount=desk.money(one.minor, payment.currency)
        )
        for one in detail.settles
    ]
    if payment.unallocated_minor:
        rest = desk.money(payment.unallocated_minor, payment.currency)
        words = (
            tr("{amount} of credit is gone.")
            if payment.customer_id is not None
            else tr("{amount} of an unknown payer is gone.")
        )
        said.append(words.format(amount=rest))
    said.extend(
        tr("Receipt {number} no longer holds: tell the customer.").format(number=one)
        for one in detail.receipts
    )
    said.append(tr("A payment that is undone does not come back; it would be recorded anew."))
    return " ".join(said)
