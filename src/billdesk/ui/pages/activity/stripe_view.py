"""How the connected Stripe account stands: looks, budget, inbox, links, what needs attention."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from billdesk.core.domain.outside import InboxState, LinkState
from billdesk.core.domain.outside_services.read_budget import MONTH, PER_MONTH
from billdesk.core.queries.activity import StripeActivity
from billdesk.core.queries.home import AttentionAction, AttentionItem
from billdesk.ui.attention_card import AttentionCard, TaskActions
from billdesk.ui.desk import Desk
from billdesk.ui.forms.scrolled import Scrolled
from billdesk.ui.pages.activity.facts import FactsCard
from billdesk.ui.pages.activity.invoice_check import InvoiceCheck
from billdesk.ui.pages.activity.words import (
    advice_of,
    duration_words,
    inbox_words,
    link_words,
    moment_words,
    standing_meaning,
    standing_word,
)
from billdesk.ui.tasks import Latest
from billdesk.ui.text import tr
from billdesk.ui.widgets.base import column, label, row
from billdesk.ui.widgets.empty_state import EmptyState

_RELOAD_MS = 200
READS_AN_HOUR = PER_MONTH // int(MONTH.total_seconds() // 3600)


class StripeView(QStackedWidget):
    """``lookRequested`` when the owner wants Stripe asked now; ``shown`` after each reading."""

    lookRequested = Signal()
    shown = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._latest = Latest(desk.lanes.read, _RELOAD_MS, self)
        self._latest.succeeded.connect(self._show)
        self._latest.failed.connect(desk.report)
        self.tasks = TaskActions(desk, self)
        self.looks = FactsCard(tr("Asking Stripe"))
        self.inbox = FactsCard(
            tr("Messages from Stripe"), tr("What Stripe says of payments, refunds and disputes.")
        )
        self.links = FactsCard(tr("Payment links"))
        self.check = InvoiceCheck(desk)
        self.attention = AttentionCard(desk, tr("Needs attention"), advice_of)
        self.attention.actionRequested.connect(self._act)
        self.empty = EmptyState(
            "link",
            tr(
                "Stripe is not connected. With it your invoices carry a link on which customers "
                "pay, and what they pay appears here."
            ),
            tr("Connect Stripe"),
            on_click=lambda: desk.window.open_page("settings", "stripe"),
        )
        self._board = Scrolled()
        self._assemble()

    def refresh(self) -> None:
        """Read again."""
        self._latest.request(self._desk.app.queries.stripe_activity)

    @property
    def is_connected(self) -> bool:
        """Whether there is an account to look at."""
        return self.currentWidget() is not self.empty

    def _act(self, item: AttentionItem) -> None:
        if item.action is AttentionAction.OPEN_ACTIVITY:
            self.lookRequested.emit()
        else:
            self.tasks.act(item)

    def _show(self, found: StripeActivity) -> None:
        self.setCurrentWidget(self._board if found.enabled else self.empty)
        self._show_looks(found, datetime.now(UTC))
        number = self._desk.formats.number
        for inbox_state, (word, meaning) in inbox_words().items():
            bad = inbox_state is InboxState.DEAD and found.inbox[inbox_state]
            self.inbox.set_fact(
                word, number(found.inbox[inbox_state]), meaning, "bad" if bad else ""
            )
        for link_state, (word, meaning) in link_words().items():
            bad = link_state is LinkState.FAILED and found.links[link_state]
            self.links.set_fact(
                word, number(found.links[link_state]), meaning, "bad" if bad else ""
            )
        self.attention.show_items(found.tasks)
        self.shown.emit()

    def _show_looks(self, found: StripeActivity, now: datetime) -> None:
        formats, fact = self._desk.formats, self.looks.set_fact
        mode = tr("Real money.") if found.livemode else tr("TEST, no real money.")
        fact(tr("Account"), found.account_name or tr("name unknown"), mode)
        word, _ = standing_word(found.standing)
        meaning = found.error or standing_meaning(found.standing)
        fact(tr("State"), word, meaning, "bad" if found.error else "")
        last = tr("never")
        if found.last_ok_at is not None:
            last = f"{formats.relative(found.last_ok_at, now)} ({self._at(found.last_ok_at, now)})"
        fact(tr("Last check"), last)
        fact(tr("Next check"), *self._next_look(now))
        left = tr("{left} of {most}").format(
            left=formats.number(max(0, found.reads_left)), most=formats.number(found.reads_most)
        )
        fact(tr("Requests left"), left, self._allowance(found))
        oldest = tr("nothing waits")
        if found.oldest_new_at is not None:
            oldest = tr("since {at}").format(at=self._at(found.oldest_new_at, now))
        fact(
            tr("Longest waiting message"),
            oldest,
            tr("The oldest one from Stripe that is not in the books yet."),
        )

    def _allowance(self, found: StripeActivity) -> str:
        """What the number of requests left means."""
        if found.reads_left < 0:
            return tr(
                "More were asked than are free, to catch up. Stripe is checked rarely until they "
                "have come back."
            )
        if found.reads_left < found.reads_most // 5:
            return tr("Few: Stripe is checked rarely until more have come back.")
        return tr(
            "Stripe limits how often it may be asked. About {count} come back an hour, and more "
            "with each payment."
        ).format(count=self._desk.formats.number(READS_AN_HOUR))

    def _next_look(self, now: datetime) -> tuple[str, str]:
        left_s = self._desk.app.sync.next_look_s
        if left_s is None:
            return tr("not planned"), tr("One is being made, or another program makes them.")
        at = self._at(now + timedelta(seconds=left_s), now)
        return tr("in {time} ({at})").format(time=duration_words(left_s), at=at), ""

    def _at(self, at: datetime, now: datetime) -> str:
        return moment_words(self._desk, at, now)

    def _assemble(self) -> None:
        left, right = column(spacing=16), column(spacing=16)
        left.addWidget(self.looks)
        left.addWidget(self.check)
        left.addWidget(self.attention, 1)
        right.addWidget(self.inbox)
        right.addWidget(self.links)
        right.addStretch(1)
        across = row(spacing=16)
        across.addLayout(left, 3)
        across.addLayout(right, 2)
        self._board.body.addLayout(across)
        note = label(
            tr(
                "BillDesk has no server: it asks Stripe itself, more often while somebody may be "
                "paying. Nothing is lost while this computer is off."
            ),
            "meta",
        )
        note.setWordWrap(True)
        self._board.body.addWidget(note)
        self.addWidget(self._board)
        self.addWidget(self.empty)
