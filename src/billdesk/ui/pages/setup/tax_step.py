"""Which taxes the company charges."""

from PySide6.QtWidgets import QCheckBox

from billdesk.core.domain.country_defaults import defaults_for
from billdesk.core.domain.tax import TAXED, TaxCategory
from billdesk.core.domain.tax_wording import UsualTax, no_tax
from billdesk.ui.format import Formats
from billdesk.ui.forms.choice_box import country_name
from billdesk.ui.pages.setup.step import Step
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label
from billdesk.ui.widgets.card import Card

_BELOW_CHECK_BOX = 26


class TaxStep(Step):
    """The usual rates of a country, to be checked by the owner."""

    def __init__(self, formats: Formats) -> None:
        super().__init__(
            tr("Tax"),
            tr("These rates will be offered on every line. You can change them in Settings."),
        )
        self._locale = formats.locale
        self._country = ""
        self._taxes: list[tuple[QCheckBox, UsualTax]] = []
        card = Card()
        self.note = label("", "text2")
        self.note.setWordWrap(True)
        self.charges_tax = QCheckBox(tr("I charge tax"))
        self.charges_tax.setChecked(True)
        self.charges_tax.toggled.connect(self._show_taxes)
        self._rows = column(spacing=2)
        self._rows.setContentsMargins(_BELOW_CHECK_BOX, 0, 0, 0)
        card.body.addWidget(self.charges_tax)
        card.body.addLayout(self._rows)
        card.body.addSpacing(4)
        card.body.addWidget(self.note)
        self.body.addWidget(card)

    @property
    def taxes(self) -> tuple[UsualTax, ...]:
        """What was chosen, the usual rate first."""
        if not self.charges_tax.isChecked():
            return (no_tax(self._country),)
        return tuple(tax for box, tax in self._taxes if box.isChecked())

    def use_country(self, country: str) -> None:
        """Offer the rates of a country."""
        self._country = country
        clear_layout(self._rows)
        self._taxes = []
        for tax in defaults_for(country).taxes():
            box = QCheckBox(tax.name)
            # The rest is for those who sell goods abroad; a long list is in the way of others.
            box.setChecked(tax.category in TAXED or tax.category is TaxCategory.REVERSE_CHARGE)
            self._taxes.append((box, tax))
            self._rows.addWidget(box)
        if self._taxes:
            note = tr(
                "Usual rates in {country}, as of 2026. Please check them: laws change, and some "
                "goods have rates of their own. If you charge none, as a small business may, "
                "untick the first box."
            ).format(country=country_name(country, self._locale))
        else:
            note = tr(
                "BillDesk knows no usual rates for {country}. Add yours in Settings, Tax rates."
            ).format(country=country_name(country, self._locale))
        self.note.setText(note)
        self._show_taxes(self.charges_tax.isChecked())

    def _show_taxes(self, charged: bool) -> None:
        for box, _tax in self._taxes:
            box.setEnabled(charged)
