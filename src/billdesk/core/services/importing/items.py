"""Import the item catalogue."""

from decimal import Decimal

from sqlalchemy import select

from billdesk.core.db.tables import Item
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.errors import UserError
from billdesk.core.services.importing.records import Record, Records
from billdesk.core.services.importing.references import References, key_of, refuse_twins
from billdesk.core.services.importing.tax_rates import TaxRates
from billdesk.core.services.importing.values import ValueProblem
from billdesk.core.services.items import ItemInput, add_item, check_item


def add_items(tx: Transaction, records: Records | None, rates: TaxRates) -> References:
    """Add the items of a file; returns them and the books' own, by key."""
    known = References()
    for row in tx.connection.execute(
        select(Item.id, Item.code).where(
            Item.company_id == tx.company_id, Item.code != "", Item.deleted_at.is_(None)
        )
    ):
        known.ids[row.code] = row.id
    if records is None:
        return known
    twins = refuse_twins(records, "code")
    for record in records.rows:
        if record.line in twins:
            continue
        key = key_of(record, "code")
        if key:
            known.ids[key] = None
        item_id = _add(tx, records, record, rates)
        if key:
            known.ids[key] = item_id
    return known


def _add(tx: Transaction, records: Records, record: Record, rates: TaxRates) -> int | None:
    """The new item's id, ``None`` when it has a problem."""
    tax_rate_id = None
    try:
        found = rates.find(record.text("tax"))
        if len(found) > 1:
            raise ValueProblem("an item has one tax rate; give several on the lines.")
        tax_rate_id = found[0] if found else None
    except ValueProblem as problem:
        records.report(record, "tax", str(problem))
        return None
    if record.bad:
        return None
    item = ItemInput(
        name=record.text("name"),
        unit_price=record.number("unit_price") or Decimal(0),
        code=record.text("code"),
        description=record.text("description"),
        unit=record.text("unit"),
        unit_code=record.text("unit_code") or "C62",
        currency=record.text("currency"),
        tax_rate_id=tax_rate_id,
    )
    try:
        item = check_item(item)
        row = add_item(tx, item)
    except UserError as error:
        records.report(record, error.field or "", str(error))
        return None
    tx.audit("item.imported", f"item:{row.uid}", after=item)
    return row.id
