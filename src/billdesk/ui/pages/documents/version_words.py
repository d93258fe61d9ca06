"""The differences between two versions of a draft, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from billdesk.core.domain.custom_fields import CustomValue
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.revision_diff import ChangeKind, Diff, FieldChange, LineChange
from billdesk.core.domain.snapshot import Delivery
from billdesk.core.domain.totals import Adjustment, PriceMode, TaxRounding
from billdesk.ui.format import Formats
from billdesk.ui.text import tr, trn


@dataclass(frozen=True)
class Names:
    """What people call the rows that drafts name by their ids; and the document's currency."""

    currency: str
    scale: int
    customers: Mapping[int, str]
    tax_rates: Mapping[int, str]
    cost_centres: Mapping[int, str]
    accounts: Mapping[int, str]


@dataclass(frozen=True)
class Change:
    """One difference: where, what it was and what it is; ``before`` is empty for something new."""

    where: str
    before: str
    after: str


def changes(diff: Diff, names: Names, formats: Formats) -> list[Change]:
    """All differences in the order of the document."""
    words = _Words(names, formats)
    found = [words.field(one) for one in diff.fields]
    for line in diff.lines:
        found += words.line(line)
    return found


class _Words:
    def __init__(self, names: Names, formats: Formats) -> None:
        self._names = names
        self._formats = formats

    def field(self, change: FieldChange, where: str = "") -> Change:
        name = _titles().get(change.name, change.name.replace("_", " "))
        title = f"{where}: {name}" if where else name
        return Change(
            title, self._value(change.name, change.before), self._value(change.name, change.after)
        )

    def line(self, change: LineChange) -> list[Change]:
        name = change.name or tr("unnamed")
        if change.kind is ChangeKind.ADDED:
            return [Change(tr("Line"), "", name)]
        if change.kind is ChangeKind.REMOVED:
            return [Change(tr("Line"), name, "")]
        return [self.field(one, name) for one in change.fields]

    def _value(self, name: str, value: Any) -> str:
        ids = {
            "customer_id": self._names.customers,
            "cost_centre_id": self._names.cost_centres,
            "account_id": self._names.accounts,
        }
        if name in ids:
            return "" if value is None else ids[name].get(value, tr("unknown"))
        if name == "cash_step_minor":
            return self._money(value) if value else ""
        if name == "tax_rate_ids":
            return ", ".join(self._names.tax_rates.get(one, tr("unknown")) for one in value)
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, bool):
            return tr("yes") if value else tr("no")
        if isinstance(value, date):
            return self._formats.date(value)
        if isinstance(value, Decimal | int):
            return self._formats.number(value)
        if isinstance(value, Enum):
            return _enums().get(value, str(value.value))
        if isinstance(value, DiscountTerms):
            days = trn("within {count} day", "within {count} days", value.days)
            return f"{self._formats.percent(value.percent)} {days}"
        if isinstance(value, Adjustment):
            return self._adjustment(value)
        if isinstance(value, Delivery):
            return ", ".join(part for part in (value.name, *value.address.lines()) if part)
        if isinstance(value, tuple):
            return ", ".join(self._plain(one) for one in value)
        if isinstance(value, CustomValue):
            return f"{value.key}: {value.value}"
        return "" if value is None else str(value)

    def _adjustment(self, value: Adjustment) -> str:
        if value.percent is not None:
            return self._formats.percent(value.percent)
        return self._money(value.amount_minor or 0)

    def _money(self, minor: int) -> str:
        return self._formats.money(minor, self._names.currency, self._names.scale)


def _titles() -> dict[str, str]:
    return {
        "customer_id": tr("Customer"),
        "currency": tr("Currency"),
        "exchange_rate": tr("Exchange rate"),
        "exchange_rate_on": tr("Rate of"),
        "issued_on": tr("Date"),
        "terms_days": tr("Days to pay"),
        "due_on": tr("Due"),
        "discount": tr("Discount for paying early"),
        "service_from": tr("Service from"),
        "service_to": tr("Service to"),
        "order_reference": tr("Reference"),
        "subject": tr("Subject"),
        "introduction": tr("Introduction"),
        "terms": tr("Notes"),
        "language": tr("Language"),
        "price_mode": tr("Prices"),
        "tax_rounding": tr("Tax rounding"),
        "cash_step_minor": tr("Cash rounding"),
        "online_payment": tr("Online payment"),
        "contact": tr("Contact person"),
        "delivery": tr("Deliver to"),
        "custom": tr("Your own fields"),
        "adjustments": tr("Discount"),
        "valid_until": tr("Valid until"),
        "deposit_ids": tr("Deposits"),
        "name": tr("Description"),
        "quantity": tr("Quantity"),
        "unit_price": tr("Price"),
        "description": tr("Details"),
        "unit": tr("Unit"),
        "unit_code": tr("Unit code"),
        "tax_rate_ids": tr("Tax"),
        "item_id": tr("Item"),
        "account_id": tr("Account"),
        "cost_centre_id": tr("Cost centre"),
    }


def _enums() -> dict[Enum, str]:
    return {
        PriceMode.NET: tr("without tax"),
        PriceMode.GROSS: tr("with tax"),
        TaxRounding.PER_DOCUMENT: tr("once per rate"),
        TaxRounding.PER_LINE: tr("on each line"),
    }
