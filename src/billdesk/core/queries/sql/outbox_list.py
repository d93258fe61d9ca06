"""The outbox: what waits and why, and what was given up and still matters."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal_column, or_, select
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import Document, Mail, Outbox, Refund, ServiceState
from billdesk.core.domain.outside import JobKind, JobState, MailState
from billdesk.core.domain.outside_services.policy import Service, ServicePolicy, Standing
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.errors import UNREACHED
from billdesk.core.queries.activity import OutboxRow, WaitReason
from billdesk.core.queries.home import AttentionKind
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.document_problems import read_problems
from billdesk.core.queries.sql.service_policy import policy_of

# More is a backlog, which nobody reads row by row.
MOST_ROWS = 500
_DONE = (JobState.DONE.value, JobState.CANCELLED.value)


def read_outbox(connection: Connection, company_id: int, now: datetime) -> tuple[OutboxRow, ...]:
    """What was given up first, then what waits, each the oldest first."""
    jobs = _jobs(company_id)
    # Two reads, each over its own small index, where one condition for both had none.
    given_up = connection.execute(jobs.where(*_given_up(connection, company_id))).all()
    waiting = connection.execute(jobs.where(Outbox.done_at.is_(None))).all()
    policies = _policies(connection, company_id)
    return tuple(_row(row, policies, now) for row in (*given_up, *waiting))


def _jobs(company_id: int) -> AnySelect:
    before = aliased(Outbox)
    return (
        select(
            Outbox.id,
            Outbox.kind,
            Outbox.state,
            Outbox.created_at,
            Outbox.not_before_at,
            Outbox.tries,
            Outbox.error,
            Outbox.document_id,
            Outbox.mail_id,
            before.kind.label("before_kind"),
            before.state.label("before_state"),
            Document.number,
            Document.customer_name,
            Mail.recipient,
            Mail.state.label("mail_state"),
        )
        .outerjoin(before, before.id == Outbox.waits_for_id)
        .outerjoin(Document, Document.id == Outbox.document_id)
        .outerjoin(Mail, Mail.id == Outbox.mail_id)
        .where(Outbox.company_id == company_id)
        .order_by(Outbox.created_at, Outbox.id)
        .limit(MOST_ROWS)
    )


def _given_up(connection: Connection, company_id: int) -> tuple[ColumnElement[bool], ...]:
    """Failed jobs that nothing later has settled."""
    problems = read_problems(connection, company_id, limit=MOST_ROWS)

    def ids(kind: AttentionKind) -> list[int]:
        return [one.source_id for one in problems if one.kind is kind]

    return (
        Outbox.state == literal_column(f"'{JobState.FAILED.value}'"),
        or_(
            Outbox.mail_id.in_(ids(AttentionKind.MAIL)),
            Outbox.link_id.in_(ids(AttentionKind.LINK)),
            Outbox.id.in_(ids(AttentionKind.JOB)),
            Outbox.order_id.in_(ids(AttentionKind.CARD)),
            Outbox.order_id.in_(
                select(Refund.order_id).where(
                    Refund.company_id == company_id,
                    Refund.payment_id.in_(ids(AttentionKind.REFUND)),
                )
            ),
        ),
    )


def _policies(connection: Connection, company_id: int) -> dict[Service, ServicePolicy]:
    online = stored_setting(connection, company_id, OnlinePayment)
    return {
        Service(row.service): policy_of(row)
        for row in connection.execute(
            select(ServiceState.__table__).where(
                ServiceState.company_id == company_id,
                or_(
                    ServiceState.service != Service.STRIPE.value,
                    ServiceState.livemode == online.livemode,
                ),
            )
        )
    }


def _row(row: Any, policies: dict[Service, ServicePolicy], now: datetime) -> OutboxRow:
    kind, state = JobKind(row.kind), JobState(row.state)
    service = Service.MAIL if kind is JobKind.SEND_MAIL else Service.STRIPE
    policy = ServicePolicy() if kind is JobKind.RENDER else policies.get(service, ServicePolicy())
    is_behind = row.before_kind is not None and row.before_state not in _DONE
    reason = _reason(row, kind, policy, now, is_behind=is_behind)
    stops = reason in (WaitReason.INTERNET, WaitReason.RESTING, WaitReason.KEY)
    waits_s = policy.wait_s(now) if stops else 0.0
    retry_at = policy.circuit.retry_at if waits_s else row.not_before_at
    return OutboxRow(
        id=row.id,
        kind=kind,
        state=state,
        reason=reason,
        since=row.created_at,
        next_at=retry_at if retry_at is not None and retry_at > now else None,
        tries=row.tries,
        error=row.error or (policy.error if stops else ""),
        behind=JobKind(row.before_kind) if is_behind else None,
        document_id=row.document_id,
        number=row.number or "",
        customer_name=row.customer_name or "",
        recipient=row.recipient or "",
        mail_id=row.mail_id,
        can_withdraw=row.mail_state == MailState.QUEUED and state is JobState.QUEUED,
    )


def _reason(
    row: Any, kind: JobKind, policy: ServicePolicy, now: datetime, *, is_behind: bool
) -> WaitReason:
    if row.state == JobState.FAILED:
        return WaitReason.FAILED
    if row.state == JobState.WORKING:
        return WaitReason.WORKING
    if is_behind:
        return WaitReason.BEHIND
    standing = policy.standing(now)
    if standing is Standing.STOPPED:
        return WaitReason.KEY
    if UNREACHED in (row.error, policy.error if standing is Standing.RESTING else ""):
        return WaitReason.INTERNET
    if standing is Standing.RESTING:
        return WaitReason.RESTING
    if row.error:
        return WaitReason.AGAIN
    if kind is JobKind.SEND_MAIL and row.not_before_at > now:
        return WaitReason.UNDO
    return WaitReason.NEXT
