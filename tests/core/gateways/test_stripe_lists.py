"""What the gateway reads from Stripe's lists and orders there, against the practice Stripe."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from stripe_contract import StripeContract

from billdesk.core.gateways.stripe.errors import StripeGone, StripeRefused
from billdesk.core.gateways.stripe.facts import LinkItemFact, RootKind
from billdesk.core.gateways.stripe.links import payment_link_params
from billdesk.core.gateways.stripe.list_facts import RecordKind
from billdesk.core.gateways.stripe.parsing import balance_fact
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.sandbox import Exchange, SandboxClock, StripeSandbox

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def contract() -> StripeContract:
    return StripeContract()


@pytest.fixture
def sandbox(contract: StripeContract) -> Iterator[StripeSandbox]:
    exchanges: list[Exchange] = []
    clock = SandboxClock(lambda: START.timestamp())
    with StripeSandbox(clock=clock, on_exchange=exchanges.append) as running:
        yield running
    for one in exchanges:
        contract.check_request(one.method, one.path, one.params)


@pytest.fixture
def gateway(sandbox: StripeSandbox) -> Iterator[SdkStripeGateway]:
    opened = SdkStripeGateway(sandbox.api_key, base_url=sandbox.url)
    yield opened
    opened.close()


def new_link(gateway: SdkStripeGateway, uuid: str = "link-1", amount_minor: int = 10_000) -> str:
    params = payment_link_params(
        title="Invoice 1",
        amount_minor=amount_minor,
        currency="EUR",
        description="Studio Nord",
        metadata={"billdesk_v": "1", "link": uuid},
        inactive_message="Paid.",
        confirmation_message="Thank you.",
        instant_only=False,
    )
    return gateway.create_payment_link(params, f"key-{uuid}").id


def paid(gateway: SdkStripeGateway, sandbox: StripeSandbox, uuid: str = "link-1") -> str:
    """The payment intent of a link that was made and paid."""
    session = sandbox.pay(gateway.read_payment_link(new_link(gateway, uuid)).url)
    intent = gateway.fetch_payment(RootKind.SESSION, session).intent
    assert intent is not None
    return intent.id


def test_a_link_is_read_with_what_it_asks_for(gateway: SdkStripeGateway) -> None:
    link = gateway.read_payment_link(new_link(gateway, amount_minor=12_345))
    assert link.items == (LinkItemFact(amount_minor=12_345, currency="EUR", quantity=1),)
    # Nobody asks for them everywhere.
    assert gateway.deactivate_payment_link(link.id).items is None


def test_stripes_clock_is_stripes(gateway: SdkStripeGateway, sandbox: StripeSandbox) -> None:
    assert gateway.server_time() == START
    sandbox.advance(3_600)
    assert gateway.server_time() == START + timedelta(hours=1)


def test_payments_are_found_without_an_event(
    gateway: SdkStripeGateway, sandbox: StripeSandbox
) -> None:
    first = paid(gateway, sandbox, "link-1")
    sandbox.advance(60)
    second = paid(gateway, sandbox, "link-2")
    refund = gateway.create_refund({"payment_intent": second, "amount": 100}, "refund-1")
    since = START - timedelta(seconds=1)
    for kind in (RecordKind.SESSION, RecordKind.PAYMENT_INTENT):
        page = gateway.list_records(kind, created_gte=since, limit=1)
        (newest,) = page.records
        assert (newest.kind, newest.intent_id, page.goes_on_after) == (kind, second, newest.id)
        assert newest.metadata["link"] == "link-2"
        assert page.server_at == START + timedelta(minutes=1)
        rest = gateway.list_records(kind, created_gte=since, starting_after=newest.id)
        assert [one.intent_id for one in rest.records] == [first]
        assert rest.goes_on_after is None
    later = gateway.list_records(
        RecordKind.PAYMENT_INTENT, created_gte=START + timedelta(seconds=30)
    )
    assert [one.intent_id for one in later.records] == [second]
    sessions = gateway.list_records(RecordKind.SESSION, created_gte=since)
    assert all(one.payment_link_id for one in sessions.records)
    (found,) = gateway.list_records(RecordKind.REFUND, created_gte=since).records
    assert (found.id, found.intent_id, found.metadata) == (refund.id, second, {})
    assert gateway.list_records(RecordKind.DISPUTE, created_gte=since).records == ()


def test_an_unknown_place_in_a_list_is_told(gateway: SdkStripeGateway) -> None:
    with pytest.raises(StripeGone) as gone:
        gateway.list_records(RecordKind.REFUND, created_gte=START, starting_after="re_unknown")
    assert gone.value.param == "starting_after"


def test_a_refund_is_ordered_once_and_found_again(
    gateway: SdkStripeGateway, sandbox: StripeSandbox
) -> None:
    intent = paid(gateway, sandbox)
    params = {"payment_intent": intent, "amount": 4_000, "metadata": {"billdesk_refund": "r1"}}
    made = gateway.create_refund(params, "refund-1")
    assert (made.intent_id, made.amount_minor, made.status) == (intent, 4_000, "succeeded")
    assert gateway.create_refund(params, "refund-1").id == made.id
    (found,) = gateway.refunds_of(intent)
    assert (found.id, found.metadata) == (made.id, {"billdesk_refund": "r1"})
    assert found.balance is not None
    assert (found.balance.amount_minor, found.balance.source_id) == (-4_000, made.id)
    with pytest.raises(StripeRefused):
        gateway.create_refund({"payment_intent": intent, "amount": 99_999}, "refund-2")


def test_the_balance_is_listed_with_what_moved_it(
    gateway: SdkStripeGateway, sandbox: StripeSandbox
) -> None:
    intent = paid(gateway, sandbox)
    sandbox.advance(60)
    refund = gateway.create_refund({"payment_intent": intent, "amount": 100}, "refund-1")
    page = gateway.list_balance_transactions(created_gte=START)
    charge = gateway.fetch_payment(RootKind.PAYMENT_INTENT, intent).charge
    assert charge is not None
    assert [one.source_id for one in page.movements] == [refund.id, charge.id]
    assert (page.goes_on_after, page.movements[1].fee_tax_minor) == (None, 0)
    newest = page.movements[0].id
    rest = gateway.list_balance_transactions(created_gte=START, starting_after=newest, limit=1)
    assert [one.source_id for one in rest.movements] == [charge.id]


def test_the_tax_within_a_fee_is_told_apart() -> None:
    told = balance_fact(
        {
            "id": "txn_1",
            "type": "charge",
            "source": "ch_1",
            "currency": "eur",
            "amount": 10_000,
            "fee": 238,
            "fee_details": [
                {"type": "stripe_fee", "amount": 200},
                {"type": "tax", "amount": 38},
            ],
            "available_on": 1_795_521_600,
            "created": 1_795_521_600,
        }
    )
    assert (told.fee_minor, told.fee_tax_minor, told.net_minor) == (238, 38, 9_762)


def test_an_event_tells_which_payment_and_link_it_is_about(
    gateway: SdkStripeGateway, sandbox: StripeSandbox
) -> None:
    intent = paid(gateway, sandbox)
    sandbox.advance(5)
    events = gateway.list_events(created_gte=START).events
    about = {event.type: event for event in events}
    assert about["payment_intent.succeeded"].intent_id == intent
    completed = about["checkout.session.completed"]
    assert completed.intent_id == intent
    assert completed.payment_link_id is not None
    assert about["charge.updated"].intent_id == intent
