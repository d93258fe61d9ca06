"""From the records of invoices and lines to checked plans; nothing is written here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.currencies import exponent
from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.freezing import totals_input
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.settings import InvoiceDefaults
from billdesk.core.domain.totals import PriceMode, TaxRounding, Totals, compute
from billdesk.core.services.importing.customers import address_of
from billdesk.core.services.importing.lines import LineReader, discounts, exact_minor
from billdesk.core.services.importing.records import Record, Records
from billdesk.core.services.importing.references import References, key_of
from billdesk.core.services.importing.values import ValueProblem
from billdesk.core.services.steps.drafts import MOST_LINES

DATES = ("issued_on", "sent_on", "paid_on")


@dataclass(frozen=True, slots=True)
class Plan:
    """An invoice that can be written. ``number`` is ``None`` for a draft, ``paid_minor`` what was
    received for it; ``address`` is the one the old invoice showed, if the file knows it."""

    number: str | None
    draft: InvoiceDraft
    totals: Totals
    paid_minor: int
    paid_on: date | None
    sent_on: date | None
    address: Address | None


@dataclass(frozen=True, slots=True)
class Company:
    """What the checks need of the company."""

    currency: str
    today: date
    locked_through: date | None
    defaults: InvoiceDefaults


@dataclass(frozen=True, slots=True)
class Planner:
    """Checks invoices one by one and reports everything that does not fit.

    ``lines`` is ``None`` without a file of lines: each invoice then gets one line over its total.
    """

    company: Company
    invoices: Records
    lines: Records | None
    customers: References
    reader: LineReader
    drafts: bool

    def plans(self, lines_of: Mapping[int, Sequence[Record]], refused: set[int]) -> Iterator[Plan]:
        """The plans of all rows without problems; rows on ``refused`` lines are left out."""
        for record in self.invoices.rows:
            if record.line not in refused:
                plan = self._plan(record, lines_of.get(record.line, ()))
                if plan is not None:
                    yield plan

    def _plan(self, record: Record, line_records: Sequence[Record]) -> Plan | None:
        before = self.invoices.problems.count
        currency = record.text("currency") or self.company.currency
        scale = exponent(currency)
        number = record.text("number") or None
        if number is not None:
            self._check_history(record, number)
        elif "number" not in record.bad:
            self._check_draft(record)
        draft = InvoiceDraft(
            customer_id=self._customer(record),
            currency=currency,
            exchange_rate=self._exchange_rate(record, currency),
            issued_on=record.day("issued_on"),
            terms_days=record.whole("terms_days"),
            due_on=record.day("due_on"),
            service_from=record.day("service_from"),
            service_to=record.day("service_to"),
            order_reference=record.text("order_reference"),
            subject=record.text("subject"),
            introduction=record.text("introduction"),
            terms=record.text("terms"),
            language=record.text("language"),
            price_mode=PriceMode(record.text("price_mode") or self.company.defaults.price_mode),
            tax_rounding=TaxRounding(
                record.text("tax_rounding") or self.company.defaults.tax_rounding
            ),
            lines=self._lines(record, line_records, scale),
            adjustments=discounts(self.invoices, record, scale),
        )
        self._check_periods(record, draft)
        if record.bad or self.invoices.problems.count > before:
            return None
        totals = self._totals(record, line_records, draft)
        if totals is None:
            return None
        paid = self._paid(record, totals, scale)
        if self.invoices.problems.count > before:
            return None
        address = address_of(record)
        return Plan(
            number,
            draft,
            totals,
            paid,
            record.day("paid_on"),
            record.day("sent_on"),
            address if address != Address() else None,
        )

    def _check_draft(self, record: Record) -> None:
        if not self.drafts:
            reason = "this must not be blank (drafts = true in the mapping file imports drafts)."
            self.invoices.report(record, "number", reason)
        elif self.lines is not None and not record.text("key") and "key" not in record.bad:
            self.invoices.report(record, "key", "a draft needs a key, so that its lines find it.")
        for column in ("sent_on", "paid_on", "amount_paid"):
            if record.day(column) or record.number(column):
                self.invoices.report(record, column, "a draft cannot have been sent or paid.")

    def _check_history(self, record: Record, number: str) -> None:
        if not number.isprintable():
            self.invoices.report(record, "number", "this holds characters that cannot be printed.")
        if record.day("issued_on") is None and "issued_on" not in record.bad:
            self.invoices.report(record, "issued_on", "this must not be blank.")
        closed = self.company.locked_through
        for column in DATES:
            day = record.day(column)
            if day is None:
                continue
            if day > self.company.today:
                self.invoices.report(record, column, f"{day} lies in the future.")
            elif closed is not None and day <= closed and column != "sent_on":
                self.invoices.report(record, column, f"the books are closed through {closed}.")

    def _check_periods(self, record: Record, draft: InvoiceDraft) -> None:
        if draft.terms_days is not None and not 0 <= draft.terms_days <= 3650:
            self.invoices.report(record, "terms_days", "payment terms are 0 to 3650 days.")
        elif draft.issued_on is not None:
            due_on = draft.due_date(draft.issued_on)
            if due_on is not None and due_on < draft.issued_on:
                self.invoices.report(record, "due_on", "this lies before the invoice date.")
        if draft.service_from and draft.service_to and draft.service_to < draft.service_from:
            self.invoices.report(record, "service_to", "the period ends before it begins.")

    def _customer(self, record: Record) -> int | None:
        key = record.text("customer")
        if not key:
            return None
        try:
            return self.customers.find(key)
        except KeyError:
            self.invoices.report(record, "customer", f"there is no customer “{key}”.")
            return None

    def _exchange_rate(self, record: Record, currency: str) -> Decimal | None:
        rate = record.number("exchange_rate")
        if currency == self.company.currency:
            return None
        if rate is None and "exchange_rate" not in record.bad:
            reason = f"give the value of 1 {currency} in {self.company.currency}."
            self.invoices.report(record, "exchange_rate", reason)
        elif rate is not None and rate <= 0:
            self.invoices.report(record, "exchange_rate", "this is greater than zero.")
        return rate

    def _lines(
        self, record: Record, line_records: Sequence[Record], scale: int
    ) -> tuple[LineDraft, ...]:
        if self.lines is None:
            return self._single_line(record)
        if not line_records and key_of(record, "number"):
            column = "key" if record.text("key") else "number"
            self.invoices.report(record, column, "the file of lines has none for this invoice.")
        elif len(line_records) > MOST_LINES:
            self.invoices.report(record, "number", f"it has more than {MOST_LINES:,} lines.")
        found = [self.reader.read(self.lines, one, scale) for one in line_records]
        return tuple(line for line in found if line is not None)

    def _single_line(self, record: Record) -> tuple[LineDraft, ...]:
        """One line over the total, for lists that know no lines; with a tax, it contains it."""
        total = record.number("total")
        rates = self.reader.tax_rate_ids(self.invoices, record)
        if total is None:
            if "total" not in record.bad:
                self.invoices.report(record, "total", "without a file of lines this is needed.")
            return ()
        if rates and record.text("price_mode") != PriceMode.GROSS:
            reason = "a total with tax needs price_mode gross, or a file of lines."
            self.invoices.report(record, "price_mode", reason)
        name = record.text("subject") or "As invoiced"
        return (LineDraft(name, Decimal(1), total, tax_rate_ids=rates),)

    def _totals(
        self, record: Record, line_records: Sequence[Record], draft: InvoiceDraft
    ) -> Totals | None:
        try:
            totals = compute(totals_input(draft, self.reader.rates.taxes))
        except UserError as error:
            self._report_line(record, line_records, error)
            return None
        given = record.number("total")
        computed = Decimal(totals.total_minor).scaleb(-exponent(draft.currency))
        if given is not None and given != computed:
            reason = f"the lines come to {computed} {draft.currency}, the file says {given}."
            self.invoices.report(record, "total", reason)
        elif totals.total_minor < 0:
            self.invoices.report(record, "total", "the total of an invoice cannot be negative.")
        return totals

    def _report_line(
        self, record: Record, line_records: Sequence[Record], error: UserError
    ) -> None:
        """Report an error of the totals at the line it is about (``lines.2.quantity``)."""
        parts = (error.field or "").split(".")
        if self.lines is not None and len(parts) == 3 and parts[0] == "lines":
            self.lines.report(line_records[int(parts[1])], parts[2], str(error))
        else:
            self.invoices.report(record, "total", str(error))

    def _paid(self, record: Record, totals: Totals, scale: int) -> int:
        """What was received in minor units; a date alone means all of it."""
        amount = record.number("amount_paid")
        paid_on = record.day("paid_on")
        if amount is None:
            return totals.total_minor if paid_on is not None else 0
        try:
            paid = exact_minor(amount, scale)
        except ValueProblem as problem:
            self.invoices.report(record, "amount_paid", str(problem))
            return 0
        if not 0 <= paid <= min(totals.total_minor, LARGEST_MINOR):
            total = Decimal(totals.total_minor).scaleb(-scale)
            self.invoices.report(record, "amount_paid", f"{amount} is not between 0 and {total}.")
        elif paid and paid_on is None:
            self.invoices.report(record, "paid_on", "say when the money was received.")
        return paid
