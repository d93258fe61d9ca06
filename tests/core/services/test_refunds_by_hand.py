"""Money given back by hand: what it is worth where it leaves, and how much of it there is."""

from decimal import Decimal

import pytest
from books import Shop

from billdesk.core.domain.errors import NotAllowed, UserError
from billdesk.core.domain.outside import PaymentMethod
from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.services.payments import RefundInput
from billdesk.core.services.steps.credit import CreditInput

CREDIT = "2100"


def on_bank(shop: Shop) -> dict[str, tuple[int, int]]:
    """Per currency what the bank holds, in it and in company currency; nothing left out."""
    rows = shop.rows(
        "SELECT p.currency, sum(p.minor) AS minor, sum(p.base_minor) AS base FROM posting p "
        "JOIN account a ON a.id = p.account_id WHERE a.role = 'bank' GROUP BY p.currency"
    )
    return {r.currency: (r.minor, r.base) for r in rows if r.minor or r.base}


def in_dollars(shop: Shop, **received: object) -> tuple[int, int]:
    """An invoice over USD 100 at 0.9, paid; ids of the invoice and the payment."""
    invoice = shop.issued("100", currency="USD", exchange_rate=Decimal("0.9")).document_id
    return invoice, shop.receive(invoice, 10_000, **received)


def give_back(shop: Shop, minor: int, **fields: object) -> int:
    return shop.app.refunds.refund(
        RefundInput(minor, PaymentMethod.BANK, shop.time.today(), **fields)
    )


def test_foreign_money_goes_back_at_the_value_it_came_in_with(shop: Shop) -> None:
    invoice, _ = in_dollars(shop, exchange_rate=Decimal("0.8"))
    note = shop.app.credit_notes.credit(CreditInput(invoice)).document_id
    for minor in (3_333, 3_333):
        give_back(shop, minor, credit_note_id=note)
    assert on_bank(shop) == {"USD": (3_334, 2_667)}
    last = give_back(shop, 3_334, credit_note_id=note)
    assert on_bank(shop) == {}
    assert CREDIT not in shop.balances()
    shop.check()
    shop.app.refunds.undo(last)
    assert on_bank(shop) == {"USD": (3_334, 2_667)}
    shop.check()


@pytest.mark.parametrize("of_note", [True, False])
def test_money_that_was_converted_when_it_came_goes_back_the_same_way(
    shop: Shop, of_note: bool
) -> None:
    invoice, payment = in_dollars(shop, received_currency="EUR", received_minor=8_500)
    if of_note:
        note = shop.app.credit_notes.credit(CreditInput(invoice)).document_id
        give_back(shop, 4_000, credit_note_id=note)
        give_back(shop, 6_000, credit_note_id=note)
    else:
        give_back(shop, 4_000, payment_id=payment, meaning=RefundMeaning.REOPENED)
        give_back(shop, 6_000, payment_id=payment, meaning=RefundMeaning.REOPENED)
    assert on_bank(shop) == {}
    shop.check()


def test_what_left_the_account_is_what_the_owner_says(shop: Shop) -> None:
    invoice, _ = in_dollars(shop, received_currency="EUR", received_minor=8_500)
    note = shop.app.credit_notes.credit(CreditInput(invoice)).document_id
    refund = give_back(shop, 10_000, credit_note_id=note, paid_currency="EUR", paid_minor=8_700)
    # The two euros are what the dollar rose by between the payment and its return.
    assert on_bank(shop) == {"EUR": (-200, -200)}
    row = shop.one("SELECT * FROM refund WHERE id = :id", id=refund)
    assert (row.minor, row.base_minor, row.paid_currency, row.paid_minor) == (
        10_000,
        8_700,
        "EUR",
        8_700,
    )
    shop.check()
    shop.app.refunds.undo(refund)
    assert on_bank(shop) == {"EUR": (8_500, 8_500)}
    give_back(shop, 10_000, credit_note_id=note, exchange_rate=Decimal("0.7"))
    assert on_bank(shop) == {"EUR": (8_500, 8_500), "USD": (-10_000, -7_000)}
    shop.check()


def test_an_amount_that_left_needs_its_currency(shop: Shop) -> None:
    _, payment = in_dollars(shop)
    with pytest.raises(UserError) as refusal:
        give_back(shop, 100, payment_id=payment, paid_minor=90)
    assert refusal.value.field == "paid_minor"


def test_goodwill_is_at_most_what_the_payment_brought(shop: Shop) -> None:
    payment = shop.receive(shop.issued("100").document_id, 10_000)
    give_back(shop, 6_000, payment_id=payment, meaning=RefundMeaning.GOODWILL)
    for meaning in (RefundMeaning.GOODWILL, RefundMeaning.REOPENED):
        with pytest.raises(UserError, match=r"less than that .* payment: 40\.00 EUR"):
            give_back(shop, 4_001, payment_id=payment, meaning=meaning)
    give_back(shop, 4_000, payment_id=payment, meaning=RefundMeaning.GOODWILL)
    shop.check()


def test_a_payment_of_which_goodwill_was_given_is_not_undone(shop: Shop) -> None:
    payment = shop.receive(shop.issued("100").document_id, 10_000)
    refund = give_back(shop, 1_000, payment_id=payment, meaning=RefundMeaning.GOODWILL)
    with pytest.raises(NotAllowed, match="undo the refund first"):
        shop.app.payments.undo(payment)
    shop.app.refunds.undo(refund)
    shop.app.payments.undo(payment)
    shop.check()


def test_verify_names_money_that_left_at_another_value(shop: Shop) -> None:
    payment = shop.receive(shop.issued("100").document_id, 10_000)
    refund = give_back(shop, 1_000, payment_id=payment, meaning=RefundMeaning.GOODWILL)
    shop.falsify("UPDATE refund SET paid_currency = 'USD', paid_minor = 900")
    (found,) = shop.app.verification.run().violations
    assert (found.rule, found.subject) == ("refund-money", f"refund {refund}")
