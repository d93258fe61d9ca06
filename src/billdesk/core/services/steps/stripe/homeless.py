"""Money at Stripe for an invoice that the books do not have: what is known of it all the same.

Books restored from a backup do not know what was issued after it; the payment's metadata does.
"""

import hmac
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from billdesk.core.db.tables import Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.questions import NO_HOME
from billdesk.core.domain.rounding import EXACT
from billdesk.core.gateways.stripe.charges import ATTEMPT_KEY
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.link_params import METADATA_VERSION, reference
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.stripe.links import is_money, names_this_company

NOT_SIGNED = (
    "Stripe has money for an invoice that these books do not have, and its reference is not one "
    "that BillDesk signed. Look it up at Stripe before you say whose it is."
)
# What a document's number may have (NumberPattern); metadata is whatever somebody wrote.
LONGEST_NUMBER = 40


class NoRate(BillDeskError):
    """Nothing tells what a currency is worth; Stripe's balance transaction may, later."""


def is_ours_without_link(tx: Transaction, seen: PaymentSnapshot) -> bool:
    """Whether it is these books' money all the same: known already, or asked for by them."""
    if tx.connection.scalar(_known_as(tx, seen, Payment.id)) is not None:
        return True
    return is_money(seen) and names_this_company(tx, seen)


def home_of(tx: Transaction, seen: PaymentSnapshot) -> int | None:
    """The document that money without a link was assigned to."""
    found: int | None = tx.connection.scalar(_known_as(tx, seen, Payment.document_id))
    return found


def number_meant(seen: PaymentSnapshot) -> str:
    """The number of the invoice that the payment says it is for."""
    return seen.metadata.get("invoice_no", "")[:LONGEST_NUMBER]


def question_about(tx: Transaction, seen: PaymentSnapshot) -> str:
    """What the owner is asked about money without a home."""
    intent = seen.intent
    if intent is None:
        return NO_HOME
    install = install_row(tx)
    signed = seen.metadata.get("ref", "")
    named = {**seen.metadata, "company": company_row(tx).uid}
    if ATTEMPT_KEY in named:
        # The charge of a saved card is signed by its attempt, as a link is by its own name.
        named |= {"link": named[ATTEMPT_KEY], "billdesk_v": METADATA_VERSION}
    expected = reference(
        install.reference_key, named, intent.amount_minor, intent.currency, seen.livemode
    )
    # As bytes: of texts it compares ASCII only, and metadata is whatever somebody wrote.
    return NO_HOME if hmac.compare_digest(signed.encode(), expected.encode()) else NOT_SIGNED


def no_longer_asked(payment: Payment) -> None:
    """The money has a home now; other questions about it stay."""
    if payment.review in (NO_HOME, NOT_SIGNED):
        payment.review = ""


def rate_without_document(tx: Transaction, seen: PaymentSnapshot, currency: str) -> Decimal:
    """Company currency per unit: Stripe's own rate, else that of the newest document in it.

    Raises ``NoRate``.
    """
    base = company_row(tx).currency
    if currency == base:
        return Decimal(1)
    balance = seen.charge.balance if seen.charge is not None else None
    if balance is not None and balance.currency == base and balance.exchange_rate is not None:
        return EXACT.plus(balance.exchange_rate)
    known = tx.session.scalar(
        select(Document.exchange_rate)
        .where(
            Document.company_id == tx.company_id,
            Document.currency == currency,
            Document.issued_at.is_not(None),
        )
        .order_by(Document.id.desc())
        .limit(1)
    )
    if known is None:
        raise NoRate(
            f"Stripe has a payment in {currency} for an invoice that these books do not have, and "
            f"nothing tells what it is worth in {base}. It is looked at again."
        )
    return known


def _known_as(
    tx: Transaction, seen: PaymentSnapshot, wanted: InstrumentedAttribute[Any]
) -> Select[Any]:
    return select(wanted).where(
        Payment.company_id == tx.company_id,
        Payment.livemode == seen.livemode,
        Payment.payment_intent == (seen.intent.id if seen.intent else None),
    )
