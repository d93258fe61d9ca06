"""Settings, Database: where the books are, a server tried for real, what the next start uses."""

import os
from decimal import Decimal

import pytest
from postgres_server import PostgresServer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.bootstrap import Books, paths_in
from billdesk.core.domain.database_address import DatabaseAddress
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.database import DatabaseSection
from billdesk.ui.pages.settings.settings_page import SettingsPage
from billdesk.ui.widgets.dialog import ConfirmDialog


def open_database(qtbot: QtBot, desk: Desk) -> DatabaseSection:
    desk.window.open_page("settings", "database")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    settle(qtbot, desk)
    assert isinstance(page.section, DatabaseSection)
    return page.section


def type_in(section: DatabaseSection, address: DatabaseAddress, password: str = "") -> None:
    section.host.setText(address.host)
    section.port.set_value(Decimal(address.port))
    section.database.setText(address.database)
    section.user.setText(address.user)
    section.password.setText(password)


def test_books_in_a_file_say_where_they_are(qtbot: QtBot, desk: Desk, books: Books) -> None:
    section = open_database(qtbot, desk)
    assert str(books.paths.folder) in section.where.text()
    assert not section.next_start.isVisibleTo(section)
    assert not section.file_button.isVisibleTo(section)
    assert section.port.text() == "5432"


def test_what_is_missing_is_named_beside_its_field(qtbot: QtBot, desk: Desk) -> None:
    section = open_database(qtbot, desk)
    section.test_button.click()
    assert section.form.field("host").error == "Name the server to connect to."


def test_a_server_that_does_not_answer_is_explained(qtbot: QtBot, desk: Desk) -> None:
    section = open_database(qtbot, desk)
    type_in(section, DatabaseAddress("127.0.0.1", "books", "anna", 9))
    section.test_button.click()
    settle(qtbot, desk)
    assert "No database server answers at 127.0.0.1:9" in section.form.problem
    assert section.test_button.isEnabled()


def test_a_server_is_tried_and_used_from_the_next_start(
    qtbot: QtBot,
    desk: Desk,
    books: Books,
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = postgres.address(postgres.books())
    section = open_database(qtbot, desk)
    type_in(section, address, "guess")
    section.test_button.click()
    settle(qtbot, desk)
    assert "refuses this password" in section.form.field("password").error
    type_in(section, address, postgres.password)
    section.test_button.click()
    settle(qtbot, desk)
    assert section.result.text() == "Connected. The database holds books without a company yet."
    assert section.form.problem == ""

    # This test has no keychain: the password must come from elsewhere.
    section.use_button.click()
    settle(qtbot, desk)
    assert "no keychain" in section.form.field("password").error
    assert paths_in(books.paths.folder).server is None
    monkeypatch.setitem(os.environ, "PGPASSWORD", postgres.password)
    section.password.clear()
    section.use_button.click()
    settle(qtbot, desk)
    assert paths_in(books.paths.folder).server == address
    assert address.database in section.next_start.text()
    assert section.next_start.isVisibleTo(section)

    section.file_button.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ConfirmDialog))
    question = QApplication.activeModalWidget()
    assert isinstance(question, ConfirmDialog)
    question.verb_button.click()
    settle(qtbot, desk)
    assert paths_in(books.paths.folder).server is None
    assert not section.next_start.isVisibleTo(section)
