"""Contacts, delivery addresses and defaults of a customer, and the drafts that start from them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from books import CUSTOMER, Shop

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.custom_fields import CustomField, CustomValue, Entity, FieldType
from billdesk.core.domain.documents import DocumentKind
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.errors import NotFound, UserError
from billdesk.core.domain.people import Contact, Place
from billdesk.core.domain.snapshot import Delivery
from billdesk.core.domain.tax_treatment import Treatment

INVOICES = (DocumentKind.INVOICE,)
ANNA = Contact("Anna Berg", "Accounts", "anna@nordlicht.example", "1", INVOICES)
BJORN = Contact("Bjørn Dahl", email="bjorn@nordlicht.example", is_default=True)
SITE = Place("Site", Address("Hafen 1", "", "0154", "Oslo", "", "no"), is_default=True)


@pytest.mark.both_engines
def test_contacts_and_places_are_kept_changed_and_put_away(shop: Shop) -> None:
    given = replace(CUSTOMER, contacts=(ANNA, BJORN), places=(SITE,))
    customer_id = shop.app.customers.create(given)
    row = shop.app.queries.customer(customer_id)
    assert [replace(one, id=None) for one in row.contacts] == [BJORN, ANNA]
    stored = replace(SITE, address=replace(SITE.address, country="NO"))
    assert [replace(one, id=None) for one in row.places] == [stored]
    kept = replace(row.contacts[1], phone="2")
    shop.app.customers.update(customer_id, row.version, replace(given, contacts=(kept,), places=()))
    again = shop.app.queries.customer(customer_id)
    assert (again.contacts, again.places) == ((kept,), ())
    away = shop.rows("SELECT name FROM customer_contact WHERE deleted_at IS NOT NULL")
    assert [one.name for one in away] == ["Bjørn Dahl"]
    assert [one.id for one in shop.app.queries.customers(search="anna@nordlicht").rows] == [
        customer_id
    ]
    shop.check()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contacts": (ANNA, replace(BJORN, name=" "))}, "contacts.1.name"),
        ({"contacts": (replace(ANNA, email="x"),)}, "contacts.0.email"),
        ({"contacts": (replace(ANNA, email=""),)}, "contacts.0.email"),
        ({"contacts": (replace(ANNA, role="x" * 81),)}, "contacts.0.role"),
        ({"contacts": (BJORN, BJORN)}, "contacts"),
        ({"contacts": (ANNA,) * 101}, "contacts"),
        ({"places": (Place(),)}, "places.0.name"),
        ({"places": (Place("x", Address(country="Norway")),)}, "places.0.country"),
        ({"places": (Place("\x00"),)}, "places.0.name"),
        ({"places": (SITE, SITE)}, "places"),
    ],
)
def test_people_that_cannot_be_name_their_place(
    shop: Shop, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.customers.create(replace(CUSTOMER, **changes))
    assert refusal.value.field == field
    assert shop.rows("SELECT * FROM customer_contact") == []


def test_somebody_else_s_contact_is_not_found(shop: Shop, open_shop: Any) -> None:
    first = shop.app.customers.create(replace(CUSTOMER, contacts=(ANNA,)))
    (anna,) = shop.app.queries.customer(first).contacts
    second = shop.customer()
    with pytest.raises(NotFound):
        shop.app.customers.update(second, 1, replace(CUSTOMER, contacts=(anna,)))
    other: Shop = open_shop("Other GmbH")
    rate = shop.rates()[0]
    price_list = shop.app.price_lists.create("Trade")
    for changes in ({"tax_rate_id": rate}, {"price_list_id": price_list}):
        with pytest.raises(NotFound):
            other.app.customers.create(replace(CUSTOMER, **changes))


def test_a_new_invoice_starts_with_the_customer_s_defaults(shop: Shop) -> None:
    discount = DiscountTerms(Decimal(2), 10)
    given = replace(
        CUSTOMER,
        language="de",
        currency="USD",
        terms_days=30,
        discount=discount,
        contacts=(ANNA, BJORN),
        places=(Place("Other"), SITE),
    )
    customer_id = shop.app.customers.create(given)
    draft = shop.app.queries.new_draft(customer_id)
    assert (draft.language, draft.currency, draft.terms_days) == ("de", "USD", 30)
    assert (draft.discount, draft.contact) == (discount, "Bjørn Dahl")
    assert draft.delivery == Delivery("Site", replace(SITE.address, country="NO"))
    row = shop.app.queries.customer(customer_id)
    without = replace(given, contacts=(), places=(), discount=None)
    shop.app.customers.update(customer_id, row.version, without)
    draft = shop.app.queries.new_draft(customer_id)
    assert (draft.discount, draft.contact, draft.delivery) == (None, "", None)


def test_taxes_of_a_line_follow_the_customer(shop: Shop) -> None:
    full, reduced, reverse = shop.rates()

    def taxes(**changes: Any) -> tuple[int, ...]:
        customer_id = shop.app.customers.create(replace(CUSTOMER, **changes))
        return shop.app.queries.line_offer(None, customer_id, Decimal(1), "EUR").tax_rate_ids

    assert shop.app.queries.line_offer(None, None, Decimal(1), "EUR").tax_rate_ids == (full,)
    assert taxes() == (full,)
    assert taxes(tax_rate_id=reduced) == (reduced,)
    assert taxes(tax_treatment=Treatment.REVERSE_CHARGE) == (reverse,)
    assert taxes(tax_treatment=Treatment.REVERSE_CHARGE, tax_rate_id=reduced) == (reverse,)


def test_mail_goes_to_the_contacts_who_receive_the_kind(shop: Shop) -> None:
    quotes = replace(BJORN, receives=(DocumentKind.QUOTE,))
    customer_id = shop.app.customers.create(replace(CUSTOMER, contacts=(quotes, ANNA)))
    issued = shop.issued(customer_id=customer_id)
    assert shop.app.mail.draft_for(issued.document_id).recipient == "anna@nordlicht.example"
    row = shop.app.queries.customer(customer_id)
    shop.app.customers.update(customer_id, row.version, replace(CUSTOMER, contacts=()))
    assert shop.app.mail.draft_for(issued.document_id).recipient == CUSTOMER.email


def test_own_fields_of_a_customer_are_checked_printed_and_found(shop: Shop) -> None:
    fields = shop.app.custom_fields
    fields.create(
        Entity.CUSTOMER, CustomField("debtor", "Debtor no.", is_required=True, is_printed=True)
    )
    fields.create(Entity.CUSTOMER, CustomField("since", "Since", FieldType.DATE))
    with pytest.raises(UserError) as refusal:
        shop.app.customers.create(CUSTOMER)
    assert refusal.value.field == "custom.debtor"
    custom = (CustomValue("debtor", "D-77123"), CustomValue("since", "2020-02-29"))
    customer_id = shop.app.customers.create(replace(CUSTOMER, custom=custom))
    assert shop.app.queries.customer(customer_id).custom == custom
    assert len(shop.app.queries.customers(search="d-77123").rows) == 1
    issued = shop.issued(customer_id=customer_id)
    snapshot = shop.app.queries.document(issued.document_id).snapshot
    assert snapshot is not None
    assert [(one.label, one.value) for one in snapshot.custom] == [("Debtor no.", "D-77123")]
    shop.check()
