"""A statement of account: whose, over which days, in which currency."""

from datetime import date, timedelta
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.customers import CustomerRow
from billdesk.core.services.documents.papers import StatementInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox, currency_choices
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label, row
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.field import Field


def periods(today: date) -> list[tuple[tuple[date, date] | None, str]]:
    """The usual periods of a statement, and one of one's own."""
    month = today.replace(day=1)
    year = today.replace(month=1, day=1)
    last_month = month - timedelta(days=1)
    last_year = year - timedelta(days=1)
    return [
        ((year, today), tr("This year so far")),
        ((month, today), tr("This month so far")),
        ((last_month.replace(day=1), last_month), tr("Last month")),
        ((last_year.replace(month=1, day=1), last_year), tr("Last year")),
        (None, tr("Other days")),
    ]


class StatementDialog(FormDialog):
    """``succeeded`` carries the statement that was issued; it is sent from its own page."""

    def __init__(self, desk: Desk, customer: CustomerRow, parent: QWidget) -> None:
        title = tr("Statement of account for {name}").format(name=customer.name)
        super().__init__(desk, title, tr("Make statement"), parent=parent)
        self._customer_id = customer.id
        usual = periods(desk.app.today())
        self.period = ChoiceBox(usual, usual[0][0])
        self.first = DateEdit(desk.formats, desk.app.today)
        self.last = DateEdit(desk.formats, desk.app.today)
        first = [currency for currency, _minor in customer.owed]
        choices = currency_choices(desk.formats.locale, tr("The company's own"), first=tuple(first))
        self.currency = ChoiceBox(choices, customer.currency)
        note = label(
            tr("It lists what was invoiced and paid in these days and what is open at their end."),
            "text2",
        )
        note.setWordWrap(True)
        self.body.addWidget(note)
        self.body.addWidget(self.add_field("period", Field(tr("Period"), self.period)))
        days = row(spacing=16)
        days.addWidget(self.add_field("first_on", Field(tr("From"), self.first)), 1)
        days.addWidget(self.add_field("last_on", Field(tr("To"), self.last)), 1)
        self.body.addLayout(days)
        self.body.addWidget(self.add_field("currency", Field(tr("Currency"), self.currency)))
        self.finish_form()
        self.period.valueChanged.connect(self._show_period)
        for day in (self.first, self.last):
            day.textEdited.connect(self._show_other)
        self._show_period(self.period.value)
        self.period.setFocus()

    def submit(self) -> None:
        first, last = self.first.value, self.last.value
        for name, day in (("first_on", first), ("last_on", last)):
            if day is None:
                self.show_problem(tr("Enter the day."), name)
                return
        if first is not None and last is not None:
            given = StatementInput(self._customer_id, first, last, self.currency.value or "")
            self.run(partial(self.desk.app.papers.statement, given))

    def _show_period(self, period: tuple[date, date] | None) -> None:
        if period is not None:
            self.first.set_value(period[0])
            self.last.set_value(period[1])

    def _show_other(self, _text: str) -> None:
        self.period.set_value(None)
