"""Money received by hand: for one invoice, or for several that were paid in full."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.payments import PaymentInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.money.fields import chosen_method, method_box
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.entry import MoneyEdit
from billdesk.ui.widgets.field import Field, text_field


class PaymentDialog(FormDialog):
    """Record a payment for one invoice; what exceeds the open amount is explained first."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Record payment for {number}").format(number=detail.number)
        super().__init__(desk, title, tr("Record payment"), parent=parent)
        self._detail = detail
        scale = exponent(detail.currency)
        self.amount = MoneyEdit(desk.formats, detail.currency, scale, minimum_minor=0)
        self.amount.set_minor(detail.open_minor)
        self.method = method_box()
        self.received_on = DateEdit(desk.formats, desk.app.today)
        self.received_on.set_value(desk.app.today())
        self._amount_field = self.add_field(
            "amount_minor",
            Field(tr("Amount in {currency}").format(currency=detail.currency), self.amount),
        )
        first, second = row(spacing=16), row(spacing=16)
        first.addWidget(self._amount_field, 1)
        first.addWidget(
            self.add_field("received_on", Field(tr("Received on"), self.received_on)), 1
        )
        second.addWidget(self.add_field("method", Field(tr("How"), self.method)), 1)
        reference, self.reference = text_field(tr("Reference"), optional=True)
        second.addWidget(self.add_field("reference", reference), 1)
        self.body.addLayout(first)
        self.body.addLayout(second)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.amount.valueChanged.connect(self._explain)
        self._explain()
        self.amount.selectAll()
        self.amount.setFocus()

    def submit(self) -> None:
        minor, received_on = self.amount.minor, self.received_on.value
        if not minor:
            problem = self.amount.problem or tr("Enter the amount received.")
            self.show_problem(problem, "amount_minor")
            return
        if received_on is None:
            self.show_problem(tr("Enter the day the money arrived."), "received_on")
            return
        given = PaymentInput(
            self._detail.id,
            minor,
            chosen_method(self.method),
            received_on,
            reference=self.reference.text().strip(),
        )
        self.run(partial(self.desk.app.payments.record, given))

    def _explain(self) -> None:
        """What the books will say afterwards, in numbers."""
        detail, minor = self._detail, self.amount.minor or 0
        name = detail.customer.name if detail.customer is not None else ""
        rest = detail.open_minor - minor
        if rest > 0:
            text = tr("{rest} stays open.").format(rest=self.desk.money(rest, detail.currency))
        elif rest == 0:
            text = tr("The invoice will be paid in full.")
        else:
            text = tr(
                "That is {surplus} more than is open. The invoice will be paid and {surplus} is "
                "kept as credit of {customer}."
            ).format(surplus=self.desk.money(-rest, detail.currency), customer=name)
        self.consequence.setText(text)
        self.fit()


class MarkPaidDialog(Dialog):
    """How and when several invoices were paid; each with what is open on it."""

    def __init__(
        self,
        desk: Desk,
        count: int,
        total: str,
        on_chosen: Callable[[PaymentMethod, date], object],
        parent: QWidget,
    ) -> None:
        title = trn("Mark {count} invoice paid?", "Mark {count} invoices paid?", count)
        super().__init__(title, tr("Mark paid"), parent=parent)
        self._on_chosen = on_chosen
        text = label(
            tr("A payment of the open amount is recorded on each: {total} in all.").format(
                total=total
            ),
            "text2",
        )
        text.setWordWrap(True)
        self.method = method_box()
        self.received_on = DateEdit(desk.formats, desk.app.today)
        self.received_on.set_value(desk.app.today())
        self._day = Field(tr("Received on"), self.received_on)
        fields = row(spacing=16)
        fields.addWidget(Field(tr("How"), self.method), 1)
        fields.addWidget(self._day, 1)
        self.body.addWidget(text)
        self.body.addLayout(fields)

    def submit(self) -> None:
        day = self.received_on.value
        if day is None:
            self._day.set_error(tr("Enter the day the money arrived."))
            return
        self.accept()
        self._on_chosen(chosen_method(self.method), day)
