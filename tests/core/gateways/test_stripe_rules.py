"""The Stripe rules that need no network: amounts, keys, link parameters, old events."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from billdesk.core.domain.currencies import EXPONENTS
from billdesk.core.domain.errors import UserError
from billdesk.core.gateways.stripe.amounts import iso_amount, stripe_amount
from billdesk.core.gateways.stripe.event_parsing import event_fact
from billdesk.core.gateways.stripe.facts import EVENT_TYPES, RootKind
from billdesk.core.gateways.stripe.keys import (
    check_base_url,
    check_key,
    livemode_of,
    mask_key,
    mode_of,
)
from billdesk.core.gateways.stripe.links import asks_for_link, payment_link_params
from billdesk.core.gateways.stripe.parsing import dispute_fact, session_fact

TEST_KEY = "rk_test_" + "a1B2" * 8
LIVE_KEY = "rk_live_" + "a1B2" * 8


def params(**changed):
    given = {
        "title": "Invoice 2026-0042",
        "amount_minor": 119000,
        "currency": "EUR",
        "description": "Studio Nord · incl. VAT 190.00",
        "metadata": {"billdesk_v": "1", "link": "0a1b"},
        "inactive_message": "This invoice is paid or was replaced.",
        "confirmation_message": "Thank you.",
        "instant_only": False,
    }
    return payment_link_params(**{**given, **changed})


@pytest.mark.parametrize(
    ("currency", "iso_minor", "sent"),
    [
        ("EUR", 119000, 119000),
        ("HUF", 1190000, 1190000),
        ("TWD", 4900, 4900),
        ("JPY", 5000, 5000),
        ("KRW", 50, 50),
        ("ISK", 5, 500),
        ("UGX", 5, 500),
        ("MGA", 12300, 123),
        ("KWD", 5120, 5120),
        ("BHD", 10, 10),
    ],
)
def test_amounts_follow_stripes_exponents_and_come_back_unchanged(currency, iso_minor, sent):
    assert stripe_amount(iso_minor, currency) == sent
    assert iso_amount(sent, currency.lower()) == iso_minor


@pytest.mark.parametrize(
    ("currency", "iso_minor", "said"),
    [
        ("USD", 49, "USD 0.50"),
        ("JPY", 49, "JPY 50"),
        ("HUF", 17499, "HUF 175.00"),
        ("EUR", 0, "above zero"),
        ("EUR", -100, "above zero"),
        ("KWD", 5124, "0.010"),
        ("MGA", 12350, "whole MGA"),
        ("IQD", 1000, "does not take IQD"),
        ("EUR", 10**12, "card payment"),
        ("ISK", 10**10, "card payment"),
    ],
)
def test_an_amount_stripe_cannot_charge_is_refused_in_plain_words(currency, iso_minor, said):
    with pytest.raises(UserError, match=said) as caught:
        stripe_amount(iso_minor, currency)
    assert caught.value.field == "amount"


def test_every_currency_converts_there_and_back():
    for currency, decimals in EXPONENTS.items():
        if decimals == 3 and currency not in {"BHD", "JOD", "KWD", "OMR", "TND"}:
            continue
        amount = 7_654_300
        assert iso_amount(stripe_amount(amount, currency), currency) == amount, currency


def test_a_currency_nobody_knows_is_left_alone():
    assert iso_amount(-1234, "xyz") == -1234


@pytest.mark.parametrize("key", [TEST_KEY, LIVE_KEY, "sk_test_" + "x" * 24, "sk_live_" + "x" * 99])
def test_secret_and_restricted_keys_are_taken(key):
    assert check_key(key) == key


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "Paste"),
        (TEST_KEY + "\n", "line break"),
        ("rk_test_abcd efgh" * 3, "space"),
        ("pk_live_" + "q" * 24, "publishable"),
        ("whsec_" + "q" * 24, "webhook"),
        ("sk_org_live_" + "q" * 24, "organisation"),
        ("rk_prod_" + "q" * 24, "does not look like"),
        ("rk_test_short", "does not look like"),
        ("rk_test_" + "é" * 24, "does not look like"),
    ],
)
def test_other_keys_are_refused_without_repeating_them(key, said):
    with pytest.raises(UserError, match=said) as caught:
        check_key(key)
    assert caught.value.field == "stripe_key"
    assert "q" * 24 not in str(caught.value)
    assert "abcd" not in str(caught.value)


def test_mode_and_mask_of_a_key():
    assert (mode_of(TEST_KEY), livemode_of(TEST_KEY)) == ("test", False)
    assert (mode_of(LIVE_KEY), livemode_of(LIVE_KEY)) == ("live", True)
    assert mask_key(LIVE_KEY) == "rk_live_...a1B2"
    assert mask_key("not a key at all") == "..."


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:8080/", "https://[::1]:8443"]
)
def test_a_practice_stripe_on_this_computer_is_taken(url):
    assert check_base_url(url, TEST_KEY) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.stripe.com",
        "http://10.0.0.5:8080",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://user@127.0.0.1:80",
        "http://127.0.0.1@example.com",
        "http://example.com@127.0.0.1",
        "http://@127.0.0.1",
        "http://example.com\\@127.0.0.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://127.1",
        "http://0.0.0.0",
        "http://[::ffff:8.8.8.8]",
        "http://[::1]example.com:80",
        "http://[::1].example.com",
        "http://[::1%25example.com]",
        "http://[",
        "http://127.0.0.1:0",
        "http://127.0.0.1:80/v1",
        "http://127.0.0.1:99999",
        "ftp://127.0.0.1",
        "127.0.0.1:8080",
        "",
    ],
)
def test_any_other_address_is_refused(url):
    with pytest.raises(UserError) as caught:
        check_base_url(url, TEST_KEY)
    assert caught.value.field == "stripe_url"


def test_a_live_key_never_goes_to_a_practice_stripe():
    with pytest.raises(UserError, match="live key") as caught:
        check_base_url("http://127.0.0.1:8080", LIVE_KEY)
    assert LIVE_KEY not in repr(caught.value)


def test_link_parameters_are_one_plain_line_that_can_be_paid_once():
    made = params()
    assert json.loads(json.dumps(made)) == made
    assert made["line_items"] == [
        {
            "price_data": {
                "currency": "eur",
                "unit_amount": 119000,
                "product_data": {
                    "name": "Invoice 2026-0042",
                    "description": "Studio Nord · incl. VAT 190.00",
                },
            },
            "quantity": 1,
        }
    ]
    assert made["metadata"] == made["payment_intent_data"]["metadata"]
    assert made["restrictions"] == {"completed_sessions": {"limit": 1}}
    assert made["automatic_tax"] == {"enabled": False}
    assert made["allow_promotion_codes"] is False
    assert "payment_method_types" not in made


def test_instant_payment_names_its_methods():
    assert params(instant_only=True)["payment_method_types"] == ["card", "link"]


def test_long_messages_are_cut_to_stripes_limit():
    made = params(inactive_message="x" * 600, confirmation_message="y" * 600)
    assert len(made["inactive_message"]) == 500
    assert len(made["after_completion"]["hosted_confirmation"]["custom_message"]) == 500


@pytest.mark.parametrize(
    "metadata",
    [
        {"a[b]": "x"},
        {"": "x"},
        {"k" * 41: "x"},
        {"k": "x" * 501},
        {f"k{number}": "x" for number in range(51)},
    ],
)
def test_metadata_stripe_would_refuse_is_a_programming_error(metadata):
    with pytest.raises(ValueError, match="Stripe"):
        params(metadata=metadata)


def event(subject, **changed):
    return {
        "id": "evt_1",
        "object": "event",
        "type": "charge.updated",
        "created": 1_780_000_000,
        "api_version": "2014-01-31",
        "livemode": False,
        "data": {"object": subject},
        **changed,
    }


@pytest.mark.parametrize(
    ("subject", "kind", "root"),
    [
        ({"object": "checkout.session", "id": "cs_1"}, RootKind.SESSION, "cs_1"),
        ({"object": "payment_intent", "id": "pi_1"}, RootKind.PAYMENT_INTENT, "pi_1"),
        ({"object": "payment_link", "id": "plink_1"}, RootKind.PAYMENT_LINK, "plink_1"),
        (
            {"object": "charge", "id": "ch_1", "payment_intent": "pi_2"},
            RootKind.PAYMENT_INTENT,
            "pi_2",
        ),
        (
            {"object": "charge", "id": "ch_1", "payment_intent": {"id": "pi_3"}},
            RootKind.PAYMENT_INTENT,
            "pi_3",
        ),
        (
            {"object": "refund", "id": "re_1", "payment_intent": "pi_4", "charge": "ch_4"},
            RootKind.PAYMENT_INTENT,
            "pi_4",
        ),
        ({"object": "refund", "id": "re_1", "charge": "ch_5"}, RootKind.CHARGE, "ch_5"),
        ({"object": "dispute", "id": "dp_1", "charge": "ch_6"}, RootKind.CHARGE, "ch_6"),
        ({"object": "charge", "id": "ch_7", "payment_intent": None}, None, None),
        ({"object": "customer", "id": "cus_1"}, None, None),
        ({"object": ["odd"], "id": 5, "metadata": "odd"}, None, None),
        ({}, None, None),
        (None, None, None),
        ("odd", None, None),
    ],
)
def test_an_event_of_any_age_leads_to_its_root_or_nowhere(subject, kind, root):
    fact = event_fact(event(subject))
    assert (fact.root_kind, fact.root_id) == (kind, root)
    assert fact.created_at == datetime.fromtimestamp(1_780_000_000, UTC)


@pytest.mark.parametrize(
    ("changed", "is_unpaid"),
    [
        ({}, True),
        ({"payment_intent": "pi_tried"}, False),
        ({"payment_status": "paid"}, False),
        ({"status": "complete"}, False),
        ({"object": "payment_link"}, False),
    ],
)
def test_only_a_visit_that_ended_without_a_try_to_pay_needs_no_look(changed, is_unpaid):
    session = {
        "id": "cs_1",
        "object": "checkout.session",
        "status": "expired",
        "payment_status": "unpaid",
        "payment_intent": None,
    }
    told = event({**session, **changed}, type="checkout.session.expired")
    assert event_fact(told).is_unpaid_visit is is_unpaid
    del session["payment_intent"]
    old = event(session, type="checkout.session.expired")
    assert not event_fact(old).is_unpaid_visit, "an old version may not have told it"


def test_odd_metadata_of_an_event_is_left_out():
    fact = event_fact(event({"object": "charge", "metadata": {"link": "u", "n": 5, "x": None}}))
    assert fact.metadata == {"link": "u"}


@pytest.mark.parametrize("due_by", [2**70, 10**15, -1, "soon", None])
def test_an_odd_date_does_not_hide_a_dispute(due_by):
    fact = dispute_fact(
        {
            "id": "dp_1",
            "status": "needs_response",
            "amount": 1_000,
            "currency": "eur",
            "evidence_details": {"due_by": due_by},
            "is_charge_refundable": False,
            "created": 1_780_000_000,
        }
    )
    assert (fact.amount_minor, fact.due_at) == (1_000, None)


def test_another_programs_session_without_money_can_be_read():
    fact = session_fact(
        {
            "id": "cs_1",
            "object": "checkout.session",
            "status": "complete",
            "payment_status": "no_payment_required",
            "livemode": True,
            "payment_link": None,
            "payment_intent": None,
            "amount_total": None,
            "currency": None,
            "total_details": None,
            "metadata": None,
            "customer": {"id": "cus_1", "deleted": True},
            "customer_details": None,
            "created": 1_780_000_000,
        }
    )
    assert (fact.amount_total_minor, fact.currency, fact.customer_id) == (0, "", "cus_1")
    assert fact.metadata == {}


def test_the_polled_types_fit_into_one_request():
    assert len(set(EVENT_TYPES)) == len(EVENT_TYPES) == 20


def test_the_plain_modules_do_not_load_the_sdk():
    code = (
        "import sys\n"
        "from billdesk.core.gateways.stripe import errors, facts, keys, links, port\n"
        "from billdesk.core.gateways import clock, secrets\n"
        "sys.exit(any(name in sys.modules for name in ('stripe', 'requests', 'keyring')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("instant_only", "has_link", "currency", "minor", "methods"),
    [
        (True, True, "EUR", 10_000, ["card", "link"]),
        (True, False, "EUR", 10_000, ["card"]),
        (False, True, "EUR", 99_999_999, None),
        (False, True, "EUR", 100_000_000, ["card"]),
        (True, True, "EUR", 100_000_000, ["card"]),
        (False, True, "INR", 100_000_000, None),
        (False, True, "ISK", 1_000_000, ["card"]),
    ],
)
def test_what_only_cards_can_carry_is_asked_for_by_card(
    instant_only, has_link, currency, minor, methods
):
    asked = params(
        instant_only=instant_only, has_link=has_link, currency=currency, amount_minor=minor
    )
    assert asked.get("payment_method_types") == methods
    assert asks_for_link(asked) == (methods == ["card", "link"])
