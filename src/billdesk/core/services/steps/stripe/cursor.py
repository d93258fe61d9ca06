"""The row that says how far one Stripe account has been read, who reads, what its key may do."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from billdesk.core.db.tables import PaymentLink, StripeCursor
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.errors import BillDeskError
from billdesk.core.domain.reconciliation import OVERLAP, Place, due
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
    """Begin going through Stripe's lists when that is due; a gap makes it the whole of them."""
    place = due(
        now=server_at,
        begun_at=cursor.connected_at,
        last_ok_at=cursor.last_ok_server_at,
        last_at=cursor.last_deep_at,
    )
    under_way = Place.read(cursor.deep_place) if cursor.deep_place else None
    if place is None or (under_way is not None and (under_way.whole or not place.whole)):
        return
    begin_reconciliation(cursor, place)


def keep_access(cursor: StripeCursor, report: AccessReport | None) -> None:
    """Store what the key of an account may do; ``None``: it was not probed yet."""
    cursor.permissions = "" if report is None else canonical_json(report)


def reconcile_after_restore(tx: Transaction) -> None:
    """A backup does not know what happened after it: everything is compared, links as well."""
    cursors = select(StripeCursor).where(StripeCursor.company_id == tx.company_id)
    for cursor in tx.session.scalars(cursors.with_for_update()):
        begin_reconciliation(cursor, Place.first(whole=True))


def begin_reconciliation(cursor: StripeCursor, place: Place) -> None:
    """From ``place`` on, of what was made since shortly before the last one."""
    cursor.deep_place = str(place)
    cursor.deep_from_at = (cursor.last_deep_at or cursor.connected_at) - OVERLAP


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
