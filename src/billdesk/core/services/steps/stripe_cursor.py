"""The row that says how far one Stripe account has been read, and what its key may do."""

from datetime import datetime

from sqlalchemy import func, select

from billdesk.core.db.tables import PaymentLink, StripeCursor
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_access import AccessReport


def cursor_of(tx: Transaction, settings: OnlinePayment) -> StripeCursor:
    """The locked cursor of the account ``settings`` name, made where there is none."""
    key = (tx.company_id, settings.account, settings.livemode)
    cursor = tx.session.get(StripeCursor, key, with_for_update=True)
    if cursor is None:
        cursor = StripeCursor(
            company_id=tx.company_id,
            stripe_account=settings.account,
            livemode=settings.livemode,
            account_id=settings.account_number or None,
            connected_at=_first_link_at(tx, settings),
            permissions="",
            failures=0,
            error="",
        )
        tx.session.add(cursor)
        tx.session.flush()
    return cursor


def keep_access(cursor: StripeCursor, report: AccessReport) -> None:
    """Store what the key of an account may do."""
    cursor.permissions = canonical_json(report)


def _first_link_at(tx: Transaction, settings: OnlinePayment) -> datetime:
    """When the first link of the account was asked for, now at the latest: nothing came before."""
    first = tx.session.scalar(
        select(func.min(PaymentLink.created_at)).where(
            PaymentLink.company_id == tx.company_id,
            PaymentLink.stripe_account == settings.account,
            PaymentLink.livemode == settings.livemode,
        )
    )
    return min(first or tx.now, tx.now)
