"""``billdesk doctor --stripe-try``: what nobody could verify is asked of Stripe with a test key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_support import billdesk
from file_keychain import FileKeychain
from in_process_stripe import InProcessStripe

from billdesk.bootstrap import STRIPE_URL_VARIABLE, Paths, companies, open_application, open_books
from billdesk.cli.checks.finding import Finding, Level
from billdesk.cli.checks.stripe_trial import StripeTrial
from billdesk.core.gateways.secrets import open_secret_store
from billdesk.core.gateways.stripe.sdk import SdkStripeGateway
from billdesk.sandbox.permissions import SLUGS


@pytest.fixture
def stripe() -> Iterator[InProcessStripe]:
    with InProcessStripe().connected() as running:
        yield running


def tried(stripe: InProcessStripe, key: str) -> list[Finding]:
    return list(StripeTrial(SdkStripeGateway(key, base_url=stripe.url)).run())


def points(findings: list[Finding]) -> dict[object, tuple[Level, object, str]]:
    return {
        one.facts["point"]: (one.level, one.facts["settled"], one.sentence)
        for one in findings
        if "point" in one.facts
    }


def test_each_open_point_is_told_and_nothing_stays_payable(stripe: InProcessStripe) -> None:
    told = points(tried(stripe, stripe.api_key))
    assert set(told) == {
        "price-data",
        "idempotency",
        "deactivation",
        "link-event",
        "smallest-amount",
        "limit-flips-active",
        "open-pages",
        "count-lowered",
        "reads-counted",
    }
    assert told["smallest-amount"][:2] == (Level.OK, True)
    assert "amount_too_small" in told["smallest-amount"][2]
    assert told["link-event"][:2] == (Level.OK, True)
    (link,) = stripe.state()["payment_links"]
    assert link["active"] is False


def test_the_points_follow_what_stripe_does(stripe: InProcessStripe) -> None:
    # The minimum shows when somebody pays, and links need no rows for products and prices.
    stripe.act("quirks", minimum_at_pay_minor=50)
    lean = sorted(SLUGS - {"rak_product_write", "rak_plan_write", "rak_dispute_read"})
    findings = tried(stripe, stripe.make_key([one for one in lean if one != "rak_dispute_write"]))
    told = points(findings)
    assert told["price-data"][1:] == (
        True,
        "a link was made without “Products: Write” and “Prices: Write”",
    )
    assert any("“Disputes: Read”; Stripe calls it rak_dispute_read" in f.sentence for f in findings)
    assert [link["active"] for link in stripe.state()["payment_links"]].count(True) == 0
    stripe.act("quirks", price_data_needs_permission=True)
    told = points(tried(stripe, stripe.make_key(lean)))
    assert told["price-data"][:2] == (Level.BAD, True)


def test_the_command_tries_companies_in_test_mode(
    stripe: InProcessStripe, books: Path, tmp_path: Path
) -> None:
    keychain = FileKeychain(tmp_path / "keys.json")
    opened = open_books(Paths(books), secrets=open_secret_store(keychain))
    application = open_application(opened, companies(opened)[0].id, stripe_url=stripe.url)
    lean = stripe.make_key(sorted(SLUGS - {"rak_event_read", "rak_event_write"}))
    connecting = application.connecting
    connecting.connect(lean, findings=connecting.examine(lean))
    application.close()
    opened.close()
    more = {STRIPE_URL_VARIABLE: stripe.url}
    ended = billdesk(
        tmp_path,
        "--data-dir",
        books,
        "doctor",
        "--stripe-try",
        "--json",
        keychain=keychain,
        **more,
    )
    found: list[dict[str, Any]] = json.loads(ended.stdout)["findings"]
    tried_out = [one for one in found if one["area"] == "stripe-try"]
    assert {one["facts"].get("point") for one in tried_out} >= {"price-data", "open-pages"}
    assert lean not in ended.stdout
    (access,) = [one for one in found if "permissions" in one["facts"]]
    assert (access["level"], access["facts"]["permissions"]["rak_event_read"]) == ("bad", "missing")
    assert "lacks the row “Events: Read”" in access["sentence"]
    assert [link["active"] for link in stripe.state()["payment_links"]] == [False]
    # Without being asked to, nothing is made.
    billdesk(tmp_path, "--data-dir", books, "doctor", keychain=keychain, **more)
    assert len(stripe.state()["payment_links"]) == 1
