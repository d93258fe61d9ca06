"""Deductions of an invoice make way for its credit notes.

A discount, a write-off or withheld tax stands for a part of the invoice that was not paid, and its
tax fell away with it (Article 90 of Directive 2006/112/EC). Where credit notes come to take back
that part as well, it is owed again first: the credit note settles it, so that nobody gets back what
was not paid and no tax is given back twice.
"""

from datetime import date

from sqlalchemy import select

from billdesk.core.db.tables import Deduction, Document, Payment
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.services.steps.deductions import deduct, take_back
from billdesk.core.services.steps.rows import load


def make_way(tx: Transaction, document: Document, left_minor: int, on: date) -> int:
    """Lower the deductions of ``document`` to ``left_minor``, what will not have been credited.

    The newest go first. Returns what is owed again.
    """
    standing = tx.session.scalars(
        select(Deduction)
        .where(
            Deduction.company_id == tx.company_id,
            Deduction.document_id == document.id,
            Deduction.undone_at.is_(None),
        )
        .order_by(Deduction.id.desc())
    ).all()
    too_much = max(0, sum(deduction.minor for deduction in standing) - left_minor)
    lowered = 0
    for deduction in standing:
        part = min(deduction.minor, too_much - lowered)
        if part <= 0:
            break
        _lower(tx, document, deduction, part, on)
        lowered += part
    return lowered


def _lower(tx: Transaction, document: Document, deduction: Deduction, minor: int, on: date) -> None:
    day = take_back(tx, document, deduction, on)
    rest = deduction.minor - minor
    if rest:
        payment = None
        if deduction.payment_id is not None:
            payment = load(tx, Payment, deduction.payment_id)
        kind = DeductionKind(deduction.kind)
        deduct(tx, document, kind, rest, day, deduction.reason, payment)
