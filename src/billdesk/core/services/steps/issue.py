"""Issue a document: number, freeze, post, enqueue what follows."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import insert

from billdesk.core.db.tables import Customer, Document, DocumentSnapshot
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.documents.glyphs import missing_glyphs
from billdesk.core.domain.canonical import sha256_hex
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.custom_fields import Entity, check_filled, values_from_json
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.freezing import base_totals, build_snapshot, totals_input
from billdesk.core.domain.ledger import (
    EntryDraft,
    EntryKind,
    RevenueShare,
    TaxShare,
    issue_postings,
    to_base,
)
from billdesk.core.domain.outside import JobKind, RenditionKind
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults, OnlinePayment
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals import Totals, compute
from billdesk.core.queries.buyer import buyer_of
from billdesk.core.queries.sql.custom_fields import printed_fields
from billdesk.core.services.steps.accounts import with_revenue_accounts
from billdesk.core.services.steps.base_currency import require_open
from billdesk.core.services.steps.custom_fields import fields_of
from billdesk.core.services.steps.drafts import replace_lines, tax_accounts, taxed
from billdesk.core.services.steps.links import request_link
from billdesk.core.services.steps.numbers import series_of, take_number
from billdesk.core.services.steps.outbox import enqueue
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting


def issue(tx: Transaction, document: Document, draft: InvoiceDraft) -> Snapshot:
    """Turn a draft into an issued document within ``tx``.

    Raises ``UserError`` with the field that is missing or wrong.
    """
    customer = _check_complete(tx, document, draft)
    found = taxed(tx, draft, document.language)
    taxes = found.taxes
    totals = compute(totals_input(replace(found.draft, currency=document.currency), taxes))
    if found.draft != draft:
        # A rate has changed since the draft was saved.
        draft = found.draft
        replace_lines(tx, document, draft, totals)
    _check_amount(document, totals)
    issued_on = draft.issued_on or tx.today
    _check_due(draft, issued_on)
    require_open(tx, issued_on, "issued_on")

    if document.number is None:
        document.number = take_number(tx, series_of(tx, document.kind), issued_on, customer.number)
    snapshot = _snapshot(tx, document, draft, totals, taxes, customer, issued_on)
    _check_glyphs(snapshot)
    sha256 = freeze(tx, document, snapshot)
    post_issue(tx, document, draft, totals, taxes)
    tx.audit(
        "invoice.issued",
        f"document:{document.uid}",
        after={
            "number": document.number,
            "total_minor": document.total_minor,
            "currency": document.currency,
            "snapshot_sha256": sha256,
        },
    )
    link_job = None
    if snapshot.online_payment:
        link_job = request_link(tx, document)
    enqueue(tx, JobKind.RENDER, document, rendition=RenditionKind.ORIGINAL, waits_for_id=link_job)
    return snapshot


def freeze(tx: Transaction, document: Document, snapshot: Snapshot) -> str:
    """Fix the document's columns and store its snapshot; returns the snapshot's SHA-256."""
    fix_columns(tx, document, snapshot)
    tx.session.flush()
    row = snapshot_row(tx, document, snapshot)
    tx.connection.execute(insert(DocumentSnapshot).values(row))
    return str(row["sha256"])


def fix_columns(tx: Transaction, document: Document, snapshot: Snapshot) -> None:
    """Give ``document`` the figures and dates of ``snapshot``; it counts as issued from here."""
    document.issued_on = snapshot.issued_on
    document.listed_on = snapshot.issued_on
    document.due_on = snapshot.due_on
    document.customer_name = snapshot.buyer.name
    document.net_minor = snapshot.net_minor
    document.tax_minor = snapshot.tax_minor
    document.total_minor = snapshot.total_minor
    base = company_row(tx).currency
    document.base_total_minor = (
        snapshot.total_minor
        if document.currency == base
        else to_base(snapshot.total_minor, snapshot.scale, document.exchange_rate, exponent(base))
    )
    document.search_text = f"{snapshot.number.casefold()} {document.search_text}"
    document.open_minor = document.total_minor
    document.open_base_minor = document.base_total_minor
    document.issued_at = tx.now


def snapshot_row(tx: Transaction, document: Document, snapshot: Snapshot) -> dict[str, Any]:
    """The row of ``DocumentSnapshot``: the canonical text and its hash."""
    body = snapshot.to_json()
    return {
        "document_id": document.id,
        "company_id": tx.company_id,
        "body": body,
        "sha256": sha256_hex(body),
    }


def post_issue(
    tx: Transaction,
    document: Document,
    draft: InvoiceDraft,
    totals: Totals,
    taxes: dict[int, Tax],
) -> None:
    """Post receivable / revenue, tax payable, rounding."""
    post(tx, issue_entry(tx, document, draft, totals, taxes, tax_accounts(tx, taxes)))


def issue_entry(
    tx: Transaction,
    document: Document,
    draft: InvoiceDraft,
    totals: Totals,
    taxes: dict[int, Tax],
    accounts: dict[int, int],
) -> EntryDraft:
    """The entry of an issued document; ``accounts`` by tax rate id."""
    draft = with_revenue_accounts(tx, draft)
    revenue: dict[tuple[int | None, int | None], int] = defaultdict(int)
    for line, figures in zip(draft.lines, totals.lines, strict=True):
        revenue[line.account_id, line.cost_centre_id] += figures.net_minor
    # Document discounts lower the revenue of the default account.
    revenue[None, None] += totals.net_minor - sum(revenue.values())
    rate_of = {tax.key: rate_id for rate_id, tax in taxes.items()}
    shares = []
    for row in totals.taxes:
        rate_id = rate_of[row.tax.key]
        shares.append(TaxShare(row.tax_minor, rate_id, accounts[rate_id]))
    return EntryDraft(
        EntryKind.ISSUED,
        "document",
        document.uid,
        document.issued_on or tx.today,
        issue_postings(
            currency=document.currency,
            total_minor=totals.total_minor,
            revenue=[RevenueShare(minor, *where) for where, minor in revenue.items()],
            taxes=shares,
            rounding_minor=totals.rounding_minor,
            base_total_minor=document.base_total_minor,
            customer_id=document.customer_id or 0,
            document_id=document.id,
        ),
        memo=document.number or "",
    )


def _check_complete(tx: Transaction, document: Document, draft: InvoiceDraft) -> Customer:
    if draft.customer_id is None:
        raise UserError("Choose the customer this invoice is for.", field="customer_id")
    customer = load(tx, Customer, draft.customer_id)
    if not draft.lines:
        raise UserError("Add at least one line.", field="lines")
    for index, line in enumerate(draft.lines):
        if not line.name.strip():
            raise UserError(f"Line {index + 1} has no description.", field=f"lines.{index}.name")
    check_filled(fields_of(tx)[Entity.DOCUMENT], (one.key for one in draft.custom))
    if not document.exchange_rate:
        raise UserError(
            f"Give the exchange rate from {document.currency} to {company_row(tx).currency}.",
            field="exchange_rate",
        )
    return customer


def _check_amount(document: Document, totals: Totals) -> None:
    if totals.total_minor < 0:
        raise UserError("The total of an invoice cannot be negative.", field="lines")


def _check_due(draft: InvoiceDraft, issued_on: date) -> None:
    due_on = draft.due_date(issued_on)
    if due_on is not None and due_on < issued_on:
        raise UserError("The due date lies before the invoice date.", field="due_on")


def _snapshot(
    tx: Transaction,
    document: Document,
    draft: InvoiceDraft,
    totals: Totals,
    taxes: dict[int, Tax],
    customer: Customer,
    issued_on: date,
) -> Snapshot:
    online = read_setting(tx, OnlinePayment)
    company = company_row(tx)
    return build_snapshot(
        replace(
            draft,
            currency=document.currency,
            language=document.language,
            online_payment=draft.online_payment and online.enabled and totals.due_minor > 0,
        ),
        totals,
        taxes,
        number=document.number or "",
        issued_on=issued_on,
        company_name=company.name,
        profile=read_setting(tx, CompanyProfile),
        defaults=read_setting(tx, InvoiceDefaults),
        buyer=buyer_of(customer),
        base=base_totals(draft, totals, company.currency, document.exchange_rate),
        custom=printed_fields(fields_of(tx), draft.custom, values_from_json(customer.custom)),
    )


def _check_glyphs(snapshot: Snapshot) -> None:
    missing = missing_glyphs(snapshot)
    if missing:
        first = missing[0]
        raise UserError(
            f"The document's font cannot print “{first.character}” ({first.name}); replace it.",
            field=first.field,
        )
