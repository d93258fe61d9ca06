"""Customers with what they owe."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, func, select

from billdesk.core.db.tables import Customer, Document
from billdesk.core.domain.custom_fields import values_from_json
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.search import search_key
from billdesk.core.domain.tax_treatment import Treatment
from billdesk.core.queries.buyer import address_of
from billdesk.core.queries.customers import CustomerRow
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.customer_group import merged_into
from billdesk.core.queries.sql.keyset import Order, paged, read_page
from billdesk.core.queries.sql.people import discount_of, read_contacts, read_places
from billdesk.core.queries.sql.search import matches
from billdesk.core.queries.sql.state import IS_RECEIVABLE, STILL_OPEN

# How far back "used lately" looks.
LATELY = 200

_COLUMNS = (
    Customer.id,
    Customer.version,
    Customer.number,
    Customer.name,
    Customer.contact,
    Customer.email,
    Customer.phone,
    Customer.line1,
    Customer.line2,
    Customer.postal_code,
    Customer.city,
    Customer.region,
    Customer.country,
    Customer.vat_id,
    Customer.language,
    Customer.currency,
    Customer.terms_days,
    Customer.notes,
    Customer.discount_percent,
    Customer.discount_days,
    Customer.tax_treatment,
    Customer.tax_rate_id,
    Customer.price_list_id,
    Customer.custom,
    Customer.deleted_at.is_not(None).label("deleted"),
    Customer.merged_into_id,
)


def customer_page(
    connection: Connection,
    company_id: int,
    today: date,
    search: str,
    after: Key | None,
    limit: int,
    *,
    deleted: bool,
) -> Page[CustomerRow]:
    """Customers by name; ``deleted`` shows the deleted ones instead."""
    order = Order((Customer.sort_name, Customer.id))
    page = paged(_customers(company_id, search, deleted=deleted), order, follows=after is not None)
    return read_page(
        connection,
        page,
        {},
        after,
        limit,
        lambda found: _rows(connection, company_id, today, found),
    )


def read_customer(
    connection: Connection, company_id: int, today: date, customer_id: int
) -> CustomerRow:
    """One customer, deleted or not. Raises ``NotFound``."""
    found = connection.execute(
        select(*_COLUMNS).where(Customer.company_id == company_id, Customer.id == customer_id)
    ).all()
    if not found:
        raise NotFound("This customer does not exist.")
    (row,) = _rows(connection, company_id, today, found)
    return replace(
        row,
        contacts=read_contacts(connection, company_id, customer_id),
        places=read_places(connection, company_id, customer_id),
    )


def find_customers(
    connection: Connection, company_id: int, today: date, text: str, limit: int
) -> tuple[CustomerRow, ...]:
    """The likeliest customers for a picker: names that begin with ``text`` first.

    Without text, the ones invoiced lately.
    """
    statement = _customers(company_id, text, deleted=False)
    if text.strip():
        begins = Customer.sort_name.startswith(search_key(text), autoescape=True)
        statement = statement.order_by(case((begins, 0), else_=1))
    else:
        lately = _used_lately(connection, company_id, limit)
        rank = {customer_id: place for place, customer_id in enumerate(lately)}
        if rank:
            statement = statement.order_by(case(rank, value=Customer.id, else_=len(rank)))
    statement = statement.order_by(Customer.sort_name, Customer.id).limit(limit)
    found = connection.execute(statement).all()
    return tuple(_rows(connection, company_id, today, found))


def _customers(company_id: int, search: str, *, deleted: bool) -> AnySelect:
    statement = select(*_COLUMNS).where(
        Customer.company_id == company_id,
        Customer.deleted_at.is_not(None) if deleted else Customer.deleted_at.is_(None),
        # A duplicate that was merged is found under the customer it is now.
        Customer.merged_into_id.is_(None),
    )
    if not search.strip():
        return statement
    # The number is often given by the books, after the search text was put together.
    known = Customer.search_text + " " + func.lower(Customer.number)
    return statement.where(matches(known, search))


def _used_lately(connection: Connection, company_id: int, limit: int) -> list[int]:
    newest = connection.scalars(
        select(Document.customer_id)
        .where(Document.company_id == company_id, Document.deleted_at.is_(None))
        .order_by(Document.listed_on.desc(), Document.id.desc())
        .limit(LATELY)
    )
    return list(dict.fromkeys(one for one in newest if one is not None))[:limit]


def _rows(
    connection: Connection, company_id: int, today: date, found: Sequence[Any]
) -> list[CustomerRow]:
    merged = merged_into(connection, company_id, [row.id for row in found])
    ids = [*(row.id for row in found), *merged]
    owed: dict[int, dict[str, int]] = {}
    overdue: set[int] = set()
    for row in connection.execute(_debts(company_id, today, ids)):
        customer_id = merged.get(row.customer_id, row.customer_id)
        sums = owed.setdefault(customer_id, {})
        sums[row.currency] = sums.get(row.currency, 0) + int(row.minor)
        if row.late:
            overdue.add(customer_id)
    last: dict[int, date] = {}
    for row in connection.execute(
        select(Document.customer_id, func.max(Document.listed_on).label("last_on"))
        .where(
            Document.company_id == company_id,
            Document.customer_id.in_(ids),
            Document.issued_at.is_not(None),
            Document.voided_at.is_(None),
        )
        .group_by(Document.customer_id)
    ):
        customer_id = merged.get(row.customer_id, row.customer_id)
        last[customer_id] = max(last.get(customer_id, row.last_on), row.last_on)
    return [
        CustomerRow(
            id=row.id,
            version=row.version,
            number=row.number,
            name=row.name,
            contact=row.contact,
            email=row.email,
            phone=row.phone,
            address=address_of(row),
            vat_id=row.vat_id,
            language=row.language,
            currency=row.currency,
            terms_days=row.terms_days,
            notes=row.notes,
            deleted=row.deleted,
            merged_into_id=row.merged_into_id,
            owed=tuple(sorted(owed.get(row.id, {}).items())),
            overdue=row.id in overdue,
            last_invoice_on=last.get(row.id),
            discount=discount_of(row),
            tax_treatment=Treatment(row.tax_treatment) if row.tax_treatment else None,
            tax_rate_id=row.tax_rate_id,
            price_list_id=row.price_list_id,
            custom=values_from_json(row.custom),
        )
        for row in found
    ]


def _debts(company_id: int, today: date, customer_ids: Sequence[int]) -> AnySelect:
    return (
        select(
            Document.customer_id,
            Document.currency,
            func.sum(Document.open_minor).label("minor"),
            func.max(case((Document.due_on < today, 1), else_=0)).label("late"),
        )
        .where(
            Document.company_id == company_id,
            Document.customer_id.in_(customer_ids),
            STILL_OPEN,
            IS_RECEIVABLE,
        )
        .group_by(Document.customer_id, Document.currency)
        .order_by(Document.customer_id, Document.currency)
    )
