"""A part of an invoice that will not be paid in money, and why."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.payments import DeductionInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import MoneyEdit
from billdesk.ui.widgets.field import Field, text_field


def deduction_words() -> list[tuple[DeductionKind, str]]:
    """The kinds of deductions as an owner would call them."""
    return [
        (DeductionKind.WRITE_OFF, tr("Write-off: a rest not worth asking for")),
        (DeductionKind.BAD_DEBT, tr("Bad debt: the customer cannot pay")),
        (DeductionKind.EARLY_PAYMENT_DISCOUNT, tr("Discount for paying early")),
        (DeductionKind.WITHHOLDING, tr("Tax the customer kept back for the tax office")),
        (DeductionKind.CASH_ROUNDING, tr("Rounding of a cash payment")),
    ]


class DeductionDialog(FormDialog):
    """Settles a part of an invoice without money; tax falls away where the sale got smaller."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Settle {number} without money").format(number=detail.number)
        super().__init__(desk, title, tr("Settle"), parent=parent)
        self._detail = detail
        self.kind = ChoiceBox(deduction_words(), DeductionKind.WRITE_OFF)
        scale = exponent(detail.currency)
        self.amount = MoneyEdit(desk.formats, detail.currency, scale, minimum_minor=0)
        self.amount.set_minor(detail.open_minor)
        self.on = DateEdit(desk.formats, desk.app.today)
        self.on.set_value(desk.app.today())
        reason, self.reason = text_field(tr("Reason"), placeholder=tr("Insolvent since May"))
        amount_title = tr("Amount in {currency}").format(currency=detail.currency)
        figures = row(spacing=16)
        figures.addWidget(self.add_field("minor", Field(amount_title, self.amount)), 1)
        figures.addWidget(self.add_field("occurred_on", Field(tr("On"), self.on)), 1)
        self.body.addWidget(self.add_field("kind", Field(tr("What it is"), self.kind)))
        self.body.addLayout(figures)
        self.body.addWidget(self.add_field("reason", reason))
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.amount.valueChanged.connect(self._explain)
        self._explain()
        self.kind.setFocus()

    def submit(self) -> None:
        minor, on = self.amount.minor, self.on.value
        if not minor:
            self.show_problem(self.amount.problem or tr("Enter the amount."), "minor")
            return
        if on is None:
            self.show_problem(tr("Enter the day."), "occurred_on")
            return
        given = DeductionInput(
            self._detail.id, self.kind.value, minor, on, self.reason.text().strip()
        )
        self.run(partial(self.desk.app.deductions.deduct, given))

    def _explain(self) -> None:
        rest = self._detail.open_minor - (self.amount.minor or 0)
        if rest > 0:
            money = self.desk.money(rest, self._detail.currency)
            text = tr("{rest} stays open.").format(rest=money)
        else:
            text = tr("Nothing stays open.")
        self.consequence.setText(text)
        self.fit()
