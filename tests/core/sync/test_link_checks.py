"""What a link at Stripe must be before anybody is shown it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from billdesk.core.db.tables import PaymentLink
from billdesk.core.gateways.stripe.facts import LinkFact, LinkItemFact
from billdesk.core.services.steps.link_checks import why_not_shown

METADATA = {"link": "a uid", "ref": "signed"}
LINK = PaymentLink(
    amount_minor=10_000,
    currency="EUR",
    livemode=False,
    params=json.dumps({"metadata": METADATA}),
)
ITEM = LinkItemFact(amount_minor=10_000, currency="EUR", quantity=1)
SEEN = LinkFact(
    id="plink_1",
    url="https://buy.stripe.com/test_1",
    active=True,
    livemode=False,
    metadata={**METADATA, "note": "somebody's own"},
    completed_sessions=0,
    completed_limit=1,
    items=(ITEM,),
)


def test_the_link_that_was_asked_for_is_shown() -> None:
    assert why_not_shown(LINK, SEEN) == ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"items": (replace(ITEM, amount_minor=9_900),)}, "asks for EUR 99.00 instead of EUR 100"),
        ({"items": (replace(ITEM, quantity=2),)}, "instead of EUR 100.00"),
        ({"items": (replace(ITEM, currency="JPY"),)}, "asks for JPY 10000 instead"),
        ({"items": (ITEM, ITEM)}, "asks for EUR 100.00 and EUR 100.00 instead"),
        ({"items": ()}, "asks for nothing"),
        ({"items": None}, "asks for nothing"),
        ({"livemode": True}, "in live mode"),
        ({"completed_limit": None}, "more than once"),
        ({"completed_limit": 2}, "more than once"),
        ({"metadata": {"link": "a uid", "ref": "another"}}, "not the one BillDesk signed"),
        ({"metadata": {"ref": "signed"}}, "not the one BillDesk signed"),
        ({"active": False}, "switched off"),
        ({"url": "http://buy.stripe.com/test_1"}, "address is not a safe one"),
        ({"url": "javascript:alert(1)"}, "address is not a safe one"),
        ({"url": "file:///etc/passwd"}, "address is not a safe one"),
        ({"url": "https:///test_1"}, "address is not a safe one"),
        ({"url": "https://[buy/test_1"}, "address is not a safe one"),
        ({"url": "https://buy.stripe.com\n/test_1"}, "address is not a safe one"),
        ({"url": "https://buy.stripe.com@pay.example/1"}, "address is not a safe one"),
        ({"url": "http://127.0.0.1.pay.example/1"}, "address is not a safe one"),
        ({"url": ""}, "address is not a safe one"),
    ],
)
def test_any_other_link_says_what_is_wrong_with_it(changed: dict[str, Any], words: str) -> None:
    assert words in why_not_shown(LINK, replace(SEEN, **changed))


@pytest.mark.parametrize("host", ["127.0.0.1:12111", "[::1]:12111", "localhost"])
def test_the_practice_stripe_of_this_computer_needs_no_encryption(host: str) -> None:
    practised = replace(SEEN, url=f"http://{host}/pay/1")
    assert why_not_shown(LINK, practised) == ""
    real = PaymentLink(
        amount_minor=10_000,
        currency="EUR",
        livemode=True,
        params=json.dumps({"metadata": METADATA}),
    )
    assert "address is not a safe one" in why_not_shown(real, replace(practised, livemode=True))
