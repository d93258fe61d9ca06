"""The item catalogue."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, case, select

from billdesk.core.db.tables import Item
from billdesk.core.domain.custom_fields import values_from_json
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.search import search_key
from billdesk.core.queries.items import ItemRow
from billdesk.core.queries.paging import Key, Page
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.keyset import Order, paged, read_page
from billdesk.core.queries.sql.prices import read_prices
from billdesk.core.queries.sql.search import matches

_COLUMNS = (
    Item.id,
    Item.version,
    Item.code,
    Item.name,
    Item.description,
    Item.unit,
    Item.unit_code,
    Item.unit_price,
    Item.currency,
    Item.tax_rate_id,
    Item.account_id,
    Item.custom,
    Item.deleted_at.is_not(None).label("deleted"),
)


def item_page(
    connection: Connection,
    company_id: int,
    search: str,
    after: Key | None,
    limit: int,
    *,
    deleted: bool,
) -> Page[ItemRow]:
    """Items by name; ``deleted`` shows the deleted ones instead."""
    order = Order((Item.sort_name, Item.id))
    page = paged(_items(company_id, search, deleted=deleted), order, follows=after is not None)
    return read_page(connection, page, {}, after, limit, _rows)


def read_item(connection: Connection, company_id: int, item_id: int) -> ItemRow:
    """One item, deleted or not. Raises ``NotFound``."""
    found = connection.execute(
        select(*_COLUMNS).where(Item.company_id == company_id, Item.id == item_id)
    ).all()
    if not found:
        raise NotFound("This item does not exist.")
    (row,) = _rows(found)
    return replace(row, prices=read_prices(connection, company_id, item_id))


def find_items(
    connection: Connection, company_id: int, text: str, limit: int
) -> tuple[ItemRow, ...]:
    """The likeliest items for a picker: that very code, then names that begin with ``text``."""
    statement = _items(company_id, text, deleted=False)
    if text.strip():
        begins = Item.sort_name.startswith(search_key(text), autoescape=True)
        statement = statement.order_by(case((Item.code == text.strip(), 0), (begins, 1), else_=2))
    statement = statement.order_by(Item.sort_name, Item.id).limit(limit)
    return tuple(_rows(connection.execute(statement).all()))


def _items(company_id: int, search: str, *, deleted: bool) -> AnySelect:
    statement = select(*_COLUMNS).where(
        Item.company_id == company_id,
        Item.deleted_at.is_not(None) if deleted else Item.deleted_at.is_(None),
    )
    return statement.where(matches(Item.search_text, search)) if search.strip() else statement


def _rows(found: Sequence[Any]) -> list[ItemRow]:
    return [
        ItemRow(
            id=row.id,
            version=row.version,
            code=row.code,
            name=row.name,
            description=row.description,
            unit=row.unit,
            unit_code=row.unit_code,
            unit_price=row.unit_price,
            currency=row.currency,
            tax_rate_id=row.tax_rate_id,
            account_id=row.account_id,
            deleted=row.deleted,
            custom=values_from_json(row.custom),
        )
        for row in found
    ]
