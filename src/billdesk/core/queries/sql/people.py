"""Contacts, delivery addresses and discount terms of a customer."""

import json
from typing import Any

from sqlalchemy import Connection, select

from billdesk.core.db.tables import CustomerAddress, CustomerContact
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.people import Contact, Place
from billdesk.core.queries.buyer import address_of


def read_contacts(connection: Connection, company_id: int, customer_id: int) -> tuple[Contact, ...]:
    """The customer's contacts, the usual one first."""
    rows = connection.execute(
        select(CustomerContact.__table__)
        .where(
            CustomerContact.company_id == company_id,
            CustomerContact.customer_id == customer_id,
            CustomerContact.deleted_at.is_(None),
        )
        .order_by(CustomerContact.is_default.desc(), CustomerContact.id)
    )
    return tuple(
        Contact(
            row.name,
            row.role,
            row.email,
            row.phone,
            tuple(DocumentKind(kind) for kind in json.loads(row.receives)),
            row.is_default,
            row.id,
        )
        for row in rows
    )


def read_places(connection: Connection, company_id: int, customer_id: int) -> tuple[Place, ...]:
    """The customer's delivery addresses, the usual one first."""
    rows = connection.execute(
        select(CustomerAddress.__table__)
        .where(
            CustomerAddress.company_id == company_id,
            CustomerAddress.customer_id == customer_id,
            CustomerAddress.deleted_at.is_(None),
        )
        .order_by(CustomerAddress.is_default.desc(), CustomerAddress.id)
    )
    return tuple(Place(row.name, address_of(row), row.is_default, row.id) for row in rows)


def discount_of(row: Any) -> DiscountTerms | None:
    """The early-payment discount in the columns of a customer."""
    if row.discount_percent is None or row.discount_days is None:
        return None
    return DiscountTerms(row.discount_percent, row.discount_days)
