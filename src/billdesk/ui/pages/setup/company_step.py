"""Who sends the invoices: name, country and what follows from the country."""

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.country_defaults import CountryDefaults, defaults_for
from billdesk.core.domain.errors import UserError
from billdesk.core.services.customers import check_vat_id
from billdesk.ui.format import Formats
from billdesk.ui.forms.choice_box import (
    ChoiceBox,
    country_choices,
    country_name,
    currency_choices,
    language_choices,
)
from billdesk.ui.forms.form import Form
from billdesk.ui.pages.setup.answers import CompanyAnswers
from billdesk.ui.pages.setup.step import Step
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.field import Field, IconLabel, text_field

# Only what is surely wrong is stopped here; whether the mailbox exists shows when mail is sent.
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_FIRST_CURRENCIES = ("EUR", "USD", "GBP", "CHF")


class CompanyStep(Step):
    """Choosing a country fills in currency and language; ``countryChosen(code)``."""

    countryChosen = Signal(str)

    def __init__(self, formats: Formats, country: str) -> None:
        super().__init__(
            tr("Your company"),
            tr("This appears on your invoices. You can change all of it later in Settings."),
        )
        self._formats = formats
        self.form = Form()
        name, self.name = text_field(tr("Company name"), placeholder=tr("or your own name"))
        email, self.email = text_field(tr("Email"), optional=True)
        line1, self.line1 = text_field(tr("Street and number"), optional=True)
        code, self.postal_code = text_field(tr("Postal code"), optional=True)
        city, self.city = text_field(tr("City"), optional=True)
        vat_id, self.vat_id = text_field(tr("VAT id"), optional=True)
        tax_number, self.tax_number = text_field(tr("Tax number"), optional=True)
        locale = formats.locale
        self.country = ChoiceBox(country_choices(locale, tr("Choose…")), country)
        self.currency = ChoiceBox(currency_choices(locale, first=_FIRST_CURRENCIES))
        self.language = ChoiceBox(language_choices(locale))
        form = self.form
        form.line(("name", name, 1))
        form.line(("country", Field(tr("Country"), self.country), 1), ("email", email, 1))
        self.channel_line, self.channel = _notice()
        form.body.addWidget(self.channel_line)
        form.line(("line1", line1, 1))
        form.line(("postal_code", code, 1), ("city", city, 2))
        form.line(("vat_id", vat_id, 1), ("tax_number", tax_number, 1))
        form.line(
            (
                "currency",
                Field(tr("Currency of your books"), self.currency, helper=tr("Fixed once set.")),
                1,
            ),
            ("language", Field(tr("Language of invoices"), self.language), 1),
        )
        card = Card()
        card.body.addWidget(form)
        self.body.addWidget(card)
        self.country.valueChanged.connect(self._use_country)
        self._use_country(self.country.value)

    def first_focus(self) -> QWidget | None:
        return self.name

    def check(self) -> bool:
        problem = self._problem()
        self.form.show_problem(*problem)
        return not problem[0]

    def _problem(self) -> tuple[str, str]:
        """What is missing or wrong, and the field it is about; empty when nothing is."""
        if not self.name.text().strip():
            return tr("Give your company a name."), "name"
        if not self.country.value:
            return tr("Choose the country your company is in."), "country"
        if self.email.text().strip() and not _ADDRESS.fullmatch(self.email.text().strip()):
            return tr("An email address looks like you@example.com."), "email"
        try:
            check_vat_id(self.vat_id.text())
        except UserError as error:
            return str(error), "vat_id"
        return "", ""

    @property
    def answers(self) -> CompanyAnswers:
        """What was said."""
        country = self.country.value
        defaults = defaults_for(country)
        return CompanyAnswers(
            name=self.name.text().strip(),
            address=Address(
                line1=self.line1.text().strip(),
                postal_code=self.postal_code.text().strip(),
                city=self.city.text().strip(),
                country=country,
            ),
            email=self.email.text().strip(),
            vat_id=self.vat_id.text().strip(),
            tax_number=self.tax_number.text().strip(),
            currency=self.currency.value,
            language=self.language.value,
            paper=defaults.paper,
            fold_marks=defaults.fold_marks,
        )

    # Inside

    def _use_country(self, country: object) -> None:
        code = str(country)
        defaults = defaults_for(code)
        self.currency.set_value(defaults.currency)
        self.language.set_value(defaults.language)
        self._show_channel(code, defaults)
        self.countryChosen.emit(code)

    def _show_channel(self, code: str, defaults: CountryDefaults) -> None:
        self.channel_line.setVisible(bool(defaults.state_channel))
        self.channel.setText(
            tr(
                "{country} demands that invoices pass through or are reported to a channel of the "
                "state ({channel}). BillDesk does not speak it: depending on your business you "
                "need another way to report, or another program."
            ).format(
                country=country_name(code, self._formats.locale), channel=defaults.state_channel
            )
        )


def _notice() -> tuple[QWidget, QLabel]:
    line = QWidget()
    text = label("", "", "warn")
    text.setWordWrap(True)
    layout = row(line, spacing=8)
    layout.addWidget(IconLabel("alert", "pill.warn.fg", 18))
    layout.addWidget(text, 1)
    return line, text
