"""From a document's row to the facts its rules are about."""

from sqlalchemy import select

from billdesk.core.db.tables import Document, DocumentSnapshot
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain import actions
from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import INVOICE_KINDS, DocumentFacts, DocumentKind
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.snapshot import Snapshot


def facts_of(document: Document) -> DocumentFacts:
    """The stored facts the rules of documents are read from."""
    return DocumentFacts(
        issued=document.issued_at is not None,
        total_minor=document.total_minor,
        open_minor=document.open_minor,
        due_on=document.due_on,
        sent=document.sent_at is not None,
        voided=document.voided_at is not None,
        paid_minor=document.paid_minor,
        credited_minor=document.credited_minor,
        written_off_minor=document.written_off_minor,
        pending_minor=document.pending_minor,
        disputed_minor=document.disputed_minor,
        unexplained_refund_minor=document.unexplained_refund_minor,
        surplus_minor=document.surplus_minor,
        prepaid_minor=document.prepaid_minor,
        withheld_minor=document.withheld_minor,
        kind=DocumentKind(document.kind),
        valid_until=document.valid_until,
        accepted=document.accepted_at is not None,
        declined=document.declined_at is not None,
        invoiced_minor=document.invoiced_minor,
    )


def require(tx: Transaction, action: Action, document: Document) -> None:
    """Raise ``NotAllowed`` with the reason when ``document`` does not allow ``action`` today."""
    actions.require(action, facts_of(document), tx.today)


def action_family(kind: str) -> str:
    """The first word of audit actions: all invoices share theirs, others have their kind's."""
    return "invoice" if kind in INVOICE_KINDS else kind


def frozen_document(tx: Transaction, document_id: int) -> Snapshot:
    """What an issued document says. Raises ``NotFound`` for one that was not issued."""
    body = tx.connection.scalar(
        select(DocumentSnapshot.body).where(
            DocumentSnapshot.document_id == document_id,
            DocumentSnapshot.company_id == tx.company_id,
        )
    )
    if body is None:
        raise NotFound("This document has not been issued.")
    return Snapshot.from_json(body)
