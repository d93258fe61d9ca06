"""Every use case and query of the application, called with what another company has.

Arguments are put together from the annotations: an id becomes one of the other company's, a group
of fields one that names them. A new service is covered as soon as the application holds it.
"""

import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from books import Shop
from furnishing import TODAY, Ids

from billdesk.core.application import Application
from billdesk.core.db.tables import Base
from billdesk.core.db.types import DecimalText, UtcDateTime

# Stands in everything the other company has.
TOKEN = "ZZFOREIGN"
# What reads or writes files, the keychain or the network and is given no row of a company.
APART = {
    "backups": "about the file of all companies",
    "database": "about where the books are",
    "company_closing": "its export is checked against the company by tests of its own",
    "connecting.connect": "asks Stripe",
    "mail.send_test": "asks a mail server",
    "stripe_permissions.rows": "the same for everybody",
    "stripe_permissions.form_url": "the same for everybody",
    "stripe_permissions.keys_url": "the same for everybody",
}


def raw_row(shop: Shop, table_name: str, **known: Any) -> int:
    """Insert a row of the other company, filled by its columns; returns its id."""
    table = Base.metadata.tables[table_name]
    values: dict[str, Any] = {"company_id": shop.app.company_id, **known}
    for column in table.columns:
        if column.name in values or column.primary_key or column.nullable:
            continue
        if column.foreign_keys:
            parent = next(iter(column.foreign_keys)).column.table.name
            values[column.name] = raw_row(shop, parent)
        else:
            values[column.name] = _value(column)
    with shop.books.engine.begin() as connection:
        key = connection.execute(sa.insert(table).values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def other_rows(shop: Shop, ids: Ids, document_id: int) -> dict[str, int]:
    """A row of each table that only the workers and Stripe fill, by what its id is called."""
    return {
        "job": raw_row(shop, "outbox", document_id=document_id, kind="render", state="failed"),
        "payout": raw_row(shop, "stripe_payout"),
        "card": raw_row(shop, "saved_card", customer_id=ids.customer),
    }


def _value(column: "sa.Column[Any]") -> Any:
    if column.name in ("uid", "sha256", "fingerprint"):
        return f"{TOKEN}-{column.table.name}"
    if column.name in ("body", "choices", "price_changes", "reasons"):
        return "{}"
    own: dict[type, type] = {DecimalText: Decimal, UtcDateTime: datetime}
    python = own.get(type(column.type)) or column.type.python_type
    values: dict[type, Any] = {
        int: 1,
        str: TOKEN,
        bool: False,
        date: TODAY,
        datetime: datetime(2026, 11, 24, 12, tzinfo=UTC),
        Decimal: Decimal(1),
    }
    length = getattr(column.type, "length", None)
    return values[python][:length] if python is str and length else values[python]


@dataclasses.dataclass
class Foreign:
    """What the other company has, found by the name of a parameter."""

    ids: Ids
    mail: int
    document: int
    # By the name of the parameter, for tables that ``furnished`` leaves empty.
    others: Mapping[str, int]

    def id_of(self, name: str) -> int:
        """The id for a parameter or field called ``name``. Raises ``LookupError``."""
        word = name.removesuffix("_id")
        known = {
            "document": self.document,
            "from_document": self.document,
            "invoice": self.document,
            "quote": self.document,
            "credit_note": self.document,
            "deposit": self.document,
            "customer": self.ids.customer,
            "duplicate": self.ids.customer,
            "into": self.ids.deleted_customer,
            "item": self.ids.item,
            "tax_rate": self.ids.rate,
            "account": self.ids.account,
            "tax_account": self.ids.account,
            "revenue_account": self.ids.account,
            "cost_centre": self.ids.cost_centre,
            "field": self.ids.field,
            "payment": self.ids.payment,
            "mail": self.mail,
            **self.others,
            **{name: getattr(self.ids, name) for name in _BY_NAME},
        }
        return known[word]


_BY_NAME = ("refund", "deduction", "line", "template", "price_list", "attachment")


class Builder:
    """Puts arguments together; remembers whether any of them names a row."""

    def __init__(self, foreign: Foreign, folder: Path) -> None:
        self._foreign = foreign
        self._folder = folder
        self.names_a_row = False

    def build(self, kind: Any, name: str) -> Any:
        """A value of ``kind`` for the parameter or field ``name``."""
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if name.endswith(("_id", "_ids")) and (kind is int or int in inner or origin is tuple):
            self.names_a_row = True
            one = self._foreign.id_of(name.removesuffix("s"))
            return (one,) if name.endswith("_ids") else one
        if origin in (typing.Union, types.UnionType):
            members = [one for one in inner if one is not type(None)]
            rich = [one for one in members if dataclasses.is_dataclass(one)]
            return self.build((rich or members)[0], name)
        if origin in (tuple, list, Sequence):
            return (self.build(inner[0], name),)
        if origin is Mapping:
            self.names_a_row = True
            return {self._foreign.ids.account: self.build(inner[1], name)}
        return self._plain(kind, name)

    def _plain(self, kind: Any, name: str) -> Any:
        if dataclasses.is_dataclass(kind):
            return self._fields(kind)
        if issubclass(kind, Enum):
            return next(iter(kind))
        values: dict[type, Any] = {
            bool: False,
            int: 1,
            str: "EUR" if name == "currency" else "text",
            bytes: b"bytes",
            Decimal: Decimal(1),
            date: TODAY,
            Path: self._folder / f"{name}.zip",
        }
        return values[kind]

    def _fields(self, kind: Any) -> Any:
        hints = typing.get_type_hints(kind)
        given = {
            field.name: self.build(hints[field.name], field.name)
            for field in dataclasses.fields(kind)
            if field.init and (_required(field) or _names_rows(field.name, hints[field.name]))
        }
        return kind(**given)


def _required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _names_rows(name: str, kind: Any) -> bool:
    return name.endswith(("_id", "_ids")) or name in ("lines", "shares", "parts")


def methods(app: Application) -> Iterator[tuple[str, Any]]:
    """Every public method of every service and of the queries, by name."""
    for field in dataclasses.fields(Application):
        part = getattr(app, field.name)
        if not type(part).__name__.endswith(("Service", "Queries")):
            continue
        for name, method in inspect.getmembers(part, inspect.ismethod):
            full = f"{field.name}.{name}"
            if not name.startswith("_") and not {field.name, full} & APART.keys():
                yield full, method


def arguments(method: Any, builder: Builder) -> dict[str, Any]:
    """Arguments for the parameters without a default, and for those that name a row."""
    hints = typing.get_type_hints(inspect.unwrap(method.__func__))
    return {
        name: builder.build(hints[name], name)
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.default is parameter.empty or _names_rows(name, hints[name])
    }
