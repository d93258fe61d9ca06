"""Stripe pays out in another currency than the invoice's: what is held there is what counts."""

from decimal import Decimal
from typing import Any

import pytest
from books import Shop

from billdesk.core.domain.settlement import RefundMeaning
from billdesk.core.services.payments import RefundOrder


def paid_in_dollars(shop: Shop, **settlement: Any) -> int:
    """USD 100.00 at 0.90 EUR, paid by card and settled as told."""
    shop.at_stripe("settlement", **settlement)
    issued = shop.issued("100", currency="USD", exchange_rate=Decimal("0.9"), online_payment=True)
    shop.work()
    shop.sandbox.pay(shop.links(issued.document_id)[0].url)
    shop.settle_down()
    shop.check()
    return issued.document_id


def clearing(shop: Shop) -> dict[str, int]:
    """What the books say Stripe holds, by currency, nothing left out but zeros."""
    rows = shop.rows(
        "SELECT p.currency, sum(p.minor) AS minor FROM posting p JOIN account a"
        " ON a.id = p.account_id WHERE a.role = 'stripe_clearing' GROUP BY p.currency"
    )
    return {row.currency: row.minor for row in rows if row.minor}


def held(shop: Shop) -> dict[str, int]:
    """What the practice Stripe holds."""
    found: dict[str, int] = {}
    for row in shop.sandbox.state()["balance_transactions"]:
        currency = row["currency"].upper()
        found[currency] = found.get(currency, 0) + row["net"]
    return found


def intent(shop: Shop) -> str:
    return str(shop.one("SELECT payment_intent FROM payment").payment_intent)


@pytest.mark.parametrize(
    ("currency", "rate", "fee_minor", "base_minor"),
    [
        # 92.00 EUR: 1.5 % and 0.25; the company's own currency is worth what it is worth.
        ("eur", "0.92", 163, 163),
        # 80.00 GBP; 1 USD = 0.90 EUR in the books and 0.80 GBP at Stripe: 1.45 GBP = 1.63 EUR.
        ("gbp", "0.8", 145, 163),
        # 15,000 JPY; 1 USD = 150 JPY at Stripe: 250 JPY = 1.50 EUR.
        ("jpy", "150", 225, 135),
    ],
)
def test_a_fee_in_the_settlement_currency(
    online: Shop, currency: str, rate: str, fee_minor: int, base_minor: int
) -> None:
    paid_in_dollars(online, currency=currency, rates={"usd": rate})
    payment = online.one("SELECT * FROM payment")
    assert (payment.fee_minor, payment.fee_currency) == (fee_minor, currency.upper())
    fee = online.one(
        "SELECT p.currency, p.minor, p.base_minor FROM posting p JOIN account a "
        "ON a.id = p.account_id WHERE a.role = 'payment_fees'"
    )
    assert tuple(fee) == (currency.upper(), fee_minor, base_minor)
    assert clearing(online) == held(online)


def test_settled_in_another_currency_clears_to_zero(online: Shop) -> None:
    paid_in_dollars(online, currency="eur", rates={"usd": "0.92"}, fee_tax_percent="20")
    # 90.00 EUR were owed, 92.00 came: 2.00 EUR gained; the fee of 1.63 holds 0.33 of tax.
    assert online.balances() == {"1160": 9_004, "4000": -9_000, "4800": -200, "5100": 196}
    assert clearing(online) == held(online) == {"EUR": 9_004}
    tax = online.one("SELECT fee_tax_minor FROM balance_transaction").fee_tax_minor
    assert tax == 33
    # The dollar fell meanwhile: what goes back costs less than it was worth.
    online.at_stripe("settlement", rates={"usd": "0.88"})
    refund = online.sandbox.refund(intent(online), 2_000)
    online.settle_down()
    assert clearing(online) == held(online) == {"EUR": 9_004 - 1_760}
    online.check()
    online.at_stripe("settlement", rates={"usd": "0.95"})
    online.at_stripe("refund/fail", refund=refund)
    online.settle_down()
    assert clearing(online) == held(online) == {"EUR": 9_004 - 1_760 + 1_900}
    online.check()
    dispute = online.at_stripe("dispute", payment_intent=intent(online), amount=5_000)
    online.settle_down()
    assert online.one("SELECT disputed_minor FROM payment").disputed_minor == 5_000
    assert clearing(online) == held(online)
    online.check()
    online.at_stripe("settlement", rates={"usd": "0.9"})
    online.at_stripe("dispute/close", dispute=dispute["id"], won=True)
    online.settle_down()
    assert online.one("SELECT disputed_minor FROM payment").disputed_minor == 0
    assert clearing(online) == held(online)
    # Nothing is left in dollars, nor disputed or waiting for a word, in either value.
    left = {"1160", "4000", "4800", "5100", "5800"}
    assert online.balances().keys() <= left
    online.check()


@pytest.mark.parametrize("ordered", [True, False])
def test_the_last_part_takes_the_rest_of_what_came_in(quick_online: Shop, ordered: bool) -> None:
    shop = quick_online
    shop.at_stripe("settlement", currency="usd", rates={})
    issued = shop.issued(
        "100.01", online_payment=True, currency="USD", exchange_rate=Decimal("0.913777")
    )
    shop.work()
    shop.sandbox.pay(shop.links(issued.document_id)[0].url)
    shop.settle_down()
    payment = shop.one("SELECT id, base_minor FROM payment")
    for minor in (*[1_003] * 8, 1_977):
        if ordered:
            meaning = RefundMeaning.GOODWILL
            shop.app.refund_orders.order(RefundOrder(payment.id, minor, meaning=meaning))
        else:
            shop.sandbox.refund(intent(shop), minor)
    shop.settle_down(30)
    refunds = shop.rows("SELECT minor, base_minor FROM refund WHERE state = 'succeeded'")
    assert sum(refund.minor for refund in refunds) == 10_001
    assert sum(refund.base_minor for refund in refunds) == payment.base_minor == 9_139
    shop.check()
