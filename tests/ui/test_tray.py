"""Closed to the tray, BillDesk goes on looking; without a tray it ends with its window."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import Books, Paths, create_company, open_application, open_books
from billdesk.core.application import Application
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.events import PaymentChanged
from billdesk.core.domain.outside_services.pacing import Attention
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.customers import CustomerInput
from billdesk.core.sync.poller import PollResult
from billdesk.core.sync.runner import SyncRunner
from billdesk.ui import tray
from billdesk.ui.app import WindowApp
from billdesk.ui.pages.settings.appearance import AppearanceSection
from billdesk.ui.widgets.dialog import ConfirmDialog


class OneCompany:
    """A program with one company; ``closed`` when it was ended."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.company_id = create_company(books, NewCompany("Studio", "EUR"))
        self.app: Application | None = None
        self.closed = False

    def open(self) -> Application:
        self.app = open_application(self.books, self.company_id)
        return self.app

    def safety(self) -> None:
        """Nothing is restored here."""

    def practice_stripe(self) -> str:
        return ""

    def close(self) -> None:
        if self.app is not None:
            self.app.close()
        self.books.close()
        self.closed = True


class Icon(QObject):
    """In place of the system's, which the platform of the tests has not."""

    activated = Signal(QSystemTrayIcon.ActivationReason)
    messageClicked = Signal()

    def __init__(self, said: list[tuple[str, str]], parent: QObject) -> None:
        super().__init__(parent)
        self._said = said
        self.is_shown = False

    def setContextMenu(self, menu: QMenu) -> None:
        self.menu = menu

    def setToolTip(self, text: str) -> None:
        self.tip = text

    def show(self) -> None:
        self.is_shown = True

    def hide(self) -> None:
        self.is_shown = False

    def showMessage(self, title: str, text: str) -> None:
        self._said.append((title, text))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the tray has said."""
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(tray, "system_has_tray", lambda: True)
    monkeypatch.setattr(tray, "new_icon", lambda parent: Icon(said, parent))
    return said


@pytest.fixture
def attended(monkeypatch: pytest.MonkeyPatch) -> list[Attention]:
    seen: list[Attention] = []
    monkeypatch.setattr(SyncRunner, "attend", lambda self, attention: seen.append(attention))
    return seen


Start = Callable[[], tuple[WindowApp, OneCompany]]


@pytest.fixture
def start(
    qtbot: QtBot, tmp_path: Path, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    monkeypatch.setattr("sys.excepthook", lambda *details: None)
    made: list[tuple[WindowApp, OneCompany]] = []

    def open_window() -> tuple[WindowApp, OneCompany]:
        books = open_books(Paths(tmp_path), secrets=MemorySecretStore("for this test"))
        program = OneCompany(books)
        app = WindowApp(program, settings)
        app.start()
        qtbot.waitUntil(lambda: app.desk is not None, timeout=10_000)
        qtbot.waitUntil(lambda: app.lanes.pending == 0)
        made.append((app, program))
        return made[-1]

    yield open_window
    for app, program in made:
        app.window.quit()
        qtbot.waitUntil(lambda program=program: program.closed, timeout=10_000)
        assert app.lanes.shutdown(10_000)
        app.window.deleteLater()


def test_without_the_choice_closing_ends_billdesk(
    qtbot: QtBot, start: Start, told: list[tuple[str, str]]
) -> None:
    app, program = start()
    app.window.close()
    qtbot.waitUntil(lambda: program.closed, timeout=10_000)
    assert not told


def test_without_a_tray_closing_ends_billdesk(
    qtbot: QtBot, start: Start, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray, "system_has_tray", lambda: False)
    settings.setValue(tray.KEEP_KEY, "true")
    app, program = start()
    assert app.desk is not None
    section = AppearanceSection(app.desk)
    assert not section.keep.isEnabled()
    app.window.close()
    qtbot.waitUntil(lambda: program.closed, timeout=10_000)


def test_closed_to_tray_goes_on_looking(
    qtbot: QtBot,
    start: Start,
    told: list[tuple[str, str]],
    attended: list[Attention],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[bool] = []
    monkeypatch.setattr(SyncRunner, "look", lambda self: looked.append(True) or PollResult())
    app, program = start()
    assert app.desk is not None
    qtbot.waitUntil(lambda: app.tray._icon is None)
    section = AppearanceSection(app.desk)
    section.keep.click()
    assert app.tray._icon is not None
    assert attended[-1] is Attention.ACTIVE

    app.window.close()
    assert app.window.isHidden()
    assert not program.closed
    assert attended[-1] is Attention.BACKGROUND
    assert [title for title, _ in told] == ["BillDesk goes on looking"]
    app.tray._menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: looked == [True])
    qtbot.waitUntil(lambda: app.lanes.pending == 0)

    icon = app.tray._icon
    assert isinstance(icon, Icon)
    assert icon.is_shown
    icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert app.window.isVisible()
    assert attended[-1] is Attention.ACTIVE
    app.window.close()
    assert len(told) == 1

    # Quitting asks once whether the looking is to end too.
    app.tray._menu.actions()[3].trigger()
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    question.reject()
    assert not program.closed
    app.window.commands.run("window.close")
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    question.verb_button.click()
    qtbot.waitUntil(lambda: program.closed, timeout=10_000)
    qtbot.waitUntil(lambda: app.tray._icon is None)


def test_money_is_told_of_while_nobody_looks(
    qtbot: QtBot, start: Start, settings: QSettings, told: list[tuple[str, str]]
) -> None:
    settings.setValue(tray.KEEP_KEY, "true")
    app, program = start()
    assert program.app is not None
    invoice = paid_invoice(program.app)
    app.window.close()
    told.clear()
    program.app.bus.publish((PaymentChanged(program.company_id, invoice),))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [("TEST: 1 online payment", "€100.00 · INV-00001 · Ada")]
    # The same again is no news.
    program.app.bus.publish((PaymentChanged(program.company_id, invoice),))
    notices = app.tray._notices
    assert notices is not None
    qtbot.waitUntil(lambda: notices._latest.is_busy)
    qtbot.waitUntil(lambda: not notices._latest.is_busy)
    assert len(told) == 1


def paid_invoice(app: Application) -> int:
    """An invoice, and the word of the worker that it was paid online."""
    customer_id = app.customers.create(CustomerInput("Ada"))
    saved = app.invoices.create(
        InvoiceDraft(
            customer_id=customer_id,
            currency="EUR",
            lines=(LineDraft("Work", Decimal(1), Decimal(100)),),
        )
    )
    app.invoices.issue(saved.document_id, saved.version)
    uid = app.queries.document(saved.document_id).uid
    with app.queries._uow.write() as tx:
        after = {"amount_minor": 10_000, "currency": "EUR"}
        tx.audit("stripe.succeeded", f"document:{uid}", after=after)
    return saved.document_id
