"""How well the work with outside services goes: figures over a window, and the last errors."""

from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.queries.health import WARNS_ABOVE_PERCENT, Health, ServiceHealth
from billdesk.ui.desk import Desk
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.pages.activity.facts import FactsCard
from billdesk.ui.pages.activity.words import (
    duration_words,
    moment_words,
    service_word,
    standing_word,
)
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import clear_layout, column, label, row
from billdesk.ui.widgets.card import KpiCard
from billdesk.ui.widgets.field import IconLabel
from billdesk.ui.widgets.filter_tabs import FilterTabs

_RELOAD_MS = 200
_WINDOWS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


class HealthView(Scrolled):
    """``shown`` after each reading; nothing of it leaves this computer."""

    shown = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._desk = desk
        self._latest = Latest(desk.lanes.read, _RELOAD_MS, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(desk.report)
        self.windows = FilterTabs(
            [("day", tr("Last day")), ("week", tr("Last 7 days")), ("month", tr("Last 30 days"))],
            tr("Health: time"),
        )
        self.warning = label("", "strong", "bad")
        self.warning.setWordWrap(True)
        self._alert = QWidget()
        self.failures = KpiCard(tr("Failure rate"))
        self.payments = KpiCard(tr("Online payments"))
        self.delay = KpiCard(tr("Until it is in the books"))
        self.outbox = KpiCard(tr("Waiting in the outbox"))
        self.events = FactsCard(tr("Messages from Stripe"))
        self.services: list[FactsCard] = []
        self._services = column(spacing=16)
        self._assemble()
        self.windows.filterChanged.connect(self.refresh)

    def refresh(self) -> None:
        """Read again."""
        window = _WINDOWS[self.windows.current]
        self._latest.request(partial(self._desk.app.queries.health, window))

    # Inside

    def _show(self, health: Health) -> None:
        now, number = datetime.now(UTC), self._desk.formats.number
        rate = f"{health.failure_percent:.1f} %"
        self.failures.set_value(
            rate if health.attempts else "–",
            tr("of {count} calls and messages; cards declined are no failure").format(
                count=number(health.attempts)
            ),
            "bad" if health.warns else "",
        )
        self._alert.setVisible(health.warns)
        self.warning.setText(
            tr(
                "{rate} of the calls and messages failed, more than {limit} %. The errors below "
                "say why; nothing is lost, what can be tried again is."
            ).format(rate=rate, limit=WARNS_ABOVE_PERCENT)
        )
        self.payments.set_value(
            number(health.payments_processed),
            tr("{failed} failed, {declined} attempts declined").format(
                failed=number(health.payments_failed),
                declined=number(health.payments_declined),
            ),
        )
        events = health.events
        self.delay.set_value(
            duration_words(events.mean_delay_s) if events.applied else "–",
            tr("on average; 95 % within {time}").format(time=duration_words(events.p95_delay_s))
            if events.applied
            else tr("Nothing was applied in this time"),
        )
        oldest = tr("Nothing waits")
        if health.outbox_oldest_at is not None:
            at = moment_words(self._desk, health.outbox_oldest_at, now)
            oldest = tr("the oldest since {at}").format(at=at)
        self.outbox.set_value(number(health.outbox_depth), oldest)
        self._show_events(health, now)
        self._show_services(health, now)
        self.shown.emit()

    def _show_events(self, health: Health, now: datetime) -> None:
        events, fact, number = health.events, self.events.set_fact, self._desk.formats.number
        fact(tr("Read"), number(events.polled))
        fact(tr("In the books"), number(events.applied))
        fact(tr("Failed"), number(events.failed), tone="bad" if events.failed else "")
        oldest = tr("nothing waits")
        if events.oldest_new_at is not None:
            oldest = tr("since {at}").format(at=moment_words(self._desk, events.oldest_new_at, now))
        fact(tr("Oldest waiting"), oldest)
        processing = "–"
        if events.applied:
            processing = tr("{mean} on average, 95 % within {p95}").format(
                mean=duration_words(events.mean_processing_s),
                p95=duration_words(events.p95_processing_s),
            )
        fact(tr("Processing here"), processing)

    def _show_services(self, health: Health, now: datetime) -> None:
        clear_layout(self._services)
        self.services = []
        for one in health.services:
            card = FactsCard(service_word(one.service, livemode=one.livemode))
            self._fill(card, one, now)
            self.services.append(card)
            self._services.addWidget(card)
        if not health.services:
            none = label(tr("No outside service has been called yet."), "muted")
            none.setWordWrap(True)
            self._services.addWidget(none)

    def _fill(self, card: FactsCard, one: ServiceHealth, now: datetime) -> None:
        number = self._desk.formats.number
        word, kind = standing_word(one.standing)
        again = ""
        if one.retry_at is not None:
            at = moment_words(self._desk, one.retry_at, now)
            again = tr("called again at {at}").format(at=at)
        card.set_fact(tr("State"), word, again, "bad" if kind == "bad" else "")
        card.set_fact(tr("Calls"), number(one.calls))
        card.set_fact(tr("Failed"), number(one.failed), tone="bad" if one.failed else "")
        card.set_fact(tr("Declined cards"), number(one.declined))
        times = "–"
        if one.calls:
            p95 = tr("more than 10 s") if one.p95_ms is None else duration_words(one.p95_ms / 1000)
            times = tr("{mean} on average, 95 % within {p95}").format(
                mean=duration_words(one.mean_ms / 1000), p95=p95
            )
        card.set_fact(tr("Time to answer"), times)
        # An answer that nothing went wrong before leaves no time behind.
        answered = "–" if one.calls else tr("never")
        if one.answered_at is not None:
            answered = moment_words(self._desk, one.answered_at, now)
        card.set_fact(tr("Last answer"), answered)
        failed = tr("none")
        if one.error and one.failed_at is not None:
            failed = f"{moment_words(self._desk, one.failed_at, now)}: {one.error}"
        card.set_fact(tr("Last error"), failed)

    def _assemble(self) -> None:
        self.body.addWidget(self.windows)
        # As high as it is going to be: nothing jumps when the figures come.
        for name in (
            tr("Read"),
            tr("In the books"),
            tr("Failed"),
            tr("Oldest waiting"),
            tr("Processing here"),
        ):
            self.events.set_fact(name, "–")
        alert = row(self._alert, spacing=10)
        alert.addWidget(IconLabel("alert", "pill.bad.fg", 18))
        alert.addWidget(self.warning, 1)
        self._alert.hide()
        self.body.addWidget(self._alert)
        figures = row(spacing=16)
        for card in (self.failures, self.payments, self.delay, self.outbox):
            figures.addWidget(card, 1)
        self.body.addLayout(figures)
        left = column(spacing=16)
        left.addWidget(self.events)
        left.addStretch(1)
        right = column()
        right.addLayout(self._services)
        right.addStretch(1)
        across = row(spacing=16)
        across.addLayout(left, 1)
        across.addLayout(right, 1)
        self.body.addLayout(across)
        note = label(
            tr(
                "These figures are counted on this computer and sent to nobody. “billdesk doctor "
                "--json” prints the same."
            ),
            "meta",
        )
        note.setWordWrap(True)
        self.body.addWidget(note)
