"""Which of our links a Stripe payment belongs to."""

import uuid
from collections.abc import Mapping

from sqlalchemy import func, select

from billdesk.core.db.tables import Document, PaymentLink
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.events import LinkChanged
from billdesk.core.domain.outside import OFF_LINKS, JobKind, LinkState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.facts import LinkFact, PaymentSnapshot
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.link_params import link_params
from billdesk.core.services.steps.links import retire_link
from billdesk.core.services.steps.outbox import enqueue
from billdesk.core.services.steps.renditions import render_without_link
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting


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
    if named is None and is_money(seen):
        return _lost_link(tx, seen)
    if named is None or stripe_id is None:
        return named
    if named.stripe_id is None:
        named.stripe_id = stripe_id
    else:
        _adopt_stray(tx, named, stripe_id)
    return named


def notice_link(tx: Transaction, fact: LinkFact) -> bool:
    """Notice a link that somebody switched off in the Dashboard; whether the books know it.

    One that was closed here and can be paid there once more is switched off again.
    """
    link = tx.session.scalar(
        select(PaymentLink).where(
            PaymentLink.company_id == tx.company_id, PaymentLink.stripe_id == fact.id
        )
    )
    if link is None:
        return False
    # Used up by a payment: applying that payment retires the link, this does not.
    used_up = fact.completed_sessions >= (fact.completed_limit or 1)
    if link.state == LinkState.ACTIVE and not fact.active and not used_up:
        link.state = LinkState.CLOSED.value
        link.error = "This payment link was switched off at Stripe."
        link.updated_at = tx.now
        render_without_link(tx, load(tx, Document, link.document_id))
        tx.tell(LinkChanged(tx.company_id, link.document_id))
    elif link.state in OFF_LINKS and fact.active:
        document = load(tx, Document, link.document_id)
        retire_link(tx, document, link)
        tx.audit(
            "link.switched_off_again",
            f"document:{document.uid}",
            after={"revision": link.revision},
        )
    return True


def is_money(seen: PaymentSnapshot) -> bool:
    """Whether money has come or is on its way; an abandoned pay page is nobody's concern."""
    return seen.intent is not None and seen.intent.status in ("succeeded", "processing")


def names_this_company(tx: Transaction, seen: PaymentSnapshot) -> bool:
    """Whether the payment's metadata says that these books asked for it."""
    return is_of_these_books(tx, seen.metadata)


def is_of_these_books(tx: Transaction, metadata: Mapping[str, str]) -> bool:
    """Whether ``metadata`` of a link or payment is what these books give to theirs."""
    install = install_row(tx)
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


def _lost_link(tx: Transaction, seen: PaymentSnapshot) -> PaymentLink | None:
    """The link of an invoice that these books have, made after the backup they come from.

    What it charged is signed in its metadata, so that its money is checked like any other. It is
    switched off; a newer one follows the balance.
    """
    intent = seen.intent
    if intent is None or not names_this_company(tx, seen):
        return None
    document = tx.session.scalar(
        select(Document).where(
            Document.company_id == tx.company_id,
            Document.uid == seen.metadata.get("invoice", ""),
            Document.issued_at.is_not(None),
        )
    )
    uid = seen.metadata.get("link", "")
    if document is None or not _is_uid(uid) or intent.currency != document.currency:
        return None
    revision = _newest_revision(tx, document) + 1
    amount_minor = intent.amount_minor
    params = link_params(tx, document, uid, revision, amount_minor, livemode=seen.livemode)
    link = PaymentLink(
        uid=uid,
        company_id=tx.company_id,
        document_id=document.id,
        revision=revision,
        amount_minor=amount_minor,
        currency=intent.currency,
        livemode=seen.livemode,
        stripe_account=read_setting(tx, OnlinePayment).account,
        params=canonical_json(params),
        idempotency_key="",
        state=(LinkState.CLOSED if seen.payment_link_id is None else LinkState.RETIRING).value,
        stripe_id=seen.payment_link_id,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(link)
    tx.session.flush()
    if seen.payment_link_id is not None:
        enqueue(tx, JobKind.RETIRE_LINK, document, link_id=link.id)
    tx.audit("link.found_again", f"document:{document.uid}", after={"revision": revision})
    return link


def _is_uid(text: str) -> bool:
    """Metadata is whatever somebody wrote."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _newest_revision(tx: Transaction, document: Document) -> int:
    newest = tx.connection.scalar(
        select(func.max(PaymentLink.revision)).where(
            PaymentLink.company_id == tx.company_id, PaymentLink.document_id == document.id
        )
    )
    return int(newest or 0)


def _adopt_stray(tx: Transaction, twin: PaymentLink, stripe_id: str) -> None:
    document = tx.session.get_one(Document, twin.document_id)
    stray = PaymentLink(
        uid=new_uid(),
        company_id=tx.company_id,
        document_id=document.id,
        revision=_newest_revision(tx, document) + 1,
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
