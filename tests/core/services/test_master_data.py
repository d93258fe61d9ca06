"""Customers, items and tax rates: written, hidden, brought back, never overwritten unseen."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from books import Shop

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.errors import NotFound, StaleVersion, UserError
from billdesk.core.domain.tax import TaxCategory
from billdesk.core.services.customers import CustomerInput
from billdesk.core.services.items import ItemInput
from billdesk.core.services.tax_rates import TaxRateInput

pytestmark = pytest.mark.both_engines


def test_a_customer_is_stored_as_typed_without_stray_blanks(shop: Shop) -> None:
    customer_id = shop.app.customers.create(
        CustomerInput(
            "  Åse Ødegård  ",
            contact="Åse",
            email="ase@odegard.example ",
            address=Address("Gata 1", "", "0154", "Oslo", "", "no"),
            vat_id="",
            terms_days=30,
            notes="Pays late.",
        )
    )
    row = shop.one("SELECT * FROM customer WHERE id = :id", id=customer_id)
    assert (row.name, row.number, row.version) == ("Åse Ødegård", "C-0001", 1)
    assert (row.email, row.country, row.terms_days) == ("ase@odegard.example", "NO", 30)
    assert row.sort_name == "ase odegard"
    assert "oslo" in row.search_text
    assert shop.told() == ["CustomerChanged"]
    shop.check()


def test_customer_numbers_follow_on_and_skip_numbers_that_were_typed(shop: Shop) -> None:
    shop.app.customers.create(CustomerInput("First"))
    typed = shop.app.customers.create(CustomerInput("Typed", number="C-0007"))
    shop.app.customers.create(CustomerInput("Next"))
    shop.app.customers.update(typed, 1, CustomerInput("Typed", number="C-0009"))
    shop.app.customers.create(CustomerInput("After"))
    rows = shop.rows("SELECT name, number FROM customer ORDER BY id")
    assert [row.number for row in rows] == ["C-0001", "C-0009", "C-0008", "C-0010"]
    with pytest.raises(UserError, match="belongs to First") as refusal:
        shop.app.customers.create(CustomerInput("Twin", number="C-0001"))
    assert refusal.value.field == "number"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Nord\ud800licht"}, "name"),
        ({"contact": "\u202eevil"}, "contact"),
        ({"phone": "1" * 61}, "phone"),
        ({"notes": "\ud800"}, "notes"),
        ({"number": "C" * 41}, "number"),
        ({"language": "x" * 11}, "language"),
        ({"address": Address(postal_code="1" * 21)}, "postal_code"),
        ({"address": Address(city="\x00")}, "city"),
        ({"email": "no-at-sign"}, "email"),
        ({"currency": "EURO"}, "currency"),
        ({"terms_days": -1}, "terms_days"),
        ({"terms_days": 3651}, "terms_days"),
        ({"vat_id": "DE123456789"}, "vat_id"),
        ({"address": Address(country="Germany")}, "country"),
    ],
)
def test_a_customer_that_cannot_be_names_its_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.customers.create(CustomerInput(**{"name": "Nordlicht", **changes}))
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM customer") == []


@pytest.mark.parametrize("vat_id", ["", "DE136695976", "de 136 695 976", "NO974760673MVA", "x"])
def test_vat_ids_are_checked_where_their_form_is_known(shop: Shop, vat_id: str) -> None:
    shop.app.customers.create(CustomerInput("Nordlicht", vat_id=vat_id))


def test_two_windows_cannot_overwrite_one_customer(shop: Shop) -> None:
    customer_id = shop.customer()
    shop.app.customers.update(customer_id, 1, CustomerInput("First window"))
    with pytest.raises(StaleVersion):
        shop.app.customers.update(customer_id, 1, CustomerInput("Second window"))
    row = shop.one("SELECT name, version FROM customer")
    assert tuple(row) == ("First window", 2)


def test_a_deleted_customer_comes_back_and_keeps_its_invoices(shop: Shop) -> None:
    customer_id = shop.customer()
    issued = shop.issued(customer_id=customer_id)
    shop.app.customers.delete(customer_id)
    shop.app.customers.delete(customer_id)
    assert shop.app.queries.customers().rows == ()
    assert shop.app.queries.document(issued.document_id).snapshot.buyer.name == "Nordlicht AS"
    shop.app.customers.restore(customer_id)
    (row,) = shop.app.queries.customers().rows
    assert row.id == customer_id
    assert shop.audit().count("customer.deleted") == 1
    assert shop.audit().count("customer.restored") == 1
    shop.check()


def test_items_keep_exact_prices(shop: Shop) -> None:
    vat = shop.rates()[0]
    item_id = shop.app.items.create(
        ItemInput("Screw", Decimal("0.012345"), code="S-1", unit="pcs", tax_rate_id=vat)
    )
    row = shop.app.queries.item(item_id)
    assert (row.unit_price, row.currency, row.tax_rate_id) == (Decimal("0.012345"), "EUR", vat)
    shop.app.items.update(item_id, row.version, ItemInput("Screw", Decimal("900719925474.099303")))
    assert shop.app.queries.item(item_id).unit_price == Decimal("900719925474.099303")
    with pytest.raises(StaleVersion):
        shop.app.items.update(item_id, row.version, ItemInput("Screw", Decimal(1)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"unit_price": Decimal(-1)}, "unit_price"),
        ({"unit_price": Decimal("NaN")}, "unit_price"),
        ({"unit_price": Decimal("0.0000001")}, "unit_price"),
        ({"currency": "EURO"}, "currency"),
    ],
)
def test_an_item_that_cannot_be_names_its_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.items.create(ItemInput(**{"name": "Screw", "unit_price": Decimal(1), **changes}))
    assert refusal.value.field == field


def test_an_item_code_is_given_once_among_those_in_use(shop: Shop) -> None:
    first = shop.app.items.create(ItemInput("Screw", Decimal(1), code="S-1"))
    with pytest.raises(UserError, match="belongs to Screw"):
        shop.app.items.create(ItemInput("Bolt", Decimal(1), code="S-1"))
    shop.app.items.delete(first)
    shop.app.items.create(ItemInput("Bolt", Decimal(1), code="S-1"))
    with pytest.raises(UserError, match="belongs to Bolt"):
        shop.app.items.restore(first)


def test_there_is_one_default_tax_rate(shop: Shop) -> None:
    rate = TaxRateInput("VAT 25 %", Decimal(25), is_default=True)
    new = shop.app.tax_rates.create(rate)
    rows = shop.rows("SELECT id FROM tax_rate WHERE is_default")
    assert [row.id for row in rows] == [new]
    shop.app.tax_rates.update(new, 1, TaxRateInput("VAT 24 %", Decimal(24)))
    row = shop.one("SELECT name, percent, is_default FROM tax_rate WHERE id = :id", id=new)
    assert tuple(row) == ("VAT 24 %", "24", 0)
    with pytest.raises(StaleVersion):
        shop.app.tax_rates.update(new, 1, rate)


def test_a_deleted_tax_rate_stays_on_the_drafts_that_name_it(shop: Shop) -> None:
    vat = shop.rates()[0]
    saved = shop.app.invoices.create(shop.draft("100"))
    draft = shop.app.queries.document(saved.document_id).draft
    named = replace(draft, lines=(replace(draft.lines[0], tax_rate_ids=(vat,)),))
    saved = shop.app.invoices.save(saved.document_id, saved.version, named)
    shop.app.tax_rates.delete(vat)
    assert vat not in [row.id for row in shop.app.queries.tax_rates()]
    assert shop.app.invoices.issue(saved.document_id, saved.version).total_minor == 11_900
    shop.app.tax_rates.restore(vat)
    assert vat in [row.id for row in shop.app.queries.tax_rates()]
    shop.check()


def test_a_tax_rate_needs_a_name_and_a_possible_percentage(shop: Shop) -> None:
    for rate in (
        lambda: TaxRateInput(" ", Decimal(19)),
        lambda: TaxRateInput("VAT\ud800", Decimal(19)),
        lambda: TaxRateInput("x" * 61, Decimal(19)),
        lambda: TaxRateInput("VAT", Decimal(19), reason="x" * 501),
        lambda: TaxRateInput("VAT", Decimal(101)),
        lambda: TaxRateInput("Free", Decimal(5), TaxCategory.EXEMPT),
    ):
        with pytest.raises(UserError):
            shop.app.tax_rates.create(rate())


@pytest.mark.parametrize(
    "act",
    [
        lambda app: app.customers.update(99, 1, CustomerInput("Nobody")),
        lambda app: app.customers.delete(99),
        lambda app: app.customers.restore(99),
        lambda app: app.items.update(99, 1, ItemInput("Nothing", Decimal(1))),
        lambda app: app.items.delete(99),
        lambda app: app.tax_rates.update(99, 1, TaxRateInput("None", Decimal(1))),
        lambda app: app.tax_rates.delete(99),
        lambda app: app.invoices.issue(99, 1),
        lambda app: app.invoices.duplicate(99),
        lambda app: app.invoices.void(99, "why"),
        lambda app: app.payments.undo(99),
        lambda app: app.links.request(99),
        lambda app: app.mail.draft_for(99),
        lambda app: app.mail.cancel(99),
        lambda app: app.mail.send_again(99),
    ],
)
def test_what_does_not_exist_is_not_found(shop: Shop, act: Callable[[object], object]) -> None:
    with pytest.raises(NotFound):
        act(shop.app)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "\ud800"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"code": "x" * 41}, "code"),
        ({"unit": "x" * 21}, "unit"),
        ({"unit_code": "C622"}, "unit_code"),
        ({"description": "a\x07"}, "description"),
    ],
)
def test_an_item_that_cannot_be_stored_names_its_field(
    shop: Shop, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.items.create(ItemInput(**{"name": "Screw", **changes}, unit_price=Decimal(1)))
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM item") == []
