"""Real books to measure on: one company, made through the public services."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from billdesk.bootstrap import Books, Paths, create_company, open_application, open_books
from billdesk.bootstrap.books import system_now
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.tax_rates import TaxRateInput

if TYPE_CHECKING:
    from billdesk.core.application import Application


@contextmanager
def bench_books(
    folder: Path, now: Callable[[], datetime] = system_now
) -> Iterator[tuple[Books, int]]:
    """Open books with one company; yields them and the company's id. ``now`` is their clock."""
    secrets = MemorySecretStore("The bench keeps no secrets.")
    books = open_books(Paths(folder), secrets=secrets, now=now)
    try:
        yield books, bench_company(books)
    finally:
        books.close()


def bench_company(books: Books) -> int:
    """Set up the company that is measured; its id."""
    address = Address("Lindenstraße 12", "", "10969", "Berlin", "", "DE")
    return create_company(
        books,
        NewCompany(
            "Nordlicht Studio",
            "EUR",
            profile=CompanyProfile(address=address),
            tax_rates=(TaxRateInput("VAT 19 %", Decimal(19), is_default=True),),
        ),
    )


class Desk:
    """A company's application with customers to write invoices for."""

    def __init__(self, books: Books, company_id: int, *, stripe_url: str | None = None) -> None:
        self.app: Application = open_application(books, company_id, stripe_url=stripe_url)
        self.tax_rate_id = self.app.queries.tax_rates()[0].id
        self._customers = itertools.cycle(
            self.app.customers.create(
                CustomerInput(
                    f"Customer {index}",
                    email=f"customer{index}@example.com",
                    address=Address("Am Sandtorkai 48", "", "20457", "Hamburg", "", "DE"),
                )
            )
            for index in range(20)
        )

    def draft(self, lines: int = 5, *, online: bool = False) -> InvoiceDraft:
        """An invoice of ``lines`` lines for the next customer."""
        return InvoiceDraft(
            customer_id=next(self._customers),
            currency="EUR",
            terms_days=14,
            online_payment=online,
            lines=tuple(
                LineDraft(
                    f"Interface design, part {index + 1}",
                    Decimal("7.5"),
                    Decimal("118.25"),
                    description="Components, tokens and responsive templates",
                    unit="hours",
                    tax_rate_ids=(self.tax_rate_id,),
                )
                for index in range(lines)
            ),
        )

    def issue(self, lines: int = 5, *, online: bool = False) -> int:
        """Write and issue an invoice; returns its id."""
        saved = self.app.invoices.create(self.draft(lines, online=online))
        return self.app.invoices.issue(saved.document_id, saved.version).document_id


def multiply_invoices(books: Books, document_id: int, count: int) -> None:
    """Fill the list with ``count`` copies of an issued invoice's row, spread over ten years.

    Written by SQL: the list reads nothing else, and ten thousand real invoices would take minutes.
    """
    with books.engine.begin() as connection:
        names = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(document)")]
        changed = {
            "id": "NULL",
            "uid": "lower(hex(randomblob(16)))",
            "number": "printf('OLD-%06d', n)",
            "issued_on": "date('2026-01-01', printf('-%d days', n % 3650))",
            "listed_on": "date('2026-01-01', printf('-%d days', n % 3650))",
            "due_on": "date('2026-01-15', printf('-%d days', n % 3650))",
            # Most invoices of ten years are paid.
            "open_minor": "CASE WHEN n % 25 THEN 0 ELSE open_minor END",
            "paid_minor": "CASE WHEN n % 25 THEN total_minor ELSE 0 END",
        }
        columns = ", ".join(changed.get(name, name) for name in names)
        connection.exec_driver_sql(
            "WITH RECURSIVE counter(n) AS "
            "(SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < ?) "
            f"INSERT INTO document ({', '.join(names)}) "
            f"SELECT {columns} FROM document, counter WHERE document.id = ?",
            (count, document_id),
        )
        connection.exec_driver_sql("ANALYZE")
