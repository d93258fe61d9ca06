"""Money received, page by page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from billdesk.core.db.tables import Customer, Document, Payment
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.payments import METHODS_OF, PaymentFilter, PaymentRow, PaymentTab
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.keyset import Order, paged, read_page
from billdesk.core.queries.sql.payment_search import found_payments

_UNUSED = Payment.unallocated_minor != 0
_TABS: dict[PaymentTab, ColumnElement[bool]] = {
    PaymentTab.CREDIT: and_(_UNUSED, Payment.customer_id.is_not(None)),
    PaymentTab.UNKNOWN: and_(_UNUSED, Payment.customer_id.is_(None)),
    **{
        tab: Payment.method.in_([method.value for method in methods])
        for tab, methods in METHODS_OF.items()
    },
}
_ORDER = Order((Payment.received_on, Payment.id), descending=True)


def payment_page(
    connection: Connection,
    company_id: int,
    wanted: PaymentFilter,
    after: Key | None,
    limit: int,
) -> Page[PaymentRow]:
    """The payments ``wanted``, the newest first."""
    statement = _payments(company_id).where(*found_payments(wanted.search))
    if wanted.tab is not None:
        statement = statement.where(_TABS[wanted.tab])
    page = paged(statement, _ORDER, follows=after is not None)
    return read_page(connection, page, {}, after, limit, _rows)


def trial_payments(connection: Connection, company_id: int) -> tuple[PaymentRow, ...]:
    """Test payments that the books have as real ones, the newest first."""
    statement = (
        _payments(company_id)
        .where(
            Payment.method == PaymentMethod.STRIPE.value,
            Payment.livemode.is_(False),
            Payment.state != PaymentState.TEST.value,
        )
        .order_by(Payment.received_on.desc(), Payment.id.desc())
    )
    return tuple(_rows(connection.execute(statement).all()))


def payment_counts(
    connection: Connection, company_id: int, search: str
) -> dict[PaymentTab | None, int]:
    """How many payments each tab holds; ``None`` is all of them."""
    each = [func.count(case((condition, 1))).label(tab.value) for tab, condition in _TABS.items()]
    statement: AnySelect = (
        select(func.count().label("all"), *each)
        .select_from(Payment)
        .where(Payment.company_id == company_id)
    )
    if search.strip():
        statement = _joined(statement).where(*found_payments(search))
    row = connection.execute(statement).one()
    counts: dict[PaymentTab | None, int] = {tab: int(getattr(row, tab.value)) for tab in PaymentTab}
    return {None: int(row.all), **counts}


def payment_row(connection: Connection, company_id: int, payment_id: int) -> PaymentRow:
    """One payment. Raises ``NotFound``."""
    rows = connection.execute(_payments(company_id).where(Payment.id == payment_id)).all()
    if not rows:
        raise NotFound("This payment does not exist.")
    return _rows(rows)[0]


def _payments(company_id: int) -> AnySelect:
    statement: AnySelect = select(
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
    ).where(Payment.company_id == company_id)
    return _joined(statement)


def _joined(statement: AnySelect) -> AnySelect:
    return statement.outerjoin(Customer, Customer.id == Payment.customer_id).outerjoin(
        Document, Document.id == Payment.document_id
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
