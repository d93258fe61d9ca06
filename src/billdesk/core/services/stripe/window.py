"""Looks at Stripe's events: who looks, from when on, and how far the inbox goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from billdesk.core.db.tables import Company, StripeCursor
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.events import StripeChecked
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.facts import EventFact
from billdesk.core.queries.settings import stored_setting
from billdesk.core.services.steps.settings import company_row, read_setting
from billdesk.core.services.steps.stripe.cursor import (
    Window,
    cursor_of,
    locked_cursor,
    own_cursor,
    plan_reconciliation,
)
from billdesk.core.services.steps.stripe.events import keep_events

LEASE = timedelta(minutes=2)
# Events carry whole seconds and become visible late; stripe's list is eventually consistent.
OVERLAP = timedelta(hours=1)
OVERLAP_AT_START = timedelta(hours=48)
# Where another desk has looked since, the looking is in good hands.
OTHERS_LOOK_WITHIN = timedelta(hours=1)
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Connection:
    """What a company is connected to; the key for it may be missing on this computer."""

    company_uid: str
    account: str
    livemode: bool


class StripeWindowService:
    """Transactions of a look: take the cursor, keep what was read, give the cursor back."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def connection(self) -> Connection | None:
        """What the company is connected to, if to anything."""
        with self._uow.read() as connection:
            settings = stored_setting(connection, self._uow.company_id, OnlinePayment)
            if not settings.account:
                return None
            uid = connection.scalars(
                select(Company.uid).where(Company.id == self._uow.company_id)
            ).one()
            return Connection(uid, settings.account, settings.livemode)

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
                    cursor.last_ok_at,
                )
            start = cursor.read_through_at or cursor.connected_at
            overlap = OVERLAP_AT_START if deep and cursor.read_through_at else OVERLAP
            # Stripe's own time throughout: under a clock that runs ahead, the window of the
            # desktop's would lie in the future and pass by what it does not show.
            since = start - overlap
            return Window(
                worker,
                uid,
                cursor.stripe_account,
                cursor.livemode,
                since,
                None,
                None,
                cursor.last_ok_at,
            )

    @use_case
    def cannot_begin(self, sentence: str) -> None:
        """This desk has no key. The owner is told where no other desk looks either."""
        with self._uow.write() as tx:
            cursor = cursor_of(tx, read_setting(tx, OnlinePayment))
            last = cursor.last_ok_at
            if last is not None and timedelta(0) <= tx.now - last < OTHERS_LOOK_WITHIN:
                return
            cursor.error = sentence[:LONGEST_ERROR]
            tx.tell(StripeChecked(tx.company_id, 0))

    @use_case
    def store(
        self,
        window: Window,
        events: tuple[EventFact, ...],
        *,
        through_at: datetime,
        goes_on_after: str | None,
    ) -> None:
        """Keep a batch of events and move the cursor, together.

        The cursor moves only when the window's start was reached, ``goes_on_after`` being ``None``;
        otherwise that place is kept and the next look continues there. Raises ``LeaseLost``.
        """
        with self._uow.write() as tx:
            cursor = own_cursor(tx, window)
            keep_events(tx, window, events)
            if goes_on_after is None:
                cursor.read_through_at = max(cursor.read_through_at or through_at, through_at)
                cursor.resume_after = cursor.resume_from_at = cursor.resume_through_at = None
                if cursor.last_ok_server_at is None:
                    # So far it was the desktop's word, whose clock may run ahead.
                    cursor.connected_at = min(cursor.connected_at, through_at)
                # Before the gap is closed: it decides what else is read.
                plan_reconciliation(cursor, through_at)
                cursor.last_ok_server_at = max(cursor.last_ok_server_at or through_at, through_at)
            else:
                cursor.resume_after = goes_on_after
                cursor.resume_from_at = window.since_at
                cursor.resume_through_at = through_at
            cursor.last_ok_at = tx.now
            cursor.failures = 0
            cursor.error = ""
            cursor.lease_until_at = tx.now + LEASE

    @use_case
    def pass_by(self, window: Window, server_at: datetime) -> None:
        """The key may not read events: the lists tell, when their time has come.

        Raises ``LeaseLost``.
        """
        with self._uow.write() as tx:
            plan_reconciliation(own_cursor(tx, window), server_at)

    @use_case
    def forget_place(self, window: Window) -> None:
        """The event to continue after has aged out: start over from the window's start."""
        with self._uow.write() as tx:
            cursor = own_cursor(tx, window)
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
            own_cursor(tx, window).lease_until_at = tx.now + LEASE

    @use_case
    def end(self, window: Window, *, applied: int, error: str = "", missing: str = "") -> None:
        """Give the lease back, where it is still this look's, and tell the window.

        ``missing`` is what the key may not read, while the rest went well.
        """
        with self._uow.write() as tx:
            cursor = locked_cursor(tx, window)
            if cursor.claimed_by == window.worker:
                cursor.claimed_by = cursor.lease_until_at = None
                if error:
                    cursor.failures += 1
                cursor.error = (error or missing or cursor.error)[:LONGEST_ERROR]
            tx.tell(StripeChecked(tx.company_id, applied))
