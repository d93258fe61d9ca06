"""A new customer without leaving the invoice."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.addresses import Address
from billdesk.core.services.customers import CustomerInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.field import text_field


class CustomerDialog(FormDialog):
    """Only what an invoice needs; the rest is added on the customer's own page.

    ``succeeded`` carries the new customer's id.
    """

    def __init__(self, desk: Desk, name: str, country: str, parent: QWidget) -> None:
        super().__init__(desk, tr("New customer"), tr("Create customer"), parent=parent)
        name_field, self.name = text_field(tr("Name"), name)
        email_field, self.email = text_field(tr("Email"), optional=True)
        line_field, self.line1 = text_field(tr("Street and number"), optional=True)
        code_field, self.postal_code = text_field(tr("Postal code"), optional=True)
        city_field, self.city = text_field(tr("City"), optional=True)
        country_field, self.country = text_field(tr("Country"), country, placeholder="DE")
        self.country.setMaxLength(2)
        vat_field, self.vat_id = text_field(tr("VAT id"), optional=True)
        self.body.addWidget(self.add_field("name", name_field))
        self.body.addWidget(self.add_field("email", email_field))
        self.body.addWidget(self.add_field("line1", line_field))
        place, rest = row(spacing=16), row(spacing=16)
        place.addWidget(self.add_field("postal_code", code_field), 1)
        place.addWidget(self.add_field("city", city_field), 2)
        rest.addWidget(self.add_field("country", country_field), 1)
        rest.addWidget(self.add_field("vat_id", vat_field), 2)
        self.body.addLayout(place)
        self.body.addLayout(rest)
        self.finish_form()
        (self.email if name else self.name).setFocus()

    def submit(self) -> None:
        given = CustomerInput(
            self.name.text(),
            email=self.email.text(),
            address=Address(
                line1=self.line1.text(),
                postal_code=self.postal_code.text(),
                city=self.city.text(),
                country=self.country.text().upper(),
            ),
            vat_id=self.vat_id.text(),
        )
        self.run(partial(self.desk.app.customers.create, given))
