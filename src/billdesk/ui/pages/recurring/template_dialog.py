"""What recurs, when, and how far it goes by itself."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.recurrence import MOST_EVERY, MOST_PERIODS, Schedule, Unit
from billdesk.core.domain.recurring import PriceChange, RecurringAction, check_price_changes
from billdesk.core.queries.recurring import RecurringDetail
from billdesk.core.services.recurring import RecurringInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.choice_box import ChoiceBox
from billdesk.ui.forms.entry_list import EntryList
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.pages.recurring.words import action_name, price_change_words, unit_name
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import row
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import CountEdit, NumberEdit
from billdesk.ui.widgets.field import Field, text_field

_NEVER, _ON, _AFTER = "never", "on", "after"


class TemplateDialog(FormDialog):
    """A new template of ``draft``, or the schedule and prices of a stored one."""

    def __init__(
        self,
        desk: Desk,
        draft: InvoiceDraft,
        detail: RecurringDetail | None,
        parent: QWidget,
        *,
        name: str = "",
    ) -> None:
        super().__init__(
            desk,
            tr("Make it recur") if detail is None else tr("Edit recurring document"),
            tr("Start") if detail is None else tr("Save"),
            parent=parent,
        )
        self._draft = draft
        self._detail = detail
        formats, today = desk.formats, desk.app.today
        schedule = detail.row.schedule if detail else Schedule(today(), Unit.MONTH)
        action = detail.row.action if detail else RecurringAction.DRAFT
        name_field, self.name = text_field(tr("Name"), detail.row.name if detail else name)
        self.anchor_on = DateEdit(formats, today)
        self.anchor_on.set_value(schedule.anchor_on)
        self.every = CountEdit(formats, minimum=1, maximum=MOST_EVERY)
        self.every.set_value(Decimal(schedule.every))
        self.unit = ChoiceBox([(unit, unit_name(unit)) for unit in Unit], schedule.unit)
        self.ends = ChoiceBox(
            [(_NEVER, tr("Never")), (_ON, tr("On a day")), (_AFTER, tr("After so many times"))],
            _ON if schedule.ends_on else _AFTER if schedule.ends_after else _NEVER,
        )
        self.ends_on = DateEdit(formats, today)
        self.ends_on.set_value(schedule.ends_on)
        self.ends_after = CountEdit(formats, minimum=1, maximum=MOST_PERIODS)
        times = schedule.ends_after
        self.ends_after.set_value(None if times is None else Decimal(times))
        self.action = ChoiceBox([(each, action_name(each)) for each in RecurringAction], action)
        # A list of changes, each on one line: there is never a dialog on another.
        self.changes = EntryList(
            tr("Add price change"), partial(price_change_words, formats), self._add_change
        )
        self.changes.set_values(detail.price_changes if detail else ())
        self.change_from = DateEdit(formats, today)
        self.change_percent = NumberEdit(formats, places=4)
        self._assemble(name_field)
        self.ends.valueChanged.connect(self._show_end)
        self._show_end(self.ends.value)
        self.name.setFocus()

    def submit(self) -> None:
        day = self.anchor_on.value
        if day is None:
            self.show_problem(tr("Say when it is due first."), "anchor_on")
            return
        ends, times = self.ends.value, self.ends_after.value
        try:
            schedule = Schedule(
                day,
                self.unit.value,
                int(self.every.value or 1),
                self.ends_on.value if ends == _ON else None,
                int(times) if ends == _AFTER and times is not None else None,
            )
        except UserError as error:
            self.show_problem(str(error), error.field or "")
            return
        given = RecurringInput(
            self.name.text(), self._draft, schedule, self.action.value, self.changes.values
        )
        service = self.desk.app.recurring
        if self._detail is None:
            self.run(partial(service.create, given))
        else:
            row_ = self._detail.row
            self.run(partial(service.update, row_.id, row_.version, given))

    def _add_change(
        self, change: PriceChange | None, done: Callable[[PriceChange], object]
    ) -> None:
        """Take what is typed above as a change; an existing one goes back there to be edited."""
        if change is not None:
            self.changes.set_values([one for one in self.changes.values if one is not change])
            self.change_from.set_value(change.from_on)
            self.change_percent.set_value(change.percent)
            return
        if self.change_from.value is None or not self.change_percent.value:
            self.show_problem(tr("Say from which day on, and by how many percent."), "change")
            return
        given = PriceChange(self.change_from.value, percent=self.change_percent.value)
        try:
            check_price_changes([given], self._draft.lines)
        except UserError as error:
            self.show_problem(str(error), "change")
            return
        self.show_problem("")
        self.change_from.set_value(None)
        self.change_percent.set_value(None)
        done(given)
        self.fit()

    def _show_end(self, ends: object) -> None:
        self._end_day.setVisible(ends == _ON)
        self._end_times.setVisible(ends == _AFTER)
        self.fit()

    def _assemble(self, name_field: Field) -> None:
        self.body.addWidget(self.add_field("name", name_field))
        when, end, change = row(spacing=16), row(spacing=16), row(spacing=16)
        when.addWidget(self.add_field("anchor_on", Field(tr("First due"), self.anchor_on)), 1)
        often = row(spacing=8)
        often.addWidget(self.add_field("every", Field(tr("Every"), self.every)), 1)
        often.addWidget(self.add_field("unit", Field("\N{NO-BREAK SPACE}", self.unit)), 2)
        when.addLayout(often, 1)
        self.unit.setAccessibleName(tr("Unit"))
        self._end_day = Field(tr("Last day"), self.ends_on)
        self._end_times = Field(tr("Times"), self.ends_after)
        end.addWidget(self.add_field("ends", Field(tr("Ends"), self.ends)), 1)
        end.addWidget(self.add_field("ends_on", self._end_day), 1)
        end.addWidget(self.add_field("ends_after", self._end_times), 1)
        self.body.addLayout(when)
        self.body.addLayout(end)
        self.body.addWidget(self.add_field("action", Field(tr("When due"), self.action)))
        change.addWidget(
            self.add_field(
                "change", Field(tr("Prices change on"), self.change_from, optional=True)
            ),
            1,
        )
        change.addWidget(Field(tr("By percent"), self.change_percent, optional=True), 1)
        self.body.addLayout(change)
        self.body.addWidget(self.changes)
        self.finish_form()
