"""Write checked invoices into the books: history with its numbers and dates, or drafts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from billdesk.core.db.tables import Customer, Document, NumberSeries
from billdesk.core.db.types import new_uid
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.freezing import build_snapshot
from billdesk.core.domain.numbering import NumberPattern, Reset
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settings import CompanyProfile, InvoiceDefaults
from billdesk.core.domain.tax import Tax
from billdesk.core.queries.buyer import buyer_of
from billdesk.core.services.importing.invoices import Plan
from billdesk.core.services.payments import PaymentInput, receive
from billdesk.core.services.steps.drafts import write_draft
from billdesk.core.services.steps.issue import freeze, post_issue
from billdesk.core.services.steps.numbers import keep_past, series_of, take_number
from billdesk.core.services.steps.rows import load
from billdesk.core.services.steps.settings import company_row, read_setting
from billdesk.core.services.steps.settlement import recompute_document

NOON = time(12, tzinfo=UTC)


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
        self._series: NumberSeries = series_of(tx, DocumentKind.INVOICE)
        self._pattern = NumberPattern(self._series.pattern, Reset(self._series.reset))
        self._highest: dict[str, _Numbered] = {}
        self._company_name = company_row(tx).name
        self._profile = read_setting(tx, CompanyProfile)
        self._defaults = read_setting(tx, InvoiceDefaults)

    def write(self, plans: Iterable[Plan]) -> None:
        """Write everything and raise the series past the highest number."""
        for plan in plans:
            if plan.number is None:
                self._write_draft(plan)
            else:
                self._write_history(plan, plan.number)
        for seen in self._highest.values():
            keep_past(self._tx, self._series, seen.number, seen.issued_on, seen.customer_number)

    def _document(self) -> Document:
        return Document(
            uid=new_uid(),
            company_id=self._tx.company_id,
            kind=DocumentKind.INVOICE.value,
            series_id=self._series.id,
            created_at=self._tx.now,
        )

    def _write_draft(self, plan: Plan) -> None:
        tx = self._tx
        document = self._document()
        if self._series.at_creation:
            document.number = take_number(tx, self._series, plan.draft.issued_on or tx.today)
        write_draft(tx, document, plan.draft)
        tx.audit(
            "invoice.draft_imported",
            f"document:{document.uid}",
            after={"total_minor": document.total_minor, "number": document.number},
        )

    def _write_history(self, plan: Plan, number: str) -> None:
        tx = self._tx
        document = self._document()
        document.number = number
        document.is_history = True
        totals = write_draft(tx, document, plan.draft)
        customer = load(tx, Customer, plan.draft.customer_id or 0)
        buyer = buyer_of(customer)
        issued_on = plan.draft.issued_on or tx.today
        snapshot = build_snapshot(
            replace(plan.draft, language=document.language),
            totals,
            self._taxes,
            number=number,
            issued_on=issued_on,
            company_name=self._company_name,
            profile=self._profile,
            defaults=self._defaults,
            buyer=buyer if plan.address is None else replace(buyer, address=plan.address),
        )
        freeze(tx, document, snapshot)
        taxes = {rate: self._taxes[rate] for line in plan.draft.lines for rate in line.tax_rate_ids}
        post_issue(tx, document, plan.draft, totals, taxes)
        if plan.sent_on is not None:
            # The file knows the day only; noon is that day in nearly every time zone.
            document.sent_at = min(datetime.combine(plan.sent_on, NOON), tx.now)
        if plan.paid_minor and plan.paid_on is not None:
            receive(
                tx,
                document,
                PaymentInput(document.id, plan.paid_minor, PaymentMethod.OTHER, plan.paid_on),
            )
        else:
            recompute_document(tx, document)
        self._remember(number, issued_on, customer.number)
        tx.audit(
            "invoice.imported",
            f"document:{document.uid}",
            after={
                "number": number,
                "issued_on": issued_on,
                "total_minor": document.total_minor,
                "paid_minor": document.paid_minor,
                "currency": document.currency,
                "snapshot_sha256": snapshot.sha256(),
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
