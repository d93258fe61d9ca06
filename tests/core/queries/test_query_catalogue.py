"""Customers, items and tax rates."""

from datetime import timedelta
from decimal import Decimal

import pytest
from query_samples import TODAY, World

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.errors import NotFound
from billdesk.core.domain.tax import Tax, TaxCategory
from billdesk.core.queries.paging import Key
from billdesk.core.services.items import ItemInput

pytestmark = pytest.mark.both_engines


def test_customers_by_name_page_by_page(world: World) -> None:
    for name in ("Zoe", "Émile", "anton", "Ökonom", "Anton"):
        world.customer(name)
    seen: list[str] = []
    after: Key | None = None
    for _ in range(3):
        page = world.queries.customers(after=after, limit=2)
        seen.extend(row.name for row in page.rows)
        after = page.next_key
    assert after is None
    assert seen == ["anton", "Anton", "Émile", "Ökonom", "Zoe"]


def test_customers_are_found_by_what_is_known_of_them(world: World) -> None:
    world.customer("Acme", contact="Ada", address=Address(city="Köln"), email="a@acme.test")
    world.customer("Berta")
    for typed in ("acm", "ada koln", "C-0001", "a@acme"):
        assert [row.name for row in world.queries.customers(typed).rows] == ["Acme"]
    assert world.queries.customers("nobody").rows == ()


def test_deleted_customers_have_a_list_of_their_own(world: World) -> None:
    gone, here = world.customer("Gone"), world.customer("Here")
    world.customers.delete(gone)
    assert [row.id for row in world.queries.customers().rows] == [here]
    assert [row.id for row in world.queries.customers(deleted=True).rows] == [gone]
    assert world.queries.find_customers("gone") == ()
    assert world.queries.customer(gone).deleted


def test_what_a_customer_owes_in_each_currency(world: World) -> None:
    customer = world.customer("Acme")
    due = TODAY + timedelta(days=3)
    world.issued(customer, "100", due_on=due)
    paid = world.issued(customer, "50", due_on=due)
    world.issued(customer, "70", currency="USD", exchange_rate=Decimal("0.9"))
    world.pay(world.issued(customer, "30"), 1000)
    world.draft(customer, "999")
    world.invoices.void(world.issued(customer, "999"), "wrong")
    world.pay(paid, 5000)
    row = world.queries.customer(customer)
    assert row.owed == (("EUR", 12000), ("USD", 7000))
    assert (row.overdue, row.last_invoice_on) == (False, TODAY)
    world.clock.today = due + timedelta(days=1)
    assert world.queries.customers().rows[0].overdue


def test_a_new_customer_owes_nothing(world: World) -> None:
    row = world.queries.customer(world.customer("Acme", terms_days=0, language="fr"))
    assert (row.owed, row.overdue, row.last_invoice_on) == ((), False, None)
    assert (row.version, row.number, row.terms_days, row.language) == (1, "C-0001", 0, "fr")


def test_the_picker_offers_the_likeliest_customers_first(world: World) -> None:
    for name in ("Anna Bauer", "Bauer & Co", "Carl", "Bäuerle"):
        world.customer(name)
    found = [row.name for row in world.queries.find_customers("bau")]
    assert found == ["Bauer & Co", "Bäuerle", "Anna Bauer"]
    assert len(world.queries.find_customers("bau", limit=2)) == 2
    assert world.queries.find_customers("%") == ()


def test_the_empty_picker_offers_who_was_invoiced_lately(world: World) -> None:
    names = {name: world.customer(name) for name in ("Anna", "Berta", "Carl")}
    world.issued(names["Berta"])
    world.clock.today = TODAY + timedelta(days=1)
    world.issued(names["Carl"])
    world.issued(names["Carl"])
    assert [row.name for row in world.queries.find_customers("")] == ["Carl", "Berta", "Anna"]
    assert [row.name for row in world.queries.find_customers("", limit=1)] == ["Carl"]


def test_customers_of_others_are_not_found(world: World, other: World) -> None:
    foreign = other.customer("Acme")
    with pytest.raises(NotFound):
        world.queries.customer(foreign)
    assert world.queries.customers().rows == ()
    assert world.queries.find_customers("") == ()


def test_items_by_name_and_search(world: World) -> None:
    rate = world.queries.tax_rates()[0].id
    paint = world.items.create(
        ItemInput("Paint", Decimal("12.345678"), code="P-1", unit="l", tax_rate_id=rate)
    )
    world.items.create(ItemInput("Brush", Decimal(4), description="for façades"))
    gone = world.items.create(ItemInput("Paint, old", Decimal(1)))
    world.items.delete(gone)
    page = world.queries.items(limit=1)
    assert [row.name for row in page.rows] == ["Brush"]
    (row,) = world.queries.items(after=page.next_key).rows
    assert (row.id, row.unit_price, row.currency) == (paint, Decimal("12.345678"), "EUR")
    assert (row.tax_rate_id, row.unit, row.code) == (rate, "l", "P-1")
    assert [row.name for row in world.queries.items("facade").rows] == ["Brush"]
    assert [row.id for row in world.queries.items(deleted=True).rows] == [gone]
    assert world.queries.item(gone).deleted
    with pytest.raises(NotFound):
        world.queries.item(10**9)


def test_the_item_picker_prefers_the_code_then_the_beginning(world: World) -> None:
    for name, code in (("A10 cover", ""), ("Paint", "A10"), ("Cover A10", "")):
        world.items.create(ItemInput(name, Decimal(1), code=code))
    found = [row.name for row in world.queries.find_items("A10")]
    assert found == ["Paint", "A10 cover", "Cover A10"]
    assert len(world.queries.find_items("", limit=2)) == 2


def test_tax_rates_start_with_the_default(world: World, other: World) -> None:
    rates = world.queries.tax_rates()
    assert [rate.name for rate in rates] == ["VAT 19 %", "VAT 7 %", "Export"]
    assert rates[2].tax() == Tax("Export", TaxCategory.EXPORT, Decimal(0), "Tax-free export")
    world.tax_rates.delete(rates[1].id)
    assert [rate.name for rate in world.queries.tax_rates()] == ["VAT 19 %", "Export"]
    assert [rate.name for rate in world.queries.tax_rates(deleted=True)] == ["VAT 7 %"]
    assert len(other.queries.tax_rates()) == 3
