"""A company with its use cases and queries, and rows that are quick to make in numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, insert, select

from billdesk.core.bus import Bus
from billdesk.core.db.archive import FileArchive
from billdesk.core.db.tables import Document, NumberSeries
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Actor, UnitOfWork
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.queries import Queries
from billdesk.core.services.companies import CompanyService, NewCompany
from billdesk.core.services.customers import CustomerInput, CustomerService
from billdesk.core.services.invoices import InvoiceService
from billdesk.core.services.items import ItemService
from billdesk.core.services.payments import PaymentInput, PaymentService
from billdesk.core.services.tax_rates import TaxRateInput, TaxRateService

TODAY = date(2026, 11, 24)


@dataclass
class MovableTime:
    """The clock of the tests; each look at it is a second later."""

    today: date = TODAY
    _ticks: Iterator[int] = field(default_factory=count)

    def now(self) -> datetime:
        noon = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        return noon + timedelta(seconds=next(self._ticks))


class World:
    """One company in books of its own or shared ones."""

    def __init__(self, engine: Engine, folder: Path, clock: MovableTime, **company: Any) -> None:
        self.engine = engine
        self.clock = clock
        self.archive = FileArchive(folder / "archive.db")
        lock = Lock()

        def open_uow(company_id: int) -> UnitOfWork:
            return UnitOfWork(
                engine,
                company_id,
                Actor("Petra", "desk-1"),
                Bus(),
                now=clock.now,
                today=lambda: clock.today,
                write_lock=lock,
            )

        new = NewCompany(
            **{
                "name": "Werkstatt Lang",
                "currency": "EUR",
                "tax_rates": (
                    TaxRateInput("VAT 7 %", Decimal(7)),
                    TaxRateInput("VAT 19 %", Decimal(19), is_default=True),
                    TaxRateInput("Export", Decimal(0), TaxCategory.EXPORT, "Tax-free export"),
                ),
                **company,
            }
        )
        self.company_id = CompanyService(open_uow(0)).create(new)
        self.uow = open_uow(self.company_id)
        self.queries = Queries(self.uow, self.archive)
        self.customers = CustomerService(self.uow)
        self.items = ItemService(self.uow)
        self.tax_rates = TaxRateService(self.uow)
        self.invoices = InvoiceService(self.uow)
        self.payments = PaymentService(self.uow)

    def customer(self, name: str, **fields: Any) -> int:
        """A new customer."""
        return self.customers.create(CustomerInput(name=name, **fields))

    def draft(self, customer_id: int | None, price: str = "100", **fields: Any) -> int:
        """A draft with one line of ``price``, without tax."""
        line = LineDraft(fields.pop("line", "Work"), Decimal(1), Decimal(price))
        return self.invoices.create(
            InvoiceDraft(customer_id=customer_id, lines=(line,), **fields)
        ).document_id

    def issued(self, customer_id: int, price: str = "100", **fields: Any) -> int:
        """An issued invoice of ``price``."""
        document_id = self.draft(customer_id, price, **fields)
        self.invoices.issue(document_id, self.queries.document(document_id).version)
        return document_id

    def pay(self, document_id: int, minor: int, on: date | None = None) -> int:
        """A bank transfer."""
        return self.payments.record(
            PaymentInput(document_id, minor, PaymentMethod.BANK, on or self.clock.today)
        )

    def insert(self, table: Any, **values: Any) -> int:
        """A row as it stands, for what no use case of these tests makes."""
        with self.engine.begin() as connection:
            result = connection.execute(insert(table).values(company_id=self.company_id, **values))
            key = result.inserted_primary_key
        return int(key[-1] if isinstance(key[-1], int) else 0)

    def insert_documents(self, rows: list[dict[str, Any]]) -> None:
        """Many documents at once, straight into the table."""
        with self.engine.begin() as connection:
            series = connection.scalar(
                select(NumberSeries.id).where(
                    NumberSeries.company_id == self.company_id, NumberSeries.kind == "invoice"
                )
            )
            connection.execute(
                insert(Document),
                [
                    document_row(self.company_id, series or 0, self.clock.now(), **row)
                    for row in rows
                ],
            )


def document_row(company_id: int, series_id: int, now: datetime, **values: Any) -> dict[str, Any]:
    """The columns of a document; ``values`` over plain ones."""
    return {
        "uid": new_uid(),
        "version": 1,
        "company_id": company_id,
        "series_id": series_id,
        "kind": "invoice",
        "number": None,
        "customer_id": None,
        "customer_name": "",
        "search_text": "",
        "listed_on": TODAY,
        "language": "en",
        "currency": "EUR",
        "exchange_rate": Decimal(1),
        "issued_on": None,
        "due_on": None,
        "subject": "",
        "price_mode": "net",
        "tax_rounding": "document",
        "total_minor": 0,
        "base_total_minor": 0,
        "open_minor": 0,
        "paid_minor": 0,
        "credited_minor": 0,
        "written_off_minor": 0,
        "pending_minor": 0,
        "disputed_minor": 0,
        "unexplained_refund_minor": 0,
        "surplus_minor": 0,
        "issued_at": None,
        "sent_at": None,
        "voided_at": None,
        "created_at": now,
        "updated_at": now,
        **values,
    }
