"""Prices, taxes and defaults that follow the customer and the quantity into a draft."""

from dataclasses import replace
from decimal import Decimal

from document_shop import Shop
from document_steps import Key, OpenDesk, form, open_document, saved
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.custom_fields import CustomField, CustomValue, Entity
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.people import Contact, Place
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.domain.snapshot import Delivery
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.domain.tax_treatment import Treatment
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.items import ItemInput
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.ui.pages.documents import EditorPage
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
    page = desk.window.current_page
    assert isinstance(page, EditorPage)
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


def test_place_of_delivery_and_own_fields_are_filled_in(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    app = shop.app
    app.custom_fields.create(Entity.DOCUMENT, CustomField("site", "Site", is_required=True))
    place = Place("Hall 7", Address("Hafen 1", "", "0154", "Oslo", "", "NO"))
    customer_id = app.customers.create(CustomerInput("Nordlicht", places=(place,)))
    desk = open_desk()
    page = open_document(qtbot, desk, shop.draft(customer_id, "100"))
    extra = form(page).fields.extra
    assert [extra.delivery.itemText(n) for n in range(extra.delivery.count())] == [
        "To the customer's address",
        "Hall 7, Hafen 1, 0154 Oslo",
    ]
    form(page).show_error(UserError("Fill in “Site”.", field="custom.site"))
    assert extra.fields["custom"].error == "Fill in “Site”."
    assert extra.isVisible()
    extra.delivery.setCurrentIndex(1)
    entry = extra.custom.findChild(QLineEdit)
    assert entry is not None
    qtbot.keyClicks(entry, "S-1")
    qtbot.waitUntil(lambda: saved(page), timeout=5000)
    assert page.detail is not None
    draft = app.queries.document(page.detail.id).draft
    assert draft.delivery == Delivery(place.name, place.address)
    assert draft.custom == (CustomValue("site", "S-1"),)
