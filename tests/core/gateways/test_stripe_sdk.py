"""The Stripe gateway through the real SDK against the practice Stripe."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from stripe_contract import StripeContract

from billdesk.core.gateways.stripe.errors import (
    StripeGone,
    StripeKeyParametersDrifted,
    StripeKeyRejected,
    StripeRefused,
)
from billdesk.core.gateways.stripe.facts import EVENT_TYPES, RootKind
from billdesk.core.gateways.stripe.links import payment_link_params
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.sandbox import StripeSandbox
from billdesk.sandbox.faults import Fault

CARD_THAT_DISPUTES = "4000000000000259"
DEBIT_THAT_WORKS = "AT611904300234573201"


@pytest.fixture(scope="module")
def contract():
    return StripeContract()


@pytest.fixture
def sandbox(contract):
    exchanges = []
    with StripeSandbox(on_exchange=exchanges.append) as running:
        yield running
    # Whatever a test was about, every request must be one Stripe's description allows.
    for one in exchanges:
        contract.check_request(one.method, one.path, one.params)


@pytest.fixture
def gateway(sandbox):
    opened = SdkStripeGateway(sandbox.api_key, base_url=sandbox.url)
    yield opened
    opened.close()


def link_params(uuid="link-1", amount_minor=119000, currency="EUR", **changed):
    return payment_link_params(
        title="Invoice 2026-0042",
        amount_minor=amount_minor,
        currency=currency,
        description="Studio Nord",
        metadata={"billdesk_v": "1", "invoice": "inv-1", "link": uuid},
        inactive_message="This invoice is paid or was replaced.",
        confirmation_message="Thank you.",
        instant_only=False,
        **changed,
    )


def make_link(gateway, **changed):
    return gateway.create_payment_link(link_params(**changed), f"bd1:test:link:{uuid4()}")


def since(sandbox, seconds=3600):
    now = datetime.fromtimestamp(sandbox.state()["now"], UTC)
    return now - timedelta(seconds=seconds)


def all_events(gateway, sandbox, seconds=3600):
    return gateway.list_events(created_gte=since(sandbox, seconds)).events


def test_a_created_link_can_be_read_back(gateway):
    made = make_link(gateway)
    assert made.active
    assert not made.livemode
    assert made.url.startswith("http://127.0.0.1:")
    assert made.metadata["link"] == "link-1"
    assert (made.completed_sessions, made.completed_limit) == (0, 1)
    assert replace(gateway.read_payment_link(made.id), items=None) == made


def test_the_same_key_and_parameters_make_one_link(gateway, sandbox):
    first = gateway.create_payment_link(link_params(), "bd1:test:link:same")
    again = gateway.create_payment_link(link_params(), "bd1:test:link:same")
    assert again.id == first.id
    assert len(sandbox.state()["payment_links"]) == 1


def test_a_key_with_other_parameters_is_a_drift(gateway):
    gateway.create_payment_link(link_params(), "bd1:test:link:same")
    with pytest.raises(StripeKeyParametersDrifted):
        gateway.create_payment_link(link_params(amount_minor=5000), "bd1:test:link:same")


def test_a_refusal_names_the_parameter(gateway):
    params = link_params()
    params["line_items"][0]["price_data"]["unit_amount"] = 1
    with pytest.raises(StripeRefused) as caught:
        gateway.create_payment_link(params, "bd1:test:link:small")
    assert caught.value.http_status == 400
    assert caught.value.code == "amount_too_small"
    assert caught.value.stripe_message


def test_a_deactivated_link_says_so(gateway):
    made = make_link(gateway)
    assert not gateway.deactivate_payment_link(made.id, inactive_message="Replaced.").active
    assert not gateway.read_payment_link(made.id).active


def test_a_link_nobody_knows_is_gone(gateway):
    with pytest.raises(StripeGone):
        gateway.read_payment_link("plink_nothing/../../events")


def test_an_active_link_is_found_by_its_uuid_across_pages(gateway):
    wanted = make_link(gateway, uuid="wanted")
    for number in range(101):
        make_link(gateway, uuid=f"other-{number}")
    assert gateway.find_active_link("wanted") == wanted
    assert gateway.find_active_link("wanted", most=101) is None
    gateway.deactivate_payment_link(wanted.id)
    assert gateway.find_active_link("wanted") is None


def test_a_paid_link_reads_as_one_snapshot(gateway, sandbox):
    made = make_link(gateway)
    session_id = sandbox.pay(made.url, email="anna@example.com")
    sandbox.advance(10)
    by_session = gateway.fetch_payment(RootKind.SESSION, session_id)
    session, intent, charge = by_session.session, by_session.intent, by_session.charge

    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.payment_link_id == by_session.payment_link_id == made.id
    assert session.customer_email == "anna@example.com"
    assert (session.discount_minor, session.tax_minor) == (0, 0)
    assert session.amount_total_minor == intent.amount_minor == intent.amount_received_minor
    assert intent.amount_received_minor == charge.amount_captured_minor == 119000
    assert session.currency == intent.currency == charge.currency == "EUR"
    assert intent.status == charge.status == "succeeded"
    assert intent.metadata == session.metadata == by_session.metadata
    assert by_session.metadata["link"] == "link-1"
    assert (charge.method, charge.brand, charge.last4) == ("card", "visa", "4242")
    assert charge.balance.amount_minor == 119000
    assert charge.balance.fee_minor > 0
    assert charge.balance.net_minor == 119000 - charge.balance.fee_minor
    assert by_session.refunds == by_session.disputes == ()

    by_intent = gateway.fetch_payment(RootKind.PAYMENT_INTENT, intent.id)
    by_charge = gateway.fetch_payment(RootKind.CHARGE, charge.id)
    for other in (by_intent, by_charge):
        assert (other.session, other.intent, other.charge) == (session, intent, charge)


def test_the_link_closes_itself_after_one_payment(gateway, sandbox):
    made = make_link(gateway)
    sandbox.pay(made.url)
    after = gateway.read_payment_link(made.id)
    assert (after.active, after.completed_sessions) == (False, 1)


def test_the_fee_is_unknown_until_stripe_has_captured(gateway, sandbox):
    session_id = sandbox.pay(make_link(gateway).url)
    snapshot = gateway.fetch_payment(RootKind.SESSION, session_id)
    assert snapshot.intent.amount_received_minor == 119000
    assert snapshot.charge.balance is None


def test_a_delayed_payment_is_processing_then_paid(gateway, sandbox):
    session_id = sandbox.pay(make_link(gateway).url, card=DEBIT_THAT_WORKS)
    pending = gateway.fetch_payment(RootKind.SESSION, session_id)
    assert (pending.session.status, pending.session.payment_status) == ("complete", "unpaid")
    assert (pending.intent.status, pending.intent.amount_received_minor) == ("processing", 0)
    sandbox.settle(pending.intent.id)
    paid = gateway.fetch_payment(RootKind.SESSION, session_id)
    assert (paid.session.payment_status, paid.intent.status) == ("paid", "succeeded")


def test_a_failed_delayed_payment_tells_why(gateway, sandbox):
    session_id = sandbox.pay(make_link(gateway).url, card=DEBIT_THAT_WORKS)
    pending = gateway.fetch_payment(RootKind.SESSION, session_id)
    sandbox.settle(pending.intent.id, succeed=False)
    failed = gateway.fetch_payment(RootKind.PAYMENT_INTENT, pending.intent.id)
    assert failed.intent.status == "requires_payment_method"
    assert failed.intent.last_error.code
    assert failed.session.payment_status == "unpaid"


def test_refunds_come_with_the_snapshot(gateway, sandbox):
    session_id = sandbox.pay(make_link(gateway).url)
    sandbox.advance(10)
    intent_id = gateway.fetch_payment(RootKind.SESSION, session_id).intent.id
    refund_id = sandbox.refund(intent_id, 19000)
    snapshot = gateway.fetch_payment(RootKind.PAYMENT_INTENT, intent_id)
    (refund,) = snapshot.refunds
    assert (refund.id, refund.amount_minor, refund.status) == (refund_id, 19000, "succeeded")
    assert refund.balance.amount_minor == -19000
    assert snapshot.charge.amount_refunded_minor == 19000
    assert not snapshot.charge.refunded


def test_a_dispute_comes_with_its_movements(gateway, sandbox):
    session_id = sandbox.pay(make_link(gateway).url, card=CARD_THAT_DISPUTES)
    sandbox.advance(86_400)
    events = all_events(gateway, sandbox, seconds=100_000)
    opened = next(one for one in events if one.type == "charge.dispute.created")
    snapshot = gateway.fetch_payment(opened.root_kind, opened.root_id, disputes=True)
    (dispute,) = snapshot.disputes
    assert snapshot.session.id == session_id
    assert snapshot.charge.disputed
    assert dispute.id == opened.object_id
    assert (dispute.amount_minor, dispute.status) == (119000, "needs_response")
    assert dispute.due_at > dispute.created_at
    (withdrawn,) = dispute.movements
    assert (withdrawn.amount_minor, withdrawn.fee_minor) == (-119000, 2000)
    assert withdrawn.net_minor == -121000


def test_a_yen_and_a_krona_payment_come_back_in_iso_units(gateway, sandbox):
    for currency, amount in (("JPY", 5000), ("ISK", 12345)):
        made = make_link(gateway, amount_minor=amount, currency=currency)
        snapshot = gateway.fetch_payment(RootKind.SESSION, sandbox.pay(made.url))
        assert snapshot.session.amount_total_minor == amount
        assert snapshot.intent.amount_received_minor == amount
        assert snapshot.intent.currency == currency


def test_events_lead_back_to_the_payment(gateway, sandbox):
    session_id = sandbox.pay(make_link(gateway).url)
    sandbox.advance(10)
    events = all_events(gateway, sandbox)
    completed = next(one for one in events if one.type == "checkout.session.completed")
    assert (completed.root_kind, completed.root_id) == (RootKind.SESSION, session_id)
    assert completed.metadata["link"] == "link-1"
    assert not completed.livemode
    assert completed.api_version == "2024-06-20"
    intent_id = gateway.fetch_payment(RootKind.SESSION, session_id).intent.id
    charged = next(one for one in events if one.type == "charge.updated")
    assert (charged.root_kind, charged.root_id) == (RootKind.PAYMENT_INTENT, intent_id)
    assert {one.type for one in events} <= set(EVENT_TYPES)


def test_events_come_in_pages_with_stripes_clock(gateway, sandbox):
    for _ in range(3):
        sandbox.pay(make_link(gateway).url)
    sandbox.advance(86_400)
    lately = since(sandbox, 100_000)
    whole = gateway.list_events(created_gte=lately).events
    first = gateway.list_events(created_gte=lately, limit=4)
    assert first.has_more
    assert abs(first.server_at.timestamp() - sandbox.state()["now"]) < 60
    rest = gateway.list_events(created_gte=lately, starting_after=first.events[-1].id)
    assert not rest.has_more
    everything = [one.id for one in first.events + rest.events]
    assert len(everything) == len(set(everything)) == len(whole)
    newest_first = [one.created_at for one in first.events + rest.events]
    assert newest_first == sorted(newest_first, reverse=True)


def test_an_unknown_cursor_is_told_apart_from_other_refusals(gateway, sandbox):
    with pytest.raises(StripeGone) as caught:
        gateway.list_events(created_gte=since(sandbox), starting_after="evt_unknown")
    assert caught.value.param == "starting_after"


def test_an_open_session_is_listed_and_expired(gateway, sandbox, open_page):
    made = make_link(gateway)
    open_page(made.url)
    (opened,) = gateway.sessions_of_link(made.id, status="open")
    assert opened.intent_id is None
    assert gateway.expire_session(opened.id).status == "expired"
    assert gateway.sessions_of_link(made.id, status="open") == ()
    assert [one.status for one in gateway.sessions_of_link(made.id)] == ["expired"]


def test_expiring_a_session_that_was_just_paid_returns_it_as_it_is(gateway, sandbox):
    session_id = sandbox.pay(make_link(gateway).url)
    assert gateway.expire_session(session_id).status == "complete"


def test_the_key_is_identified_by_its_account(gateway, sandbox):
    who = gateway.identify()
    assert not who.livemode
    assert not gateway.livemode
    assert who.account_id.startswith("acct_")
    assert who.from_account
    again = SdkStripeGateway("sk_test_" + "Z9" * 12, base_url=sandbox.url)
    assert again.identify().fingerprint == who.fingerprint
    again.close()


def test_a_wrong_key_is_rejected_without_being_shown(sandbox):
    key = "rk_test_" + "w" * 12 + "rong" * 4
    sandbox.fail_next(Fault("GET", "/v1/balance", status=401))
    gateway = SdkStripeGateway(key, base_url=sandbox.url)
    with pytest.raises(StripeKeyRejected) as caught:
        gateway.identify()
    gateway.close()
    assert key not in str(caught.value) + repr(caught.value)


def test_a_proxy_in_the_environment_is_not_asked_for_this_computer(sandbox, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    gateway = SdkStripeGateway(sandbox.api_key, base_url=sandbox.url)
    assert gateway.identify().account_id
    gateway.close()
