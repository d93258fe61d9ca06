"""Ask for a part of an invoice by link, or agree on instalments."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QScrollArea, QWidget

from billdesk.core.domain.instalments import Instalment, even_parts
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.queries.documents import DocumentDetail
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.money.fields import amount_title, day_edit, money_edit
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.base import clear_layout, label, row
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.entry import MoneyEdit
from billdesk.ui.widgets.field import Field

_MOST_SHOWN = 12
# What the dialog and its frame need besides the parts.
_AROUND = 310


class PartDialog(FormDialog):
    """How much the next link asks for."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Ask for a part of {number}").format(number=detail.number)
        super().__init__(desk, title, tr("Make link"), parent=parent)
        self._detail = detail
        self.amount = money_edit(desk, detail.currency, detail.ask_minor)
        self.body.addWidget(
            self.add_field("minor", Field(amount_title(detail.currency), self.amount))
        )
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self.amount.valueChanged.connect(self._explain)
        self._explain()
        self.amount.selectAll()
        self.amount.setFocus()

    def submit(self) -> None:
        if not self.amount.minor:
            self.show_problem(self.amount.problem or tr("Enter the amount."), "minor")
            return
        self.run(partial(self.desk.app.links.request, self._detail.id, self.amount.minor))

    def _explain(self, *_value: object) -> None:
        money, currency = self.desk.money, self._detail.currency
        rest = self._detail.open_minor - (self.amount.minor or 0)
        text = tr("{open} is open.").format(open=money(self._detail.open_minor, currency))
        if rest > 0:
            text = tr("{open} {rest} stays open, and is asked for once this part is paid.").format(
                open=text, rest=money(rest, currency)
            )
        if self._detail.link is not None and self._detail.link.url:
            text = tr("{text} The link there is now is switched off.").format(text=text)
        self.consequence.setText(text)
        self.fit()


class InstalmentsDialog(FormDialog):
    """How many parts, when and how much; even parts a month apart are suggested."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Instalments of {number}").format(number=detail.number)
        super().__init__(desk, title, tr("Save plan"), parent=parent)
        self._detail = detail
        self._rows: list[tuple[DateEdit, MoneyEdit]] = []
        self.count = QComboBox()
        for number in range(2, _MOST_SHOWN + 1):
            self.count.addItem(tr("{count} parts").format(count=number), number)
        self.first = day_edit(desk)
        head = QGridLayout()
        head.setHorizontalSpacing(16)
        head.addWidget(Field(tr("How many"), self.count), 0, 0)
        head.addWidget(Field(tr("First due"), self.first), 0, 1)
        head.setColumnStretch(0, 1)
        head.setColumnStretch(1, 1)
        self.body.addLayout(head)
        names = row(spacing=16)
        names.addWidget(label(tr("Due"), "label"), 1)
        names.addWidget(label(amount_title(detail.currency), "label"), 1)
        self.body.addLayout(names)
        # In a frame that scrolls: twelve parts are higher than a low screen.
        parts = QWidget()
        parts.setObjectName("scrolled")
        self._grid = QGridLayout(parts)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._parts = QScrollArea()
        self._parts.setWidgetResizable(True)
        self._parts.setFrameShape(QFrame.Shape.NoFrame)
        self._parts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._parts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._parts.setWidget(parts)
        self.body.addWidget(self._parts)
        self.consequence = label("", "text2")
        self.consequence.setWordWrap(True)
        self.body.addWidget(self.consequence)
        self.finish_form()
        self._suggest()
        self.count.activated.connect(self._suggest)
        self.first.dateChanged.connect(self._suggest)
        self.count.setFocus()

    @property
    def parts(self) -> tuple[Instalment, ...] | None:
        """The plan as it was entered; ``None`` while something is missing."""
        found = []
        for day, amount in self._rows:
            if day.value is None or not amount.minor:
                return None
            found.append(Instalment(day.value, amount.minor))
        return tuple(found)

    def submit(self) -> None:
        parts = self.parts
        if parts is None:
            self.show_problem(tr("Each part needs a day and an amount."))
            return
        self.run(partial(self.desk.app.instalments.plan, self._detail.id, parts))

    def _suggest(self, *_value: object) -> None:
        clear_layout(self._grid)
        self._rows = []
        first = self.first.value
        if first is None:
            return
        count = int(self.count.currentData())
        months = Schedule(first, Unit.MONTH)
        days = [months.due_on(number) for number in range(1, count + 1)]
        minors = even_parts(self._detail.open_minor, count)
        for place, (on, minor) in enumerate(zip(days, minors, strict=True)):
            day, amount = day_edit(self.desk), money_edit(self.desk, self._detail.currency, minor)
            day.set_value(on)
            name = str(place + 1)
            day.setAccessibleName(tr("Due, part {number}").format(number=name))
            amount.setAccessibleName(tr("Amount, part {number}").format(number=name))
            amount.valueChanged.connect(self._explain)
            self._grid.addWidget(day, place, 0)
            self._grid.addWidget(amount, place, 1)
            self._rows.append((day, amount))
        room = self.screen().availableSize().height() - current_theme().px(_AROUND)
        rows = sum(day.sizeHint().height() for day, _amount in self._rows)
        gaps = self._grid.verticalSpacing() * (count - 1)
        self._parts.setFixedHeight(min(rows + gaps, room))
        self._explain()

    def _explain(self, *_value: object) -> None:
        money, currency = self.desk.money, self._detail.currency
        planned = sum(amount.minor or 0 for _day, amount in self._rows)
        left = self._detail.open_minor - planned
        text = tr("{open} is open, and all of it is planned.")
        if left > 0:
            text = tr("{open} is open; {left} of it is not planned yet.")
        elif left < 0:
            text = tr("{open} is open; the parts are {left} more.")
        open_ = money(self._detail.open_minor, currency)
        self.consequence.setText(text.format(open=open_, left=money(abs(left), currency)))
        self.fit()
