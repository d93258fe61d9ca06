"""Post what Stripe did with the money: charge, fee, refunds, disputes. Each once, by its id."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from billdesk.core.db.tables import Document, Payment, Refund
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    PostingDraft,
    to_base,
    transfer_postings,
)
from billdesk.core.domain.outside import FeeState, PaymentMethod, PaymentState
from billdesk.core.domain.rounding import EXACT
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.gateways.stripe.facts import (
    BalanceFact,
    DisputeFact,
    PaymentSnapshot,
    RefundFact,
)
from billdesk.core.services.steps.base_currency import base_value, open_day
from billdesk.core.services.steps.disputes import lost_minor, regain
from billdesk.core.services.steps.posting import is_posted, post
from billdesk.core.services.steps.receipts import book_receipt
from billdesk.core.services.steps.refunds import (
    ask_about_refunds,
    change_of,
    explanation_of,
    purse_of,
    put_back,
    review,
)
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.settlement import (
    recompute_payment,
    recompute_refunds,
    settlement_of,
)

GONE = frozenset({"failed", "canceled"})
DISPUTED = "The customer disputes this payment. Answer at Stripe before the deadline."


def book_charge(
    tx: Transaction, document: Document, payment: Payment, seen: PaymentSnapshot, *, settle: bool
) -> None:
    """Stripe clearing / receivable; what the document does not take is customer credit.

    With ``settle`` false everything stays customer credit until a person has looked.
    """
    charge_id = seen.charge.id if seen.charge else payment.payment_intent or ""
    payment.charge = charge_id
    amount = payment.amount_minor
    same_currency = payment.currency == document.currency
    part = settlement_of(document, amount if settle and same_currency else 0)
    surplus_base = base_value(tx, payment.currency, document, amount - part.minor)
    payment.base_minor = part.base_minor + surplus_base
    book_receipt(
        tx,
        payment,
        [part],
        {document.id: document},
        kind=EntryKind.CHARGED,
        source=("charge", charge_id),
        memo=document.number or "",
    )
    tx.session.flush()
    recompute_payment(tx, payment)


def book_fee(tx: Transaction, document: Document, payment: Payment, seen: BalanceFact) -> None:
    """Payment fees / Stripe clearing, in the settlement currency of the balance transaction."""
    payment.fee_state = FeeState.FINAL.value
    payment.fee_next_try_at = None
    payment.fee_minor = seen.fee_minor
    payment.fee_currency = seen.currency
    payment.net_minor = seen.net_minor
    payment.balance_transaction = seen.id
    _transfer(
        tx,
        EntryKind.FEE,
        "fee",
        seen.id,
        open_day(tx, seen.created_at.date()),
        Role.PAYMENT_FEES,
        Role.STRIPE_CLEARING,
        seen.currency,
        seen.fee_minor,
        _settlement_base(tx, document, seen, seen.fee_minor),
        document,
    )


def book_refunds(
    tx: Transaction, document: Document, payment: Payment, seen: PaymentSnapshot
) -> None:
    """Refunds to explain / Stripe clearing for money that went back; reversed when it failed.

    Each has a row, which the owner gives a meaning. One that fails takes back what was said about
    it. A snapshot without refunds says nothing about earlier ones: they were not asked for.
    """
    if not seen.refunds:
        return
    for fact in seen.refunds:
        refund = _refund_row(tx, document, payment, fact)
        failed = fact.status in GONE
        posted = is_posted(tx, "refund", fact.id, EntryKind.REFUNDED)
        if not failed or posted:
            _transfer(
                tx,
                EntryKind.REFUNDED,
                "refund",
                fact.id,
                refund.refunded_on,
                Role.REFUNDS_TO_EXPLAIN,
                Role.STRIPE_CLEARING,
                refund.currency,
                refund.minor,
                refund.base_minor,
                document,
            )
        if failed and refund.state == PaymentState.SUCCEEDED:
            _fail_refund(tx, payment, refund)
        if failed and posted:
            _transfer(
                tx,
                EntryKind.REFUND_FAILED,
                "refund",
                fact.id,
                open_day(tx, fact.created_at.date()),
                Role.STRIPE_CLEARING,
                Role.REFUNDS_TO_EXPLAIN,
                refund.currency,
                refund.minor,
                refund.base_minor,
                document,
            )
    recompute_refunds(tx, payment)
    ask_about_refunds(payment)


def _refund_row(tx: Transaction, document: Document, payment: Payment, seen: RefundFact) -> Refund:
    """The row of a refund at Stripe, made when it is seen for the first time."""
    known = tx.session.scalar(
        select(Refund).where(Refund.company_id == tx.company_id, Refund.stripe_refund == seen.id)
    )
    if known is not None:
        return known
    refund = Refund(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=payment.customer_id,
        payment_id=payment.id,
        method=PaymentMethod.STRIPE.value,
        state=(PaymentState.FAILED if seen.status in GONE else PaymentState.SUCCEEDED).value,
        meaning=RefundMeaning.UNEXPLAINED.value,
        currency=seen.currency,
        minor=seen.amount_minor,
        base_minor=base_value(tx, seen.currency, document, seen.amount_minor),
        refunded_on=open_day(tx, seen.created_at.date()),
        stripe_refund=seen.id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(refund)
    tx.session.flush()
    return refund


def _fail_refund(tx: Transaction, payment: Payment, refund: Refund) -> None:
    """The money never went back: what its explanation did is reversed."""
    entry = explanation_of(tx, refund)
    explained = refund.meaning != RefundMeaning.UNEXPLAINED
    purse = purse_of(tx, refund) if explained else payment
    refund.state = PaymentState.FAILED.value
    refund.updated_at = tx.now
    tx.session.flush()
    if explained and entry is not None:
        put_back(tx, purse, refund, entry, source=change_of(refund), on=tx.today)


def book_disputes(
    tx: Transaction, document: Document, payment: Payment, seen: PaymentSnapshot
) -> None:
    """Disputed receivable / Stripe clearing when Stripe takes the money, back when it is won."""
    if not seen.disputes:
        return
    withdrawn = 0
    for dispute in seen.disputes:
        withdrawn += _book_movements(tx, document, dispute)
    lost = lost_minor(tx, payment)
    if lost > max(0, withdrawn):
        regain(tx, payment)
        lost = 0
    payment.disputed_minor = max(0, withdrawn - lost)
    review(payment, DISPUTED, wanted=payment.disputed_minor > 0)


def _book_movements(tx: Transaction, document: Document, dispute: DisputeFact) -> int:
    """Post the dispute's balance transactions; what is withdrawn now, in the dispute's currency."""
    net = 0
    for movement in dispute.movements:
        back = movement.amount_minor > 0
        size = abs(movement.amount_minor)
        base = _settlement_base(tx, document, movement, size)
        day = open_day(tx, movement.created_at.date())
        _transfer(
            tx,
            EntryKind.DISPUTE_REINSTATED if back else EntryKind.DISPUTE_WITHDRAWN,
            "dispute",
            movement.id,
            day,
            Role.STRIPE_CLEARING if back else Role.DISPUTED_RECEIVABLE,
            Role.DISPUTED_RECEIVABLE if back else Role.STRIPE_CLEARING,
            movement.currency,
            size,
            base,
            document,
        )
        _transfer(
            tx,
            EntryKind.FEE,
            "dispute_fee",
            movement.id,
            day,
            Role.PAYMENT_FEES,
            Role.STRIPE_CLEARING,
            movement.currency,
            movement.fee_minor,
            _settlement_base(tx, document, movement, movement.fee_minor),
            document,
        )
        net += -dispute.amount_minor if back else dispute.amount_minor
    return net


def _transfer(
    tx: Transaction,
    kind: EntryKind,
    source_type: str,
    source_id: str,
    day: date,
    debit: Role,
    credit: Role,
    currency: str,
    minor: int,
    base_minor: int,
    document: Document,
) -> None:
    if minor == 0 or is_posted(tx, source_type, source_id, kind):
        return
    postings: tuple[PostingDraft, ...] = transfer_postings(
        debit,
        credit,
        currency=currency,
        minor=minor,
        base_minor=base_minor,
        customer_id=document.customer_id,
        document_id=document.id,
    )
    post(tx, EntryDraft(kind, source_type, source_id, day, postings, memo=document.number or ""))


def _settlement_base(tx: Transaction, document: Document, seen: BalanceFact, minor: int) -> int:
    """``minor`` units of the settlement currency in the company's.

    Stripe's ``exchange_rate`` is settlement currency per unit of the charge's currency.
    """
    company = company_row(tx).currency
    if seen.currency == company or seen.exchange_rate is None:
        return base_value(tx, seen.currency, document, minor)
    rate: Decimal = EXACT.divide(document.exchange_rate, seen.exchange_rate)
    return to_base(minor, exponent(seen.currency), rate, exponent(company))
