"""Say what received money and credit notes settle, and change one's mind."""

from collections.abc import Iterable

from sqlalchemy import select

from billdesk.core.db.tables import Document, Payment
from billdesk.core.db.unit_of_work import Transaction, UnitOfWork, use_case
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.ledger import EntryKind, Settlement
from billdesk.core.domain.outside import RECEIVED
from billdesk.core.services.payments.inputs import Share, check_amount
from billdesk.core.services.steps.deductions import take_back_with
from billdesk.core.services.steps.movements import (
    Movement,
    Purse,
    left_in,
    lock_documents,
    move,
    part_to_bring_back,
    parts_to_settle,
    settle_down,
    settled_by,
)
from billdesk.core.services.steps.refund_orders import SAY_FIRST, require_unordered
from billdesk.core.services.steps.rows import load


class AllocationService:
    """Customer credit to debts and back. A purse is a payment or a credit note.

    Each of these is undone by its opposite: what was allocated is taken off, what was moved is
    moved back.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    @use_case
    def use_payment(self, payment_id: int, share: Share) -> None:
        """Let what a payment has left settle a debt of the same customer.

        Raises ``UserError`` for more than is left or open, ``NotAllowed`` for a document that it
        cannot settle.
        """
        check_amount(share.minor, "minor")
        with self._uow.write() as tx:
            purse, documents = _open_payment(tx, payment_id, [share.document_id])
            require_unordered(tx, purse, share.minor)
            _reallocate(tx, purse, documents, {share.document_id: share.minor}, "credit.used")

    @use_case
    def use_credit_note(self, credit_note_id: int, share: Share) -> None:
        """Let what a credit note has open settle a debt of the same customer; raises as above."""
        check_amount(share.minor, "minor")
        with self._uow.write() as tx:
            purse, documents = _open_note(tx, credit_note_id, [share.document_id])
            require_unordered(tx, purse, share.minor)
            _reallocate(tx, purse, documents, {share.document_id: share.minor}, "credit.used")

    @use_case
    def take_off(self, payment_id: int, document_id: int, minor: int | None = None) -> int:
        """Take ``minor`` (or all) of what a payment settles of a document off: credit again.

        What was taken off, in minor units. Raises ``UserError`` for more than it settles.
        """
        with self._uow.write() as tx:
            purse, documents = _open_payment(tx, payment_id, [document_id])
            changes = {document_id: _all_of(minor)}
            return _reallocate(tx, purse, documents, changes, "credit.taken_off")

    @use_case
    def take_note_off(self, credit_note_id: int, document_id: int, minor: int | None = None) -> int:
        """As ``take_off``, for what a credit note settles."""
        with self._uow.write() as tx:
            purse, documents = _open_note(tx, credit_note_id, [document_id])
            changes = {document_id: _all_of(minor)}
            return _reallocate(tx, purse, documents, changes, "credit.taken_off")

    @use_case
    def move(self, payment_id: int, from_document_id: int, to: Share) -> None:
        """Let ``to.minor`` of what a payment settles of one document settle another one.

        Raises ``UserError`` and ``NotAllowed`` as taking off and using do.
        """
        check_amount(to.minor, "minor")
        if from_document_id == to.document_id:
            raise UserError("Choose another invoice to move it to.", field="document_id")
        with self._uow.write() as tx:
            purse, documents = _open_payment(tx, payment_id, [from_document_id, to.document_id])
            changes = {from_document_id: -to.minor, to.document_id: to.minor}
            _reallocate(tx, purse, documents, changes, "credit.moved")


_EVERYTHING = 0


def _all_of(minor: int | None) -> int:
    """The change for taking off; ``_EVERYTHING`` stands for whatever is settled."""
    if minor is None:
        return _EVERYTHING
    check_amount(minor, "minor")
    return -minor


def _open_payment(
    tx: Transaction, payment_id: int, documents: Iterable[int]
) -> tuple[Payment, dict[int, Document]]:
    meant = tx.connection.scalar(
        select(Payment.document_id).where(
            Payment.id == payment_id, Payment.company_id == tx.company_id
        )
    )
    locked = lock_documents(tx, [*documents, meant])
    payment = load(tx, Payment, payment_id)
    if payment.state not in RECEIVED:
        raise NotAllowed("This payment has not arrived or was undone.")
    if payment.customer_id is None:
        raise NotAllowed("Set the customer of this money first.")
    if payment.refunded_minor > payment.explained_minor:
        raise NotAllowed(SAY_FIRST)
    return payment, {one: locked[one] for one in documents}


def _open_note(
    tx: Transaction, credit_note_id: int, documents: Iterable[int]
) -> tuple[Document, dict[int, Document]]:
    locked = lock_documents(tx, [*documents, credit_note_id])
    note = locked[credit_note_id]
    if note.kind != DocumentKind.CREDIT_NOTE or note.issued_at is None:
        raise NotAllowed("Only an issued credit note is used.")
    return note, {one: locked[one] for one in documents}


def _reallocate(
    tx: Transaction,
    purse: Purse,
    documents: dict[int, Document],
    changes: dict[int, int],
    action: str,
) -> int:
    """Bring debts back (negative changes) and settle others, in one entry; what came back."""
    now = settled_by(tx, purse)
    back = [
        _bring_back(documents[one], now.get(one), -minor)
        for one, minor in sorted(changes.items())
        if minor <= 0
    ]
    settled = parts_to_settle(
        tx,
        documents,
        {one: minor for one, minor in changes.items() if minor > 0},
        customer_id=purse.customer_id,
        currency=purse.currency,
    )
    before = left_in(purse)
    after = before - sum(part.minor for part in (*back, *settled))
    if after < 0:
        raise UserError("There is not that much left.", field="minor")
    move(
        tx,
        Movement(
            EntryKind.ALLOCATED,
            purse,
            tx.today,
            settled=[*back, *settled],
            credit_before=before,
            credit_after=after,
            memo=", ".join(document.number or "" for document in documents.values()),
            taking_back=not settled,
        ),
    )
    settle_down(tx, purse, documents.values(), tx.today)
    if isinstance(purse, Payment):
        take_back_with(tx, purse, [part.document_id for part in back])
    source = "payment" if isinstance(purse, Payment) else "credit_note"
    for part in (*back, *settled):
        document = documents[part.document_id]
        tx.audit(
            action,
            f"document:{document.uid}",
            before={"open_minor": document.open_minor + part.minor},
            after={
                "open_minor": document.open_minor,
                "minor": abs(part.minor),
                "currency": purse.currency,
                source: purse.uid,
            },
        )
    return -sum(part.minor for part in back)


def _bring_back(document: Document, settled: Settlement | None, minor: int) -> Settlement:
    if settled is None or settled.minor <= 0 or minor > settled.minor:
        raise UserError(f"It settles less of {document.number} than that.", field="minor")
    return part_to_bring_back(settled, minor if minor else settled.minor)
