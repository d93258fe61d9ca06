"""How the work with the outside stands."""

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Outbox, StripeCursor, StripeEvent
from billdesk.core.domain.outside import InboxState, JobState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.home import AttentionKind
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.document_problems import read_problems
from billdesk.core.queries.sync_status import SyncStatus


def read_sync_status(connection: Connection, company_id: int) -> SyncStatus:
    """What the sync line and the activity page show."""
    online = stored_setting(connection, company_id, OnlinePayment)
    cursor = connection.execute(
        select(StripeCursor.last_ok_at, StripeCursor.error).where(
            StripeCursor.company_id == company_id,
            StripeCursor.stripe_account == online.account,
            StripeCursor.livemode == online.livemode,
        )
    ).first()
    waiting = connection.execute(
        select(func.count().label("jobs"), func.min(Outbox.created_at).label("oldest_at")).where(
            Outbox.company_id == company_id,
            Outbox.state.in_((JobState.QUEUED.value, JobState.WORKING.value)),
        )
    ).one()
    return SyncStatus(
        enabled=online.enabled,
        livemode=online.livemode,
        last_ok_at=cursor.last_ok_at if cursor else None,
        error=cursor.error if cursor else "",
        new_events=_events(connection, company_id, InboxState.NEW),
        failed_events=_events(connection, company_id, InboxState.DEAD),
        outbox_waiting=waiting.jobs,
        outbox_failed=sum(
            problem.kind not in (AttentionKind.PAYMENT, AttentionKind.REFUND, AttentionKind.CARD)
            for problem in read_problems(connection, company_id)
        ),
        oldest_waiting_at=waiting.oldest_at,
    )


def _events(connection: Connection, company_id: int, state: InboxState) -> int:
    count = connection.scalar(
        select(func.count()).where(
            StripeEvent.company_id == company_id, StripeEvent.state == state.value
        )
    )
    return count or 0
