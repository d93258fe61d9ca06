"""One tax rate in a dialog."""

from decimal import Decimal
from enum import Enum
from functools import partial

from PySide6.QtWidgets import QCheckBox, QWidget

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.tax import TAXED, TaxCategory, TaxKind
from billdesk.core.domain.tax_wording import LANGUAGES
from billdesk.core.queries.tax_rates import TaxRateRow
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, language_name
from billdesk.ui.forms.form import Form
from billdesk.ui.text import tr
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.entry import PercentEdit
from billdesk.ui.widgets.field import Field, text_field


def category_name(category: TaxCategory) -> str:
    """A tax category in plain words."""
    return {
        TaxCategory.STANDARD: tr("Taxed"),
        TaxCategory.ZERO: tr("Zero rate"),
        TaxCategory.EXEMPT: tr("Exempt"),
        TaxCategory.REVERSE_CHARGE: tr("Reverse charge"),
        TaxCategory.INTRA_COMMUNITY: tr("Within the EU"),
        TaxCategory.EXPORT: tr("Export"),
        TaxCategory.OUTSIDE_SCOPE: tr("Outside the scope of tax"),
        TaxCategory.CANARY_ISLANDS: tr("Canary Islands (IGIC)"),
        TaxCategory.CEUTA_MELILLA: tr("Ceuta and Melilla (IPSI)"),
    }[category]


def charged_name(rate: TaxRateRow) -> str:
    """How a rate is charged in plain words, for a list of rates."""
    if rate.is_withheld:
        return tr("Kept back by the customer")
    return tr("Taxed, on price and taxes") if rate.is_compound else category_name(rate.category)


class _Charged(Enum):
    """How a tax is charged."""

    ADDED = (TaxKind.ADDED, False)
    COMPOUND = (TaxKind.ADDED, True)
    WITHHELD = (TaxKind.WITHHELD, False)


class TaxRateDialog(Dialog):
    """Stays open until the rate is saved; what is wrong stands beside its field."""

    def __init__(self, desk: Desk, rate: TaxRateRow | None, parent: QWidget) -> None:
        super().__init__(
            tr("New tax rate") if rate is None else tr("Edit tax rate"),
            tr("Add") if rate is None else tr("Save"),
            parent=parent,
        )
        self._desk = desk
        self._rate = rate
        self.form = Form()
        name, self.name = text_field(tr("Name"), placeholder=tr("VAT 19 %"))
        self.percent = PercentEdit(desk.formats)
        self.category = ChoiceBox([(each, category_name(each)) for each in TaxCategory])
        self.charged = ChoiceBox(
            [
                (_Charged.ADDED, tr("Added to the price")),
                (_Charged.COMPOUND, tr("Added to the price and the taxes before it")),
                (_Charged.WITHHELD, tr("Kept back by the customer for the tax office")),
            ]
        )
        reason, self.reason = text_field(
            tr("Legal text"),
            helper=tr("Printed on the invoice, where no tax is charged."),
            optional=True,
        )
        self.reasons = {
            language: text_field(
                tr("Legal text on documents in {language}").format(
                    language=language_name(language, desk.formats.locale)
                ),
                placeholder=tr("the text above"),
                optional=True,
            )
            for language in LANGUAGES
        }
        code, self.reason_code = text_field(
            tr("Reason code"), placeholder="VATEX-EU-AE", optional=True
        )
        self.is_default = QCheckBox(tr("The usual rate for new lines"))
        self.form.line(("name", name, 2), ("percent", Field(tr("Rate"), self.percent), 1))
        self.form.line(("category", Field(tr("Kind"), self.category), 1))
        self.form.line(("is_compound", Field(tr("Charged"), self.charged), 1))
        self.form.line(("reason", reason, 1))
        for language, (field, _edit) in self.reasons.items():
            self.form.line((f"reasons_{language}", field, 1))
        self.form.line(("reason_code", code, 1))
        self.form.body.addWidget(self.is_default)
        self.body.addWidget(self.form)
        self._fill(rate)
        self.category.valueChanged.connect(self._show_reason)
        self._show_reason(self.category.value)
        self.name.setFocus()

    def submit(self) -> None:
        if self.form.entry_problem():
            return
        if self.percent.value is None:
            self.form.show_problem(tr("Say how many percent."), "percent")
            return
        taxed = self.category.value in TAXED
        kind, is_compound = (self.charged.value if taxed else _Charged.ADDED).value
        values = TaxRateInput(
            name=self.name.text(),
            percent=self.percent.value,
            category=self.category.value,
            reason=self.reason.text(),
            reason_code=self.reason_code.text(),
            is_default=self.is_default.isChecked(),
            kind=kind,
            is_compound=is_compound,
            reasons=tuple(
                (language, edit.text()) for language, (_field, edit) in self.reasons.items()
            ),
        )
        service = self._desk.app.tax_rates
        work = (
            partial(service.create, values)
            if self._rate is None
            else partial(service.update, self._rate.id, self._rate.version, values)
        )
        self.verb_button.setEnabled(False)
        self._desk.lanes.write(work).then(self._saved, self._failed)

    def _saved(self, _result: object) -> None:
        self.accept()

    def _failed(self, error: object) -> None:
        self.verb_button.setEnabled(True)
        if not isinstance(error, BillDeskError):
            self.reject()
        self.form.show_error(error, self._desk.report)

    def _fill(self, rate: TaxRateRow | None) -> None:
        if rate is None:
            return
        self.name.setText(rate.name)
        self.percent.set_value(rate.percent)
        self.category.set_value(rate.category)
        self.reason.setText(rate.reason)
        self.reason_code.setText(rate.reason_code)
        self.is_default.setChecked(rate.is_default)
        self.charged.set_value(_Charged((rate.kind, rate.is_compound)))
        for language, text in rate.reasons:
            if language in self.reasons:
                self.reasons[language][1].setText(text)

    def _show_reason(self, category: object) -> None:
        taxed = category in TAXED
        if not taxed:
            self.percent.set_value(Decimal(0))
        self.percent.setReadOnly(not taxed)
        self.form.field("is_compound").setVisible(taxed)
        names = ("reason", "reason_code", *(f"reasons_{language}" for language in self.reasons))
        for name in names:
            self.form.field(name).setVisible(not taxed)
        self.adjustSize()
