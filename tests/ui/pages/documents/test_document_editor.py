"""Writing an invoice by keyboard alone, and what can go wrong while writing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from document_shop import Shop
from document_steps import (
    ALT,
    CTRL,
    SHIFT,
    Key,
    OpenDesk,
    focused,
    form,
    new_invoice,
    open_dialog,
    open_document,
    saved,
)
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.tax import TaxKind
from billdesk.core.domain.totals import Adjustment
from billdesk.core.queries.documents import DocumentFilter
from billdesk.core.services.tax_rates import RateChange, TaxRateInput
from billdesk.ui.forms.customer_dialog import CustomerDialog
from billdesk.ui.pages.documents.dialogs.stale import StaleDialog
from billdesk.ui.pages.documents.tax_box import SeveralTaxes
from billdesk.ui.widgets.buttons import Button


def test_an_invoice_is_written_and_issued_by_keyboard_alone(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.customer("Nordlicht Studio")
    desk = open_desk()
    desk.window.open_page("documents")
    page = new_invoice(qtbot, desk)
    picker = form(page).fields.customer.edit
    qtbot.waitUntil(picker.hasFocus)

    qtbot.keyClicks(picker, "Nord")
    qtbot.waitUntil(lambda: picker.is_open)
    qtbot.keyClick(picker, Key.Key_Return)
    assert picker.text() == "Nordlicht Studio"

    while focused() is not form(page).grid.rows()[0].name:
        qtbot.keyClick(focused(), Key.Key_Tab)
    for text in ("Website retainer, December", "1", "3600"):
        qtbot.keyClicks(focused(), text)
        qtbot.keyClick(focused(), Key.Key_Tab)
    qtbot.keyClick(focused(), Key.Key_Return)
    for text in ("Extra design hours", "4", "9*10"):
        qtbot.keyClicks(focused(), text)
        qtbot.keyClick(focused(), Key.Key_Tab)
    assert form(page).totals.total.text() == "€4,712.40"

    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    row = shop.app.queries.documents(DocumentFilter()).rows[0]
    assert (row.customer_name, row.total_minor) == ("Nordlicht Studio", 471240)

    qtbot.keyClick(desk.window, Key.Key_Return, CTRL | SHIFT)
    dialog = open_dialog(qtbot, desk)
    assert dialog.windowTitle() == "Issue INV-00001 to Nordlicht Studio for €4,712.40?"
    assert dialog.cancel_button.hasFocus()
    qtbot.keyClick(dialog, Key.Key_Tab)
    qtbot.keyClick(focused(), Key.Key_Return)
    qtbot.waitUntil(lambda: page.detail is not None and page.title == "INV-00001", timeout=5000)
    assert shop.app.queries.documents(DocumentFilter()).rows[0].state is DocumentState.ISSUED
    assert page.bar.pill.word == "Issued"


def test_nothing_is_stored_until_something_is_typed(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    desk.window.open_page("documents")
    page = new_invoice(qtbot, desk)
    desk.window.go_back()
    assert shop.app.queries.documents(DocumentFilter()).rows == ()

    page = new_invoice(qtbot, desk)
    qtbot.keyClick(form(page).grid.rows()[0].name, Key.Key_W)
    qtbot.waitUntil(lambda: saved(page))
    assert len(shop.app.queries.documents(DocumentFilter()).rows) == 1


def test_what_was_typed_last_is_stored_on_leaving_the_page(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.draft(shop.customer("Atelier Morel"), "100")
    desk = open_desk()
    desk.window.open_page("documents")
    page = open_document(qtbot, desk, document_id)
    form(page).fields.subject.setFocus()
    qtbot.keyClicks(focused(), "Brand guidelines")
    form(page).fields.issued_on.setFocus()
    qtbot.keyClicks(focused(), "2026-12-01")
    desk.window.go_back()

    qtbot.waitUntil(lambda: desk.lanes.pending == 0)
    draft = shop.app.queries.document(document_id).draft
    assert draft.subject == "Brand guidelines"
    assert str(draft.issued_on) == "2026-12-01"


def test_going_back_to_a_new_invoice_opens_the_draft_it_became(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = new_invoice(qtbot, desk)
    qtbot.keyClicks(form(page).grid.rows()[0].name, "Work")
    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    desk.window.open_page("documents")
    desk.window.go_back()
    qtbot.waitUntil(lambda: page.editor is not None and bool(form(page).grid.lines()))
    assert len(shop.app.queries.documents(DocumentFilter()).rows) == 1


def test_rows_from_a_spreadsheet_become_lines(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = new_invoice(qtbot, desk)
    name = form(page).grid.rows()[0].name
    name.setFocus()
    QApplication.clipboard().setText("Item\tHours\tRate\nConcept\t3\t80.50\nTravel\t1\tkm\t0.30\n")
    qtbot.keyClick(name, Key.Key_V, CTRL)
    lines = [(x.name, str(x.quantity), x.unit, str(x.unit_price)) for x in form(page).draft().lines]
    assert lines == [("Concept", "3.0", "", "80.50"), ("Travel", "1.0", "km", "0.30")]
    assert form(page).totals.total.text() == "€287.74"


def test_lines_are_moved_duplicated_and_deleted_by_key(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = open_document(qtbot, desk, shop.draft(None, "10", "20"))
    grid = form(page).grid

    def names() -> list[str]:
        return [line.name for line in grid.lines()]

    grid.rows()[1].unit_price.setFocus()
    qtbot.keyClick(focused(), Key.Key_Up, ALT)
    assert names() == ["Work 2", "Work 1"]
    qtbot.keyClick(focused(), Key.Key_D, CTRL)
    assert names() == ["Work 2", "Work 2", "Work 1"]
    qtbot.keyClick(focused(), Key.Key_Delete, CTRL)
    qtbot.keyClick(focused(), Key.Key_Delete, CTRL)
    assert names() == ["Work 2"]
    assert form(page).totals.total.text() == "€23.80"


def test_tab_past_the_last_cell_reaches_a_new_row(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    page = open_document(qtbot, open_desk(), shop.draft(None, "10"))
    grid = form(page).grid
    grid.rows()[0].name.setFocus()
    for _ in grid.rows()[0].cells():
        qtbot.keyClick(focused(), Key.Key_Tab)
    assert focused() is grid.rows()[1].name


def test_a_number_that_cannot_be_read_is_named_below_its_line_and_stops_the_issue(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = open_document(qtbot, desk, shop.draft(shop.customer("Atelier Morel"), "10"))
    row = form(page).grid.rows()[0]
    row.quantity.setFocus()
    row.quantity.selectAll()
    qtbot.keyClicks(row.quantity, "two")
    assert row.problem_label.text() == "“two” is not a number."
    assert row.quantity.accessibleDescription() == "“two” is not a number."
    form(page).fields.subject.setFocus()

    qtbot.keyClick(desk.window, Key.Key_Return, CTRL)
    assert page.bar.note.text() == "Put right first: “two” is not a number."
    assert row.quantity.hasFocus()


def test_what_is_missing_is_said_beside_its_field(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = new_invoice(qtbot, desk)
    qtbot.keyClick(desk.window, Key.Key_Return, CTRL)
    field = form(page).fields.fields["customer_id"]
    assert field.error == "Choose the customer this invoice is for."
    assert field.control.hasFocus()


def test_an_error_of_the_core_stands_in_the_line_it_is_about(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    document_id = shop.draft(shop.customer("Atelier Morel"), "10", "20")
    page = open_document(qtbot, desk, document_id)
    row = form(page).grid.rows()[1]
    row.name.selectAll()
    qtbot.keyClick(row.name, Key.Key_Delete)
    qtbot.keyClick(desk.window, Key.Key_Return, CTRL)
    open_dialog(qtbot, desk).verb_button.click()
    qtbot.waitUntil(lambda: row.problem_label.text() == "Line 2 has no description.")
    assert desk.window.focusWidget() is row.name
    assert shop.app.queries.document(document_id).state is DocumentState.DRAFT


@pytest.mark.parametrize("keep_mine", [True, False])
def test_a_draft_saved_elsewhere_asks_which_version_stays(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, keep_mine: bool
) -> None:
    desk = open_desk()
    document_id = shop.draft(None, "10")
    page = open_document(qtbot, desk, document_id)
    detail = shop.app.queries.document(document_id)
    shop.app.invoices.save(document_id, detail.version, replace(detail.draft, subject="Theirs"))
    form(page).fields.subject.setFocus()
    qtbot.keyClicks(focused(), "Mine")

    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, StaleDialog)
    (dialog.verb_button if keep_mine else dialog.reload_button).click()
    if keep_mine:
        qtbot.waitUntil(lambda: saved(page))
        rows = shop.app.queries.documents(DocumentFilter()).rows
        assert {row.subject for row in rows} == {"Mine", "Theirs"}
    else:
        qtbot.waitUntil(lambda: page.editor is not None)
        assert form(page).fields.subject.text() == "Theirs"
        assert shop.app.queries.document(document_id).draft.subject == "Theirs"


def test_a_customer_is_created_without_leaving_the_invoice(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = new_invoice(qtbot, desk)
    picker = form(page).fields.customer.edit
    qtbot.waitUntil(picker.hasFocus)
    qtbot.keyClicks(picker, "Neue Kundin")
    qtbot.waitUntil(lambda: picker.is_open)
    qtbot.keyClick(picker, Key.Key_Return)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, CustomerDialog)
    qtbot.keyClicks(dialog.email, "no address")
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: "no address" in dialog.problem)
    dialog.email.clear()
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: picker.current is not None)
    assert picker.text() == "Neue Kundin"
    qtbot.waitUntil(lambda: saved(page), timeout=5000)


def test_the_preview_follows_what_is_typed_and_the_window_offers_it_as_a_tab_when_narrow(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk(1024, 700)
    page = open_document(qtbot, desk, shop.draft(None, "10"))
    qtbot.waitUntil(lambda: page.preview.pdf.page_count == 1, timeout=5000)
    assert form(page).isVisible()
    assert not page.preview.isVisible()
    qtbot.keyClick(desk.window, Key.Key_P, CTRL | SHIFT)
    assert page.preview.isVisible()
    assert not form(page).isVisible()
    desk.window.resize(1280, 820)
    qtbot.waitUntil(lambda: form(page).isVisible() and page.preview.isVisible())


def test_a_conflict_left_undecided_is_kept_as_a_draft_of_its_own(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    document_id, other_id = shop.draft(None, "10"), shop.draft(None, "20")
    page = open_document(qtbot, desk, document_id)
    detail = shop.app.queries.document(document_id)
    shop.app.invoices.save(document_id, detail.version, replace(detail.draft, subject="Theirs"))
    form(page).fields.subject.setFocus()
    qtbot.keyClicks(focused(), "Mine")
    open_dialog(qtbot, desk).cancel_button.click()
    open_document(qtbot, desk, other_id)
    qtbot.waitUntil(lambda: desk.lanes.pending == 0)
    rows = shop.app.queries.documents(DocumentFilter()).rows
    assert {row.subject for row in rows} == {"Mine", "Theirs", ""}


def test_texts_and_service_dates_leave_the_lines_in_sight(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.draft(None, "10")
    detail = shop.app.queries.document(document_id)
    filled = replace(
        detail.draft, introduction="Thank you.", currency="USD", service_from=date(2026, 11, 1)
    )
    shop.app.invoices.save(document_id, detail.version, filled)
    desk = open_desk(1280, 820)
    editor = form(open_document(qtbot, desk, document_id))
    assert not editor.fields.introduction.isVisible()
    assert editor.fields.rate.isVisible()
    links = [button.text() for button in editor.fields.findChildren(Button)]
    assert "More details (3 filled in)" in links
    assert not editor.grid.rows()[0].name.visibleRegion().isEmpty()


def test_the_rate_follows_the_day_of_supply(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    (vat,) = shop.app.queries.tax_rates()
    shop.app.tax_rates.change_from(
        vat.id, vat.version, RateChange(date(2027, 7, 1), Decimal(16), "VAT 16 %")
    )
    desk = open_desk()
    desk.window.open_page("documents")
    page = new_invoice(qtbot, desk)
    row = form(page).grid.rows()[0]
    for cell, text in ((row.name, "Work"), (row.unit_price, "100")):
        cell.setFocus()
        qtbot.keyClicks(cell, text)
        qtbot.keyClick(cell, Key.Key_Tab)
    assert form(page).totals.total.text() == "€119.00"
    for typed, total in (("2027-07-01", "€116.00"), ("2027-06-30", "€119.00")):
        edit = form(page).fields.service_from
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClicks(edit, typed)
        qtbot.keyClick(edit, Key.Key_Tab)
        assert form(page).totals.total.text() == total
    assert row.tax.rate_ids == (vat.id,)
    qtbot.waitUntil(lambda: saved(page), timeout=5000)


def test_several_taxes_on_a_line(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    irpf = shop.app.tax_rates.create(TaxRateInput("IRPF 15 %", Decimal(15), kind=TaxKind.WITHHELD))
    desk = open_desk()
    desk.window.open_page("documents")
    page = new_invoice(qtbot, desk)
    row = form(page).grid.rows()[0]
    for cell, text in ((row.name, "Work"), (row.unit_price, "1000")):
        cell.setFocus()
        qtbot.keyClicks(cell, text)
        qtbot.keyClick(cell, Key.Key_Tab)
    (vat,) = row.tax.rate_ids
    row.tax.setCurrentIndex(row.tax.count() - 1)
    assert row.tax.rate_ids == (vat,)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, SeveralTaxes)
    popup.boxes[irpf].click()
    popup.close()
    assert row.tax.rate_ids == (vat, irpf)
    assert row.tax.currentText() == "VAT 19 % + IRPF 15 %"
    panel = form(page).totals
    assert panel.total.text() == "€1,190.00"
    texts = [one.text() for one in panel.findChildren(QLabel)]
    assert texts.index("−€150.00") < texts.index("€1,040.00")
    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    # Chosen again as one tax, the other is gone.
    row.tax.setCurrentIndex(row.tax.findText("VAT 19 %"))
    assert row.tax.rate_ids == (vat,)
    qtbot.waitUntil(lambda: saved(page), timeout=5000)


def test_a_surcharge_with_its_reason_and_a_discount_for_paying_early(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    desk.window.open_page("documents")
    page = new_invoice(qtbot, desk)
    row = form(page).grid.rows()[0]
    for cell, text in ((row.name, "Work"), (row.unit_price, "100"), (row.discount, "+15 Freight")):
        cell.setFocus()
        qtbot.keyClicks(cell, text)
        qtbot.keyClick(cell, Key.Key_Tab)
    assert row.discount.text() == "+15.00 Freight"
    discount = form(page).totals.discount
    discount.setFocus()
    qtbot.keyClicks(discount, "10 % Friends")
    qtbot.keyClick(discount, Key.Key_Tab)
    assert discount.text() == "10% Friends"
    assert form(page).totals.total.text() == "€123.17"
    draft = form(page).draft()
    assert draft.lines[0].adjustments == (Adjustment(True, amount_minor=1500, reason="Freight"),)
    assert draft.adjustments == (Adjustment(False, percent=Decimal(10), reason="Friends"),)
    early = form(page).fields.early
    qtbot.keyClicks(early.percent, "2")
    assert "days" in form(page).problem
    qtbot.keyClicks(early.days, "10")
    assert form(page).problem == ""
    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    found = shop.app.queries.documents(DocumentFilter()).rows[0]
    stored = shop.app.queries.document(found.id).draft
    assert stored.discount == DiscountTerms(Decimal(2), 10)
    assert stored.lines[0].adjustments == draft.lines[0].adjustments
    assert stored.adjustments == draft.adjustments
    qtbot.keyClicks(early.days, "00")
    assert "365" in form(page).problem


@pytest.mark.parametrize("cell", ["unit_price", "quantity"])
def test_an_emptied_number_is_nothing_and_a_wrong_one_is_not_counted(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, cell: str
) -> None:
    desk = open_desk()
    page = new_invoice(qtbot, desk)
    line = form(page).grid.rows()[0]
    qtbot.keyClicks(line.name, "Workshop")
    qtbot.keyClicks(line.unit_price, "2")
    edit = line.unit_price if cell == "unit_price" else line.quantity
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "5")
    assert form(page).totals.total.text() in ("€5.95", "€11.90")

    qtbot.keyClicks(edit, "x")
    assert edit.property("state") == "bad"
    assert line.amount.text() == form(page).totals.total.text() == "–"
    # Another line is still added up, the invoice is not.
    other = form(page).grid.rows()[1]
    qtbot.keyClicks(other.name, "Travel")
    qtbot.keyClicks(other.unit_price, "3")
    assert (line.amount.text(), other.amount.text()) == ("–", "3.00")
    assert form(page).totals.total.text() == "–"

    edit.selectAll()
    qtbot.keyClick(edit, Key.Key_Backspace)
    assert (line.amount.text(), form(page).totals.total.text()) == ("0.00", "€3.57")
    number = form(page).draft().lines[0]
    assert (number.unit_price if cell == "unit_price" else number.quantity) == 0


def test_a_half_typed_number_never_stands_in_for_the_one_before(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.draft(shop.customer("Atelier Morel"), "500")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    price = form(page).grid.rows()[0].unit_price
    price.setFocus()
    price.selectAll()
    qtbot.keyClicks(price, "1e3")
    assert form(page).draft().lines[0].unit_price == 500
    assert form(page).totals.total.text() == "–"
    price.selectAll()
    qtbot.keyClicks(price, "600")
    assert form(page).draft().lines[0].unit_price == 600
    assert form(page).totals.total.text() == "€714.00"

    discount = form(page).totals.discount
    qtbot.keyClicks(discount, "1..2")
    assert form(page).totals.total.text() == "–"
    discount.selectAll()
    qtbot.keyClick(discount, Key.Key_Backspace)
    assert form(page).totals.total.text() == "€714.00"


def test_a_refused_discount_leaves_the_one_before_in_force(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = open_document(qtbot, desk, shop.draft(shop.customer("Atelier Morel"), "500"))
    row = form(page).grid.rows()[0]
    row.name.setFocus()
    of_document, of_line = form(page).totals.discount, row.discount
    for discount in (of_document, of_line):
        discount.setFocus()
        qtbot.keyClicks(discount, "5 % Friends")
        qtbot.keyClick(discount, Key.Key_Tab)
        discount.setFocus()
        discount.selectAll()
        # Each keystroke before the last could be read, and none of them was meant.
        qtbot.keyClicks(discount, "15.555")
        assert discount.problem
    kept = (Adjustment(False, percent=Decimal(5), reason="Friends"),)
    draft = form(page).draft()
    assert (draft.adjustments, draft.lines[0].adjustments) == (kept, kept)
    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    assert page.document_id is not None
    assert shop.app.queries.document(page.document_id).draft.adjustments == kept
    for discount in (of_document, of_line):
        discount.setFocus()
        qtbot.keyClick(discount, Key.Key_Backspace)
    draft = form(page).draft()
    twice = (Adjustment(False, amount_minor=1555),)
    assert (draft.adjustments, draft.lines[0].adjustments) == (twice, twice)


def test_several_discounts_stay_while_one_typed_over_them_is_refused(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.draft(shop.customer("Atelier Morel"), "500")
    both = (Adjustment(False, percent=Decimal(5)), Adjustment(True, amount_minor=1500))
    detail = shop.app.queries.document(document_id)
    shop.app.invoices.save(document_id, detail.version, replace(detail.draft, adjustments=both))
    page = open_document(qtbot, open_desk(), document_id)
    discount = form(page).totals.discount
    discount.setFocus()
    discount.selectAll()
    qtbot.keyClicks(discount, "7.5x%")
    qtbot.keyClicks(discount, "%")
    qtbot.keyClick(discount, Key.Key_Home)
    qtbot.keyClicks(discount, "1.")
    assert discount.problem
    assert form(page).draft().adjustments == both


def test_refused_terms_for_paying_early_leave_those_before_in_force(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = open_document(qtbot, desk, shop.draft(shop.customer("Atelier Morel"), "500"))
    fields = form(page).fields
    fields._more_button.click()
    early = fields.early
    for edit, text in ((early.percent, "2"), (early.days, "10")):
        edit.setFocus()
        qtbot.keyClicks(edit, text)
        qtbot.keyClick(edit, Key.Key_Tab)
    for edit, text in ((early.days, "1000"), (early.percent, "100"), (early.percent, "2.55555")):
        before = edit.text()
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClicks(edit, text)
        assert form(page).problem
        assert form(page).draft().discount == DiscountTerms(Decimal(2), 10)
        edit.selectAll()
        qtbot.keyClicks(edit, before.strip("%"))
        assert form(page).problem == ""
    early.days.setFocus()
    early.days.selectAll()
    qtbot.keyClicks(early.days, "14")
    assert form(page).draft().discount == DiscountTerms(Decimal(2), 14)


def test_the_preview_says_that_its_total_is_not_what_is_typed(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = open_document(qtbot, desk, shop.draft(shop.customer("Atelier Morel"), "500"))
    qtbot.waitUntil(lambda: page.preview.pdf.page_count == 1)
    assert page.preview.warning == ""
    price = form(page).grid.rows()[0].unit_price
    price.setFocus()
    price.selectAll()
    qtbot.keyClicks(price, "12x")
    assert page.preview.warning == "Not up to date: “12x” is not a number."
    # Still so when it was drawn anew, with the price of before.
    with qtbot.waitSignal(page.preview.pdf.pdfShown):
        form(page).fields.subject.setFocus()
        qtbot.keyClicks(form(page).fields.subject, "Logo")
    assert page.preview.warning == "Not up to date: “12x” is not a number."
    price.setFocus()
    price.selectAll()
    with qtbot.waitSignal(page.preview.pdf.pdfShown):
        qtbot.keyClicks(price, "700")
    assert page.preview.warning == ""
