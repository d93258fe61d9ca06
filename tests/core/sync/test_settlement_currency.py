"""Stripe pays out in another currency than the invoice's: fees keep theirs, the books theirs.

The practice Stripe settles every charge in its own currency, so its facts are changed here.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from books import Shop

from billdesk.core.gateways.stripe.facts import RootKind


@pytest.mark.parametrize(
    ("currency", "rate", "fee_minor", "base_minor"),
    [
        # The company's own currency is worth what it is worth.
        ("EUR", "0.92", 250, 250),
        # 1 USD = 0.90 EUR in the books and 0.80 GBP at Stripe: 2.00 GBP = 2.25 EUR.
        ("GBP", "0.8", 200, 225),
        # 1 USD = 150 JPY at Stripe: 400 JPY = 2.40 EUR.
        ("JPY", "150", 400, 240),
    ],
)
def test_a_fee_in_the_settlement_currency(
    online: Shop, currency: str, rate: str, fee_minor: int, base_minor: int
) -> None:
    issued = online.issued("100", currency="USD", exchange_rate=Decimal("0.9"), online_payment=True)
    online.work()
    online.sandbox.pay(online.links(issued.document_id)[0].url)
    online.pass_time(minutes=5)
    (session,) = online.sandbox.state()["sessions"]
    gateway = online.app.settings._stripe.open(online.app.company_uid, livemode=False)
    told = gateway.fetch_payment(RootKind.SESSION, session["id"])
    assert told.charge is not None
    assert told.charge.balance is not None
    balance = replace(
        told.charge.balance,
        currency=currency,
        exchange_rate=Decimal(rate),
        fee_minor=fee_minor,
    )
    told = replace(told, charge=replace(told.charge, balance=balance))
    online.app.sync._poller._payments.apply(told, livemode=False)
    payment = online.one("SELECT * FROM payment")
    assert (payment.fee_minor, payment.fee_currency) == (fee_minor, currency)
    fee = online.one(
        "SELECT p.currency, p.minor, p.base_minor FROM posting p JOIN account a "
        "ON a.id = p.account_id WHERE a.role = 'payment_fees'"
    )
    assert tuple(fee) == (currency, fee_minor, base_minor)
    assert online.balances() == {
        "1160": 9_000 - base_minor,
        "4000": -9_000,
        "5100": base_minor,
    }
    online.check()
