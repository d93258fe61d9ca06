"""What can be done with money received and credit, wherever it is shown."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.queries.money import CustomerMoney, PaymentDetail, RefundRow, SettledDocument
from billdesk.core.queries.payments import PaymentRow
from billdesk.core.services.documents.results import Issued
from billdesk.core.services.payments import Share
from billdesk.ui.desk import Desk
from billdesk.ui.forms.soft_delete import UNDO_MS
from billdesk.ui.money.dispute_dialog import DisputeDialog
from billdesk.ui.money.fields import owed, usable
from billdesk.ui.money.give_back_dialog import GiveBackDialog
from billdesk.ui.money.received_dialogs import OwnerDialog, ReceivedDialog
from billdesk.ui.money.refund_dialog import RefundDialog
from billdesk.ui.money.stripe_refund_dialog import StripeRefundDialog
from billdesk.ui.money.undo_question import ask_undo
from billdesk.ui.money.use_dialog import MoveDialog, UseDialog
from billdesk.ui.text import tr


class MoneyActions(QObject):
    """Each action reads afresh before it asks or does anything."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._widget = parent

    # Credit and debts

    def use_payment(self, payment: PaymentRow) -> None:
        """Ask which open document of its customer a payment's rest is for."""
        if payment.customer_id is not None:
            self._ask_use(payment.customer_id, payment.currency, payment_id=payment.id)

    def use_credit_note(self, document_id: int) -> None:
        """Ask which open document a credit note is for."""
        self._with_document(
            document_id,
            lambda detail: self._ask_use(
                _customer(detail), detail.currency, credit_note_id=document_id
            ),
        )

    def use_for(self, document_id: int) -> None:
        """Ask which credit of its customer an open document is settled with."""
        self._with_document(
            document_id,
            lambda detail: self._ask_use(
                _customer(detail), detail.currency, document_id=document_id
            ),
        )

    def use_of_customer(self, customer_id: int) -> None:
        """Ask which credit of a customer is for which document; in the first currency of both."""

        def ask(money: CustomerMoney) -> None:
            credit = usable(money.has)
            debts = [one.currency for one in owed(money.owes)]
            currency = next((one.currency for one in credit if one.currency in debts), "")
            self._open_use(money, currency or (credit[0].currency if credit else ""))

        self._with_money(customer_id, ask)

    def take_off(self, payment: PaymentRow, settled: SettledDocument) -> None:
        """Take all that a payment settles of a document off it; with an Undo."""
        allocations = self._desk.app.allocations
        self._take_off(
            partial(allocations.take_off, payment.id, settled.document_id),
            partial(allocations.use_payment, payment.id),
            payment.currency,
            settled,
        )

    def take_note_off(self, note_id: int, currency: str, settled: SettledDocument) -> None:
        """Take all that a credit note settles of a document off it; with an Undo."""
        allocations = self._desk.app.allocations
        self._take_off(
            partial(allocations.take_note_off, note_id, settled.document_id),
            partial(allocations.use_credit_note, note_id),
            currency,
            settled,
        )

    def move(self, payment: PaymentRow, settled: SettledDocument) -> None:
        """Ask which other document money is moved to."""
        if payment.customer_id is None:
            return

        def ask(money: CustomerMoney) -> None:
            debts = [
                one
                for one in owed(money.owes)
                if one.currency == payment.currency and one.document_id != settled.document_id
            ]
            if not debts:
                self._desk.window.toasts.show(
                    tr("No other document of this customer is open."), icon="info"
                )
                return
            dialog = MoveDialog(
                self._desk,
                payment.id,
                (settled.document_id, settled.number, settled.minor),
                debts,
                self._widget,
            )
            dialog.succeeded.connect(
                lambda number: self._tell(tr("Moved to {number}.").format(number=number))
            )
            dialog.open()

        self._with_money(payment.customer_id, ask)

    # Payments

    def record(self) -> None:
        """Ask for money that came in without an invoice."""

        def ask(company: CompanyInfo) -> None:
            country = company.profile.address.country
            ReceivedDialog(self._desk, company.currency, country, self._widget).open()

        self._with_company(ask)

    def assign(self, payment: PaymentRow) -> None:
        """Ask whose the money of an unknown payer is."""

        def ask(company: CompanyInfo) -> None:
            country = company.profile.address.country
            OwnerDialog(self._desk, payment, country, self._widget).open()

        self._with_company(ask)

    def unassign(self, payment: PaymentRow) -> None:
        """It is not this customer's after all."""
        self._write(partial(self._desk.app.payments.unassign, payment.id))

    def give_back(self, detail: PaymentDetail) -> None:
        """Ask what of a payment goes back, and what that means."""

        def ask(company: CompanyInfo) -> None:
            GiveBackDialog.of_payment(self._desk, detail, company.currency, self._widget).open()

        self._with_company(ask)

    def pay_out(self, document_id: int) -> None:
        """Ask how what a credit note has left is paid out."""

        def ask(detail: DocumentDetail) -> None:
            note = (detail.id, detail.number or "", detail.currency)

            def open_in(company: CompanyInfo) -> None:
                GiveBackDialog.of_credit_note(
                    self._desk, note, detail.open_minor, company.currency, self._widget
                ).open()

            self._with_company(open_in)

        self._with_document(document_id, ask)

    def explain(self, refund: RefundRow) -> None:
        """Ask what money that went back at Stripe was for."""
        RefundDialog(self._desk, refund, self._widget).open()

    def refund(self, payment_id: int) -> None:
        """Ask how much of a payment Stripe pays back, and what that means."""

        def ask(detail: PaymentDetail) -> None:
            dialog = StripeRefundDialog(self._desk, detail, self._widget)
            dialog.succeeded.connect(lambda _id: self._ordered(detail.payment.id))
            dialog.open()

        self._read(partial(self._desk.app.queries.payment, payment_id), ask)

    def explain_dispute(self, payment_id: int, minor: int, currency: str) -> None:
        """Ask what it means that the customer's bank keeps what it took back."""
        DisputeDialog(self._desk, payment_id, minor, currency, self._widget).open()

    def take_order_back(self, refund: RefundRow) -> None:
        """Withdraw a refund that was not sent, or be done with one that came to nothing."""
        text = tr("Noted.")
        if refund.state is PaymentState.ORDERED:
            text = tr("Refund withdrawn; nothing was sent to Stripe.")
            if refund.meaning is RefundMeaning.CREDIT_NOTE:
                text = tr(
                    "Refund withdrawn; nothing was sent to Stripe. Its credit note stays as credit."
                )
        self._write(
            partial(self._desk.app.refund_orders.take_back, refund.id),
            lambda _none: self._tell(text),
        )

    def undo_refund(self, refund_id: int) -> None:
        """Take a refund by hand back."""
        self._write(partial(self._desk.app.refunds.undo, refund_id))

    def undo(self, payment_id: int) -> None:
        """Ask with what follows from it, then take a payment by hand back."""

        def ask(detail: PaymentDetail) -> None:
            payment = detail.payment
            text = tr("Payment of {amount} undone.").format(
                amount=self._desk.money(payment.amount_minor, payment.currency)
            )
            work = partial(self._desk.app.payments.undo, payment_id)
            ask_undo(
                self._desk,
                detail,
                self._widget,
                lambda: self._write(work, lambda _none: self._tell(text)),
            )

        self._read(partial(self._desk.app.queries.payment, payment_id), ask)

    def receipt(self, payment_id: int) -> None:
        """Make a receipt; it is sent from its own page."""

        def told(made: Issued) -> None:
            self._desk.window.toasts.show(
                tr("{number} is issued.").format(number=made.number),
                action=tr("Open"),
                on_action=partial(self._desk.window.open_page, "invoice", made.document_id),
                duration_ms=UNDO_MS,
                icon="check",
            )

        self._write(partial(self._desk.app.papers.receipt, payment_id), told)

    # Inside

    def _ask_use(
        self,
        customer_id: int,
        currency: str,
        *,
        payment_id: int | None = None,
        credit_note_id: int | None = None,
        document_id: int | None = None,
    ) -> None:
        def ask(money: CustomerMoney) -> None:
            self._open_use(money, currency, (payment_id, credit_note_id), document_id)

        self._with_money(customer_id, ask)

    def _open_use(
        self,
        money: CustomerMoney,
        currency: str,
        purse: tuple[int | None, int | None] = (None, None),
        document_id: int | None = None,
    ) -> None:
        """Open the dialog, or say why there is nothing to choose."""
        credit = [one for one in usable(money.has) if one.currency == currency]
        if purse != (None, None):
            credit = [one for one in credit if (one.payment_id, one.credit_note_id) == purse]
        debts = [one for one in owed(money.owes) if one.currency == currency]
        if document_id is not None:
            debts = [one for one in debts if one.document_id == document_id]
        if not credit:
            why = tr("This customer has no credit to use.")
        elif not debts:
            why = tr("This customer owes nothing the credit could be used for.")
        else:
            dialog = UseDialog(self._desk, credit, debts, self._widget)
            dialog.succeeded.connect(
                lambda number: self._tell(tr("Credit used for {number}.").format(number=number))
            )
            dialog.open()
            return
        self._desk.window.toasts.show(why, icon="info")

    def _take_off(
        self,
        work: Callable[[], int],
        use: Callable[[Share], None],
        currency: str,
        settled: SettledDocument,
    ) -> None:
        def told(minor: int) -> None:
            # What was taken off, which may be more than was on show when it was asked for.
            text = tr("{amount} no longer pays {number}; it is credit now.").format(
                amount=self._desk.money(minor, currency), number=settled.number
            )
            back = partial(use, Share(settled.document_id, minor))
            self._tell(text, partial(self._write, back))

        self._write(work, told)

    def _ordered(self, payment_id: int) -> None:
        self._desk.window.toasts.show(
            tr("Refund ordered. Stripe is told as soon as it can be reached."),
            action=tr("Show"),
            on_action=partial(self._desk.window.open_page, "payments", payment_id),
            duration_ms=UNDO_MS,
            icon="check",
        )

    def _tell(self, text: str, undo: Callable[[], object] | None = None) -> None:
        if undo is None:
            self._desk.window.toasts.show(text, icon="check")
        else:
            self._desk.window.toasts.show(
                text, action=tr("Undo"), on_action=undo, duration_ms=UNDO_MS, icon="check"
            )

    def _with_money(self, customer_id: int, then: Callable[[CustomerMoney], object]) -> None:
        self._read(partial(self._desk.app.queries.customer_money, customer_id), then)

    def _with_document(self, document_id: int, then: Callable[[DocumentDetail], object]) -> None:
        self._read(partial(self._desk.app.queries.document, document_id), then)

    def _with_company(self, then: Callable[[CompanyInfo], object]) -> None:
        self._read(self._desk.app.queries.company, then)

    def _read(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        self._desk.lanes.read(work).then(then, self._desk.report, owner=self)

    def _write(
        self, work: Callable[[], object], then: Callable[[Any], object] = lambda _result: None
    ) -> None:
        self._desk.lanes.write(work).then(then, self._desk.report, owner=self)


def _customer(detail: DocumentDetail) -> int:
    return detail.customer.id if detail.customer is not None else 0
