"""Write jobs for the outside in the transaction that wants them."""

from datetime import timedelta

from sqlalchemy import bindparam, insert, select

from billdesk.core.db.tables import Document, Outbox
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import JobKind, JobState, RenditionKind

# Built once: building a statement takes SQLAlchemy three times as long as running it.
_ADD_JOB = insert(Outbox)
_UNFINISHED = Outbox.state.in_((JobState.QUEUED.value, JobState.WORKING.value))
_WAITING_RENDER = select(Outbox.id).where(
    Outbox.company_id == bindparam("company"),
    Outbox.document_id == bindparam("document"),
    Outbox.kind == JobKind.RENDER.value,
    Outbox.rendition == bindparam("rendition"),
    _UNFINISHED,
)


def enqueue(
    tx: Transaction,
    kind: JobKind,
    document: Document | None,
    *,
    link_id: int | None = None,
    order_id: int | None = None,
    mail_id: int | None = None,
    rendition: str | None = None,
    waits_for_id: int | None = None,
    delay_s: int = 0,
) -> int:
    """Add a job; the worker takes it after ``delay_s`` seconds and what it waits for."""
    job = tx.connection.execute(
        _ADD_JOB,
        {
            "company_id": tx.company_id,
            "kind": kind.value,
            "document_id": None if document is None else document.id,
            "link_id": link_id,
            "order_id": order_id,
            "mail_id": mail_id,
            "rendition": rendition,
            "waits_for_id": waits_for_id,
            "state": JobState.QUEUED.value,
            "not_before_at": tx.now + timedelta(seconds=delay_s),
            "correlation_id": tx.correlation_id,
            "created_at": tx.now,
        },
    )
    (job_id,) = job.inserted_primary_key or (0,)
    return int(job_id)


def enqueue_render(
    tx: Transaction,
    document: Document,
    rendition: str = RenditionKind.ORIGINAL,
    *,
    waits_for_id: int | None = None,
) -> int:
    """Ask for a stored PDF; one waiting job per document and kind is enough."""
    waiting = tx.connection.scalar(
        _WAITING_RENDER,
        {"company": tx.company_id, "document": document.id, "rendition": rendition},
    )
    if waiting is not None:
        return waiting
    return enqueue(tx, JobKind.RENDER, document, rendition=rendition, waits_for_id=waits_for_id)


def waiting_job(tx: Transaction, document_id: int, *kinds: JobKind) -> int | None:
    """The newest job of these kinds that has not finished yet."""
    return tx.connection.scalar(
        select(Outbox.id)
        .where(
            Outbox.company_id == tx.company_id,
            Outbox.document_id == document_id,
            Outbox.kind.in_([kind.value for kind in kinds]),
            _UNFINISHED,
        )
        .order_by(Outbox.id.desc())
        .limit(1)
    )
