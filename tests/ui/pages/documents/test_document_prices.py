"""Prices, taxes and defaults that follow the customer and the quantity into a draft."""

from dataclasses import replace
from decimal import Decimal

from document_shop import Shop
from document_steps import Key, OpenDesk, form, new_invoice, open_document, saved
from pytestqt.qtbot import QtBot

from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.people import Contact
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.domain.tax_treatment import Treatment
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.items import ItemInput
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.ui.pages.documents.line_row import LineRow


def pick(qtbot: QtBot, row: LineRow, text: str) -> None:
    """Choose the first item found."""
    row.name.setFocus()
    qtbot.keyClicks(row.name, text)
    qtbot.waitUntil(lambda: row.name.is_open)
    qtbot.keyClick(row.name, Key.Key_Return)


def type_quantity(qtbot: QtBot, row: LineRow, text: str) -> None:
    row.quantity.selectAll()
    qtbot.keyClicks(row.quantity, text)


def test_an_item_has_the_customer_s_price_for_the_quantity(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    app = shop.app
    trade = app.price_lists.create("Trade")
    prices = (
        ListedPrice(Decimal(9), "EUR", Decimal(1), trade),
        ListedPrice(Decimal(7), "EUR", Decimal(100), trade),
    )
    app.items.create(ItemInput("Screws", Decimal(10), prices=prices))
    customer_id = app.customers.create(CustomerInput("Nordlicht", price_list_id=trade))
    desk = open_desk()
    desk.window.open_page("invoice", ("new", customer_id))
    page = (
        new_invoice(qtbot, desk) if desk.window.current_page is None else desk.window.current_page
    )
    qtbot.waitUntil(lambda: page.editor is not None)
    row = form(page).grid.rows()[0]
    pick(qtbot, row, "Scr")
    qtbot.waitUntil(lambda: row.unit_price.value == Decimal(9))
    type_quantity(qtbot, row, "100")
    qtbot.waitUntil(lambda: row.unit_price.value == Decimal(7))
    # A price that was typed over is left alone.
    row.unit_price.selectAll()
    qtbot.keyClicks(row.unit_price, "6.50")
    type_quantity(qtbot, row, "5")
    qtbot.waitUntil(lambda: desk.lanes.pending == 0)
    assert row.unit_price.value == Decimal("6.50")
    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    (stored,) = app.queries.document(page.detail.id).draft.lines if page.detail else (row.line,)
    assert stored is not None
    assert (stored.quantity, stored.unit_price) == (Decimal(5), Decimal("6.50"))


def test_taxes_and_defaults_follow_the_customer(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    app = shop.app
    reverse = app.tax_rates.create(
        TaxRateInput("Reverse charge", Decimal(0), TaxCategory.REVERSE_CHARGE, "Reverse charge")
    )
    discount = DiscountTerms(Decimal(2), 10)
    app.customers.create(
        CustomerInput(
            "Nordlicht",
            tax_treatment=Treatment.REVERSE_CHARGE,
            discount=discount,
            contacts=(Contact("Anna Berg", is_default=True),),
        )
    )
    desk = open_desk()
    document_id = shop.draft(None, "100")
    page = open_document(qtbot, desk, document_id)
    editor = form(page)
    picker = editor.fields.customer.edit
    picker.setFocus()
    qtbot.keyClicks(picker, "Nord")
    qtbot.waitUntil(lambda: picker.is_open)
    qtbot.keyClick(picker, Key.Key_Return)
    qtbot.waitUntil(lambda: editor.draft().contact == "Anna Berg")
    draft = editor.draft()
    assert draft.discount == discount
    assert draft.lines[0].tax_rate_ids == (reverse,)
    assert editor.totals.total.text() == "€100.00"
    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    stored = app.queries.document(document_id).draft
    assert replace(stored, customer_id=None).contact == "Anna Berg"
    assert stored.lines[0].tax_rate_ids == (reverse,)
