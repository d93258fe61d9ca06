"""The fields of a customer."""

from dataclasses import replace
from decimal import Decimal

from PySide6.QtWidgets import QLineEdit, QWidget

from billdesk.core.domain.addresses import Address
from billdesk.core.queries.company import CompanyInfo
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import (
    ChoiceBox,
    company_default,
    country_choices,
    currency_choices,
    language_choices,
    language_name,
)
from billdesk.ui.forms.form import Form
from billdesk.ui.forms.text_area import TextArea
from billdesk.ui.pages.customers.customer_defaults import CustomerDefaults
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.entry import CountEdit
from billdesk.ui.widgets.field import Field, text_field


class CustomerFields:
    """Puts a customer into a form and takes it out again."""

    def __init__(self, form: Form, desk: Desk, window: QWidget) -> None:
        formats = desk.formats
        self._locale = formats.locale
        self.defaults = CustomerDefaults(form, desk, window)
        self._shown = CustomerInput("")
        name, self.name = text_field(tr("Name"))
        number, self.number = text_field(
            tr("Customer number"), placeholder=tr("given by BillDesk"), optional=True
        )
        contact, self.contact = text_field(tr("Contact person"), optional=True)
        email, self.email = text_field(tr("Email"), optional=True)
        phone, self.phone = text_field(tr("Phone"), optional=True)
        line1, self.line1 = text_field(tr("Street and number"), optional=True)
        line2, self.line2 = text_field(tr("Further address line"), optional=True)
        code, self.postal_code = text_field(tr("Postal code"), optional=True)
        city, self.city = text_field(tr("City"), optional=True)
        region, self.region = text_field(tr("State or province"), optional=True)
        vat_id, self.vat_id = text_field(tr("VAT id"), placeholder="DE123456789", optional=True)
        self.country = ChoiceBox(country_choices(self._locale, tr("Not given")))
        self.language = ChoiceBox(language_choices(self._locale, tr("As usual")))
        self.currency = ChoiceBox(currency_choices(self._locale, tr("As usual")))
        self.terms = CountEdit(formats)
        self.notes = TextArea(lines=3)
        form.line(("name", name, 2), ("number", number, 1))
        form.line(("contact", contact, 1), ("phone", phone, 1))
        form.line(("email", email, 1), ("vat_id", vat_id, 1))
        form.body.addWidget(label(tr("Address"), "section"))
        form.line(("line1", line1, 1), ("line2", line2, 1))
        form.line(("postal_code", code, 1), ("city", city, 2))
        form.line(
            ("region", region, 1),
            ("country", Field(tr("Country"), self.country, optional=True), 2),
        )
        form.body.addWidget(label(tr("On invoices"), "section"))
        form.line(
            ("language", Field(tr("Language"), self.language), 1),
            ("currency", Field(tr("Currency"), self.currency), 1),
        )
        terms = Field(tr("Days to pay"), self.terms, helper=tr("Empty: as usual."), optional=True)
        prices = Field(tr("Price list"), self.defaults.price_list)
        form.line(("terms_days", terms, 1), ("price_list_id", prices, 1))
        self.defaults.place_defaults()
        notes = Field(
            tr("Notes"), self.notes, helper=tr("For you only, never printed."), optional=True
        )
        form.line(("notes", notes, 1))
        self.defaults.place_lists()
        self._form = form

    def set_company(self, company: CompanyInfo) -> None:
        """Say what "as usual" means at this company."""
        defaults = company.invoice_defaults
        language = language_name(defaults.language, self._locale)
        self.language.setItemText(0, company_default(language))
        self.currency.setItemText(0, company_default(company.currency))
        usual = trn(
            "Empty: {count} day, as usual.", "Empty: {count} days, as usual.", defaults.terms_days
        )
        self._form.field("terms_days").set_helper(usual)

    def fill(self, values: CustomerInput | None) -> None:
        """Show a customer; None empties the form."""
        shown = self._shown = values or CustomerInput("")
        texts = self._texts()
        for name, edit in texts.items():
            source = shown.address if hasattr(shown.address, name) else shown
            edit.setText(getattr(source, name))
            edit.setCursorPosition(0)
        self.country.set_value(shown.address.country)
        self.language.set_value(shown.language)
        self.currency.set_value(shown.currency)
        days = shown.terms_days
        self.terms.set_value(None if days is None else Decimal(days))
        self.notes.set_text(shown.notes)
        self.defaults.fill(shown)

    def collect(self) -> CustomerInput:
        """What the form says."""
        days = self.terms.value
        given = replace(
            self._shown,
            name=self.name.text(),
            number=self.number.text(),
            contact=self.contact.text(),
            email=self.email.text(),
            phone=self.phone.text(),
            address=Address(
                line1=self.line1.text(),
                line2=self.line2.text(),
                postal_code=self.postal_code.text(),
                city=self.city.text(),
                region=self.region.text(),
                country=self.country.value or "",
            ),
            vat_id=self.vat_id.text(),
            language=self.language.value or "",
            currency=self.currency.value or "",
            terms_days=None if days is None else int(days),
            notes=self.notes.text(),
        )
        return self.defaults.collect(given)

    def _texts(self) -> dict[str, QLineEdit]:
        return {
            "name": self.name,
            "number": self.number,
            "contact": self.contact,
            "email": self.email,
            "phone": self.phone,
            "line1": self.line1,
            "line2": self.line2,
            "postal_code": self.postal_code,
            "city": self.city,
            "region": self.region,
            "vat_id": self.vat_id,
        }
