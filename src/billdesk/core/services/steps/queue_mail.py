"""Put a document's mail into the outbox."""

import json
from email.utils import make_msgid

from sqlalchemy import select

from billdesk.core.db.tables import Customer, CustomerContact, Document, Mail, Rendition
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.documents.mail_text import (
    compose_invoice_mail,
    default_templates,
    fill_all_but_link,
)
from billdesk.core.domain.documents import INVOICE_KINDS
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import MailChanged
from billdesk.core.domain.outside import JobKind, MailState
from billdesk.core.domain.settings import MailSettings
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.gateways.mail.addresses import check_address
from billdesk.core.services.steps.outbox import enqueue, enqueue_render, waiting_job
from billdesk.core.services.steps.settings import read_setting


def usual_texts(tx: Transaction, document: Document, snapshot: Snapshot) -> tuple[str, str]:
    """Subject and body from the company's template or the built-in one, all but the link filled."""
    country = snapshot.seller.address.country
    subject, body = default_templates(document.language, country, document.kind)
    if document.kind not in INVOICE_KINDS:
        # The company's own templates speak of an invoice.
        return fill_all_but_link(subject, snapshot), fill_all_but_link(body, snapshot)
    settings = read_setting(tx, MailSettings)
    return (
        fill_all_but_link(settings.subject_template or subject, snapshot),
        fill_all_but_link(settings.body_template or body, snapshot),
    )


def usual_recipients(tx: Transaction, document: Document) -> tuple[str, ...]:
    """Whom a document is mailed to: the contacts who receive its kind, else the customer."""
    contacts = tx.connection.execute(
        select(CustomerContact.email, CustomerContact.receives)
        .where(
            CustomerContact.company_id == tx.company_id,
            CustomerContact.customer_id == document.customer_id,
            CustomerContact.deleted_at.is_(None),
            CustomerContact.email != "",
        )
        .order_by(CustomerContact.is_default.desc(), CustomerContact.id)
    )
    found = [row.email for row in contacts if document.kind in json.loads(row.receives)]
    if not found:
        customer = tx.session.get(Customer, document.customer_id)
        found = [customer.email] if customer is not None and customer.email else []
    return tuple(dict.fromkeys(found))


def queue_usual_mail(tx: Transaction, document: Document, snapshot: Snapshot) -> list[Mail]:
    """Queue the usual mail to each usual recipient.

    Raises ``NotAllowed`` while mail is not set up, ``UserError`` without an address.
    """
    recipients = usual_recipients(tx, document)
    if not recipients:
        raise UserError("The customer has no mail address.", field="recipient")
    subject, body = usual_texts(tx, document, snapshot)
    return [
        queue_mail(tx, document, snapshot, recipient=recipient, subject=subject, body=body)
        for recipient in recipients
    ]


def queue_mail(
    tx: Transaction,
    document: Document,
    snapshot: Snapshot,
    *,
    recipient: str,
    subject: str,
    body: str,
    delay_s: int = 0,
    settlement: int | None = None,
) -> Mail:
    """Queue one mail behind the PDF it carries; ``delay_s`` seconds can pass until it goes.

    With ``settlement`` it confirms that the document was paid that time.

    Raises ``UserError`` for a wrong address or placeholder, ``NotAllowed`` while mail is not set
    up.
    """
    recipient = check_address(recipient, "recipient")
    settings = read_setting(tx, MailSettings)
    if not settings.configured:
        raise NotAllowed("Set up your mail server in Settings first, or save the mail.")
    compose_invoice_mail(snapshot, subject_template=subject, body_template=body, payment_url=None)
    mail = Mail(
        uid=new_uid(),
        company_id=tx.company_id,
        document_id=document.id,
        recipient=recipient,
        subject=subject,
        body=body,
        message_id=make_msgid(domain=settings.from_address.partition("@")[2]),
        state=MailState.QUEUED.value,
        settlement=settlement,
        created_at=tx.now,
    )
    tx.session.add(mail)
    tx.session.flush()
    enqueue(
        tx,
        JobKind.SEND_MAIL,
        document,
        mail_id=mail.id,
        waits_for_id=_render_job(tx, document),
        delay_s=delay_s,
    )
    tx.audit("mail.queued", f"document:{document.uid}", after={"message_id": mail.message_id})
    tx.tell(MailChanged(tx.company_id, document.id))
    return mail


def _render_job(tx: Transaction, document: Document) -> int | None:
    """The job that makes the PDF to attach, unless one is stored already."""
    job = waiting_job(tx, document.id, JobKind.RENDER)
    if job is not None:
        return job
    stored = tx.connection.scalar(
        select(Rendition.id)
        .where(Rendition.company_id == tx.company_id, Rendition.document_id == document.id)
        .limit(1)
    )
    return None if stored is not None else enqueue_render(tx, document)
