"""Settle debts from a payment or credit note, bring debts back, and post what moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from billdesk.core.db.tables import Allocation, Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import RECEIVABLE_KINDS
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.events import MoneyChanged, PaymentChanged
from billdesk.core.domain.ledger import EntryDraft, EntryKind, PostingDraft, Settlement
from billdesk.core.domain.movements import credit_role, movement_postings
from billdesk.core.domain.rounding import split_minor
from billdesk.core.services.steps.customer_groups import same_customer
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.follow import follow_balance
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settlement import (
    allocate,
    recompute_document,
    recompute_payment,
    settlement_of,
    worth_of,
)

# What debts are settled from and come back to.
Purse = Payment | Document


@dataclass(frozen=True, slots=True)
class Movement:
    """Money or credit that moves; every part in minor units of the purse's currency.

    ``settled`` are debts settled from the purse (negative: brought back); ``legs`` money accounts.
    ``credit_before`` and ``credit_after`` are what the purse has left.
    """

    kind: EntryKind
    purse: Purse
    on: date
    settled: Sequence[Settlement] = ()
    legs: Sequence[PostingDraft] = ()
    credit_before: int = 0
    credit_after: int = 0
    memo: str = ""
    taking_back: bool = False
    reverses_id: int | None = None
    # Unique with the kind; without one, the first of the allocations is it.
    source: tuple[str, str] | None = field(default=None)


def move(tx: Transaction, movement: Movement) -> int:
    """Write the allocations of ``movement`` and its entry; returns the entry's id.

    The amounts stored with purse and documents are recomputed by ``settle_down``.
    """
    purse = movement.purse
    rows = [allocate(tx, purse, part, movement.on) for part in movement.settled]
    worth = worth_of(purse)
    source_type, source_id = movement.source or ("allocation", str(min(rows, default=0)))
    return post(
        tx,
        EntryDraft(
            movement.kind,
            source_type,
            source_id,
            movement.on,
            movement_postings(
                currency=purse.currency,
                customer_id=purse.customer_id,
                legs=movement.legs,
                settled=movement.settled,
                credit=worth.part(movement.credit_after).minus(worth.part(movement.credit_before)),
                credit_of=credit_role(purse.customer_id),
                taking_back=movement.taking_back,
            ),
            memo=movement.memo,
            reverses_id=movement.reverses_id,
        ),
    )


def settle_down(tx: Transaction, purse: Purse, documents: Iterable[Document], on: date) -> None:
    """Recompute the purse and ``documents`` and let links, PDFs and windows follow."""
    touched = {document.id: document for document in documents}
    if isinstance(purse, Payment):
        recompute_payment(tx, purse)
        if purse.document_id is not None and purse.document_id not in touched:
            touched[purse.document_id] = load(tx, Document, purse.document_id)
    else:
        touched[purse.id] = purse
    for _, document in sorted(touched.items()):
        recompute_document(tx, document, on)
        if document.kind in RECEIVABLE_KINDS:
            follow_balance(tx, document)
        tx.tell(PaymentChanged(tx.company_id, document.id))
    if not touched:
        tx.tell(MoneyChanged(tx.company_id))


def left_in(purse: Purse) -> int:
    """What of a payment or credit note can still settle something, in minor units."""
    return purse.unallocated_minor if isinstance(purse, Payment) else purse.open_minor


def lock_documents(tx: Transaction, ids: Iterable[int | None]) -> dict[int, Document]:
    """The documents of ``ids``, locked in one order; ``None`` among them is left out.

    Raises ``NotFound``.
    """
    return {one: load(tx, Document, one) for one in sorted({i for i in ids if i is not None})}


def parts_to_settle(
    tx: Transaction,
    documents: Mapping[int, Document],
    wanted: Mapping[int, int],
    *,
    customer_id: int | None,
    currency: str,
) -> list[Settlement]:
    """The debts of ``customer_id`` that ``wanted`` (minor units by document) settles.

    Raises ``UserError`` for an amount that cannot be, ``NotAllowed`` for a document that money of
    this customer and currency cannot settle.
    """
    parts = []
    for document_id, minor in sorted(wanted.items()):
        document = documents[document_id]
        require_settleable(tx, document, customer_id=customer_id, currency=currency)
        if minor > document.open_minor:
            raise UserError(f"{document.number} has less open than that.", field="shares")
        parts.append(settlement_of(document, minor))
    return parts


def require_settleable(
    tx: Transaction, document: Document, *, customer_id: int | None, currency: str
) -> None:
    """Only an issued, valid debt of the same customer and currency can be settled."""
    require(tx, Action.PAY, document)
    if not same_customer(tx, customer_id, document.customer_id):
        raise NotAllowed(f"{document.number} is another customer's invoice.")
    if currency != document.currency:
        raise NotAllowed(f"{document.number} is in {document.currency}, not in {currency}.")


def settled_by(tx: Transaction, purse: Purse) -> dict[int, Settlement]:
    """What a payment or credit note settles now, by document."""
    of_purse = (
        Allocation.payment_id == purse.id
        if isinstance(purse, Payment)
        else Allocation.credit_note_id == purse.id
    )
    found: dict[int, Settlement] = {}
    for row in tx.connection.execute(
        select(
            Allocation.document_id, Allocation.minor, Allocation.base_minor, Document.customer_id
        )
        .join(Document, Document.id == Allocation.document_id)
        .where(Allocation.company_id == tx.company_id, of_purse)
        .order_by(Allocation.id)
    ):
        so_far = found.get(row.document_id, Settlement(row.document_id, 0, 0))
        found[row.document_id] = Settlement(
            row.document_id,
            so_far.minor + row.minor,
            so_far.base_minor + row.base_minor,
            row.customer_id,
        )
    return {one: part for one, part in found.items() if part.minor or part.base_minor}


def part_to_bring_back(settled: Settlement, minor: int) -> Settlement:
    """``minor`` of what was settled, as the debt that comes back; the last part takes it all."""
    base = split_minor(settled.base_minor, [minor, settled.minor - minor])[0]
    return Settlement(settled.document_id, -minor, -base, settled.customer_id)
