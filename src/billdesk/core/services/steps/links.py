"""Payment links follow the document: asked for, replaced and retired in its transactions."""

import uuid

from sqlalchemy import bindparam, func, select, update

from billdesk.core.db.tables import Document, Outbox, PaymentLink
from billdesk.core.db.tables import Instalment as InstalmentRow
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.events import LinkChanged
from billdesk.core.domain.instalments import Instalment, asked_minor
from billdesk.core.domain.outside import LIVE_LINKS, JobKind, JobState, LinkState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.link_params import link_params
from billdesk.core.services.steps.outbox import enqueue, waiting_job
from billdesk.core.services.steps.settings import read_setting

# Built once: building a statement takes SQLAlchemy three times as long as running it.
_LIVE = (
    select(PaymentLink)
    .where(
        PaymentLink.company_id == bindparam("company"),
        PaymentLink.document_id == bindparam("document"),
        PaymentLink.state.in_([state.value for state in LIVE_LINKS]),
    )
    .order_by(PaymentLink.id)
)

_PLAN = (
    select(InstalmentRow.due_on, InstalmentRow.minor)
    .where(
        InstalmentRow.company_id == bindparam("company"),
        InstalmentRow.document_id == bindparam("document"),
    )
    .order_by(InstalmentRow.position)
)


def live_link(tx: Transaction, document: Document) -> PaymentLink | None:
    """The link that is being made or can be paid."""
    return tx.session.scalar(_LIVE, {"company": tx.company_id, "document": document.id})


def request_link(tx: Transaction, document: Document, minor: int | None = None) -> int:
    """Ask for a link, retiring an older one first; the job's id.

    It asks for ``minor``, at most what is open; without it for what is due by the plan of
    instalments, or all that is open. Parameters and idempotency key are stored here, before
    anything is sent: a retry resends those very bytes (Stripe: "Idempotent requests"). Raises
    ``UserError`` when Stripe cannot charge it.
    """
    amount_minor = amount_to_ask(tx, document) if minor is None else min(minor, document.open_minor)
    is_part = amount_minor < document.open_minor
    settings = read_setting(tx, OnlinePayment)
    retirement = retire_links(tx, document) or pending_retirement(tx, document, settings.account)
    revision = 1 + int(
        tx.connection.scalar(
            select(func.coalesce(func.max(PaymentLink.revision), 0)).where(
                PaymentLink.company_id == tx.company_id, PaymentLink.document_id == document.id
            )
        )
        or 0
    )
    uid = new_uid()
    install = install_row(tx)
    params = link_params(
        tx, document, uid, revision, amount_minor, livemode=settings.livemode, is_part=is_part
    )
    link = PaymentLink(
        uid=uid,
        company_id=tx.company_id,
        document_id=document.id,
        revision=revision,
        amount_minor=amount_minor,
        is_part=is_part,
        currency=document.currency,
        livemode=settings.livemode,
        stripe_account=settings.account,
        params=canonical_json(params),
        idempotency_key=f"bd1:{install.uid[:8]}:link:{uuid.uuid4()}",
        state=LinkState.QUEUED.value,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(link)
    tx.session.flush()
    tx.tell(LinkChanged(tx.company_id, document.id))
    job = enqueue(tx, JobKind.CREATE_LINK, document, link_id=link.id, waits_for_id=retirement)
    renders_wait_for(tx, document, job)
    return job


def plan_of(tx: Transaction, document: Document) -> tuple[Instalment, ...]:
    """The plan of instalments, first part first; empty without one."""
    rows = tx.connection.execute(_PLAN, {"company": tx.company_id, "document": document.id})
    return tuple(Instalment(row.due_on, row.minor) for row in rows)


def amount_to_ask(tx: Transaction, document: Document) -> int:
    """What a link asks for today: what is due by the plan, all that is open without one."""
    return asked_minor(plan_of(tx, document), document.open_minor, tx.today)


def renders_wait_for(tx: Transaction, document: Document, job_id: int | None) -> None:
    """Let PDFs that wait for a link that will never come wait for ``job_id`` instead, or not."""
    tx.connection.execute(
        update(Outbox)
        .where(
            Outbox.company_id == tx.company_id,
            Outbox.document_id == document.id,
            Outbox.kind == JobKind.RENDER.value,
            Outbox.state == JobState.QUEUED.value,
        )
        .values(waits_for_id=job_id)
    )


def retire_links(tx: Transaction, document: Document) -> int | None:
    """Switch off whatever of the document can still be paid; the id of the last such job.

    A link that was never sent is closed here; one that may exist at Stripe gets a job.
    """
    last_job = None
    for link in tx.session.scalars(_LIVE, {"company": tx.company_id, "document": document.id}):
        if link.state == LinkState.QUEUED:
            link.state = LinkState.CLOSED.value
            _cancel_creation(tx, link)
            link.updated_at = tx.now
            tx.tell(LinkChanged(tx.company_id, document.id))
        else:
            last_job = retire_link(tx, document, link)
    tx.session.flush()
    return last_job


def retire_link(tx: Transaction, document: Document, link: PaymentLink) -> int:
    """Have a link that may exist at Stripe switched off there; the id of the job."""
    # Its creation may be under way: only when that has answered is there an id to retire.
    sent = link.state == LinkState.SENT
    before = waiting_job(tx, document.id, JobKind.CREATE_LINK) if sent else None
    job = enqueue(tx, JobKind.RETIRE_LINK, document, link_id=link.id, waits_for_id=before)
    link.state = LinkState.RETIRING.value
    link.updated_at = tx.now
    tx.tell(LinkChanged(tx.company_id, document.id))
    return job


def pending_retirement(tx: Transaction, document: Document, account: str) -> int | None:
    """The job that still has to switch off an earlier link of the document.

    One made in another account waits for a person, and nothing can wait for that.
    """
    return tx.connection.scalar(
        select(func.max(Outbox.id))
        .join(PaymentLink, PaymentLink.id == Outbox.link_id)
        .where(
            Outbox.company_id == tx.company_id,
            Outbox.document_id == document.id,
            Outbox.kind == JobKind.RETIRE_LINK.value,
            Outbox.done_at.is_(None),
            PaymentLink.company_id == tx.company_id,
            PaymentLink.stripe_account == account,
        )
    )


def _cancel_creation(tx: Transaction, link: PaymentLink) -> None:
    for job in tx.session.scalars(
        select(Outbox).where(
            Outbox.link_id == link.id,
            Outbox.kind == JobKind.CREATE_LINK.value,
            Outbox.state.in_((JobState.QUEUED.value, JobState.WORKING.value)),
        )
    ):
        job.state = JobState.CANCELLED.value
        job.done_at = tx.now
