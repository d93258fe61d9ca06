"""The row that says how far one Stripe account has been read, who reads, what its key may do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from billdesk.core.db.tables import PaymentLink, StripeCursor
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.reconciliation import GAP, OVERLAP, Place, due
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_access import AccessReport


@dataclass(frozen=True, slots=True)
class Window:
    """What to ask Stripe for: everything since ``since_at``, or on from ``starting_after``.

    ``worker`` is who holds the lease, ``looked_at`` when a look succeeded last (desktop's UTC).
    """

    worker: str
    company_uid: str
    stripe_account: str
    livemode: bool
    since_at: datetime
    starting_after: str | None
    through_at: datetime | None
    looked_at: datetime | None = None


class LeaseLost(BillDeskError):
    """This look took too long, and another desk has begun one."""


def cursor_of(tx: Transaction, settings: OnlinePayment) -> StripeCursor:
    """The cursor of the account connected now, locked; made when there is none."""
    key = (tx.company_id, settings.account, settings.livemode)
    cursor = tx.session.get(StripeCursor, key, with_for_update=True)
    if cursor is None:
        cursor = StripeCursor(
            company_id=tx.company_id,
            stripe_account=settings.account,
            livemode=settings.livemode,
            account_id=settings.account_number or None,
            connected_at=_begun_at(tx, settings),
            permissions="",
            failures=0,
            error="",
        )
        tx.session.add(cursor)
        tx.session.flush()
    return cursor


def locked_cursor(tx: Transaction, window: Window) -> StripeCursor:
    key = (tx.company_id, window.stripe_account, window.livemode)
    return tx.session.get_one(StripeCursor, key, with_for_update=True)


def own_cursor(tx: Transaction, window: Window) -> StripeCursor:
    """The cursor of a look, locked. Raises ``LeaseLost`` when another desk looks by now."""
    cursor = locked_cursor(tx, window)
    if cursor.claimed_by != window.worker:
        raise LeaseLost("Another desk looks at Stripe now.")
    return cursor


def plan_reconciliation(cursor: StripeCursor, server_at: datetime) -> None:
    """Begin going through Stripe's lists when that is due; a gap makes it the whole of them.

    One under way goes on, unless all of it lies before a gap.
    """
    place = due(
        now=server_at,
        begun_at=cursor.connected_at,
        last_ok_at=cursor.last_ok_server_at,
        last_at=cursor.last_deep_at,
    )
    if cursor.deep_place:
        if cursor.deep_from_at is None:
            cursor.deep_from_at = server_at
        goes_on = Place.read(cursor.deep_place).whole and server_at - cursor.deep_from_at <= GAP
        if place is None or not place.whole or goes_on:
            return
    if place is not None:
        begin_reconciliation(cursor, place, server_at)


def keep_access(cursor: StripeCursor, report: AccessReport | None) -> None:
    """Store what the key of an account may do; ``None``: it was not probed yet."""
    cursor.permissions = "" if report is None else canonical_json(report)


def reconcile_after_restore(tx: Transaction) -> None:
    """A backup does not know what happened after it: everything is compared, links as well."""
    cursors = select(StripeCursor).where(StripeCursor.company_id == tx.company_id)
    for cursor in tx.session.scalars(cursors.with_for_update()):
        # When it begins is for Stripe's clock to say, at the next look.
        begin_reconciliation(cursor, Place.first(whole=True), None)


def begin_reconciliation(cursor: StripeCursor, place: Place, server_at: datetime | None) -> None:
    """From ``place`` on, of what was made since shortly before the last one."""
    cursor.deep_place = str(place)
    cursor.deep_from_at = server_at


def reconciled_since(cursor: StripeCursor) -> datetime:
    """From when on lists are read: shortly before the last reconciliation was begun."""
    return (cursor.last_deep_at or cursor.connected_at) - OVERLAP


def _begun_at(tx: Transaction, settings: OnlinePayment) -> datetime:
    """Since when the account may have had payments of ours, now at the latest.

    That is its first link. A key that may not say whose account it opens looks like another one
    when it was rolled: what the other cursors of the mode have not seen belongs to it as well.
    """
    first = tx.session.scalar(
        select(func.min(PaymentLink.created_at)).where(
            PaymentLink.company_id == tx.company_id,
            PaymentLink.stripe_account == settings.account,
            PaymentLink.livemode == settings.livemode,
        )
    )
    seen = tx.session.scalar(
        select(
            func.min(func.coalesce(StripeCursor.read_through_at, StripeCursor.connected_at))
        ).where(
            StripeCursor.company_id == tx.company_id,
            StripeCursor.livemode == settings.livemode,
        )
    )
    return min(first or tx.now, seen or tx.now, tx.now)
