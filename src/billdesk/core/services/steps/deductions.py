"""What a customer need not pay: the tax inside it, its entry, and its undoing."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from billdesk.core.db.tables import Deduction, Document, Payment
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    PostingDraft,
    Settlement,
    reversed_postings,
)
from billdesk.core.domain.movements import deduction_postings
from billdesk.core.domain.proportion import share_of
from billdesk.core.domain.settlement import LOWERS_TAX, DeductionKind
from billdesk.core.services.steps.follow import follow_balance
from billdesk.core.services.steps.posting import find_entry, post, postings_of
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settlement import allocate, recompute_document, settlement_of
from billdesk.core.services.steps.tax_rows import (
    deducted_taxes,
    left_taxes,
    lowered_by_deductions,
)

EXPENSE = {
    DeductionKind.WRITE_OFF: Role.BAD_DEBT,
    DeductionKind.BAD_DEBT: Role.BAD_DEBT,
    DeductionKind.EARLY_PAYMENT_DISCOUNT: Role.DISCOUNT_GIVEN,
    DeductionKind.WITHHOLDING: Role.WITHHOLDING_RECEIVABLE,
    DeductionKind.CASH_ROUNDING: Role.ROUNDING,
}


def deduct(
    tx: Transaction,
    document: Document,
    kind: DeductionKind,
    minor: int,
    on: date,
    reason: str,
    payment: Payment | None = None,
) -> Deduction:
    """Settle ``minor`` of ``document`` without money and post it; no more than is open.

    ``payment`` is what it was taken with, and is undone with.
    """
    settled = settlement_of(document, minor)
    taxes = taxes_inside(tx, document, settled) if kind in LOWERS_TAX else []
    deduction = Deduction(
        uid=new_uid(),
        company_id=tx.company_id,
        document_id=document.id,
        kind=kind.value,
        minor=settled.minor,
        base_minor=settled.base_minor,
        occurred_on=on,
        reason=reason,
        payment_id=payment.id if payment is not None else None,
        created_at=tx.now,
    )
    tx.session.add(deduction)
    tx.session.flush()
    postings = deduction_postings(
        expense=EXPENSE[kind],
        currency=document.currency,
        settled=settled,
        taxes=taxes,
        customer_id=document.customer_id,
    )
    memo = document.number or ""
    post(
        tx,
        EntryDraft(EntryKind.DEDUCTED, "deduction", deduction.uid, on, postings, memo=memo),
    )
    allocate(tx, deduction, settled, on)
    recompute_document(tx, document, on)
    follow_balance(tx, document)
    return deduction


def take_back(
    tx: Transaction, document: Document, deduction: Deduction, on: date | None = None
) -> date:
    """Reverse a deduction on day ``on``, by default today: the customer owes it again.

    A correction is booked on the day it is made: what was reported of the days before stays as it
    was. Never before the deduction itself; returns the day it was.
    """
    day = max(on or tx.today, deduction.occurred_on)
    entry = find_entry(tx, "deduction", deduction.uid, EntryKind.DEDUCTED)
    if entry is not None:
        post(
            tx,
            EntryDraft(
                EntryKind.DEDUCTION_UNDONE,
                "deduction",
                deduction.uid,
                day,
                reversed_postings(postings_of(tx, entry)),
                memo=document.number or "",
                reverses_id=entry,
            ),
        )
    deduction.undone_at = tx.now
    back = Settlement(document.id, -deduction.minor, -deduction.base_minor)
    allocate(tx, deduction, back, day)
    recompute_document(tx, document, day)
    follow_balance(tx, document)
    return day


def take_back_with(
    tx: Transaction, payment: Payment, document_ids: Iterable[int] | None = None
) -> None:
    """Reverse what was deducted with ``payment``, whose money is taken off ``document_ids``.

    A discount was for that very payment; without it, or a part of it, the whole is owed. Without
    ``document_ids`` all of the payment is undone.
    """
    wanted = [
        Deduction.company_id == tx.company_id,
        Deduction.payment_id == payment.id,
        Deduction.undone_at.is_(None),
    ]
    if document_ids is not None:
        wanted.append(Deduction.document_id.in_(sorted(document_ids)))
    taken = tx.session.scalars(
        select(Deduction).where(*wanted).order_by(Deduction.document_id)
    ).all()
    for deduction in taken:
        undo_deduction(tx, load(tx, Document, deduction.document_id), deduction)


def undo_deduction(tx: Transaction, document: Document, deduction: Deduction) -> None:
    """Take a deduction back on its own account, for everybody to see."""
    before = document.open_minor
    take_back(tx, document, deduction)
    tx.audit(
        "deduction.undone",
        f"document:{document.uid}",
        before={"open_minor": before},
        after={
            "open_minor": document.open_minor,
            "kind": deduction.kind,
            "minor": deduction.minor,
        },
    )


def taxes_inside(tx: Transaction, document: Document, settled: Settlement) -> list[PostingDraft]:
    """The tax per rate that falls away with ``settled``: debits, base amounts still open.

    In proportion to what credit notes left of the document, and never more than that: what falls
    away beyond it was given back before. Computed for all deductions together less what the ledger
    took for earlier ones, so that they end at the document's cents.
    """
    left = left_taxes(tx.connection, tx.company_id, document)
    lowered = lowered_by_deductions(tx.connection, tx.company_id, document.id) + settled.minor
    before = deducted_taxes(tx.connection, tx.company_id, document.id)
    postings = []
    for rate_id, minor in sorted(left.minor.items()):
        gone = share_of(minor, left.whole_minor, lowered) if lowered < left.whole_minor else minor
        falls_away = gone - before.get(rate_id, 0)
        if falls_away:
            waiting = document.cash_basis
            postings.append(
                PostingDraft(
                    Role.TAX_NOT_DUE if waiting else Role.TAX_PAYABLE,
                    document.currency,
                    falls_away,
                    0,
                    account_id=None if waiting else left.accounts[rate_id],
                    document_id=document.id,
                    tax_rate_id=rate_id,
                )
            )
    return postings
