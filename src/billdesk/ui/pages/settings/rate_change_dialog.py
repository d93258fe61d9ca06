"""A tax rate changes by law on a day: which day, to what."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.errors import BillDeskError
from billdesk.core.queries.tax_rates import TaxRateRow
from billdesk.core.services.tax_rates import RateChange
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form import Form
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.entry import PercentEdit
from billdesk.ui.widgets.field import Field, text_field


class RateChangeDialog(Dialog):
    """Stays open until the change is stored; what is wrong stands beside its field."""

    def __init__(self, desk: Desk, rate: TaxRateRow, parent: QWidget) -> None:
        title = tr("{name} changes").format(name=rate.name)
        super().__init__(title, tr("Change rate"), parent=parent)
        self._desk = desk
        self._rate = rate
        self.form = Form()
        self.on = DateEdit(desk.formats, desk.app.today)
        self.percent = PercentEdit(desk.formats)
        name, self.name = text_field(tr("Name of the new rate"), placeholder=rate.name)
        self.form.line(
            ("on", Field(tr("From"), self.on), 1),
            ("percent", Field(tr("New rate"), self.percent), 1),
        )
        self.form.line(("name", name, 1))
        note = label(
            tr(
                "Invoices for what you supply from that day on use the new rate, drafts too. "
                "Issued invoices and earlier supplies keep the old one."
            ),
            "text2",
        )
        note.setWordWrap(True)
        self.form.body.addWidget(note)
        self.body.addWidget(self.form)
        self.on.setFocus()

    def submit(self) -> None:
        if self.form.entry_problem():
            return
        day, percent = self.on.value, self.percent.value
        if day is None:
            self.form.show_problem(tr("Say from which day."), "on")
            return
        if percent is None:
            self.form.show_problem(tr("Say how many percent."), "percent")
            return
        change = RateChange(day, percent, self.name.text())
        work = partial(
            self._desk.app.tax_rates.change_from, self._rate.id, self._rate.version, change
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
