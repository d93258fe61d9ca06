"""Money received, page by page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Customer, Document, Payment
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.payments import PaymentRow
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.keyset import Order, paged, read_page

_ORDER = Order((Payment.received_on, Payment.id), descending=True)


def payment_page(
    connection: Connection, company_id: int, after: Key | None, limit: int
) -> Page[PaymentRow]:
    """Payments, the newest first."""
    statement = _payments(company_id)
    page = paged(statement, _ORDER, follows=after is not None)
    return read_page(connection, page, {}, after, limit, _rows)


def payment_row(connection: Connection, company_id: int, payment_id: int) -> PaymentRow:
    """One payment. Raises ``NotFound``."""
    rows = connection.execute(_payments(company_id).where(Payment.id == payment_id)).all()
    if not rows:
        raise NotFound("This payment does not exist.")
    return _rows(rows)[0]


def _payments(company_id: int) -> AnySelect:
    return (
        select(
            Payment.id,
            Payment.received_on,
            Payment.customer_id,
            Customer.name.label("customer"),
            Payment.document_id,
            Document.number,
            Payment.method,
            Payment.state,
            Payment.currency,
            Payment.amount_minor,
            Payment.unallocated_minor,
            Payment.reference,
        )
        .outerjoin(Customer, Customer.id == Payment.customer_id)
        .outerjoin(Document, Document.id == Payment.document_id)
        .where(Payment.company_id == company_id)
    )


def _rows(rows: Sequence[Any]) -> list[PaymentRow]:
    return [
        PaymentRow(
            row.id,
            row.received_on,
            row.customer_id,
            row.customer or "",
            row.document_id,
            row.number or "",
            PaymentMethod(row.method),
            PaymentState(row.state),
            row.currency,
            row.amount_minor,
            row.unallocated_minor,
            row.reference,
        )
        for row in rows
    ]
