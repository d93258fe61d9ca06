"""Debts that are not paid in money: write-off, bad debt, discount, withholding, rounding."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from billdesk.core.db.tables import Allocation, Deduction, Document, Payment
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.early_payment import DiscountTerms, early_payment_discount
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.domain.texts import clean_line
from billdesk.core.services.payments.inputs import LONGEST_REASON, check_amount, check_past
from billdesk.core.services.steps.base_currency import require_open
from billdesk.core.services.steps.deductions import deduct, undo_deduction
from billdesk.core.services.steps.disputes import lose_dispute
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.movements import lock_documents
from billdesk.core.services.steps.rows import load


@dataclass(frozen=True, slots=True)
class DeductionInput:
    """``minor`` units of a document's currency that are not paid, and why.

    ``reason`` is needed to write off and to grant a discount outside its terms.
    """

    document_id: int
    kind: DeductionKind
    minor: int
    occurred_on: date
    reason: str = ""


class DeductionService:
    """Record and undo deductions; say what a lost dispute means."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def deduct(self, given: DeductionInput) -> int:
        """Settle a part of a document without money; returns the deduction's id.

        Raises ``UserError`` for an impossible amount or date, for a discount outside its terms
        without a reason; ``NotAllowed`` for a document that nobody owes.
        """
        check_amount(given.minor, "minor")
        given = replace(given, reason=clean_line(given.reason, "reason", LONGEST_REASON))
        with self._uow.write() as tx:
            check_past(given.occurred_on, tx.today, "occurred_on")
            require_open(tx, given.occurred_on, "occurred_on")
            document = load(tx, Document, given.document_id)
            require(tx, Action.PAY, document)
            _check(tx, document, given)
            if document.unexplained_refund_minor:
                raise NotAllowed("Say first what the refund of this invoice was for.")
            before = document.open_minor
            deduction = deduct(
                tx, document, given.kind, given.minor, given.occurred_on, given.reason
            )
            tx.audit(
                "deduction.recorded",
                f"document:{document.uid}",
                before={"open_minor": before},
                after={
                    "open_minor": document.open_minor,
                    "kind": given.kind,
                    "minor": given.minor,
                    "reason": given.reason,
                },
            )
            tx.tell(PaymentChanged(tx.company_id, document.id))
            return deduction.id

    @use_case
    def undo(self, deduction_id: int) -> None:
        """The customer owes it again. Raises ``NotAllowed`` when it was undone already."""
        with self._uow.write() as tx:
            of = tx.connection.scalar(
                select(Deduction.document_id).where(
                    Deduction.id == deduction_id, Deduction.company_id == tx.company_id
                )
            )
            documents = lock_documents(tx, [of])
            deduction = load(tx, Deduction, deduction_id)
            if deduction.undone_at is not None:
                raise NotAllowed("This was undone already.")
            document = documents[deduction.document_id]
            undo_deduction(tx, document, deduction)
            tx.tell(PaymentChanged(tx.company_id, document.id))

    @use_case
    def dispute_lost(self, payment_id: int, *, bad_debt: bool, reason: str = "") -> None:
        """Say what a dispute means that is lost: the customer owes again, or it is a bad debt.

        That is so for every invoice that the payment settles, as far as the money was theirs.

        Should the bank give the money back after all, the payment settles again what is open.
        Raises ``NotAllowed`` when no money of the payment is disputed.
        """
        reason = clean_line(reason, "reason", LONGEST_REASON)
        with self._uow.write() as tx:
            meant = tx.connection.scalar(
                select(Payment.document_id).where(
                    Payment.id == payment_id, Payment.company_id == tx.company_id
                )
            )
            settled = tx.connection.scalars(
                select(Allocation.document_id).where(
                    Allocation.company_id == tx.company_id, Allocation.payment_id == payment_id
                )
            )
            documents = lock_documents(tx, [meant, *settled])
            payment = load(tx, Payment, payment_id)
            if payment.disputed_minor <= 0:
                raise NotAllowed("No money of this payment is disputed.")
            disputed = payment.disputed_minor
            before = {one: document.open_minor for one, document in documents.items()}
            given_up = lose_dispute(tx, payment, documents.get(payment.document_id or 0))
            if not documents:
                tx.audit(
                    "dispute.lost",
                    f"payment:{payment.uid}",
                    before={"disputed_minor": disputed},
                    after={"minor": given_up, "currency": payment.currency, "reason": reason},
                )
                tx.tell(MoneyChanged(tx.company_id))
            for one, document in documents.items():
                reopened = document.open_minor - before[one]
                if reopened <= 0 and one != payment.document_id:
                    continue
                if bad_debt and reopened > 0:
                    why = reason or "Dispute lost"
                    deduct(tx, document, DeductionKind.BAD_DEBT, reopened, tx.today, why)
                tx.audit(
                    "dispute.lost",
                    f"document:{document.uid}",
                    before={"disputed_minor": disputed, "open_minor": before[one]},
                    after={
                        "bad_debt": bad_debt,
                        "minor": given_up,
                        "currency": payment.currency,
                        "open_minor": document.open_minor,
                        "reason": reason,
                    },
                )
                tx.tell(PaymentChanged(tx.company_id, document.id))


def _check(tx: Transaction, document: Document, given: DeductionInput) -> None:
    if given.minor > document.open_minor:
        raise UserError(f"{document.number} has less open than that.", field="minor")
    if document.issued_on is not None and given.occurred_on < document.issued_on:
        raise UserError("The invoice was issued later than that.", field="occurred_on")
    if given.kind in (DeductionKind.WRITE_OFF, DeductionKind.BAD_DEBT) and not given.reason:
        raise UserError("Say why it will not be paid; it stays in the books.", field="reason")
    if given.kind is DeductionKind.CASH_ROUNDING and given.minor >= 10 ** exponent(
        document.currency
    ):
        raise UserError("A rounding difference is smaller than one whole unit.", field="minor")
    if given.kind is DeductionKind.EARLY_PAYMENT_DISCOUNT and not given.reason:
        _check_discount(tx, document, given)


def _check_discount(tx: Transaction, document: Document, given: DeductionInput) -> None:
    """A discount by the document's terms needs no reason. Raises ``UserError`` outside them."""
    override = "; give a reason to grant it all the same."
    if document.discount_percent is None or document.discount_days is None:
        raise UserError(
            f"{document.number} offers no discount for paying early{override}", field="reason"
        )
    terms = DiscountTerms(document.discount_percent, document.discount_days)
    last = terms.until(document.issued_on or given.occurred_on)
    if given.occurred_on > last:
        raise UserError(f"The discount was for paying by {last}{override}", field="occurred_on")
    asked = document.total_minor - document.prepaid_minor - document.withheld_minor
    due = asked - document.credited_minor
    allowed = due - early_payment_discount((), document.total_minor, due, terms).pay_minor
    granted = tx.connection.scalar(
        select(func.coalesce(func.sum(Deduction.minor), 0)).where(
            Deduction.document_id == document.id,
            Deduction.kind == DeductionKind.EARLY_PAYMENT_DISCOUNT.value,
            Deduction.undone_at.is_(None),
        )
    )
    if given.minor + int(granted or 0) > allowed:
        raise UserError(f"The terms allow a smaller discount{override}", field="minor")
