"""A row of the books as JSON and back, with the numbers of other rows moved along."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Table, select

from billdesk.core.db.types import DecimalText, UtcDateTime
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.services.transfer.company_tables import of_company, referred_table

BATCH = 1_000
# JSON columns that name rows by number, and the tables of the names used in them.
_JSON_WITH_IDS = frozenset(
    {
        ("recurring_template", "body"),
        ("recurring_template", "price_changes"),
        ("document_revision", "body"),
        ("setting", "body"),
    }
)
_TABLE_OF_NAME = {
    "account_id": "account",
    "cost_centre_id": "cost_centre",
    "customer_id": "customer",
    "item_id": "item",
    "tax_rate_id": "tax_rate",
    "tax_rate_ids": "tax_rate",
}
_OWNERS = frozenset({"company", "customer", "document", "item"})


def company_rows(connection: Connection, table: Table, company_id: int) -> Iterator[dict[str, Any]]:
    """The company's rows of ``table`` in the order of their key."""
    statement = (
        select(table).where(of_company(table, company_id)).order_by(*table.primary_key.columns)
    )
    result = connection.execution_options(yield_per=BATCH).execute(statement)
    for row in result.mappings():
        yield dict(row)


class Moved:
    """The numbers rows get in the books they come into: each table's are raised by one amount."""

    def __init__(self, offsets: dict[str, int]) -> None:
        self._offsets = offsets

    def row(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        """``row`` as it is written into ``table``. Raises ``ValueError`` for a foreign form."""
        return {column.name: self._value(table, column, row) for column in table.columns}

    def _value(self, table: Table, column: Column[Any], row: dict[str, Any]) -> Any:
        value = row[column.name]
        if value is None:
            return None
        if column.name == "id" and table.name in self._offsets:
            return value + self._offsets[table.name]
        referred = referred_table(table, column.name)
        if referred is not None:
            return value + self._offsets.get(referred, 0)
        if (table.name, column.name) == ("attachment", "owner_id"):
            owner = row["owner_type"]
            return value + self._offsets[owner] if owner in _OWNERS else value
        if (table.name, column.name) in _JSON_WITH_IDS:
            return canonical_json(self._inside(json.loads(value)))
        return _typed(column, value)

    def _inside(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._inside(item) for item in value]
        if not isinstance(value, dict):
            return value
        moved: dict[str, Any] = {}
        for name, item in value.items():
            offset = self._offsets.get(_TABLE_OF_NAME.get(name, ""), 0)
            if offset and isinstance(item, int):
                moved[name] = item + offset
            elif offset and isinstance(item, list):
                moved[name] = [one + offset for one in item]
            else:
                moved[name] = self._inside(item)
        return moved


def _typed(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if isinstance(kind, DecimalText):
        return Decimal(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Boolean):
        return bool(value)
    return value
