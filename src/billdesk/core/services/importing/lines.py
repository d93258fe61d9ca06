"""The lines of imported invoices."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from billdesk.core.domain.drafts import LineDraft
from billdesk.core.domain.errors import UserError
from billdesk.core.domain.totals import Adjustment, decimals
from billdesk.core.services.importing.records import Record, Records
from billdesk.core.services.importing.references import References
from billdesk.core.services.importing.tax_rates import TaxRates
from billdesk.core.services.importing.values import ValueProblem


@dataclass(frozen=True, slots=True)
class LineReader:
    """Turns records into lines; what does not fit is reported where it stands."""

    items: References
    rates: TaxRates

    def read(self, records: Records, record: Record, scale: int) -> LineDraft | None:
        """A line of an invoice in a currency with ``scale`` decimals; ``None`` with problems."""
        before = records.problems.count
        item_id = self._item(records, record)
        adjustments = discounts(records, record, scale)
        rates = self.tax_rate_ids(records, record)
        name = record.text("name")
        if not name and "name" not in record.bad:
            records.report(record, "name", "this must not be blank.")
        if record.bad or records.problems.count > before:
            return None
        return LineDraft(
            name=name,
            quantity=record.number("quantity") or Decimal(0),
            unit_price=record.number("unit_price") or Decimal(0),
            description=record.text("description"),
            unit=record.text("unit"),
            unit_code=record.text("unit_code") or "C62",
            tax_rate_ids=rates,
            adjustments=adjustments,
            item_id=item_id,
        )

    def tax_rate_ids(self, records: Records, record: Record) -> tuple[int, ...]:
        """The tax rates a record names; unknown ones are reported."""
        try:
            return self.rates.find(record.text("tax"))
        except ValueProblem as problem:
            records.report(record, "tax", str(problem))
            return ()

    def _item(self, records: Records, record: Record) -> int | None:
        key = record.text("item")
        if not key:
            return None
        try:
            return self.items.find(key)
        except KeyError:
            records.report(record, "item", f"there is no item “{key}”.")
            return None


def by_invoice(records: Records, invoices: Mapping[str, Record]) -> dict[int, list[Record]]:
    """The records of lines by the line of their invoice; strays are reported."""
    found: dict[int, list[Record]] = defaultdict(list)
    for record in records.rows:
        key = record.text("invoice")
        if not key:
            continue
        invoice = invoices.get(key)
        if invoice is None:
            records.report(record, "invoice", f"there is no invoice “{key}” in the other file.")
        else:
            found[invoice.line].append(record)
    return found


def discounts(records: Records, record: Record, scale: int) -> tuple[Adjustment, ...]:
    """The allowances in the columns discount_percent and discount_amount."""
    found = []
    percent = record.number("discount_percent")
    amount = record.number("discount_amount")
    try:
        if percent:
            found.append(Adjustment(is_charge=False, percent=percent))
    except UserError as error:
        records.report(record, "discount_percent", str(error))
    try:
        if amount:
            minor = exact_minor(amount, scale)
            found.append(Adjustment(is_charge=False, amount_minor=minor))
    except (UserError, ValueProblem) as error:
        records.report(record, "discount_amount", str(error))
    return tuple(found)


def exact_minor(amount: Decimal, scale: int) -> int:
    """``amount`` in minor units. Raises ``ValueProblem`` when it is finer than the currency."""
    if decimals(amount) > scale:
        raise ValueProblem(f"{amount} has more decimals than the currency ({scale}).")
    return int(amount.scaleb(scale))
