"""The mail that confirms an online payment, with the copy of the invoice marked as paid."""

from sqlalchemy import select

from billdesk.core.db.tables import Document, Mail
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.documents.mail_text import fill_all_but_link, receipt_templates
from billdesk.core.domain.documents import INVOICE_KINDS
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.settings import MailSettings, OnlinePayment
from billdesk.core.services.steps.documents import frozen_document
from billdesk.core.services.steps.follow import settlements
from billdesk.core.services.steps.queue_mail import queue_mail, usual_recipients
from billdesk.core.services.steps.settings import read_setting


def queue_receipts(tx: Transaction, document: Document) -> None:
    """Confirm to the usual recipients that the invoice is paid, each once for each settlement.

    Only where the owner wants it and mail is set up; a payment is booked whatever comes of that.
    Call it when an online payment has arrived and the paid copy was asked for (``follow_balance``).
    """
    if not read_setting(tx, OnlinePayment).receipt_mail:
        return
    is_paid = document.open_minor == 0 and document.paid_minor > 0 and document.voided_at is None
    if not is_paid or document.is_history or document.kind not in INVOICE_KINDS:
        return
    if not read_setting(tx, MailSettings).configured:
        return
    settlement = settlements(tx, document)
    told = tx.session.scalars(
        select(Mail.recipient).where(
            Mail.company_id == tx.company_id,
            Mail.document_id == document.id,
            Mail.settlement == settlement,
        )
    ).all()
    snapshot = frozen_document(tx, document.id)
    subject, body = receipt_templates(document.language, snapshot.seller.address.country)
    for recipient in usual_recipients(tx, document):
        if recipient in told:
            continue
        try:
            queue_mail(
                tx,
                document,
                snapshot,
                recipient=recipient,
                subject=fill_all_but_link(subject, snapshot),
                body=fill_all_but_link(body, snapshot),
                settlement=settlement,
            )
        except UserError:
            # An address nobody can be reached at must not keep the money out of the books.
            continue
