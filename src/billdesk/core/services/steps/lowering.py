"""Deductions of an invoice make way for its credit notes.

A discount, a write-off or withheld tax stands for a part of the invoice that was not paid, and its
tax fell away with it (Article 90 of Directive 2006/112/EC). Where credit notes come to take back
that part as well, it is owed again first: the credit note settles it, so that nobody gets back what
was not paid and no tax is given back twice.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from billdesk.core.db.tables import Deduction, Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.settlement import LOWERS_TAX, DeductionKind
from billdesk.core.services.steps.deductions import deduct, take_back
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.tax_rows import deducted_taxes, left_taxes


def make_way(tx: Transaction, document: Document, left_minor: int, on: date) -> int:
    """Lower the deductions of ``document`` to ``left_minor``, what will not have been credited.

    The newest go first. Returns what is owed again.
    """
    standing = _standing(tx, document)
    too_much = max(0, sum(deduction.minor for deduction in standing) - left_minor)
    lowered = 0
    for deduction in reversed(standing):
        part = min(deduction.minor, too_much - lowered)
        if part <= 0:
            break
        _lower(tx, document, deduction, part, on)
        lowered += part
    return lowered


def share_anew(tx: Transaction, document: Document, on: date) -> None:
    """Spread what the deductions of ``document`` lowered over the taxes that are left of it.

    A credit note of some lines takes back all of their tax. What had fallen away of that tax with a
    discount falls away of the other lines' tax now; to be called once the credit note is posted.
    """
    left = left_taxes(tx.connection, tx.company_id, document).minor
    deducted = deducted_taxes(tx.connection, tx.company_id, document.id)
    if all(
        min(0, left.get(rate_id, 0)) <= minor <= max(0, left.get(rate_id, 0))
        for rate_id, minor in deducted.items()
    ):
        return
    lowering = [one for one in _standing(tx, document) if DeductionKind(one.kind) in LOWERS_TAX]
    # All of them first: each takes its part of what the others have not.
    days = [take_back(tx, document, deduction, on) for deduction in lowering]
    for deduction, day in zip(lowering, days, strict=True):
        _deduct_again(tx, document, deduction, deduction.minor, day)


def _standing(tx: Transaction, document: Document) -> Sequence[Deduction]:
    return tx.session.scalars(
        select(Deduction)
        .where(
            Deduction.company_id == tx.company_id,
            Deduction.document_id == document.id,
            Deduction.undone_at.is_(None),
        )
        .order_by(Deduction.id)
    ).all()


def _lower(tx: Transaction, document: Document, deduction: Deduction, minor: int, on: date) -> None:
    day = take_back(tx, document, deduction, on)
    rest = deduction.minor - minor
    if rest:
        _deduct_again(tx, document, deduction, rest, day)


def _deduct_again(
    tx: Transaction, document: Document, deduction: Deduction, minor: int, day: date
) -> None:
    payment = load(tx, Payment, deduction.payment_id) if deduction.payment_id is not None else None
    deduct(tx, document, DeductionKind(deduction.kind), minor, day, deduction.reason, payment)
