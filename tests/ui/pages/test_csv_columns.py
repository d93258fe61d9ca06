"""Which column of a bank's file says what: a preview below the choice, and never a dead end."""

from pathlib import Path

import pytest
from bank_files import DAY, Movement, csv_file
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.ui.desk import Desk
from billdesk.ui.pages.payments import BANK
from billdesk.ui.pages.payments.bank_actions import BankActions
from billdesk.ui.pages.payments.dialogs.csv_columns import CsvColumnsDialog
from billdesk.ui.pages.payments.payments_page import PaymentsPage

TRANSFER = Movement(10_000, "INV-00001")
ISO_DAY = str(DAY).encode()
WRITTEN = f"{DAY:%d.%m.%Y}".encode()


@pytest.fixture
def actions(qtbot: QtBot, desk: Desk) -> BankActions:
    desk.window.open_page("payments", BANK)
    page = desk.window.current_page
    assert isinstance(page, PaymentsPage)
    settle(qtbot, desk)
    (found,) = page.findChildren(BankActions)
    return found


def asked(qtbot: QtBot, desk: Desk, actions: BankActions, path: Path) -> CsvColumnsDialog:
    actions.take_in(path)
    page = actions.parent()
    assert isinstance(page, PaymentsPage)
    found: list[CsvColumnsDialog] = []

    def look() -> bool:
        found[:] = [one for one in page.findChildren(CsvColumnsDialog) if one.isVisible()]
        return bool(found)

    qtbot.waitUntil(look)
    return found[0]


def choose(dialog: CsvColumnsDialog, field: str, column: str) -> None:
    box = getattr(dialog, field)
    box.setCurrentIndex(box.findData(column))


def remembered(qtbot: QtBot, desk: Desk, actions: BankActions, path: Path) -> None:
    path.write_bytes(csv_file([TRANSFER]).data)
    dialog = asked(qtbot, desk, actions, path)
    dialog.bank.setText("Sparkasse")
    dialog.account.setText("DE87 2005 0000 1234 5678 90")
    dialog.currency.setText("EUR")
    with qtbot.waitSignal(dialog.succeeded):
        dialog.submit()
    settle(qtbot, desk)


def lines(desk: Desk) -> int:
    return sum(desk.app.queries.bank_counts().values())


def test_the_first_lines_stand_below_what_each_column_is_taken_for(
    qtbot: QtBot, desk: Desk, actions: BankActions, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    path.write_bytes(csv_file([TRANSFER, Movement(-450, "Entgelt", name="Bank")] * 9).data)
    dialog = asked(qtbot, desk, actions, path)
    preview = dialog.preview
    assert preview.rows()[:2] == [
        ("Buchungstag", "Betrag", "Name", "IBAN", "Verwendungszweck"),
        ("23.11.2026", "100,00", "Nordlicht AS", "NO9386011117947", "INV-00001"),
    ]
    # The names and a few lines; not the whole file.
    assert len(preview.rows()) == 5
    assert preview.roles() == ["Booking date", "Amount", "Payer or payee", "Their account", "Text"]
    choose(dialog, "counterparty", "Verwendungszweck")
    choose(dialog, "remittance", "")
    assert preview.roles() == [
        "Booking date",
        "Amount",
        "Not used",
        "Their account",
        "Payer or payee",
    ]
    choose(dialog, "remittance", "Name")
    choose(dialog, "iban", "Name")
    assert preview.roles()[2:] == ["Their account, Text", "Not used", "Payer or payee"]
    dialog.reject()


def test_a_bank_that_writes_dates_otherwise_now_is_asked_about_again(
    qtbot: QtBot, desk: Desk, actions: BankActions, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    remembered(qtbot, desk, actions, path)
    path.write_bytes(csv_file([Movement(5_000, "B")]).data.replace(WRITTEN, ISO_DAY))
    dialog = asked(qtbot, desk, actions, path)
    assert dialog.problem == (
        "bank.csv, line 2, column Buchungstag: “2026-11-23” is not a date written DD.MM.YYYY."
    )
    assert (dialog.bank.text(), dialog.account.text()) == (
        "Sparkasse",
        "DE87 2005 0000 1234 5678 90",
    )
    dialog.dates.setCurrentIndex(dialog.dates.findData(""))
    with qtbot.waitSignal(dialog.succeeded):
        dialog.submit()
    settle(qtbot, desk)
    assert lines(desk) == 2


def test_a_renamed_column_is_asked_about_and_named(
    qtbot: QtBot, desk: Desk, actions: BankActions, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    remembered(qtbot, desk, actions, path)
    path.write_bytes(csv_file([Movement(5_000, "B")]).data.replace(b"Betrag", b"Wert"))
    dialog = asked(qtbot, desk, actions, path)
    assert dialog.problem == (
        "The columns kept for “Sparkasse” do not fit: bank.csv has no column “Betrag”."
    )
    choose(dialog, "amount", "Wert")
    dialog.account.setText("DE87200500001234567890")
    with qtbot.waitSignal(dialog.succeeded):
        dialog.submit()
    settle(qtbot, desk)
    assert lines(desk) == 2


def test_a_file_no_bank_is_known_for_is_asked_about(
    qtbot: QtBot, desk: Desk, actions: BankActions, tmp_path: Path
) -> None:
    path = tmp_path / "bank.csv"
    path.write_text("Wann;Wieviel;Von\n23.11.2026;100,00;Nordlicht\n")
    dialog = asked(qtbot, desk, actions, path)
    assert dialog.problem == ""
    assert dialog.preview.roles() == ["Booking date", "Not used", "Not used"]
    assert dialog.amount.currentData() == ""
    dialog.reject()
