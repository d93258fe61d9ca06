"""Payments recorded by hand."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from billdesk.core.db.tables import Allocation, Document, Payment
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.actions import Action
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import PaymentChanged
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    Settlement,
    receipt_postings,
    reversed_postings,
)
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.texts import clean_line, clean_paragraphs
from billdesk.core.services.steps.base_currency import base_value, open_day, require_open
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.follow import follow_balance
from billdesk.core.services.steps.posting import find_entry, post, postings_of
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settlement import (
    allocate,
    recompute_document,
    recompute_payment,
    settlement_of,
)

# Characters, as the column holds.
LONGEST_REFERENCE = 200

MONEY_ACCOUNT = {
    PaymentMethod.CASH: Role.CASH,
    PaymentMethod.BANK: Role.BANK,
    PaymentMethod.CHEQUE: Role.BANK,
    PaymentMethod.OTHER: Role.OTHER_MONEY,
    PaymentMethod.STRIPE: Role.STRIPE_CLEARING,
}


@dataclass(frozen=True, slots=True)
class PaymentInput:
    """Money received for a document, in minor units of the document's currency."""

    document_id: int
    amount_minor: int
    method: PaymentMethod
    received_on: date
    reference: str = ""
    note: str = ""


class PaymentService:
    """Record and undo manual payments."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def record(self, given: PaymentInput) -> int:
        """Record money received; what exceeds the open amount becomes customer credit.

        Returns the payment's id. Raises ``UserError`` for an impossible amount or date,
        ``NotAllowed`` for a draft or void document.
        """
        check_day(given.received_on, "received_on")
        given = replace(
            given,
            reference=clean_line(given.reference, "reference", LONGEST_REFERENCE),
            note=clean_paragraphs(given.note, "note"),
        )
        with self._uow.write() as tx:
            document = load(tx, Document, given.document_id)
            require(tx, Action.PAY, document)
            if given.method is PaymentMethod.STRIPE:
                raise UserError("Stripe payments record themselves.", field="method")
            if not 0 < given.amount_minor <= LARGEST_MINOR:
                raise UserError("Enter the amount received.", field="amount_minor")
            if given.received_on > tx.today:
                raise UserError("The payment date lies in the future.", field="received_on")
            require_open(tx, given.received_on, "received_on")
            payment = receive(tx, document, given)
            follow_balance(tx, document)
            tx.audit("payment.recorded", f"document:{document.uid}", after=given)
            tx.tell(PaymentChanged(tx.company_id, document.id))
            return payment.id

    @use_case
    def undo(self, payment_id: int) -> None:
        """Take a manual payment back by a reversing entry. Raises ``NotAllowed``."""
        with self._uow.write() as tx:
            payment = load(tx, Payment, payment_id)
            if payment.method == PaymentMethod.STRIPE:
                raise NotAllowed("A Stripe payment is refunded at Stripe, not undone.")
            if payment.state == PaymentState.UNDONE:
                raise NotAllowed("This payment was undone already.")
            entry = find_entry(tx, "payment", payment.uid, EntryKind.RECEIVED)
            # As if it had never been recorded; what is closed stays as it was reported.
            day = open_day(tx, payment.received_on)
            if entry is not None:
                post(
                    tx,
                    EntryDraft(
                        EntryKind.RECEIPT_UNDONE,
                        "payment",
                        payment.uid,
                        day,
                        reversed_postings(postings_of(tx, entry)),
                        reverses_id=entry,
                    ),
                )
            payment.state = PaymentState.UNDONE.value
            payment.updated_at = tx.now
            documents = self._take_back(tx, payment, day)
            recompute_payment(tx, payment)
            for document in documents:
                recompute_document(tx, document)
                follow_balance(tx, document)
                tx.audit(
                    "payment.undone",
                    f"document:{document.uid}",
                    before={"amount_minor": payment.amount_minor, "method": payment.method},
                )
                tx.tell(PaymentChanged(tx.company_id, document.id))

    @staticmethod
    def _take_back(tx: Transaction, payment: Payment, day: date) -> list[Document]:
        rows = tx.connection.execute(
            select(Allocation.document_id, Allocation.minor, Allocation.base_minor).where(
                Allocation.payment_id == payment.id
            )
        ).all()
        for row in rows:
            back = Settlement(row.document_id, -row.minor, -row.base_minor)
            allocate(tx, payment, back, day)
        named = {row.document_id for row in rows} | {payment.document_id}
        return [load(tx, Document, one) for one in sorted(n for n in named if n is not None)]


def receive(tx: Transaction, document: Document, given: PaymentInput) -> Payment:
    """Insert the payment, allocate it to ``document`` and post it."""
    payment, settled = new_payment(tx, document, given)
    tx.session.add(payment)
    tx.session.flush()
    post(tx, receipt_entry(document, payment, settled))
    if settled.minor:
        allocate(tx, payment, settled, payment.received_on)
    recompute_payment(tx, payment)
    recompute_document(tx, document)
    return payment


def new_payment(
    tx: Transaction, document: Document, given: PaymentInput
) -> tuple[Payment, Settlement]:
    """The row of a payment for ``document`` and the part that settles it."""
    settled = settlement_of(document, given.amount_minor)
    surplus = given.amount_minor - settled.minor
    base_minor = settled.base_minor + base_value(tx, document.currency, document, surplus)
    payment = Payment(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=document.customer_id,
        document_id=document.id,
        method=given.method.value,
        state=PaymentState.SUCCEEDED.value,
        currency=document.currency,
        amount_minor=given.amount_minor,
        base_minor=base_minor,
        exchange_rate=document.exchange_rate,
        received_on=given.received_on,
        reference=given.reference.strip(),
        note=given.note.strip(),
        created_at=tx.now,
        updated_at=tx.now,
    )
    return payment, settled


def receipt_entry(document: Document, payment: Payment, settled: Settlement) -> EntryDraft:
    """The entry of a payment recorded by hand."""
    return EntryDraft(
        EntryKind.RECEIVED,
        "payment",
        payment.uid,
        payment.received_on,
        receipt_postings(
            money=MONEY_ACCOUNT[PaymentMethod(payment.method)],
            currency=payment.currency,
            amount_minor=payment.amount_minor,
            base_minor=payment.base_minor,
            settled=[settled] if settled.minor else [],
            customer_id=document.customer_id,
        ),
        memo=document.number or "",
    )
