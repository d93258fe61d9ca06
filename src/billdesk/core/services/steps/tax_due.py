"""Cash-basis tax: what is paid of a document makes its tax payable, what is not leaves it waiting.

The amount to move is never computed from the payment at hand: it is what ought to be waiting, as
the document stands, less what the ledger has. So payments, refunds, credit notes, deductions and
their undoing end at the right cents in whatever order they come.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from billdesk.core.db.tables import Document, LedgerEntry, TaxRate
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.ledger import EntryDraft, EntryKind, PostingDraft
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.proportion import share_of
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.tax_rows import (
    NOTHING,
    lowered_by_deductions,
    own_credit_notes,
    waiting_taxes,
    withheld_of,
)

SOURCE = "document_tax"


@dataclass(frozen=True, slots=True)
class TaxedDocument:
    """What of a document decides how much of its tax waits. Amounts in minor units."""

    id: int
    kind: str
    total_minor: int
    prepaid_minor: int
    open_minor: int


def move_tax(tx: Transaction, document: Document, on: date) -> None:
    """Tax not yet due / tax payable for what was paid, back for what no longer is.

    Does nothing for a document that is not on cash basis.
    """
    if not document.cash_basis:
        return
    tx.session.flush()
    facts = TaxedDocument(
        document.id,
        document.kind,
        document.total_minor,
        document.prepaid_minor,
        document.open_minor,
    )
    wanted = ought_to_wait(tx.connection, tx.company_id, facts)
    postings: list[PostingDraft] = []
    for rate_id, (left, moved) in sorted(
        waiting_taxes(tx.connection, tx.company_id, document.id).items()
    ):
        change = wanted[rate_id].minus(left).minus(moved)
        if change == NOTHING:
            continue
        postings += _transfer(tx, document, rate_id, change)
    if postings:
        post(
            tx,
            EntryDraft(
                EntryKind.TAX_DUE,
                SOURCE,
                f"{document.uid}:{_times_moved(tx, document) + 1}",
                on,
                tuple(postings),
                memo=document.number or "",
            ),
        )


def ought_to_wait(
    connection: Connection, company_id: int, document: TaxedDocument
) -> dict[int, Worth]:
    """The balance of "tax not yet due" per rate that ``document`` should have.

    What credit notes and deductions took away never becomes due; of the rest, as much waits as is
    unpaid in proportion. What the customer withholds is no payment of its own: it goes to the tax
    office with the rest, so its tax becomes due as that is paid.
    """
    waiting = waiting_taxes(connection, company_id, document.id)
    left = {rate_id: worth for rate_id, (worth, _) in waiting.items()}
    whole = document.total_minor - document.prepaid_minor
    if document.kind != DocumentKind.CREDIT_NOTE:
        whole -= lowered_by_deductions(connection, company_id, document.id)
        whole -= withheld_of(connection, company_id, document.id)
        for note in own_credit_notes(connection, company_id, document.id):
            whole -= note.settles_minor
            for tax in note.taxes:
                if tax.tax_rate_id in left and note.whole_minor:
                    taken = _share(tax.worth, note.settles_minor, note.whole_minor)
                    left[tax.tax_rate_id] = Worth(
                        left[tax.tax_rate_id].minor + taken.minor,
                        left[tax.tax_rate_id].base_minor + taken.base_minor,
                    )
    return {rate_id: _share(worth, document.open_minor, whole) for rate_id, worth in left.items()}


def _share(worth: Worth, part_minor: int, whole_minor: int) -> Worth:
    if part_minor == 0 or whole_minor == 0:
        return NOTHING
    return worth.part(share_of(worth.minor, whole_minor, part_minor))


def _transfer(
    tx: Transaction, document: Document, rate_id: int, change: Worth
) -> tuple[PostingDraft, PostingDraft]:
    rate = tx.session.get_one(TaxRate, rate_id)
    waiting = PostingDraft(
        Role.TAX_NOT_DUE,
        document.currency,
        change.minor,
        change.base_minor,
        document_id=document.id,
        tax_rate_id=rate_id,
    )
    payable = PostingDraft(
        Role.TAX_PAYABLE,
        document.currency,
        -change.minor,
        -change.base_minor,
        account_id=rate.account_id,
        tax_rate_id=rate_id,
    )
    return waiting, payable


def _times_moved(tx: Transaction, document: Document) -> int:
    # The document is locked: nobody else counts at the same time. A range, so that the index of
    # sources is used (";" follows ":").
    return int(
        tx.connection.scalar(
            select(func.count())
            .select_from(LedgerEntry)
            .where(
                LedgerEntry.company_id == tx.company_id,
                LedgerEntry.source_type == SOURCE,
                LedgerEntry.source_id > f"{document.uid}:",
                LedgerEntry.source_id < f"{document.uid};",
            )
        )
        or 0
    )
