"""Looks at Stripe's events: who looks, from when on, and how far the inbox goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from billdesk.core.db.dialects import insert_missing
from billdesk.core.db.tables import StripeCursor, StripeEvent
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.events import StripeChecked
from billdesk.core.domain.outside import InboxState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.facts import EventFact
from billdesk.core.services.steps.settings import company_row, read_setting
from billdesk.core.services.steps.stripe_cursor import cursor_of

LEASE = timedelta(minutes=2)
# Events carry whole seconds and become visible late; stripe's list is eventually consistent.
OVERLAP = timedelta(hours=1)
OVERLAP_AT_START = timedelta(hours=48)
CARRY_METADATA = frozenset({"checkout.session", "payment_intent", "charge", "payment_link"})
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Window:
    """What to ask Stripe for: everything since ``since_at``, or on from ``starting_after``.

    ``worker`` is who holds the lease.
    """

    worker: str
    company_uid: str
    stripe_account: str
    livemode: bool
    since_at: datetime
    starting_after: str | None
    through_at: datetime | None


class LeaseLost(BillDeskError):
    """This look took too long, and another desk has begun one."""


class StripeWindowService:
    """Transactions of a look: take the cursor, keep what was read, give the cursor back."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def begin(self, worker: str, *, deep: bool) -> Window | None:
        """Take the cursor's lease; ``None`` when another desk polls or nothing is connected."""
        with self._uow.write() as tx:
            settings = read_setting(tx, OnlinePayment)
            if not settings.account:
                return None
            cursor = cursor_of(tx, settings)
            # A lease longer than any that is given was taken under a clock that ran ahead.
            until = cursor.lease_until_at
            held = until is not None and tx.now < until <= tx.now + 2 * LEASE
            if held and cursor.claimed_by != worker:
                return None
            cursor.claimed_by = worker
            cursor.lease_until_at = tx.now + LEASE
            uid = company_row(tx).uid
            if cursor.resume_after and cursor.resume_from_at:
                return Window(
                    worker,
                    uid,
                    cursor.stripe_account,
                    cursor.livemode,
                    cursor.resume_from_at,
                    cursor.resume_after,
                    cursor.resume_through_at,
                )
            start = cursor.read_through_at or cursor.connected_at
            overlap = OVERLAP_AT_START if deep and cursor.read_through_at else OVERLAP
            # Stripe's own time throughout: under a clock that runs ahead, the window of the
            # desktop's would lie in the future and pass by what it does not show.
            since = start - overlap
            return Window(worker, uid, cursor.stripe_account, cursor.livemode, since, None, None)

    @use_case
    def store(
        self,
        window: Window,
        events: tuple[EventFact, ...],
        *,
        through_at: datetime,
        reached_start: bool,
    ) -> None:
        """Keep a batch of events and move the cursor, together.

        The cursor moves only when the window's start was reached; otherwise the place to go on
        from is kept and the next look continues there. Raises ``LeaseLost``.
        """
        with self._uow.write() as tx:
            cursor = _own_cursor(tx, window)
            self._insert(tx, window, events)
            if reached_start:
                cursor.read_through_at = max(cursor.read_through_at or through_at, through_at)
                cursor.resume_after = cursor.resume_from_at = cursor.resume_through_at = None
            elif events:
                cursor.resume_after = events[-1].id
                cursor.resume_from_at = window.since_at
                cursor.resume_through_at = through_at
            cursor.last_ok_at = tx.now
            cursor.failures = 0
            cursor.error = ""
            cursor.lease_until_at = tx.now + LEASE

    @use_case
    def forget_place(self, window: Window) -> None:
        """The event to continue after has aged out: start over from the window's start."""
        with self._uow.write() as tx:
            cursor = _own_cursor(tx, window)
            cursor.resume_after = cursor.resume_from_at = cursor.resume_through_at = None

    @use_case
    def keep(self, window: Window) -> None:
        """Hold the lease on while what was read is applied. Raises ``LeaseLost``."""
        with self._uow.read() as connection:
            lease = connection.execute(
                select(StripeCursor.claimed_by, StripeCursor.lease_until_at).where(
                    StripeCursor.company_id == self._uow.company_id,
                    StripeCursor.stripe_account == window.stripe_account,
                    StripeCursor.livemode == window.livemode,
                )
            ).one()
        half = self._uow.now() + LEASE / 2
        if lease.claimed_by == window.worker and lease.lease_until_at > half:
            return
        with self._uow.write() as tx:
            _own_cursor(tx, window).lease_until_at = tx.now + LEASE

    @use_case
    def end(self, window: Window, *, applied: int, error: str = "") -> None:
        """Give the lease back, where it is still this look's, and tell the window."""
        with self._uow.write() as tx:
            cursor = _locked_cursor(tx, window)
            if cursor.claimed_by == window.worker:
                cursor.claimed_by = cursor.lease_until_at = None
                if error:
                    cursor.failures += 1
                    cursor.error = error[:LONGEST_ERROR]
            tx.tell(StripeChecked(tx.company_id, applied))

    @staticmethod
    def _insert(tx: Transaction, window: Window, events: tuple[EventFact, ...]) -> None:
        rows = [
            {
                "company_id": tx.company_id,
                "livemode": event.livemode,
                "id": event.id,
                "type": event.type,
                "created_at": event.created_at,
                "api_version": event.api_version or "",
                "object_id": event.object_id,
                "object_type": event.object_type,
                "root": f"{event.root_kind.value}:{event.root_id}" if event.root_kind else "",
                "intent": event.intent_id,
                "state": _first_state(event, window),
                "tries": 0,
                "next_try_at": tx.now,
                "error": "",
                "received_at": tx.now,
            }
            for event in events
        ]
        if not rows:
            return
        # Seen before means done before: the overlap brings most events several times.
        tx.connection.execute(insert_missing(tx.connection, StripeEvent), rows)


def _locked_cursor(tx: Transaction, window: Window) -> StripeCursor:
    key = (tx.company_id, window.stripe_account, window.livemode)
    return tx.session.get_one(StripeCursor, key, with_for_update=True)


def _own_cursor(tx: Transaction, window: Window) -> StripeCursor:
    cursor = _locked_cursor(tx, window)
    if cursor.claimed_by != window.worker:
        raise LeaseLost("Another desk looks at Stripe now.")
    return cursor


def _first_state(event: EventFact, window: Window) -> str:
    """Events of the other mode, of nothing we follow, or of somebody else are not ours.

    Several companies and programs may share one Stripe account. Sessions, intents and charges
    carry our metadata when they are ours; refunds and disputes never do and need a look.
    """
    ours = event.metadata.get("company") == window.company_uid
    foreign = (
        event.livemode != window.livemode
        or event.root_kind is None
        or (event.object_type in CARRY_METADATA and not ours)
    )
    return (InboxState.FOREIGN if foreign else InboxState.NEW).value
