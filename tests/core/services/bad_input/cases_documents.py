"""Requests about drafts and documents that cannot be done."""

from datetime import date
from decimal import Decimal
from typing import Any

from books import line
from furnishing import CLOSED, TODAY
from standing import NOWHERE, Case

from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.totals import Adjustment

NAN, INFINITE = Decimal("NaN"), Decimal("Infinity")
HUGE = Decimal(10) ** 30
PRECISE = Decimal("0.1234567")
LONG = "x" * 20_001


def _draft(field: str, error: type[UserError] = UserError, **changes: Any) -> Case:
    return lambda s: s.create(**changes), error, field


def _line(field: str, error: type[UserError] = UserError, **changes: Any) -> Case:
    return lambda s: s.with_line(**changes), error, field


def _percent(percent: Decimal) -> Case:
    return (
        lambda s: s.create(adjustments=(Adjustment(is_charge=False, percent=percent),)),
        UserError,
        "discount",
    )


def _issue(field: str, error: type[UserError] = UserError, **changes: Any) -> Case:
    return lambda s: s.issue(**changes), error, field


DRAFTS: dict[str, Case] = {
    "quantity NaN": _line("lines.0.quantity", quantity="NaN"),
    "quantity infinite": _line("lines.0.quantity", quantity="Infinity"),
    "quantity over-precise": _line("lines.0.quantity", quantity="1.1234567"),
    "quantity huge": _line("lines.0.quantity", quantity="1e30"),
    "price NaN": _line("lines.0.unit_price", price="NaN"),
    "price infinite": _line("lines.0.unit_price", price="-Infinity"),
    "price over-precise": _line("lines.0.unit_price", price="0.0000001"),
    "price huge": _line("lines.0.unit_price", price="1e30"),
    "second line NaN": (
        lambda s: s.create(lines=(line(), line("NaN"))),
        UserError,
        "lines.1.unit_price",
    ),
    "product of price and quantity too large": _line("lines", price="9e11", quantity="9000"),
    "sum of lines too large": (
        lambda s: s.create(lines=(line("9e11", "10"), line("9e11", "10"))),
        UserError,
        "lines",
    ),
    "discount of minus 1 percent": _percent(Decimal(-1)),
    "discount of 101 percent": _percent(Decimal(101)),
    "discount NaN": _percent(NAN),
    "discount infinite": _percent(INFINITE),
    "discount with minus sign": (
        lambda s: s.create(adjustments=(Adjustment(is_charge=False, amount_minor=-5),)),
        UserError,
        "discount",
    ),
    "discount both ways": (
        lambda s: Adjustment(is_charge=False, amount_minor=5, percent=Decimal(5)),
        UserError,
        "discount",
    ),
    "discount of nothing at all": (lambda s: Adjustment(is_charge=True), UserError, "discount"),
    "discount with a control character": (
        lambda s: s.create(
            adjustments=(Adjustment(is_charge=False, percent=Decimal(1), reason="\x00"),)
        ),
        UserError,
        "discount",
    ),
    "rate of another company": (
        lambda s: s.with_line(tax_rate_ids=(s.other.rate,)),
        UserError,
        "lines",
    ),
    "rate that does not exist": _line("lines", tax_rate_ids=(NOWHERE,)),
    "item of another company": (lambda s: s.with_line(item_id=s.other.item), NotFound, None),
    "item that does not exist": (lambda s: s.with_line(item_id=NOWHERE), NotFound, None),
    "account of another company": (
        lambda s: s.with_line(account_id=s.other.account),
        NotFound,
        None,
    ),
    "account that does not exist": (lambda s: s.with_line(account_id=NOWHERE), NotFound, None),
    "cost centre of another company": (
        lambda s: s.with_line(cost_centre_id=s.other.cost_centre),
        NotFound,
        None,
    ),
    "customer of another company": (
        lambda s: s.create(customer_id=s.other.customer),
        NotFound,
        None,
    ),
    "customer that does not exist": (lambda s: s.create(customer_id=NOWHERE), NotFound, None),
    "currency unknown": _draft("currency", currency="XXX"),
    "currency in small letters": _draft("currency", currency="eur"),
    "currency too long": _draft("currency", currency="EURO"),
    "exchange rate zero": _draft("exchange_rate", currency="USD", exchange_rate=Decimal(0)),
    "exchange rate negative": _draft("exchange_rate", currency="USD", exchange_rate=Decimal(-1)),
    "exchange rate NaN": _draft("exchange_rate", currency="USD", exchange_rate=NAN),
    "exchange rate huge": _draft("exchange_rate", currency="USD", exchange_rate=HUGE),
    "exchange rate infinite": _draft("exchange_rate", currency="USD", exchange_rate=INFINITE),
    "issue date in year 1": _draft("issued_on", issued_on=date(1, 1, 1)),
    "issue date in year 9999": _draft("issued_on", issued_on=date(9999, 12, 31)),
    "due date in year 1999": _draft("due_on", due_on=date(1999, 12, 31)),
    "service begins in year 1": _draft("service_from", service_from=date(1, 1, 1)),
    "service ends in year 2999": _draft("service_to", service_to=date(2999, 1, 1)),
    "service ends before it begins": _draft(
        "service_to", service_from=TODAY, service_to=date(2026, 11, 1)
    ),
    "terms of minus 1 day": _draft("terms_days", terms_days=-1),
    "terms of 3651 days": _draft("terms_days", terms_days=3_651),
    "cash rounded to minus 5": _draft("cash_step_minor", cash_step_minor=-5),
    "cash rounded to 1001": _draft("cash_step_minor", cash_step_minor=1_001),
    "early payment of minus 1 percent": (
        lambda s: DiscountTerms(Decimal(-1), 7),
        UserError,
        "discount_percent",
    ),
    "early payment within minus 1 day": (
        lambda s: DiscountTerms(Decimal(2), -1),
        UserError,
        "discount_days",
    ),
    "early payment NaN": (lambda s: DiscountTerms(NAN, 7), UserError, "discount_percent"),
    "subject too long": _draft("subject", subject="x" * 201),
    "subject with a control character": _draft("subject", subject="a\x07b"),
    "subject that turns the writing": _draft("subject", subject="\u202egnp.exe"),
    "order reference too long": _draft("order_reference", order_reference="x" * 121),
    "introduction too long": _draft("introduction", introduction=LONG),
    "introduction with half a character": _draft("introduction", introduction="\ud800"),
    "terms too long": _draft("terms", terms=LONG),
    "language too long": _draft("language", language="x" * 11),
    "line name too long": _line("lines.0.name", name=LONG),
    "line description with a NUL": _line("lines.0.description", description="\x00"),
    "unit too long": _line("lines.0.unit", unit="x" * 21),
    "unit code too long": _line("lines.0.unit_code", unit_code="C622"),
    "too many lines": (lambda s: s.create(lines=(line(),) * 5_001), UserError, "lines"),
    "own field unknown": (
        lambda s: s.create(custom=_custom("colour", "red")),
        UserError,
        "custom.colour",
    ),
    "own field no date": (
        lambda s: s.create(custom=_custom("order_day", "31.02.2026")),
        UserError,
        "custom.order_day",
    ),
    "own field in year 1": (
        lambda s: s.create(custom=_custom("order_day", "0001-01-01")),
        UserError,
        "custom.order_day",
    ),
}


def _custom(key: str, value: str) -> Any:
    from billdesk.core.domain.custom_fields import CustomValue

    return (CustomValue(key, value),)


ISSUING: dict[str, Case] = {
    "issue without a customer": _issue("customer_id", customer_id=None),
    "issue without lines": _issue("lines", lines=()),
    "issue a line without a name": _issue("lines.0.name", lines=(line(name="  "),)),
    "issue a negative total": _issue("lines", lines=(line("1", "-1"),)),
    "issue without an exchange rate": _issue("exchange_rate", currency="USD"),
    "issue due before its date": _issue("due_on", due_on=date(2026, 11, 1), issued_on=TODAY),
    "issue on a closed day": _issue("issued_on", NotAllowed, issued_on=CLOSED),
    "issue long ago in a closed year": _issue("issued_on", NotAllowed, issued_on=date(2020, 1, 1)),
    "issue what cannot be printed": _issue("lines.0.name", lines=(line(name="\U0001f600"),)),
    "issue an old version": (
        lambda s: s.shop.app.invoices.issue(s.mine.draft, s.mine.draft_version + 99),
        StaleVersion,
        None,
    ),
    "issue twice": (
        lambda s: s.shop.app.invoices.issue(s.mine.issued, s.version(s.mine.issued)),
        NotAllowed,
        None,
    ),
    "issue what is deleted": (
        lambda s: s.shop.app.invoices.issue(s.mine.deleted_draft, s.version(s.mine.deleted_draft)),
        NotAllowed,
        None,
    ),
    "issue another company's draft": (
        lambda s: s.shop.app.invoices.issue(s.other.draft, 1),
        NotFound,
        None,
    ),
    "issue nothing": (lambda s: s.shop.app.invoices.issue(NOWHERE, 1), NotFound, None),
    "save an old version": (
        lambda s: s.shop.app.invoices.save(s.mine.draft, 0, s.draft()),
        StaleVersion,
        None,
    ),
    "save an issued invoice": (
        lambda s: s.shop.app.invoices.save(s.mine.issued, s.version(s.mine.issued), s.draft()),
        NotAllowed,
        None,
    ),
    "save a deleted draft": (
        lambda s: s.shop.app.invoices.save(
            s.mine.deleted_draft, s.version(s.mine.deleted_draft), s.draft()
        ),
        NotAllowed,
        None,
    ),
    "save another company's draft": (
        lambda s: s.shop.app.invoices.save(s.other.draft, 1, s.draft()),
        NotFound,
        None,
    ),
    "delete an issued invoice": (
        lambda s: s.shop.app.invoices.delete(s.mine.issued),
        NotAllowed,
        None,
    ),
    "delete a void invoice": (
        lambda s: s.shop.app.invoices.delete(s.mine.void),
        NotAllowed,
        None,
    ),
    "void without a reason": (
        lambda s: s.shop.app.invoices.void(s.mine.issued, " \n "),
        UserError,
        "reason",
    ),
    "void with a reason too long": (
        lambda s: s.shop.app.invoices.void(s.mine.issued, LONG),
        UserError,
        "reason",
    ),
    "void twice": (lambda s: s.shop.app.invoices.void(s.mine.void, "again"), NotAllowed, None),
    "void a draft": (lambda s: s.shop.app.invoices.void(s.mine.draft, "why"), NotAllowed, None),
    "void what is paid": (lambda s: s.shop.app.invoices.void(s.mine.paid, "why"), NotAllowed, None),
    "void another company's": (
        lambda s: s.shop.app.invoices.void(s.other.issued, "why"),
        NotFound,
        None,
    ),
    "duplicate another company's": (
        lambda s: s.shop.app.invoices.duplicate(s.other.issued),
        NotFound,
        None,
    ),
    "restore another company's": (
        lambda s: s.shop.app.invoices.restore(s.other.deleted_draft),
        NotFound,
        None,
    ),
    "delete another company's draft": (
        lambda s: s.shop.app.invoices.delete(s.other.draft),
        NotFound,
        None,
    ),
}
