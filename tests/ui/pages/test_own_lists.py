"""The company's own fields, price lists and cost centres, defined in Settings and used in forms."""

from decimal import Decimal
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from waiting import settle

from billdesk.core.domain.custom_fields import CustomField, CustomValue, Entity, FieldType
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.items import ItemInput
from billdesk.ui.desk import Desk
from billdesk.ui.pages.customers.customer_page import CustomerPage
from billdesk.ui.pages.customers.people_dialogs import ContactDialog, PlaceDialog
from billdesk.ui.pages.items.item_page import ItemPage
from billdesk.ui.pages.items.price_dialog import PriceDialog
from billdesk.ui.pages.settings.list_dialogs import (
    CostCentreDialog,
    FieldDialog,
    PriceListDialog,
)
from billdesk.ui.pages.settings.lists import ListsSection
from billdesk.ui.pages.settings.settings_page import SettingsPage

Kind = TypeVar("Kind", bound=QWidget)


def dialog(kind: type[Kind]) -> Kind:
    """The dialog that is open."""
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    return found


def lists(qtbot: QtBot, desk: Desk) -> ListsSection:
    desk.window.open_page("settings", "lists")
    page = desk.window.current_page
    assert isinstance(page, SettingsPage)
    settle(qtbot, desk)
    section = page.section
    assert isinstance(section, ListsSection)
    return section


def customer_page(qtbot: QtBot, desk: Desk, customer_id: int) -> CustomerPage:
    desk.window.open_page("customer", customer_id)
    page = desk.window.current_page
    assert isinstance(page, CustomerPage)
    qtbot.waitUntil(lambda: page.row is not None)
    settle(qtbot, desk)
    return page


def test_fields_lists_and_centres_are_defined_in_settings(qtbot: QtBot, desk: Desk) -> None:
    section = lists(qtbot, desk)
    section.fields[Entity.CUSTOMER].add_button.click()
    field = dialog(FieldDialog)
    field.kind.setCurrentIndex(4)
    field.submit()
    qtbot.waitUntil(lambda: field.problem == "Give the field a name.")
    field.label.setText("Size")
    field.choices.set_text("small\nlarge")
    field.is_printed.setChecked(True)
    field.submit()
    settle(qtbot, desk)
    section.price_lists.add_button.click()
    listed = dialog(PriceListDialog)
    listed.name.setText("Trade")
    listed.submit()
    settle(qtbot, desk)
    section.cost_centres.add_button.click()
    centre = dialog(CostCentreDialog)
    centre.code.setText("N")
    centre.name.setText("North")
    centre.submit()
    qtbot.waitUntil(lambda: len(section.cost_centres.values) == 1)
    queries = desk.app.queries
    (row,) = queries.custom_fields()
    assert row.field == CustomField(
        "size", "Size", FieldType.CHOICE, ("small", "large"), is_printed=True
    )
    assert [one.name for one in queries.price_lists()] == ["Trade"]
    assert [one.code for one in queries.cost_centres()] == ["N"]


def test_a_customer_gets_people_places_defaults_and_own_fields(qtbot: QtBot, desk: Desk) -> None:
    desk.app.custom_fields.create(Entity.CUSTOMER, CustomField("debtor", "Debtor"))
    desk.app.custom_fields.create(Entity.CUSTOMER, CustomField("vip", "VIP", FieldType.YES_NO))
    customer_id = desk.app.customers.create(CustomerInput("Nordlicht"))
    page = customer_page(qtbot, desk, customer_id)
    part = page.fields.defaults
    part.contacts.add_button.click()
    contact = dialog(ContactDialog)
    contact.name.setText("Anna")
    contact.receives[0][0].setChecked(True)
    contact.submit()
    assert contact.form.problem == "Anna is to receive documents but has no mail address."
    contact.email.setText("anna@nordlicht.example")
    contact.submit()
    part.places.add_button.click()
    place = dialog(PlaceDialog)
    place.city.setText("Oslo")
    place.is_default.setChecked(True)
    place.submit()
    qtbot.keyClicks(part.discount_percent, "2")
    qtbot.keyClicks(part.discount_days, "10")
    part.custom.set_values((CustomValue("debtor", "D-1"), CustomValue("vip", "yes")))
    page.save()
    settle(qtbot, desk)
    row = desk.app.queries.customer(customer_id)
    assert [(one.name, one.email) for one in row.contacts] == [("Anna", "anna@nordlicht.example")]
    assert DocumentKind.FINAL_INVOICE in row.contacts[0].receives
    assert [(one.address.city, one.is_default) for one in row.places] == [("Oslo", True)]
    assert row.discount == DiscountTerms(Decimal(2), 10)
    assert row.custom == (CustomValue("debtor", "D-1"), CustomValue("vip", "yes"))
    # Saved again, nothing is there twice.
    qtbot.waitUntil(lambda: page.row is not None and bool(page.row.contacts))
    page.fields.phone.setText("1")
    page.save()
    settle(qtbot, desk)
    assert len(desk.app.queries.customer(customer_id).contacts) == 1


def test_a_required_field_that_is_blank_is_named_below_its_group(qtbot: QtBot, desk: Desk) -> None:
    customer_id = desk.app.customers.create(CustomerInput("Nordlicht"))
    desk.app.custom_fields.create(Entity.CUSTOMER, CustomField("d", "Debtor", is_required=True))
    page = customer_page(qtbot, desk, customer_id)
    page.fields.phone.setText("1")
    page.save()
    qtbot.waitUntil(lambda: page.form.field("custom").error == "Fill in “Debtor”.")
    page.discard()


def test_an_item_gets_a_price_for_a_quantity(qtbot: QtBot, desk: Desk) -> None:
    trade = desk.app.price_lists.create("Trade", "USD")
    item_id = desk.app.items.create(ItemInput("Screw", Decimal("0.1")))
    desk.window.open_page("item", item_id)
    page = desk.window.current_page
    assert isinstance(page, ItemPage)
    qtbot.waitUntil(lambda: page.row is not None)
    settle(qtbot, desk)
    page.prices.add_button.click()
    price = dialog(PriceDialog)
    price.submit()
    assert price.form.problem == "Say what one costs."
    price.price_list.setCurrentIndex(1)
    assert price.currency.value == "USD"
    qtbot.keyClicks(price.unit_price, "0.08")
    qtbot.keyClicks(price.min_quantity, "100")
    price.submit()
    page.save()
    settle(qtbot, desk)
    (stored,) = desk.app.queries.item(item_id).prices
    assert (stored.unit_price, stored.min_quantity) == (Decimal("0.08"), Decimal(100))
    assert (stored.price_list_id, stored.currency) == (trade, "USD")
