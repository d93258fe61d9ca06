"""Amounts in the company's currency, and days its books are open for."""

from datetime import date
from decimal import Decimal

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.ledger import to_base
from billdesk.core.services.steps.settings import company_row


def base_value(tx: Transaction, currency: str, document: Document, minor: int) -> int:
    """``minor`` units of ``currency`` in the company's, at the document's stored rate."""
    return value_at(tx, currency, document.exchange_rate, minor)


def value_at(tx: Transaction, currency: str, rate: Decimal, minor: int) -> int:
    """``minor`` units of ``currency`` in the company's, at ``rate`` of it per unit."""
    base = company_row(tx).currency
    if currency == base:
        return minor
    return to_base(minor, exponent(currency), rate, exponent(base))


def require_open(tx: Transaction, day: date, field: str) -> None:
    """Refuse a day the books are closed for. Raises ``NotAllowed`` about ``field``."""
    closed = company_row(tx).locked_through
    if closed is not None and day <= closed:
        raise NotAllowed(
            f"The books are closed through {closed}; choose a later date, or open the period "
            "again in Settings, Books.",
            field=field,
        )


def open_day(tx: Transaction, day: date) -> date:
    """``day``, or today when the books of that day are closed or the clocks disagree."""
    closed = company_row(tx).locked_through
    return tx.today if closed is not None and day <= closed else min(day, tx.today)
