"""Write checked invoices into the books: history with its numbers and dates, or drafts.

The same steps as for a single invoice, taken for some hundred at a time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from sqlalchemy import insert

from billdesk.core.db.audit_chain import AuditFact
from billdesk.core.db.tables import Allocation, Customer, Document, DocumentSnapshot, Payment
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.freezing import build_snapshot
from billdesk.core.domain.ledger import EntryDraft, Settlement
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults, TaxSettings
from billdesk.core.domain.snapshot import Snapshot
from billdesk.core.domain.tax import Tax
from billdesk.core.queries.buyer import buyer_of
from billdesk.core.services.importing.invoices import Plan
from billdesk.core.services.steps.drafts import (
    fill_document,
    insert_lines,
    tax_accounts,
    write_draft,
)
from billdesk.core.services.steps.issue import fix_columns, snapshot_row
from billdesk.core.services.steps.issue_posting import issue_entry
from billdesk.core.services.steps.numbers import keep_past, series_of, take_number
from billdesk.core.services.steps.posting import post_all
from billdesk.core.services.steps.receipts import Received, new_payment, receipt_entry
from billdesk.core.services.steps.settings import company_row, read_setting
from billdesk.core.services.steps.tax_due import move_tax
from billdesk.core.services.steps.withholding import keep_back

NOON = time(12, tzinfo=UTC)
BATCH = 200


@dataclass(slots=True)
class _Invoice:
    """One invoice on its way into the books."""

    plan: Plan
    document: Document
    customer: Customer
    snapshot: Snapshot
    payment: Payment | None = None
    settled: Settlement | None = None


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The highest number seen in a period of the series."""

    value: int
    number: str
    issued_on: date
    customer_number: str


class HistoryWriter:
    """Writes plans in one transaction; asks the outside for nothing."""

    def __init__(self, tx: Transaction, taxes: dict[int, Tax]) -> None:
        self._tx = tx
        self._taxes = taxes
        self._tax_accounts = tax_accounts(tx, taxes)
        self._series = series_of(tx, DocumentKind.INVOICE)
        self._pattern = NumberPattern(self._series.pattern, Reset(self._series.reset))
        self._highest: dict[str, _Numbered] = {}
        self._company_name = company_row(tx).name
        self._profile = read_setting(tx, CompanyProfile)
        self._defaults = read_setting(tx, InvoiceDefaults)

    def write(self, plans: Sequence[Plan]) -> None:
        """Write everything and raise the series past the highest number."""
        history = [plan for plan in plans if plan.number is not None]
        for start in range(0, len(history), BATCH):
            self._write_history(history[start : start + BATCH])
        for seen in self._highest.values():
            keep_past(self._tx, self._series, seen.number, seen.issued_on, seen.customer_number)
        for plan in plans:
            if plan.number is None:
                self._write_draft(plan)

    def _document(self, number: str | None) -> Document:
        return Document(
            uid=new_uid(),
            company_id=self._tx.company_id,
            kind=DocumentKind.INVOICE.value,
            series_id=self._series.id,
            number=number,
            is_history=number is not None,
            created_at=self._tx.now,
        )

    def _write_draft(self, plan: Plan) -> None:
        tx = self._tx
        document = self._document(None)
        if self._series.at_creation:
            document.number = take_number(tx, self._series, plan.draft.issued_on or tx.today)
        write_draft(tx, document, plan.draft)
        tx.audit(
            "invoice.draft_imported",
            f"document:{document.uid}",
            after={"total_minor": document.total_minor, "number": document.number},
        )

    def _write_history(self, plans: Sequence[Plan]) -> None:
        tx = self._tx
        invoices = [self._prepare(plan) for plan in plans]
        tx.session.add_all(one.document for one in invoices)
        tx.session.flush()
        # Lines first: those of an issued document never change.
        insert_lines(tx, [(one.document, one.plan.draft, one.plan.totals) for one in invoices])
        for one in invoices:
            self._settle(one)
        payments = [one.payment for one in invoices if one.payment is not None]
        tx.session.add_all(payments)
        tx.session.flush()
        snapshots = [snapshot_row(tx, one.document, one.snapshot) for one in invoices]
        tx.connection.execute(insert(DocumentSnapshot), snapshots)
        allocations = [row for one in invoices for row in self._allocations(one)]
        if allocations:
            tx.connection.execute(insert(Allocation), allocations)
        post_all(tx, [entry for one in invoices for entry in self._entries(one)])
        for one in invoices:
            keep_back(tx, one.document, one.snapshot)
            if one.payment is not None:
                move_tax(tx, one.document, one.payment.received_on)
        tx.audit_all(
            [
                self._audit(one, str(row["sha256"]))
                for one, row in zip(invoices, snapshots, strict=True)
            ]
        )
        # Thousands of them need not stay in memory until the end.
        for row in (*payments, *(one.document for one in invoices)):
            tx.session.expunge(row)

    def _prepare(self, plan: Plan) -> _Invoice:
        tx = self._tx
        customer = tx.session.get_one(Customer, plan.draft.customer_id)
        draft = replace(
            plan.draft,
            language=plan.draft.language or customer.language or self._defaults.language,
        )
        number = plan.number or ""
        document = self._document(number)
        fill_document(tx, document, draft, plan.totals, customer)
        issued_on = draft.issued_on or tx.today
        buyer = buyer_of(customer)
        snapshot = build_snapshot(
            draft,
            plan.totals,
            self._taxes,
            number=number,
            issued_on=issued_on,
            company_name=self._company_name,
            profile=self._profile,
            defaults=self._defaults,
            buyer=buyer if plan.address is None else replace(buyer, address=plan.address),
        )
        self._remember(number, issued_on, customer.number)
        return _Invoice(plan, document, customer, snapshot)

    def _settle(self, one: _Invoice) -> None:
        """Fix the document and give it what was paid; it has its id already."""
        tx, document, plan = self._tx, one.document, one.plan
        fix_columns(tx, document, one.snapshot)
        document.cash_basis = read_setting(tx, TaxSettings).on_cash_basis(one.snapshot.issued_on)
        if plan.sent_on is not None:
            # The file knows the day only; noon is that day in nearly every time zone.
            document.sent_at = min(datetime.combine(plan.sent_on, NOON), tx.now)
        if plan.paid_minor and plan.paid_on is not None:
            given = Received(document.currency, plan.paid_minor, PaymentMethod.OTHER, plan.paid_on)
            one.payment, one.settled = new_payment(tx, document, given)
            document.paid_minor = one.settled.minor
            document.open_minor -= one.settled.minor
            document.open_base_minor -= one.settled.base_minor
            document.settled_on = plan.paid_on if document.open_minor == 0 else None

    def _allocations(self, one: _Invoice) -> Iterator[dict[str, object]]:
        if one.payment is not None and one.settled is not None:
            yield {
                "company_id": self._tx.company_id,
                "payment_id": one.payment.id,
                "document_id": one.document.id,
                "minor": one.settled.minor,
                "base_minor": one.settled.base_minor,
                "occurred_on": one.payment.received_on,
                "created_at": self._tx.now,
            }

    def _entries(self, one: _Invoice) -> Iterator[EntryDraft]:
        draft = one.plan.draft
        used = {rate: self._taxes[rate] for line in draft.lines for rate in line.tax_rate_ids}
        yield issue_entry(self._tx, one.document, draft, one.plan.totals, used, self._tax_accounts)
        if one.payment is not None and one.settled is not None:
            yield receipt_entry(one.payment, [one.settled], memo=one.document.number or "")

    def _audit(self, one: _Invoice, snapshot_sha256: str) -> AuditFact:
        document = one.document
        return AuditFact(
            "invoice.imported",
            f"document:{document.uid}",
            after={
                "number": document.number,
                "issued_on": document.issued_on,
                "total_minor": document.total_minor,
                "paid_minor": document.paid_minor,
                "currency": document.currency,
                "snapshot_sha256": snapshot_sha256,
            },
        )

    def _remember(self, number: str, issued_on: date, customer_number: str) -> None:
        value = self._pattern.sequence_of(number, issued_on, customer_number)
        if value is None:
            return
        period = self._pattern.period(issued_on, customer_number)
        seen = self._highest.get(period)
        if seen is None or seen.value < value:
            self._highest[period] = _Numbered(value, number, issued_on, customer_number)
