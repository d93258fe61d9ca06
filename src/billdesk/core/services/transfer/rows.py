"""A row of the books as JSON and back, with the numbers of other rows moved along."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    String,
    Table,
    Text,
    select,
)

from billdesk.core.db.types import DecimalText, UtcDateTime
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.file_names import harmless_file_name
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
_PLAIN = {Boolean: bool, Integer: int, BigInteger: int, String: str, Text: str}
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
    """The numbers rows get in the books they come into: each table's are raised by one amount.

    Only numbers that rows of the file itself have are taken: any other could be a neighbour's.
    """

    def __init__(self, offsets: dict[str, int]) -> None:
        self._offsets = offsets
        self._company: int | None = None
        self._there: dict[str, set[int]] = {name: set() for name in offsets}
        self._awaited: dict[str, set[int]] = {name: set() for name in offsets}

    def row(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        """``row`` as it is written into ``table``; the company's own row is the first.

        Raises ``UserError`` for a row of another company, and a number that can be no row's.
        """
        if table.name == "company":
            if self._company not in (None, row["id"]):
                raise UserError("This file holds more than one company.")
            self._company = row["id"]
        elif row.get("company_id", self._company) != self._company:
            raise UserError(f"A {table.name} row in this file is of another company.")
        return {column.name: self._value(table, column, row) for column in table.columns}

    def first(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        """``row`` read for the first time. Raises ``UserError`` for a number given before, too."""
        if row.get("id") in self._there.get(table.name, ()):
            raise UserError(f"This file has {table.name} {row['id']} twice.")
        return self.row(table, row)

    def check(self) -> None:
        """Once all rows are there: each one referred to is. Raises ``UserError``."""
        for name, awaited in self._awaited.items():
            if missing := awaited - self._there[name]:
                raise UserError(f"This file refers to {name} {min(missing)}, which it lacks.")

    def _value(self, table: Table, column: Column[Any], row: dict[str, Any]) -> Any:
        value = row[column.name]
        if value is None:
            return None
        if column.name == "id" and table.name in self._offsets:
            moved = self._number(table.name, value)
            self._there[table.name].add(value)
            self._awaited[table.name].discard(value)
            return moved
        referred = referred_table(table, column.name)
        if referred is not None:
            return self._referred(referred, value)
        if (table.name, column.name) == ("attachment", "owner_id"):
            owner = row["owner_type"]
            return self._referred(owner, value) if owner in _OWNERS else value
        if (table.name, column.name) == ("attachment", "name"):
            return harmless_file_name(value)
        if (table.name, column.name) in _JSON_WITH_IDS:
            return canonical_json(self._inside(json.loads(value)))
        return _typed(column, value)

    def _number(self, table: str, value: Any) -> int:
        if type(value) is not int or value < 1:
            raise UserError(f"This file has a {table} row with the number {value!r}.")
        return value + self._offsets[table]

    def _referred(self, table: str, value: Any) -> int:
        moved = self._number(table, value)
        if value not in self._there[table]:
            self._awaited[table].add(value)
        return moved

    def _inside(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._inside(item) for item in value]
        if not isinstance(value, dict):
            return value
        moved: dict[str, Any] = {}
        for name, item in value.items():
            table = _TABLE_OF_NAME.get(name)
            if table is None or item is None:
                moved[name] = self._inside(item)
            elif isinstance(item, list):
                moved[name] = [self._referred(table, one) for one in item]
            else:
                moved[name] = self._referred(table, item)
        return moved


def _typed(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if isinstance(kind, DecimalText):
        return Decimal(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    # SQLite would keep any value in any column.
    if type(value) is not _PLAIN[type(kind)]:
        raise UserError(f"This file says {value!r} for {column}.")
    return value
