"""Use cases about the item catalogue."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from billdesk.core.db.tables import Account, Item, TaxRate
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.custom_fields import CustomValues, Entity, values_to_json
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import ItemChanged
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.domain.search import search_key
from billdesk.core.domain.texts import clean_lines_of, clean_paragraphs
from billdesk.core.domain.totals import LARGEST_DECIMALS, LARGEST_ENTRY, decimals
from billdesk.core.services.steps.custom_fields import checked_values
from billdesk.core.services.steps.item_prices import check_prices, store_prices
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.soft_delete import set_deleted

# Characters, as the columns hold.
LONGEST = {"name": 200, "code": 40, "unit": 20, "unit_code": 3, "currency": 3}


@dataclass(frozen=True, slots=True)
class ItemInput:
    """An item as typed; ``unit_price`` in major units of ``currency`` (empty: the company's).

    ``prices`` are all that hold beside it: for a quantity, a price list, from a day on.
    """

    name: str
    unit_price: Decimal
    code: str = ""
    description: str = ""
    unit: str = ""
    unit_code: str = "C62"
    currency: str = ""
    tax_rate_id: int | None = None
    account_id: int | None = None
    custom: CustomValues = ()
    prices: tuple[ListedPrice, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values of the table's columns except the currency; for a checked item."""
        name = self.name
        own = [one.value for one in self.custom]
        return {
            "name": name,
            # Folding may lengthen a name.
            "sort_name": search_key(name)[: LONGEST["name"]],
            "search_text": search_key(" ".join([self.code, name, self.description, *own])),
            "code": self.code,
            "description": self.description.strip(),
            "unit": self.unit,
            "unit_code": self.unit_code or "C62",
            "unit_price": self.unit_price,
            "tax_rate_id": self.tax_rate_id,
            "account_id": self.account_id,
            "custom": values_to_json(self.custom),
        }


def check_item(item: ItemInput) -> ItemInput:
    """The item as it can be stored. Raises ``UserError`` (with its field)."""
    item = replace(
        clean_lines_of(item, LONGEST),
        description=clean_paragraphs(item.description, "description"),
    )
    if not item.name:
        raise UserError("Give the item a name.", field="name")
    if not item.unit_price.is_finite() or item.unit_price < 0:
        raise UserError("A price is zero or more.", field="unit_price")
    if decimals(item.unit_price) > LARGEST_DECIMALS:
        raise UserError("A price has at most six decimals.", field="unit_price")
    if item.unit_price > LARGEST_ENTRY:
        raise UserError("This price is larger than BillDesk can hold.", field="unit_price")
    if item.currency:
        exponent(item.currency)
    return replace(item, prices=check_prices(item.prices))


class ItemService:
    """Create, change, delete and restore items."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def create(self, item: ItemInput) -> int:
        """Add an item; returns its id. Raises ``UserError``."""
        item = check_item(item)
        with self._uow.write() as tx:
            item = _with_own_fields(tx, item)
            row = add_item(tx, item)
            tx.audit("item.created", f"item:{row.uid}", after=item)
            tx.tell(ItemChanged(tx.company_id, row.id))
            return row.id

    @use_case
    def update(self, item_id: int, version: int, item: ItemInput) -> None:
        """Change an item; lines written before keep what they say.

        Raises ``UserError``, ``NotFound``, ``StaleVersion``.
        """
        item = check_item(item)
        with self._uow.write() as tx:
            row = load(tx, Item, item_id, version=version)
            item = _with_own_fields(tx, item)
            _check_references(tx, item, except_id=item_id)
            before = {name: getattr(row, name) for name in item.columns()}
            for name, value in item.columns().items():
                setattr(row, name, value)
            row.currency = item.currency or row.currency
            row.updated_at = tx.now
            tx.session.flush()
            store_prices(tx, row, item.prices)
            tx.audit("item.updated", f"item:{row.uid}", before=before, after=item)
            tx.tell(ItemChanged(tx.company_id, row.id))

    @use_case
    def delete(self, item_id: int) -> None:
        """Hide an item from lists and pickers. Raises ``NotFound``."""
        self._set_deleted(item_id, deleted=True)

    @use_case
    def restore(self, item_id: int) -> None:
        """Bring a deleted item back. Raises ``NotFound`` or ``UserError`` if its code is taken."""
        self._set_deleted(item_id, deleted=False)

    def _set_deleted(self, item_id: int, *, deleted: bool) -> None:
        with self._uow.write() as tx:
            row = load(tx, Item, item_id)
            if not deleted:
                _refuse_taken_code(tx, row.code, except_id=item_id)
            set_deleted(tx, Item, item_id, deleted=deleted)
            tx.tell(ItemChanged(tx.company_id, item_id))


def add_item(tx: Transaction, item: ItemInput) -> Item:
    """Insert a checked item. Raises ``UserError`` when its code or tax rate does not fit."""
    _check_references(tx, item, except_id=None)
    row = Item(
        uid=new_uid(),
        company_id=tx.company_id,
        currency=item.currency or company_row(tx).currency,
        created_at=tx.now,
        updated_at=tx.now,
        **item.columns(),
    )
    tx.session.add(row)
    tx.session.flush()
    store_prices(tx, row, item.prices)
    return row


def _with_own_fields(tx: Transaction, item: ItemInput) -> ItemInput:
    return replace(item, custom=checked_values(tx, Entity.ITEM, item.custom))


def _check_references(tx: Transaction, item: ItemInput, *, except_id: int | None) -> None:
    if item.tax_rate_id is not None:
        load(tx, TaxRate, item.tax_rate_id)
    if item.account_id is not None:
        load(tx, Account, item.account_id)
    _refuse_taken_code(tx, item.code, except_id=except_id)


def _refuse_taken_code(tx: Transaction, code: str, *, except_id: int | None) -> None:
    if not code:
        return
    taken = tx.connection.execute(
        select(Item.id, Item.name).where(
            Item.company_id == tx.company_id, Item.code == code, Item.deleted_at.is_(None)
        )
    ).first()
    if taken is not None and taken.id != except_id:
        raise UserError(f"Code {code} belongs to {taken.name}.", field="code")
