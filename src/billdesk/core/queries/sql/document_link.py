"""How a document is paid online: its newest link, what that waits for, and its plan of parts."""

from dataclasses import replace
from datetime import date, datetime
from itertools import accumulate

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Instalment as InstalmentRow
from billdesk.core.db.tables import Outbox, PaymentLink, ServiceState
from billdesk.core.domain.instalments import Instalment, asked_minor, settled_minor
from billdesk.core.domain.outside import JobKind, JobState, LinkState
from billdesk.core.domain.outside_services.policy import Service, Standing
from billdesk.core.gateways.stripe.errors import UNREACHED
from billdesk.core.queries.documents import InstalmentInfo, LinkInfo, LinkWait
from billdesk.core.queries.sql.service_policy import policy_of

_WELL = (Standing.WORKING, Standing.TROUBLED)
_UNDER_WAY = (LinkState.QUEUED, LinkState.SENT, LinkState.RETIRING)


def read_link(
    connection: Connection, company_id: int, document_id: int, now: datetime
) -> LinkInfo | None:
    """The newest link of a document."""
    row = connection.execute(
        select(PaymentLink.__table__)
        .where(PaymentLink.company_id == company_id, PaymentLink.document_id == document_id)
        .order_by(PaymentLink.revision.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    link = LinkInfo(
        row.id,
        LinkState(row.state),
        row.url,
        row.revision,
        row.amount_minor,
        row.error,
        is_part=row.is_part,
    )
    if link.state not in _UNDER_WAY:
        return link
    return replace(link, wait=_wait(connection, company_id, link, row.livemode, now))


def _wait(
    connection: Connection, company_id: int, link: LinkInfo, livemode: bool, now: datetime
) -> LinkWait | None:
    """Since when its job waits and for what; ``None`` where it is simply about to be done."""
    job = connection.execute(
        select(Outbox.created_at, Outbox.error)
        .where(
            Outbox.company_id == company_id,
            Outbox.link_id == link.id,
            Outbox.kind.in_((JobKind.CREATE_LINK.value, JobKind.RETIRE_LINK.value)),
            Outbox.state.in_((JobState.QUEUED.value, JobState.WORKING.value)),
        )
        .order_by(Outbox.id)
        .limit(1)
    ).first()
    if job is None:
        return None
    state = connection.execute(
        select(ServiceState.__table__).where(
            ServiceState.company_id == company_id,
            ServiceState.service == Service.STRIPE.value,
            ServiceState.livemode == livemode,
        )
    ).first()
    reason = job.error
    if state is not None:
        policy = policy_of(state)
        # While Stripe is left alone no job is tried, so a new one has no error of its own.
        if policy.standing(now) not in _WELL:
            reason = policy.error
    return LinkWait(job.created_at, reason, offline=reason == UNREACHED) if reason else None


def read_instalments(
    connection: Connection, company_id: int, document_id: int, open_minor: int, today: date
) -> tuple[tuple[InstalmentInfo, ...], int]:
    """The plan of a document, first part first, and what a link asks for today."""
    rows = connection.execute(
        select(InstalmentRow.due_on, InstalmentRow.minor)
        .where(InstalmentRow.company_id == company_id, InstalmentRow.document_id == document_id)
        .order_by(InstalmentRow.position)
    )
    plan = [Instalment(row.due_on, row.minor) for row in rows]
    settled = settled_minor(plan, open_minor)
    parts = []
    reached = accumulate(part.minor for part in plan)
    for position, (part, end) in enumerate(zip(plan, reached, strict=True), start=1):
        left = min(part.minor, max(0, end - settled))
        late = left > 0 and part.due_on < today
        parts.append(InstalmentInfo(position, part.due_on, part.minor, left, late))
    return tuple(parts), asked_minor(plan, open_minor, today)
