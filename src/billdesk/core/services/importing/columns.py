"""The documented column set: every column an import knows, by file (docs/import.md)."""

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """The four files of an import."""

    CUSTOMERS = "customers"
    ITEMS = "items"
    INVOICES = "invoices"
    LINES = "lines"


class ValueKind(StrEnum):
    """How the text of a column is read."""

    TEXT = "text"
    PARAGRAPHS = "paragraphs"
    NUMBER = "number"
    WHOLE = "whole number"
    DATE = "date"
    CURRENCY = "currency"
    COUNTRY = "country"
    LANGUAGE = "language"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``longest`` in characters, as the books can hold."""

    name: str
    kind: ValueKind = ValueKind.TEXT
    longest: int = 200
    required: bool = False
    choices: tuple[str, ...] = ()


_NUMBER = ValueKind.NUMBER
_ADDRESS = (
    Column("line1"),
    Column("line2"),
    Column("postal_code", longest=20),
    Column("city", longest=120),
    Column("region", longest=120),
    Column("country", ValueKind.COUNTRY, 80),
)
_KEY = Column("key", longest=120)
_LANGUAGE = Column("language", ValueKind.LANGUAGE, 10)
_CURRENCY = Column("currency", ValueKind.CURRENCY, 3)
_TERMS_DAYS = Column("terms_days", ValueKind.WHOLE, 10)
_TAX = Column("tax", longest=120)
_UNIT = (Column("unit", longest=20), Column("unit_code", longest=3))
_DISCOUNT = (Column("discount_percent", _NUMBER, 40), Column("discount_amount", _NUMBER, 40))

CUSTOMERS = (
    Column("name", required=True),
    Column("number", longest=40),
    _KEY,
    Column("contact"),
    Column("email", longest=320),
    Column("phone", longest=60),
    *_ADDRESS,
    Column("vat_id", longest=30),
    _LANGUAGE,
    _CURRENCY,
    _TERMS_DAYS,
    Column("notes", ValueKind.PARAGRAPHS, 20_000),
)
ITEMS = (
    Column("name", required=True),
    Column("unit_price", _NUMBER, 40, required=True),
    Column("code", longest=40),
    _KEY,
    Column("description", ValueKind.PARAGRAPHS, 20_000),
    *_UNIT,
    _CURRENCY,
    _TAX,
)
INVOICES = (
    Column("number", longest=40),
    _KEY,
    Column("customer", longest=120, required=True),
    Column("issued_on", ValueKind.DATE, 40),
    Column("due_on", ValueKind.DATE, 40),
    _TERMS_DAYS,
    Column("sent_on", ValueKind.DATE, 40),
    Column("paid_on", ValueKind.DATE, 40),
    Column("amount_paid", _NUMBER, 40),
    Column("total", _NUMBER, 40),
    _CURRENCY,
    Column("exchange_rate", _NUMBER, 40),
    Column("subject"),
    Column("order_reference", longest=120),
    Column("service_from", ValueKind.DATE, 40),
    Column("service_to", ValueKind.DATE, 40),
    Column("introduction", ValueKind.PARAGRAPHS, 20_000),
    Column("terms", ValueKind.PARAGRAPHS, 20_000),
    _LANGUAGE,
    Column("price_mode", ValueKind.CHOICE, 10, choices=("net", "gross")),
    Column("tax_rounding", ValueKind.CHOICE, 10, choices=("document", "line")),
    *_DISCOUNT,
    _TAX,
    *_ADDRESS,
)
LINES = (
    Column("invoice", longest=120, required=True),
    Column("name", ValueKind.PARAGRAPHS, 20_000),
    Column("quantity", _NUMBER, 40, required=True),
    Column("unit_price", _NUMBER, 40, required=True),
    Column("description", ValueKind.PARAGRAPHS, 20_000),
    *_UNIT,
    Column("item", longest=120),
    *_DISCOUNT,
    _TAX,
)
COLUMNS: dict[FileKind, tuple[Column, ...]] = {
    FileKind.CUSTOMERS: CUSTOMERS,
    FileKind.ITEMS: ITEMS,
    FileKind.INVOICES: INVOICES,
    FileKind.LINES: LINES,
}
