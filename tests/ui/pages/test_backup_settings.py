"""Settings, Backup: a list that is true, one button to back up, a restore that looks first."""

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.core.services.customers import CustomerInput
from billdesk.ui.backup_keeper import BackupKeeper
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.backup import BackupSection
from billdesk.ui.pages.settings.settings_page import SettingsPage
from billdesk.ui.restore_dialog import RestoreDialog

PASSPHRASE = "correct horse battery"


@pytest.fixture
def section(qtbot: QtBot, desk: Desk) -> BackupSection:
    desk.window.commands.run("settings.backup")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    assert isinstance(page.section, BackupSection)
    settle(qtbot, desk)
    return page.section


def cells(section: BackupSection) -> list[list[str]]:
    model = section.model
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_back_up_now_adds_a_row(qtbot: QtBot, desk: Desk, section: BackupSection) -> None:
    assert cells(section) == []
    assert not section.restore_button.isEnabled()
    section.make_button.click()
    settle(qtbot, desk)
    ((_, reason, holds, size),) = cells(section)
    assert (reason, holds) == ("Asked for", "0 documents")
    assert size.endswith(" kB")
    assert "Backed up to" in section.status.text()


def test_a_folder_that_is_gone_is_told(
    qtbot: QtBot, desk: Desk, section: BackupSection, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    section.keeping.choose(disk)
    settle(qtbot, desk)
    assert section.keeping.place.text() == str(disk)
    disk.rmdir()
    section.make_button.click()
    settle(qtbot, desk)
    assert "is not there. Connect its disk" in section.status.text()
    assert section.make_button.isEnabled()
    section.keeping.usual_button.click()
    settle(qtbot, desk)
    assert section.keeping.place.text().endswith("backups")


def test_how_long_is_saved_or_refused(qtbot: QtBot, desk: Desk, section: BackupSection) -> None:
    assert not section.keeping.keep_button.isEnabled()
    section.keeping.days.set_value(Decimal(0))
    section.keeping.keep_button.click()
    assert desk.app.safety is not None
    assert desk.app.safety.backups.settings().keep.days == 7
    section.keeping.days.set_value(Decimal(30))
    section.keeping.keep_button.click()
    settle(qtbot, desk)
    assert desk.app.safety.backups.settings().keep.days == 30
    assert not section.keeping.keep_button.isEnabled()


@pytest.mark.usefixtures("quick_key")
def test_a_passphrase_locks_and_unlocks(qtbot: QtBot, desk: Desk, section: BackupSection) -> None:
    lock = section.lock
    lock.first.setText(PASSPHRASE)
    lock.second.setText("something else")
    lock.lock_button.click()
    assert lock.form.field("again").error == "This differs from the first."
    lock.second.setText(PASSPHRASE)
    lock.lock_button.click()
    settle(qtbot, desk)
    assert lock.pill.word == "Locked"
    assert lock.first.text() == ""
    assert not lock.form.isVisible()
    section.make_button.click()
    settle(qtbot, desk)
    assert cells(section)[0][2] == "0 documents · locked"

    # The keychain knows the passphrase: the dialog shows the preview at once.
    section.restore_button.setEnabled(True)
    section.table.selectRow(0)
    section._restore_selected()
    settle(qtbot, desk)
    dialog = section.findChild(RestoreDialog)
    assert dialog is not None
    assert not dialog.form.isVisible()
    assert "0 documents, 0 customers, 0 payments" in texts(dialog)
    dialog.reject()


def texts(dialog: RestoreDialog) -> str:
    return "\n".join(each.text() for each in dialog.findChildren(QLabel))


def test_restore_shows_what_is_lost_and_asks_the_window(
    qtbot: QtBot, desk: Desk, section: BackupSection
) -> None:
    asked: list[tuple[object, ...]] = []
    object.__setattr__(desk, "restore", lambda *given: asked.append(given))
    section.make_button.click()
    settle(qtbot, desk)
    desk.app.customers.create(CustomerInput("Somebody"))
    section.table.selectRow(0)
    section.restore_button.click()
    dialog = section.findChild(RestoreDialog)
    assert dialog is not None
    assert not dialog.verb_button.isEnabled(), "nothing has been looked into yet"
    settle(qtbot, desk)
    assert "It holds Morning Studio GmbH: 0 documents, 0 customers" in texts(dialog)
    dialog.past.setText(" INV-00131 ")
    dialog.verb_button.click()
    ((file, passphrase, past),) = asked
    assert (Path(str(file)).suffix, passphrase, past) == (".db", None, ("INV-00131",))


def test_the_keeper_makes_the_backup_of_the_day(qtbot: QtBot, desk: Desk) -> None:
    keeper = desk.window.findChild(BackupKeeper)
    assert keeper is not None
    assert desk.app.safety is not None
    keeper.begin()
    settle(qtbot, desk)
    assert [row.reason.value for row in desk.app.safety.backups.rows()] == ["daily"]
    assert desk.window.toasts.toasts == []
    (desk.app.safety.backups.place.folder / "backup.json").write_text("{half")
    for _ in range(2):
        keeper.back_up_if_due()
        settle(qtbot, desk)
    (toast,) = desk.window.toasts.toasts
    assert "No backup was made" in toast.text


def test_damaged_books_and_other_programs_are_told(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    from billdesk.core.db.programs import enter

    keeper = desk.window.findChild(BackupKeeper)
    assert keeper is not None
    assert desk.app.safety is not None
    place = desk.app.safety.backups.place
    (place.folder / ".stfolder").mkdir()
    other = enter(place.folder, "window")
    keeper.begin()
    settle(qtbot, desk)
    other.close()
    assert "Syncthing copies" in desk.window.banner.text
    assert any("has these books open" in toast.text for toast in desk.window.toasts.toasts)
