"""A window on real books: SQLite files in a temporary folder, real services, real lanes."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from document_shop import Shop
from PySide6.QtCore import QObject, QSettings, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Paths, create_company, open_application, open_books
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.settings import CompanyProfile
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.ui.bridge import EventBridge
from billdesk.ui.desk import Desk
from billdesk.ui.format import Formats
from billdesk.ui.main_window import MainWindow
from billdesk.ui.pages.documents import register_documents
from billdesk.ui.tasks import Lanes

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path: Path, empty_books: Path) -> Iterator[Shop]:
    shutil.copy(empty_books, tmp_path)
    books = open_books(
        Paths(tmp_path),
        secrets=MemorySecretStore("kept for this test"),
        now=lambda: NOW,
        today=lambda: TODAY,
    )
    company_id = create_company(
        books,
        NewCompany(
            "Morning Studio GmbH",
            "EUR",
            profile=CompanyProfile(
                address=Address("Torstrasse 12", "", "10119", "Berlin", "", "DE"),
                email="hello@morning.example",
            ),
            tax_rates=(TaxRateInput("VAT 19 %", Decimal(19), is_default=True),),
        ),
    )
    made = Shop(open_application(books, company_id), books)
    yield made
    made.app.close()
    books.close()


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    made = Lanes()
    failures: list[object] = []
    made.unhandledFailure.connect(failures.append)
    yield made
    qtbot.waitUntil(lambda: made.pending == 0, timeout=10_000)
    assert made.shutdown(10_000)
    assert not failures, failures


@pytest.fixture
def open_desk(
    qtbot: QtBot, shop: Shop, lanes: Lanes, tmp_path: Path
) -> Iterator[Callable[[int, int], Desk]]:
    """Shows a window of a size on the shop's books."""
    bridges: list[EventBridge] = []

    def make(width: int = 1280, height: int = 820) -> Desk:
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        window = MainWindow(settings, lambda done: done())
        qtbot.addWidget(window)
        desk = Desk(shop.app, window, lanes, Formats("en_GB", UTC))
        bridge = EventBridge(shop.app.bus, window)
        bridge.changed.connect(window.on_event)
        bridges.append(bridge)
        register_documents(desk)
        window.resize(width, height)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return desk

    yield make
    for bridge in bridges:
        bridge.close()


class _FileOpener(QObject):
    """Stands in for the desktop's own program for files."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def show(self, address: QUrl) -> None:
        self.opened.append(address)


@pytest.fixture
def opened_files() -> Iterator[list[QUrl]]:
    """What was handed to the desktop to be shown."""
    opener = _FileOpener()
    QDesktopServices.setUrlHandler("file", opener, "show")
    yield opener.opened
    QDesktopServices.unsetUrlHandler("file")
