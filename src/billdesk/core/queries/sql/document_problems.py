"""What went wrong around a document and waits for a person.

Only the newest attempt counts: a mail that failed is settled once a later one is on its way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    desc,
    exists,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import Document, Mail, Outbox, Payment, PaymentLink
from billdesk.core.domain.outside import (
    LIVE_LINKS,
    JobKind,
    JobState,
    LinkState,
    MailState,
    PaymentState,
)
from billdesk.core.queries.home import AttentionKind
from billdesk.core.queries.sql.any_select import AnySelect

_FAILED_JOB = {
    JobKind.RENDER: "The PDF could not be made: {}",
    JobKind.RETIRE_LINK: "The payment link could not be switched off: {}",
    JobKind.CREATE_LINK: "The payment link could not be made: {}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``source_id`` is the payment, mail, link or job it is about; ``sentence`` is for people."""

    kind: AttentionKind
    document_id: int | None
    source_id: int
    sentence: str
    at: datetime


def read_problems(
    connection: Connection,
    company_id: int,
    document_ids: Sequence[int] | None = None,
    *,
    limit: int = 50,
) -> tuple[Problem, ...]:
    """The problems of these documents (``None``: of all), ``limit`` of each kind, newest first."""
    found = []
    for kind, statement in _statements(company_id, document_ids).items():
        newest = statement.order_by(desc("at"), desc("source_id")).limit(limit)
        for row in connection.execute(newest):
            sentence = str(row.sentence)
            if kind is AttentionKind.JOB:
                sentence = _FAILED_JOB[JobKind(row.job)].format(sentence)
            found.append(Problem(kind, row.document_id, row.source_id, sentence, row.at))
    return tuple(found)


def documents_with_problems(
    connection: Connection, company_id: int, document_ids: Sequence[int]
) -> set[int]:
    """Which of these documents have one."""
    if not document_ids:
        return set()
    only_ids = (
        statement.with_only_columns(statement.selected_columns.document_id)
        for statement in _statements(company_id, document_ids).values()
    )
    return set(connection.scalars(union_all(*only_ids)))


def _statements(
    company_id: int, document_ids: Sequence[int] | None
) -> dict[AttentionKind, AnySelect]:
    return {
        AttentionKind.PAYMENT: _payments(company_id, document_ids),
        AttentionKind.MAIL: _mails(company_id, document_ids),
        AttentionKind.LINK: _links(company_id, document_ids),
        AttentionKind.JOB: _jobs(company_id, document_ids),
    }


def _of(column: Any, document_ids: Sequence[int] | None) -> ColumnElement[bool]:
    return true() if document_ids is None else column.in_(document_ids)


def _payments(company_id: int, document_ids: Sequence[int] | None) -> AnySelect:
    return select(
        Payment.document_id,
        Payment.id.label("source_id"),
        Payment.review.label("sentence"),
        Payment.updated_at.label("at"),
    ).where(
        Payment.company_id == company_id,
        Payment.review != literal_column("''"),
        Payment.state != PaymentState.UNDONE.value,
        _of(Payment.document_id, document_ids),
    )


def _mails(company_id: int, document_ids: Sequence[int] | None) -> AnySelect:
    later = aliased(Mail)
    return select(
        Mail.document_id,
        Mail.id.label("source_id"),
        Mail.error.label("sentence"),
        Mail.created_at.label("at"),
    ).where(
        Mail.company_id == company_id,
        Mail.state.in_((MailState.FAILED.value, MailState.UNKNOWN.value)),
        ~exists().where(
            later.document_id == Mail.document_id,
            later.id > Mail.id,
            later.state != MailState.CANCELLED.value,
        ),
        _of(Mail.document_id, document_ids),
    )


def _links(company_id: int, document_ids: Sequence[int] | None) -> AnySelect:
    later = aliased(PaymentLink)
    # Closed with a reason after it existed: somebody switched it off at Stripe.
    switched_off = and_(
        PaymentLink.state == LinkState.CLOSED.value,
        PaymentLink.stripe_id.is_not(None),
        PaymentLink.error != "",
    )
    return (
        select(
            PaymentLink.document_id,
            PaymentLink.id.label("source_id"),
            PaymentLink.error.label("sentence"),
            PaymentLink.updated_at.label("at"),
        )
        .join(Document, Document.id == PaymentLink.document_id)
        .where(
            PaymentLink.company_id == company_id,
            or_(PaymentLink.state == LinkState.FAILED.value, switched_off),
            ~exists().where(
                later.document_id == PaymentLink.document_id,
                later.revision > PaymentLink.revision,
            ),
            Document.open_minor != 0,
            _of(PaymentLink.document_id, document_ids),
        )
    )


def _jobs(company_id: int, document_ids: Sequence[int] | None) -> AnySelect:
    """Jobs given up that no link or mail speaks for, unless the same was asked for again."""
    later = aliased(Outbox)
    return (
        select(
            Outbox.document_id,
            Outbox.id.label("source_id"),
            Outbox.error.label("sentence"),
            Outbox.created_at.label("at"),
            Outbox.kind.label("job"),
        )
        .outerjoin(PaymentLink, PaymentLink.id == Outbox.link_id)
        .where(
            Outbox.company_id == company_id,
            Outbox.state == JobState.FAILED.value,
            or_(
                Outbox.kind.in_((JobKind.RENDER.value, JobKind.RETIRE_LINK.value)),
                and_(
                    Outbox.kind == JobKind.CREATE_LINK.value,
                    PaymentLink.state.in_([state.value for state in LIVE_LINKS]),
                ),
            ),
            ~exists().where(
                later.document_id == Outbox.document_id,
                later.kind == Outbox.kind,
                later.id > Outbox.id,
                later.state != JobState.CANCELLED.value,
            ),
            _of(Outbox.document_id, document_ids),
        )
    )
