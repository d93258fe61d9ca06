"""Requests about customers, items, tax rates, accounts and lists that cannot be done."""

from datetime import date
from decimal import Decimal
from typing import Any

from standing import NOWHERE, Case

from billdesk.core.domain.accounts import AccountKind
from billdesk.core.domain.addresses import Address
from billdesk.core.domain.charts import Chart
from billdesk.core.domain.custom_fields import CustomField, Entity, FieldType
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.tax import TaxCategory, TaxKind
from billdesk.core.services.accounts import AccountInput, AccountName
from billdesk.core.services.cost_centres import CostCentreInput
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.items import ItemInput
from billdesk.core.services.tax_rates import RateChange, TaxRateInput

NAN, INFINITE = Decimal("NaN"), Decimal("Infinity")
LONG = "x" * 20_001


def _customer(field: str, **changes: Any) -> Case:
    return lambda s: s.customer(**changes), UserError, field


CUSTOMERS: dict[str, Case] = {
    "without a name": _customer("name", name=""),
    "blank name": _customer("name", name=" \t\n"),
    "name too long": _customer("name", name="x" * 201),
    "name with a control character": _customer("name", name="A\x00B"),
    "name that turns the writing": _customer("name", name="A\u202eB"),
    "name with half a character": _customer("name", name="\ud83d"),
    "mail without an at sign": _customer("email", email="anna.example.org"),
    "mail with two at signs": _customer("email", email="a@b@example.org"),
    "mail with a line break": _customer("email", email="a@example.org\r\nBcc: b@example.org"),
    "mail too long": _customer("email", email="a" * 320 + "@example.org"),
    "country in words": _customer("country", address=Address(country="Norway")),
    "country in digits": _customer("country", address=Address(country="47")),
    "address too long": _customer("line1", address=Address(line1="x" * 201)),
    "postal code too long": _customer("postal_code", address=Address(postal_code="1" * 21)),
    "city with a NUL": _customer("city", address=Address(city="Os\x00lo")),
    "VAT id with a wrong digit": _customer("vat_id", vat_id="DE136695977"),
    "VAT id too short": _customer("vat_id", vat_id="FR12"),
    "VAT id too long": _customer("vat_id", vat_id="X" * 31),
    "currency unknown": _customer("currency", currency="ABC"),
    "terms of minus 1 day": _customer("terms_days", terms_days=-1),
    "terms of 10 years and a day": _customer("terms_days", terms_days=3_651),
    "notes too long": _customer("notes", notes=LONG),
    "phone too long": _customer("phone", phone="1" * 61),
    "number that is taken": _customer("number", number="C-0001"),
    "number too long": _customer("number", number="1" * 41),
    "change an old version": (
        lambda s: s.shop.app.customers.update(s.mine.customer, 0, CustomerInput("New")),
        StaleVersion,
        None,
    ),
    "change another company's": (
        lambda s: s.shop.app.customers.update(s.other.customer, 1, CustomerInput("Mine now")),
        NotFound,
        None,
    ),
    "change to a name of blanks": (
        lambda s: s.shop.app.customers.update(s.mine.customer, 1, CustomerInput("  ")),
        UserError,
        "name",
    ),
    "delete another company's": (
        lambda s: s.shop.app.customers.delete(s.other.customer),
        NotFound,
        None,
    ),
    "delete nobody": (lambda s: s.shop.app.customers.delete(NOWHERE), NotFound, None),
    "restore another company's": (
        lambda s: s.shop.app.customers.restore(s.other.deleted_customer),
        NotFound,
        None,
    ),
}


def _item(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    return lambda s: s.item(**changes), error, field


ITEMS: dict[str, Case] = {
    "without a name": _item("name", name=" "),
    "name too long": _item("name", name="x" * 201),
    "price NaN": _item("unit_price", unit_price=NAN),
    "price infinite": _item("unit_price", unit_price=INFINITE),
    "price negative": _item("unit_price", unit_price=Decimal("-0.01")),
    "price over-precise": _item("unit_price", unit_price=Decimal("0.0000001")),
    "price huge": _item("unit_price", unit_price=Decimal(10) ** 30),
    "currency unknown": _item("currency", currency="EURO"),
    "code that is taken": _item("code", code="B-1"),
    "code too long": _item("code", code="x" * 41),
    "unit too long": _item("unit", unit="x" * 21),
    "unit code too long": _item("unit_code", unit_code="HOUR"),
    "description too long": _item("description", description=LONG),
    "tax rate that does not exist": _item(None, NotFound, tax_rate_id=NOWHERE),
    "tax rate of another company": (
        lambda s: s.item(tax_rate_id=s.other.rate),
        NotFound,
        None,
    ),
    "account of another company": (
        lambda s: s.item(account_id=s.other.account),
        NotFound,
        None,
    ),
    "account that does not exist": _item(None, NotFound, account_id=NOWHERE),
    "change an old version": (
        lambda s: s.shop.app.items.update(s.mine.item, 0, ItemInput("Nut", Decimal(1))),
        StaleVersion,
        None,
    ),
    "change another company's": (
        lambda s: s.shop.app.items.update(s.other.item, 1, ItemInput("Nut", Decimal(1))),
        NotFound,
        None,
    ),
    "delete another company's": (lambda s: s.shop.app.items.delete(s.other.item), NotFound, None),
    "delete nothing": (lambda s: s.shop.app.items.delete(0), NotFound, None),
}


def _rate(field: str, **changes: Any) -> Case:
    return lambda s: s.tax_rate(**changes), UserError, field


def _change(on: date, percent: Decimal, name: str = "VAT") -> Case:
    return (
        lambda s: s.shop.app.tax_rates.change_from(
            s.mine.rate,
            s.shop.one("SELECT version FROM tax_rate WHERE id = :id", id=s.mine.rate).version,
            RateChange(on, percent, name),
        ),
        UserError,
        {0: "name"}.get(len(name), "percent" if percent != 20 else "on"),
    )


RATES: dict[str, Case] = {
    "without a name": _rate("name", name=""),
    "name too long": _rate("name", name="x" * 61),
    "percent NaN": _rate("percent", percent=NAN),
    "percent infinite": _rate("percent", percent=INFINITE),
    "percent negative": _rate("percent", percent=Decimal(-1)),
    "percent above 100": _rate("percent", percent=Decimal("100.01")),
    "percent over-precise": _rate("percent", percent=Decimal("19.1234567")),
    "reverse charge with a percentage": _rate(
        "percent", category=TaxCategory.REVERSE_CHARGE, reason="R", percent=Decimal(19)
    ),
    "reason too long": _rate(
        "reason", category=TaxCategory.EXEMPT, percent=Decimal(0), reason="x" * 501
    ),
    "withheld by default": _rate("is_default", kind=TaxKind.WITHHELD, is_default=True),
    "change an old version": (
        lambda s: s.shop.app.tax_rates.update(s.mine.rate, 0, TaxRateInput("VAT", Decimal(20))),
        StaleVersion,
        None,
    ),
    "change another company's": (
        lambda s: s.shop.app.tax_rates.update(s.other.rate, 1, TaxRateInput("VAT", Decimal(20))),
        NotFound,
        None,
    ),
    "delete another company's": (
        lambda s: s.shop.app.tax_rates.delete(s.other.rate),
        NotFound,
        None,
    ),
    "changes in year 1": _change(date(1, 1, 1), Decimal(20)),
    "changes to NaN": _change(date(2027, 1, 1), NAN),
    "changes to minus 1": _change(date(2027, 1, 1), Decimal(-1)),
    "changes without a name": _change(date(2027, 1, 1), Decimal(20), ""),
}


def _account(field: str, code: str, name: str) -> Case:
    return (
        lambda s: s.shop.app.accounts.add(AccountInput(code, name, AccountKind.INCOME)),
        UserError,
        field,
    )


ACCOUNTS: dict[str, Case] = {
    "without a code": _account("code", " ", "Sales"),
    "without a name": _account("name", "4711", ""),
    "code too long": _account("code", "1" * 21, "Sales"),
    "name too long": _account("name", "4711", "x" * 121),
    "code that is taken": _account("code", "4000", "Sales"),
    "code with a control character": _account("code", "47\x0011", "Sales"),
    "rename to a code that is taken": (
        lambda s: s.shop.app.accounts.rename(s.mine.account, AccountName("1100", "Mine")),
        UserError,
        "code",
    ),
    "rename another company's": (
        lambda s: s.shop.app.accounts.rename(s.other.account, AccountName("77", "Mine")),
        NotFound,
        None,
    ),
    "retire another company's": (
        lambda s: s.shop.app.accounts.retire(s.other.account),
        NotFound,
        None,
    ),
    "retire nothing": (lambda s: s.shop.app.accounts.retire(NOWHERE), NotFound, None),
    "retire the bank": (
        lambda s: s.shop.app.accounts.retire(
            s.shop.rows("SELECT id FROM account WHERE role = 'bank' ORDER BY id")[0].id
        ),
        NotAllowed,
        None,
    ),
    "another chart after the first entry": (
        lambda s: s.shop.app.accounts.switch_chart(Chart.SKR03),
        NotAllowed,
        None,
    ),
    "tax to an account for sales": (
        lambda s: s.shop.app.accounts.assign_tax_rate(
            s.mine.rate,
            s.shop.one("SELECT version FROM tax_rate WHERE id = :id", id=s.mine.rate).version,
            s.mine.account,
            None,
        ),
        UserError,
        "tax_account_id",
    ),
}


def _field(field: str, key: str, label: str, kind: FieldType = FieldType.TEXT, **more: Any) -> Case:
    return (
        lambda s: s.shop.app.custom_fields.create(
            Entity.CUSTOMER, CustomField(key, label, kind, **more)
        ),
        UserError,
        field,
    )


OTHERS: dict[str, Case] = {
    "cost centre without a code": (
        lambda s: s.shop.app.cost_centres.create(CostCentreInput("", "Project")),
        UserError,
        "code",
    ),
    "cost centre without a name": (
        lambda s: s.shop.app.cost_centres.create(CostCentreInput("P2", " ")),
        UserError,
        "name",
    ),
    "cost centre code that is taken": (
        lambda s: s.shop.app.cost_centres.create(CostCentreInput("P1", "Another")),
        UserError,
        "code",
    ),
    "cost centre code too long": (
        lambda s: s.shop.app.cost_centres.create(CostCentreInput("x" * 21, "Another")),
        UserError,
        "code",
    ),
    "cost centre of another company": (
        lambda s: s.shop.app.cost_centres.update(s.other.cost_centre, CostCentreInput("Q", "Q")),
        NotFound,
        None,
    ),
    "delete another company's cost centre": (
        lambda s: s.shop.app.cost_centres.delete(s.other.cost_centre),
        NotFound,
        None,
    ),
    "field without a name": _field("label", "colour", " "),
    "field with a key of blanks": _field("key", "my colour", "Colour"),
    "field with choices of nothing": _field("choices", "size", "Size", FieldType.CHOICE),
    "field with the same choice twice": _field(
        "choices", "size", "Size", FieldType.CHOICE, choices=("S", "S")
    ),
    "text field with choices": _field("choices", "size", "Size", choices=("S",)),
    "field of another company": (
        lambda s: s.shop.app.custom_fields.delete(s.other.field),
        NotFound,
        None,
    ),
    "field of another kind": (
        lambda s: s.shop.app.custom_fields.update(
            s.mine.field, CustomField("order_day", "Order day", FieldType.NUMBER)
        ),
        NotAllowed,
        None,
    ),
    "move a deleted field": (
        lambda s: s.shop.app.custom_fields.move(s.mine.deleted_field, 1),
        NotAllowed,
        None,
    ),
    "move a field of another company": (
        lambda s: s.shop.app.custom_fields.move(s.other.field, 1),
        NotFound,
        None,
    ),
    "read another company's document": (
        lambda s: s.shop.app.queries.document(s.other.issued),
        NotFound,
        None,
    ),
    "read another company's document of a day": (
        lambda s: s.shop.app.queries.document_as_of(s.other.issued, date(2026, 11, 24)),
        NotFound,
        None,
    ),
    "read another company's customer": (
        lambda s: s.shop.app.queries.customer(s.other.customer),
        NotFound,
        None,
    ),
    "begin an invoice for another company's customer": (
        lambda s: s.shop.app.queries.new_draft(s.other.customer),
        NotFound,
        None,
    ),
    "print another company's document": (
        lambda s: s.shop.app.previews.document(s.other.issued),
        NotFound,
        None,
    ),
}
