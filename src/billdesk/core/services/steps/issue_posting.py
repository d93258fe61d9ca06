"""The ledger entry of a document that is issued, by its kind."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.accounts import Role
from billdesk.core.domain.document_postings import (
    credit_postings,
    deposit_postings,
    final_postings,
)
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    PostingDraft,
    RevenueShare,
    TaxShare,
    issue_postings,
    reversed_postings,
)
from billdesk.core.domain.movements import Worth
from billdesk.core.domain.tax import Tax, TaxKey
from billdesk.core.domain.totals import Totals
from billdesk.core.services.steps.accounts import with_revenue_accounts
from billdesk.core.services.steps.deposits import Deposits, posted_at_issue
from billdesk.core.services.steps.drafts import tax_accounts
from billdesk.core.services.steps.posting import with_accounts


def issue_entry(
    tx: Transaction,
    document: Document,
    draft: InvoiceDraft,
    totals: Totals,
    taxes: dict[int, Tax],
    accounts: dict[int, int],
    deposits: Deposits | None = None,
) -> EntryDraft:
    """The entry of a document issued from a draft; ``accounts`` by tax rate id.

    Raises ``UserError`` where two of its rates are one row of tax, but post to different accounts.
    """
    _check_accounts(taxes, accounts)
    draft = with_revenue_accounts(tx, draft)
    full = sale_postings(document, draft, totals, taxes, accounts)
    return EntryDraft(
        EntryKind.ISSUED,
        "document",
        document.uid,
        document.issued_on or tx.today,
        _of_kind(tx, document, full, deposits or Deposits()),
        memo=document.number or "",
    )


def _check_accounts(taxes: dict[int, Tax], accounts: dict[int, int]) -> None:
    first: dict[TaxKey, int] = {}
    for rate_id, tax in taxes.items():
        other = first.setdefault(tax.key, rate_id)
        if accounts[other] != accounts[rate_id]:
            raise UserError(
                f"The lines use two tax rates called {tax.name} whose tax goes to different "
                "accounts. Give one of them another name in Settings, Taxes, or use only one here.",
                field="lines",
            )


def sale_postings(
    document: Document,
    draft: InvoiceDraft,
    totals: Totals,
    taxes: dict[int, Tax],
    accounts: dict[int, int],
    nets: tuple[int, ...] | None = None,
) -> tuple[PostingDraft, ...]:
    """Receivable / revenue, tax, rounding as a plain invoice has them.

    ``nets`` is what each line of ``draft`` earns, if not what its figures say.
    """
    revenue: dict[tuple[int | None, int | None], int] = defaultdict(int)
    earned = nets or tuple(figures.net_minor for figures in totals.lines)
    for line, net_minor in zip(draft.lines, earned, strict=True):
        revenue[line.account_id, line.cost_centre_id] += net_minor
    # Document discounts lower the revenue of the default account.
    revenue[None, None] += totals.net_minor - sum(revenue.values())
    rate_of = {tax.key: rate_id for rate_id, tax in taxes.items()}
    shares = []
    for row in totals.taxes:
        rate_id = rate_of[row.tax.key]
        shares.append(TaxShare(row.tax_minor, rate_id, accounts[rate_id]))
    return issue_postings(
        currency=document.currency,
        total_minor=totals.total_minor,
        revenue=[RevenueShare(minor, *where) for where, minor in revenue.items()],
        taxes=shares,
        rounding_minor=totals.rounding_minor,
        base_total_minor=document.base_total_minor,
        customer_id=document.customer_id or 0,
        document_id=document.id,
        cash_basis=document.cash_basis,
    )


def taxed_as(
    tx: Transaction, document: Document, postings: Sequence[PostingDraft]
) -> tuple[PostingDraft, ...]:
    """``postings`` of other documents with their tax where ``document`` has its own.

    On cash basis that is the tax of ``document`` that is not yet due.
    """
    waiting = document.cash_basis
    rates = {one.tax_rate_id for one in postings if one.tax_rate_id is not None}
    accounts = tax_accounts(tx, rates)
    return tuple(
        one
        if one.tax_rate_id is None
        else replace(
            one,
            role=Role.TAX_NOT_DUE if waiting else Role.TAX_PAYABLE,
            account_id=None if waiting else accounts[one.tax_rate_id],
            document_id=document.id if waiting else None,
        )
        for one in postings
    )


def _of_kind(
    tx: Transaction, document: Document, full: tuple[PostingDraft, ...], deposits: Deposits
) -> tuple[PostingDraft, ...]:
    if document.kind == DocumentKind.DEPOSIT_INVOICE:
        return deposit_postings(full)
    if document.kind == DocumentKind.FINAL_INVOICE:
        posted = [one for deposit in deposits.documents for one in posted_at_issue(tx, deposit)]
        taken = taxed_as(tx, document, posted)
        return final_postings(with_accounts(tx, full), with_accounts(tx, taken), document.id)
    if document.kind == DocumentKind.CREDIT_NOTE:
        # One that stands alone: nothing is open that it could settle yet.
        return credit_postings(
            [one for one in reversed_postings(full) if one.role is not Role.RECEIVABLE],
            None,
            Worth(document.total_minor, document.base_total_minor),
            currency=document.currency,
            customer_id=document.customer_id or 0,
            document_id=document.id,
        )
    return full
