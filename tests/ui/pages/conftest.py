"""A window on real books: SQLite files in a temporary folder, real services, real lanes."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Books, Paths, create_company, open_application, open_books
from billdesk.core.application import Application
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.ui.bridge import EventBridge
from billdesk.ui.company_window import fill_window
from billdesk.ui.desk import Desk
from billdesk.ui.format import Formats
from billdesk.ui.main_window import MainWindow
from billdesk.ui.tasks import Lanes

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def books(tmp_path: Path, empty_books: Path) -> Iterator[Books]:
    """Empty books without a keychain."""
    folder = tmp_path / "books"
    folder.mkdir(mode=0o700)
    shutil.copy(empty_books, folder)
    made = open_books(
        Paths(folder),
        secrets=MemorySecretStore("This test has no keychain."),
        now=lambda: NOW,
        today=lambda: TODAY,
    )
    yield made
    made.close()


@pytest.fixture
def company_id(books: Books) -> int:
    """A company in Berlin with two tax rates."""
    return create_company(
        books,
        NewCompany(
            "Morning Studio GmbH",
            "EUR",
            profile=CompanyProfile(
                address=Address("Torstrasse 12", "", "10119", "Berlin", "", "DE"),
                email="hello@morning.example",
            ),
            tax_rates=(
                TaxRateInput("USt. 19 %", Decimal(19), is_default=True),
                TaxRateInput("USt. 7 %", Decimal(7)),
            ),
        ),
    )


@pytest.fixture
def app(books: Books, company_id: int) -> Iterator[Application]:
    """The company's application; no worker runs."""
    made = open_application(books, company_id)
    yield made
    made.close()


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    """Real worker threads; a failure nobody expected fails the test."""
    made = Lanes()
    failures: list[object] = []
    made.unhandledFailure.connect(failures.append)
    yield made
    qtbot.waitUntil(lambda: made.pending == 0, timeout=10_000)
    assert made.shutdown(10_000)
    assert not failures, failures


MakeDesk = Callable[[Application], Desk]


@pytest.fixture
def make_desk(qtbot: QtBot, lanes: Lanes, settings: QSettings) -> Iterator[MakeDesk]:
    """Shows an application's pages in an active window."""
    bridges: list[EventBridge] = []

    def make(application: Application) -> Desk:
        window = MainWindow(settings, lambda done: done())
        qtbot.addWidget(window)
        made = Desk(application, window, lanes, Formats("en_GB", UTC), settings)
        bridge = EventBridge(application.bus, window)
        bridge.changed.connect(window.on_event)
        bridges.append(bridge)
        fill_window(made)
        window.resize(1280, 820)
        with qtbot.waitActive(window):
            window.show()
        qtbot.waitUntil(lambda: lanes.pending == 0)
        return made

    yield make
    for bridge in bridges:
        bridge.close()


@pytest.fixture
def desk(app: Application, make_desk: MakeDesk) -> Desk:
    """The company's window, on Home."""
    return make_desk(app)
