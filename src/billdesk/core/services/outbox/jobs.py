"""The outbox from the worker's side: take a job, say how it went. No network in here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select, update
from sqlalchemy.orm import aliased

from billdesk.core.db.tables import Document, Mail, Outbox
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.events import MailChanged
from billdesk.core.domain.outside import JobKind, JobState, MailState
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.waiting import due_at, due_by

LEASE = timedelta(minutes=2)
LONGEST_ERROR = 500
MAYBE_SENT = (
    "BillDesk stopped while this mail was being handed over. It may have been sent; ask the "
    "customer before sending it again."
)

# A worker whose lease ran out is given up; a lease longer than any was taken by a clock ahead.
_LEASE_ENDED: ColumnElement[bool] = or_(
    Outbox.lease_until_at < bindparam("lease_now"),
    Outbox.lease_until_at > bindparam("longest_lease"),
)
# Built once: a desk asks every second, and building takes longer than running.
_BEFORE = aliased(Outbox)
_DUE = (
    select(Outbox.__table__)
    .outerjoin(_BEFORE, _BEFORE.id == Outbox.waits_for_id)
    .where(
        Outbox.company_id == bindparam("company"),
        Outbox.done_at.is_(None),
        Outbox.kind.in_(bindparam("kinds", expanding=True)),
        due_at(Outbox.not_before_at),
        or_(
            Outbox.state == JobState.QUEUED.value,
            and_(Outbox.state == JobState.WORKING.value, _LEASE_ENDED),
        ),
        or_(
            Outbox.waits_for_id.is_(None),
            _BEFORE.state.in_((JobState.DONE.value, JobState.CANCELLED.value)),
        ),
    )
    .order_by(Outbox.not_before_at, Outbox.id)
    .limit(1)
)
_SOMETHING_DUE = (
    select(Outbox.id)
    .where(
        Outbox.company_id == bindparam("company"),
        Outbox.done_at.is_(None),
        Outbox.state.in_((JobState.QUEUED.value, JobState.WORKING.value)),
        due_at(Outbox.not_before_at),
    )
    .limit(1)
)
_TAKE = (
    update(Outbox)
    .where(
        Outbox.company_id == bindparam("company"),
        Outbox.id == bindparam("job"),
        Outbox.state == bindparam("found"),
        Outbox.tries == bindparam("tried"),
    )
    .values(
        state=bindparam("taken_state"),
        claimed_by=bindparam("worker"),
        lease_until_at=bindparam("lease"),
        tries=bindparam("try"),
    )
)


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was taken; ``tries`` counts this one.

    ``document_id`` is 0 for an order about money of no document.
    """

    id: int
    kind: JobKind
    document_id: int
    link_id: int | None
    order_id: int | None
    mail_id: int | None
    rendition: str | None
    tries: int
    correlation_id: str


class OutboxService:
    """Claim jobs with a lease and record their outcome."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def claim(self, worker: str, kinds: tuple[JobKind, ...]) -> Job | None:
        """Take the oldest job of ``kinds`` that is due, or ``None``.

        A job whose lease ran out belongs to a worker that died and is taken again, except a mail
        that was being handed over: that one may have been sent and becomes a question.
        """
        with self._uow.write() as tx:
            row = self._due(tx, kinds)
            if row is not None and row.state == JobState.WORKING:
                self._give_up_interrupted_mail(tx)
                row = self._due(tx, kinds)
            if row is None:
                return None
            taken = tx.connection.execute(
                _TAKE,
                {
                    "company": tx.company_id,
                    "job": row.id,
                    "found": row.state,
                    "tried": row.tries,
                    "taken_state": JobState.WORKING.value,
                    "worker": worker,
                    "lease": tx.now + LEASE,
                    "try": row.tries + 1,
                },
            )
            if taken.rowcount != 1:
                return None
            return Job(
                row.id,
                JobKind(row.kind),
                row.document_id or 0,
                row.link_id,
                row.order_id,
                row.mail_id,
                row.rendition,
                row.tries + 1,
                row.correlation_id,
            )

    @use_case
    def retry_later(self, job: Job, sentence: str, delay_s: float) -> None:
        """Put a job back; it is tried again after ``delay_s`` seconds."""
        with self._uow.write() as tx:
            row = load(tx, Outbox, job.id)
            if row.state == JobState.WORKING:
                row.state = JobState.QUEUED.value
                row.claimed_by = row.lease_until_at = None
                row.not_before_at = tx.now + timedelta(seconds=delay_s)
                row.error = sentence[:LONGEST_ERROR]

    @use_case
    def fail(self, job: Job, sentence: str) -> None:
        """Give a job up; a person has to look at it."""
        with self._uow.write() as tx:
            finish(tx, job, JobState.FAILED, sentence)

    def is_something_due(self) -> bool:
        """A look without the write lock: the worker asks every second."""
        with self._uow.read() as connection:
            found = connection.scalar(
                _SOMETHING_DUE, {"company": self._uow.company_id, **due_by(self._uow.now())}
            )
        return found is not None

    @staticmethod
    def _due(tx: Transaction, kinds: tuple[JobKind, ...]) -> Row[Any] | None:
        return tx.connection.execute(
            _DUE,
            {
                "company": tx.company_id,
                "kinds": [kind.value for kind in kinds],
                **due_by(tx.now),
                **_lease_by(tx.now),
            },
        ).first()

    @staticmethod
    def _give_up_interrupted_mail(tx: Transaction) -> None:
        stuck = tx.session.execute(
            select(Outbox, Mail)
            .join(Mail, Mail.id == Outbox.mail_id)
            .where(
                Outbox.company_id == tx.company_id,
                Outbox.done_at.is_(None),
                Outbox.state == JobState.WORKING.value,
                _LEASE_ENDED,
                Mail.state == MailState.SENDING.value,
            ),
            _lease_by(tx.now),
        ).all()
        for job, mail in stuck:
            job.state = JobState.FAILED.value
            job.done_at = tx.now
            job.error = MAYBE_SENT
            mail.state = MailState.UNKNOWN.value
            mail.error = MAYBE_SENT
            document = load(tx, Document, mail.document_id)
            tx.audit("mail.unknown", f"document:{document.uid}")
            tx.tell(MailChanged(tx.company_id, mail.document_id))
        tx.session.flush()


def _lease_by(now: datetime) -> dict[str, datetime]:
    """What ``_LEASE_ENDED`` compares with."""
    return {"lease_now": now, "longest_lease": now + 2 * LEASE}


def finish(tx: Transaction, job: Job, state: JobState, sentence: str = "") -> bool:
    """Close the job's row; ``False`` when it was cancelled or finished meanwhile."""
    row = load(tx, Outbox, job.id)
    if row.state != JobState.WORKING:
        return False
    row.state = state.value
    row.done_at = tx.now
    row.claimed_by = row.lease_until_at = None
    row.error = sentence[:LONGEST_ERROR]
    tx.session.flush()
    return True
