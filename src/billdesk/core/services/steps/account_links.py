"""What becomes of an account's payment links when the company leaves it."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from billdesk.core.db.tables import Document, PaymentLink
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.outside import LIVE_LINKS
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.steps.follow import renew_link
from billdesk.core.services.steps.links import live_link
from billdesk.core.services.steps.renditions import do_without_link
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row


def follow_account(tx: Transaction, left: OnlinePayment) -> None:
    """Replace the links of the account ``left`` by ones of the account connected now.

    A new one is made when the old one cannot be paid any more.
    """
    count = 0
    for document in _documents(tx, left):
        link = live_link(tx, document)
        renew_link(tx, document, link.amount_minor if link is not None and link.is_part else None)
        count += 1
    if count:
        tx.audit("link.moved_account", f"company:{company_row(tx).uid}", after={"links": count})


def retire_account(tx: Transaction, left: OnlinePayment) -> None:
    """Switch off the links of the account ``left``."""
    count = 0
    for document in _documents(tx, left):
        do_without_link(tx, document)
        count += 1
    if count:
        tx.audit("link.left_account", f"company:{company_row(tx).uid}", after={"links": count})


def _documents(tx: Transaction, left: OnlinePayment) -> Iterator[Document]:
    """The documents whose link is asked for or can be paid in the account, oldest first."""
    found = tx.connection.scalars(
        select(PaymentLink.document_id)
        .where(*_of(tx, left), PaymentLink.state.in_([state.value for state in LIVE_LINKS]))
        .order_by(PaymentLink.document_id)
    ).all()
    for document_id in found:
        yield load(tx, Document, document_id)


def _of(tx: Transaction, account: OnlinePayment) -> tuple[ColumnElement[bool], ...]:
    return (
        PaymentLink.company_id == tx.company_id,
        PaymentLink.stripe_account == account.account,
        PaymentLink.livemode == account.livemode,
    )
