"""How well the work with outside services goes: figures over a window, and the last errors."""

from datetime import UTC, datetime, timedelta
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from billdesk.core.domain.outside_services.policy import Service, Standing
from billdesk.core.queries.health import WARNS_ABOVE_PERCENT, Health, ServiceHealth
from billdesk.ui.desk import Desk
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.pages.activity.facts import FactsCard
from billdesk.ui.pages.activity.words import (
    duration_words,
    moment_words,
    service_word,
    standing_meaning,
    standing_word,
    within_words,
)
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
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
        self.delay = KpiCard(tr("From Stripe into the books"))
        self.outbox = KpiCard(tr("Waiting in the Outbox"))
        self.events = FactsCard(
            tr("Messages from Stripe"), tr("What Stripe says of payments, refunds and disputes.")
        )
        self._cards: dict[tuple[Service, bool], FactsCard] = {}
        self._services = column(spacing=16)
        self._assemble()
        self.windows.filterChanged.connect(self.refresh)

    def refresh(self) -> None:
        """Read again."""
        window = _WINDOWS[self.windows.current]
        self._latest.request(partial(self._desk.app.queries.health, window))

    # Inside

    @property
    def services(self) -> list[FactsCard]:
        """A card for each service, from top to bottom."""
        return list(self._cards.values())

    def _show(self, health: Health) -> None:
        now, number = datetime.now(UTC), self._desk.formats.number
        rate = f"{health.failure_percent:.1f} %"
        self.failures.set_value(
            rate if health.attempts else "–",
            tr(
                "Of {count} requests and messages. Above {limit} % BillDesk warns; a declined card "
                "is no failure."
            ).format(count=number(health.attempts), limit=WARNS_ABOVE_PERCENT)
            if health.attempts
            else tr("Nothing was asked or sent in this time."),
            "bad" if health.warns else "",
        )
        self._alert.setVisible(health.warns)
        self.warning.setText(
            tr(
                "{rate} of the requests and messages failed, more than {limit} %. The problems "
                "below say why; nothing is lost, what can be tried again is."
            ).format(rate=rate, limit=WARNS_ABOVE_PERCENT)
        )
        self.payments.set_value(
            number(health.payments_processed),
            tr("Came in. {failed} failed later, {declined} were declined.").format(
                failed=number(health.payments_failed),
                declined=number(health.payments_declined),
            ),
        )
        events = health.events
        self.delay.set_value(
            duration_words(events.mean_delay_s) if events.applied else "–",
            tr("On average; 95 of 100 within {time}.").format(
                time=duration_words(events.p95_delay_s)
            )
            if events.applied
            else tr("No message was entered in this time."),
        )
        oldest = tr("Nothing waits.")
        if health.outbox_oldest_at is not None:
            at = moment_words(self._desk, health.outbox_oldest_at, now)
            oldest = tr("The longest since {at}.").format(at=at)
        self.outbox.set_value(number(health.outbox_depth), oldest)
        self._show_events(health, now)
        for one in health.services:
            self._fill(self._card(one), one, now)
        self.shown.emit()

    def _show_events(self, health: Health, now: datetime) -> None:
        events, fact, number = health.events, self.events.set_fact, self._desk.formats.number
        fact(tr("Received"), number(events.polled))
        fact(tr("In the books"), number(events.applied))
        fact(
            tr("Could not be entered"),
            number(events.failed),
            tr("What they are about is no longer at Stripe.") if events.failed else "",
            "bad" if events.failed else "",
        )
        oldest = tr("nothing waits")
        if events.oldest_new_at is not None:
            oldest = tr("since {at}").format(at=moment_words(self._desk, events.oldest_new_at, now))
        fact(tr("Longest waiting"), oldest)
        entering = "–"
        if events.applied:
            entering = within_words(
                duration_words(events.mean_processing_s), duration_words(events.p95_processing_s)
            )
        fact(tr("Time to enter one"), entering, tr("From being received to being in the books."))

    def _card(self, one: ServiceHealth) -> FactsCard:
        """The card of a service, which stays: a new one at each reading would flicker."""
        place = (one.service, one.livemode)
        card = self._cards.get(place)
        if card is None:
            card = FactsCard(service_word(one.service, livemode=one.livemode))
            self._cards[place] = card
            self._services.addWidget(card)
        return card

    def _fill(self, card: FactsCard, one: ServiceHealth, now: datetime) -> None:
        number = self._desk.formats.number
        word, kind = standing_word(one.standing)
        meaning = standing_meaning(one.standing)
        if not one.is_used:
            word, meaning = tr("Not used yet"), tr("BillDesk has asked nothing of it so far.")
        elif one.retry_at is not None and one.standing is not Standing.STOPPED:
            at = moment_words(self._desk, one.retry_at, now)
            meaning = f"{meaning} {tr('Next try at {time}.').format(time=at)}".lstrip()
        card.set_fact(tr("State"), word, meaning, "bad" if kind == "bad" else "")
        card.set_fact(tr("Requests"), number(one.calls))
        card.set_fact(tr("Failed"), number(one.failed), tone="bad" if one.failed else "")
        if one.service is Service.STRIPE:
            card.set_fact(tr("Declined cards"), number(one.declined))
        times = "–"
        if one.calls:
            p95 = tr("more than 10 s") if one.p95_ms is None else duration_words(one.p95_ms / 1000)
            times = within_words(duration_words(one.mean_ms / 1000), p95)
        card.set_fact(tr("Time to answer"), times)
        answered = tr("not used yet")
        if one.answered_at is not None:
            answered = moment_words(self._desk, one.answered_at, now)
        elif one.is_used:
            answered = tr("never")
        card.set_fact(tr("Last answer"), answered)
        failed, why = tr("none"), ""
        if one.error and one.failed_at is not None:
            failed, why = moment_words(self._desk, one.failed_at, now), one.error
        card.set_fact(tr("Last problem"), failed, why)

    def _assemble(self) -> None:
        self.body.addWidget(self.windows)
        # As high as it is going to be: nothing jumps when the figures come.
        for name in (
            tr("Received"),
            tr("In the books"),
            tr("Could not be entered"),
            tr("Longest waiting"),
            tr("Time to enter one"),
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
                "These figures are counted on this computer and sent to nobody. For whoever helps "
                "you, “billdesk doctor --json” prints the same."
            ),
            "meta",
        )
        note.setWordWrap(True)
        self.body.addWidget(note)
