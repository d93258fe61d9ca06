"""Tax that the customer keeps back of an invoice and pays to the tax office on our behalf.

It is a deduction from the day of issue, so that the invoice asks for the rest only. A credit note
takes back its part, a void document all of it.
"""

from datetime import date

from sqlalchemy import select

from billdesk.core.db.tables import Deduction, Document
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.settlement import DeductionKind
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.services.steps.deductions import deduct, take_back


def keep_back(tx: Transaction, document: Document, snapshot: Snapshot) -> None:
    """Deduct what ``snapshot`` says is withheld, as the document is issued."""
    # Imported history may say that all of it was paid.
    minor = min(snapshot.withheld_minor, document.open_minor)
    if minor <= 0:
        return
    names = ", ".join(row.tax.name for row in snapshot.withheld)
    deduct(tx, document, DeductionKind.WITHHOLDING, minor, snapshot.issued_on, names)


def keep_back_less(tx: Transaction, document: Document, less_minor: int, on: date) -> None:
    """``less_minor`` of what was withheld belongs to a part that is credited on ``on``.

    What the customer kept back for that part is owed again, to be settled by the credit note.
    """
    if less_minor <= 0:
        return
    for deduction in _standing(tx, document):
        rest = max(0, deduction.minor - less_minor)
        less_minor -= deduction.minor - rest
        day = take_back(tx, document, deduction, on)
        if rest:
            deduct(tx, document, DeductionKind.WITHHOLDING, rest, day, deduction.reason)
        if less_minor <= 0:
            return


def kept_back(tx: Transaction, document: Document) -> int:
    """What is withheld of ``document`` as it stands, in minor units."""
    return sum(deduction.minor for deduction in _standing(tx, document))


def keep_back_again(tx: Transaction, document: Document, minor: int, on: date) -> None:
    """``minor`` was withheld of a part that was credited until ``on`` and is no more."""
    minor = min(minor, document.withheld_minor - kept_back(tx, document), document.open_minor)
    if minor > 0:
        deduct(tx, document, DeductionKind.WITHHOLDING, minor, on, "")


def give_back_all(tx: Transaction, document: Document, on: date) -> None:
    """Nothing is withheld of a document that is about to be void as of ``on``."""
    for deduction in _standing(tx, document):
        take_back(tx, document, deduction, on)


def _standing(tx: Transaction, document: Document) -> list[Deduction]:
    if not document.withheld_minor:
        return []
    return list(
        tx.session.scalars(
            select(Deduction)
            .where(
                Deduction.company_id == tx.company_id,
                Deduction.document_id == document.id,
                Deduction.kind == DeductionKind.WITHHOLDING.value,
                Deduction.undone_at.is_(None),
            )
            .order_by(Deduction.id)
        )
    )
