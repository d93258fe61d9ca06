"""Restricted keys: what each row of the Dashboard's form opens, and how Stripe refuses."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
import stripe
from sandbox_support import MakeClient, MakeLink, link_params

from billdesk.sandbox import StripeSandbox
from billdesk.sandbox.operations import OPERATIONS
from billdesk.sandbox.permissions import SLUGS, needed

READS: dict[str, Callable[[Any], object]] = {
    "rak_balance_read": lambda v1: v1.balance_transactions.list(),
    "rak_bucket_checkout_read": lambda v1: v1.checkout.sessions.list(),
    "rak_bucket_payment_links_read": lambda v1: v1.payment_links.list(),
    "rak_charge_read": lambda v1: (v1.charges.list(), v1.refunds.list()),
    "rak_customer_read": lambda v1: v1.customers.list(),
    "rak_dispute_read": lambda v1: v1.disputes.list(),
    "rak_event_read": lambda v1: v1.events.list(),
    "rak_payment_intent_read": lambda v1: v1.payment_intents.list(),
    "rak_plan_read": lambda v1: v1.prices.list(),
    "rak_product_read": lambda v1: v1.products.list(),
}
# Writes that have no effect: permission is asked before existence.
WRITES: dict[str, Callable[[Any], object]] = {
    "rak_bucket_checkout_write": lambda v1: v1.checkout.sessions.expire("cs_probe"),
    "rak_bucket_payment_links_write": lambda v1: v1.payment_links.update("plink_probe", {}),
    "rak_charge_write": lambda v1: v1.refunds.create({"payment_intent": "pi_probe"}),
    "rak_payment_intent_write": lambda v1: v1.payment_intents.cancel("pi_probe"),
}


@pytest.mark.parametrize("slug", [*READS, *WRITES])
def test_a_row_opens_what_it_names_and_is_named_when_missing(
    sandbox: StripeSandbox, make_client: MakeClient, slug: str
) -> None:
    ask = READS.get(slug) or WRITES[slug]
    allowed = make_client(sandbox.make_key([slug]))
    if slug in READS:
        ask(allowed.v1)
    else:
        with pytest.raises(stripe.InvalidRequestError, match="No such"):
            ask(allowed.v1)
    key = sandbox.make_key(sorted(SLUGS - {slug, slug.replace("_read", "_write")}))
    with pytest.raises(stripe.PermissionError) as caught:
        ask(make_client(key).v1)
    assert caught.value.http_status == 403
    told = str(caught.value.user_message)
    assert "does not have the required permissions for this endpoint on account 'acct_" in told
    assert f"Having the '{slug}' permission would allow this request to continue." in told
    assert key not in told
    assert key[-4:] in told


def test_every_operation_needs_a_permission() -> None:
    for one in OPERATIONS:
        assert needed(one.method, one.path) in SLUGS, one.path


def test_writing_includes_reading(sandbox: StripeSandbox, make_client: MakeClient) -> None:
    client = make_client(sandbox.make_key(["rak_bucket_payment_links_write"]))
    link = client.v1.payment_links.create(link_params())
    assert client.v1.payment_links.retrieve(link.id).id == link.id


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("unnamed", r"^[^']*'[^']*'[^']*'[^']*'\. Having more permissions would"),
        ("renamed", "rak_"),
    ],
)
def test_the_row_may_be_named_by_nothing_known(
    sandbox: StripeSandbox, make_client: MakeClient, words: str, told: str
) -> None:
    sandbox.act("quirks", slug_words=words)
    with pytest.raises(stripe.PermissionError) as caught:
        make_client(sandbox.make_key([])).v1.events.list()
    assert re.search(told, str(caught.value.user_message))
    assert not any(slug in str(caught.value.user_message) for slug in SLUGS)


def test_a_key_sees_no_events_about_what_it_may_not_read(
    sandbox: StripeSandbox, make_client: MakeClient, make_link: MakeLink
) -> None:
    sandbox.pay(make_link().url)
    few = make_client(sandbox.make_key(["rak_event_read", "rak_bucket_checkout_read"]))
    assert {event.type for event in few.v1.events.list({"limit": 100}).data} == {
        "checkout.session.completed"
    }
    hidden = make_client().v1.events.list({"type": "charge.succeeded"}).data[0]
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        few.v1.events.retrieve(hidden.id)


def test_expanding_needs_the_permission_for_what_it_shows(
    sandbox: StripeSandbox, make_client: MakeClient, make_link: MakeLink
) -> None:
    session_id = sandbox.pay(make_link().url)
    sandbox.advance(5)
    read = ["rak_bucket_checkout_read", "rak_payment_intent_read"]
    few = make_client(sandbox.make_key(read))
    session = few.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
    assert session.payment_intent.object == "payment_intent"
    with pytest.raises(stripe.PermissionError, match="rak_charge_read"):
        few.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent.latest_charge"]})
    balance = make_client(sandbox.make_key(["rak_balance_read"])).v1.balance_transactions
    assert balance.list().data
    with pytest.raises(stripe.PermissionError, match="rak_balance_transaction_source_read"):
        balance.list({"expand": ["data.source"]})


def test_inline_price_data_may_need_more_rows(
    sandbox: StripeSandbox, make_client: MakeClient
) -> None:
    sandbox.act("quirks", price_data_needs_permission=True)
    slugs = ["rak_bucket_payment_links_write"]
    for missing in ("rak_product_write", "rak_plan_write"):
        with pytest.raises(stripe.PermissionError, match=missing):
            make_client(sandbox.make_key(slugs)).v1.payment_links.create(link_params())
        slugs.append(missing)
    assert make_client(sandbox.make_key(slugs)).v1.payment_links.create(link_params()).active


@pytest.mark.parametrize(
    ("state", "told"), [("revoked", "Invalid API Key"), ("expired", "Expired API Key")]
)
def test_a_key_can_end(
    sandbox: StripeSandbox, make_client: MakeClient, state: str, told: str
) -> None:
    key = sandbox.make_key(None)
    client = make_client(key)
    client.v1.events.list()
    sandbox.act("key", key=key, state=state)
    with pytest.raises(stripe.AuthenticationError, match=told) as caught:
        client.v1.events.list()
    assert key not in str(caught.value)


def test_a_permission_nobody_has_heard_of_is_refused(sandbox: StripeSandbox) -> None:
    with pytest.raises(ValueError, match="rak_wish"):
        sandbox.make_key(["rak_wish"])


def test_two_accounts_at_one_address_share_nothing(
    sandbox: StripeSandbox, make_client: MakeClient, make_link: MakeLink
) -> None:
    ours = make_link(key="bd1:link:1")
    other = make_client(sandbox.open_account("Another company"))
    assert other.v1.payment_links.list().data == []
    assert other.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_link"):
        other.v1.payment_links.retrieve(ours.id)
    # The same key of an order means nothing to the other account.
    options: stripe.RequestOptions = {"idempotency_key": "bd1:link:1"}
    theirs = other.v1.payment_links.create(link_params(), options=options)
    assert theirs.id != ours.id
    assert "Another company" in requests.get(theirs.url, timeout=10).text
    sandbox.pay(theirs.url)
    assert other.v1.checkout.sessions.list().data[0].status == "complete"
    accounts = {client.v1.accounts.retrieve_current().id for client in (other, make_client())}
    assert len(accounts) == 2
    assert sandbox.state()["sessions"] == []


def test_reads_beyond_the_allowance_are_refused(
    sandbox: StripeSandbox, make_client: MakeClient
) -> None:
    sandbox.act("quirks", read_allowance=2)
    client = make_client(retries=0)
    client.v1.events.list()
    client.v1.balance.retrieve()
    with pytest.raises(stripe.RateLimitError):
        client.v1.events.list()
    client.v1.payment_links.create(link_params())
    sandbox.advance(30 * 24 * 3600)
    client.v1.events.list()
