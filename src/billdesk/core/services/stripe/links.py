"""Payment links at the owner's request."""

from datetime import timedelta

from sqlalchemy import ColumnElement, literal_column, select

from billdesk.core.db.tables import Document, PaymentLink
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.actions import Action
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import LinkChanged
from billdesk.core.domain.outside import LIVE_LINKS, LinkState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.queries.settings import stored_setting
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.links import (
    live_link,
    renders_wait_for,
    request_link,
    retire_links,
)
from billdesk.core.services.steps.renditions import (
    do_without_link,
    render_link,
    render_without_link,
)
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import read_setting

# Spelled out, so that SQLite takes the index over the few links that are on.
_LIVE: list[ColumnElement[str]] = [literal_column(f"'{state.value}'") for state in LIVE_LINKS]


class LinkService:
    """Make, replace, switch off and do without payment links."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def request(self, document_id: int, minor: int | None = None) -> None:
        """Make a link over ``minor`` of what is open, replacing any older one.

        Without ``minor`` over what is due by the plan of instalments, or all that is open. Raises
        ``NotAllowed`` when nothing can be paid online, ``UserError`` for an amount Stripe cannot
        charge or more than is open.
        """
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            require(tx, Action.LINK, document)
            if not read_setting(tx, OnlinePayment).enabled:
                raise NotAllowed("Connect Stripe in Settings first.")
            if document.pending_minor or document.unexplained_refund_minor:
                raise NotAllowed("A payment for this invoice is under way or went back.")
            if minor is not None and not 0 < minor <= document.open_minor:
                raise UserError("A part is more than zero and no more than is open.", field="minor")
            job = request_link(tx, document, minor)
            render_link(tx, document, job)
            tx.audit("link.requested", f"document:{document.uid}")

    @use_case
    def switch_off(self, document_id: int) -> None:
        """Make sure nobody can pay through the document's links any more."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            do_without_link(tx, document)
            tx.audit("link.switched_off", f"document:{document.uid}")

    @use_case
    def switch_all_off(self) -> int:
        """Make sure nobody can pay through any link of the company; how many were on.

        Wanted before a company is closed: from then on nothing could be switched off.
        """
        with self._uow.write() as tx:
            documents = tx.session.scalars(
                select(Document)
                .where(
                    Document.company_id == tx.company_id,
                    Document.id.in_(
                        select(PaymentLink.document_id).where(
                            PaymentLink.company_id == tx.company_id,
                            PaymentLink.state.in_(_LIVE),
                        )
                    ),
                )
                .order_by(Document.id)
            ).all()
            for document in documents:
                do_without_link(tx, document)
                tx.audit("link.switched_off", f"document:{document.uid}")
            return len(documents)

    @use_case
    def continue_without(self, document_id: int) -> None:
        """Give up on a link that failed: PDF and mail go out without online payment."""
        with self._uow.write() as tx:
            document = load(tx, Document, document_id)
            link = live_link(tx, document)
            if link is not None and link.state != LinkState.QUEUED:
                raise NotAllowed("The payment link exists already; switch it off instead.")
            retire_links(tx, document)
            failed = newest_link(tx, document.id)
            if failed is not None and failed.error:
                failed.error = ""
                if failed.state == LinkState.FAILED:
                    failed.state = LinkState.CLOSED.value
            renders_wait_for(tx, document, None)
            render_without_link(tx, document)
            tx.audit("link.given_up", f"document:{document.uid}")
            tx.tell(LinkChanged(tx.company_id, document.id))

    @use_case
    def retire_expired(self) -> int:
        """Switch off links whose invoice has been due for longer than the setting; how many.

        Stripe's links have no expiry of their own (docs.stripe.com/payment-links/api). One that
        is still to be made is not made any more. A link that was asked for when its invoice was
        long due has as many days from then on, and one at least: somebody is about to pay it.
        """
        with self._uow.read() as connection:
            days = stored_setting(connection, self._uow.company_id, OnlinePayment).expiry_days
            expired = connection.scalars(
                select(Document.id)
                .join(PaymentLink, PaymentLink.document_id == Document.id)
                .where(
                    PaymentLink.company_id == self._uow.company_id,
                    PaymentLink.state.in_(_LIVE),
                    PaymentLink.created_at < self._uow.now() - timedelta(days=max(days, 1)),
                    Document.due_on < self._uow.today() - timedelta(days=days),
                )
                .order_by(Document.id)
            ).all()
        for document_id in expired:
            with self._uow.write() as tx:
                document = load(tx, Document, document_id)
                do_without_link(tx, document)
                tx.audit("link.expired", f"document:{document.uid}", after={"days": days})
        return len(expired)


def newest_link(tx: Transaction, document_id: int) -> PaymentLink | None:
    """The last link made for a document, whatever its state."""
    return tx.session.scalar(
        select(PaymentLink)
        .where(PaymentLink.document_id == document_id, PaymentLink.company_id == tx.company_id)
        .order_by(PaymentLink.revision.desc())
        .limit(1)
    )
