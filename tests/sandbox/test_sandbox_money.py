"""Fees, refunds, bank debits and disputes."""

import pytest
import requests
import stripe
from sandbox_support import DEBIT_OK, DEBIT_RETURNED, NOW, MakeLink

from billdesk.sandbox import StripeSandbox
from billdesk.sandbox.control import TOKEN_HEADER


def pay(sandbox: StripeSandbox, client: stripe.StripeClient, link: stripe.PaymentLink) -> str:
    """Pay the link; the payment intent's id."""
    return str(client.v1.checkout.sessions.retrieve(sandbox.pay(link.url)).payment_intent)


def act(sandbox: StripeSandbox, action: str, **values: object) -> requests.Response:
    headers = {TOKEN_HEADER: sandbox.control_token}
    return requests.post(f"{sandbox.url}/_sim/{action}", json=values, headers=headers, timeout=10)


def types(client: stripe.StripeClient) -> list[str]:
    return sorted(event.type for event in client.v1.events.list({"limit": 100}).data)


def test_the_fee_is_unknown_until_the_charge_settles(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    session_id = sandbox.pay(make_link(119_000).url)
    deep = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    session = client.v1.checkout.sessions.retrieve(session_id, deep)
    assert session.payment_intent.latest_charge.balance_transaction is None
    assert "charge.updated" not in types(client)
    sandbox.advance(2)
    session = client.v1.checkout.sessions.retrieve(session_id, deep)
    charge = session.payment_intent.latest_charge
    transaction = charge.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (119_000, 1_810, 117_190)
    assert [detail.type for detail in transaction.fee_details] == ["stripe_fee"]
    event = client.v1.events.list({"type": "charge.updated"}).data[0]
    assert event.created == NOW + 2
    assert event.data.previous_attributes.to_dict() == {"balance_transaction": None}
    by_source = client.v1.balance_transactions.list({"source": charge.id})
    assert [found.id for found in by_source.data] == [transaction.id]


def test_the_balance_moves_from_pending_to_available(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.pay(make_link(119_000).url)
    sandbox.advance(2)
    balance = client.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (117_190, 0)
    sandbox.advance(8 * 24 * 3600)
    balance = client.v1.balance.retrieve()
    assert (balance.pending[0].amount, balance.available[0].amount) == (0, 117_190)
    assert client.v1.balance_transactions.list().data[0].status == "available"


def test_a_refund_through_the_api_up_to_what_is_left(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    intent = pay(sandbox, client, make_link(10_000))
    refund = client.v1.refunds.create(
        {"payment_intent": intent, "amount": 4_000, "metadata": {"billdesk_refund": "r1"}},
        options={"idempotency_key": "bd1:refund:1"},
    )
    assert (refund.status, refund.amount) == ("succeeded", 4_000)
    charge = client.v1.charges.retrieve(str(refund.charge), {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (4_000, False)
    assert [found.id for found in charge.refunds.data] == [refund.id]
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": intent, "amount": 6_001})
    rest = client.v1.refunds.create({"payment_intent": intent})
    assert rest.amount == 6_000
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent})
    assert caught.value.code == "charge_already_refunded"
    listed = client.v1.refunds.list({"payment_intent": intent})
    assert [found.id for found in listed.data] == [rest.id, refund.id]
    transaction = client.v1.balance_transactions.retrieve(str(refund.balance_transaction))
    assert (transaction.amount, transaction.fee) == (-4_000, 0)


def test_a_refund_that_failed_once_acting_is_replayed_for_its_key(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    intent = pay(sandbox, client, make_link(10_000))
    sandbox.refund(intent)
    replies = []
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.refunds.create(
                {"payment_intent": intent}, options={"idempotency_key": "bd1:refund:1"}
            )
        replies.append(caught.value.headers.get("Idempotent-Replayed"))
    assert replies == [None, "true"]


def test_a_dashboard_refund_is_seen_by_events_and_lists(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    intent = pay(sandbox, client, make_link(10_000))
    refund_id = sandbox.refund(intent, 2_500)
    assert client.v1.refunds.retrieve(refund_id).amount == 2_500
    event = client.v1.events.list({"types": ["charge.refunded", "refund.created"]}).data[0]
    # The account's old default version: no unified refund events yet, and nobody's API call.
    assert event.type == "charge.refunded"
    assert event.request.id is None
    assert event.data.object.amount_refunded == 2_500


def test_a_refund_can_come_back(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    intent = pay(sandbox, client, make_link(10_000))
    refund_id = sandbox.refund(intent)
    assert act(sandbox, "refund/fail", refund=refund_id).status_code == 200
    refund = client.v1.refunds.retrieve(
        refund_id, {"expand": ["failure_balance_transaction", "charge"]}
    )
    assert refund.status == "failed"
    assert refund.failure_balance_transaction.amount == 10_000
    assert refund.charge.amount_refunded == 0
    assert "charge.refund.updated" in types(client)


def test_a_debit_is_pending_before_it_pays_by_itself(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    session_id = sandbox.pay(link.url, card=DEBIT_OK)
    session = client.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert (session.payment_intent.status, session.payment_intent.amount_received) == (
        "processing",
        0,
    )
    assert not client.v1.payment_links.retrieve(link.id).active
    assert {"payment_intent.processing", "charge.pending"} <= set(types(client))
    with pytest.raises(stripe.InvalidRequestError, match="cannot be refunded"):
        client.v1.refunds.create({"payment_intent": session.payment_intent.id})
    sandbox.advance(60)
    session = client.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
    assert session.payment_status == "paid"
    assert session.payment_intent.amount_received == 119_000
    assert "checkout.session.async_payment_succeeded" in types(client)


def test_a_debit_can_be_settled_or_returned_on_demand(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    intents = client.v1.payment_intents
    sandbox.pay(make_link().url, card=DEBIT_RETURNED)
    first = intents.list().data[0].id
    sandbox.settle(first)
    assert intents.retrieve(first).status == "succeeded"
    sandbox.pay(make_link().url, card=DEBIT_OK)
    second = intents.list().data[0].id
    sandbox.settle(second, succeed=False)
    failed = intents.retrieve(second)
    assert (failed.status, failed.amount_received) == ("requires_payment_method", 0)
    sandbox.advance(3_600)
    assert intents.retrieve(first).status == "succeeded"
    assert intents.retrieve(second).status == "requires_payment_method"
    assert types(client).count("checkout.session.async_payment_failed") == 1


def test_a_returned_debit_fails_by_itself_and_its_link_stays_used_up(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    session_id = sandbox.pay(link.url, card=DEBIT_RETURNED)
    sandbox.advance(60)
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert not client.v1.payment_links.retrieve(link.id).active


def test_a_debit_is_not_offered_outside_the_euro_or_on_card_only_links(
    sandbox: StripeSandbox, make_link: MakeLink
) -> None:
    dollars = make_link(10_000, "usd")
    card_only = make_link(payment_method_types=["card", "link"])
    for link in (dollars, card_only):
        assert "Bank debit" not in requests.get(link.url, timeout=10).text
    assert "Bank debit" in requests.get(make_link().url, timeout=10).text


@pytest.mark.parametrize(("won", "kept"), [(True, 10_000), (False, 0)])
def test_a_dispute_takes_the_money_and_may_return_it_without_its_fee(
    sandbox: StripeSandbox,
    client: stripe.StripeClient,
    make_link: MakeLink,
    won: bool,
    kept: int,
) -> None:
    intent = pay(sandbox, client, make_link(10_000))
    opened = act(sandbox, "dispute", payment_intent=intent).json()
    dispute = client.v1.disputes.list({"payment_intent": intent}).data[0]
    assert (dispute.id, dispute.status) == (opened["id"], "needs_response")
    assert client.v1.charges.retrieve(str(dispute.charge)).disputed
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent})
    assert caught.value.code == "charge_disputed"
    act(sandbox, "dispute/close", dispute=dispute.id, won=won)
    closed = client.v1.disputes.retrieve(dispute.id)
    assert closed.status == ("won" if won else "lost")
    moved = sum(transaction.amount for transaction in closed.balance_transactions)
    fees = sum(transaction.fee for transaction in closed.balance_transactions)
    assert (10_000 + moved, fees) == (kept, 2_000)
    reinstated = "charge.dispute.funds_reinstated" in types(client)
    assert reinstated is won


def test_the_disputed_card_is_disputed_after_it_paid(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.pay(make_link().url, card="4000000000000259")
    assert client.v1.disputes.list().data == []
    sandbox.advance(2)
    assert len(client.v1.disputes.list().data) == 1


def test_an_intent_without_money_can_be_cancelled(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    intents = client.v1.payment_intents
    made = intents.create({"amount": 1_000, "currency": "eur", "metadata": {"k": "v"}})
    gone = intents.cancel(made.id, {"cancellation_reason": "abandoned"})
    assert (gone.status, gone.cancellation_reason) == ("canceled", "abandoned")
    paid = pay(sandbox, client, make_link())
    with pytest.raises(stripe.InvalidRequestError) as caught:
        intents.cancel(paid)
    assert caught.value.code == "payment_intent_unexpected_state"


def test_products_prices_and_customers_are_made_and_changed(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    product = client.v1.products.create({"name": "Hosting", "id": "prod_own_1"})
    assert client.v1.products.update(product.id, {"name": "Hosting plus"}).name == "Hosting plus"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.products.create({"name": "Hosting", "id": "prod_own_1"})
    assert caught.value.code == "resource_already_exists"
    price = client.v1.prices.create(
        {"currency": "eur", "unit_amount": 4_900, "product": product.id}
    )
    assert client.v1.prices.update(price.id, {"active": False}).active is False
    assert client.v1.prices.retrieve(price.id, {"expand": ["product"]}).product.id == product.id
    assert [found.id for found in client.v1.products.list().data] == [product.id]
    link = make_link(line_items=[{"price": price.id, "quantity": 3}])
    assert client.v1.payment_links.line_items.list(link.id).data[0].amount_total == 14_700
    customer = client.v1.customers.create({"email": "anna@example.com", "metadata": {"a": "1"}})
    changed = client.v1.customers.update(customer.id, {"name": "Anna", "metadata": {"a": ""}})
    assert (changed.name, changed.metadata.to_dict()) == ("Anna", {})
    found = client.v1.customers.list({"email": "anna@example.com"})
    assert [one.id for one in found.data] == [customer.id]
    assert client.v1.accounts.retrieve_current().id.startswith("acct_")
