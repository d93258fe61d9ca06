"""Payouts, and money that settles in another currency than it was charged in."""

import pytest
import stripe
from sandbox_support import NOW, MakeLink

from billdesk.sandbox import SandboxClock, StripeSandbox, StripeWorld
from billdesk.sandbox.exchange import Asked

_WEEK_S = 8 * 24 * 3600


def settled(sandbox: StripeSandbox, client: stripe.StripeClient, link: stripe.PaymentLink) -> str:
    """Pay and let the fee be known; the payment intent's id."""
    session = client.v1.checkout.sessions.retrieve(sandbox.pay(link.url))
    sandbox.advance(2)
    return str(session.payment_intent)


def balances(client: stripe.StripeClient, **params: str) -> list[stripe.BalanceTransaction]:
    return client.v1.balance_transactions.list({"limit": 100, **params}).data  # type: ignore[typeddict-item]


def test_a_payout_takes_what_is_available_and_names_what_it_paid(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    for amount in (10_000, 20_000):
        settled(sandbox, client, make_link(amount))
    assert sandbox.act("payout") == {"payouts": []}
    sandbox.advance(_WEEK_S)
    sandbox.refund(settled(sandbox, client, make_link(5_000)), 1_000)
    (payout,) = sandbox.act("payout")["payouts"]
    paid = balances(client, payout=payout["id"])
    own = [one for one in paid if one.type == "payout"]
    assert [one.source for one in own] == [payout["id"]]
    assert sum(one.net for one in paid) == 0
    # The refund left at once, the charge it is of is still under way.
    assert sorted(one.amount for one in paid if one.type != "payout") == [-1_000, 10_000, 20_000]
    assert balances(client, type="payout")[0].id == own[0].id
    assert client.v1.balance.retrieve().available[0].amount == 0
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        balances(client, payout="po_none")


def test_a_payout_may_come_back(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    settled(sandbox, client, make_link(10_000))
    sandbox.advance(_WEEK_S)
    (payout,) = sandbox.act("payout")["payouts"]
    assert sandbox.act("payout/fail", payout=payout["id"])["status"] == "failed"
    back = balances(client, type="payout_failure")
    assert [one.amount for one in back] == [payout["amount"]]
    sandbox.advance(_WEEK_S)
    (again,) = sandbox.act("payout")["payouts"]
    assert again["amount"] == payout["amount"]


def test_nothing_is_paid_out_while_more_left_than_came(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.refund(settled(sandbox, client, make_link(10_000)))
    assert sandbox.act("payout") == {"payouts": []}


def test_payouts_go_out_every_day_by_themselves() -> None:
    at = [float(NOW)]
    world = StripeWorld(clock=SandboxClock(lambda: at[0]), pays_out_daily=True, seed=1)
    headers = {"authorization": f"Bearer {world.api_key}"}
    body = (
        b"line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=5000"
        b"&line_items[0][price_data][product_data][name]=Invoice&line_items[0][quantity]=1"
    )
    with world.exchange.visit(Asked("POST", "/v1/payment_links", "", headers, body)) as visit:
        assert visit.perform().status == 200
    from billdesk.sandbox import checkout
    from billdesk.sandbox.cards import CARDS

    with world.simulation.running() as account:
        link = next(account.store.oldest_first("payment_link"))
        session = checkout.open_session(account, link, email=None, reference=None)
        customer = checkout.Customer("anna@example.com", "Anna Berg")
        checkout.pay_by_card(account, session, CARDS["4242424242424242"], customer)
    at[0] += 20 * 24 * 3600
    state = world.state()
    assert [payout["status"] for payout in state["payouts"]] == ["paid"]
    assert state["payouts"][0]["created"] % (24 * 3600) == 0
    assert {event["type"] for event in state["events"]} >= {"payout.created", "payout.paid"}


def test_charges_settle_in_the_currency_of_the_bank_account(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.act("settlement", currency="eur", rates={"usd": "0.9", "jpy": "0.006"})
    intent = settled(sandbox, client, make_link(10_000, "usd"))
    (charge,) = balances(client)
    assert (charge.amount, charge.currency, charge.exchange_rate) == (9_000, "eur", 0.9)
    assert (charge.fee, charge.net) == (160, 8_840)
    # The rate moves on before the money goes back.
    sandbox.act("settlement", rates={"usd": "1.1", "jpy": "0.006"})
    sandbox.refund(intent)
    assert balances(client, type="refund")[0].amount == -11_000
    settled(sandbox, client, make_link(50_000, "jpy"))
    assert balances(client, type="charge")[0].amount == 30_000
    settled(sandbox, client, make_link(7_000))
    assert balances(client, type="charge")[0].exchange_rate is None


def test_tax_on_fees_is_told_apart(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.act("settlement", fee_tax_percent="19")
    settled(sandbox, client, make_link(119_000))
    (charge,) = balances(client)
    assert [(part.type, part.amount) for part in charge.fee_details] == [
        ("stripe_fee", 1_810),
        ("tax", 344),
    ]
    assert (charge.fee, charge.net) == (2_154, 116_846)
