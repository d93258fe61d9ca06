"""Cards that are saved with a payment and charged later while their owner is away."""

from typing import Any

import pytest
import requests
import stripe
from sandbox_support import CARD, MakeLink

from billdesk.sandbox import StripeSandbox

ALWAYS_ASKS = "4000002760003184"


@pytest.fixture
def save(sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink) -> Any:
    """Pays a link that saves the card; customer and payment method."""

    def saving(card: str = CARD) -> tuple[str, str]:
        link = make_link(
            10_000,
            customer_creation="always",
            payment_intent_data={"setup_future_usage": "off_session"},
        )
        consent = requests.get(link.url, timeout=10).text
        assert "you allow Lindqvist &amp; Søn to charge this card" in consent
        session = client.v1.checkout.sessions.retrieve(
            sandbox.pay(link.url, card=card), {"expand": ["payment_intent", "customer"]}
        )
        assert session.customer.email == "customer@example.com"
        assert session.payment_intent.setup_future_usage == "off_session"
        return session.customer.id, str(session.payment_intent.payment_method)

    return saving


def charge(
    client: stripe.StripeClient, saved: tuple[str, str], key: str = "bd1:charge:1", **more: Any
) -> stripe.PaymentIntent:
    params: Any = {
        "amount": 5_000,
        "currency": "eur",
        "customer": saved[0],
        "payment_method": saved[1],
        "off_session": True,
        "confirm": True,
        "metadata": {"billdesk_attempt": "a1"},
        **more,
    }
    return client.v1.payment_intents.create(params, options={"idempotency_key": key})


def test_a_saved_card_pays_while_its_owner_is_away(
    sandbox: StripeSandbox, client: stripe.StripeClient, save: Any
) -> None:
    saved = save()
    paid = charge(client, saved)
    assert (paid.status, paid.amount_received, paid.customer) == ("succeeded", 5_000, saved[0])
    assert charge(client, saved).id == paid.id
    listed = client.v1.payment_intents.list({"customer": saved[0]})
    assert paid.id in {intent.id for intent in listed.data}
    event = client.v1.events.list({"type": "payment_intent.succeeded"}).data
    assert any(one.request and one.request.idempotency_key == "bd1:charge:1" for one in event)
    sandbox.advance(2)
    item = client.v1.charges.retrieve(str(paid.latest_charge))
    assert (item.customer, item.balance_transaction is None) == (saved[0], False)


def test_a_bank_that_wants_its_customer_declines_and_says_so(
    client: stripe.StripeClient, save: Any
) -> None:
    saved = save(ALWAYS_ASKS)
    for replayed in (None, "true"):
        with pytest.raises(stripe.CardError) as caught:
            charge(client, saved)
        assert caught.value.http_status == 402
        assert caught.value.code == "authentication_required"
        assert caught.value.headers.get("Idempotent-Replayed") == replayed
    intent = caught.value.error.payment_intent
    assert (intent.status, intent.metadata["billdesk_attempt"]) == (
        "requires_payment_method",
        "a1",
    )
    assert client.v1.payment_intents.cancel(intent.id).status == "canceled"


def test_a_saved_card_may_be_declined_later(
    sandbox: StripeSandbox, client: stripe.StripeClient, save: Any
) -> None:
    saved = save()
    sandbox.act("card", payment_method=saved[1])
    with pytest.raises(stripe.CardError) as caught:
        charge(client, saved)
    assert (caught.value.code, caught.value.error.decline_code) == (
        "card_declined",
        "insufficient_funds",
    )
    sandbox.act("card", payment_method=saved[1], declines=False)
    assert charge(client, saved, "bd1:charge:2").status == "succeeded"


def test_a_saved_account_is_debited(
    sandbox: StripeSandbox, client: stripe.StripeClient, save: Any
) -> None:
    saved = save("AT611904300234573201")
    debit = charge(client, saved)
    assert debit.status == "processing"
    sandbox.advance(60)
    assert client.v1.payment_intents.retrieve(debit.id).status == "succeeded"


def test_a_card_of_somebody_else_or_of_nobody_is_refused(
    sandbox: StripeSandbox, client: stripe.StripeClient, save: Any, make_link: MakeLink
) -> None:
    saved = save()
    other = client.v1.customers.create({"email": "otto@example.com"})
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        charge(client, (other.id, saved[1]))
    sandbox.pay(make_link().url)
    once = sandbox.state()["payment_methods"][-1]["id"]
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        charge(client, (saved[0], once), "bd1:charge:2")


def test_an_intent_is_confirmed_later_or_waits_for_its_customer(
    client: stripe.StripeClient, save: Any
) -> None:
    customer, method = save()
    intent = charge(client, (customer, method), confirm=False, off_session=False)
    assert intent.status == "requires_payment_method"
    assert client.v1.payment_intents.confirm(intent.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.confirm(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    asks = charge(client, save(ALWAYS_ASKS), "bd1:charge:2", off_session=False)
    assert asks.status == "requires_action"


@pytest.mark.parametrize("changed", [{"confirm": False}, {"payment_method": None}])
def test_an_incomplete_order_is_refused_before_anything_happens(
    sandbox: StripeSandbox, client: stripe.StripeClient, save: Any, changed: dict[str, Any]
) -> None:
    customer, method = save()
    params: Any = {
        "amount": 5_000,
        "currency": "eur",
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        **changed,
    }
    before = len(sandbox.state()["payment_intents"])
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({k: v for k, v in params.items() if v is not None})
    assert len(sandbox.state()["payment_intents"]) == before


def test_a_link_without_consent_saves_nothing(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    page = requests.get((link := make_link()).url, timeout=10).text
    assert "you allow" not in page
    sandbox.pay(link.url)
    assert sandbox.state()["customers"] == []
    assert sandbox.state()["payment_methods"][0]["customer"] is None
