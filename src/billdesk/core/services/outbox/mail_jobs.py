"""Mails from the worker's side: each fact is committed before the next step is taken."""

from dataclasses import dataclass

from sqlalchemy import select

from billdesk.core.db.archive import Archive
from billdesk.core.db.tables import Document, DocumentSnapshot, Mail, Outbox
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import MailChanged
from billdesk.core.domain.outside import JobState, MailState, RenditionKind
from billdesk.core.domain.settings import MailSettings
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.queries.sql.renditions import active_link, best_pdf
from billdesk.core.services.outbox.jobs import LONGEST_ERROR, MAYBE_SENT, Job, finish
from billdesk.core.services.steps.mail import MailToSend, enclosures_of
from billdesk.core.services.steps.renditions import render_without_link
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting


@dataclass(frozen=True, slots=True)
class MailHandover:
    """A mail about to be handed to the server of ``settings``."""

    mail: MailToSend
    settings: MailSettings


class MailJobService:
    """Transactions before and after a mail is handed over."""

    def __init__(self, uow: UnitOfWork, archive: Archive) -> None:
        self._uow = uow
        self._archive = archive

    @use_case
    def begin(self, job: Job) -> MailHandover | None:
        """Commit "sending" before the server is told anything; ``None`` when it was withdrawn."""
        with self._uow.write() as tx:
            mail = load(tx, Mail, job.mail_id or 0)
            if mail.state == MailState.SENDING:
                # An earlier try did not live to say how it went.
                self._end(tx, job, MailState.UNKNOWN, MAYBE_SENT)
                return None
            if mail.state != MailState.QUEUED or _is_untrue(tx, mail):
                if mail.state == MailState.QUEUED:
                    mail.state = MailState.CANCELLED.value
                    tx.tell(MailChanged(tx.company_id, mail.document_id))
                finish(tx, job, JobState.CANCELLED)
                return None
            pdf = best_pdf(tx.connection, tx.company_id, mail.document_id)
            if pdf is None:
                raise UserError("The invoice's PDF is missing, so the mail was not sent.")
            if pdf.shows_dead_link:
                _wait_for_true_pdf(tx, job)
                return None
            body = tx.connection.scalar(
                select(DocumentSnapshot.body).where(
                    DocumentSnapshot.company_id == tx.company_id,
                    DocumentSnapshot.document_id == mail.document_id,
                )
            )
            link = active_link(tx.connection, tx.company_id, mail.document_id)
            mail.state = MailState.SENDING.value
            mail.rendition_sha256 = pdf.sha256
            tx.tell(MailChanged(tx.company_id, mail.document_id))
            return MailHandover(
                MailToSend(
                    snapshot=Snapshot.from_json(body or ""),
                    recipient=mail.recipient,
                    subject=mail.subject,
                    body=mail.body,
                    message_id=mail.message_id,
                    sent_at=tx.now,
                    payment_url=link.url if link else None,
                    asked_minor=link.minor if link else None,
                    pdf=self._archive.get(pdf.sha256),
                    enclosures=enclosures_of(tx, self._archive, mail.document_id),
                    paid=RenditionKind.is_paid(pdf.kind),
                ),
                read_setting(tx, MailSettings),
            )

    @use_case
    def accepted(self, job: Job, reply: str) -> None:
        """The server took the mail: the document counts as sent."""
        with self._uow.write() as tx:
            mail = load(tx, Mail, job.mail_id or 0)
            mail.state = MailState.ACCEPTED.value
            mail.reply = reply[:LONGEST_ERROR]
            mail.error = ""
            mail.accepted_at = tx.now
            document = load(tx, Document, job.document_id)
            document.sent_at = document.sent_at or tx.now
            finish(tx, job, JobState.DONE)
            tx.audit(
                "mail.accepted",
                f"document:{document.uid}",
                after={"message_id": mail.message_id, "pdf_sha256": mail.rendition_sha256},
            )
            tx.tell(MailChanged(tx.company_id, document.id))

    @use_case
    def failed(self, job: Job, sentence: str) -> None:
        """The server will not take it; a person has to change something."""
        with self._uow.write() as tx:
            self._end(tx, job, MailState.FAILED, sentence)

    @use_case
    def unknown(self, job: Job) -> None:
        """The connection broke after the text was handed over: never resent by itself."""
        with self._uow.write() as tx:
            self._end(tx, job, MailState.UNKNOWN, MAYBE_SENT)

    @use_case
    def not_sent(self, job: Job, sentence: str) -> None:
        """Nothing was handed over: back to the queue (``OutboxService.retry_later`` follows)."""
        with self._uow.write() as tx:
            mail = load(tx, Mail, job.mail_id or 0)
            mail.state = MailState.QUEUED.value
            mail.error = sentence[:LONGEST_ERROR]
            tx.tell(MailChanged(tx.company_id, mail.document_id))

    @staticmethod
    def _end(tx: Transaction, job: Job, state: MailState, sentence: str) -> None:
        mail = load(tx, Mail, job.mail_id or 0)
        mail.state = state.value
        mail.error = sentence[:LONGEST_ERROR]
        finish(tx, job, JobState.FAILED, sentence)
        document = load(tx, Document, job.document_id)
        tx.audit(f"mail.{state.value}", f"document:{document.uid}", after={"error": sentence})
        tx.tell(MailChanged(tx.company_id, document.id))


def _wait_for_true_pdf(tx: Transaction, job: Job) -> None:
    """The link on the PDF was switched off meanwhile: the mail goes behind a PDF without it."""
    row = load(tx, Outbox, job.id)
    row.state = JobState.QUEUED.value
    row.claimed_by = row.lease_until_at = None
    row.tries = job.tries - 1
    row.waits_for_id = render_without_link(tx, load(tx, Document, job.document_id))


def _is_untrue(tx: Transaction, mail: Mail) -> bool:
    """Whether it confirms that a document is paid which is owed again."""
    if mail.settlement is None:
        return False
    return load(tx, Document, mail.document_id).open_minor != 0
