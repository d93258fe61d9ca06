"""What went wrong around a document and waits for a person.

Only the newest attempt counts: a mail that failed is settled once a later one is on its way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    and_,
    bindparam,
    desc,
    exists,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import (
    Document,
    Mail,
    Outbox,
    Payment,
    PaymentLink,
    Refund,
    StripeOrder,
)
from billdesk.core.domain.outside import (
    LIVE_LINKS,
    JobKind,
    JobState,
    LinkState,
    MailState,
    OrderKind,
    OrderState,
    PaymentState,
)
from billdesk.core.queries.home import AttentionKind
from billdesk.core.queries.sql.any_select import AnySelect
from billdesk.core.queries.sql.parameters import COMPANY

# Spelled out like this, the indexes over the few rows with a problem are used.
NOTHING: ColumnElement[str] = literal_column("''")

_FAILED_JOB = {
    JobKind.RENDER: "The PDF could not be made: {}",
    JobKind.RETIRE_LINK: "The payment link could not be switched off: {}",
    JobKind.CREATE_LINK: "The payment link could not be made: {}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``source_id`` is the payment, mail, link or job it is about; ``sentence`` is for people.

    Of a refund it is the payment's.
    """

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
    given = {"company_id": company_id, "document_ids": document_ids, "most": limit}
    found = []
    for kind, statement in _newest(of_documents=document_ids is not None).items():
        for row in connection.execute(statement, given):
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
    given = {"company_id": company_id, "document_ids": document_ids}
    return set(connection.scalars(_marked(), given))


# Statements are put together once: that takes far longer than running them.


@cache
def _newest(*, of_documents: bool) -> dict[AttentionKind, AnySelect]:
    return {
        kind: statement.where(*([_of_documents(statement)] if of_documents else []))
        .order_by(desc("at"), desc("source_id"))
        .limit(bindparam("most", type_=Integer))
        for kind, statement in _statements().items()
    }


@cache
def _marked() -> CompoundSelect[int]:
    return union_all(
        *(
            statement.with_only_columns(statement.selected_columns.document_id).where(
                _of_documents(statement)
            )
            for statement in _statements().values()
        )
    )


def _statements() -> dict[AttentionKind, AnySelect]:
    return {
        AttentionKind.PAYMENT: _payments(),
        AttentionKind.MAIL: _mails(),
        AttentionKind.LINK: _links(),
        AttentionKind.JOB: _jobs(),
        AttentionKind.REFUND: _refunds(),
        AttentionKind.CARD: _charges(),
    }


def _of_documents(statement: AnySelect) -> ColumnElement[bool]:
    return statement.selected_columns.document_id.in_(bindparam("document_ids", expanding=True))


def _payments() -> AnySelect:
    return select(
        Payment.document_id,
        Payment.id.label("source_id"),
        Payment.review.label("sentence"),
        Payment.updated_at.label("at"),
    ).where(
        Payment.company_id == COMPANY,
        Payment.review != NOTHING,
        Payment.state != PaymentState.UNDONE.value,
    )


def _refunds() -> AnySelect:
    """Refunds at Stripe that came to nothing and in whose place nothing has been given back."""
    later = aliased(Refund)
    note = aliased(Document)
    return (
        select(
            Payment.document_id,
            Payment.id.label("source_id"),
            Refund.note.label("sentence"),
            Refund.updated_at.label("at"),
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(note, note.id == Refund.credit_note_id)
        .where(
            Refund.company_id == COMPANY,
            Refund.state == literal_column(f"'{PaymentState.FAILED.value}'"),
            Refund.note != NOTHING,
            or_(note.id.is_(None), note.open_minor > 0),
            ~exists().where(
                later.payment_id == Refund.payment_id,
                later.id > Refund.id,
                later.state != PaymentState.FAILED.value,
            ),
        )
    )


def _charges() -> AnySelect:
    """Saved cards that were not charged, until there is another try or a mail to the customer."""
    later = aliased(StripeOrder)
    is_charge: ColumnElement[str] = literal_column(f"'{OrderKind.CHARGE.value}'")
    return (
        select(
            StripeOrder.document_id,
            StripeOrder.id.label("source_id"),
            StripeOrder.error.label("sentence"),
            StripeOrder.updated_at.label("at"),
        )
        .join(Document, Document.id == StripeOrder.document_id)
        .where(
            StripeOrder.company_id == COMPANY,
            StripeOrder.kind == is_charge,
            StripeOrder.state == literal_column(f"'{OrderState.FAILED.value}'"),
            Document.open_minor != 0,
            ~exists().where(
                later.document_id == StripeOrder.document_id,
                later.kind == is_charge,
                later.id > StripeOrder.id,
                later.state != OrderState.CANCELLED.value,
            ),
            ~exists().where(
                Mail.document_id == StripeOrder.document_id,
                Mail.created_at > StripeOrder.updated_at,
                Mail.state != MailState.CANCELLED.value,
            ),
        )
    )


def _mails() -> AnySelect:
    later = aliased(Mail)
    return select(
        Mail.document_id,
        Mail.id.label("source_id"),
        Mail.error.label("sentence"),
        Mail.created_at.label("at"),
    ).where(
        Mail.company_id == COMPANY,
        Mail.error != NOTHING,
        Mail.state.in_((MailState.FAILED.value, MailState.UNKNOWN.value)),
        ~exists().where(
            later.document_id == Mail.document_id,
            later.id > Mail.id,
            later.state != MailState.CANCELLED.value,
        ),
    )


def _links() -> AnySelect:
    later = aliased(PaymentLink)
    # Closed with a reason after it existed: somebody switched it off at Stripe.
    switched_off = and_(
        PaymentLink.state == LinkState.CLOSED.value,
        PaymentLink.stripe_id.is_not(None),
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
            PaymentLink.company_id == COMPANY,
            PaymentLink.error != NOTHING,
            or_(PaymentLink.state == LinkState.FAILED.value, switched_off),
            ~exists().where(
                later.document_id == PaymentLink.document_id,
                later.revision > PaymentLink.revision,
            ),
            Document.open_minor != 0,
        )
    )


def _jobs() -> AnySelect:
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
            Outbox.company_id == COMPANY,
            Outbox.state == literal_column(f"'{JobState.FAILED.value}'"),
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
        )
    )
