"""The entry that all of these have in common: from one account to another, once."""

from datetime import date
from decimal import Decimal

from billdesk.core.db.tables import Document
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
from billdesk.core.services.steps.base_currency import base_value
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
    document: Document,
) -> None:
    """Debit one account and credit the other, unless that is done or there is nothing to move."""
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


def settlement_base(tx: Transaction, document: Document, seen: BalanceFact, minor: int) -> int:
    """``minor`` units of the settlement currency in the company's.

    Stripe's ``exchange_rate`` is settlement currency per unit of the charge's currency.
    """
    company = company_row(tx).currency
    if seen.currency == company or seen.exchange_rate is None:
        return base_value(tx, seen.currency, document, minor)
    rate: Decimal = EXACT.divide(document.exchange_rate, seen.exchange_rate)
    return to_base(minor, exponent(seen.currency), rate, exponent(company))
