"""Money that goes back: out of a payment or a credit note, what it means, and back again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from billdesk.core.db.tables import Document, LedgerEntry, Payment, Refund
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.ledger import EntryKind, PostingDraft, Settlement, reversed_postings
from billdesk.core.domain.movements import Worth, leg
from billdesk.core.domain.proportion import share_of
from billdesk.core.domain.questions import WENT_BACK
from billdesk.core.domain.settlement import DocumentReferenceKind, RefundMeaning
from billdesk.core.queries.sql.credited import credited_minor
from billdesk.core.services.steps.credit import CreditInput, make_credit_note
from billdesk.core.services.steps.deductions import take_back_with
from billdesk.core.services.steps.movements import (
    Movement,
    Purse,
    left_in,
    lock_documents,
    move,
    part_to_bring_back,
    settle_down,
    settled_by,
)
from billdesk.core.services.steps.paid_out import ordered_minor
from billdesk.core.services.steps.posting import postings_of
from billdesk.core.services.steps.references import referring
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settlement import (
    recompute_payment,
    recompute_refunds,
    settlement_of,
)
from billdesk.core.services.steps.withholding import kept_back

# Accounts a refund takes the customer's side from; the others are where the money went.
_CUSTOMERS_SIDE = frozenset(
    {
        Role.RECEIVABLE,
        Role.CUSTOMER_CREDIT,
        Role.SUSPENSE,
        Role.EXCHANGE_GAIN,
        Role.EXCHANGE_LOSS,
    }
)
_BRINGS_DEBT_BACK = frozenset({RefundMeaning.REOPENED, RefundMeaning.DISPUTE_LOST})
Source = tuple[str, str]


def take_out(
    tx: Transaction,
    purse: Purse,
    refund: Refund,
    legs: Sequence[PostingDraft],
    *,
    kind: EntryKind,
    source: Source,
    on: date,
    document_id: int | None = None,
) -> int:
    """Post what ``refund`` means for the customer against ``legs``; returns the entry's id.

    A debt that comes back is the one of ``document_id``, else of the document the payer meant, else
    any that the payment settles. Raises ``UserError`` where there is less than went back.
    """
    meaning = RefundMeaning(refund.meaning)
    before = after = left_in(purse)
    back: list[Settlement] = []
    if meaning is RefundMeaning.GOODWILL:
        cost = Worth(refund.minor, refund.base_minor)
        legs = [*legs, leg(Role.GOODWILL, refund.currency, cost)]
    elif meaning in _BRINGS_DEBT_BACK and isinstance(purse, Payment):
        back = _debts(tx, purse, refund.minor, document_id)
        after = before - refund.minor - sum(part.minor for part in back)
    else:
        after = before - refund.minor
    if after < 0:
        raise UserError("There is less than that to give back.", field="minor")
    documents = lock_documents(tx, [part.document_id for part in back])
    entry = move(
        tx,
        Movement(
            kind,
            purse,
            on,
            settled=back,
            legs=legs,
            credit_before=before,
            credit_after=after,
            taking_back=True,
            source=source,
        ),
    )
    _recompute(tx, purse, refund, documents, on)
    if isinstance(purse, Payment) and back:
        take_back_with(tx, purse, documents)
    return entry


def is_enough(tx: Transaction, purse: Purse, refund: Refund) -> bool:
    """Whether ``take_out`` finds in ``purse`` what ``refund`` means."""
    meaning = RefundMeaning(refund.meaning)
    if meaning is RefundMeaning.GOODWILL:
        return True
    there = left_in(purse)
    if meaning in _BRINGS_DEBT_BACK and isinstance(purse, Payment):
        there -= sum(part.minor for part in _debts(tx, purse, refund.minor, None))
    return there >= refund.minor


def put_back(
    tx: Transaction, purse: Purse, refund: Refund, entry: int, *, source: Source, on: date
) -> None:
    """Reverse ``entry`` of a refund that did not happen after all, or meant something else.

    Call it after the refund's row was changed. Debts that had come back are settled again as far as
    they are still open; the rest is credit.
    """
    postings = postings_of(tx, entry)
    legs = reversed_postings(p for p in postings if p.role not in _CUSTOMERS_SIDE)
    reopened = {
        p.document_id: p.minor
        for p in postings
        if p.role is Role.RECEIVABLE and p.document_id is not None
    }
    documents = lock_documents(tx, reopened)
    again = [
        settlement_of(document, min(reopened[one], document.open_minor))
        for one, document in documents.items()
        if document.open_minor > 0
    ]
    taken = sum(p.minor for p in postings if p.role in (Role.CUSTOMER_CREDIT, Role.SUSPENSE))
    before = left_in(purse)
    after = before + taken + sum(reopened.values()) - sum(part.minor for part in again)
    move(
        tx,
        Movement(
            EntryKind.REFUND_UNDONE,
            purse,
            on,
            settled=again,
            legs=legs,
            credit_before=before,
            credit_after=after,
            reverses_id=entry,
            source=source,
        ),
    )
    _recompute(tx, purse, refund, documents, on)


def credit_for(tx: Transaction, refund: Refund, payment: Payment, reason: str) -> Document:
    """A credit note over what was refunded, with all of it open; its series must be locked.

    One of the invoice that still has as much to give is what was paid out: the sale is taken back
    once. Where the invoice is not paid in full, a new note first settles what is open of it: that
    is taken off again, since the money went back. Raises as ``make_credit_note`` does.
    """
    if payment.document_id is None:
        raise NotAllowed("This payment is for no invoice that could be credited.")
    invoice = lock_documents(tx, [payment.document_id])[payment.document_id]
    for one in referring(tx, invoice.id, DocumentReferenceKind.CREDITS):
        standing = load(tx, Document, one)
        if standing.open_minor - ordered_minor(tx, standing) >= refund.minor:
            return standing
    left = invoice.total_minor - credited_minor(tx.connection, tx.company_id, invoice.id)
    # Money that came back is what was paid: the tax that was kept back of its part belongs to it.
    kept_minor = min(kept_back(tx, invoice), left)
    paid_minor = left - kept_minor
    whole = paid_minor == refund.minor and not invoice.prepaid_minor
    amount = refund.minor
    if kept_minor and paid_minor:
        amount = share_of(refund.minor, paid_minor, left)
    note = make_credit_note(
        tx, CreditInput(invoice.id, amount_minor=None if whole else amount, reason=reason)
    )
    missing = refund.minor - note.open_minor
    settled = settled_by(tx, note).get(invoice.id)
    if missing > 0 and settled is not None:
        move(
            tx,
            Movement(
                EntryKind.ALLOCATED,
                note,
                tx.today,
                settled=[part_to_bring_back(settled, missing)],
                credit_before=note.open_minor,
                credit_after=refund.minor,
                memo=note.number or "",
                taking_back=True,
            ),
        )
        settle_down(tx, note, [invoice], tx.today)
    return note


def purse_of(tx: Transaction, refund: Refund) -> Purse:
    """The payment or credit note that a refund came out of, with what it touches locked."""
    payment_id, note_id = refund.payment_id, refund.credit_note_id
    if payment_id is None and note_id is None:
        raise NotAllowed("This refund has no payment.")
    meant = None
    if payment_id is not None:
        meant = tx.connection.scalar(
            select(Payment.document_id).where(
                Payment.company_id == tx.company_id, Payment.id == payment_id
            )
        )
    documents = lock_documents(tx, [meant, note_id])
    if note_id is not None:
        return documents[note_id]
    return tx.session.get_one(Payment, payment_id, with_for_update={"key_share": True})


def explanation_of(tx: Transaction, refund: Refund) -> int | None:
    """The entry that explains a refund made at Stripe, as long as it stands."""
    return tx.connection.scalar(
        select(LedgerEntry.id)
        .where(
            LedgerEntry.company_id == tx.company_id,
            LedgerEntry.source_type == "refund_meaning",
            LedgerEntry.source_id > f"{refund.uid}:",
            LedgerEntry.source_id < f"{refund.uid};",
            LedgerEntry.kind == EntryKind.REFUND_EXPLAINED.value,
        )
        .order_by(LedgerEntry.id.desc())
        .limit(1)
    )


def change_of(refund: Refund) -> Source:
    """The unique source of what a refund is now said to mean; its version rises with each."""
    return "refund_meaning", f"{refund.uid}:{refund.version}"


def to_explain(refund: Refund, document_id: int | None) -> PostingDraft:
    """Refunds to explain, lowered by this one."""
    gone = Worth(0, 0).minus(Worth(refund.minor, refund.base_minor))
    return leg(Role.REFUNDS_TO_EXPLAIN, refund.currency, gone, document_id=document_id)


def ask_about_refunds(payment: Payment) -> None:
    """Ask the owner about refunds without a meaning; the question goes with its reason."""
    review(payment, WENT_BACK, wanted=payment.refunded_minor > payment.explained_minor)


def review(payment: Payment, sentence: str, *, wanted: bool) -> None:
    """Ask the owner to decide; the question goes away when its reason does."""
    if wanted:
        payment.review = sentence
    elif payment.review == sentence:
        payment.review = ""


def _debts(
    tx: Transaction, payment: Payment, minor: int, document_id: int | None
) -> list[Settlement]:
    """Of what ``payment`` settles, the debts that come back when ``minor`` goes out of it."""
    settled = settled_by(tx, payment)
    first = document_id or payment.document_id
    if document_id is not None and document_id not in settled:
        raise UserError("The payment does not settle this invoice.", field="document_id")
    found = []
    for one in sorted(settled, key=lambda one: (one != first, -one)):
        part = min(minor, settled[one].minor)
        if part > 0:
            found.append(part_to_bring_back(settled[one], part))
            minor -= part
    return found


def _recompute(
    tx: Transaction, purse: Purse, refund: Refund, documents: dict[int, Document], on: date
) -> None:
    if isinstance(purse, Payment):
        recompute_refunds(tx, purse)
        ask_about_refunds(purse)
        settle_down(tx, purse, documents.values(), on)
        return
    named = None
    if refund.payment_id is not None:
        payment = tx.session.get_one(Payment, refund.payment_id)
        recompute_refunds(tx, payment)
        recompute_payment(tx, payment)
        ask_about_refunds(payment)
        named = payment.document_id
    settle_down(tx, purse, lock_documents(tx, [named, *documents]).values(), on)


def dispute_legs(
    postings: Sequence[PostingDraft], document_id: int | None
) -> tuple[PostingDraft, ...]:
    """``postings`` of disputed receivables with the document they are about."""
    return tuple(
        replace(p, document_id=document_id) if p.role is Role.DISPUTED_RECEIVABLE else p
        for p in postings
    )
