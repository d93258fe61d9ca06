"""What the key of the connected Stripe account may do."""

from sqlalchemy import Connection, select

from billdesk.core.db.tables import StripeCursor
from billdesk.core.domain.canonical import from_json
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.domain.stripe_access import AccessReport
from billdesk.core.gateways.stripe.permissions import keys_url, lacking, lines_of
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.stripe_access import StripeAccess


def read_report(connection: Connection, company_id: int) -> AccessReport | None:
    """The last probe of the connected account's key."""
    online = stored_setting(connection, company_id, OnlinePayment)
    stored = connection.scalar(
        select(StripeCursor.permissions).where(
            StripeCursor.company_id == company_id,
            StripeCursor.stripe_account == online.account,
            StripeCursor.livemode == online.livemode,
        )
    )
    return from_json(AccessReport, stored) if stored else None


def read_stripe_access(connection: Connection, company_id: int) -> StripeAccess:
    """The last probe, row by row."""
    report = read_report(connection, company_id)
    lines = lines_of(report)
    online = stored_setting(connection, company_id, OnlinePayment)
    return StripeAccess(
        report.probed_at if report else None,
        lines,
        lacking(lines),
        keys_url(livemode=online.livemode),
    )
