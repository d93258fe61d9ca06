"""Home: figures, cash in, tasks, news. Read again, after a pause, whenever something changed."""

from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from billdesk.core.domain import events
from billdesk.core.queries.home import Home, RecentItem
from billdesk.ui.attention_card import AttentionCard, TaskActions
from billdesk.ui.desk import Desk
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.pages.base import Page
from billdesk.ui.pages.home.figures import Figures
from billdesk.ui.pages.home.months import month_short
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.theme import current_theme
from billdesk.ui.widgets.bar_chart import Bar, BarChart
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.buttons import Button
from billdesk.ui.widgets.card import Card
from billdesk.ui.widgets.empty_state import EmptyState
from billdesk.ui.widgets.skeleton import Skeleton
from billdesk.ui.widgets.timeline import Timeline, TimelineEntry

_RELOAD_MS = 200
_MINUTE_MS = 60_000
_MOST_RECENT = 8


class HomePage(Page):
    """The first page of every day."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Home"), parent)
        self._desk = desk
        self._home: Home | None = None
        # Events come in bursts; between the first and the last of one, one read is enough.
        self._latest = Latest(desk.lanes.read, _RELOAD_MS, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(desk.report)
        self._waiting = QWidget()
        self._skeleton = Skeleton(lines=8)
        column(self._waiting, margin=16).addWidget(self._skeleton)
        self._skeleton.hide()
        self._latest.becameSlow.connect(self._skeleton.show)
        self.figures = Figures(desk.formats)
        self.chart = BarChart(tr("Money received in the last twelve months"))
        self.attention = AttentionCard(desk, tr("Needs attention"))
        self.tasks = TaskActions(desk, self)
        self.timeline = Timeline(tr("Recent activity"))
        self._nothing_yet = label(tr("Nothing has happened yet."), "muted")
        new = desk.window.commands.action("invoice.new")
        self.welcome = EmptyState(
            "documents",
            tr("Welcome to BillDesk. Write your first invoice: it takes less than a minute."),
            new.text(),
            shortcut=new.shortcut().toString(),
            on_click=new.trigger,
        )
        self._new_button = Button.for_action(new, "primary", icon="plus")
        self._minute = QTimer(self)
        self._minute.setInterval(_MINUTE_MS)
        self._minute.timeout.connect(self._show_recent)
        self._assemble()
        self.figures.filterRequested.connect(partial(self.navigationRequested.emit, "documents"))
        self.attention.actionRequested.connect(self.tasks.act)

    # What the window asks

    def activated(self) -> None:
        super().activated()
        self._minute.start()

    def deactivated(self) -> None:
        super().deactivated()
        self._minute.stop()

    def refresh(self) -> None:
        self._latest.request(self._desk.app.queries.home)

    def concerns(self, event: object) -> bool:
        # Looking at Stripe without finding anything changes nothing here.
        return not (isinstance(event, events.StripeChecked) and not event.applied)

    def topbar_actions(self) -> list[QWidget]:
        return [self._new_button]

    # Inside

    def _show(self, home: Home) -> None:
        self._home = home
        # Without any document there is nothing to sum up, only a first step to offer.
        self._stack.setCurrentWidget(self._board if home.has_documents else self.welcome)
        self.figures.show_home(home)
        formats = self._desk.formats
        self.chart.set_bars(
            [
                Bar(
                    month_short(formats, month),
                    float(minor),
                    formats.money(minor, home.currency, home.scale),
                )
                for month, minor in home.cash_in
            ],
            lambda minor: formats.money_short(round(minor), home.currency, home.scale),
        )
        self.attention.show_items(home.attention)
        self._show_recent()

    def _show_recent(self) -> None:
        if self._home is not None:
            now = datetime.now(UTC)
            self.timeline.set_entries(
                [self._entry(item, now) for item in self._home.recent[:_MOST_RECENT]]
            )
            self._nothing_yet.setVisible(not self._home.recent)

    def _entry(self, item: RecentItem, now: datetime) -> TimelineEntry:
        amount = (
            self._desk.money(item.amount_minor, item.currency)
            if item.amount_minor is not None
            else ""
        )
        about = " · ".join(part for part in (item.number or "", item.customer_name, amount) if part)
        return TimelineEntry(
            item.text, self._desk.formats.relative(item.at, now), item.tone.value, about
        )

    def _assemble(self) -> None:
        theme = current_theme()
        cash = Card(tr("Cash in"))
        cash.header.addWidget(label(tr("last 12 months"), "meta"))
        self.chart.setMinimumHeight(theme.px(190))
        cash.body.addWidget(self.chart, 1)
        recent = Card(tr("Recent activity"))
        recent.body.addWidget(self._nothing_yet)
        recent.body.addWidget(self.timeline)
        self.attention.setMinimumWidth(theme.px(280))
        left: QVBoxLayout = column(spacing=16)
        left.addWidget(cash)
        left.addWidget(recent)
        left.addStretch(1)
        right: QVBoxLayout = column(spacing=16)
        right.addWidget(self.attention)
        right.addStretch(1)
        halves = row(spacing=16)
        halves.addLayout(left, 2)
        halves.addLayout(right, 1)
        self._board = Scrolled()
        self._board.body.addWidget(self.figures)
        self._board.body.addLayout(halves)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._waiting)
        self._stack.addWidget(self._board)
        self._stack.addWidget(self.welcome)
        layout = column(self)
        layout.setContentsMargins(24, 4, 0, 0)
        layout.addWidget(self._stack)
