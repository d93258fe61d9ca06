"""Whoever can write into the Stripe account can neither settle an invoice nor stop the reading."""

import json
from typing import Any

import pytest
import requests
from books import Shop

from billdesk.core.domain.documents import DocumentState


def made_elsewhere(shop: Shop, document_id: int, **marks: str) -> str:
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
