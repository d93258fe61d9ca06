"""The list: filters, order, search, paging, what is done with one row and with several."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from document_shop import Shop
from document_steps import CTRL, Key, OpenDesk, column, focused, open_dialog, open_list
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from waiting import shown_toast

from billdesk.core.domain.documents import (
    DocumentGroup,
    DocumentKind,
    DocumentState,
    FilterTab,
)
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import ReminderSettings, ReminderStep
from billdesk.core.queries.documents import DocumentFilter, DocumentSort
from billdesk.core.services.payments import PaymentInput
from billdesk.ui.pages.documents import DocumentsPage, EditorPage
from billdesk.ui.pages.documents.dialogs.payment import PaymentDialog
from billdesk.ui.widgets.buttons import Button


def choose_all(page: DocumentsPage) -> None:
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for position in range(page.model.rowCount()):
        page.table.selectionModel().select(page.model.index(position, 0), flags)


def position(page: DocumentsPage, key: str) -> int:
    return next(n for n, one in enumerate(page.model.columns) if one.key == key)


def test_an_empty_list_offers_the_first_invoice(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = open_list(qtbot, desk)
    button = next(b for b in page._empty.findChildren(Button))
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert isinstance(desk.window.current_page, EditorPage)


def test_each_kind_has_its_own_button_search_columns_and_filters(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    desk = open_desk()
    page = open_list(qtbot, desk)

    def show(group: DocumentGroup) -> None:
        page.group.setCurrentIndex(list(DocumentGroup).index(group))

    def begin_texts() -> list[str]:
        return [b.text() for b in page.topbar_actions() if isinstance(b, Button)]

    def headings() -> list[str]:
        return [
            one.title
            for n, one in enumerate(page.model.columns)
            if not page.table.isColumnHidden(n)
        ]

    def tabs() -> list[str]:
        return [b.text().split("  ")[0] for b in page.tabs.findChildren(Button) if b.isVisible()]

    show(DocumentGroup.QUOTES)
    qtbot.waitUntil(lambda: page._empty.accessibleName().startswith("No quotes yet"))
    assert (begin_texts(), page.search.placeholderText()) == (["New quote"], "Search quotes")
    assert "Valid until" in headings()
    assert "Due" not in headings()
    (offered,) = page._empty.findChildren(Button)
    assert (offered.text(), offered.isVisible()) == ("New quote", True)
    # Not a square, though it began without a text.
    qtbot.waitUntil(lambda: offered.width() >= offered.sizeHint().width())
    page.tabs.set_current(FilterTab.OVERDUE.value)
    show(DocumentGroup.CREDIT_NOTES)
    assert tabs() == ["All", "Draft", "Open", "Used up", "Void"]
    assert page.tabs.current == "all"
    assert begin_texts() == ["New credit note"]
    show(DocumentGroup.RECEIPTS)
    assert (tabs(), begin_texts()) == (["All", "Issued", "Void"], [])
    assert "Due" not in headings()
    assert "Valid until" not in headings()
    qtbot.waitUntil(lambda: not offered.isVisible())
    show(DocumentGroup.QUOTES)
    qtbot.waitUntil(offered.isVisible)
    qtbot.mouseClick(offered, Qt.MouseButton.LeftButton)
    editor = desk.window.current_page
    assert isinstance(editor, EditorPage)
    qtbot.waitUntil(lambda: editor.title.startswith("New quote"))


def test_filters_show_their_counts_and_their_rows(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    customer = shop.customer("Fjord Robotics AS")
    shop.draft(customer, "10")
    shop.issued(customer, "20")
    page = open_list(qtbot, open_desk())
    assert page.counts[None] == 2
    page.tabs.set_current(FilterTab.DRAFT.value)
    qtbot.waitUntil(lambda: column(page, "status") == ["Draft"])
    page.tabs.set_current(FilterTab.OPEN.value)
    qtbot.waitUntil(lambda: column(page, "number") == ["INV-00001"])
    assert column(page, "amount") == ["€23.80"]


def test_a_search_waits_for_a_pause_and_says_when_nothing_matches(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.draft(shop.customer("Nordlicht Studio"), "10", subject="Retainer")
    shop.draft(shop.customer("Atelier Morel"), "20", subject="Brand guidelines")
    desk = open_desk()
    page = open_list(qtbot, desk)
    qtbot.keyClick(desk.window, Key.Key_F, CTRL)
    assert page.search.hasFocus()
    qtbot.keyClicks(page.search, "guidel")
    qtbot.waitUntil(lambda: column(page, "customer") == ["Atelier Morel, Brand guidelines"])
    qtbot.keyClicks(page.search, "zz")
    qtbot.waitUntil(lambda: page._empty.accessibleName() == "Nothing matches “guidelzz”.")
    qtbot.keyClick(page.search, Key.Key_Escape)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)


def test_a_click_on_a_heading_sorts_and_a_second_turns_the_order(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    for name in ("Maple Dental", "Atelier Morel", "Studio Ito"):
        shop.draft(shop.customer(name), "10")
    page = open_list(qtbot, open_desk())
    header = page.table.horizontalHeader()
    section = next(n for n, c in enumerate(page.model.columns) if c.key == "customer")
    header.sectionClicked.emit(section)
    expected = ["Atelier Morel", "Maple Dental", "Studio Ito"]
    qtbot.waitUntil(lambda: column(page, "customer") == expected)
    header.sectionClicked.emit(section)
    qtbot.waitUntil(lambda: column(page, "customer") == expected[::-1])


def test_quotes_are_ordered_by_their_last_day_until_another_kind_is_shown(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    customer = shop.customer("Nordlicht")
    ids = []
    for days in (30, 10, 20):
        draft = shop.app.queries.document(shop.draft(customer, "100")).draft
        saved = shop.app.invoices.create(replace(draft, terms_days=days), DocumentKind.QUOTE)
        shop.app.invoices.issue(saved.document_id, saved.version)
        ids.append(saved.document_id)
    desk = open_desk()
    page = open_list(qtbot, desk)
    page.group.setCurrentIndex(list(DocumentGroup).index(DocumentGroup.QUOTES))
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    page.table.horizontalHeader().sectionClicked.emit(position(page, "due"))
    qtbot.waitUntil(lambda: [r.id for r in page.model.rows()] == [ids[1], ids[2], ids[0]])
    page.table.horizontalHeader().sectionClicked.emit(position(page, "due"))
    qtbot.waitUntil(lambda: [r.id for r in page.model.rows()] == [ids[0], ids[2], ids[1]])
    page.group.setCurrentIndex(list(DocumentGroup).index(DocumentGroup.INVOICES))
    assert page.filter.sort is DocumentSort.LISTED


def test_reminders_show_what_they_ask_for_and_the_late_fee_beside_it(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.app.reminders.save_settings(ReminderSettings((ReminderStep(7, fee_minor=500),)))
    source = shop.draft(shop.customer("Nordlicht"), "100")
    stored = shop.app.queries.document(source)
    late = replace(stored.draft, issued_on=date(2026, 10, 1))
    saved = shop.app.invoices.save(source, stored.version, late)
    shop.app.invoices.issue(source, saved.version)
    shop.app.reminders.remind([source])
    desk = open_desk()
    page = open_list(qtbot, desk)
    page.group.setCurrentIndex(list(DocumentGroup).index(DocumentGroup.REMINDERS))
    qtbot.waitUntil(lambda: page.filter.group is DocumentGroup.REMINDERS)
    qtbot.waitUntil(lambda: [r.kind for r in page.model.rows()] == [DocumentKind.REMINDER])
    shown = page.model.columns[position(page, "amount")]
    (row,) = page.model.rows()
    assert shown.title == "Asked for"
    assert shown.text(row) == "€124.00"
    assert shown.second is not None
    assert shown.second(row) == "€5.00 late fee"
    assert shown.sort_key is None


def test_more_rows_come_as_the_end_of_the_list_is_neared(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    customer = shop.customer("Nordlicht Studio")
    for price in range(1, 121):
        shop.draft(customer, str(price))
    page = open_list(qtbot, open_desk())
    assert page.model.rowCount() == 100
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: page.model.rowCount() == 120)
    assert len(set(column(page, "amount"))) == 120


def test_rows_are_walked_peeked_and_opened_by_key(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    customer = shop.customer("Nordlicht Studio")
    ids = [shop.issued(customer, price) for price in ("10", "20", "30")]
    desk = open_desk()
    page = open_list(qtbot, desk)
    page.table.setFocus()
    qtbot.waitUntil(lambda: page.table.current_row() is not None)
    qtbot.keyClick(focused(), Key.Key_J)
    assert page.table.current_row().id == ids[1]
    qtbot.keyClick(focused(), Key.Key_Space)
    qtbot.waitUntil(lambda: page.peek.isVisible() and page.peek.document_id == ids[1])
    qtbot.keyClick(focused(), Key.Key_K)
    qtbot.waitUntil(lambda: page.peek.document_id == ids[2])
    qtbot.keyClick(focused(), Key.Key_Escape)
    assert not page.peek.isVisible()
    qtbot.keyClick(focused(), Key.Key_Return)
    qtbot.waitUntil(lambda: desk.window.current_page is not page)
    assert desk.window.topbar.title in ("Invoice", "INV-00003")


def test_a_notice_makes_room_for_the_look_beside_the_list(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.issued(shop.customer("Nordlicht"), "100")
    desk = open_desk()
    page = open_list(qtbot, desk)
    toast = desk.window.toasts.show("Something happened that takes a while to say.")
    before = toast.x()
    page.show_peek(page.model.row_at(0))
    peek = page.peek

    def left() -> int:
        return peek.mapTo(desk.window, peek.rect().topLeft()).x()

    qtbot.waitUntil(lambda: toast.geometry().right() < left())
    desk.window.resize(desk.window.width() + 120, desk.window.height())
    qtbot.waitUntil(lambda: before < toast.geometry().right() < left())
    page._close_peek()
    qtbot.waitUntil(lambda: toast.x() > before)


def test_a_deleted_draft_comes_back_by_undo(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    shop.draft(shop.customer("Harbour Yoga"), "780")
    desk = open_desk()
    page = open_list(qtbot, desk)
    page.table.setFocus()
    page.table.selectRow(0)
    qtbot.keyClick(focused(), Key.Key_Delete)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    toast = shown_toast(qtbot, desk)
    assert toast.text == "Draft deleted."
    assert toast.action_button is not None
    toast.action_button.click()
    qtbot.waitUntil(lambda: column(page, "customer") == ["Harbour Yoga"])


def test_a_payment_recorded_from_the_list_shows_at_once(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    page = open_list(qtbot, desk)
    page.table.setFocus()
    page.table.selectRow(0)
    qtbot.keyClick(focused(), Key.Key_P, CTRL)
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, PaymentDialog)
    assert dialog.amount.minor == 11900
    dialog.amount.selectAll()
    qtbot.keyClicks(dialog.amount, "200")
    assert "€81.00 more than is open" in dialog.consequence.text()
    dialog.amount.selectAll()
    qtbot.keyClicks(dialog.amount, "19")
    assert dialog.consequence.text() == "€100.00 stays open."
    dialog.verb_button.click()
    qtbot.waitUntil(lambda: column(page, "status") == ["Part paid"])
    assert column(page, "amount") == ["€119.00, €100.00 open"]


def test_several_are_issued_in_one_go_and_what_cannot_be_is_told_by_name(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.draft(shop.customer("Nordlicht Studio"), "10")
    shop.draft(None, "20")
    desk = open_desk()
    page = open_list(qtbot, desk)
    choose_all(page)
    assert page.bulk_bar.isVisible()
    page.bulk_bar.issue.click()
    question = open_dialog(qtbot, desk)
    assert question.windowTitle() == "Issue 2 invoices?"
    question.verb_button.click()
    qtbot.waitUntil(lambda: not question.isVisible())
    told = open_dialog(qtbot, desk)
    assert told.windowTitle() == "1 document was left as it is"
    qtbot.waitUntil(lambda: sorted(column(page, "status")) == ["Draft", "Issued"])
    told.accept()


def test_what_was_searched_among_one_kind_is_not_searched_among_another(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    shop.issued(shop.customer("Nordlicht"), "100")
    desk = open_desk()
    page = open_list(qtbot, desk)
    page.search.setText("nordlicht")
    qtbot.waitUntil(lambda: page.filter.search == "nordlicht" and not page.listing.is_busy)
    page.group.setCurrentIndex(list(DocumentGroup).index(DocumentGroup.QUOTES))
    assert (page.search.text(), page.filter) == ("", DocumentFilter(DocumentGroup.QUOTES))
    qtbot.waitUntil(lambda: page._empty.sentence.startswith("No quotes yet"))


def test_what_can_be_done_with_several_is_never_cut(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    customer = shop.customer("Nordlicht")
    for _ in range(2):
        shop.issued(customer, "1234567.89")
    shop.draft(customer, "5")
    desk = open_desk()
    page = open_list(qtbot, desk)
    page.show_peek(page.model.row_at(0))
    bar = page.bulk_bar

    def is_whole() -> bool:
        shown = [w for w in bar.findChildren(QWidget) if w.isVisible()]
        return all(
            w.width() >= w.sizeHint().width() and bar.rect().contains(w.geometry()) for w in shown
        )

    choose_all(page)
    names = {"Issue (1)", "Send (2)", "Mark paid (2)", "Export PDFs… (2)", "Delete (1)"}
    for width in (1024, 1200, 1500, 2000):
        desk.window.resize(width, 720)
        qtbot.waitUntil(is_whole)
        found = [b for b in bar.findChildren(Button) if b.isVisible()]
        assert names <= {b.accessibleName() for b in found}
        assert all(b.text() or b.toolTip() == b.accessibleName() for b in found)
    assert bar.total.isVisible()
    assert bar.export.text() == "Export PDFs… (2)"


def test_several_are_marked_paid_and_their_pdfs_exported(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk, tmp_path: Path
) -> None:
    customer = shop.customer("Nordlicht Studio")
    for price in ("10", "20"):
        shop.issued(customer, price)
    shop.app.sync.work_outbox_now()
    desk = open_desk()
    page = open_list(qtbot, desk)
    choose_all(page)
    page.bulk_bar.paid.click()
    open_dialog(qtbot, desk).verb_button.click()
    qtbot.waitUntil(lambda: column(page, "status") == ["Paid", "Paid"])

    folder = tmp_path / "pdfs"
    folder.mkdir()
    page.bulk_bar.export.click()
    chooser = page.findChild(QFileDialog)
    assert chooser is not None
    chooser.setDirectory(str(folder))
    chooser.fileSelected.emit(str(folder))
    chooser.close()
    qtbot.waitUntil(lambda: len(list(folder.glob("INV-*.pdf"))) == 2)
    assert all(file.read_bytes().startswith(b"%PDF") for file in folder.iterdir())


def test_a_change_made_elsewhere_keeps_the_row_that_was_chosen(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    customer = shop.customer("Nordlicht Studio")
    first = shop.issued(customer, "10")
    page = open_list(qtbot, open_desk())
    page.table.select_key(first)
    shop.draft(customer, "99")
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert [row.id for row in page.table.selected_rows()] == [first]
    shop.app.payments.record(PaymentInput(first, 1190, PaymentMethod.CASH, shop.app.today()))
    qtbot.waitUntil(lambda: "Paid" in column(page, "status"))
    assert [row.id for row in page.table.selected_rows()] == [first]
    rows = shop.app.queries.documents(DocumentFilter()).rows
    assert {row.state for row in rows} == {DocumentState.PAID, DocumentState.DRAFT}
