"""Refunds that take their time, inquiries, disputes in parts, debits that return weeks later."""

import pytest
import stripe
from sandbox_support import NOW, MakeLink

from billdesk.sandbox import StripeSandbox
from billdesk.sandbox.errors import ApiError


@pytest.fixture
def paid(sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink) -> str:
    """A payment of 100.00 that has settled: its intent."""
    session = client.v1.checkout.sessions.retrieve(sandbox.pay(make_link(10_000).url))
    sandbox.advance(2)
    return str(session.payment_intent)


def moved(client: stripe.StripeClient) -> list[tuple[str, int, int]]:
    """Kind, gross and fee of the movements since the charge, oldest first."""
    listed = client.v1.balance_transactions.list({"limit": 100}).data[::-1]
    return [(one.reporting_category, one.amount, one.fee) for one in listed][1:]


def types(client: stripe.StripeClient, pattern: str) -> list[str]:
    listed = client.v1.events.list({"type": pattern, "limit": 100}).data
    return sorted(event.type for event in listed)


@pytest.mark.parametrize(("then", "left"), [("succeeded", 10_000), ("failed", 0)])
def test_a_refund_may_be_pending_first(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str, then: str, left: int
) -> None:
    made = sandbox.act("refund", payment_intent=paid, status="pending", then=then, after_s=600)
    refund = client.v1.refunds.retrieve(made["id"])
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert refund.balance_transaction is None
    assert moved(client) == []
    assert client.v1.charges.retrieve(str(refund.charge)).amount_refunded == 10_000
    sandbox.advance(600)
    refund = client.v1.refunds.retrieve(made["id"])
    assert refund.status == then
    assert client.v1.charges.retrieve(str(refund.charge)).amount_refunded == left
    assert moved(client) == ([("refund", -10_000, 0)] if then == "succeeded" else [])


def test_a_refund_may_wait_for_the_customer_and_be_called_off(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str
) -> None:
    sandbox.act("quirks", refund_outcome="requires_action")
    refund = client.v1.refunds.create({"payment_intent": paid, "amount": 4_000})
    assert refund.status == "requires_action"
    sandbox.act("refund/change", refund=refund.id, status="canceled")
    assert client.v1.refunds.retrieve(refund.id).status == "canceled"
    assert moved(client) == []
    with pytest.raises(ApiError, match="already canceled"):
        sandbox.act("refund/change", refund=refund.id, status="succeeded")


def test_an_inquiry_moves_no_money_until_it_becomes_a_dispute(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str
) -> None:
    opened = sandbox.act("dispute", payment_intent=paid, status="warning_needs_response")
    dispute = client.v1.disputes.retrieve(opened["id"])
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert dispute.evidence_details.due_by == NOW + 2 + 14 * 24 * 3600
    assert moved(client) == []
    # While it is only a question the payment may be given back, in part here.
    client.v1.refunds.create({"payment_intent": paid, "amount": 1_000})
    sandbox.act("dispute/change", dispute=dispute.id, status="needs_response")
    assert moved(client)[-1] == ("dispute", -10_000, 2_000)
    assert not client.v1.disputes.retrieve(dispute.id).is_charge_refundable
    assert types(client, "charge.dispute.*") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
    ]


@pytest.mark.parametrize("status", ["warning_closed", "prevented"])
def test_an_inquiry_can_end_without_anything(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str, status: str
) -> None:
    opened = sandbox.act("dispute", payment_intent=paid, status="warning_under_review")
    sandbox.act("dispute/change", dispute=opened["id"], status=status)
    assert moved(client) == []
    assert "charge.dispute.closed" in types(client, "charge.dispute.*")
    assert client.v1.refunds.create({"payment_intent": paid}).status == "succeeded"


def test_the_money_of_a_dispute_may_follow_later(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str
) -> None:
    opened = sandbox.act("dispute", payment_intent=paid, moves=False)
    assert moved(client) == []
    sandbox.act("dispute/move", dispute=opened["id"])
    assert moved(client) == [("dispute", -10_000, 2_000)]
    sandbox.act("dispute/change", dispute=opened["id"], status="won", moves=False)
    assert len(moved(client)) == 1
    for _ in range(2):
        sandbox.act("dispute/move", dispute=opened["id"])
    assert moved(client)[1:] == [("dispute_reversal", 10_000, 0)]


def test_parts_of_a_payment_are_disputed_one_by_one(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str
) -> None:
    first = sandbox.act("dispute", payment_intent=paid, amount=3_000, reason="duplicate")
    second = sandbox.act("dispute", payment_intent=paid, amount=5_000)
    with pytest.raises(ApiError, match="already disputed"):
        sandbox.act("dispute", payment_intent=paid, amount=2_001)
    sandbox.act("dispute/close", dispute=first["id"], won=True)
    sandbox.act("dispute/close", dispute=second["id"], won=False)
    assert sum(gross for _, gross, _ in moved(client)) == -5_000
    assert client.v1.disputes.retrieve(first["id"]).reason == "duplicate"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": paid, "amount": 100})
    assert caught.value.code == "charge_disputed"


def test_a_dispute_may_take_a_status_nobody_knows_or_be_appealed(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str
) -> None:
    opened = sandbox.act("dispute", payment_intent=paid)
    for status in ("under_review", "in_the_clouds", "lost", "appeal_under_review", "won"):
        sandbox.act("dispute/change", dispute=opened["id"], status=status)
        assert client.v1.disputes.retrieve(opened["id"]).status == status
    assert sum(gross for _, gross, _ in moved(client)) == 0


def test_the_fee_of_a_dispute_depends_on_the_country(
    sandbox: StripeSandbox, client: stripe.StripeClient, paid: str
) -> None:
    sandbox.act("quirks", dispute_fee_minor=1_500, won_dispute_returns_fee=True)
    opened = sandbox.act("dispute", payment_intent=paid)
    sandbox.act("dispute/close", dispute=opened["id"], won=True)
    assert [fee for _, _, fee in moved(client)] == [1_500, -1_500]


def test_a_debit_that_paid_may_come_back_weeks_later(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    session_id = sandbox.pay(make_link(10_000).url, card="AT751904300235473206")
    sandbox.advance(100)
    deep = {"expand": ["payment_intent.latest_charge.failure_balance_transaction"]}
    intent = client.v1.checkout.sessions.retrieve(session_id, deep).payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 10_000)
    sandbox.advance(14 * 24 * 3600)
    intent = client.v1.checkout.sessions.retrieve(session_id, deep).payment_intent
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    charge = intent.latest_charge
    assert (charge.status, charge.paid) == ("failed", False)
    assert charge.failure_balance_transaction.amount == -10_000
    assert charge.balance_transaction is not None
    assert types(client, "charge.failed") == ["charge.failed"]


def test_a_debit_comes_back_on_demand_but_not_after_it_was_refunded(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    intents = []
    for _ in range(2):
        session_id = sandbox.pay(make_link(10_000).url, card="AT611904300234573201")
        sandbox.advance(60)
        intents.append(str(client.v1.checkout.sessions.retrieve(session_id).payment_intent))
    sandbox.act("debit/return", payment_intent=intents[0])
    assert client.v1.payment_intents.retrieve(intents[0]).status == "requires_payment_method"
    sandbox.refund(intents[1], 500)
    with pytest.raises(ApiError, match="still there"):
        sandbox.act("debit/return", payment_intent=intents[1])


def test_a_debit_may_be_disputed_right_away(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.pay(make_link(10_000).url, card="AT591904300235473203")
    sandbox.advance(70)
    assert [dispute.amount for dispute in client.v1.disputes.list().data] == [10_000]


def test_every_pending_debit_can_be_ended_at_once(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    for _ in range(2):
        sandbox.pay(make_link(10_000).url, card="AT611904300234573201")
    assert len(sandbox.act("settle/all")["settled"]) == 2
    assert {intent["status"] for intent in sandbox.state()["payment_intents"]} == {"succeeded"}
