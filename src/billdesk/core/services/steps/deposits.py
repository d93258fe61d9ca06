"""Deposit invoices that a final invoice deducts: which may be, and what they post."""

from dataclasses import dataclass

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.actions import Action
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.ledger import EntryKind, PostingDraft
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.totals import Deposit
from billdesk.core.queries.references import named_deposits
from billdesk.core.services.steps.customer_groups import same_customer
from billdesk.core.services.steps.documents import require
from billdesk.core.services.steps.posting import find_entry, postings_of
from billdesk.core.services.steps.references import is_taken_back, referring
from billdesk.core.services.steps.rows import load

FIELD = "deposit_ids"


@dataclass(frozen=True, slots=True)
class Deposits:
    """Deposit invoices to deduct; amounts gross, in the document's and the company's currency."""

    documents: tuple[Document, ...] = ()

    def frozen(self, tx: Transaction) -> tuple[Deposit, ...]:
        """As the totals engine and the snapshot take them."""
        ids = [one.id for one in self.documents]
        return named_deposits(tx.connection, tx.company_id, ids)

    @property
    def base_minor(self) -> int:
        """The same in the company's currency, at the rates the deposits were billed at."""
        return sum(one.base_total_minor for one in self.documents)


def deposits_of(tx: Transaction, document: Document, draft: InvoiceDraft) -> Deposits:
    """The deposits ``draft`` deducts, locked.

    Money settles it, or what counts as money: other credit, tax withheld, a discount for paying
    early. Raises ``UserError`` for one that cannot be deducted: of another customer or currency,
    still open, written off, taken back by a credit note of its own, or deducted already.
    """
    if not draft.deposit_ids:
        return Deposits()
    if document.kind != DocumentKind.FINAL_INVOICE:
        raise UserError("Only a final invoice deducts deposits.", field=FIELD)
    if len(set(draft.deposit_ids)) < len(draft.deposit_ids):
        raise UserError("A deposit is deducted once.", field=FIELD)
    found = tuple(load(tx, Document, one) for one in sorted(draft.deposit_ids))
    for deposit in found:
        _check(tx, document, draft, deposit)
    return Deposits(found)


def _check(tx: Transaction, document: Document, draft: InvoiceDraft, deposit: Document) -> None:
    require(tx, Action.DEDUCT, deposit)
    if not same_customer(tx, deposit.customer_id, draft.customer_id):
        raise UserError(f"{deposit.number} is a deposit of another customer.", field=FIELD)
    if draft.currency and deposit.currency != draft.currency:
        raise UserError(f"{deposit.number} is in {deposit.currency}.", field=FIELD)
    notes = referring(tx, deposit.id, DocumentReferenceKind.CREDITS)
    if notes:
        number = load(tx, Document, notes[-1]).number
        raise UserError(
            f"{deposit.number} was credited by {number}; credit the rest of it and leave it out, "
            "or void that credit note first.",
            field=FIELD,
        )
    if deposit.open_minor:
        raise UserError(f"{deposit.number} was not paid in full.", field=FIELD)
    final = deducting(tx, deposit.id)
    if final is not None and final.id != document.id:
        raise UserError(f"{deposit.number} is deducted in {final.number} already.", field=FIELD)


def deducting(tx: Transaction, deposit_id: int) -> Document | None:
    """The valid final invoice that deducts a deposit."""
    for final_id in referring(tx, deposit_id, DocumentReferenceKind.DEDUCTS_DEPOSIT):
        final = load(tx, Document, final_id)
        if not is_taken_back(tx, final):
            return final
    return None


def posted_at_issue(tx: Transaction, document: Document) -> tuple[PostingDraft, ...]:
    """The postings a document was issued with."""
    entry = find_entry(tx, "document", document.uid, EntryKind.ISSUED)
    return () if entry is None else postings_of(tx, entry)


def is_own(posting: PostingDraft) -> bool:
    """Whether a posting is what the customer owes or is owed, not what was earned or taxed."""
    return posting.role in (Role.RECEIVABLE, Role.CUSTOMER_CREDIT)
