"""The ledger entry of a credit note that takes an invoice back."""

from dataclasses import dataclass, replace

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.crediting import Credit
from billdesk.core.domain.document_postings import credit_postings, deposit_postings, merged
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    PostingDraft,
    Settlement,
    reversed_postings,
)
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.rounding import split_minor
from billdesk.core.domain.tax import Tax
from billdesk.core.services.steps.accounts import with_revenue_accounts
from billdesk.core.services.steps.deposits import is_own, posted_at_issue
from billdesk.core.services.steps.drafts import tax_accounts
from billdesk.core.services.steps.issue_posting import sale_postings, taxed_as
from billdesk.core.services.steps.posting import post, with_accounts


@dataclass(frozen=True, slots=True)
class CreditedPart:
    """What a credit note takes back; ``draft`` has the lines whose revenue that was.

    ``base_minor`` is what the customer is credited in the company's currency, ``settled`` the part
    of it that takes away the debt, ``free`` the rest, ``earlier`` the credit notes before.
    """

    invoice: Document
    note: Document
    draft: InvoiceDraft
    credit: Credit
    taxes: dict[int, Tax]
    base_minor: int
    settled: Settlement | None
    free: Worth
    earlier: tuple[Document, ...]
    completes: bool


def post_credit(tx: Transaction, part: CreditedPart) -> None:
    """Post revenue, tax / receivable up to the open amount, the rest customer credit.

    The credit note that completes the invoice posts whatever is left of the invoice's entry, so
    that every account and every tax rate ends at nothing in both currencies.
    """
    left = _left(tx, part)
    if part.completes:
        debits = reversed_postings(left)
    elif part.credit.positions:
        debits = _of_lines(tx, part)
    else:
        debits = _of_amount(part, left)
    note = part.note
    post(
        tx,
        EntryDraft(
            EntryKind.ISSUED,
            "document",
            note.uid,
            note.issued_on or tx.today,
            credit_postings(
                debits,
                part.settled,
                part.free,
                currency=note.currency,
                customer_id=note.customer_id or 0,
                document_id=note.id,
            ),
            memo=note.number or "",
        ),
    )


def _left(tx: Transaction, part: CreditedPart) -> tuple[PostingDraft, ...]:
    """Revenue, deposits, tax and rounding of the invoice that no credit note has taken back."""
    documents = (part.invoice, *part.earlier)
    posted = [one for document in documents for one in posted_at_issue(tx, document)]
    return merged(with_accounts(tx, taxed_as(tx, part.note, [p for p in posted if not is_own(p)])))


def _of_lines(tx: Transaction, part: CreditedPart) -> tuple[PostingDraft, ...]:
    """As an invoice over the credited lines would post, turned round."""
    sale = sale_postings(
        part.note,
        with_revenue_accounts(tx, part.draft),
        part.credit.totals,
        part.taxes,
        tax_accounts(tx, part.taxes),
        part.credit.net_of_line,
    )
    if part.invoice.kind == DocumentKind.DEPOSIT_INVOICE:
        sale = deposit_postings(sale)
    return tuple(one for one in reversed_postings(sale) if not is_own(one))


def _of_amount(part: CreditedPart, left: tuple[PostingDraft, ...]) -> tuple[PostingDraft, ...]:
    """Tax by rate as computed; revenue from the accounts that still have it."""
    totals = part.credit.totals
    rate_of = {tax.key: rate_id for rate_id, tax in part.taxes.items()}
    tax_minor = {rate_of[row.tax.key]: row.tax_minor for row in totals.taxes}
    taxes = [one for one in left if one.tax_rate_id is not None]
    earned = [one for one in left if one.tax_rate_id is None and one.role is not Role.ROUNDING]
    if not earned:
        # Lines that come to nothing beside their taxes: a rounded cent may be left of them.
        of_deposit = part.invoice.kind == DocumentKind.DEPOSIT_INVOICE
        role = Role.CUSTOMER_DEPOSITS if of_deposit else Role.REVENUE
        earned = [PostingDraft(role, part.note.currency, 0, 0)]
    nets = split_minor(totals.net_minor, [-one.minor for one in earned])
    debits = [replace(one, minor=net) for one, net in zip(earned, nets, strict=True)]
    debits += [replace(one, minor=tax_minor.get(one.tax_rate_id or 0, 0)) for one in taxes]
    bases = split_minor(part.base_minor, [one.minor for one in debits])
    return tuple(
        replace(one, base_minor=base)
        for one, base in zip(debits, bases, strict=True)
        if one.minor or base
    )
