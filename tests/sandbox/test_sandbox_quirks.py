"""What nobody could verify about Stripe: the sandbox can be either."""

import pytest
import requests
import stripe
from sandbox_support import DEBIT_RETURNED, MakeLink, submit

from billdesk.sandbox import SandboxDeclined, SandboxLinkInactive, StripeSandbox


def limit(link: stripe.PaymentLink) -> tuple[bool, int]:
    assert link.restrictions is not None
    return link.active, link.restrictions.completed_sessions.count


@pytest.mark.parametrize("flips", [True, False])
@pytest.mark.parametrize("told", [True, False])
def test_a_link_at_its_limit_takes_nothing_whatever_it_says(
    sandbox: StripeSandbox,
    client: stripe.StripeClient,
    make_link: MakeLink,
    flips: bool,
    told: bool,
) -> None:
    sandbox.act("quirks", limit_deactivates=flips, limit_announced=told)
    link = make_link()
    sandbox.pay(link.url)
    assert limit(client.v1.payment_links.retrieve(link.id)) == (not flips, 1)
    with pytest.raises(SandboxLinkInactive, match="paid or was replaced"):
        sandbox.pay(link.url)
    announced = client.v1.events.list({"type": "payment_link.updated"}).data
    assert len(announced) == int(told)
    assert sandbox.act("links/payable") == {"2026-0042": 0}


@pytest.mark.parametrize(
    ("quirk", "end"),
    [("deactivation_expires_sessions", "off"), ("limit_expires_sessions", "paid")],
)
def test_open_sessions_may_end_with_their_link(
    sandbox: StripeSandbox,
    client: stripe.StripeClient,
    make_link: MakeLink,
    quirk: str,
    end: str,
) -> None:
    for closes in (False, True):
        sandbox.act("quirks", **{quirk: closes})
        link = make_link()
        requests.get(link.url, timeout=10)
        session = client.v1.checkout.sessions.list({"payment_link": link.id}).data[0].id
        if end == "off":
            client.v1.payment_links.update(link.id, {"active": False})
        else:
            sandbox.pay(link.url)
        status = client.v1.checkout.sessions.retrieve(session).status
        assert status == ("expired" if closes else "open")
        paid = submit(f"{sandbox.url}/c/pay/{session}").status_code
        assert paid == (410 if closes else 303)


@pytest.mark.parametrize("reactivates", [True, False])
def test_a_failed_debit_may_give_its_place_back(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink, reactivates: bool
) -> None:
    sandbox.act("quirks", failed_debit_lowers_count=True, failed_debit_reactivates=reactivates)
    link = make_link()
    sandbox.pay(link.url, card=DEBIT_RETURNED)
    sandbox.advance(60)
    assert limit(client.v1.payment_links.retrieve(link.id)) == (reactivates, 0)


def test_a_small_amount_may_only_be_refused_when_it_is_paid(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        make_link(49)
    assert caught.value.code == "amount_too_small"
    sandbox.act("quirks", minimum_at_pay_minor=50)
    link = make_link(49)
    with pytest.raises(SandboxDeclined, match=r"at least €0\.50"):
        sandbox.pay(link.url)
    assert client.v1.payment_intents.list().data == []


def test_large_amounts_are_for_cards_alone(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    assert "Bank debit" not in requests.get(make_link(100_000_000).url, timeout=10).text
    with pytest.raises(stripe.InvalidRequestError) as caught:
        make_link(100_000_000, payment_method_types=["card", "sepa_debit"])
    assert caught.value.code == "amount_too_large"


def test_an_account_without_link_offers_cards(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    sandbox.act("quirks", has_link=False)
    with pytest.raises(stripe.InvalidRequestError, match="link is invalid"):
        make_link(payment_method_types=["card", "link"])
    sandbox.pay(make_link().url)


def test_customers_abroad_may_see_another_currency(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.act("quirks", adaptive_pricing=True)
    session = client.v1.checkout.sessions.retrieve(sandbox.pay(make_link(10_000).url))
    assert (session.amount_total, session.currency) == (10_000, "eur")
    assert session.presentment_details.presentment_currency == "pln"


def test_the_account_may_pretend_to_be_live(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    sandbox.act("quirks", livemode=True)
    link = make_link()
    assert link.livemode
    assert client.v1.balance.retrieve().livemode
    events = client.v1.events.list().data
    assert {event.livemode for event in events} == {True}
    assert {event.data.object.livemode for event in events} == {True}


def test_somebody_edits_in_the_dashboard(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    sandbox.act("link", link=link.id, active=False)
    with pytest.raises(SandboxLinkInactive):
        sandbox.pay(link.url)
    sandbox.act("link", link=link.id, active=True)
    session_id = sandbox.pay(link.url)
    sandbox.act("metadata", id=session_id, metadata={})
    assert sandbox.state()["sessions"][-1]["metadata"] == {}
    sandbox.act("events/announce", type="application_fee.created", id=session_id)
    assert (
        client.v1.events.list({"type": "application_fee.created"}).data[0].data.object.id
        == session_id
    )


def test_quirks_are_spelled_right(sandbox: StripeSandbox) -> None:
    with pytest.raises(TypeError, match="unheard_of"):
        sandbox.act("quirks", unheard_of=True)
    with pytest.raises(ValueError, match="slug_words"):
        sandbox.act("quirks", slug_words="sung")
    with pytest.raises(ValueError, match="refund_outcome"):
        sandbox.act("quirks", refund_outcome="later")
