"""Every question and order of the gateway put to Stripe's own mock, which knows the description.

Its answers are fixtures, so nothing is said about what they hold but that they are understood.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from billdesk.core.domain.stripe_access import PermissionState
from billdesk.core.gateways.stripe.charges import charge_params
from billdesk.core.gateways.stripe.errors import StripeRefused
from billdesk.core.gateways.stripe.facts import RootKind
from billdesk.core.gateways.stripe.links import payment_link_params
from billdesk.core.gateways.stripe.list_facts import RecordKind
from billdesk.core.gateways.stripe.port import StripeGateway
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway

SINCE = datetime(2026, 11, 24, tzinfo=UTC)

Ask = Callable[[SdkStripeGateway], Any]

ASKED: dict[str, Ask] = {
    "identify": lambda stripe: stripe.identify(),
    "create_payment_link": lambda stripe: stripe.create_payment_link(order(), "bd1:link:1"),
    "read_payment_link": lambda stripe: stripe.read_payment_link("plink_1"),
    "deactivate_payment_link": lambda stripe: stripe.deactivate_payment_link(
        "plink_1", inactive_message="Paid"
    ),
    "find_active_link": lambda stripe: stripe.find_active_link("no-such-uuid"),
    "link_metadata": lambda stripe: stripe.link_metadata(most=100),
    "sessions_of_link": lambda stripe: stripe.sessions_of_link("plink_1", status="open"),
    "expire_session": lambda stripe: stripe.expire_session("cs_1"),
    "server_time": lambda stripe: stripe.server_time(),
    "list_payment_links": lambda stripe: stripe.list_payment_links(starting_after="plink_1"),
    "list_records": lambda stripe: [
        stripe.list_records(kind, created_gte=SINCE, starting_after="obj_1") for kind in RecordKind
    ],
    "list_balance_transactions": lambda stripe: stripe.list_balance_transactions(
        created_gte=SINCE, starting_after="txn_1"
    ),
    "create_refund": lambda stripe: stripe.create_refund(
        {"payment_intent": "pi_1", "amount": 100, "metadata": {"billdesk_refund": "r1"}},
        "bd1:refund:1",
    ),
    "charge_card": lambda stripe: stripe.charge_card(
        charge_params(
            customer="cus_1",
            payment_method="pm_1",
            amount_minor=10_000,
            currency="EUR",
            description="Invoice 2026-0042",
            attempt="a1",
            metadata={"billdesk_v": "1"},
        ),
        "bd1:charge:1",
    ),
    "intents_of_customer": lambda stripe: stripe.intents_of_customer("cus_1"),
    "cancel_intent": lambda stripe: stripe.cancel_intent("pi_1"),
    "refunds_of": lambda stripe: stripe.refunds_of("pi_1"),
    "list_events": lambda stripe: stripe.list_events(created_gte=SINCE, starting_after="evt_1"),
    "fetch_payment": lambda stripe: [
        stripe.fetch_payment(kind, f"{kind.value}_1", refunds=True, disputes=True)
        for kind in (RootKind.SESSION, RootKind.PAYMENT_INTENT, RootKind.CHARGE)
    ],
    "probe": lambda stripe: stripe.probe(),
}
NO_CALL = {"close", "livemode"}


def order() -> dict[str, Any]:
    """What is stored for a link before it is sent."""
    return payment_link_params(
        title="Invoice 2026-0042",
        amount_minor=119_000,
        currency="EUR",
        description="Studio Nord",
        metadata={"billdesk_v": "1", "link": "link-1"},
        inactive_message="This invoice is paid or was replaced.",
        confirmation_message="Thank you.",
        instant_only=True,
    )


@pytest.fixture
def mocked(stripe_mock: str) -> Iterator[SdkStripeGateway]:
    gateway = SdkStripeGateway("rk_test_BillDeskPracticeCompany0000", base_url=stripe_mock)
    yield gateway
    gateway.close()


def test_every_method_of_the_gateway_is_asked() -> None:
    methods = {name for name in vars(StripeGateway) if not name.startswith("_")}
    assert methods - NO_CALL == ASKED.keys()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_stripes_mock_takes_what_the_gateway_sends(mocked: SdkStripeGateway, ask: Ask) -> None:
    ask(mocked)


def test_stripes_mock_would_refuse_a_wrong_order(mocked: SdkStripeGateway) -> None:
    with pytest.raises(StripeRefused, match="additional properties"):
        mocked.create_payment_link({**order(), "expires_at": 1}, "bd1:link:2")


def test_the_probes_are_questions_that_stripes_mock_takes(mocked: SdkStripeGateway) -> None:
    found = {one.slug: one.words for one in mocked.probe() if one.state is PermissionState.UNCLEAR}
    assert found == {}
