"""Import customers."""

from sqlalchemy import select

from billdesk.core.db.tables import Customer
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.errors import UserError
from billdesk.core.services.customers import CustomerInput, add_customer, check_customer
from billdesk.core.services.importing.records import Record, Records
from billdesk.core.services.importing.references import References, key_of, refuse_twins


def add_customers(tx: Transaction, records: Records | None) -> References:
    """Add the customers of a file; returns them and the books' own, by key."""
    known = References()
    for stored in tx.connection.execute(
        select(Customer.id, Customer.number).where(Customer.company_id == tx.company_id)
    ):
        known.ids[stored.number] = stored.id
    if records is None:
        return known
    twins = refuse_twins(records, "number")
    # Given numbers first, so that no row without one takes a number a later row brings.
    for record in sorted(records.rows, key=lambda record: not record.text("number")):
        key = key_of(record, "number")
        if record.line in twins:
            continue
        if key:
            known.ids[key] = None
        if record.bad:
            continue
        try:
            customer = check_customer(_customer(record))
            row = add_customer(tx, customer)
        except UserError as error:
            records.report(record, error.field or "", str(error))
        else:
            tx.audit("customer.imported", f"customer:{row.uid}", after=customer)
            known.ids[key or row.number] = row.id
    return known


def address_of(record: Record) -> Address:
    """The address in a record's columns."""
    return Address(
        line1=record.text("line1"),
        line2=record.text("line2"),
        postal_code=record.text("postal_code"),
        city=record.text("city"),
        region=record.text("region"),
        country=record.text("country"),
    )


def _customer(record: Record) -> CustomerInput:
    return CustomerInput(
        name=record.text("name"),
        number=record.text("number"),
        contact=record.text("contact"),
        email=record.text("email"),
        phone=record.text("phone"),
        address=address_of(record),
        vat_id=record.text("vat_id"),
        language=record.text("language"),
        currency=record.text("currency"),
        terms_days=record.whole("terms_days"),
        notes=record.text("notes"),
    )
