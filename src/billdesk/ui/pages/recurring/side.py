"""One template: the periods that wait for a decision, and what became of the others."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from billdesk.core.queries.recurring import RecurringDetail
from billdesk.ui.desk import Desk
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.pages.recurring.words import action_name, outcome_name, schedule_words
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card

_MOST_RUNS = 24


class RecurringSide(Scrolled):
    """``createWanted``, ``mergeWanted`` and ``skipWanted`` carry the ticked periods."""

    createWanted = Signal(list)
    mergeWanted = Signal(list)
    skipWanted = Signal(list)
    documentOpened = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(width=420)
        self._desk = desk
        self._ticks: list[tuple[QCheckBox, int]] = []
        self.about = Card(tr("Schedule"))
        self._about = label("", "text2")
        self._about.setWordWrap(True)
        self.about.body.addWidget(self._about)
        self.waiting = Card(tr("While you were away"))
        self._list: QVBoxLayout = column(spacing=6)
        self.waiting.body.addLayout(self._list)
        self.create_button = Button(tr("Create"), "primary", on_click=self._create)
        self.merge_button = Button(tr("All in one"), on_click=self._merge)
        self.skip_button = Button(tr("Skip"), on_click=self._skip)
        buttons = row(spacing=8)
        for button in (self.create_button, self.merge_button, self.skip_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.waiting.body.addLayout(buttons)
        self.done = Card(tr("Until now"))
        self._runs: QVBoxLayout = column(spacing=2)
        self.done.body.addLayout(self._runs)
        for card in (self.about, self.waiting, self.done):
            self.body.addWidget(card)
        self.show_template(None)

    def show_template(self, detail: RecurringDetail | None) -> None:
        """Show one template; ``None`` shows nothing."""
        for card in (self.about, self.waiting, self.done):
            card.setVisible(detail is not None)
        clear_layout(self._list)
        clear_layout(self._runs)
        self._ticks = []
        if detail is None:
            return
        formats = self._desk.formats
        shown = detail.row
        facts = [schedule_words(shown.schedule), action_name(shown.action)]
        if shown.schedule.ends_on is not None:
            facts.append(tr("Until {day}").format(day=formats.date(shown.schedule.ends_on)))
        if shown.schedule.ends_after is not None:
            facts.append(tr("{count} times").format(count=shown.schedule.ends_after))
        self._about.setText(" · ".join(facts))
        for period in shown.waiting:
            tick = QCheckBox(formats.date(period.due_on))
            tick.setChecked(True)
            tick.toggled.connect(self._show_buttons)
            self._ticks.append((tick, period.number))
            self._list.addWidget(tick)
        self.waiting.setVisible(bool(shown.waiting))
        for run in detail.runs[:_MOST_RUNS]:
            line = row(spacing=8)
            line.addWidget(label(formats.date(run.due_on)), 1)
            if run.document_id is None:
                line.addWidget(label(outcome_name(run.state), "muted"))
            else:
                number = run.number or tr("Draft")
                opens = Button(number, "link")
                opens.clicked.connect(
                    lambda _on=False, target=run.document_id: self.documentOpened.emit(target)
                )
                line.addWidget(opens)
            self._runs.addLayout(line)
        self.done.setVisible(bool(detail.runs))
        self._show_buttons()

    @property
    def ticked(self) -> list[int]:
        """The periods that are ticked."""
        return [number for tick, number in self._ticks if tick.isChecked()]

    def _create(self) -> None:
        self.createWanted.emit(self.ticked)

    def _merge(self) -> None:
        self.mergeWanted.emit(self.ticked)

    def _skip(self) -> None:
        self.skipWanted.emit(self.ticked)

    def _show_buttons(self) -> None:
        count = len(self.ticked)
        self.create_button.setEnabled(count > 0)
        self.skip_button.setEnabled(count > 0)
        self.merge_button.setVisible(len(self._ticks) > 1)
        self.merge_button.setEnabled(count > 1)
