"""Store a draft's fields, lines and figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import delete, insert, select

from billdesk.core.db.tables import (
    Account,
    Base,
    CostCentre,
    Customer,
    Document,
    DocumentAdjustment,
    DocumentLine,
    DocumentLineTax,
    Item,
    TaxRate,
)
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.canonical import canonical_json
from billdesk.core.domain.currencies import check_rate, exponent
from billdesk.core.domain.custom_fields import Entity, values_to_json
from billdesk.core.domain.dates import check_day
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.freezing import totals_input
from billdesk.core.domain.search import search_key
from billdesk.core.domain.settings import InvoiceDefaults
from billdesk.core.domain.settlement import DocumentReferenceKind
from billdesk.core.domain.texts import clean_line, clean_lines_of, clean_paragraphs
from billdesk.core.domain.totals import LARGEST_CASH_STEP, Adjustment, Deposit, Totals, compute
from billdesk.core.queries.draft_taxes import TaxedDraft, with_taxes
from billdesk.core.services.steps.custom_fields import checked_values
from billdesk.core.services.steps.deliveries import clean_delivery
from billdesk.core.services.steps.deposits import deposits_of
from billdesk.core.services.steps.references import forget, refer
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting

LONGEST_TEXT = 20_000
MOST_LINES = 5_000
ONE = Decimal(1)
# Characters, as the columns hold.
LONGEST = {"order_reference": 120, "subject": 200, "language": 10, "currency": 3, "contact": 200}
LONGEST_OF_LINE = {"unit": 20, "unit_code": 3}
LONGEST_REASON = 200


def taxed(tx: Transaction, draft: InvoiceDraft, language: str = "") -> TaxedDraft:
    """The draft with the tax rates of the day it is supplied, and those taxes.

    Raises ``UserError`` for a rate that is none of the company's.
    """
    found = with_taxes(tx.connection, tx.company_id, draft, tx.today, language)
    named = {rate for line in found.draft.lines for rate in line.tax_rate_ids}
    if not named <= found.taxes.keys():
        raise UserError("A line names a tax rate that does not exist.", field="lines")
    return TaxedDraft(found.draft, {rate: found.taxes[rate] for rate in sorted(named)})


def write_draft(tx: Transaction, document: Document, draft: InvoiceDraft) -> Totals:
    """Put ``draft`` into ``document`` and its lines; returns the figures.

    Raises ``UserError`` with the field for what cannot be stored.
    """
    draft = clean_draft(tx, draft)
    draft, totals = with_figures(tx, draft, deposits_of(tx, document, draft).frozen(tx))
    customer = None
    if draft.customer_id is not None:
        customer = load(tx, Customer, draft.customer_id)
        refuse_erased(customer)
    fill_document(tx, document, draft, totals, customer)
    if document.id is None:
        tx.session.add(document)
    tx.session.flush()
    replace_lines(tx, document, draft, totals)
    return totals


def refuse_erased(customer: Customer) -> None:
    """Nothing new is made for a person whose data is gone. Raises ``NotAllowed``."""
    if customer.erased_at is not None:
        raise NotAllowed(
            f"The personal data of {customer.number} was erased; add a new customer instead."
        )


def replace_lines(tx: Transaction, document: Document, draft: InvoiceDraft, totals: Totals) -> None:
    """Put the lines of ``draft`` in the place of those stored of a draft."""
    for table in (DocumentLineTax, DocumentLine, DocumentAdjustment):
        tx.connection.execute(delete(table).where(table.document_id == document.id))
    insert_lines(tx, [(document, draft, totals)])
    forget(tx, document, DocumentReferenceKind.DEDUCTS_DEPOSIT)
    refer(tx, document, DocumentReferenceKind.DEDUCTS_DEPOSIT, draft.deposit_ids)


def clean_draft(tx: Transaction, draft: InvoiceDraft) -> InvoiceDraft:
    """The draft as it can be stored. Raises ``UserError`` with the field."""
    draft = _with_clean_texts(tx, draft)
    _check(tx, draft)
    return draft


def with_figures(
    tx: Transaction, draft: InvoiceDraft, deposits: tuple[Deposit, ...] = ()
) -> tuple[InvoiceDraft, Totals]:
    """A clean draft with the taxes of its day and customer, and what it comes to.

    ``deposits`` are those it deducts.

    Raises ``UserError`` for amounts and taxes that cannot be.
    """
    found = taxed(tx, draft)
    complete = draft_with_currency(tx, found.draft)
    return found.draft, compute(totals_input(complete, found.taxes, deposits=deposits))


def fill_document(
    tx: Transaction,
    document: Document,
    draft: InvoiceDraft,
    totals: Totals,
    customer: Customer | None,
) -> None:
    """Give ``document`` the fields and figures of a checked draft; stores nothing."""
    _fill_header(tx, document, draft, customer)
    document.net_minor = totals.net_minor
    document.tax_minor = totals.tax_minor
    document.total_minor = totals.total_minor
    document.prepaid_minor = totals.prepaid_minor
    document.search_text = _search_text(document, draft, totals)


def draft_with_currency(tx: Transaction, draft: InvoiceDraft) -> InvoiceDraft:
    """The draft with its currency spelled out."""
    return draft if draft.currency else replace(draft, currency=company_row(tx).currency)


def _check(tx: Transaction, draft: InvoiceDraft) -> None:
    # Loading locks: every desk does it in the same order, whatever the order of the lines.
    for item_id in sorted({line.item_id for line in draft.lines if line.item_id is not None}):
        load(tx, Item, item_id)
    for account_id in sorted({one.account_id for one in draft.lines if one.account_id is not None}):
        load(tx, Account, account_id)
    for centre_id in sorted({one.cost_centre_id for one in draft.lines if one.cost_centre_id}):
        load(tx, CostCentre, centre_id)
    for name in ("issued_on", "due_on", "service_from", "service_to", "exchange_rate_on"):
        check_day(getattr(draft, name), name)
    check_day(draft.valid_until, "valid_until")
    if draft.terms_days is not None and not 0 <= draft.terms_days <= 3650:
        raise UserError("Payment terms are 0 to 3650 days.", field="terms_days")
    if draft.exchange_rate is not None:
        check_rate(draft.exchange_rate)
    if not 0 <= draft.cash_step_minor <= LARGEST_CASH_STEP:
        raise UserError(
            "Cash is rounded to a multiple between 0 and 1000.", field="cash_step_minor"
        )
    if draft.service_from and draft.service_to and draft.service_to < draft.service_from:
        raise UserError("The service period ends before it begins.", field="service_to")


def _with_clean_texts(tx: Transaction, draft: InvoiceDraft) -> InvoiceDraft:
    if len(draft.lines) > MOST_LINES:
        raise UserError(f"An invoice has at most {MOST_LINES} lines.", field="lines")
    return replace(
        clean_lines_of(draft, LONGEST),
        introduction=clean_paragraphs(draft.introduction, "introduction", LONGEST_TEXT),
        terms=clean_paragraphs(draft.terms, "terms", LONGEST_TEXT),
        lines=tuple(_clean_line(line, f"lines.{i}.") for i, line in enumerate(draft.lines)),
        adjustments=_clean_reasons(draft.adjustments, ""),
        delivery=clean_delivery(draft.delivery),
        # What is required is asked for at issue.
        custom=checked_values(tx, Entity.DOCUMENT, draft.custom, complete=False),
    )


def _clean_line(line: LineDraft, prefix: str) -> LineDraft:
    line = clean_lines_of(line, LONGEST_OF_LINE, prefix)
    return replace(
        line,
        name=clean_paragraphs(line.name, f"{prefix}name", LONGEST_TEXT),
        description=clean_paragraphs(line.description, f"{prefix}description", LONGEST_TEXT),
        adjustments=_clean_reasons(line.adjustments, prefix),
    )


def _clean_reasons(adjustments: tuple[Adjustment, ...], prefix: str) -> tuple[Adjustment, ...]:
    return tuple(
        replace(one, reason=clean_line(one.reason, f"{prefix}discount", LONGEST_REASON))
        for one in adjustments
    )


def _fill_header(
    tx: Transaction, document: Document, draft: InvoiceDraft, customer: Customer | None
) -> None:
    company = company_row(tx)
    document.customer_id = customer.id if customer else None
    document.customer_name = customer.name if customer else ""
    document.currency = draft.currency or company.currency
    exponent(document.currency)
    same = document.currency == company.currency
    document.exchange_rate = ONE if same else draft.exchange_rate or Decimal(0)
    document.language = (
        draft.language
        or (customer.language if customer else "")
        or read_setting(tx, InvoiceDefaults).language
    )
    document.issued_on = draft.issued_on
    document.listed_on = draft.issued_on or tx.today
    document.terms_days = draft.terms_days
    document.due_on = draft.due_on
    document.exchange_rate_on = None if same else draft.exchange_rate_on
    document.discount_percent = draft.discount.percent if draft.discount else None
    document.discount_days = draft.discount.days if draft.discount else None
    document.valid_until = draft.valid_until
    document.service_from = draft.service_from
    document.service_to = draft.service_to
    document.order_reference = draft.order_reference.strip()
    document.subject = draft.subject.strip()
    document.introduction = draft.introduction
    document.terms = draft.terms
    document.price_mode = draft.price_mode.value
    document.tax_rounding = draft.tax_rounding.value
    document.cash_step_minor = draft.cash_step_minor
    document.online_payment = draft.online_payment
    document.contact = draft.contact
    document.delivery = canonical_json(draft.delivery) if draft.delivery else ""
    document.custom = values_to_json(draft.custom)
    document.updated_at = tx.now


def _search_text(document: Document, draft: InvoiceDraft, totals: Totals) -> str:
    amount = Decimal(totals.total_minor).scaleb(-exponent(document.currency))
    words = [
        document.number or "",
        document.customer_name,
        draft.subject,
        draft.order_reference,
        format(amount, "f"),
        *(one.value for one in draft.custom),
        *(f"{line.name} {line.description}" for line in draft.lines),
    ]
    return search_key(" ".join(words))[:LONGEST_TEXT]


def insert_lines(tx: Transaction, written: Sequence[tuple[Document, InvoiceDraft, Totals]]) -> None:
    """Store the lines, their taxes and the adjustments of documents that have none yet."""
    rows: dict[type[Base], list[dict[str, object]]] = {
        DocumentLine: [row for one in written for row in _line_rows(*one)],
        DocumentLineTax: [
            {"document_id": document.id, "position": position, "ordinal": i, "tax_rate_id": rate_id}
            for document, draft, _ in written
            for position, line in enumerate(draft.lines, start=1)
            for i, rate_id in enumerate(line.tax_rate_ids)
        ],
        DocumentAdjustment: [
            {
                "document_id": document.id,
                "ordinal": i,
                "is_charge": adjustment.is_charge,
                "percent": adjustment.percent,
                "amount_minor": adjustment.amount_minor,
                "reason": adjustment.reason,
            }
            for document, draft, _ in written
            for i, adjustment in enumerate(draft.adjustments)
        ],
    }
    for table, values in rows.items():
        if values:
            tx.connection.execute(insert(table), values)


def _line_rows(
    document: Document, draft: InvoiceDraft, totals: Totals
) -> Iterator[dict[str, object]]:
    lines = zip(draft.lines, totals.lines, strict=True)
    for position, (line, figures) in enumerate(lines, start=1):
        yield {
            "document_id": document.id,
            "position": position,
            "item_id": line.item_id,
            "account_id": line.account_id,
            "cost_centre_id": line.cost_centre_id,
            "name": line.name.strip(),
            "description": line.description.strip(),
            "quantity": line.quantity,
            "unit": line.unit.strip(),
            "unit_code": line.unit_code,
            "unit_price": line.unit_price,
            "adjustments": canonical_json(line.adjustments),
            "amount_minor": figures.amount_minor,
            "net_minor": figures.net_minor,
        }


def tax_accounts(tx: Transaction, rate_ids: Iterable[int]) -> dict[int, int]:
    """The account each tax rate posts to."""
    rows = tx.connection.execute(
        select(TaxRate.id, TaxRate.account_id).where(
            TaxRate.company_id == tx.company_id, TaxRate.id.in_(sorted(rate_ids))
        )
    )
    return {row.id: row.account_id for row in rows}
