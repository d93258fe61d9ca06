"""Whoever can write into the Stripe account can neither settle an invoice nor stop the reading."""

import hmac
import json
from typing import Any

import pytest
import requests
from books import Shop

from billdesk.core.domain.documents import DocumentState
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.services.steps.link_params import reference
from billdesk.core.services.stripe.cards import ChargeInput


def made_elsewhere(shop: Shop, document_id: int, *, keeps_card: bool = False, **marks: str) -> str:
    """The address of a link that another program made with the marks of the invoice's link."""
    (link,) = shop.links(document_id)
    metadata = {**json.loads(link.params)["metadata"], **marks}
    price = "line_items[0][price_data]"
    form: dict[str, Any] = {
        f"{price}[currency]": "eur",
        f"{price}[unit_amount]": link.amount_minor,
        f"{price}[product_data][name]": "Invoice",
        "line_items[0][quantity]": 1,
    }
    if keeps_card:
        form["customer_creation"] = "always"
        form["payment_intent_data[setup_future_usage]"] = "off_session"
    for name, value in metadata.items():
        form[f"metadata[{name}]"] = form[f"payment_intent_data[metadata][{name}]"] = value
    answer = requests.post(
        f"{shop.sandbox.url}/v1/payment_links",
        data=form,
        headers={"Authorization": f"Bearer {shop.sandbox.api_key}"},
        timeout=10,
        proxies={"http": ""},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


@pytest.mark.parametrize("reference", ["0" * 64, "é" * 64, "\U0001f4b0"])
def test_a_forged_reference_settles_nothing_and_stops_nothing(online: Shop, reference: str) -> None:
    aim = online.issued("100", online_payment=True)
    honest = online.issued("55", online_payment=True)
    online.work()
    online.sandbox.pay(made_elsewhere(online, aim.document_id, ref=reference))
    online.pass_time(seconds=2)
    online.sandbox.pay(online.links(honest.document_id)[0].url)
    online.pass_time(seconds=3)
    assert online.poll().error == ""
    assert online.state(aim.document_id) is DocumentState.ISSUED
    assert online.state(honest.document_id) is DocumentState.PAID
    forged = online.one("SELECT * FROM payment WHERE document_id = :id", id=aim.document_id)
    assert "not the one BillDesk signed" in forged.review
    online.check()


def test_a_link_signed_before_more_was_signed_is_still_paid(online: Shop) -> None:
    document_id = online.issued("100", online_payment=True).document_id
    online.work()
    (link,) = online.links(document_id)
    key = online.one("SELECT reference_key FROM install").reference_key
    signed = f"{link.uid}:{link.amount_minor}:{link.currency}".encode()
    first = hmac.new(bytes.fromhex(key), signed, "sha256").hexdigest()
    online.sandbox.pay(made_elsewhere(online, document_id, billdesk_v="1", ref=first))
    online.settle_down()
    assert online.state(document_id) is DocumentState.PAID
    online.check()


@pytest.mark.parametrize(
    ("changed", "livemode"),
    [({}, True), ({"invoice": "another"}, False), ({"company": "another"}, False)],
    ids=["mode", "document", "company"],
)
def test_a_reference_covers_mode_document_and_company(
    changed: dict[str, str], livemode: bool
) -> None:
    named = {"billdesk_v": "2", "company": "c", "invoice": "d", "link": "l"}
    genuine = reference("00" * 32, named, 10_000, "EUR", livemode=False)
    assert reference("00" * 32, {**named, **changed}, 10_000, "EUR", livemode) != genuine


def test_a_forged_reference_keeps_no_card(online: Shop) -> None:
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    aim = online.issued("100", online_payment=True).document_id
    online.work()
    online.sandbox.pay(made_elsewhere(online, aim, keeps_card=True, ref="0" * 64))
    online.settle_down()
    assert online.one("SELECT review FROM payment").review
    assert online.rows("SELECT * FROM saved_card") == []


def test_the_mark_of_a_charge_on_another_payment_does_not_end_the_charge(online: Shop) -> None:
    online.app.settings.save_online_payment(OnlinePayment(enabled=True, saved_cards=True))
    first = online.issued("50", online_payment=True).document_id
    online.work()
    online.sandbox.pay(online.links(first)[-1].url)
    online.settle_down()
    card = online.one("SELECT * FROM saved_card")
    due = online.issued("40", customer_id=card.customer_id).document_id
    other = online.issued("70", online_payment=True).document_id
    online.work()
    online.app.cards.charge(ChargeInput(due, card.id, None))
    attempt = online.one("SELECT uid FROM stripe_order").uid
    online.sandbox.pay(made_elsewhere(online, other, billdesk_attempt=attempt))
    online.poll()
    online.settle_down()
    assert online.state(due) is DocumentState.PAID
    assert online.one("SELECT state FROM stripe_order").state == "done"
    charged = online.one("SELECT * FROM payment WHERE document_id = :id", id=due)
    assert (charged.amount_minor, charged.state) == (4_000, "succeeded")
    online.check()
