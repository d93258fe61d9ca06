"""Requests about what recurs, prices and opening balances that cannot be done."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from books import line
from furnishing import CLOSED, TODAY
from standing import NOWHERE, Case, Standing

from billdesk.core.domain.errors import NotAllowed, NotFound, StaleVersion, UserError
from billdesk.core.domain.money import LARGEST_MINOR
from billdesk.core.domain.people import Contact, Place
from billdesk.core.domain.pricing import ListedPrice
from billdesk.core.domain.recurrence import Schedule, Unit
from billdesk.core.domain.recurring import PriceChange
from billdesk.core.services.opening_balances import (
    OpeningAmount,
    OpeningBalances,
    OpeningDebt,
)
from billdesk.core.services.recurring import RecurringInput

NAN, INFINITE = Decimal("NaN"), Decimal("Infinity")
HUGE = Decimal(10) ** 30
PRECISE = Decimal("0.1234567")
LONG = "x" * 20_001


def _recurring(s: Standing, **changes: Any) -> RecurringInput:
    given = RecurringInput("Hosting", s.draft(), Schedule(TODAY, Unit.MONTH))
    return replace(given, **changes)


def _template(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    return lambda s: s.shop.app.recurring.create(_recurring(s, **changes)), error, field


def _changed(change: PriceChange) -> Case:
    return _template("price_changes.0", price_changes=(change,))


def _schedule(field: str, **changes: Any) -> Case:
    return (
        lambda _: Schedule(**{"anchor_on": TODAY, "unit": Unit.MONTH, **changes}),
        UserError,
        field,
    )


RECURRING: dict[str, Case] = {
    "without a name": _template("name", name=" "),
    "name too long": _template("name", name="x" * 201),
    "without a customer": (
        lambda s: s.shop.app.recurring.create(_recurring(s, draft=s.draft(customer_id=None))),
        UserError,
        "customer_id",
    ),
    "without lines": (
        lambda s: s.shop.app.recurring.create(_recurring(s, draft=s.draft(lines=()))),
        UserError,
        "lines",
    ),
    "of a price that is NaN": (
        lambda s: s.shop.app.recurring.create(_recurring(s, draft=s.draft(lines=(line("NaN"),)))),
        UserError,
        "lines.0.unit_price",
    ),
    "for another company's customer": (
        lambda s: s.shop.app.recurring.create(
            _recurring(s, draft=s.draft(customer_id=s.other.customer))
        ),
        NotFound,
        None,
    ),
    "every 0 months": _schedule("every", every=0),
    "every 101 months": _schedule("every", every=101),
    "begins in year 1": _schedule("anchor_on", anchor_on=date(1, 1, 1)),
    "ends before it begins": _schedule("ends_on", ends_on=TODAY - timedelta(days=1)),
    "ends after 0 times": _schedule("ends_after", ends_after=0),
    "ends twice": _schedule("ends_after", ends_after=3, ends_on=TODAY),
    "price changes to NaN": _changed(PriceChange(TODAY, unit_price=NAN, line=0)),
    "price changes to over-precise": _changed(PriceChange(TODAY, unit_price=PRECISE, line=0)),
    "price changes to huge": _changed(PriceChange(TODAY, unit_price=HUGE, line=0)),
    "price changes by minus 100 percent": _changed(PriceChange(TODAY, percent=Decimal(-100))),
    "price changes by infinity": _changed(PriceChange(TODAY, percent=INFINITE)),
    "price changes by nothing said": _changed(PriceChange(TODAY)),
    "price changes of no line": _changed(PriceChange(TODAY, unit_price=Decimal(1), line=7)),
    "price changes in year 1": _changed(PriceChange(date(1, 1, 1), percent=Decimal(1))),
    "update an old version": (
        lambda s: s.shop.app.recurring.update(s.mine.template, 99, _recurring(s)),
        StaleVersion,
        None,
    ),
    "update another company's": (
        lambda s: s.shop.app.recurring.update(s.other.template, 1, _recurring(s)),
        NotFound,
        None,
    ),
    "pause another company's": (
        lambda s: s.shop.app.recurring.pause(s.other.template),
        NotFound,
        None,
    ),
    "delete nothing": (lambda s: s.shop.app.recurring.delete(NOWHERE), NotFound, None),
    "make a period that is not due": (
        lambda s: s.shop.app.recurring_runs.create(s.mine.template, [2]),
        NotAllowed,
        None,
    ),
    "make period 0": (
        lambda s: s.shop.app.recurring_runs.create(s.mine.template, [0]),
        NotAllowed,
        None,
    ),
    "make no period": (
        lambda s: s.shop.app.recurring_runs.create(s.mine.template, []),
        NotAllowed,
        None,
    ),
    "make of what is paused": (
        lambda s: s.shop.app.recurring_runs.create(s.mine.paused, [1]),
        NotAllowed,
        None,
    ),
    "skip what is not due": (
        lambda s: s.shop.app.recurring_runs.skip(s.mine.template, [1, 2]),
        NotAllowed,
        None,
    ),
    "make another company's": (
        lambda s: s.shop.app.recurring_runs.create(s.other.template, [1]),
        NotFound,
        None,
    ),
}


def _price(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    def request(s: Standing) -> object:
        good = {"unit_price": Decimal(1), "currency": "EUR"}
        given = {**good, **changes}
        given = {key: one(s) if callable(one) else one for key, one in given.items()}
        return s.item(prices=(ListedPrice(**given),))

    return request, error, field


def _customer(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    return (
        lambda s: s.customer(
            **{key: one(s) if callable(one) else one for key, one in changes.items()}
        ),
        error,
        field,
    )


PRICES: dict[str, Case] = {
    "list without a name": (lambda s: s.shop.app.price_lists.create(" "), UserError, "name"),
    "list name too long": (
        lambda s: s.shop.app.price_lists.create("x" * 121),
        UserError,
        "name",
    ),
    "list in no currency": (
        lambda s: s.shop.app.price_lists.create("Friends", "XXX"),
        UserError,
        "currency",
    ),
    "rename another company's list": (
        lambda s: s.shop.app.price_lists.rename(s.other.price_list, "Mine"),
        NotFound,
        None,
    ),
    "delete another company's list": (
        lambda s: s.shop.app.price_lists.delete(s.other.price_list),
        NotFound,
        None,
    ),
    "restore nothing": (lambda s: s.shop.app.price_lists.restore(NOWHERE), NotFound, None),
    "NaN": _price("prices.0.unit_price", unit_price=NAN),
    "infinite": _price("prices.0.unit_price", unit_price=INFINITE),
    "negative": _price("prices.0.unit_price", unit_price=Decimal(-1)),
    "over-precise": _price("prices.0.unit_price", unit_price=PRECISE),
    "huge": _price("prices.0.unit_price", unit_price=HUGE),
    "in no currency": _price("prices.0.currency", currency="XXX"),
    "from a quantity of NaN": _price("prices.0.min_quantity", min_quantity=NAN),
    "from a negative quantity": _price("prices.0.min_quantity", min_quantity=Decimal(-1)),
    "from a huge quantity": _price("prices.0.min_quantity", min_quantity=HUGE),
    "from year 1": _price("prices.0.valid_from", valid_from=date(1, 1, 1)),
    "of another company's list": _price(None, NotFound, price_list_id=lambda s: s.other.price_list),
    "of no list": _price(None, NotFound, price_list_id=NOWHERE),
    "in another currency than its list": _price(
        "prices.0.currency", currency="USD", price_list_id=lambda s: s.mine.price_list
    ),
    "customer with another company's list": _customer(
        None, NotFound, price_list_id=lambda s: s.other.price_list
    ),
    "customer with another company's tax rate": _customer(
        None, NotFound, tax_rate_id=lambda s: s.other.rate
    ),
    "contact without a name": _customer("contacts.0.name", contacts=(Contact(" "),)),
    "contact with half a mail address": _customer(
        "contacts.0.email", contacts=(Contact("Ann", email="ann@"),)
    ),
    "contact of nothing": _customer(None, NotFound, contacts=(Contact("Ann", id=NOWHERE),)),
    "two default contacts": _customer(
        "contacts", contacts=(Contact("Ann", is_default=True), Contact("Bo", is_default=True))
    ),
    "place without anything": _customer("places.0.name", places=(Place(),)),
    "place of nothing": _customer(None, NotFound, places=(Place("Yard", id=NOWHERE),)),
}


def _opening(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    def request(s: Standing) -> object:
        given = {"on": TODAY, **changes}
        given = {key: one(s) if callable(one) else one for key, one in given.items()}
        return s.shop.app.opening_balances.record(OpeningBalances(**given))

    return request, error, field


def _debt(field: str | None, error: type[UserError] = UserError, **changes: Any) -> Case:
    def customers(s: Standing) -> tuple[OpeningDebt, ...]:
        given = {"customer_id": s.mine.customer, "minor": 100, **changes}
        given = {key: one(s) if callable(one) else one for key, one in given.items()}
        return (OpeningDebt(**given),)

    return _opening(field, error, customers=customers)


OPENING: dict[str, Case] = {
    "of nothing": _opening("accounts"),
    "tomorrow": _opening(
        "on", on=TODAY + timedelta(days=1), accounts=lambda s: (OpeningAmount(s.mine.account, 1),)
    ),
    "in year 1": _opening(
        "on", on=date(1, 1, 1), accounts=lambda s: (OpeningAmount(s.mine.account, 1),)
    ),
    "on a closed day": _opening(
        "on", NotAllowed, on=CLOSED, accounts=lambda s: (OpeningAmount(s.mine.account, 1),)
    ),
    "of zero": _opening("accounts.0.minor", accounts=lambda s: (OpeningAmount(s.mine.account, 0),)),
    "of more than a column can hold": _opening(
        "accounts.0.minor", accounts=lambda s: (OpeningAmount(s.mine.account, -(10**30)),)
    ),
    "of one account twice": _opening(
        "accounts",
        accounts=lambda s: (OpeningAmount(s.mine.account, 1), OpeningAmount(s.mine.account, 1)),
    ),
    "of another company's account": _opening(
        None, NotFound, accounts=lambda s: (OpeningAmount(s.other.account, 1),)
    ),
    "debt of nothing": _debt("customers.0.minor", minor=0),
    "negative debt": _debt("customers.0.minor", minor=-1),
    "debt too large": _debt("customers.0.minor", minor=LARGEST_MINOR + 1),
    "debt of nobody": _debt(None, NotFound, customer_id=NOWHERE),
    "debt of another company's customer": _debt(
        None, NotFound, customer_id=lambda s: s.other.customer
    ),
    "debt due in year 1": _debt("customers.0.due_on", due_on=date(1, 1, 1)),
    "debt due in year 9999": _debt("customers.0.due_on", due_on=date(9999, 12, 31)),
    "debt with a number too long": _debt("customers.0.number", number="1" * 41),
    "debt with a number that is taken": _debt("customers.0.number", number="INV-00001"),
    "debt with the same number twice": _opening(
        "customers.1.number",
        customers=lambda s: (OpeningDebt(s.mine.customer, 1, "A"),) * 2,
    ),
    "undo without a reason": (
        lambda s: s.shop.app.opening_balances.undo(" "),
        UserError,
        "reason",
    ),
    "undo what is not there": (
        lambda s: s.shop.app.opening_balances.undo("a mistake"),
        NotAllowed,
        None,
    ),
}
