"""Money received by hand: the payment's row, what it settles, and its entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from billdesk.core.db.tables import Allocation, Document, Payment
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    PostingDraft,
    Settlement,
    reversed_postings,
    to_base,
)
from billdesk.core.domain.movements import (
    MONEY_ACCOUNT,
    Worth,
    credit_role,
    leg,
    movement_postings,
    received_legs,
)
from billdesk.core.domain.outside import PaymentMethod, PaymentState
from billdesk.core.domain.rounding import EXACT, round_half_away
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.services.steps.base_currency import base_value
from billdesk.core.services.steps.movements import (
    Movement,
    lock_documents,
    move,
    part_to_bring_back,
    settle_down,
    settled_by,
)
from billdesk.core.services.steps.posting import find_entry, post
from billdesk.core.services.steps.references import referring
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row
from billdesk.core.services.steps.settlement import allocate, settlement_of, worth_of

ONE = Decimal(1)
RATE_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived, in minor units of ``currency``: the currency of the debts it is for.

    ``exchange_rate`` is company currency per unit of ``currency`` on that day; ``None`` takes the
    documents'. ``received_minor`` of ``received_currency`` is what the bank was credited where
    that was in another currency; in the company's own it is the value, whatever the rate.
    """

    currency: str
    amount_minor: int
    method: PaymentMethod
    received_on: date
    reference: str = ""
    note: str = ""
    exchange_rate: Decimal | None = None
    received_currency: str | None = None
    received_minor: int | None = None


def base_of(
    tx: Transaction, money: Received, settled: Sequence[Settlement], document: Document | None
) -> int:
    """The value of what arrived in the company's currency.

    Raises ``UserError`` where only the rate of the day could tell.
    """
    base = company_row(tx).currency
    if money.currency == base:
        return money.amount_minor
    if money.received_currency == base and money.received_minor is not None:
        return money.received_minor
    if money.exchange_rate is not None:
        scale = exponent(money.currency)
        return to_base(money.amount_minor, scale, money.exchange_rate, exponent(base))
    if document is None:
        raise UserError(
            f"Give the exchange rate from {money.currency} to {base}.", field="exchange_rate"
        )
    rest = money.amount_minor - sum(part.minor for part in settled)
    known = sum(part.base_minor for part in settled)
    return known + base_value(tx, money.currency, document, rest)


def payment_row(
    tx: Transaction,
    money: Received,
    *,
    base_minor: int,
    customer_id: int | None,
    document: Document | None,
) -> Payment:
    """The row of a payment, not yet stored; ``document`` is what the payer meant."""
    return Payment(
        uid=new_uid(),
        company_id=tx.company_id,
        customer_id=customer_id,
        document_id=document.id if document is not None else None,
        method=money.method.value,
        state=PaymentState.SUCCEEDED.value,
        currency=money.currency,
        amount_minor=money.amount_minor,
        base_minor=base_minor,
        exchange_rate=_rate(tx, money, base_minor, document),
        received_currency=money.received_currency,
        received_minor=money.received_minor,
        received_on=money.received_on,
        reference=money.reference.strip(),
        note=money.note.strip(),
        created_at=tx.now,
        updated_at=tx.now,
    )


def _rate(tx: Transaction, money: Received, base_minor: int, document: Document | None) -> Decimal:
    """Company currency per unit of the payment's: as given, as it came out, or the document's."""
    base = company_row(tx).currency
    if money.currency == base:
        return ONE
    if money.received_currency == base:
        value = Decimal(base_minor).scaleb(-exponent(base))
        amount = Decimal(money.amount_minor).scaleb(-exponent(money.currency))
        return round_half_away(EXACT.divide(value, amount), RATE_DECIMALS)
    if money.exchange_rate is not None or document is None:
        return money.exchange_rate or ONE
    return document.exchange_rate


def new_payment(tx: Transaction, document: Document, money: Received) -> tuple[Payment, Settlement]:
    """The row of a payment for one ``document`` and the part that settles it."""
    settled = settlement_of(document, money.amount_minor)
    base_minor = base_of(tx, money, [settled], document)
    payment = payment_row(
        tx, money, base_minor=base_minor, customer_id=document.customer_id, document=document
    )
    return payment, settled


def money_legs(payment: Payment) -> tuple[PostingDraft, ...]:
    """The accounts on which the money of a payment arrived."""
    return received_legs(
        MONEY_ACCOUNT[PaymentMethod(payment.method)],
        payment.currency,
        worth_of(payment),
        payment.received_currency,
        payment.received_minor or 0,
    )


def receipt_entry(
    payment: Payment,
    settled: Sequence[Settlement],
    *,
    kind: EntryKind = EntryKind.RECEIVED,
    source: tuple[str, str] | None = None,
    memo: str = "",
) -> EntryDraft:
    """Money / receivables; what settles nothing: customer credit, without a customer suspense."""
    worth = worth_of(payment)
    rest = payment.amount_minor - sum(part.minor for part in settled)
    source_type, source_id = source or ("payment", payment.uid)
    return EntryDraft(
        kind,
        source_type,
        source_id,
        payment.received_on,
        movement_postings(
            currency=payment.currency,
            customer_id=payment.customer_id,
            legs=money_legs(payment),
            settled=[part for part in settled if part.minor],
            credit=Worth(rest, worth.part(rest).base_minor),
            credit_of=credit_role(payment.customer_id),
        ),
        memo=memo,
    )


def book_receipt(
    tx: Transaction,
    payment: Payment,
    parts: Sequence[Settlement],
    documents: Mapping[int, Document],
    *,
    kind: EntryKind = EntryKind.RECEIVED,
    source: tuple[str, str] | None = None,
    memo: str = "",
) -> date:
    """Post money on the day it came, and settle ``parts``; returns the day all of them are.

    A document of a later day is settled on its own day: nothing was owed before. Until then the
    money is the customer's credit.
    """
    came = payment.received_on
    day_of = {part.document_id: documents[part.document_id].issued_on or came for part in parts}
    now = [part for part in parts if day_of[part.document_id] <= came]
    post(tx, receipt_entry(payment, now, kind=kind, source=source, memo=memo))
    left = payment.amount_minor
    for part in now:
        if part.minor:
            allocate(tx, payment, part, came)
            left -= part.minor
    day = came
    for part in sorted(parts, key=lambda one: day_of[one.document_id]):
        if part.minor and day_of[part.document_id] > came:
            day = day_of[part.document_id]
            move(
                tx,
                Movement(
                    EntryKind.ALLOCATED,
                    payment,
                    day,
                    settled=[part],
                    credit_before=left,
                    credit_after=left - part.minor,
                    memo=memo,
                ),
            )
            left -= part.minor
    return day


def undo_receipt(tx: Transaction, payment: Payment) -> dict[int, Document]:
    """Take money recorded by hand back: its debts stand again. Returns their documents.

    A correction is booked on the day it is made: what was reported of the days before stays as it
    was.
    """
    return take_receipt_back(
        tx,
        payment,
        tx.today,
        kind=EntryKind.RECEIPT_UNDONE,
        source=("payment", payment.uid),
        reverses_id=find_entry(tx, "payment", payment.uid, EntryKind.RECEIVED),
        state=PaymentState.UNDONE,
    )


def take_receipt_back(
    tx: Transaction,
    payment: Payment,
    on: date,
    *,
    kind: EntryKind,
    source: tuple[str, str],
    reverses_id: int | None,
    state: PaymentState,
) -> dict[int, Document]:
    """Reverse what a payment's entries come to, whatever it was moved to since.

    On day ``on``, or that of the last thing it settled. What was given back of it by hand is lost
    with it: a bad debt. Returns the documents whose debts stand again.
    """
    settled = settled_by(tx, payment)
    last = tx.connection.scalar(
        select(func.max(Allocation.occurred_on)).where(
            Allocation.company_id == tx.company_id, Allocation.payment_id == payment.id
        )
    )
    day = max(on, payment.received_on, last or payment.received_on)
    documents = lock_documents(tx, [*settled, payment.document_id])
    move(
        tx,
        Movement(
            kind,
            payment,
            day,
            settled=[part_to_bring_back(part, part.minor) for part in settled.values()],
            legs=[*reversed_postings(money_legs(payment)), *_given_back(payment)],
            credit_before=payment.unallocated_minor,
            credit_after=0,
            taking_back=True,
            reverses_id=reverses_id,
            source=source,
        ),
    )
    payment.state = state.value
    payment.updated_at = tx.now
    settle_down(tx, payment, documents.values(), day)
    for _, document in sorted(documents.items()):
        _net_own_credit(tx, document, day)
    return documents


def _given_back(payment: Payment) -> tuple[PostingDraft, ...]:
    """What left the payment before, and that nobody got twice: its loss."""
    if not payment.returned_minor:
        return ()
    lost = worth_of(payment).part(payment.returned_minor)
    return (leg(Role.BAD_DEBT, payment.currency, lost, document_id=payment.document_id),)


def _net_own_credit(tx: Transaction, document: Document, on: date) -> None:
    """Let the credit notes of ``document`` settle the debt that stands again, as far as they can.

    They became the customer's credit only because the document was paid.
    """
    for one in referring(tx, document.id, DocumentReferenceKind.CREDITS):
        note = load(tx, Document, one)
        minor = min(note.open_minor, document.open_minor)
        if minor <= 0:
            continue
        day = max(on, note.issued_on or on)
        move(
            tx,
            Movement(
                EntryKind.ALLOCATED,
                note,
                day,
                settled=[settlement_of(document, minor)],
                credit_before=note.open_minor,
                credit_after=note.open_minor - minor,
                memo=document.number or "",
            ),
        )
        settle_down(tx, note, [document], day)
