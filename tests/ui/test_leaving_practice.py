"""From the practice company to its Stripe's page, and back to one's own company."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Books, Paths, create_company, open_application, open_books
from billdesk.core.application import Application
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.ui.app import WindowApp
from billdesk.ui.pages.setup.setup_page import SetupPage
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.toast import Toast

PRACTICE_STRIPE = "http://127.0.0.1:1/dashboard/secret"


@dataclass
class TwoCompanies:
    """A program with a practice company and, perhaps, one of the user's own."""

    books: Books
    own_id: int | None = None
    opened: list[Application] = field(default_factory=list)

    def open(self) -> Application | None:
        return None if self.own_id is None else self._open(self.own_id)

    def create_company(self, new: NewCompany) -> Application:
        return self._open(create_company(self.books, new))

    def open_practice(self) -> Application:
        return self._open(create_company(self.books, NewCompany("P", "EUR", is_practice=True)))

    def practice_stripe(self) -> str:
        return PRACTICE_STRIPE

    def safety(self) -> None:
        """Nothing is restored here."""

    def close(self) -> None:
        for application in self.opened:
            application.close()
        self.books.close()

    def _open(self, company_id: int) -> Application:
        self.opened.append(open_application(self.books, company_id))
        return self.opened[-1]


@pytest.fixture
def program(tmp_path: Path) -> TwoCompanies:
    return TwoCompanies(open_books(Paths(tmp_path), secrets=MemorySecretStore("for this test")))


@pytest.fixture
def app(
    qtbot: QtBot, program: TwoCompanies, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WindowApp]:
    monkeypatch.setattr("sys.excepthook", lambda *details: None)
    made = WindowApp(program, settings)
    made.start(practice=True)
    qtbot.waitUntil(lambda: made.desk is not None, timeout=10_000)
    yield made
    # Closing the window ends all: work, books, the lanes and the signals' sockets.
    made.window.close()
    qtbot.waitUntil(lambda: not made.window.isVisible(), timeout=10_000)
    assert made.lanes.shutdown(10_000)
    made.window.deleteLater()


def leave(app: WindowApp) -> None:
    link = app.window.banner.findChild(Button)
    assert link is not None
    assert link.text() == "Go to my own company"
    link.click()


def test_the_banner_leads_to_the_own_company(
    qtbot: QtBot, app: WindowApp, program: TwoCompanies
) -> None:
    program.own_id = create_company(program.books, NewCompany("Studio", "EUR"))
    leave(app)
    qtbot.waitUntil(lambda: app.desk is not None and app.desk.app.company_id == program.own_id)
    assert app.window.banner.text == ""


def test_without_an_own_company_it_leads_to_set_up(qtbot: QtBot, app: WindowApp) -> None:
    leave(app)
    qtbot.waitUntil(lambda: isinstance(app.window.current_page, SetupPage))
    assert app.desk is None
    assert app.window.banner.text == ""


def test_the_practice_stripe_opens_from_the_banner_and_the_palette(
    app: WindowApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return len(opened) < 3

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    links = {one.text(): one for one in app.window.banner.findChildren(Button)}
    links["Open the practice Stripe"].click()
    app.window.commands.run("practice.stripe")
    assert opened == [PRACTICE_STRIPE] * 2
    app.window.commands.run("practice.stripe")
    assert any(PRACTICE_STRIPE in one.text for one in app.window.findChildren(Toast))
