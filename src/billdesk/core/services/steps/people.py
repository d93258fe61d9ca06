"""Contacts and delivery addresses of a customer: checked, stored and put away as a whole."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import select

from billdesk.core.db.tables import Customer, CustomerAddress, CustomerContact
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.errors import NotFound, UserError
from billdesk.core.domain.people import Contact, Place
from billdesk.core.domain.texts import clean_line, clean_lines_of
from billdesk.core.gateways.mail.addresses import check_address
from billdesk.core.services.steps.addresses import clean_address

MOST = 100
# Characters, as the columns hold.
LONGEST = {"name": 200, "role": 80, "email": 320, "phone": 60}


def check_contacts(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """The contacts as they can be stored. Raises ``UserError`` about ``contacts.N.NAME``."""
    checked = []
    for index, contact in enumerate(contacts):
        prefix = f"contacts.{index}."
        clean = clean_lines_of(contact, LONGEST, prefix)
        if not clean.name:
            raise UserError("Give the contact a name.", field=f"{prefix}name")
        if clean.email:
            check_address(clean.email, f"{prefix}email")
        elif clean.receives:
            raise UserError(
                f"{clean.name} is to receive documents but has no mail address.",
                field=f"{prefix}email",
            )
        checked.append(replace(clean, receives=tuple(sorted(set(clean.receives)))))
    _check_list(checked, "contacts")
    return tuple(checked)


def check_places(places: Iterable[Place]) -> tuple[Place, ...]:
    """The places as they can be stored. Raises ``UserError`` about ``places.N.NAME``."""
    checked = []
    for index, place in enumerate(places):
        prefix = f"places.{index}."
        name = clean_line(place.name, f"{prefix}name", LONGEST["name"])
        try:
            address = clean_address(place.address)
        except UserError as error:
            raise UserError(str(error), field=f"{prefix}{error.field}") from None
        address = replace(address, country=address.country.upper())
        if not name and address == Address():
            raise UserError("Fill in the place or take it out.", field=f"{prefix}name")
        checked.append(replace(place, name=name, address=address))
    _check_list(checked, "places")
    return tuple(checked)


def _check_list(given: list[Contact] | list[Place], field: str) -> None:
    if len(given) > MOST:
        raise UserError(f"There can be {MOST} of them at most.", field=field)
    if sum(one.is_default for one in given) > 1:
        raise UserError("Only one of them can be the usual one.", field=field)


def store_people(
    tx: Transaction, customer: Customer, contacts: Iterable[Contact], places: Iterable[Place]
) -> None:
    """Make the stored contacts and places of a customer exactly these checked ones.

    What is missing is put away. Raises ``NotFound`` for an id that is not this customer's.
    """
    _store(tx, customer, CustomerContact, [(one.id, _contact_columns(one)) for one in contacts])
    _store(tx, customer, CustomerAddress, [(one.id, _place_columns(one)) for one in places])
    tx.session.flush()


Kept = TypeVar("Kept", CustomerContact, CustomerAddress)


def _store(
    tx: Transaction,
    customer: Customer,
    kind: type[Kept],
    wanted: list[tuple[int | None, dict[str, Any]]],
) -> None:
    rows = tx.session.scalars(
        select(kind).where(
            kind.company_id == tx.company_id,
            kind.customer_id == customer.id,
            kind.deleted_at.is_(None),
        )
    )
    left = {row.id: row for row in rows}
    for row_id, columns in wanted:
        if row_id is None:
            row = kind(company_id=tx.company_id, customer_id=customer.id, created_at=tx.now)
            tx.session.add(row)
        elif row_id in left:
            row = left.pop(row_id)
        else:
            raise NotFound("This contact or address was taken out meanwhile.")
        for name, value in columns.items():
            setattr(row, name, value)
    for row in left.values():
        row.deleted_at = tx.now


def _contact_columns(contact: Contact) -> dict[str, Any]:
    return {
        "name": contact.name,
        "role": contact.role,
        "email": contact.email,
        "phone": contact.phone,
        "receives": canonical_json(contact.receives),
        "is_default": contact.is_default,
    }


def _place_columns(place: Place) -> dict[str, Any]:
    address = place.address
    return {
        "name": place.name,
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "region": address.region,
        "country": address.country,
        "is_default": place.is_default,
    }
