"""Which payments a search finds; they keep no search text of their own."""

import re
from decimal import Decimal
from itertools import groupby

from sqlalchemy import ColumnElement, and_, func, or_, select

from billdesk.core.db.tables import Allocation, Customer, Document, Payment
from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.queries.sql.search import wanted_words

# No more digits than fit into the column.
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,3})?")


def found_payments(typed: str) -> list[ColumnElement[bool]]:
    """Every word typed must be found, over payments joined with customer and document."""
    return [or_(*(_found(form) for form in forms)) for forms in wanted_words(typed)]


def _found(form: str) -> ColumnElement[bool]:
    ways = [
        Customer.search_text.contains(form, autoescape=True),
        func.lower(Payment.reference).contains(form, autoescape=True),
        func.lower(Document.number).contains(form, autoescape=True),
    ]
    if any(c.isdigit() for c in form):
        ways += [_settles(form), *_amounts(form)]
    return or_(*ways)


def _settles(form: str) -> ColumnElement[bool]:
    settled = Document.__table__.alias("settled")
    return (
        select(Allocation.id)
        .join(settled, settled.c.id == Allocation.document_id)
        .where(
            Allocation.payment_id == Payment.id,
            func.lower(settled.c.number).contains(form, autoescape=True),
        )
        .exists()
    )


def _amounts(form: str) -> list[ColumnElement[bool]]:
    """The amount as a number, in each currency with its own decimals."""
    if not _AMOUNT.fullmatch(form):
        return []
    ways: list[ColumnElement[bool]] = []
    by_exponent = sorted(EXPONENTS, key=lambda currency: EXPONENTS[currency])
    for exponent, currencies in groupby(by_exponent, key=lambda currency: EXPONENTS[currency]):
        minor = Decimal(form).scaleb(exponent)
        if minor == minor.to_integral_value():
            same = Payment.amount_minor == int(minor)
            ways.append(and_(same, Payment.currency.in_(list(currencies))))
    return ways
