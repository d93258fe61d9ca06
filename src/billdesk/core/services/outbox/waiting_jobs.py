"""The outbox from the owner's side: do at once what waits, and once more what was given up."""

from sqlalchemy import Exists, exists, select, update

from billdesk.core.db.tables import Document, Mail, Outbox
from billdesk.core.db.unit_of_work import UnitOfWork, use_case
from billdesk.core.domain.errors import NotAllowed
from billdesk.core.domain.events import MailChanged, OutboxChanged
from billdesk.core.domain.outside import JobKind, JobState, MailState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.settings import stored_setting
from billdesk.core.services.outgoing_mail import MailConnector
from billdesk.core.services.steps.rows import load
from billdesk.core.services.stripe.connection import StripeConnector

# Links and mails that failed are asked for anew: what they said may be out of date.
_REPEATABLE = (JobKind.RENDER, JobKind.RETIRE_LINK)
# What nobody needs to miss; links and orders are about money and end in their own ways.
_DISMISSABLE = (JobKind.RENDER, JobKind.SEND_MAIL)


class WaitingJobService:
    """Jobs are the outbox's own; nothing here is about money, so only a repeat is audited."""

    def __init__(self, uow: UnitOfWork, stripe: StripeConnector, mail: MailConnector) -> None:
        self._uow = uow
        self._stripe = stripe
        self._mail = mail

    @use_case
    def try_now(self) -> int:
        """Let the worker do at once what waits for its next try; how many jobs.

        A service that was left alone is called again; mails that can still be withdrawn wait.
        """
        with self._uow.read() as connection:
            online = stored_setting(connection, self._uow.company_id, OnlinePayment)
        self._stripe.begin_afresh(livemode=online.livemode)
        self._mail.begin_afresh()
        with self._uow.write() as tx:
            hurried = tx.connection.execute(
                update(Outbox)
                .where(
                    Outbox.company_id == tx.company_id,
                    Outbox.done_at.is_(None),
                    Outbox.state == JobState.QUEUED.value,
                    Outbox.tries > 0,
                )
                .values(not_before_at=tx.now)
            )
            tx.tell(OutboxChanged(tx.company_id))
            return int(hurried.rowcount)

    @use_case
    def try_again(self, job_id: int) -> None:
        """Do a PDF or the end of a link once more that was given up.

        Raises ``NotFound``, or ``NotAllowed`` for a job that cannot be repeated.
        """
        with self._uow.write() as tx:
            job = load(tx, Outbox, job_id)
            if job.state != JobState.FAILED or job.kind not in _REPEATABLE:
                raise NotAllowed("This cannot be tried again here; open its document.")
            job.state = JobState.QUEUED.value
            job.done_at = None
            job.tries = 0
            job.error = ""
            job.not_before_at = tx.now
            if job.document_id is not None:
                document = load(tx, Document, job.document_id)
                tx.audit("outbox.tried_again", f"document:{document.uid}", after={"kind": job.kind})
            tx.tell(OutboxChanged(tx.company_id))

    @use_case
    def dismiss(self, job_id: int) -> None:
        """Be done with a PDF or a mail that was given up; it is told no more.

        Raises ``NotFound``, or ``NotAllowed`` for another job and while a mail waits for the PDF.
        """
        with self._uow.write() as tx:
            job = load(tx, Outbox, job_id)
            if job.state != JobState.FAILED or job.kind not in _DISMISSABLE:
                raise NotAllowed("This cannot be put aside here; open its document.")
            if tx.connection.scalar(select(_waits_for(tx.company_id, job_id))):
                raise NotAllowed("A mail waits for this PDF; withdraw the mail first.")
            job.state = JobState.CANCELLED.value
            if job.mail_id is not None:
                load(tx, Mail, job.mail_id).state = MailState.CANCELLED.value
                tx.tell(MailChanged(tx.company_id, job.document_id or 0))
            if job.document_id is not None:
                document = load(tx, Document, job.document_id)
                tx.audit("outbox.dismissed", f"document:{document.uid}", after={"kind": job.kind})
            tx.tell(OutboxChanged(tx.company_id))


def _waits_for(company_id: int, job_id: int) -> Exists:
    return exists().where(
        Outbox.company_id == company_id,
        Outbox.waits_for_id == job_id,
        Outbox.done_at.is_(None),
    )
