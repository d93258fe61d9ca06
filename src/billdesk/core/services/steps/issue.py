"""Issue a document: number, freeze, post, enqueue what follows."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import insert

from billdesk.core.db.tables import Customer, Document, DocumentSnapshot
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.documents.glyphs import missing_glyphs
from billdesk.core.domain.actions import NOUNS
from billdesk.core.domain.canonical import sha256_hex
from billdesk.core.domain.custom_fields import Entity, check_filled, values_from_json
from billdesk.core.domain.documents import (
    INVOICE_KINDS,
    POSTED_KINDS,
    RECEIVABLE_KINDS,
    DocumentKind,
)
from billdesk.core.domain.drafts import InvoiceDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.events import DocumentIssued, InvoiceIssued
from billdesk.core.domain.freezing import base_totals, build_snapshot, totals_input
from billdesk.core.domain.outside import JobKind, RenditionKind
from billdesk.core.domain.search import search_key
from billdesk.core.domain.settings import (
    CompanyProfile,
    InvoiceDefaults,
    OnlinePayment,
    TaxSettings,
)
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.tax import Tax
from billdesk.core.domain.totals import Deposit, Totals, compute
from billdesk.core.queries.buyer import buyer_of
from billdesk.core.queries.references import named_references
from billdesk.core.queries.sql.custom_fields import printed_fields
from billdesk.core.services.steps.base_currency import base_value, require_open
from billdesk.core.services.steps.custom_fields import fields_of
from billdesk.core.services.steps.deposits import deposits_of
from billdesk.core.services.steps.documents import action_family
from billdesk.core.services.steps.drafts import replace_lines, tax_accounts, taxed
from billdesk.core.services.steps.issue_posting import issue_entry
from billdesk.core.services.steps.links import request_link
from billdesk.core.services.steps.numbers import series_of, take_number
from billdesk.core.services.steps.outbox import enqueue
from billdesk.core.services.steps.posting import post
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting
from billdesk.core.services.steps.withholding import keep_back


def issue(tx: Transaction, document: Document, draft: InvoiceDraft) -> Snapshot:
    """Turn a draft into an issued document within ``tx``.

    Raises ``UserError`` with the field that is missing or wrong.
    """
    kind = DocumentKind(document.kind)
    customer = _check_complete(tx, document, draft)
    found = taxed(tx, draft, document.language)
    taxes = found.taxes
    deposits = deposits_of(tx, document, found.draft)
    deducted = deposits.frozen(tx)
    given = replace(found.draft, currency=document.currency)
    totals = compute(totals_input(given, taxes, deposits=deducted))
    if found.draft != draft:
        # A rate has changed since the draft was saved.
        draft = found.draft
        replace_lines(tx, document, draft, totals)
    _check_amount(kind, totals)
    issued_on = draft.issued_on or tx.today
    _check_days(kind, draft, issued_on)
    if kind in POSTED_KINDS:
        require_open(tx, issued_on, "issued_on")
        document.cash_basis = read_setting(tx, TaxSettings).on_cash_basis(issued_on)

    if document.number is None:
        document.number = take_number(tx, series_of(tx, document.kind), issued_on, customer.number)
    snapshot = _snapshot(tx, document, draft, totals, taxes, customer, issued_on, deducted)
    check_glyphs(snapshot)
    document.prepaid_base_minor = deposits.base_minor
    sha256 = freeze(tx, document, snapshot)
    if kind in POSTED_KINDS:
        accounts = tax_accounts(tx, taxes)
        post(tx, issue_entry(tx, document, draft, totals, taxes, accounts, deposits))
    if kind in RECEIVABLE_KINDS:
        keep_back(tx, document, snapshot)
    announce(tx, document, sha256, online_payment=snapshot.online_payment)
    return snapshot


def announce(
    tx: Transaction, document: Document, snapshot_sha256: str, *, online_payment: bool = False
) -> None:
    """What follows once a document of any kind is frozen: audit, event, link, PDF."""
    family = action_family(document.kind)
    tx.audit(
        f"{family}.issued",
        f"document:{document.uid}",
        after={
            "number": document.number,
            "total_minor": document.total_minor,
            "currency": document.currency,
            "snapshot_sha256": snapshot_sha256,
        },
    )
    told = InvoiceIssued if family == "invoice" else DocumentIssued
    tx.tell(told(tx.company_id, document.id))
    link_job = None
    if online_payment:
        link_job = request_link(tx, document)
    enqueue(tx, JobKind.RENDER, document, rendition=RenditionKind.ORIGINAL, waits_for_id=link_job)


def freeze(
    tx: Transaction, document: Document, snapshot: Snapshot, *, base_total_minor: int | None = None
) -> str:
    """Fix the document's columns and store its snapshot; returns the snapshot's SHA-256.

    ``base_total_minor`` is its total in the company's currency if not at its own rate.
    """
    fix_columns(tx, document, snapshot, base_total_minor)
    tx.session.flush()
    row = snapshot_row(tx, document, snapshot)
    tx.connection.execute(insert(DocumentSnapshot).values(row))
    return str(row["sha256"])


def fix_columns(
    tx: Transaction, document: Document, snapshot: Snapshot, base_total_minor: int | None = None
) -> None:
    """Give ``document`` the figures and dates of ``snapshot``; it counts as issued from here."""
    document.issued_on = snapshot.issued_on
    document.listed_on = snapshot.issued_on
    document.due_on = snapshot.due_on
    document.valid_until = snapshot.valid_until
    document.customer_name = snapshot.buyer.name
    document.net_minor = snapshot.net_minor
    document.tax_minor = snapshot.tax_minor
    document.total_minor = snapshot.total_minor
    document.prepaid_minor = snapshot.prepaid_minor
    if document.kind in RECEIVABLE_KINDS:
        document.withheld_minor = max(0, snapshot.withheld_minor)
    prepaid_base = document.prepaid_base_minor or 0
    if base_total_minor is None:
        # Deposits keep the rate they were billed at; the rest has today's.
        rest = snapshot.total_minor - snapshot.prepaid_minor
        base_total_minor = prepaid_base + base_value(tx, document.currency, document, rest)
    document.base_total_minor = base_total_minor
    document.search_text = _findable(snapshot, document.search_text)
    if document.kind in POSTED_KINDS:
        document.open_minor = snapshot.total_minor - snapshot.prepaid_minor
        document.open_base_minor = base_total_minor - prepaid_base
    document.issued_at = tx.now


def _findable(snapshot: Snapshot, search_text: str) -> str:
    """``search_text`` with the number, and the name when the customer was renamed meanwhile."""
    names = (search_key(snapshot.number), search_key(snapshot.buyer.name))
    return " ".join([*(name for name in names if name not in search_text), search_text])


def snapshot_row(tx: Transaction, document: Document, snapshot: Snapshot) -> dict[str, Any]:
    """The row of ``DocumentSnapshot``: the canonical text and its hash."""
    body = snapshot.to_json()
    return {
        "document_id": document.id,
        "company_id": tx.company_id,
        "body": body,
        "sha256": sha256_hex(body),
    }


def _check_complete(tx: Transaction, document: Document, draft: InvoiceDraft) -> Customer:
    noun = NOUNS[DocumentKind(document.kind)]
    if draft.customer_id is None:
        raise UserError(f"Choose the customer this {noun} is for.", field="customer_id")
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


def _check_amount(kind: DocumentKind, totals: Totals) -> None:
    if totals.total_minor < 0:
        hint = " Give money back by a credit note." if kind in INVOICE_KINDS else ""
        raise UserError(f"The total of a {NOUNS[kind]} cannot be negative.{hint}", field="lines")
    if totals.due_minor < 0:
        raise UserError(
            "The deposits are more than the invoice; credit one of them first.", field="deposit_ids"
        )
    if totals.withheld_minor and kind is DocumentKind.CREDIT_NOTE:
        # Alone it would give back what nobody paid: of which invoice, the books could not tell.
        raise UserError(
            "A credit note of its own has no tax that was kept back. Credit the invoice that the "
            "tax was kept back of, or take that tax off the lines.",
            field="lines",
        )
    if totals.total_minor == 0 and kind in (
        DocumentKind.DEPOSIT_INVOICE,
        DocumentKind.CREDIT_NOTE,
    ):
        raise UserError(f"The total of a {NOUNS[kind]} cannot be zero.", field="lines")


def _check_days(kind: DocumentKind, draft: InvoiceDraft, issued_on: date) -> None:
    due_on = draft.due_date(issued_on)
    if kind in INVOICE_KINDS and due_on is not None and due_on < issued_on:
        raise UserError("The due date lies before the invoice date.", field="due_on")
    until = draft.valid_until_day(issued_on)
    if kind is DocumentKind.QUOTE and until is not None and until < issued_on:
        raise UserError("The quote expires before its date.", field="valid_until")


def _snapshot(
    tx: Transaction,
    document: Document,
    draft: InvoiceDraft,
    totals: Totals,
    taxes: dict[int, Tax],
    customer: Customer,
    issued_on: date,
    deposits: tuple[Deposit, ...],
) -> Snapshot:
    online = read_setting(tx, OnlinePayment)
    company = company_row(tx)
    kind = DocumentKind(document.kind)
    asked = draft.online_payment and online.enabled and kind in INVOICE_KINDS
    snapshot = build_snapshot(
        replace(
            draft,
            language=document.language,
            online_payment=asked and totals.due_minor > 0,
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
        deposits=deposits,
        kind=kind,
    )
    return replace(snapshot, references=named_references(tx.connection, tx.company_id, document.id))


def check_glyphs(snapshot: Snapshot) -> None:
    """Raise ``UserError`` for a character that the PDF could not print."""
    missing = missing_glyphs(snapshot)
    if missing:
        first = missing[0]
        raise UserError(
            f"The document's font cannot print “{first.character}” ({first.name}); replace it.",
            field=first.field,
        )
