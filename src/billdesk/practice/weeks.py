"""Six weeks with BillDesk: what happened, lived through in the order it happened."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from billdesk.core.queries.documents import DocumentFilter
from billdesk.practice.diary import Catalogue, Diary
from billdesk.practice.history import number_of
from billdesk.practice.people import BY_NUMBER
from billdesk.practice.plan import PLAN, Fate
from billdesk.practice.work import Inventor, Order, workday

_SHARE = {Fate.PAID: Decimal(1), Fate.HALF: Decimal("0.4"), Fate.TOO_MUCH: Decimal("1.1")}
_REFERENCE = {Fate.HALF: "first instalment", Fate.TOO_MUCH: "with a small tip"}
MOST_DOCUMENTS = 1000


class Weeks:
    """Collects what happened between the move to BillDesk and today; ``live`` does it."""

    def __init__(self, diary: Diary, known: Catalogue, moved_in: date, today: date) -> None:
        self._diary = diary
        self._known = known
        self._moved_in = moved_in
        self._today = today
        self._happenings: list[tuple[date, Callable[[], None]]] = []
        self._issued: dict[int, int] = {}

    def collect(self, old: list[Order]) -> None:
        """Payments for imported invoices that came after the import."""
        queries = self._diary.on(self._moved_in).queries
        rows = queries.documents(DocumentFilter(), limit=MOST_DOCUMENTS).rows
        still_open = {row.number: row.id for row in rows if row.open_minor}
        for i, order in enumerate(old):
            document_id = still_open.get(number_of(i))
            if document_id is not None and order.paid_on <= self._today:
                self.happen(
                    order.paid_on,
                    partial(self._diary.receive, document_id, order.paid_on, order.share),
                )

    def work(self, inventor: Inventor) -> None:
        """The invoices of the plan and what became of them."""
        for i, (days_ago, number, job, fate) in enumerate(PLAN):
            day = self.day(days_ago)
            order = inventor.order(BY_NUMBER[number], job, day)
            later = workday(min(self._today, day + timedelta(days=max(1, days_ago // 2))))
            self.happen(day, partial(self._issue, i, order))
            if fate is not Fate.OPEN:
                self.happen(max(day, later), partial(self._end, i, fate, max(day, later)))

    def day(self, days_ago: int) -> date:
        """The working day ``days_ago``, not before the move to BillDesk."""
        return workday(max(self._moved_in, self._today - timedelta(days=days_ago)))

    def live(self) -> None:
        """Do everything, each on its day."""
        for _, happening in sorted(self._happenings, key=lambda one: one[0]):
            happening()

    def happen(self, day: date, happening: Callable[[], None]) -> None:
        """Let something happen on ``day``, after what was planned for it before."""
        self._happenings.append((day, happening))

    def _issue(self, index: int, order: Order) -> None:
        self._issued[index] = self._diary.issue(order, self._known)

    def _end(self, index: int, fate: Fate, day: date) -> None:
        document_id = self._issued[index]
        if fate is Fate.VOID:
            reason = "The order was cancelled before any work was done."
            self._diary.on(day).invoices.void(document_id, reason)
        else:
            self._diary.receive(document_id, day, _SHARE[fate], _REFERENCE.get(fate, ""))
