"""Two years of Morning Studio as another program would have exported them."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from billdesk.core.services.importing import ImportFile, ImportFiles
from billdesk.practice.catalogue import ARTICLES
from billdesk.practice.people import PEOPLE
from billdesk.practice.work import Order, exchange_rate

FIRST_NUMBER = 101

_CUSTOMER_COLUMNS = (
    "number", "name", "contact", "email", "line1", "postal_code", "city", "region", "country",
    "currency", "terms_days", "vat_id",
)  # fmt: skip


def number_of(index: int) -> str:
    """The number of the order at ``index``."""
    return f"INV-{FIRST_NUMBER + index:05}"


def export(orders: Sequence[Order], until: date) -> ImportFiles:
    """Customers, items and the invoices of ``orders``; paid is what was paid by ``until``."""
    return ImportFiles(
        customers=_csv(
            "customers.csv",
            _CUSTOMER_COLUMNS,
            ([getattr(person, name) for name in _CUSTOMER_COLUMNS] for person in PEOPLE),
        ),
        items=_csv(
            "items.csv",
            ("code", "name", "unit_price", "unit", "unit_code", "description", "tax"),
            (
                (one.code, one.name, one.price, one.unit, one.unit_code, one.description, one.tax)
                for one in ARTICLES
            ),
        ),
        invoices=_csv(
            "invoices.csv",
            ("number", "customer", "issued_on", "due_on", "sent_on", "paid_on", "currency",
             "exchange_rate", "subject"),
            (_invoice(number_of(i), order, until) for i, order in enumerate(orders)),
        ),
        lines=_csv(
            "lines.csv",
            ("invoice", "item", "name", "description", "quantity", "unit_price", "unit",
             "unit_code", "tax"),
            (row for i, order in enumerate(orders) for row in _lines(number_of(i), order)),
        ),
    )  # fmt: skip


def _invoice(number: str, order: Order, until: date) -> tuple[object, ...]:
    currency = order.person.currency
    return (
        number,
        order.person.number,
        order.issued_on,
        order.due_on,
        order.issued_on,
        order.paid_on if order.paid_on <= until else "",
        currency,
        exchange_rate(currency, order.issued_on) or "",
        order.subject,
    )


def _lines(number: str, order: Order) -> Iterable[tuple[object, ...]]:
    for article, quantity in order.lines:
        yield (
            number,
            article.code,
            article.name,
            article.description,
            quantity,
            article.price_in(order.person.currency),
            article.unit,
            article.unit_code,
            order.person.tax(article.tax),
        )


def _csv(name: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> ImportFile:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return ImportFile(name, out.getvalue().encode())
