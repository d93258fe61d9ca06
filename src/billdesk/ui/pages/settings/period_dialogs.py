"""Close the books through a day, open them again, and say when tax is due."""

from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.settings import TaxSettings
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.field import Field, text_field


class CloseBooksDialog(FormDialog):
    """Asks through which day; suggests the end of last month."""

    def __init__(self, desk: Desk, closed: date | None, parent: QWidget) -> None:
        super().__init__(desk, tr("Close the books"), tr("Close the books"), parent=parent)
        self.day = DateEdit(desk.formats, desk.app.today)
        last_month = desk.app.today().replace(day=1) - timedelta(days=1)
        self.day.set_value(last_month if closed is None else max(closed, last_month))
        text = label(
            tr(
                "Nothing can be dated on or before this day any more: no invoice, no payment, no "
                "correction. What is there stays as it was reported."
            ),
            "text2",
        )
        text.setWordWrap(True)
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("locked_through", Field(tr("Closed through"), self.day)))
        self.finish_form()
        self.day.setFocus()

    def submit(self) -> None:
        if self.day.value is None:
            self.show_problem(tr("Enter the last day that is closed."), "locked_through")
            return
        self.run(partial(self.desk.app.periods.close_through, self.day.value))


class OpenBooksDialog(FormDialog):
    """Takes a reason; it stays in the audit log."""

    def __init__(self, desk: Desk, closed: date, parent: QWidget) -> None:
        super().__init__(desk, tr("Open closed books again?"), tr("Open again"), parent=parent)
        self._closed = closed
        self.day = DateEdit(desk.formats, desk.app.today)
        text = label("", "text2")
        text.setText(
            tr(
                "They are closed through {day}. Figures of that time that were reported can change "
                "once they are open."
            ).format(day=desk.formats.date(closed))
        )
        text.setWordWrap(True)
        day = Field(
            tr("Closed through"),
            self.day,
            helper=tr("The day up to which they stay closed. Empty: everything is opened."),
            optional=True,
        )
        reason, self.reason = text_field(
            tr("Reason"), placeholder=tr("An invoice was forgotten"), helper=tr("For the audit log")
        )
        self.body.addWidget(text)
        self.body.addWidget(self.add_field("locked_through", day))
        self.body.addWidget(self.add_field("reason", reason))
        self.finish_form()
        self.day.setFocus()

    def submit(self) -> None:
        day = self.day.value
        if day is not None and day >= self._closed:
            self.show_problem(
                tr("Enter a day before {day}, or none.").format(
                    day=self.desk.formats.date(self._closed)
                ),
                "locked_through",
            )
            return
        self.run(partial(self.desk.app.periods.close_through, day, self.reason.text()))


class TaxDueDialog(FormDialog):
    """Whether tax is due when it is invoiced or when it is paid, and from which day."""

    def __init__(self, desk: Desk, taxes: TaxSettings, parent: QWidget) -> None:
        super().__init__(desk, tr("When tax is due"), tr("Save"), parent=parent)
        self.basis = ChoiceBox(
            [(False, tr("When it is invoiced")), (True, tr("When it is paid (cash basis)"))],
            taxes.cash_basis_from is not None,
        )
        self.start = DateEdit(desk.formats, desk.app.today)
        self.start.set_value(taxes.cash_basis_from or desk.app.today().replace(month=1, day=1))
        self._start = Field(tr("For invoices from"), self.start)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.add_field("basis", Field(tr("Tax is due"), self.basis)))
        self.body.addWidget(self.add_field("cash_basis_from", self._start))
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.basis.valueChanged.connect(self._explain)
        self.start.dateChanged.connect(self._explain)
        self._explain()
        self.basis.setFocus()

    def submit(self) -> None:
        start = self.start.value if self.basis.value else None
        if self.basis.value and start is None:
            self.show_problem(tr("Enter the first day of the cash basis."), "cash_basis_from")
            return
        self.run(partial(self.desk.app.settings.save_taxes, TaxSettings(start)))

    def _explain(self, *_value: object) -> None:
        on_cash = bool(self.basis.value)
        self._start.setVisible(on_cash)
        self.consequence.setText(tax_consequence(on_cash=on_cash))
        self.fit()


def tax_consequence(*, on_cash: bool) -> str:
    """What a basis means for what is owed to the tax office."""
    if on_cash:
        return tr(
            "The tax of an invoice waits under “Tax not yet due” until the customer pays, and "
            "becomes payable with each payment. Invoices issued already keep their way. Most "
            "tax offices have to allow this first."
        )
    return tr(
        "The tax of an invoice is payable with its date, whether the customer has paid or not. "
        "Invoices issued already keep their way."
    )
