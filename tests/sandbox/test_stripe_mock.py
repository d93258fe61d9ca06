"""The same requests to Stripe's own mock: what the sandbox takes, Stripe's description takes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe
from sandbox_support import link_params

Ask = Callable[[Any], Any]

REQUESTS: dict[str, Ask] = {
    "create link": lambda v1: v1.payment_links.create(
        link_params(), {"idempotency_key": "bd1:link:1"}
    ),
    "close link": lambda v1: v1.payment_links.update(
        "plink_1", {"active": False, "inactive_message": "Paid"}
    ),
    "list links": lambda v1: v1.payment_links.list({"active": True, "limit": 100}),
    "session with fee": lambda v1: v1.checkout.sessions.retrieve(
        "cs_1", {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    ),
    "open sessions": lambda v1: v1.checkout.sessions.list(
        {"payment_link": "plink_1", "status": "open", "limit": 100}
    ),
    "session of intent": lambda v1: v1.checkout.sessions.list({"payment_intent": "pi_1"}),
    "expire session": lambda v1: v1.checkout.sessions.expire("cs_1"),
    "poll events": lambda v1: v1.events.list(
        {
            "types": ["checkout.session.completed", "charge.updated"],
            "created": {"gte": 1_790_000_000},
            "limit": 100,
            "starting_after": "evt_1",
        }
    ),
    "intent": lambda v1: v1.payment_intents.retrieve(
        "pi_1", {"expand": ["latest_charge.balance_transaction"]}
    ),
    "cancel intent": lambda v1: v1.payment_intents.cancel("pi_1"),
    "charges": lambda v1: v1.charges.list({"payment_intent": "pi_1"}),
    "refund": lambda v1: v1.refunds.create(
        {"payment_intent": "pi_1", "amount": 100, "metadata": {"billdesk_refund": "r1"}}
    ),
    "refunds": lambda v1: v1.refunds.list({"payment_intent": "pi_1"}),
    "disputes": lambda v1: v1.disputes.list({"payment_intent": "pi_1"}),
    "transactions": lambda v1: v1.balance_transactions.list({"source": "ch_1"}),
    "customer": lambda v1: v1.customers.create({"email": "anna@example.com", "name": "Anna"}),
    "product": lambda v1: v1.products.create({"name": "Hosting", "unit_label": "month"}),
    "price": lambda v1: v1.prices.create(
        {"currency": "eur", "unit_amount": 4_900, "product": "prod_1"}
    ),
    "balance": lambda v1: v1.balance.retrieve(),
    "account": lambda v1: v1.accounts.retrieve_current(),
}


@pytest.fixture
def mock_client(stripe_mock: str) -> Iterator[stripe.StripeClient]:
    transport = stripe.RequestsClient(timeout=(5, 30))
    yield stripe.StripeClient(
        "rk_test_BillDeskPracticeCompany0000",
        http_client=transport,
        base_addresses={
            "api": stripe_mock,
            "connect": stripe_mock,
            "files": stripe_mock,
            "meter_events": stripe_mock,
        },
    )
    transport.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS.keys())
def test_stripes_own_mock_accepts_the_request(mock_client: stripe.StripeClient, ask: Ask) -> None:
    assert ask(mock_client.v1).last_response.code == 200


def test_stripes_own_mock_refuses_what_the_sandbox_refuses(
    mock_client: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="additional properties"):
        mock_client.v1.payment_links.create(link_params(expires_at=1))
