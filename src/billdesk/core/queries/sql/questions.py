"""What waits for the owner's word about payments, and the disputes behind it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select

from billdesk.core.db.tables import Dispute, Document, Payment
from billdesk.core.domain.outside import PaymentState
from billdesk.core.domain.questions import PaymentFacts, Question, questions_of
from billdesk.core.domain.stripe_states import DISPUTE_CLOSED, INQUIRY_OPEN
from billdesk.core.queries.disputes import DisputeRow


def read_questions(
    connection: Connection, company_id: int, payment_ids: Sequence[int]
) -> dict[int, tuple[Question, ...]]:
    """The questions about each of these payments; nothing for one that asks none."""
    disputes: dict[int, list[DisputeRow]] = defaultdict(list)
    for one in read_disputes(connection, company_id, payment_ids):
        disputes[one.payment_id].append(one)
    rows = connection.execute(
        select(
            Payment.__table__,
            Document.open_minor,
            Document.voided_at,
        )
        .outerjoin(Document, Document.id == Payment.document_id)
        .where(Payment.company_id == company_id, Payment.id.in_(payment_ids))
    )
    found = {row.id: questions_of(_facts(row, disputes[row.id])) for row in rows}
    return {one: questions for one, questions in found.items() if questions}


def read_disputes(
    connection: Connection, company_id: int, payment_ids: Iterable[int]
) -> tuple[DisputeRow, ...]:
    """The disputes and inquiries about these payments, the newest first."""
    rows = connection.execute(
        select(Dispute.__table__)
        .where(Dispute.company_id == company_id, Dispute.payment_id.in_(list(payment_ids)))
        .order_by(Dispute.opened_at.desc(), Dispute.id.desc())
    )
    return tuple(
        DisputeRow(
            row.payment_id,
            row.stripe_dispute,
            row.status,
            row.reason,
            row.currency,
            row.amount_minor,
            row.held_minor,
            row.due_at,
            row.is_refundable,
            row.opened_at,
            row.closed_at,
        )
        for row in rows
    )


def _facts(row: Any, disputes: Sequence[DisputeRow]) -> PaymentFacts:
    open_ones = [one for one in disputes if one.status not in DISPUTE_CLOSED]
    return PaymentFacts(
        state=PaymentState(row.state),
        currency=row.currency,
        unallocated_minor=row.unallocated_minor,
        unexplained_minor=row.refunded_minor - row.explained_minor,
        disputed_minor=row.disputed_minor,
        has_customer=row.customer_id is not None,
        open_minor=row.open_minor or 0,
        is_void=row.voided_at is not None,
        review=row.review,
        inquiry=any(one.status in INQUIRY_OPEN for one in open_ones),
        may_refund=any(one.is_refundable for one in open_ones),
        answer_by=min((one.due_at for one in open_ones if one.due_at), default=None),
    )
