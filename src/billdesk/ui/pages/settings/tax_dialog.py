"""One tax rate in a dialog."""

from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QCheckBox, QWidget

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.tax import TAXED, TaxCategory
from billdesk.core.queries.tax_rates import TaxRateRow
from billdesk.core.services.tax_rates import TaxRateInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
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
        reason, self.reason = text_field(
            tr("Legal text"),
            helper=tr("Printed on the invoice, where no tax is charged."),
            optional=True,
        )
        code, self.reason_code = text_field(
            tr("Reason code"), placeholder="VATEX-EU-AE", optional=True
        )
        self.is_default = QCheckBox(tr("The usual rate for new lines"))
        self.form.line(("name", name, 2), ("percent", Field(tr("Rate"), self.percent), 1))
        self.form.line(("category", Field(tr("Kind"), self.category), 1))
        self.form.line(("reason", reason, 1))
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
        values = TaxRateInput(
            name=self.name.text(),
            percent=self.percent.value,
            category=self.category.value,
            reason=self.reason.text(),
            reason_code=self.reason_code.text(),
            is_default=self.is_default.isChecked(),
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

    def _show_reason(self, category: object) -> None:
        taxed = category in TAXED
        if not taxed:
            self.percent.set_value(Decimal(0))
        self.percent.setReadOnly(not taxed)
        self.form.field("reason").setVisible(not taxed)
        self.form.field("reason_code").setVisible(not taxed)
