"""Books to import into."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Lock

import pytest
from import_support import Desk

from billdesk.core.bus import Bus
from billdesk.core.db.archive import FileArchive
from billdesk.core.db.migrate import open_books
from billdesk.core.db.unit_of_work import Actor, UnitOfWork
from billdesk.core.services.companies import CompanyService, NewCompany
from billdesk.core.services.tax_rates import TaxRateInput

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A company in euros with two tax rates."""
    engine = open_books(tmp_path / "books.db", backups=tmp_path / "backups", now=NOW)
    bus, lock = Bus(), Lock()

    def unit_of_work(company_id: int) -> UnitOfWork:
        return UnitOfWork(
            engine,
            company_id,
            Actor("Ada"),
            bus,
            now=lambda: NOW,
            today=lambda: TODAY,
            write_lock=lock,
        )

    rates = (TaxRateInput("VAT 19 %", Decimal(19)), TaxRateInput("VAT 7 %", Decimal(7)))
    company_id = CompanyService(unit_of_work(0)).create(NewCompany("Ada", "EUR", tax_rates=rates))
    yield Desk(
        unit_of_work(company_id), FileArchive(tmp_path / "archive.db"), tmp_path / "books.db"
    )
    engine.dispose()
