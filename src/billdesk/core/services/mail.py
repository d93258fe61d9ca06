"""Send invoices by mail, now or through another mail program."""

from dataclasses import dataclass
from email.utils import make_msgid

from sqlalchemy import select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import (
    Company,
    Document,
    DocumentSnapshot,
    Mail,
    Outbox,
)
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.errors import NotAllowed, NotFound, UserError
from billdesk.core.domain.outside import JobState, MailState
from billdesk.core.domain.settings import MailSettings
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.gateways.mail.addresses import check_address
from billdesk.core.gateways.mail.message import Mailbox, build_message, draft_eml
from billdesk.core.queries.sql.renditions import active_link, best_pdf
from billdesk.core.services.outgoing_mail import MailConnector
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.mail import MailToSend, cancel_mail_job, enclosures_of
from billdesk.core.services.steps.queue_mail import queue_mail, usual_recipients, usual_texts
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting

UNDO_S = 10


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A mail as the owner sees it before it goes; subject and body may hold placeholders."""

    recipient: str
    subject: str
    body: str


class MailService:
    """Draft, queue, withdraw and hand over mails of documents."""

    def __init__(self, uow: UnitOfWork, archive: Archive, connector: MailConnector) -> None:
        self._uow = uow
        self._archive = archive
        self._connector = connector

    @use_case
    def draft_for(self, document_id: int) -> MailDraft:
        """The mail BillDesk suggests, from the company's template or the built-in one."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            require(tx, Action.SEND, document)
            recipients = usual_recipients(tx, document)
            subject, body = usual_texts(tx, document, _snapshot(tx, document.id))
            return MailDraft(recipients[0] if recipients else "", subject, body)

    @use_case
    def send(self, document_id: int, draft: MailDraft, *, delay_s: int = UNDO_S) -> int:
        """Queue the mail; until ``delay_s`` seconds have passed it can be withdrawn.

        Returns the mail's id. Raises ``UserError`` for a wrong address or placeholder,
        ``NotAllowed`` when the document is not issued or mail is not set up.
        """
        recipient = check_address(draft.recipient, "recipient")
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            require(tx, Action.SEND, document)
            mail = queue_mail(
                tx,
                document,
                _snapshot(tx, document.id),
                recipient=recipient,
                subject=draft.subject,
                body=draft.body,
                delay_s=delay_s,
            )
            return mail.id

    @use_case
    def cancel(self, mail_id: int) -> bool:
        """Withdraw a mail that is still waiting; ``False`` when it is too late."""
        with self._uow.write() as tx:
            mail = load(tx, Mail, mail_id)
            job = tx.session.scalar(
                select(Outbox).where(
                    Outbox.company_id == tx.company_id,
                    Outbox.mail_id == mail.id,
                    Outbox.state == JobState.QUEUED.value,
                )
            )
            if job is None or mail.state != MailState.QUEUED:
                return False
            cancel_mail_job(tx, job)
            document = load(tx, Document, mail.document_id)
            tx.audit("mail.withdrawn", f"document:{document.uid}")
            return True

    def send_again(self, mail_id: int) -> int:
        """Queue the same mail once more, at the owner's request."""
        with self._uow.read() as connection:
            row = connection.execute(
                select(Mail.document_id, Mail.recipient, Mail.subject, Mail.body).where(
                    Mail.id == mail_id, Mail.company_id == self._uow.company_id
                )
            ).first()
        if row is None:
            raise NotFound("This mail does not exist.")
        return self.send(row.document_id, MailDraft(row.recipient, row.subject, row.body))

    def eml(self, document_id: int, draft: MailDraft) -> bytes:
        """The mail as a file that mail programs open as a draft.

        Raises ``NotAllowed`` until the invoice's PDF is stored.
        """
        recipient = check_address(draft.recipient, "recipient")
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            require(tx, Action.SEND, document)
            pdf = best_pdf(tx.connection, tx.company_id, document.id)
            if pdf is not None and pdf.shows_dead_link:
                raise NotAllowed("The PDF without the old payment link is being made; try again.")
            if pdf is None:
                raise NotAllowed("The PDF is being made; try again in a moment.")
            settings = read_setting(tx, MailSettings)
            link = active_link(tx.connection, tx.company_id, document.id)
            mail = MailToSend(
                snapshot=_snapshot(tx, document.id),
                recipient=recipient,
                subject=draft.subject,
                body=draft.body,
                message_id=make_msgid(domain="billdesk.invalid"),
                sent_at=tx.now,
                payment_url=link.url if link else None,
                asked_minor=link.minor if link else None,
                pdf=self._archive.get(pdf.sha256),
                enclosures=enclosures_of(tx, self._archive, document.id),
            )
            tx.audit("mail.saved_as_file", f"document:{document.uid}")
        return draft_eml(mail.message(settings))

    def send_test(self, recipient: str) -> str:
        """Send a short mail right now; returns the server's reply. Blocks on the network.

        Raises ``UserError`` with a plain diagnosis when it cannot be sent.
        """
        recipient = check_address(recipient, "recipient")
        with self._uow.write() as tx:
            settings = read_setting(tx, MailSettings)
            company = tx.session.get_one(Company, tx.company_id)
            name, uid, now = company.name, company.uid, tx.now
        if not settings.configured:
            raise UserError("Fill in the mail server and your address first.", field="host")
        message = build_message(
            sender=Mailbox(settings.from_name or name, settings.from_address),
            to=[Mailbox("", recipient)],
            subject=f"Test mail from {name}",
            text="This is a test from BillDesk: mail from here works.\n",
            html=None,
            attachments=[],
            message_id=make_msgid(domain=settings.from_address.partition("@")[2]),
            sent_at=now,
        )
        return self._connector.open(settings, uid).send(message).reply


def _snapshot(tx: Transaction, document_id: int) -> Snapshot:
    body = tx.connection.scalar(
        select(DocumentSnapshot.body).where(
            DocumentSnapshot.document_id == document_id,
            DocumentSnapshot.company_id == tx.company_id,
        )
    )
    return Snapshot.from_json(body or "")
