"""One document with its link, payments, mails and problems."""

from datetime import date, datetime

from sqlalchemy import Connection, and_, func, or_, select

from billdesk.core.db.tables import (
    Document,
    DocumentSnapshot,
    Mail,
    Payment,
    Refund,
)
from billdesk.core.domain.actions import Action, allowed_actions
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.documents import (
    DocumentFacts,
    DocumentKind,
    DocumentState,
    settled_part,
    state_of,
)
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.outside import (
    FeeState,
    MailState,
    PaymentMethod,
    PaymentState,
)
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.stripe_states import REFUND_UNDER_WAY
from billdesk.core.queries.documents import DocumentDetail, MailRow, PaymentRow
from billdesk.core.queries.drafts import read_draft
from billdesk.core.queries.money import RefundRow
from billdesk.core.queries.online import why_not_online
from billdesk.core.queries.sql.cards import cards_for, newest_charge
from billdesk.core.queries.sql.customers import read_customer
from billdesk.core.queries.sql.document_link import read_instalments, read_link
from billdesk.core.queries.sql.document_problems import read_problems
from billdesk.core.queries.sql.money import read_refunds
from billdesk.core.queries.sql.questions import read_questions
from billdesk.core.queries.sql.related_documents import related_documents
from billdesk.core.queries.sql.renditions import best_pdf
from billdesk.core.queries.sql.resting import against_credit, against_deduct, against_void
from billdesk.core.queries.sql.state import FACT_COLUMNS, facts_of

_COLUMNS = (
    Document.id,
    Document.uid,
    Document.version,
    Document.kind,
    Document.number,
    Document.customer_id,
    Document.currency,
    Document.net_minor,
    Document.tax_minor,
    Document.issued_at,
    Document.sent_at,
    Document.voided_at,
    Document.updated_at,
    Document.deleted_at,
    Document.is_history,
    *FACT_COLUMNS,
)


def read_document(
    connection: Connection, company_id: int, today: date, document_id: int, now: datetime
) -> DocumentDetail:
    """One document, a deleted draft as well. Raises ``NotFound``."""
    row = connection.execute(
        select(*_COLUMNS).where(Document.company_id == company_id, Document.id == document_id)
    ).first()
    if row is None:
        raise NotFound("This document does not exist.")
    facts = facts_of(row)
    state = state_of(facts, today)
    body = connection.scalar(
        select(DocumentSnapshot.body).where(
            DocumentSnapshot.company_id == company_id,
            DocumentSnapshot.document_id == document_id,
        )
    )
    snapshot = None if body is None else Snapshot.from_json(body)
    customer = None
    if row.customer_id is not None:
        customer = read_customer(connection, company_id, today, row.customer_id)
    pdf = best_pdf(connection, company_id, document_id)
    instalments, ask_minor = read_instalments(
        connection, company_id, document_id, row.open_minor, today
    )
    return DocumentDetail(
        id=row.id,
        uid=row.uid,
        version=row.version,
        kind=DocumentKind(row.kind),
        number=row.number,
        state=state,
        settled_part=settled_part(facts),
        days_overdue=(today - row.due_on).days if state is DocumentState.OVERDUE else 0,
        draft=read_draft(connection, company_id, document_id),
        snapshot=snapshot,
        customer=customer,
        currency=row.currency,
        scale=snapshot.scale if snapshot else exponent(row.currency),
        net_minor=row.net_minor,
        tax_minor=row.tax_minor,
        total_minor=row.total_minor,
        open_minor=row.open_minor,
        paid_minor=row.paid_minor,
        pending_minor=row.pending_minor,
        issued_at=row.issued_at,
        sent_at=row.sent_at,
        voided_at=row.voided_at,
        updated_at=row.updated_at,
        is_history=row.is_history,
        deleted=row.deleted_at is not None,
        link=read_link(connection, company_id, document_id, now),
        payments=_payments(connection, company_id, document_id),
        mails=_mails(connection, company_id, document_id),
        problems=tuple(
            problem.sentence for problem in read_problems(connection, company_id, [document_id])
        ),
        pdf_kind=pdf.kind if pdf else None,
        related=related_documents(connection, company_id, today, document_id),
        allowed=_allowed(connection, company_id, today, document_id, facts),
        invoiced_minor=row.invoiced_minor,
        credited_minor=row.credited_minor,
        written_off_minor=row.written_off_minor,
        prepaid_minor=row.prepaid_minor,
        withheld_minor=row.withheld_minor,
        instalments=instalments,
        ask_minor=ask_minor,
        cards=cards_for(connection, company_id, row.customer_id) if row.open_minor > 0 else (),
        charge=newest_charge(connection, company_id, document_id),
        why_not_online=why_not_online(row.currency, ask_minor) if ask_minor > 0 else "",
    )


def _allowed(
    connection: Connection, company_id: int, today: date, document_id: int, facts: DocumentFacts
) -> frozenset[Action]:
    """What may be done with it, by the tables of actions and by what rests on it."""
    found = allowed_actions(facts, today)
    taken: set[Action] = set()
    if Action.VOID in found and against_void(connection, company_id, document_id, facts.kind):
        taken.add(Action.VOID)
    if Action.CREDIT in found and against_credit(connection, company_id, document_id):
        taken |= {Action.CREDIT, Action.CORRECT}
    if Action.DEDUCT in found and against_deduct(connection, company_id, document_id):
        taken.add(Action.DEDUCT)
    return found - taken


def _payments(connection: Connection, company_id: int, document_id: int) -> tuple[PaymentRow, ...]:
    rows = connection.execute(
        select(Payment.__table__)
        .where(Payment.company_id == company_id, Payment.document_id == document_id)
        .order_by(Payment.received_on.desc(), Payment.id.desc())
    ).all()
    ids = [row.id for row in rows]
    asked = read_questions(connection, company_id, ids) if rows else {}
    online = any(row.method == PaymentMethod.STRIPE for row in rows)
    under_way = _refunds_under_way(connection, company_id, ids) if online else {}
    return tuple(
        PaymentRow(
            id=row.id,
            method=PaymentMethod(row.method),
            state=PaymentState(row.state),
            amount_minor=row.amount_minor,
            currency=row.currency,
            received_on=row.received_on,
            reference=row.reference,
            note=row.note,
            refunded_minor=row.refunded_minor,
            unexplained_minor=row.refunded_minor - row.explained_minor,
            disputed_minor=row.disputed_minor,
            fee_minor=row.fee_minor,
            net_minor=row.net_minor,
            fee_currency=row.fee_currency,
            fee_state=FeeState(row.fee_state),
            receipt_url=row.receipt_url,
            failure=row.failure,
            review=row.review,
            can_undo=row.method != PaymentMethod.STRIPE and row.state != PaymentState.UNDONE,
            questions=asked.get(row.id, ()),
            refund_under_way_minor=under_way.get(row.id, 0),
            unsent_refunds=_unsent_refunds(connection, company_id, row.id)
            if row.id in under_way
            else (),
        )
        for row in rows
    )


def _unsent_refunds(
    connection: Connection, company_id: int, payment_id: int
) -> tuple[RefundRow, ...]:
    """The refunds ordered of a payment that Stripe cannot have yet."""
    return tuple(
        refund
        for refund in read_refunds(connection, company_id, payment_id)
        if refund.state is PaymentState.ORDERED and refund.can_take_back
    )


def _refunds_under_way(
    connection: Connection, company_id: int, payment_ids: list[int]
) -> dict[int, int]:
    """How much of each payment is on its way back through Stripe."""
    rows = connection.execute(
        select(Refund.payment_id, func.sum(Refund.minor))
        .where(
            Refund.company_id == company_id,
            Refund.payment_id.in_(payment_ids),
            or_(
                Refund.state == PaymentState.ORDERED.value,
                and_(
                    Refund.state == PaymentState.SUCCEEDED.value,
                    Refund.stripe_status.in_(REFUND_UNDER_WAY),
                ),
            ),
        )
        .group_by(Refund.payment_id)
    )
    return {payment_id: int(minor) for payment_id, minor in rows if payment_id is not None}


def _mails(connection: Connection, company_id: int, document_id: int) -> tuple[MailRow, ...]:
    rows = connection.execute(
        select(
            Mail.id,
            Mail.recipient,
            Mail.subject,
            Mail.state,
            Mail.reply,
            Mail.error,
            Mail.created_at,
            Mail.accepted_at,
        )
        .where(Mail.company_id == company_id, Mail.document_id == document_id)
        .order_by(Mail.id.desc())
    )
    return tuple(
        MailRow(
            row.id,
            row.recipient,
            row.subject,
            MailState(row.state),
            row.reply,
            row.error,
            row.created_at,
            row.accepted_at,
        )
        for row in rows
    )
