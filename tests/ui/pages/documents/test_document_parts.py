"""Parts of quotes, deposits and deliveries, cost centres of lines, as the window asks for them."""

from decimal import Decimal

from document_shop import Shop
from document_steps import OpenDesk, form, open_dialog, open_document
from pytestqt.qtbot import QtBot
from test_document_kinds import offered, quote

from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.services.cost_centres import CostCentreInput
from billdesk.core.services.payments import PaymentInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.documents import EditorPage
from billdesk.ui.pages.documents.dialogs.delivery import DeliveryDialog
from billdesk.ui.pages.documents.dialogs.share import BillDialog, DepositDialog, Way


def drafted(qtbot: QtBot, page: EditorPage, before: int) -> int:
    """The draft that was opened in the place of a document."""
    qtbot.waitUntil(lambda: page.editor is not None and page.document_id not in (None, before))
    assert page.document_id is not None
    return page.document_id


def issue(shop: Shop, desk: Desk, document_id: int) -> None:
    version = shop.app.queries.document(document_id).version
    shop.app.invoices.issue(document_id, version)


def test_a_quote_is_invoiced_by_percent_and_the_rest(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = quote(shop, shop.customer("Nordlicht Studio"), "900", "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    desk.window.commands.run("quote.bill_part")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, BillDialog)
    dialog.submit()
    assert dialog.problem == "Enter a percentage."
    qtbot.keyClicks(dialog.percent, "40")
    assert dialog.consequence.text() == ("That is €476.00. €1,190.00 of €1,190.00 is left.")
    dialog.submit()
    draft = drafted(qtbot, page, document_id)
    assert shop.app.queries.document(draft).total_minor == 47_600
    open_document(qtbot, desk, document_id)
    desk.window.commands.run("quote.bill_part")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, BillDialog)
    assert dialog.way.count() == 2, "a share was invoiced, so lines cannot be"
    dialog.way.setCurrentIndex(1)
    dialog.amount.set_minor(100_000)
    dialog.submit()
    qtbot.waitUntil(lambda: bool(dialog.problem))
    dialog.reject()


def test_a_quote_is_invoiced_by_lines(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = quote(shop, shop.customer("Nordlicht Studio"), "900", "100")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    desk.window.commands.run("quote.bill_part")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, BillDialog)
    dialog.way.setCurrentIndex(2)
    assert dialog.way.value is Way.LINES
    first = dialog.quantities.edit(0)
    first.selectAll()
    qtbot.keyClicks(first, "0.5")
    dialog.quantities.edit(1).clear()
    dialog.quantities.edit(1).textEdited.emit("")
    dialog.submit()
    draft = drafted(qtbot, page, document_id)
    lines = shop.app.queries.document(draft).draft.lines
    assert [(line.name, line.quantity) for line in lines] == [("Work 1", Decimal("0.5"))]
    open_document(qtbot, desk, document_id)
    desk.window.commands.run("quote.bill_part")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, BillDialog)
    assert dialog.way.value is Way.LINES, "as before"
    assert dialog.quantities.values == {0: Decimal("0.5"), 1: Decimal(1)}


def test_a_deposit_is_asked_for_and_deducted_in_the_final_invoice(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = quote(shop, shop.customer("Nordlicht Studio"), "1000")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    desk.window.commands.run("quote.take_deposit")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, DepositDialog)
    assert dialog.percent.value == 30
    dialog.submit()
    deposit = drafted(qtbot, page, document_id)
    assert page.kind is DocumentKind.DEPOSIT_INVOICE
    issue(shop, desk, deposit)
    qtbot.waitUntil(lambda: page.editor is None)
    assert "deposit_invoice.final" not in offered(desk), "it has not been paid"
    today = shop.app.today()
    shop.app.payments.record(PaymentInput(deposit, 35_700, PaymentMethod.BANK, today))
    open_document(qtbot, desk, document_id)
    desk.window.commands.run("quote.convert")
    final = drafted(qtbot, page, document_id)
    assert page.kind is DocumentKind.FINAL_INVOICE
    texts = [one.text() for one in form(page).totals.findChildren(type(form(page).totals.total))]
    assert "Deposit DEP-00001" in texts
    assert "−€357.00" in texts
    assert "€833.00" in texts
    issue(shop, desk, final)
    assert shop.app.queries.document(final).open_minor == 83_300


def test_a_deposit_invoice_of_its_own_gets_its_final_invoice(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    deposit = shop.paid_deposit(shop.customer("Nordlicht Studio"))
    desk = open_desk()
    page = open_document(qtbot, desk, deposit)
    desk.window.commands.run("deposit_invoice.final")
    final = drafted(qtbot, page, deposit)
    assert shop.app.queries.document(final).draft.deposit_ids == (deposit,)
    assert form(page).fields.customer.edit.text() == "Nordlicht Studio"


def test_a_part_is_delivered(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100", "50")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    desk.window.commands.run("invoice.deliver")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, DeliveryDialog)
    second = dialog.quantities.edit(1)
    second.clear()
    second.textEdited.emit("")
    dialog.submit()
    qtbot.waitUntil(lambda: page.detail is not None and bool(page.detail.related))
    assert page.detail is not None
    note = shop.app.queries.document(page.detail.related[0].id)
    assert (note.number, [line.name for line in note.draft.lines]) == ("DN-00001", ["Work 1"])


def test_a_line_is_counted_for_a_cost_centre(qtbot: QtBot, shop: Shop, open_desk: OpenDesk) -> None:
    north = shop.app.cost_centres.create(CostCentreInput("N", "North"))
    gone = shop.app.cost_centres.create(CostCentreInput("S", "South"))
    document_id = shop.draft(shop.customer("Nordlicht Studio"), "100", "50")
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    qtbot.waitUntil(lambda: page.editor is not None)
    line = form(page).grid.rows()[0]
    line.name.setFocus()
    qtbot.waitUntil(line.centre.isVisible)
    line.centre.setCurrentIndex(2)
    assert line.centre.value == gone

    def stored() -> list[int | None]:
        lines = shop.app.queries.document(document_id).draft.lines
        return [one.cost_centre_id for one in lines]

    qtbot.waitUntil(lambda: stored() == [gone, None])
    shop.app.cost_centres.delete(gone)
    desk.window.open_page("documents")
    open_document(qtbot, desk, document_id)
    qtbot.waitUntil(lambda: page.editor is not None)
    line = form(page).grid.rows()[0]
    assert line.centre.currentText() == "S  South", "a deleted one stays where it was used"
    line.centre.setCurrentIndex(1)
    qtbot.waitUntil(lambda: stored() == [north, None])
