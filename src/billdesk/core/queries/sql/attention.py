"""What went wrong with the outside, as tasks for a person."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from billdesk.core.db.tables import Document, ServiceState, StripeEvent
from billdesk.core.domain.outside import InboxState
from billdesk.core.domain.outside_services.policy import Service
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.home import AttentionAction, AttentionItem, AttentionKind
from billdesk.core.queries.settings import stored_setting
from billdesk.core.queries.sql.document_problems import Problem, read_problems
from billdesk.core.queries.sql.service_policy import policy_of
from billdesk.core.queries.sql.stripe_access import read_stripe_access
from billdesk.core.queries.tone import Tone

# Less may be a passing trouble of the line.
MANY_TRIES = 3

_ACTIONS = {
    AttentionKind.PAYMENT: AttentionAction.REVIEW_PAYMENT,
    AttentionKind.MAIL: AttentionAction.SEND_AGAIN,
    AttentionKind.LINK: AttentionAction.NEW_LINK,
    AttentionKind.JOB: AttentionAction.OPEN,
    AttentionKind.REFUND: AttentionAction.REVIEW_PAYMENT,
    AttentionKind.CARD: AttentionAction.OPEN,
}
# What is about no document.
_NAMELESS = {
    AttentionKind.PAYMENT: "Payment",
    AttentionKind.MAIL: "E-mail",
    AttentionKind.LINK: "Payment link",
    AttentionKind.JOB: "Outbox",
    AttentionKind.REFUND: "Refund",
    AttentionKind.CARD: "Saved card",
}
_ABOUT_PAYMENTS = (AttentionKind.PAYMENT, AttentionKind.REFUND)


def problem_tasks(
    connection: Connection,
    company_id: int,
    limit: int,
    kinds: Collection[AttentionKind] | None = None,
) -> tuple[AttentionItem, ...]:
    """Problems around documents and payments, ``limit`` of each of ``kinds`` (``None``: all)."""
    problems = [
        one
        for one in read_problems(connection, company_id, limit=limit)
        if kinds is None or one.kind in kinds
    ]
    wanted = {one.document_id for one in problems if one.document_id is not None}
    names = {
        row.id: (row.number or "", row.customer_name)
        for row in connection.execute(
            select(Document.id, Document.number, Document.customer_name).where(
                Document.company_id == company_id, Document.id.in_(wanted)
            )
        )
    }
    return tuple(_task(one, *names.get(one.document_id or 0, ("", ""))) for one in problems)


def _task(problem: Problem, number: str, customer_name: str) -> AttentionItem:
    return AttentionItem(
        kind=problem.kind,
        document_id=problem.document_id,
        title=" · ".join(part for part in (number, customer_name) if part)
        or _NAMELESS[problem.kind],
        detail=problem.sentence,
        action=_ACTIONS[problem.kind],
        tone=Tone.WARN if problem.kind is AttentionKind.PAYMENT else Tone.BAD,
        mail_id=problem.source_id if problem.kind is AttentionKind.MAIL else None,
        payment_id=problem.source_id if problem.kind in _ABOUT_PAYMENTS else None,
    )


def stuck_events(connection: Connection, company_id: int) -> tuple[AttentionItem, ...]:
    """Events that came to nothing, or could not be applied however often it was tried."""
    stuck = or_(
        StripeEvent.state == InboxState.DEAD.value,
        and_(
            StripeEvent.state == InboxState.NEW.value,
            or_(StripeEvent.tries >= MANY_TRIES, StripeEvent.root == ""),
        ),
    )
    row = connection.execute(
        select(func.count().label("events"), func.max(StripeEvent.error).label("error")).where(
            StripeEvent.company_id == company_id, stuck
        )
    ).one()
    if not row.events:
        return ()
    return (
        AttentionItem(
            kind=AttentionKind.INBOX,
            document_id=None,
            title="Stripe",
            detail=row.error or "A message from Stripe could not be understood.",
            action=AttentionAction.OPEN_ACTIVITY,
            tone=Tone.BAD,
        ),
    )


def key_tasks(connection: Connection, company_id: int, now: datetime) -> tuple[AttentionItem, ...]:
    """The key of the connected account is rejected, or may not do what it must."""
    online = stored_setting(connection, company_id, OnlinePayment)
    if not online.enabled:
        return ()
    state = connection.execute(
        select(ServiceState.__table__).where(
            ServiceState.company_id == company_id,
            ServiceState.service == Service.STRIPE.value,
            ServiceState.livemode == online.livemode,
        )
    ).first()
    policy = policy_of(state) if state is not None else None
    sentence = policy.error if policy is not None and policy.is_rejected(now) else ""
    sentence = sentence or read_stripe_access(connection, company_id).lacking
    if not sentence:
        return ()
    return (
        AttentionItem(
            kind=AttentionKind.KEY,
            document_id=None,
            title="Stripe key",
            detail=sentence,
            action=AttentionAction.OPEN_ONLINE_PAYMENT,
            tone=Tone.BAD,
        ),
    )
