"""What new documents for a customer start with: discount, tax, prices; and its own fields."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.custom_fields import CustomField, Entity
from billdesk.core.domain.early_payment import LONGEST_DAYS, DiscountTerms
from billdesk.core.domain.people import Contact, Place
from billdesk.core.domain.tax_treatment import Treatment
from billdesk.core.queries import Queries
from billdesk.core.queries.prices import PriceListRow
from billdesk.core.queries.tax_rates import TaxRateRow
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.custom_fields import CustomFieldsBox
from billdesk.ui.forms.entry_list import EntryList
from billdesk.ui.forms.form import Form
from billdesk.ui.pages.customers.people_dialogs import (
    ContactDialog,
    PlaceDialog,
    describe_contact,
    describe_place,
)
from billdesk.ui.text import tr
from billdesk.ui.widgets.entry import CountEdit, PercentEdit
from billdesk.ui.widgets.field import Field

# A discount of all there is to pay would be a gift.
_MOST_PERCENT = Decimal("99.9999")
Done = Callable[[Any], object]


def treatment_name(treatment: Treatment) -> str:
    """A treatment in plain words."""
    return {
        Treatment.DOMESTIC: tr("As at home"),
        Treatment.REVERSE_CHARGE: tr("Reverse charge"),
        Treatment.INTRA_COMMUNITY: tr("Goods within the EU"),
        Treatment.EXPORT: tr("Export"),
        Treatment.OUTSIDE_SCOPE: tr("Outside the scope of tax"),
        Treatment.EXEMPT: tr("Exempt"),
        Treatment.SMALL_BUSINESS: tr("Small business: no tax"),
    }[treatment]


@dataclass(frozen=True)
class CustomerChoices:
    """What the choices of the form are made of."""

    rates: tuple[TaxRateRow, ...]
    price_lists: tuple[PriceListRow, ...]
    fields: tuple[CustomField, ...]


def read_choices(queries: Queries) -> CustomerChoices:
    """Read them in one go; called in a lane."""
    fields = tuple(row.field for row in queries.custom_fields() if row.entity is Entity.CUSTOMER)
    return CustomerChoices(queries.tax_rates(), queries.price_lists(), fields)


class CustomerDefaults:
    """Puts this part of a customer into a form and takes it out again."""

    def __init__(self, form: Form, desk: Desk, window: QWidget) -> None:
        self._form = form
        self._desk = desk
        self._window = window
        formats = desk.formats
        self.discount_percent = PercentEdit(formats, maximum=_MOST_PERCENT)
        self.discount_days = CountEdit(formats, maximum=LONGEST_DAYS)
        self.treatment = ChoiceBox(
            [
                (None, tr("The tax of each line")),
                *((each, treatment_name(each)) for each in Treatment),
            ]
        )
        self.tax_rate = ChoiceBox([(None, tr("As usual"))])
        self.price_list = ChoiceBox([(None, tr("General prices"))])
        self.contacts = EntryList(tr("Add contact"), describe_contact, self._open_contact)
        self.places = EntryList(tr("Add delivery address"), describe_place, self._open_place)
        self.custom = CustomFieldsBox(desk)
        self._shown = CustomerInput("")

    def place_defaults(self) -> None:
        """Add the defaults below what the form has so far."""
        form = self._form
        form.line(
            (
                "discount_percent",
                Field(tr("Discount for paying early"), self.discount_percent, optional=True),
                1,
            ),
            (
                "discount_days",
                Field(tr("Within days"), self.discount_days, optional=True),
                1,
            ),
        )
        form.line(
            ("tax_treatment", Field(tr("Tax treatment"), self.treatment), 1),
            ("tax_rate_id", Field(tr("Usual tax rate"), self.tax_rate), 1),
        )

    def place_lists(self) -> None:
        """Add contacts, delivery addresses and own fields."""
        form = self._form
        form.line(("contacts", Field(tr("Contacts"), self.contacts, optional=True), 1))
        form.line(("places", Field(tr("Delivery addresses"), self.places, optional=True), 1))
        form.body.addWidget(form.add("custom", Field(tr("Your own fields"), self.custom)))
        self._show_own(False)

    def set_choices(self, choices: CustomerChoices) -> None:
        """Offer what the company has; nothing chosen is lost."""
        self.tax_rate.set_choices(
            [(None, tr("As usual")), *((rate.id, rate.name) for rate in choices.rates)]
        )
        lists = [(one.id, f"{one.name} ({one.currency})") for one in choices.price_lists]
        self.price_list.set_choices([(None, tr("General prices")), *lists])
        self.tax_rate.set_value(self._shown.tax_rate_id)
        self.price_list.set_value(self._shown.price_list_id)
        self._form.prepare(lambda: self.custom.set_fields(choices.fields))
        self._show_own(bool(choices.fields))

    def fill(self, shown: CustomerInput) -> None:
        """Show a customer."""
        self._shown = shown
        discount = shown.discount
        self.discount_percent.set_value(discount.percent if discount else None)
        self.discount_days.set_value(Decimal(discount.days) if discount else None)
        self.treatment.set_value(shown.tax_treatment)
        self.tax_rate.set_value(shown.tax_rate_id)
        self.price_list.set_value(shown.price_list_id)
        self.contacts.set_values(shown.contacts)
        self.places.set_values(shown.places)
        self.custom.set_values(shown.custom)

    def collect(self, given: CustomerInput) -> CustomerInput:
        """``given`` with what stands here."""
        return replace(
            given,
            discount=self._discount(),
            tax_treatment=self.treatment.value,
            tax_rate_id=self.tax_rate.value,
            price_list_id=self.price_list.value,
            contacts=_only_usual(self.contacts.values),
            places=_only_usual(self.places.values),
            custom=self.custom.values,
        )

    def _discount(self) -> DiscountTerms | None:
        percent, days = self.discount_percent.value, self.discount_days.value
        if not percent:
            return None
        return DiscountTerms(percent, int(days or 0))

    def _show_own(self, visible: bool) -> None:
        self._form.field("custom").setVisible(visible)

    def _open_contact(self, contact: Contact | None, done: Done) -> None:
        ContactDialog(contact, done, self._window).open()

    def _open_place(self, place: Place | None, done: Done) -> None:
        PlaceDialog(self._desk.formats.locale, place, done, self._window).open()


Kept = TypeVar("Kept", Contact, Place)


def _only_usual(values: Iterable[Kept]) -> tuple[Kept, ...]:
    """The one marked last is the usual one."""
    given = list(values)
    marked = [index for index, value in enumerate(given) if value.is_default]
    return tuple(
        replace(value, is_default=index == marked[-1]) if value.is_default else value
        for index, value in enumerate(given)
    )
