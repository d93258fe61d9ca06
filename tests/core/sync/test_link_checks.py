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
    ],
)
def test_any_other_link_says_what_is_wrong_with_it(changed: dict[str, Any], words: str) -> None:
    assert words in why_not_shown(LINK, replace(SEEN, **changed))
