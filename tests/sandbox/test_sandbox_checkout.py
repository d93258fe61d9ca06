"""Visits to the pay page: sessions, payments, declines, limits and expiry."""

import re

import pytest
import requests
import stripe
from sandbox_support import DECLINED, NOW, MakeLink, submit

from billdesk.sandbox import SandboxDeclined, SandboxLinkInactive, StripeSandbox


def open_session(sandbox: StripeSandbox, link: stripe.PaymentLink) -> str:
    """Visit the link as a browser would; the address of the session it opened."""
    assert requests.get(link.url, timeout=10).status_code == 200
    address: str = sandbox.state()["sessions"][-1]["url"]
    return address


def test_a_payment_moves_session_intent_and_charge_to_paid(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    session_id = sandbox.pay(link.url, email="anna@example.com")
    session = client.v1.checkout.sessions.retrieve(
        session_id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )
    intent = session.payment_intent
    charge = intent.latest_charge
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.payment_link == link.id
    assert session.customer_details.email == "anna@example.com"
    assert session.url is None
    assert intent.status == "succeeded"
    assert charge.paid
    amounts = {
        session.amount_total,
        session.line_items.data[0].amount_total,
        intent.amount,
        intent.amount_received,
        charge.amount_captured,
    }
    assert amounts == {119_000}


def test_metadata_is_copied_from_link_to_session_and_from_intent_data_to_charge(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link(metadata={"on": "link"}, payment_intent_data={"metadata": {"on": "intent"}})
    session_id = sandbox.pay(link.url)
    session = client.v1.checkout.sessions.retrieve(
        session_id, {"expand": ["payment_intent.latest_charge"]}
    )
    assert session.metadata.to_dict() == {"on": "link"}
    assert session.payment_intent.metadata.to_dict() == {"on": "intent"}
    assert session.payment_intent.latest_charge.metadata.to_dict() == {"on": "intent"}


def test_the_last_allowed_payment_deactivates_the_link(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    sandbox.pay(link.url)
    used = client.v1.payment_links.retrieve(link.id)
    assert not used.active
    assert used.restrictions.completed_sessions.count == 1
    with pytest.raises(SandboxLinkInactive, match="This invoice is paid or was replaced"):
        sandbox.pay(link.url)
    page = requests.get(link.url, timeout=10)
    assert page.status_code == 410
    assert "This invoice is paid or was replaced." in page.text


def test_a_session_opened_before_the_link_closed_can_still_be_paid(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    first, second = open_session(sandbox, link), open_session(sandbox, link)
    assert submit(first).status_code == 303
    assert submit(second).status_code == 303
    paid = client.v1.checkout.sessions.list({"payment_link": link.id, "status": "complete"})
    assert len(paid.data) == 2
    assert client.v1.payment_links.retrieve(link.id).restrictions.completed_sessions.count == 2


def test_a_session_can_be_paid_only_once(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    session = open_session(sandbox, make_link())
    assert submit(session).status_code == 303
    again = submit(session)
    assert again.status_code == 200
    assert "Payment received" in again.text
    assert len(sandbox.state()["charges"]) == 1


@pytest.mark.parametrize(
    ("number", "decline_code", "told"),
    [
        ("4000000000000002", "generic_decline", "Your card was declined."),
        ("4000000000009995", "insufficient_funds", "Your card has insufficient funds."),
    ],
)
def test_a_decline_is_told_on_the_page_and_leaves_the_session_open(
    sandbox: StripeSandbox,
    client: stripe.StripeClient,
    make_link: MakeLink,
    number: str,
    decline_code: str,
    told: str,
) -> None:
    link = make_link()
    address = open_session(sandbox, link)
    declined = submit(address, card=number)
    assert declined.status_code == 402
    assert told in declined.text
    assert number not in declined.text
    session_id = address.rpartition("/")[2]
    session = client.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
    assert session.status == "open"
    assert session.payment_intent.status == "requires_payment_method"
    assert session.payment_intent.last_payment_error.decline_code == decline_code
    assert submit(address).status_code == 303
    paid = client.v1.checkout.sessions.retrieve(session_id)
    assert paid.payment_intent == session.payment_intent.id
    charges = client.v1.charges.list({"payment_intent": paid.payment_intent})
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


def test_pay_raises_what_the_page_says(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    with pytest.raises(SandboxDeclined, match=r"Your card was declined\."):
        sandbox.pay(make_link().url, card=DECLINED)


def test_only_test_numbers_are_taken_and_none_is_shown_or_kept(
    sandbox: StripeSandbox, make_link: MakeLink
) -> None:
    address = open_session(sandbox, make_link())
    real_looking = "4929 1234 5678 9012"
    refused = submit(address, card=real_looking, email="", expiry="01 / 20", cvc="1")
    assert refused.status_code == 422
    assert real_looking not in refused.text
    for told in ("one of the test numbers", "your email", "has expired", "3 or 4 digits"):
        assert told in refused.text
    assert "4929" not in str(sandbox.state())
    assert sandbox.state()["payment_intents"] == []


def test_a_card_that_needs_the_bank_asks_before_it_is_charged(
    sandbox: StripeSandbox, make_link: MakeLink
) -> None:
    address = open_session(sandbox, make_link())
    assert submit(address, card="4000002500003155").headers["Location"] in address
    assert sandbox.state()["payment_intents"][0]["status"] == "requires_action"
    assert "Confirm with your bank" in requests.get(address, timeout=10).text
    refused = requests.post(f"{address}/verify", data={"answer": "refuse"}, timeout=10)
    assert refused.status_code == 402
    assert "did not confirm" in refused.text
    assert sandbox.pay(make_link().url, card="4000002500003155")
    assert sandbox.state()["payment_intents"][-1]["status"] == "succeeded"


def test_the_page_shows_what_the_link_says_and_escapes_it(
    sandbox: StripeSandbox, make_link: MakeLink
) -> None:
    link = make_link(
        line_items=[
            {
                "price_data": {
                    "currency": "jpy",
                    "unit_amount": 50_000,
                    "product_data": {"name": "<script>alert(1)</script>"},
                },
                "quantity": 1,
            }
        ]
    )
    page = requests.get(f"{link.url}?prefilled_email=anna%2Bx%40example.com", timeout=10).text
    assert "Lindqvist &amp; Søn" in page
    assert "¥50,000" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert 'value="anna+x@example.com"' in page
    assert sandbox.state()["sessions"][0]["customer_email"] == "anna+x@example.com"


def test_the_page_loads_nothing_from_elsewhere(make_link: MakeLink) -> None:
    reply = requests.get(make_link().url, timeout=10)
    for loaded in ("src=", "<link", "@import", "url("):
        assert loaded not in reply.text
    leads_to = re.findall(r'href="([^"]*)"', reply.text)
    assert all(address.startswith("/c/pay/") for address in leads_to)
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_confirmation_or_redirect_of_the_link_follows_a_payment(
    sandbox: StripeSandbox, make_link: MakeLink
) -> None:
    confirmed = requests.get(open_session(sandbox, make_link()), timeout=10)
    done = requests.post(
        confirmed.url,
        data={
            "email": "a@example.com",
            "name": "A",
            "card": "4242 4242 4242 4242",
            "expiry": "1230",
            "cvc": "1234",
        },
        timeout=10,
    )
    assert "Thank you! Invoice 2026-0042 is paid." in done.text
    target = "http://127.0.0.1:9/thanks?s={CHECKOUT_SESSION_ID}"
    link = make_link(after_completion={"type": "redirect", "redirect": {"url": target}})
    address = open_session(sandbox, link)
    sent = submit(address).headers["Location"]
    assert sent == f"http://127.0.0.1:9/thanks?s={address.rpartition('/')[2]}"


def test_only_a_valid_client_reference_is_kept(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    link = make_link()
    for reference in ("inv_42", "no spaces"):
        requests.get(link.url, params={"client_reference_id": reference}, timeout=10)
    kept = [session["client_reference_id"] for session in sandbox.state()["sessions"]]
    assert kept == ["inv_42", None]


def test_an_open_session_can_be_expired_but_no_other(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    address = open_session(sandbox, link)
    session_id = address.rpartition("/")[2]
    assert client.v1.checkout.sessions.expire(session_id).status == "expired"
    assert submit(address).status_code == 410
    paid = sandbox.pay(link.url)
    for closed in (session_id, paid):
        with pytest.raises(stripe.InvalidRequestError, match="Only Checkout Sessions with a"):
            client.v1.checkout.sessions.expire(closed)


def test_an_abandoned_session_expires_after_a_day(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    open_session(sandbox, make_link())
    sandbox.advance(24 * 3600)
    session = client.v1.checkout.sessions.list().data[0]
    assert session.status == "expired"
    event = client.v1.events.list({"type": "checkout.session.expired"}).data[0]
    assert event.created == NOW + 24 * 3600


def test_sessions_filter_by_link_intent_status_and_email(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sessions = client.v1.checkout.sessions
    one, other = make_link(1_000), make_link(2_000)
    paid = sessions.retrieve(sandbox.pay(one.url, email="anna@example.com"))
    open_session(sandbox, other)
    assert [found.id for found in sessions.list({"payment_link": one.id}).data] == [paid.id]
    by_intent = sessions.list({"payment_intent": str(paid.payment_intent)})
    assert [found.id for found in by_intent.data] == [paid.id]
    by_email = sessions.list({"customer_details": {"email": "anna@example.com"}})
    assert [found.id for found in by_email.data] == [paid.id]
    waiting = sessions.list({"status": "open", "created": {"gte": NOW, "lt": NOW + 1}})
    assert [found.payment_link for found in waiting.data] == [other.id]
    assert sessions.line_items.list(paid.id).data[0].amount_total == 1_000


def test_unknown_addresses_say_so(sandbox: StripeSandbox) -> None:
    for path in ("/b/test_nothing", "/c/pay/cs_test_nothing", "/receipts/ch_nothing"):
        reply = requests.get(sandbox.url + path, timeout=10)
        assert reply.status_code == 404
        assert "Page not found" in reply.text


def test_a_paid_charge_has_a_receipt(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    sandbox.pay(make_link().url)
    charge = sandbox.state()["charges"][0]
    receipt = requests.get(charge["receipt_url"], timeout=10).text
    assert "€1,190.00" in receipt
