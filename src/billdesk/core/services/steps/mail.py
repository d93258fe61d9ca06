"""Queue mails, take them back while they wait, and put their parts together."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Document, Mail, Outbox
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.documents.mail_text import compose_invoice_mail
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import MailChanged
from billdesk.core.domain.outside import JobKind, JobState, MailState
from billdesk.core.domain.settings import MailSettings
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.gateways.mail.message import Attachment, Mailbox, build_message
from billdesk.core.queries.sql.attachments import read_attachments


@dataclass(frozen=True, slots=True)
class MailToSend:
    """Everything one mail consists of; ``subject`` and ``body`` are templates."""

    snapshot: Snapshot
    recipient: str
    subject: str
    body: str
    message_id: str
    sent_at: datetime
    payment_url: str | None
    pdf: bytes
    enclosures: tuple[Attachment, ...] = ()
    paid: bool = False
    asked_minor: int | None = None

    def message(self, settings: MailSettings) -> EmailMessage:
        """The mail with text, HTML, the PDF and what is sent along.

        Without a mail server it comes from the company's own address, for another mail program.
        Raises ``UserError`` when the company has none.
        """
        text = compose_invoice_mail(
            self.snapshot,
            subject_template=self.subject,
            body_template=self.body,
            payment_url=self.payment_url,
            asked_minor=self.asked_minor,
            paid=self.paid,
        )
        seller = self.snapshot.seller
        sender = settings.from_address or seller.email
        if not sender:
            raise UserError(
                "Enter your company's mail address in Settings, so that customers can answer.",
                field="email",
            )
        return build_message(
            sender=Mailbox(settings.from_name or seller.name, sender),
            to=[Mailbox(self.snapshot.buyer.name, self.recipient)],
            subject=text.subject,
            text=text.text,
            html=text.html,
            attachments=[Attachment(pdf_name(self.snapshot), self.pdf), *self.enclosures],
            message_id=self.message_id,
            sent_at=self.sent_at,
            reply_to=settings.reply_to,
        )


def enclosures_of(tx: Transaction, archive: Archive, document_id: int) -> tuple[Attachment, ...]:
    """The files that are sent along with the document's mails."""
    return tuple(
        Attachment(row.name, archive.get(row.sha256), row.media_type)
        for row in read_attachments(tx.connection, tx.company_id, document_id)
        if row.with_mail
    )


def pdf_name(snapshot: Snapshot) -> str:
    """The attachment's name: the number, with nothing a file system minds."""
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in snapshot.number)
    return f"{safe}.pdf"


def cancel_waiting_mail(tx: Transaction, document: Document) -> int:
    """Withdraw every mail of the document that no server has been told of; how many."""
    jobs = tx.session.scalars(
        select(Outbox).where(
            Outbox.company_id == tx.company_id,
            Outbox.document_id == document.id,
            Outbox.kind == JobKind.SEND_MAIL.value,
            Outbox.state == JobState.QUEUED.value,
        )
    ).all()
    for job in jobs:
        cancel_mail_job(tx, job)
    return len(jobs)


def cancel_mail_job(tx: Transaction, job: Outbox) -> None:
    """Withdraw one waiting mail."""
    job.state = JobState.CANCELLED.value
    job.done_at = tx.now
    mail = tx.session.get_one(Mail, job.mail_id)
    mail.state = MailState.CANCELLED.value
    tx.session.flush()
    tx.tell(MailChanged(tx.company_id, mail.document_id))
