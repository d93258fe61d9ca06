"""Money given back by hand, and what money that went back at Stripe means."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from billdesk.core.db.tables import Document, Payment, Refund
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.currencies import check_rate, exponent
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.ledger import EntryKind
from billdesk.core.domain.money import Money
from billdesk.core.domain.outside import RECEIVED, PaymentMethod, PaymentState
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.domain.texts import clean_line, clean_paragraphs
from billdesk.core.services.payments.inputs import (
    LONGEST_REFERENCE,
    check_amount,
    check_past,
)
from billdesk.core.services.steps.bank_lines import reopen_line_of
from billdesk.core.services.steps.base_currency import require_open
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.movements import Purse, lock_documents
from billdesk.core.services.steps.numbers import lock_series
from billdesk.core.services.steps.paid_out import PaidOut, money_out, paid_out
from billdesk.core.services.steps.posting import find_entry
from billdesk.core.services.steps.refund_orders import left_to_refund, require_unordered
from billdesk.core.services.steps.refunds import (
    change_of,
    credit_for,
    explanation_of,
    purse_of,
    put_back,
    take_out,
    to_explain,
)
from billdesk.core.services.steps.rows import load

_OF_A_PAYMENT = (RefundMeaning.CREDIT_RETURNED, RefundMeaning.REOPENED, RefundMeaning.GOODWILL)


@dataclass(frozen=True, slots=True)
class RefundInput:
    """Money given back by hand, in minor units of the payment's or credit note's currency.

    Out of a payment it is the rest that settled nothing (credit returned), a settled part (the debt
    of ``document_id`` stands again) or goodwill; out of a credit note it is what it has open.

    ``exchange_rate`` is company currency per unit on the day it left; ``paid_minor`` of
    ``paid_currency`` what left where that was in another currency. Without them it is worth what
    it was worth when it came in.
    """

    minor: int
    method: PaymentMethod
    refunded_on: date
    payment_id: int | None = None
    credit_note_id: int | None = None
    meaning: RefundMeaning = RefundMeaning.CREDIT_RETURNED
    document_id: int | None = None
    reference: str = ""
    note: str = ""
    exchange_rate: Decimal | None = None
    paid_currency: str | None = None
    paid_minor: int | None = None


class RefundService:
    """Give money back, explain refunds seen at Stripe, undo both."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def refund(self, given: RefundInput) -> int:
        """Record money that was given back by hand; returns the refund's id.

        Raises ``UserError`` for more than there is, ``NotAllowed`` for money at Stripe.
        """
        check_amount(given.minor, "minor")
        _check_paid(given)
        if given.method is PaymentMethod.STRIPE:
            raise UserError("Refunds at Stripe record themselves.", field="method")
        given = replace(
            given,
            reference=clean_line(given.reference, "reference", LONGEST_REFERENCE),
            note=clean_paragraphs(given.note, "note"),
        )
        with self._uow.write() as tx:
            check_past(given.refunded_on, tx.today, "refunded_on")
            require_open(tx, given.refunded_on, "refunded_on")
            purse = _purse(tx, given)
            if isinstance(purse, Payment):
                _check_left(tx, purse, given.minor)
            if isinstance(purse, Document) or given.meaning is RefundMeaning.CREDIT_RETURNED:
                require_unordered(tx, purse, given.minor)
            out = paid_out(
                tx,
                purse,
                given.minor,
                exchange_rate=given.exchange_rate,
                currency=given.paid_currency,
                left_minor=given.paid_minor,
            )
            refund = _row(tx, purse, out, given)
            tx.session.add(refund)
            tx.session.flush()
            take_out(
                tx,
                purse,
                refund,
                money_out(given.method, purse.currency, out),
                kind=EntryKind.REFUNDED,
                source=("refund", refund.uid),
                on=given.refunded_on,
                document_id=given.document_id,
            )
            _audit(tx, "refund.recorded", refund, after=given)
            return refund.id

    @use_case
    def undo(self, refund_id: int) -> None:
        """Take a refund by hand back. Raises ``NotAllowed`` for one made at Stripe."""
        with self._uow.write() as tx:
            refund = load(tx, Refund, refund_id)
            if refund.method == PaymentMethod.STRIPE:
                raise NotAllowed("What happened at Stripe cannot be undone here.")
            if refund.state != PaymentState.SUCCEEDED:
                raise NotAllowed("This refund was undone already.")
            purse = purse_of(tx, refund)
            entry = find_entry(tx, "refund", refund.uid, EntryKind.REFUNDED)
            refund.state = PaymentState.UNDONE.value
            refund.updated_at = tx.now
            tx.session.flush()
            if entry is not None:
                put_back(tx, purse, refund, entry, source=("refund", refund.uid), on=tx.today)
            reopen_line_of(tx, refund)
            _audit(tx, "refund.undone", refund, before={"minor": refund.minor})

    @use_case
    def explain(
        self,
        refund_id: int,
        meaning: RefundMeaning = RefundMeaning.CREDIT_NOTE,
        reason: str = "",
    ) -> int | None:
        """Say what a refund at Stripe means.

        The sale is taken back: the invoice's credit note that still has as much to give was paid
        out, or a new one is issued; its id is returned. Or the debt stands again, it was goodwill,
        or credit that was returned.

        Raises ``NotAllowed`` when it was explained or did not go through, ``UserError`` where the
        payment or invoice has less than that.
        """
        with_note = meaning is RefundMeaning.CREDIT_NOTE
        if not with_note and meaning not in _OF_A_PAYMENT:
            raise UserError("Choose what the refund means.", field="meaning")
        with self._uow.write() as tx:
            if with_note:
                lock_series(tx, DocumentKind.CREDIT_NOTE)
            refund, payment = _to_explain(tx, refund_id)
            purse: Purse = payment
            if with_note:
                purse = credit_for(tx, refund, payment, reason)
                refund.credit_note_id = purse.id
            refund.meaning = meaning.value
            refund.updated_at = tx.now
            tx.session.flush()
            take_out(
                tx,
                purse,
                refund,
                [to_explain(refund, payment.document_id)],
                kind=EntryKind.REFUND_EXPLAINED,
                source=change_of(refund),
                on=tx.today,
            )
            _audit(
                tx,
                "refund.explained",
                refund,
                before={"meaning": RefundMeaning.UNEXPLAINED},
                after={"meaning": meaning, "minor": refund.minor, "currency": refund.currency},
            )
            return refund.credit_note_id

    @use_case
    def take_explanation_back(self, refund_id: int) -> None:
        """Undo what explaining did; a credit note that was made for it stays, with its credit.

        Raises ``NotAllowed`` when there is nothing to take back.
        """
        with self._uow.write() as tx:
            refund = load(tx, Refund, refund_id)
            entry = explanation_of(tx, refund)
            explained = refund.meaning != RefundMeaning.UNEXPLAINED
            if entry is None or not explained or refund.state != PaymentState.SUCCEEDED:
                raise NotAllowed("This refund has no explanation to take back.")
            purse = purse_of(tx, refund)
            before = refund.meaning
            refund.meaning = RefundMeaning.UNEXPLAINED.value
            refund.credit_note_id = None
            refund.updated_at = tx.now
            tx.session.flush()
            put_back(tx, purse, refund, entry, source=change_of(refund), on=tx.today)
            _audit(tx, "refund.unexplained", refund, before={"meaning": before})


def _to_explain(tx: Transaction, refund_id: int) -> tuple[Refund, Payment]:
    refund = load(tx, Refund, refund_id)
    purse = purse_of(tx, refund)
    if refund.meaning != RefundMeaning.UNEXPLAINED or not isinstance(purse, Payment):
        raise NotAllowed("It has been said already what this refund means.")
    if refund.state != PaymentState.SUCCEEDED:
        raise NotAllowed("This refund did not go through; there is nothing to explain.")
    return refund, purse


def _purse(tx: Transaction, given: RefundInput) -> Purse:
    if (given.payment_id is None) == (given.credit_note_id is None):
        raise UserError("Choose the payment or credit note that is given back.", field="payment_id")
    if given.credit_note_id is not None:
        note = load(tx, Document, given.credit_note_id)
        require(tx, Action.USE_CREDIT, note)
        return note
    if given.meaning not in _OF_A_PAYMENT:
        raise UserError("Choose what the refund means.", field="meaning")
    lock_documents(tx, [given.document_id])
    payment = load(tx, Payment, given.payment_id or 0)
    if payment.state not in RECEIVED:
        raise NotAllowed("This payment has not arrived or was undone.")
    return payment


def _check_paid(given: RefundInput) -> None:
    if given.exchange_rate is not None:
        check_rate(given.exchange_rate)
    if (given.paid_currency is None) != (given.paid_minor is None):
        raise UserError("Give the amount that left with its currency.", field="paid_minor")
    if given.paid_currency is not None and given.paid_minor is not None:
        exponent(given.paid_currency, "paid_currency")
        check_amount(given.paid_minor, "paid_minor")


def _check_left(tx: Transaction, payment: Payment, minor: int) -> None:
    """Whatever it means: no more goes back of a payment than it brought."""
    left = left_to_refund(tx, payment)
    if minor > left:
        rest = Money(left, payment.currency)
        raise UserError(
            f"There is less than that to give back of this payment: {rest}. What "
            "you give on top of it is an expense of yours, not a refund.",
            field="minor",
        )


def _row(tx: Transaction, purse: Purse, out: PaidOut, given: RefundInput) -> Refund:
    of_note = isinstance(purse, Document)
    return Refund(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=purse.customer_id,
        payment_id=given.payment_id,
        credit_note_id=given.credit_note_id,
        method=given.method.value,
        state=PaymentState.SUCCEEDED.value,
        meaning=(RefundMeaning.CREDIT_NOTE if of_note else given.meaning).value,
        currency=purse.currency,
        minor=out.worth.minor,
        base_minor=out.worth.base_minor,
        paid_currency=out.currency,
        paid_minor=out.minor if out.currency is not None else None,
        refunded_on=given.refunded_on,
        reference=given.reference,
        note=given.note,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _audit(
    tx: Transaction, action: str, refund: Refund, *, before: object = None, after: object = None
) -> None:
    """Keep ``action`` with the document it is about, without one with the refund."""
    subject = f"refund:{refund.uid}"
    payment = tx.session.get(Payment, refund.payment_id) if refund.payment_id else None
    about = payment.document_id if payment else refund.credit_note_id
    if about is not None:
        subject = f"document:{tx.session.get_one(Document, about).uid}"
    tx.audit(action, subject, before=before, after=after)
