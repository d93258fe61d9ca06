"""Settings: saved with Undo, errors beside their fields, nothing typed lost."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import settle, shown_toast

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.numbering import Reset
from billdesk.core.domain.snapshot import Paper
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.appearance import stored_mode, stored_stillness
from billdesk.ui.desk import Desk
from billdesk.ui.pages.settings.appearance import AppearanceSection
from billdesk.ui.pages.settings.company import CompanySection
from billdesk.ui.pages.settings.invoices import InvoicesSection
from billdesk.ui.pages.settings.numbering import NumberingSection
from billdesk.ui.pages.settings.rate_change_dialog import RateChangeDialog
from billdesk.ui.pages.settings.reminders import RemindersSection, StepDialog
from billdesk.ui.pages.settings.section import Section
from billdesk.ui.pages.settings.settings_page import SettingsPage
from billdesk.ui.pages.settings.tax_dialog import TaxRateDialog
from billdesk.ui.pages.settings.taxes import TaxesSection
from billdesk.ui.theme import Theme, ThemeMode


def open_section(qtbot: QtBot, desk: Desk, key: str) -> Section:
    desk.window.commands.run(f"settings.{key}")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    settle(qtbot, desk)
    return page.section


def undo(qtbot: QtBot, desk: Desk) -> None:
    button = shown_toast(qtbot, desk).action_button
    assert button is not None
    button.click()


def save(qtbot: QtBot, desk: Desk) -> None:
    assert desk.window.commands.run("settings.save")
    settle(qtbot, desk)


def test_company_details_are_saved_and_undone(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "company")
    assert isinstance(section, CompanySection)
    assert section.edit("city").text() == "Berlin"
    section.edit("city").setText("Potsdam")
    section.edit("iban").setText("DE89 3704 0044 0532 0130 00")
    assert section.is_dirty
    save(qtbot, desk)
    profile = desk.app.queries.company().profile
    assert (profile.address.city, profile.bank.iban) == ("Potsdam", "DE89370400440532013000")
    assert not section.is_dirty
    undo(qtbot, desk)
    settle(qtbot, desk)
    profile = desk.app.queries.company().profile
    assert (profile.address.city, profile.bank.iban) == ("Berlin", "")
    assert section.edit("city").text() == "Berlin"


def test_a_wrong_iban_is_told_beside_it_and_stays_when_one_looks_elsewhere(
    qtbot: QtBot, desk: Desk
) -> None:
    section = open_section(qtbot, desk, "company")
    assert isinstance(section, CompanySection)
    section.edit("iban").setText("DE00 1234")
    save(qtbot, desk)
    assert "IBAN" in section.form.field("iban").error
    desk.window.open_page("home")
    desk.app.customers.create(CustomerInput("Somebody"))
    open_section(qtbot, desk, "numbering")
    assert open_section(qtbot, desk, "company") is section
    assert section.edit("iban").text() == "DE00 1234"
    assert section.is_dirty


def test_a_logo_is_taken_shown_and_removed(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    section = open_section(qtbot, desk, "company")
    assert isinstance(section, CompanySection)
    image = QImage(200, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("#2B59E0"))
    file = tmp_path / "logo.png"
    assert image.save(str(file))
    section.logo.take_file(file)
    qtbot.waitUntil(lambda: desk.app.queries.logo() is not None)
    settle(qtbot, desk)
    assert section.logo.has_image
    assert not section.is_dirty
    section.logo.remove_button.click()
    qtbot.waitUntil(lambda: desk.app.queries.logo() is None)
    settle(qtbot, desk)
    assert not section.logo.has_image
    undo(qtbot, desk)
    qtbot.waitUntil(lambda: desk.app.queries.logo() == file.read_bytes())


def test_a_file_that_is_no_image_is_refused(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    section = open_section(qtbot, desk, "company")
    assert isinstance(section, CompanySection)
    file = tmp_path / "logo.png"
    file.write_text("not an image")
    section.logo.take_file(file)
    qtbot.waitUntil(lambda: "cannot be read" in section.logo.problem)
    assert desk.app.queries.logo() is None


def test_numbering_shows_the_next_number_while_typing(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "numbering")
    assert isinstance(section, NumberingSection)
    assert section.example.text() == "INV-00001"
    section.pattern.setText("{yyyy}-{seq:03}")
    section.reset.setCurrentIndex(1)
    assert section.example.text() == "2026-001"
    section.at_creation.setChecked(True)
    save(qtbot, desk)
    series = desk.app.queries.company().series
    assert (series.pattern, series.reset, series.at_creation) == (
        "{yyyy}-{seq:03}",
        Reset.YEARLY,
        True,
    )
    section.pattern.setText("{seq:03}")
    assert "yearly" in section.form.field("pattern").error
    save(qtbot, desk)
    assert desk.app.queries.company().series.pattern == "{yyyy}-{seq:03}"
    assert section.form.field("pattern").error


def test_invoice_defaults_check_the_colour(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "invoices")
    assert isinstance(section, InvoicesSection)
    section.accent.setText("#FFEE00")
    assert "could not be read" in section.form.field("accent").error
    section.accent.setText("#0B6636")
    assert not section.form.field("accent").error
    section.terms_days.selectAll()
    qtbot.keyClicks(section.terms_days, "30")
    section.paper.setCurrentIndex(1)
    save(qtbot, desk)
    defaults = desk.app.queries.company().invoice_defaults
    assert defaults.terms_days == 30
    assert (defaults.template.accent, defaults.template.paper) == ("#0B6636", Paper.LETTER)


def test_discard_brings_the_stored_values_back(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "invoices")
    assert isinstance(section, InvoicesSection)
    section.introduction.setPlainText("Dear customer")
    assert desk.window.commands.run("settings.discard")
    assert section.introduction.text() == ""
    assert not section.is_dirty


def open_dialog(qtbot: QtBot) -> TaxRateDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), TaxRateDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TaxRateDialog)
    return dialog


def test_tax_rates_are_added_changed_deleted_and_restored(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "taxes")
    assert isinstance(section, TaxesSection)
    assert [rate.name for rate in section.model.rows()] == ["USt. 19 %", "USt. 7 %"]
    section.add_button.click()
    dialog = open_dialog(qtbot)
    dialog.name.setText("Reverse charge")
    dialog.category.setCurrentIndex(3)
    assert dialog.percent.value == Decimal(0)
    dialog.reason.setText("Steuerschuldnerschaft des Leistungsempfängers")
    dialog.submit()
    qtbot.waitUntil(lambda: section.model.rowCount() == 3)
    added = next(r for r in desk.app.queries.tax_rates() if r.name == "Reverse charge")
    assert added.category is TaxCategory.REVERSE_CHARGE
    section.table.select_key(added.id)
    section.delete_button.click()
    qtbot.waitUntil(lambda: section.model.rowCount() == 2)
    section.tabs.set_current("deleted")
    qtbot.waitUntil(lambda: [r.id for r in section.model.rows()] == [added.id])
    section.restore_button.click()
    qtbot.waitUntil(lambda: section.model.rowCount() == 0)
    assert len(desk.app.queries.tax_rates()) == 3


def test_a_rate_changes_on_a_day(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "taxes")
    assert isinstance(section, TaxesSection)
    section.table.selectRow(0)
    section.change_button.click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RateChangeDialog)
    dialog.submit()
    assert "day" in dialog.form.field("on").error
    dialog.on.set_value(date(2027, 7, 1))
    dialog.percent.set_value(Decimal(16))
    dialog.submit()
    qtbot.waitUntil(lambda: "name" in dialog.form.field("name").error)
    dialog.name.setText("USt. 16 %")
    dialog.submit()
    qtbot.waitUntil(lambda: section.model.rowCount() == 3)
    old, new = sorted(section.model.rows(), key=lambda rate: rate.id)[::2]
    assert (new.name, new.valid_from, new.follows_id) == ("USt. 16 %", date(2027, 7, 1), old.id)
    section.table.select_key(old.id)
    assert not section.change_button.isEnabled()
    section.table.select_key(new.id)
    assert section.change_button.isEnabled()


def test_a_withheld_tax_and_texts_by_language(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "taxes")
    assert isinstance(section, TaxesSection)
    section.add_button.click()
    dialog = open_dialog(qtbot)
    dialog.name.setText("IRPF 15 %")
    dialog.percent.set_value(Decimal(15))
    dialog.charged.setCurrentIndex(2)
    dialog.submit()
    qtbot.waitUntil(lambda: section.model.rowCount() == 3)
    irpf = next(r for r in section.model.rows() if r.name == "IRPF 15 %")
    assert irpf.is_withheld
    section.table.select_key(irpf.id)
    section.edit_button.click()
    dialog = open_dialog(qtbot)
    assert dialog.charged.currentIndex() == 2
    # As an export it is not charged at all, whatever was chosen before.
    dialog.category.setCurrentIndex(5)
    dialog.reason.setText("Export")
    dialog.reasons["fr"][1].setText("Exonération")
    dialog.submit()
    qtbot.waitUntil(lambda: section.model.rows()[-1].category is TaxCategory.EXPORT)
    changed = section.model.rows()[-1]
    assert (changed.is_withheld, changed.reasons) == (False, (("fr", "Exonération"),))


def test_a_tax_rate_without_a_name_keeps_its_dialog_open(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "taxes")
    assert isinstance(section, TaxesSection)
    section.table.selectRow(0)
    qtbot.keyClick(section.table, Qt.Key.Key_Return)
    dialog = open_dialog(qtbot)
    dialog.name.clear()
    dialog.submit()
    qtbot.waitUntil(lambda: bool(dialog.form.field("name").error))
    assert dialog.isVisible()
    dialog.reject()


def test_the_theme_switches_at_once_and_for_good(
    qtbot: QtBot, desk: Desk, theme: Theme, settings: QSettings
) -> None:
    section = open_section(qtbot, desk, "appearance")
    assert isinstance(section, AppearanceSection)
    section.modes[ThemeMode.DARK].click()
    assert theme.is_dark
    assert stored_mode(settings) is ThemeMode.DARK
    section.modes[ThemeMode.LIGHT].click()
    assert not theme.is_dark
    section.still.click()
    assert stored_stillness(settings)
    assert QApplication.styleHints().cursorFlashTime() == 0
    section.still.click()
    assert QApplication.styleHints().cursorFlashTime() > 0


def test_the_list_of_sections_is_walked_with_the_arrow_keys(qtbot: QtBot, desk: Desk) -> None:
    open_section(qtbot, desk, "company")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    page._buttons["company"].setFocus()
    qtbot.keyClick(page._buttons["company"], Qt.Key.Key_Down)
    assert isinstance(page.section, NumberingSection)
    assert page._buttons["numbering"].hasFocus()


def test_each_kind_is_numbered_in_its_own_way(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "numbering")
    assert isinstance(section, NumberingSection)
    section.pattern.setText("R-{seq:04}")
    section.kind.setCurrentIndex(1)
    assert section.kind.value is DocumentKind.QUOTE
    assert section.example.text() == "Q-00001"
    section.pattern.setText("R-{seq:04}")
    section.kind.set_value(DocumentKind.RECEIPT)
    section.show_kind(DocumentKind.RECEIPT)
    assert not section.at_creation.isVisible(), "a receipt has no draft"
    save(qtbot, desk)
    assert section.kind.value is DocumentKind.QUOTE, "what was refused is on show"
    assert "numbered like this already" in section.form.field("pattern").error
    section.pattern.setText("AN-{seq:04}")
    save(qtbot, desk)
    company = desk.app.queries.company()
    assert company.series.next_number == "R-0001"
    assert company.series_of(DocumentKind.QUOTE).next_number == "AN-0001"


def test_reminders_have_steps_words_and_fees(qtbot: QtBot, desk: Desk) -> None:
    section = open_section(qtbot, desk, "reminders")
    assert isinstance(section, RemindersSection)
    assert [step.days for step in section.steps.values] == [7, 14, 28]
    section.steps.add_button.click()
    step = QApplication.activeModalWidget()
    assert isinstance(step, StepDialog)
    step.submit()
    assert step.form.problem == "Enter how many days late it is."
    qtbot.keyClicks(step.days, "3")
    qtbot.keyClicks(step.fee, "5")
    step.title_edit.setText("Have you forgotten us?")
    step.submit()
    section.days_to_pay.selectAll()
    qtbot.keyClicks(section.days_to_pay, "10")
    save(qtbot, desk)
    stored = desk.app.queries.company().reminders
    first = stored.steps[0]
    assert (first.days, first.title, first.fee_minor) == (3, "Have you forgotten us?", 500)
    assert stored.days_to_pay == 10
    section.steps.add_button.click()
    step = QApplication.activeModalWidget()
    assert isinstance(step, StepDialog)
    qtbot.keyClicks(step.days, "3")
    step.submit()
    save(qtbot, desk)
    assert "later than the one before" in section.form.problem
    section.discard()
