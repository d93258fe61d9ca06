"""The entry that all of these have in common: from one account to another, once."""

from datetime import date
from decimal import Decimal

from billdesk.core.db.tables import Document, Payment
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
from billdesk.core.domain.rounding import EXACT
from billdesk.core.gateways.stripe.facts import BalanceFact
from billdesk.core.services.steps.base_currency import value_at
from billdesk.core.services.steps.posting import is_posted, post
from billdesk.core.services.steps.settings import company_row


def transfer(
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
    payment: Payment,
) -> None:
    """Debit one account and credit the other, unless that is done or there is nothing to move.

    The entry is about the customer and the document of ``payment``, as far as they are known.
    """
    if minor == 0 or is_posted(tx, source_type, source_id, kind):
        return
    postings: tuple[PostingDraft, ...] = transfer_postings(
        debit,
        credit,
        currency=currency,
        minor=minor,
        base_minor=base_minor,
        customer_id=payment.customer_id,
        document_id=payment.document_id,
    )
    post(tx, EntryDraft(kind, source_type, source_id, day, postings, memo=memo_of(tx, payment)))


def memo_of(tx: Transaction, payment: Payment) -> str:
    """What entries about a payment are remembered by: its document's number."""
    if payment.document_id is None:
        return payment.reference
    return tx.session.get_one(Document, payment.document_id).number or ""


def subject_of(tx: Transaction, payment: Payment) -> str:
    """What the audit log says a payment is about."""
    if payment.document_id is None:
        return f"payment:{payment.uid}"
    return f"document:{tx.session.get_one(Document, payment.document_id).uid}"


def settlement_base(tx: Transaction, payment: Payment, seen: BalanceFact, minor: int) -> int:
    """``minor`` units of the settlement currency in the company's.

    Stripe's ``exchange_rate`` is settlement currency per unit of the charge's currency.
    """
    company = company_row(tx).currency
    if seen.currency == company or seen.exchange_rate is None:
        return value_at(tx, seen.currency, payment.exchange_rate, minor)
    rate: Decimal = EXACT.divide(payment.exchange_rate, seen.exchange_rate)
    return to_base(minor, exponent(seen.currency), rate, exponent(company))
