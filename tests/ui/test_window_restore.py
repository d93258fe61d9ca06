"""The whole window: a restore closes the books, replaces them and shows them; closing backs up."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from billdesk.bootstrap import (
    Paths,
    backup_service,
    create_company,
    open_application,
    open_books,
)
from billdesk.core.gateways.secrets import MemorySecretStore
from billdesk.core.services.companies import NewCompany
from billdesk.core.services.customers import CustomerInput
from billdesk.desktop import DesktopProgram
from billdesk.ui.app import WindowApp
from billdesk.ui.pages.setup.setup_page import SetupPage
from billdesk.ui.restore_dialog import RestoreDialog
from billdesk.ui.widgets.dialog import Dialog

SECRETS = MemorySecretStore("for this test")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Books of a company with one customer, and a backup from before the second."""
    made = Paths(tmp_path / "books")
    books = open_books(made, secrets=SECRETS)
    application = open_application(books, create_company(books, NewCompany("Studio", "EUR")))
    application.customers.create(CustomerInput("First"))
    backup_service(made, SECRETS).make()
    application.customers.create(CustomerInput("Second"))
    application.close()
    books.close()
    return made


@pytest.fixture
def app(
    qtbot: QtBot, paths: Paths, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WindowApp]:
    monkeypatch.setattr("sys.excepthook", lambda *details: None)
    made = WindowApp(DesktopProgram(paths, None), settings)
    made.start()
    qtbot.waitUntil(lambda: made.desk is not None, timeout=15_000)
    yield made
    made.window.close()
    qtbot.waitUntil(lambda: not made.window.isVisible(), timeout=15_000)
    assert made.lanes.shutdown(10_000)
    made.window.deleteLater()


def customers(app: WindowApp) -> int:
    assert app.desk is not None
    assert app.desk.app.safety is not None
    summary = app.desk.app.safety.backups.make().summary
    assert summary is not None
    return summary.companies[0].customers


def restored(qtbot: QtBot, app: WindowApp, file: Path) -> str:
    before = app.desk
    assert before is not None
    assert before.restore is not None
    before.restore(file, None, ())
    qtbot.waitUntil(lambda: app.desk not in (None, before), timeout=30_000)
    qtbot.waitUntil(lambda: bool(app.window.findChildren(Dialog)))
    (dialog,) = app.window.findChildren(Dialog)
    texts = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    dialog.accept()
    return texts


def test_a_backup_is_restored_from_the_window(qtbot: QtBot, app: WindowApp, paths: Paths) -> None:
    file = min(paths.backups.glob("*.db"), key=lambda each: each.stat().st_mtime_ns)
    assert customers(app) == 2
    told = restored(qtbot, app, file)
    assert "The backup is restored" in told
    assert customers(app) == 1
    (aside,) = paths.folder.glob("books-replaced-*.db")
    assert str(aside) in told


def test_what_does_not_hold_in_a_backup_is_told_before(
    qtbot: QtBot, app: WindowApp, paths: Paths
) -> None:
    file = min(paths.backups.glob("*.db"), key=lambda each: each.stat().st_mtime_ns)
    with closing(sqlite3.connect(file)) as backup:
        backup.execute("CREATE TRIGGER helper AFTER INSERT ON payment BEGIN SELECT 1; END")
    assert app.desk is not None
    assert app.desk.app.safety is not None
    dialog = RestoreDialog(app.desk, app.desk.app.safety, file, app.window)
    dialog.open()
    qtbot.waitUntil(dialog.verb_button.isEnabled, timeout=15_000)
    told = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    assert "1 fault, the first: helper: this trigger is not one of BillDesk's." in told
    dialog.reject()


def test_what_cannot_be_restored_leaves_the_books(
    qtbot: QtBot, app: WindowApp, paths: Paths, tmp_path: Path
) -> None:
    other = tmp_path / "holiday.db"
    other.write_text("no database")
    told = restored(qtbot, app, other)
    assert "The backup was not restored" in told
    assert "not a BillDesk database" in told
    assert customers(app) == 2


def test_closing_backs_up_what_has_changed(paths: Paths) -> None:
    for _ in range(2):
        program = DesktopProgram(paths, None)
        assert program.open() is not None
        program.close()
    reasons = [row.reason.value for row in backup_service(paths, SECRETS).rows()]
    assert sorted(reasons) == ["close", "demand"]


def test_books_that_cannot_be_opened_are_restored_from_the_window(
    qtbot: QtBot, paths: Paths, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.excepthook", lambda *details: None)
    (file,) = paths.backups.glob("*.db")
    paths.books.unlink()
    made = WindowApp(DesktopProgram(paths, None), settings)
    made.start()
    qtbot.waitUntil(lambda: bool(made.window.findChildren(Dialog)), timeout=15_000)
    (dialog,) = made.window.findChildren(Dialog)
    assert dialog.verb_button.text() == "Restore a backup…"
    dialog.accept()
    chooser = made.window.findChild(QFileDialog)
    assert chooser is not None
    chooser.fileSelected.emit(str(file))
    chooser.reject()
    asked = made.window.findChild(RestoreDialog)
    assert asked is not None
    qtbot.waitUntil(asked.verb_button.isEnabled, timeout=15_000)
    asked.verb_button.click()
    qtbot.waitUntil(lambda: made.desk is not None, timeout=30_000)
    assert customers(made) == 1
    made.window.close()
    qtbot.waitUntil(lambda: not made.window.isVisible(), timeout=15_000)
    assert made.lanes.shutdown(10_000)
    made.window.deleteLater()


def test_set_up_begins_with_a_backup(
    qtbot: QtBot, paths: Paths, tmp_path: Path, settings: QSettings
) -> None:
    file = min(paths.backups.glob("*.db"), key=lambda each: each.stat().st_mtime_ns)
    made = WindowApp(DesktopProgram(Paths(tmp_path / "new"), None), settings)
    made.start()
    qtbot.waitUntil(lambda: isinstance(made.window.current_page, SetupPage), timeout=15_000)
    page = made.window.current_page
    assert isinstance(page, SetupPage)
    page.welcome.restore_button.click()
    chooser = made.window.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(file))
    chooser.reject()
    dialog = made.window.findChild(RestoreDialog)
    assert isinstance(dialog, RestoreDialog)
    qtbot.waitUntil(dialog.verb_button.isEnabled, timeout=15_000)
    texts = [each.text() for each in dialog.findChildren(QLabel)]
    assert not any("other books" in text for text in texts), "there are none yet"
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: made.desk is not None, timeout=30_000)
    assert customers(made) == 1
    made.window.close()
    qtbot.waitUntil(lambda: not made.window.isVisible(), timeout=15_000)
    assert made.lanes.shutdown(10_000)
    made.window.deleteLater()
