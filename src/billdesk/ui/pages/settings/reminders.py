"""When customers are reminded, with which words, and what it costs them."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import ReminderSettings, ReminderStep
from billdesk.core.queries.company import CompanyInfo
from billdesk.ui.desk import Desk
from billdesk.ui.forms.entry_list import EntryList
from billdesk.ui.forms.form import Form
from billdesk.ui.forms.text_area import TextArea
from billdesk.ui.pages.settings.section import FormSection
from billdesk.ui.text import tr, trn
from billdesk.ui.widgets.base import label
from billdesk.ui.widgets.dialog import Dialog
from billdesk.ui.widgets.entry import CountEdit, MoneyEdit
from billdesk.ui.widgets.field import Field, text_field

_LONGEST_WAIT = 365
_LONGEST_TO_PAY = 90
Done = Callable[[ReminderStep], object]


class RemindersSection(FormSection):
    """The steps in their order, and the days a reminder gives."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            tr("Reminders"),
            tr(
                "What is overdue is listed under Documents, Reminders due. Nothing is sent before "
                "you approve it there."
            ),
        )
        self._currency = ""
        self.steps = EntryList(tr("Add step"), self._describe, self._open_step)
        self.days_to_pay = CountEdit(desk.formats, minimum=1, maximum=_LONGEST_TO_PAY)
        self.form.line(("steps", Field(tr("Steps"), self.steps), 1))
        days = Field(
            tr("Days to pay"),
            self.days_to_pay,
            helper=tr("Until when a reminder asks for the money, counted from its day."),
        )
        self.form.line(("days_to_pay", days, 1))
        self.card().body.addWidget(self.form)

    def first_focus(self) -> QWidget | None:
        return self.steps.add_button

    def show_company(self, company: CompanyInfo) -> None:
        self._currency = company.currency
        super().show_company(company)

    def values_of(self, company: CompanyInfo) -> ReminderSettings:
        return company.reminders

    def fill(self, values: ReminderSettings) -> None:
        self.steps.set_values(values.steps)
        self.days_to_pay.set_value(Decimal(values.days_to_pay))

    def collect(self) -> ReminderSettings:
        steps = sorted(self.steps.values, key=lambda step: step.days)
        return ReminderSettings(tuple(steps), int(self.days_to_pay.value or 0))

    def store(self, values: ReminderSettings) -> None:
        self.desk.app.reminders.save_settings(values)

    def saved(self) -> None:
        self.form.fill(lambda: self.steps.set_values(self.collect().steps))

    def saved_text(self) -> str:
        return tr("Reminders saved.")

    def _describe(self, step: ReminderStep) -> tuple[str, str]:
        late = trn("{count} day late", "{count} days late", step.days)
        parts = [step.title or tr("With the built-in words")]
        if step.fee_minor:
            fee = self.desk.money(step.fee_minor, self._currency)
            parts.append(tr("fee {amount}").format(amount=fee))
        return late, " · ".join(parts)

    def _open_step(self, step: ReminderStep | None, done: Done) -> None:
        StepDialog(self.desk, self._currency, step, done, self).open()


class StepDialog(Dialog):
    """Calls ``on_done`` with the step once it can be stored."""

    def __init__(
        self,
        desk: Desk,
        currency: str,
        step: ReminderStep | None,
        on_done: Done,
        parent: QWidget,
    ) -> None:
        super().__init__(
            tr("New step") if step is None else tr("Edit step"), tr("OK"), parent=parent
        )
        self._on_done = on_done
        self.form = Form()
        self.days = CountEdit(desk.formats, minimum=1, maximum=_LONGEST_WAIT)
        self.days.set_value(None if step is None else Decimal(step.days))
        self.fee = MoneyEdit(desk.formats, currency, exponent(currency), minimum_minor=0)
        self.fee.set_minor(step.fee_minor if step is not None and step.fee_minor else None)
        title, self.title_edit = text_field(
            tr("Title"), step.title if step is not None else "", optional=True
        )
        self.text = TextArea(lines=4)
        self.text.set_text(step.text if step is not None else "")
        fee = Field(tr("Late fee in {currency}").format(currency=currency), self.fee, optional=True)
        self.form.line(("days", Field(tr("Days after it was due"), self.days), 1), ("fee", fee, 1))
        self.form.line(("title", title, 1))
        self.form.line(("text", Field(tr("Text"), self.text, optional=True), 1))
        note = label(
            tr("Without a title and text of yours, those of the customer's language are used."),
            "meta",
        )
        note.setWordWrap(True)
        self.form.body.addWidget(note)
        self.body.addWidget(self.form)
        self.days.setFocus()

    def submit(self) -> None:
        if self.form.entry_problem():
            return
        if self.days.value is None:
            self.form.show_problem(tr("Enter how many days late it is."), "days")
            return
        step = ReminderStep(
            int(self.days.value),
            self.title_edit.text().strip(),
            self.text.text().strip(),
            self.fee.minor or 0,
        )
        try:
            ReminderSettings((step,))
        except UserError as error:
            self.form.show_problem(str(error), "days")
            return
        self.accepted.connect(partial(self._on_done, step))
        self.accept()
