"""Which of our links a Stripe payment belongs to."""

from sqlalchemy import select

from billdesk.core.db.tables import Document, Install, PaymentLink
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import JobKind, LinkState
from billdesk.core.gateways.stripe.facts import PaymentSnapshot
from billdesk.core.services.steps.outbox import enqueue
from billdesk.core.services.steps.settings import company_row


def find_link(tx: Transaction, seen: PaymentSnapshot) -> PaymentLink | None:
    """The link by Stripe's id, else by our metadata; ``None`` when the payment is not ours.

    A link of ours whose id BillDesk never learnt (the answer was lost) is adopted; a second one
    with the same metadata is kept too, so that it can be switched off. ``client_reference_id`` is
    not looked at: the customer controls it.
    """
    stripe_id = seen.payment_link_id
    named = _by_metadata(tx, seen)
    if stripe_id is not None:
        link = tx.session.scalar(
            select(PaymentLink).where(
                PaymentLink.company_id == tx.company_id, PaymentLink.stripe_id == stripe_id
            )
        )
        if link is not None:
            # A stray was adopted under a row of its own, but its payment means the one it names.
            same = named is not None and named.document_id == link.document_id
            return named if same else link
    if named is None or stripe_id is None:
        return named
    if named.stripe_id is None:
        named.stripe_id = stripe_id
    else:
        _adopt_stray(tx, named, stripe_id)
    return named


def names_this_company(tx: Transaction, seen: PaymentSnapshot) -> bool:
    """Whether the payment's metadata says that these books asked for it."""
    metadata = seen.metadata
    install = tx.session.get_one(Install, 1)
    ours = (install.uid, company_row(tx).uid)
    return (metadata.get("install"), metadata.get("company")) == ours


def _by_metadata(tx: Transaction, seen: PaymentSnapshot) -> PaymentLink | None:
    if not names_this_company(tx, seen):
        return None
    return tx.session.scalar(
        select(PaymentLink).where(
            PaymentLink.company_id == tx.company_id,
            PaymentLink.uid == seen.metadata.get("link", ""),
        )
    )


def _adopt_stray(tx: Transaction, twin: PaymentLink, stripe_id: str) -> None:
    document = tx.session.get_one(Document, twin.document_id)
    newest = max(
        tx.connection.scalars(
            select(PaymentLink.revision).where(
                PaymentLink.company_id == tx.company_id, PaymentLink.document_id == document.id
            )
        )
    )
    stray = PaymentLink(
        uid=new_uid(),
        company_id=tx.company_id,
        document_id=document.id,
        revision=newest + 1,
        amount_minor=twin.amount_minor,
        currency=twin.currency,
        livemode=twin.livemode,
        stripe_account=twin.stripe_account,
        params=twin.params,
        idempotency_key=twin.idempotency_key,
        state=LinkState.RETIRING.value,
        stripe_id=stripe_id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(stray)
    tx.session.flush()
    enqueue(tx, JobKind.RETIRE_LINK, document, link_id=stray.id)
